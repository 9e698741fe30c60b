"""The audit of each damaged file finds all that was damaged, in its rows;
its sound twin has no error and no warning."""

import pytest

from commands.audit import audit
from tests.commands.audit.corpus import CASES, TWINS

pytestmark = pytest.mark.slow
# What a damage leads to, beside its own name: a row that is lost is a unit
# that is missing from the list; a value that replaces a name is no name.
LED_TO = {"units-missing", "names-misspelt", "coordinates-unit"}
READABLE = [name for name, case in CASES.items() if case.codes is not None]


@pytest.mark.parametrize("name", READABLE)
def test_all_that_was_damaged_is_found_and_nothing_else(name, tmp_path):
    case = CASES[name]
    options = {{"layer": "layer_name"}.get(key, key): value
               for key, value in case.options.items()}
    report = audit(case.make(tmp_path), **options)
    found = {one.code: one for one in report.findings}
    assert set(case.codes) <= set(found)
    serious = {code for code, one in found.items()
               if one.severity != "note"}
    assert serious - set(case.codes) <= LED_TO
    for code, rows in case.rows.items():
        assert found[code].rows == rows, code


@pytest.mark.parametrize("name", TWINS)
def test_a_sound_twin_is_clean(name, tmp_path):
    report = audit(TWINS[name](tmp_path))
    assert [one.says for one in report.findings
            if one.severity != "note"] == []
    assert {one.group for one in report.findings} <= {"openness"}
