"""Each patch gives what its library gives, in a version that was compared."""

import ast
import contextlib
import copy
import json
import re
import sqlite3
import subprocess
import sys
from importlib.metadata import version

import jsonschema
import nbformat
import pytest
from jupyter_client.session import Session
from nbformat.v4 import nbbase, new_code_cell, new_output
from packaging.specifiers import SpecifierSet

from commands.grading import patches
from tests.support import ROOT

NOTE = re.compile(r"Upgrade note \(([^)]*)\)")


FILES = sorted(file for place in ("helpers", "commands")
               for file in (ROOT / place).rglob("*.py"))


def notes() -> list[tuple[str, str, str]]:
    """File, library, range: of all upgrade notes beside the patches."""
    found = []
    for file in FILES:
        for note in NOTE.findall(file.read_text("utf-8")):
            for part in " ".join(note.replace("#", "").split()).split("; "):
                library, _, versions = part.partition(" ")
                found.append((file.name, library, versions))
    return found


def foreign(tree: ast.Module) -> set[str]:
    """Names of what a module imports from a library, and new names of it."""
    own = {"helpers", "commands", "data", *sys.stdlib_module_names}
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for one in node.names:
                library = getattr(node, "module", None) or one.name
                if library.split(".")[0] not in own:
                    names.add((one.asname or one.name).split(".")[0])
    return names | {target.id for node in ast.walk(tree)
                    for target, value in assigned(node)
                    if isinstance(target, ast.Name)
                    and isinstance(value, ast.Name) and value.id in names}


def assigned(node: ast.AST) -> list[tuple[ast.expr, ast.expr | None]]:
    """Target and value, of each assignment in a statement."""
    if isinstance(node, ast.AnnAssign):
        return [(node.target, node.value)]
    if not isinstance(node, ast.Assign):
        return []
    return [pair for target in node.targets for pair in (
        zip(target.elts, node.value.elts)
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
        else [(target, node.value)])]


def is_patch(node: ast.AST, libraries: set[str], functions: set[str]) -> bool:
    """Does this change a library: mock.patch, setattr with a function, a
    module that is said to be missing, or an assignment to an attribute, which
    is a library's, private, or gets a lambda?"""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
        value = ast.unparse(node.args[2])
        return value in functions or "getattr(" in value
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).startswith("mock.patch")
    return any(
        changes_a_library(target, value, libraries)
        for target, value in assigned(node))


def changes_a_library(target, value, libraries: set[str]) -> bool:
    if isinstance(target, ast.Subscript):
        return ast.unparse(value) == "None" and (
            "sys.modules" in ast.unparse(target.value))
    if not isinstance(target, ast.Attribute):
        return False
    owner = ast.unparse(target.value).split(".")[0]
    unusual = target.attr.startswith("_") or isinstance(value, ast.Lambda)
    return owner in libraries or (unusual and owner not in ("self", "cls"))


def overrides(tree: ast.Module, libraries: set[str]) -> list[ast.AST]:
    """The private methods of a library's class that a class of a module
    replaces: those that it hands on with super(), or never calls itself."""
    families = {*libraries}
    called = {node.attr for node in ast.walk(tree)
              if isinstance(node, ast.Attribute)
              and ast.unparse(node.value) != "super()"}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {ast.unparse(base).split(".")[0] for base in node.bases}
        if bases & families:
            families.add(node.name)
        elif bases:
            continue  # of a class of our own; without bases: it is mixed in
        found += [one for one in node.body
                  if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
                  and re.fullmatch("_[a-z].*[a-z]", one.name) and (
                      f"super().{one.name}(" in ast.unparse(one)
                      or (bases and one.name not in called))]
    return found


def without_a_note(text: str) -> list[str]:
    """The patches of a module that have no upgrade note beside them: in
    their function or class, or at the head of the module."""
    tree = ast.parse(text)
    if NOTE.search(ast.get_docstring(tree) or ""):
        return []
    functions = {node.name for node in ast.walk(tree)
                 if isinstance(node, ast.FunctionDef)}
    libraries = foreign(tree)
    private = overrides(tree, libraries)
    return [ast.unparse(node) for part in tree.body
            if not NOTE.search(ast.get_source_segment(text, part))
            for node in ast.walk(part)
            if node in private or is_patch(node, libraries, functions)]


# --- versions --------------------------------------------------------------

@pytest.mark.parametrize("library", patches.PINNED)
def test_the_installed_version_has_been_compared(library):
    assert version(library) in SpecifierSet(patches.PINNED[library]), (
        f"{library} {version(library)}: read the upgrade notes beside the "
        "patches, run the tests that they name, then widen patches.PINNED")


def test_each_note_names_the_versions_of_the_table():
    assert {(library, versions) for _, library, versions in notes()} == set(
        patches.PINNED.items())


