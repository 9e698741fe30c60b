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
from helpers import check, publish
from tests.support import ROOT, SHARED, absent

SOLUTION = ROOT / "solutions/day3_publication/e16_metadata_twice.ipynb"
RELEASED = ROOT / "exercises" / SOLUTION.relative_to(ROOT / "solutions")
FRESH = 41, 97
SEEDED = ["extent", "wrong", "iso", "about", "place", "files", "doubtful"]


@pytest.fixture(scope="module", params=[None, pytest.param(
    7, marks=pytest.mark.slow)], ids=["course", "seed 7"])
def names(request, solved):
    """What the solution defines; `out` is what it has written."""
    return solved(SOLUTION.stem, request.param)


def test_the_record_has_no_objection_and_the_one_received_has_three(names):
    objections = publish.record.objections
    assert objections(names["record"], names["layer"]) == []
    assert {one.split()[0] for one in objections(
        names["received"], names["layer"])} == {
            "licence", "publisher.email", "bbox"}


def test_the_validators_accept_the_record_received(names):
    table = names["table"].set_index(["file", "validator"])["verdict"]
    assert table["received.ttl", "DCAT-AP 2.1.1, own shapes"] == "yes"
    assert table["received.xml", "ISO 19139, mandatory elements"] == "yes"
    assert table["record.xml", "ISO 19139, mandatory elements"] == "yes"


def test_the_trainees_xml_keeps_the_schemas_of_iso_19139(
        names, monkeypatch):
    if "COURSE_PYCSW" in os.environ:  # CI keeps it in a folder of its own
        monkeypatch.syspath_prepend(os.environ["COURSE_PYCSW"])
    for name in ("record.xml", "received.xml"):
        said = publish.record.iso_xsd(names["out"] / name)
        if said is None:
            absent("the package pycsw with the schemas of ISO 19139")
        assert said == [], name


def test_the_trainees_turtle_has_no_violation_of_the_official_shapes(names):
    folder = SHARED / "validators"
    if not folder.is_dir():
        pytest.skip("there is no folder shared/validators with the official "
                    "shapes of DCAT-AP 2.1.1")
    import pyshacl
    graph = Graph().parse(names["out"] / "record.ttl")
    assert len(list(graph.subjects(DCAT.accessURL))) == 1
    for part in ("shapes", "range", "recommended"):
        _, report, _ = pyshacl.validate(
            graph, shacl_graph=str(folder / f"dcat-ap-2.1.1-{part}.ttl"))
        violations = list(report.subjects(SH.resultSeverity, SH.Violation))
        assert violations == [], part


def test_the_attribution_has_the_date_of_the_data(names):
    record = names["record"]
    assert record["dates"]["created"] in record["attribution"]


@pytest.mark.parametrize("name", [
    "NC anywhere in the text", "the end of the address",
    "anywhere in the address", "the first mailbox of the list only",
    "the hosts of the lesson", "one host, anywhere in the address"])
def test_what_is_common_is_seen_at_the_trainees_desk(names, name):
    """Not only at grading: the exercise has no hidden tests."""
    mistakes = yaml.safe_load(
        (ROOT / "tests/mistakes/e16_metadata_twice.yaml").read_text("utf-8"))
    (mistake,) = (one for one in mistakes["wrong"] if one["name"] == name)
    known = dict(names)
    exec(mistake["code"], known)
    shown = notebooks.grade_cells(notebooks.read(RELEASED))["wrong"].source
    assert "HIDDEN" not in shown
    with pytest.raises(check.Feedback):
        exec(shown, known)


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
def test_the_solution_is_right_on_fresh_seeds(names, name, more, capsys):
    """Where a seed also counts something (the files of a record), it stays
    small: only the seed of the chance is another."""
    tree = copy.deepcopy(check_of(name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == (
                "np.random.default_rng"):
            node.args = [ast.BinOp(node.args[0], ast.Add(),
                                   ast.Constant(more))]
    exec(ast.unparse(ast.fix_missing_locations(tree)), dict(names))
    assert "right" in capsys.readouterr().out
