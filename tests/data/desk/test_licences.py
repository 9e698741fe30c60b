"""The table of ten licences: real identifiers, and open where the Open
Definition says so."""

import pandas as pd
import pytest
from license_expression import get_spdx_licensing

from data.make.desk.licences import PROPERTIES, table
from tests.support import SHARED

LISTED = SHARED / "validators" / "okfn-licenses.csv"


def is_open(row) -> bool:
    return not row["no_commerce"] and not row["no_derivatives"]


def test_every_licence_is_a_valid_spdx_identifier_and_comes_once():
    names = [row["licence"] for row in table()]
    assert len(set(names)) == len(names) == 10
    for name in names:
        result = get_spdx_licensing().validate(name, strict=True)
        assert (result.errors, result.normalized_expression) == ([], name)


def test_the_name_of_a_creative_commons_licence_says_what_it_asks():
    for row in table():
        if row["licence"].startswith("CC-BY"):
            parts = row["licence"].split("-")
            assert row["attribution"] and row["no_locks"]
            assert [row["no_commerce"], row["no_derivatives"],
                    row["share_alike"]] == [
                        part in parts for part in ("NC", "ND", "SA")]


def test_each_property_tells_licences_apart():
    for name in PROPERTIES:
        assert {row[name] for row in table()} == {True, False}, name


def test_open_is_what_the_open_definition_approves():
    """etalab-2.0 was not reviewed there: it is open by its own terms."""
    if not LISTED.is_file():
        pytest.skip(f"{LISTED.name} of okfn/licenses is not beside the "
                    "course")
    said = pd.read_csv(LISTED).set_index("id")["od_conformance"]
    for row in table():
        if row["licence"] != "etalab-2.0":
            assert said[row["licence"]] == (
                "approved" if is_open(row) else "rejected"), row["licence"]
