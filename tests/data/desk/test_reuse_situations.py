"""E17: the situations of reuse and what licences allow in them."""

import re

import pytest
from license_expression import get_spdx_licensing

from data.make.desk.reuse_situations import outputs


def answers(world):
    """The situations with the answers of the truth table."""
    truth = world.truth("reuse_situations")
    assert not truth.duplicated(["record", "field"]).any()
    answer = truth.pivot(index="record", columns="field",
                         values="true_value")
    kinds = truth.drop_duplicates("record").set_index("record")["kind"]
    situations = world.table("reuse_situations")
    inputs = situations.set_index("situation_id")["inputs"]
    assert list(truth["found"]) == list(inputs[truth["record"]])
    return situations.set_index("situation_id").join(answer).join(kinds)


def test_there_are_twelve_situations_one_of_them_contested(world):
    desk = answers(world)
    assert len(desk) == desk["kind"].nunique() == 12
    contested = desk[desk["kind"] == "contested"].iloc[0]
    assert contested["allowed"] == ""
    assert contested["debated"] == "ODbL-1.0"
    assert (desk["decision"] == "ask first").sum() == 1
    assert (desk["reason"].str.len() > 40).all()


def test_every_licence_is_a_valid_spdx_identifier(world):
    spdx = get_spdx_licensing()
    desk = answers(world)
    for column in ("inputs", "allowed", "debated"):
        for name in "; ".join(filter(None, desk[column])).split("; "):
            result = spdx.validate(name, strict=True)
            assert not result.errors, name
            assert result.normalized_expression == name


def test_conditions_of_the_inputs_bind_the_output(world):
    for row in answers(world).itertuples():
        inputs, allowed = row.inputs.split("; "), row.allowed.split("; ")
        assert not set(allowed) & set(row.debated.split("; ")) - {""}
        if row.use == "internal use":
            assert (row.decision, row.allowed) == ("no licence needed", "")
        elif row.use == "side by side":
            assert sorted(allowed) == sorted(inputs)
        elif any(re.search("-N[CD]", name) for name in inputs):
            assert (row.decision, row.allowed + row.debated) == (
                "do not publish", "")
        elif row.decision == "publish":
            if "CC-BY-SA-4.0" in inputs:
                assert allowed == ["CC-BY-SA-4.0"]
            if "ODbL-1.0" in inputs and row.use == "derived database":
                assert allowed == ["ODbL-1.0"]
            if "ODbL-1.0" in inputs and row.use == "produced work":
                assert "CC-BY-4.0" in allowed
            if set(inputs) - {"CC0-1.0", "PDDL-1.0"}:
                assert "CC0-1.0" not in allowed


@pytest.mark.parametrize("inputs, use, allowed, debated", [
    (["CC0-1.0"], "derived database",
     "CC0-1.0 CC-BY-4.0 CC-BY-SA-4.0 etalab-2.0 ODC-By-1.0 ODbL-1.0", ""),
    (["etalab-2.0"], "derived database",
     "CC-BY-4.0 CC-BY-SA-4.0 etalab-2.0 ODC-By-1.0 ODbL-1.0", ""),
    (["CC-BY-4.0", "CC0-1.0"], "derived database",
     "CC-BY-4.0 CC-BY-SA-4.0", "etalab-2.0 ODC-By-1.0 ODbL-1.0"),
    (["ODbL-1.0", "PDDL-1.0"], "derived database", "ODbL-1.0", ""),
    (["ODbL-1.0", "CC-BY-SA-4.0"], "derived database", "", ""),
    (["ODbL-1.0", "CC-BY-SA-4.0"], "produced work", "CC-BY-SA-4.0", ""),
    (["ODbL-1.0", "CC-BY-4.0"], "derived database", "", "ODbL-1.0"),
    (["CC-BY-4.0", "CC-BY-NC-4.0"], "derived database", "", ""),
])
def test_the_rules_give_what_the_licences_say(
        inputs, use, allowed, debated):
    assert outputs(inputs, use) == (allowed.split(), debated.split())


def test_the_attribution_names_producer_and_date(world):
    for row in answers(world).itertuples():
        assert len(set(row.producers.split("; "))) == len(
            row.layers.split("; "))
        shared = row.decision in (
            "publish", "ask first", "publish each part under its own licence")
        expected = [f"{producer}, {date} ({licence})"
                    for producer, date, licence in zip(*(
                        text.split("; ") for text in
                        (row.producers, row.dates, row.inputs)))
                    if shared and licence not in ("CC0-1.0", "PDDL-1.0")]
        assert row.attribution == "; ".join(expected)
        for layer in row.layers.split("; "):
            assert layer in row.situation or "ND" in row.inputs
