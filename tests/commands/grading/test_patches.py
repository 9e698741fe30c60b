"""Each patch gives what its library gives, in a version that was compared."""

import contextlib
import copy
import re
import sqlite3
import subprocess
import sys
from importlib.metadata import version

import jsonschema
import nbformat
import pytest
from nbformat.v4 import nbbase, new_code_cell, new_output
from packaging.specifiers import SpecifierSet

from commands.grading import patches
from tests.support import ROOT

NOTE = re.compile(r"Upgrade note \(([^)]*)\)")


def notes() -> list[tuple[str, str, str]]:
    """File, library, range: of all upgrade notes beside the patches."""
    found = []
    for file in sorted((ROOT / "commands").rglob("*.py")):
        for note in NOTE.findall(file.read_text("utf-8")):
            for part in " ".join(note.split()).split("; "):
                library, _, versions = part.partition(" ")
                found.append((file.name, library, versions))
    return found


# --- versions --------------------------------------------------------------

@pytest.mark.parametrize("library", patches.PINNED)
def test_the_installed_version_has_been_compared(library):
    assert version(library) in SpecifierSet(patches.PINNED[library]), (
        f"{library} {version(library)}: read the upgrade notes in commands/, "
        "run the tests that they name, then widen patches.PINNED")


def test_each_note_names_the_versions_of_the_table():
    assert {(library, versions) for _, library, versions in notes()} == set(
        patches.PINNED.items())


def test_each_file_that_patches_has_its_note():
    assert {file for file, *_ in notes()} >= {
        "patches.py", "guard.py", "client.py", "application.py", "exporter.py"}


# --- each patch ------------------------------------------------------------

@pytest.mark.slow
@pytest.mark.parametrize("module", [
    "commands.grading", "commands.grading.job", "commands.grading.terminal",
    "commands.grading.workers", "commands.grading.writer"])
def test_the_grammar_of_addresses_is_imported_nowhere(module):
    """Whatever is imported first: on a dask worker it is `job`."""
    assert subprocess.run([sys.executable, "-c", (
        f"import sys, {module}, nbformat, nbgrader.converters\n"
        "sys.exit('rfc3987_syntax' in sys.modules)")], cwd=ROOT
    ).returncode == 0


def test_a_new_gradebook_has_the_version_that_nbgrader_gives_it():
    from nbgrader import api

    from commands.exercises.notebooks import nbgrader_config
    nbgrader_config()  # finds alembic
    own = api.get_alembic_version()
    with patches.gradebooks():
        assert api.get_alembic_version() == own
    assert re.fullmatch("[0-9a-f]{12}", own)
    assert api.get_alembic_version.__module__ == "nbgrader.api"


def test_gradebooks_of_one_address_share_a_session(tmp_path):
    from nbgrader.api import Gradebook
    address = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with patches.gradebooks(), patches.conversions():
        with Gradebook(address, "a course") as first:
            first.add_student("amina")
        second = Gradebook(address, "a course")
        assert second.db is first.db
        assert [student.id for student in second.students] == ["amina"]
        other = Gradebook(f"sqlite:///{tmp_path / 'other.db'}", "a course")
        assert not other.students
    with Gradebook(address, "a course") as later:
        assert later.db is not first.db
        assert [student.id for student in later.students] == ["amina"]


@pytest.mark.parametrize("ends_well", [True, False])
def test_a_registration_is_one_change(tmp_path, ends_well):
    from nbgrader.api import Gradebook
    address = f"sqlite:///{tmp_path / 'gradebook.db'}"

    def seen():
        with Gradebook(address, "a course") as other:
            return [(notebook.name, len(notebook.grade_cells))
                    for assignment in other.assignments
                    for notebook in assignment.notebooks]

    with patches.gradebooks(), Gradebook(address, "a course"):
        before = seen()
        with contextlib.suppress(ZeroDivisionError), patches.registration():
            with Gradebook(address, "a course") as book:
                book.add_assignment("day1")
                book.add_notebook("e01", "day1")
            with Gradebook(address, "a course") as book:
                book.add_grade_cell("one", "e01", "day1", max_score=1,
                                    cell_type="code")
                assert len(book.find_notebook("e01", "day1").grade_cells) == 1
            with contextlib.closing(sqlite3.connect(
                    tmp_path / "gradebook.db")) as other:
                assert other.execute("select count(*) from notebook"
                                     ).fetchall() == [(0,)]
            if not ends_well:
                raise ZeroDivisionError
    assert before == []
    assert seen() == ([("e01", 1)] if ends_well else [])


SCHEMA = {"type": "object", "required": ["points"], "properties": {
    "points": {"type": "number", "minimum": 0}, "locked": {
        "anyOf": [{"type": "boolean"}, {"type": "null"}]}}}


@pytest.mark.parametrize("cell", [
    {"points": 1}, {"points": 0.5, "locked": None}, {}, [], {"points": "1"},
    {"points": -1}, {"points": 1, "locked": "yes"},
    {"points": "1", "locked": "yes"}])
def test_a_cell_is_valid_for_us_if_it_is_for_jsonschema(cell):
    def verdict():
        try:
            return jsonschema.validate(cell, SCHEMA)
        except jsonschema.ValidationError as error:
            return error.message, list(error.path)
    own = verdict()
    with patches.conversions():
        assert verdict() == own


def test_a_schema_that_is_none_is_refused():
    with patches.conversions(), pytest.raises(jsonschema.SchemaError):
        jsonschema.validate({}, {"type": "nothing of the kind"})


@pytest.mark.parametrize("part, ref", [
    (new_code_cell("1"), "code_cell"),
    (new_code_cell("1") | {"source": 1}, "code_cell"),
    (new_code_cell("1") | {"cell_type": "none"}, "code_cell"),
    (new_code_cell("1") | {"id": "with spaces in it"}, "code_cell"),
    (new_output("stream", text="x"), "stream"),
    (new_output("stream", text="x") | {"name": 1}, "stream"),
    (new_output("error", ename="x"), "error"),
    ({"output_type": "error"}, "error")])
def test_a_part_of_a_notebook_is_valid_for_us_if_it_is_for_nbformat(part,
                                                                    ref):
    def verdict():
        try:
            return nbbase.validate(nbformat.from_dict(part), ref)
        except nbformat.ValidationError as error:
            return str(error)
    own = verdict()
    with patches.conversions():
        assert verdict() == own


def test_a_copy_is_the_one_that_nbformat_makes():
    def shape(value):
        """Types and values, all the way down."""
        if isinstance(value, dict):
            return type(value), vars(value) if hasattr(
                value, "__dict__") else None, {
                    key: shape(one) for key, one in value.items()}
        return [shape(one) for one in value] if isinstance(
            value, list) else value
    node = nbformat.from_dict({"a": [{"b": [1, "x"]}, 2], "c": {"d": None}})
    dict.__setitem__(node, "plain", {"in": {"side": [{"deep": 1}]}})
    node.closed = nbformat.from_dict({"k": 1})
    node.closed.allow_new_attr(False)
    own = copy.deepcopy(node)
    with patches.conversions():
        quick = copy.deepcopy(node)
    assert shape(quick) == shape(own)
    assert quick is not node and quick.a is not node.a
    quick.a[0]["b"].append(3)
    assert node.a[0]["b"] == [1, "x"]


def test_a_notebook_is_written_in_one_line_and_reads_the_same():
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell("é = 1")])
    with patches.conversions():
        text = nbformat.writes(notebook)
    assert text.count("\n") <= 1
    assert nbformat.reads(text, as_version=4) == notebook
