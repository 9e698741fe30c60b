"""helpers/forms/xforms.py: what a form asks and refuses, by its own rules."""

import io
import shutil

import pandas as pd
import pytest
from pyxform.xls2xform import convert

from helpers.forms import xforms

FR, AR = "label::French (fr)", "label::Arabic (ar)"
GOOD = {"location": "36.8 10.2 5 4.5", "kind": "well", "depth": 12}
SURVEY = pd.DataFrame([
    ["geopoint", "location", "Position", "م", "yes",
     "selected-at(., 3) > 0 and selected-at(., 3) <= 20", ""],
    ["select_one kind", "kind", "Type", "ن", "yes", "", ""],
    ["decimal", "depth", "Profondeur", "", "yes", ". > 0 and . <= 600",
     "${kind} = 'well'"],
    ["select_multiple kind", "near", "Voisins", "ج", "",
     "count-selected(.) <= 2", "not(selected(${kind}, 'tap'))"],
], columns=["type", "name", FR, AR, "required", "constraint", "relevant"])
CHOICES = pd.DataFrame([["kind", "well", "Puits", "ب"],
                        ["kind", "tap", "Robinet", "ح"],
                        ["kind", "spring", "Source", "ع"]],
                       columns=["list_name", "name", FR, AR])


def form(survey=SURVEY):
    """The XForm that pyxform makes of these tables."""
    settings = pd.DataFrame([{"form_id": "f", "form_title": "F",
                              "default_language": "French (fr)"}])
    file = io.BytesIO()
    with pd.ExcelWriter(file) as book:
        for name, table in (("survey", survey), ("choices", CHOICES),
                            ("settings", settings)):
            table.to_excel(book, sheet_name=name, index=False)
    return convert(file.getvalue()).xform


def with_rule(question, column, rule):
    survey = SURVEY.copy()
    survey.loc[survey["name"] == question, column] = rule
    return form(survey)


def test_a_good_visit_is_accepted_whole():
    assert xforms.refused(form(), GOOD) == {}


@pytest.mark.parametrize("answers, broken", [
    ({"location": "36.8 10.2 5 20"}, {}),
    ({"location": "36.8 10.2 5 20.5"}, {"location": "constraint"}),
    ({"location": "36.8 10.2 900 5"}, {}),
    ({"location": "0 0 0 0"}, {"location": "constraint"}),
    ({"location": "36.8 10.2"}, {"location": "constraint"}),
    ({"location": ""}, {"location": "required"}),
    ({"location": float("nan")}, {"location": "required"}),
    ({"depth": -1}, {"depth": "constraint"}),
    ({"depth": None}, {"depth": "required"}),
    ({"kind": "tap", "depth": None}, {}),
    ({"near": "tap spring"}, {}),
    ({"near": "well tap spring"}, {"near": "constraint"}),
])
def test_each_rule_is_evaluated_on_its_answer(answers, broken):
    assert xforms.refused(form(), GOOD | answers) == broken


def test_a_question_that_is_not_asked_refuses_nothing():
    tap = GOOD | {"kind": "tap", "depth": -1}
    assert xforms.asked(form(), tap) == ["location", "kind"]
    assert xforms.refused(form(), tap) == {}


def test_a_group_that_is_skipped_hides_its_questions():
    grouped = pd.concat([
        SURVEY[:2],
        pd.DataFrame([{"type": "begin group", "name": "well", FR: "P",
                       AR: "ب", "relevant": "${kind} = 'well'"}]),
        SURVEY[2:3].assign(relevant=""),
        pd.DataFrame([{"type": "end group"}])], ignore_index=True).fillna("")
    asked = [xforms.asked(form(grouped), GOOD | {"kind": kind})
             for kind in ("well", "tap")]
    assert asked == [["location", "kind", "depth"], ["location", "kind"]]


def test_a_skipped_answer_is_empty_to_the_rules_after_it():
    survey = SURVEY.copy()
    survey.loc[3, "relevant"] = "${depth} > 10"
    assert "near" in xforms.asked(form(survey), GOOD)
    assert "near" not in xforms.asked(form(survey), GOOD | {"kind": "tap"})


@pytest.mark.parametrize("rule", ["${kind} == 'well'", "regex(., '^W",
                                  "longer(.)"])
def test_a_rule_that_cannot_be_evaluated_is_told(rule):
    with pytest.raises(xforms.FormError, match="question 'depth'"):
        xforms.asked(with_rule("depth", "relevant", rule), GOOD)


def test_regex_if_and_coalesce_are_odks():
    for rule, holds in [("regex(., '^[0-9]{2}$')", True),
                        ("regex(., '^[0-9]$')", False),
                        ("regex(., '[0-9]')", True),  # found anywhere
                        ("if(${kind} = 'well', . = 12, . = 1)", True),
                        ("coalesce(${near}, .) = 12", True)]:
        broken = xforms.refused(with_rule("depth", "constraint", rule), GOOD)
        assert broken == ({} if holds else {"depth": "constraint"}), rule


def test_a_missing_translation_is_seen():
    texts = xforms.texts(form())
    assert list(texts.columns) == ["French (fr)", "Arabic (ar)"]
    missing = texts.index[texts["Arabic (ar)"] == ""]
    assert list(missing) == ["/data/depth:label"]


def test_types_name_what_the_tablet_fills_in_by_itself():
    device = pd.DataFrame([{"type": "deviceid", "name": "deviceid"}])
    survey = pd.concat([SURVEY, device], ignore_index=True).fillna("")
    found = xforms.types(form(survey))
    assert found["location"] == "geopoint"
    assert found["depth"] == "decimal"
    assert found["deviceid"] == "preload: deviceid"


def test_odk_validate_agrees_that_the_form_of_these_tests_is_valid():
    if not shutil.which("java"):
        pytest.skip("java is not installed on this machine")
    file = io.BytesIO()
    with pd.ExcelWriter(file) as book:
        SURVEY.to_excel(book, sheet_name="survey", index=False)
        CHOICES.to_excel(book, sheet_name="choices", index=False)
    convert(file.getvalue(), validate=True)
