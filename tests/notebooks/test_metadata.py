"""The `course` metadata of all notebooks keeps its schema.

commands/exercises/course_metadata.schema.json says which fields there are.
A field that no schema names is a slip of the pen; a field that is missing is
noticed here, before a command stops.
"""

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from commands.exercises import notebooks
from tests.support import ROOT

SCHEMA = json.loads((ROOT / "commands" / "exercises"
                     / "course_metadata.schema.json").read_text("utf-8"))
NOTEBOOKS = sorted(
    file for folder in ("course", "solutions", "exercises")
    for file in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in file.parts)
TEMPLATES = {"lesson": ROOT / "course/template/s0_template.ipynb",
             "solution": ROOT / "solutions/template/e00_template.ipynb"}


def kind_of(file: Path) -> str:
    """Which part of the schema a notebook keeps: its folder says it."""
    folder, day = file.relative_to(ROOT).parts[:2]
    if folder == "course":
        return {"day0_ready": "preparation", "before_after": "questions",
                "reference": "page"}.get(day, "lesson")
    return folder.removesuffix("s")


def problem(course: dict, kind: str) -> str:
    """What the schema says against this metadata; "" if nothing."""
    part = {"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{kind}"}
    error = best_match(Draft202012Validator(part).iter_errors(course))
    return f"{error.json_path}: {error.message}" if error else ""


def course_of(kind: str) -> dict:
    """The metadata of a right notebook or cell, as a copy to be spoilt."""
    if kind == "preparation":
        return {"session": "0", "title": "Is everything there?",
                "minutes": {"check": 10}}
    if kind == "questions":
        return {"title": "Before and after Day 1",
                "minutes": {"before": 5, "after": 5}}
    if kind == "page":
        return {"title": "The register's journey"}
    if kind == "exercise":
        return course_of("solution") | {"seal": "2445a77f53cef309"}
    if kind == "task":
        solution = notebooks.read(TEMPLATES["solution"])
        return copy.deepcopy(
            notebooks.grade_cells(solution)["area"].metadata.course)
    return copy.deepcopy(notebooks.read(TEMPLATES[kind]).metadata.course)


KINDS = ["lesson", "preparation", "questions", "page", "solution",
         "exercise", "task"]


# --- all notebooks ---------------------------------------------------------

@pytest.mark.parametrize(
    "file", NOTEBOOKS, ids=lambda file: "/".join(file.relative_to(ROOT).parts))
def test_a_notebooks_metadata_keeps_the_schema(file):
    notebook = notebooks.read(file)
    graded = notebooks.grade_cells(notebook).values()

    assert problem(notebook.metadata.get("course"), kind_of(file)) == ""
    for cell in graded:
        assert problem(cell.metadata.get("course"), "task") == "", cell.id
    for cell in notebook.cells:
        assert cell in graded or "course" not in cell.metadata, cell.id


@pytest.mark.parametrize(
    "file", [file for file in NOTEBOOKS if kind_of(file) in (
        "lesson", "preparation", "questions", "page")],
    ids=lambda file: file.stem)
def test_the_title_is_the_first_heading(file):
    """Of exercises, test_exercises.py says it."""
    notebook = notebooks.read(file)
    heading = notebook.cells[0].source.splitlines()[0]
    assert heading == f"# {notebook.metadata.course.title}"


def test_notebooks_of_all_kinds_are_there():
    assert {kind_of(file) for file in NOTEBOOKS} == {*KINDS} - {"task"}


# --- the schema itself -----------------------------------------------------

