"""Plans are read, or the reader learns in which line it failed."""

import json
from datetime import date

import jsonschema
import numpy as np
import pandas as pd
import pytest

from helpers import strategy
from tests.support import ROOT

PLANS = ROOT / "course/day4_strategy"


@pytest.fixture
def example():
    return strategy.read_plan(PLANS / "plan_example.yaml")


def written(tmp_path, text, name="plan.yaml"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_dates_are_texts_whether_quoted_or_not(tmp_path):
    file = written(tmp_path, "start: 2022-01-31\nend: \"2022-02-28\"\n")
    assert strategy.read_plan(file) == {
        "start": "2022-01-31", "end": "2022-02-28"}


def test_yaml_and_json_are_the_same_plan(tmp_path, example):
    file = written(tmp_path, json.dumps(example), "plan.json")
    assert strategy.read_plan(file) == example


def test_a_mark_at_the_beginning_of_the_file_is_no_letter(tmp_path):
    file = written(tmp_path, b"\xef\xbb\xbfid: A\n")
    assert strategy.read_plan(str(file)) == {"id": "A"}


@pytest.mark.parametrize("name, text, words", [
    ("plan.yaml", "id: A\ntitle: one: two\n", ["line 2", "quote"]),
    ("plan.yaml", "id: A\nlist:\n\t- x\n", ["line 3", "spaces"]),
    ("plan.yaml", "id: A\nend: x\nid: B\n", ["line 3", "\"id\"", "twice"]),
    ("plan.yml", "- a\n- b\n", ["plan.yml, line 1", "keys"]),
    ("plan.yaml", "", ["line 1", "keys"]),
    ("plan.yaml", "id: A\nx: \"minist\u00e8re\"".encode("cp1252"),
     ["line 2", "UTF-8"]),
    ("plan.json", "{\"id\": \"A\",\n \"end\": }", ["line 2", "JSON"]),
    ("plan.json", "{\"id\": \"A\", \"id\": \"B\"}", ["\"id\"", "twice"]),
    ("plan.docx", "x", [".yaml or .json"]),
])
def test_a_file_that_is_no_plan_names_the_place_and_the_remedy(
        tmp_path, name, text, words):
    with pytest.raises(strategy.StrategyError) as error:
        strategy.read_plan(written(tmp_path, text, name))
    assert all(word in str(error.value) for word in [name, *words]), (
        error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(strategy.StrategyError, match="There is no file"):
        strategy.read_plan(tmp_path / "plan.yaml")


def test_a_plan_made_in_a_notebook_may_hold_dates_and_numpy(example):
    example["start"] = date(2022, 1, 1)
    example["end"] = pd.Timestamp("2023-12-31")
    example["risks"][0]["impact"] = np.int64(5)
    assert strategy.plan_faults(example) == []


def test_the_schema_is_one_and_each_key_says_what_to_write():
    schema = strategy.plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")

    def undescribed(part, place=""):
        if "description" not in part:
            yield place
        for key, below in part.get("properties", {}).items():
            yield from undescribed(below, f"{place} {key}")
        if "items" in part:
            yield from undescribed(part["items"], f"{place} items")
    assert list(undescribed(schema)) == []


def test_faults_leave_the_plan_as_it_is(example):
    example["objectives"][0]["id"] = 1.1
    before = json.dumps(example)
    strategy.plan_faults(example)
    assert json.dumps(example) == before
