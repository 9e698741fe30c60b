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
    asked = desk[desk["kind"] == "contested"].iloc[0]
    assert (asked["allowed"], asked["contested"]) == ("", "ODbL-1.0")
    assert (desk["decision"] == "ask first").sum() == 1
    assert (desk["reason"].str.len() > 40).all()


def test_every_licence_is_a_valid_spdx_identifier(world):
    spdx = get_spdx_licensing()
    desk = answers(world)
    for column in ("inputs", "allowed", "contested"):
        for name in "; ".join(filter(None, desk[column])).split("; "):
            result = spdx.validate(name, strict=True)
            assert not result.errors, name
            assert result.normalized_expression == name


def test_conditions_of_the_inputs_bind_the_output(world):
    for row in answers(world).itertuples():
        inputs, allowed = row.inputs.split("; "), row.allowed.split("; ")
        assert not set(allowed) & set(row.contested.split("; ")) - {""}
        if row.use == "internal use":
            assert (row.decision, row.allowed) == ("no licence needed", "")
        elif row.use == "side by side":
            assert sorted(allowed) == sorted(inputs)
        elif any(re.search("-N[CD]", name) for name in inputs):
            assert (row.decision, row.allowed + row.contested) == (
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


@pytest.mark.parametrize("inputs, use, allowed, contested", [
    (["CC0-1.0"], "derived database",
     "CC0-1.0 PDDL-1.0 etalab-2.0 CC-BY-4.0 CC-BY-SA-4.0 ODbL-1.0", ""),
    (["etalab-2.0"], "derived database",
     "etalab-2.0 CC-BY-4.0 CC-BY-SA-4.0 ODbL-1.0", ""),
    (["CC-BY-4.0", "CC0-1.0"], "derived database",
     "CC-BY-4.0 CC-BY-SA-4.0", "etalab-2.0 ODbL-1.0"),
    (["ODbL-1.0", "PDDL-1.0"], "derived database", "ODbL-1.0", ""),
    (["ODbL-1.0", "CC-BY-SA-4.0"], "derived database", "", ""),
    (["ODbL-1.0", "CC-BY-SA-4.0"], "produced work", "CC-BY-SA-4.0", ""),
    (["ODbL-1.0"], "produced work",
     "etalab-2.0 CC-BY-4.0 CC-BY-SA-4.0", ""),
    (["ODbL-1.0", "CC-BY-4.0"], "derived database", "", "ODbL-1.0"),
    (["CC-BY-4.0", "CC-BY-NC-4.0"], "derived database", "", ""),
])
def test_the_rules_give_what_the_licences_say(
        inputs, use, allowed, contested):
    assert outputs(inputs, use) == (allowed.split(), contested.split())


def test_the_decision_follows_from_what_is_allowed(world):
    for row in answers(world).itertuples():
        if row.use in ("derived database", "produced work"):
            assert row.decision == (
                "publish" if row.allowed else
                "ask first" if row.contested else "do not publish")
        else:
            assert row.decision == {"side by side": "keep each licence",
                                    "internal use": "no licence needed"}[
                                        row.use]


def test_the_attribution_names_producer_layer_date_and_licence(world):
    for row in answers(world).itertuples():
        assert len(set(row.producers.split("; "))) == len(
            row.layers.split("; "))
        start = {"derived database": "Adapted from: ",
                 "internal use": ""}.get(row.use, "Sources: ")
        expected = ["" if row.use == "internal use" else ", ".join(items)
                    for items in zip(*(text.split("; ") for text in (
                        row.producers, row.layers, row.dates, row.inputs)))]
        assert row.attribution == start + "; ".join(filter(None, expected))
        for layer in row.layers.split("; "):
            assert layer in row.situation or "ND" in row.inputs