def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    assert [part["$ref"] for part in SCHEMA["oneOf"]] == [
        f"#/$defs/{kind}" for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_is_of_one_kind_only(kind):
    course = course_of(kind)
    assert problem(course, kind) == ""
    assert Draft202012Validator(SCHEMA).is_valid(course)  # its oneOf


def test_each_field_is_described():
    def fields(part, path):
        for name, field in part.get("properties", {}).items():
            yield f"{path}.{name}", field
            yield from fields(field, f"{path}.{name}")

    described = 0
    for kind, part in SCHEMA["$defs"].items():
        for path, field in [(kind, part), *fields(part, kind)]:
            name = field.get("$ref", "").removeprefix("#/$defs/")
            text = field.get("description") or SCHEMA["$defs"].get(
                name, {}).get("description", "")
            assert text.endswith("."), f"{path} has no description"
            described += 1
    assert described > 25


# --- planted faults --------------------------------------------------------

def required(kind: str) -> list[str]:
    part = SCHEMA["$defs"][kind]
    base = SCHEMA["$defs"].get(part.get("$ref", "").split("/")[-1], {})
    return part.get("required", []) + base.get("required", [])


@pytest.mark.parametrize("kind, name", [
    (kind, name) for kind in KINDS for name in required(kind)])
def test_a_missing_field_is_refused(kind, name):
    course = course_of(kind)
    del course[name]
    assert f"'{name}' is a required property" in problem(course, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_field_is_refused(kind):
    course = course_of(kind) | {"objectivs": ["D0.0.1"]}
    assert "'objectivs' was unexpected" in problem(course, kind)


def test_a_solution_has_no_seal():
    course = course_of("solution") | {"seal": "2445a77f53cef309"}
    assert "'seal' was unexpected" in problem(course, "solution")


@pytest.mark.parametrize("kind, path, value, says", [
    ("lesson", ["minutes"], 90, "$.minutes: 90 is not of type 'object'"),
    ("lesson", ["minutes"], {"story": 8, "concept": 37, "exercise": 35,
                             "debrief": 10}, "'lab' is a required property"),
    ("lesson", ["minutes", "story"], "8", "$.minutes.story: '8' is not of"),
    ("lesson", ["minutes", "lab"], 12.5, "$.minutes.lab: 12.5 is not of"),
    ("lesson", ["minutes", "story"], 0, "0 is less than the minimum of 1"),
    ("lesson", ["minutes", "concepts"], 25, "'concepts' was unexpected"),
    ("lesson", ["session"], 1.2, "$.session: 1.2 is not of type 'string'"),
    ("lesson", ["session"], "1.5", "$.session: '1.5' does not match"),
    ("lesson", ["objectives"], ["D0.0.1"], "is not of type 'object'"),
    ("lesson", ["objectives"], {}, "$.objectives: {} "),
    ("lesson", ["objectives", "D1.2"], "measure", "'D1.2' does not match"),
    ("lesson", ["objectives", "D0.0.1"], "Measure an area.",
     "'Measure an area.' does not match"),
    ("lesson", ["exercises"], "E00", "$.exercises: 'E00' is not of type"),
    ("lesson", ["exercises"], ["e00"], "$.exercises[0]: 'e00' does not"),
    ("preparation", ["session"], "1.1", "$.session: '0' was expected"),
    ("preparation", ["minutes", "check"], "ten", "$.minutes.check: 'ten' is"),
    ("questions", ["minutes", "during"], 5, "'during' was unexpected"),
    ("page", ["minutes"], 5, "'minutes' was unexpected"),
    ("solution", ["role"], "optional", "'optional' is not one of ['core'"),
    ("solution", ["level"], "very hard", "'very hard' is not one of ['easy'"),
    ("solution", ["minutes"], "45", "$.minutes: '45' is not of type"),
    ("solution", ["points"], 4.5, "$.points: 4.5 is not of type 'integer'"),
    ("solution", ["exercise"], "0", "$.exercise: '0' does not match"),
    ("exercise", ["seal"], "", "$.seal: '' does not match"),
    ("task", ["minutes"], None, "$.minutes: None is not of type 'integer'"),
    ("task", ["minutes"], "8 minutes", "$.minutes: '8 minutes' is not of"),
    ("task", ["title"], "Measure an area", "'Measure an area' does not"),
    ("task", ["objectives"], [], "$.objectives: [] "),
    ("task", ["objectives"], "D0.0.1", "$.objectives: 'D0.0.1' is not of"),
    ("task", ["objectives"], ["D0.0.1", "D0.0.1"], "has non-unique"),
])
def test_a_wrong_value_is_refused(kind, path, value, says):
    course = course_of(kind)
    *parents, last = path
    place = course
    for name in parents:
        place = place[name]
    place[last] = value
    assert says in problem(course, kind)
