"""Columns that state a governorate: how each is recognised, and what each
of its values states."""

from types import SimpleNamespace

import pandas as pd
import pytest

from commands.audit.findings import country
from commands.audit.findings.subject import Column
from commands.audit.findings.units import unit_columns

TUNISIA = country("TN")


def states(name, values) -> list[tuple[str, list[str]]]:
    """The kind of a column, and the ISO code that each row states."""
    series = pd.Series(values)
    is_text = pd.api.types.is_string_dtype(series)
    found = unit_columns(SimpleNamespace(
        country=TUNISIA, texts=[Column(name, series)] if is_text else [],
        attributes=pd.DataFrame({name: series})))
    return [(one.kind, one.stated().tolist()) for one in found]


@pytest.mark.parametrize("name, values, kind, stated", [
    ("unit", ["TN-11", "TN-12", "TN-99"], "iso", ["TN-11", "TN-12", ""]),
    ("sector", ["TN-11-01", "TN-12-a", "TN-99-02"], "part",
     ["TN-11", "TN-12", ""]),
    ("gouv_code", ["11", "12"], "ins", ["TN-11", "TN-12"]),
    ("gouv_code", [11, 12], "ins", ["TN-11", "TN-12"]),
    ("place", ["Tunis", "ARIANA", "Elsewhere"], "name",
     ["TN-11", "TN-12", ""])])
def test_a_column_states_units_by_a_code_or_by_a_name(name, values, kind,
                                                      stated):
    assert states(name, values) == [(kind, stated)]


@pytest.mark.parametrize("name, is_one", [
    ("gouvernorat", True), ("ولاية", True), ("place", False)])
def test_under_its_own_head_a_third_of_the_names_is_enough(name, is_one):
    found = states(name, ["Tunis", "Elsewhere", "Nowhere"])
    assert bool(found) == is_one


@pytest.mark.parametrize("name, values", [
    ("gouv_code", [11, 99]), ("beds", [11, 12]), ("beds", ["11", "12"])])
def test_other_numbers_state_nothing(name, values):
    assert states(name, values) == []
