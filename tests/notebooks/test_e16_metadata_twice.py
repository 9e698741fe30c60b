"""The two records of E16: what its solution writes is accepted by every
validator, on the course's data and on those of another seed; and its hidden
records come from seeds, on fresh ones of which the solution is right too."""

import ast
import copy
import os

import pytest
import yaml
from rdflib import Graph
from rdflib.namespace import DCAT, SH

from commands.exercises import notebooks
from helpers import check, data, publish
from tests.data.worlds import World
from tests.support import ROOT, SHARED, absent

SOLUTION = ROOT / "solutions/day3_publication/e16_metadata_twice.ipynb"
RELEASED = ROOT / "exercises" / SOLUTION.relative_to(ROOT / "solutions")
FRESH = 41, 97
SEEDED = ["extent", "wrong", "iso", "about", "place", "files", "doubtful"]


@pytest.fixture(scope="module", params=[None, pytest.param(
    7, marks=pytest.mark.slow)], ids=["course", "seed 7"])
def solved(request, tmp_path_factory):
    """The names that the solution's cells define; `out` is what they have
    written."""
    find = data.path if request.param is None else World(
        tmp_path_factory.mktemp("world"), request.param).path
    names = {"__name__": "e16", "display": lambda *_: None}
    folder = tmp_path_factory.mktemp("solved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "path", find)
        patch.chdir(folder)
        for cell in notebooks.read(SOLUTION).cells:
            if cell.cell_type == "code" and "check.task" not in cell.source:
                exec(cell.source, names)
    names["out"] = folder / names["out"]
    return names


def test_the_record_has_no_objection_and_the_one_received_has_three(solved):
    objections = publish.record.objections
    assert objections(solved["record"], solved["layer"]) == []
    assert {one.split()[0] for one in objections(
        solved["received"], solved["layer"])} == {
            "licence", "publisher.email", "bbox"}


def test_the_validators_accept_the_record_received(solved):
    table = solved["table"].set_index(["file", "validator"])["verdict"]
    assert table["received.ttl", "DCAT-AP 2.1.1, own shapes"] == "yes"
    assert table["received.xml", "ISO 19139, mandatory elements"] == "yes"
    assert table["record.xml", "ISO 19139, mandatory elements"] == "yes"


def test_the_trainees_xml_keeps_the_schemas_of_iso_19139(
        solved, monkeypatch):
    if "COURSE_PYCSW" in os.environ:  # CI keeps it in a folder of its own
        monkeypatch.syspath_prepend(os.environ["COURSE_PYCSW"])
    for name in ("record.xml", "received.xml"):
        said = publish.record.iso_xsd(solved["out"] / name)
        if said is None:
            absent("the package pycsw with the schemas of ISO 19139")
        assert said == [], name


def test_the_trainees_turtle_has_no_violation_of_the_official_shapes(solved):
    folder = SHARED / "validators"
    if not folder.is_dir():
        pytest.skip("there is no folder shared/validators with the official "
                    "shapes of DCAT-AP 2.1.1")
    import pyshacl
    graph = Graph().parse(solved["out"] / "record.ttl")
    assert len(list(graph.subjects(DCAT.accessURL))) == 1
    for part in ("shapes", "range", "recommended"):
        _, report, _ = pyshacl.validate(
            graph, shacl_graph=str(folder / f"dcat-ap-2.1.1-{part}.ttl"))
        violations = list(report.subjects(SH.resultSeverity, SH.Violation))
        assert violations == [], part


def test_the_attribution_has_the_date_of_the_data(solved):
    record = solved["record"]
    assert record["dates"]["created"] in record["attribution"]


@pytest.mark.parametrize("name", [
    "NC anywhere in the text", "the end of the address",
    "anywhere in the address", "the first mailbox of the list only",
    "the hosts of the lesson", "one host, anywhere in the address"])
def test_what_is_common_is_seen_at_the_trainees_desk(solved, name):
    """Not only at grading: the exercise has no hidden tests."""
    mistakes = yaml.safe_load(
        (ROOT / "tests/mistakes/e16_metadata_twice.yaml").read_text("utf-8"))
    (mistake,) = (one for one in mistakes["wrong"] if one["name"] == name)
    names = dict(solved)
    exec(mistake["code"], names)
    shown = notebooks.grade_cells(notebooks.read(RELEASED))["wrong"].source
    assert "HIDDEN" not in shown
    with pytest.raises(check.Feedback):
        exec(shown, names)


# --- the hidden records ----------------------------------------------------

def check_of(name) -> ast.Module:
    return ast.parse(notebooks.grade_cells(notebooks.read(SOLUTION))[
        name].source)


def seeds_of(tree) -> list[ast.For]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.For)
            and ast.unparse(node.target) == "seed"]


@pytest.mark.parametrize("name", SEEDED)
def test_a_check_tries_two_seeds_at_least(name):
    (loop,) = seeds_of(check_of(name))
    assert len({one.value for one in loop.iter.elts}) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("more", FRESH)
@pytest.mark.parametrize("name", SEEDED)
def test_the_solution_is_right_on_fresh_seeds(solved, name, more, capsys):
    """Where a seed also counts something (the files of a record), it stays
    small: only the seed of the chance is another."""
    tree = copy.deepcopy(check_of(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == (
                "np.random.default_rng"):
            node.args = [ast.BinOp(node.args[0], ast.Add(),
                                   ast.Constant(more))]
    exec(ast.unparse(ast.fix_missing_locations(tree)), dict(solved))
    assert "right" in capsys.readouterr().out
