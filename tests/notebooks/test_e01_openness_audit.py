"""E01's solution agrees with the truth, in the course's world and others."""

import json

import pandas as pd
import pytest

from commands import make_data
from tests.support import ROOT


@pytest.fixture(scope="module")
def audit(solved):
    """The functions of the solution."""
    return solved("e01_openness_audit")


@pytest.fixture(scope="module", params=[None, 7, 2021])
def world(request, tmp_path_factory):
    """Catalogue records of one seed, and the truth about them."""
    folder = tmp_path_factory.mktemp("world")
    maker = make_data.builder().catalogue_records
    truth = maker.make(folder, request.param)
    text = (folder / "catalogue_records.json").read_text(encoding="utf-8")
    return json.loads(text), truth["catalogue_records"]


def test_the_audit_finds_what_was_planted(audit, world):
    records, truth = world
    planted = truth.pivot(index="record", columns="field",
                          values="true_value")
    for record in records:
        found = audit["assess"](record)
        told = {name: str(value) for name, value in found.items()}
        assert told == planted.loc[record["record_id"]].to_dict()


def test_the_twelve_records_of_the_course_are_those_of_its_truth(audit):
    file = ROOT / "solutions" / "truth" / "catalogue_records.csv"
    verdicts = pd.read_csv(file).query("field == 'verdict'").set_index(
        "record")["true_value"]
    assert {name: audit["assess"](record)["verdict"] for name, record
            in audit["records"].items()} == verdicts.to_dict()


def test_every_class_has_a_record(audit, world):
    records, _ = world
    classes = [audit["class_of"](record) for record in records]
    assert {name: classes.count(name) for name in set(classes)} == {
        "open": 3, "public": 6, "personal": 1, "restricted": 2}
