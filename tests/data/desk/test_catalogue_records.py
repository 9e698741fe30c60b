"""E01: the catalogue records and their verdicts."""

import re
from collections import Counter

from data.make.desk.catalogue_records import CRITERIA


def test_each_record_has_a_row_for_each_criterion_and_a_verdict(world):
    records = world.table("catalogue_records")
    truth = world.truth("catalogue_records")
    assert len(records) == records["record_id"].nunique() == 12
    assert set(truth["record"]) == set(records["record_id"])
    assert (truth.groupby("record").size() == 8).all()
    assert not truth.duplicated(["record", "field"]).any()


def test_a_criterion_is_decided_by_what_stands_in_the_record(world):
    records = world.table("catalogue_records").set_index("record_id")
    truth = world.truth("catalogue_records").set_index(["record", "field"])
    open_licence = re.compile(
        r"cc.?by.4|attribution 4|odbl|licence ouverte", re.IGNORECASE)
    rules = {
        "online": lambda text: text.startswith("https://example.org/"),
        "free": lambda text: text in ("0", "gratuit", "free"),
        "machine_readable": lambda text: not re.search("PDF|scan", text),
        "non_proprietary": lambda text: text not in ("XLS", "DWG"),
        "open_licence": lambda text: bool(open_licence.search(text)),
        "no_personal_data": lambda text: text == "",
        "metadata": lambda text: text != "",
    }
    for record, row in records.iterrows():
        unmet = []
        for criterion, (key, _) in CRITERIA.items():
            planted = truth.loc[(record, criterion)]
            assert planted["found"] == row[key]
            met = rules[criterion](row[key])
            assert planted["true_value"] == str(met), (record, criterion)
            unmet += [] if met else [criterion]
        verdict = truth.loc[(record, "verdict")]
        assert verdict["found"].split("; ") == (unmet or [""])
        assert verdict["true_value"].startswith("open") == (
            unmet in ([], ["metadata"]))


def test_the_cases_of_the_syllabus_are_there(world):
    truth = world.truth("catalogue_records")
    verdicts = truth.loc[truth["field"] == "verdict", "true_value"]
    assert Counter(verdicts) == {
        "open": 2, "open, metadata to complete": 1, "not open": 9}
    records = world.table("catalogue_records")
    mit = records[records["licence"] == "MIT"]
    assert "code repository" in mit["licence_found_in"].item()
    odbl = records[records["licence"].str.startswith("ODbL")]
    assert odbl["title_en"].item().startswith("Fictional bus stops")
    for row in records[records["personal_fields"] != ""].itertuples():
        assert row.title_en.startswith("Fictional water points")
        assert row.fields.endswith(row.personal_fields)