@pytest.mark.slow
def test_each_patch_has_its_note_beside_it():
    patches_by_file = {file.relative_to(ROOT).as_posix(): without_a_note(
        file.read_text("utf-8")) for file in FILES}
    assert {file: lines for file, lines in patches_by_file.items()
            if lines} == {}


@pytest.mark.parametrize("patch", [
    "import folium\nfolium.Map.render = plain",
    "from branca.element import Figure\nframe: Any = Figure\nframe.x = 1",
    "from unittest import mock\ndef quick():\n    mock.patch.object(a, 'b')",
    "import sys\nsys.modules['slow'] = None",
    "def step():\n    'Runs.'\nsetattr(converter, name, step)",
    "setattr(converter, name, noted(getattr(converter, name)))",
    "def quiet(thread):\n    thread._pipe, thread._other = 1, 2",
    "def quiet(stream):\n    stream.flush = lambda: None",
    "from folium import Map\nclass Calm(Map):\n    def _draw(self): ...",
    "import folium\nclass A(folium.Map): ...\n"
    "class B(A):\n    async def _draw(self): ...",
    "from folium import Map\nclass Calm(Map):\n    def _draw(self):\n"
    "        return super()._draw()\n    def show(self): self._draw()",
    "class Mixed:\n    def _draw(self):\n        return super()._draw()"])
def test_a_patch_without_a_note_is_found(patch):
    assert without_a_note(patch)
    assert not without_a_note(
        f'"""Upgrade note (branca >=0.8,<0.9): compare."""\n{patch}')


@pytest.mark.parametrize("own", [
    "from folium import Map\nclass Calm(Map):\n    def _own(self): ...\n"
    "    def show(self): self._own()",
    "from helpers import maps\nclass Mine(maps.Base):\n"
    "    def _draw(self): return super()._draw()",
    "import folium\nclass Calm(folium.Map):\n    def __init__(self): ..."])
def test_a_method_of_our_own_is_no_patch(own):
    assert not without_a_note(own)


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


@pytest.mark.slow
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


def test_the_gradebook_finds_the_same_cells_in_fewer_questions(tmp_path):
    from nbgrader.api import Gradebook, MissingEntry
    from sqlalchemy import event
    kind = {"cell_type": "code"}
    with patches.gradebooks(), Gradebook(
            f"sqlite:///{tmp_path / 'gradebook.db'}", "a course") as book:
        for day in ("day1", "day2"):
            book.add_assignment(day)
            book.add_notebook("e01", day)
            for name in "abc":
                book.add_source_cell(name, "e01", day, source=day, **kind)
            book.add_grade_cell("a", "e01", day, max_score=1, **kind)
            book.add_task_cell("b", "e01", day, max_score=2, **kind)
        questions = []
        event.listen(book.engine, "before_cursor_execute",
                     lambda *told: questions.append(told[2]))

        def found():
            book.db.expire_all()
            questions.clear()
            return [_found(book, MissingEntry, find, name, day)
                    for find in ("find_source_cell", "find_graded_cell")
                    for name in "abcd" for day in ("day1", "day2")], len(
                        questions)
        own, of_nbgrader = found()
        with patches.quick_finding():
            assert found()[0] == own
            assert found() == (own, found()[1])
            assert found()[1] < of_nbgrader
    assert next(one for one in own if one) == ("SourceCell", "a", "day1")


def _found(book, missing, find, name, day):
    with contextlib.suppress(missing):
        cell = getattr(book, find)(name, "e01", day)
        return type(cell).__name__, cell.name, cell.notebook.assignment.name
    return None


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


def test_a_valid_notebook_is_read_and_written_as_nbformat_does():
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
           "worksheets": [{"metadata": {}, "cells": [
               {"cell_type": "markdown", "metadata": {}, "source": "é"}]}]}
    texts = [nbformat.writes(nbformat.v4.new_notebook(
        cells=[new_code_cell("é = 1", id="a")])), json.dumps(old)]

    def seen():
        return [(nbformat.reads(text, as_version=version),
                 nbformat.writes(nbformat.reads(text, as_version=version)))
                for text in texts for version in (nbformat.NO_CONVERT, 3)]
    own = seen()
    with patches.of_valid_notebooks():
        assert seen() == own


def test_the_date_of_a_message_stays_a_text():
    messages = Session(key=b"k")
    parts = messages.serialize(messages.msg("status", {"state": "idle"}))[1:]

    def header():
        messages.digest_history.clear()
        return messages.deserialize(parts)["header"]
    own = header()
    with patches.conversions():
        text = header()
    assert own["date"].isoformat() == text["date"].replace("Z", "+00:00")
    assert {**own, "date": ""} == {**text, "date": ""}
