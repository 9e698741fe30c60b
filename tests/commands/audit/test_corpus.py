"""Every damaged file is read, or refused, with its defects by name."""

import pytest

from commands.audit.model import BY_CODE, CODES, UnreadableFile
from commands.audit.reading import read
from helpers import data
from tests.commands.audit.corpus import CASES, TWINS

READABLE = [name for name, case in CASES.items() if case.codes is not None]
REFUSED = [name for name, case in CASES.items() if case.codes is None]
# As received: with defects that an exercise is about, or no vector layer.
WITH_DEFECTS = {"health_centres_received", "ndvi", "osm_change",
                "water_point_submission_1", "water_point_submission_2",
                "water_point_submission_3"}


def of_reading(sources) -> set[str]:
    return {each.code for source in sources for each in source.findings
            if BY_CODE[each.code].by == "reading"}


@pytest.mark.parametrize("name", READABLE)
def test_the_defects_of_a_file_are_found_and_no_others(name, tmp_path):
    case = CASES[name]
    sources = read(case.make(tmp_path), **case.options)
    expected = {code for code in case.codes
                if BY_CODE[code].by == "reading"}
    assert of_reading(sources) == expected
    found = {each.code: each for source in sources
             for each in source.findings}
    for code, rows in case.rows.items():
        if code in expected:
            assert found[code].rows == rows, code


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_words(name, tmp_path):
    case = CASES[name]
    file = case.make(tmp_path)
    with pytest.raises(UnreadableFile, match=case.says) as caught:
        read(file)
    assert file.name in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", TWINS)
def test_a_sound_twin_has_no_finding(name, tmp_path):
    sources = read(TWINS[name](tmp_path))
    assert of_reading(sources) == set()
    assert all(len(source.table) for source in sources)


@pytest.mark.parametrize("name", sorted(set(data.layers()) - WITH_DEFECTS))
def test_a_layer_of_the_course_has_no_finding(name):
    assert of_reading(read(data.path(name))) == set()


def test_every_code_has_a_damaged_file():
    """Openness depends on what lies beside a file, and so do photos:
    test_findings.py has them."""
    of_files = set().union(*(case.codes or set() for case in CASES.values()))
    assert {code.code for code in CODES if code.group != "openness"} - {
        "personal-exif"} <= of_files
    assert of_files <= set(BY_CODE)


def test_the_corpus_has_the_kinds_that_concern_a_file():
    """C38, C39, C41, C42, C45 and C46 are faults of a server, a record, an
    export or a hub: they have no file to audit."""
    kinds = {case.kind for case in CASES.values()}
    expected = {f"C{number}" for number in range(25, 48)} - {
        "C38", "C39", "C41", "C42", "C45", "C46"}
    assert expected <= kinds
    assert len(CASES) >= 60
