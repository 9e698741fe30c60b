"""The hidden data of E10-E12 come from several seeds: each seed gives other
data, and the solution is right on all of them, on fresh seeds too."""

import ast
import copy
import hashlib
from pathlib import Path

import pytest

from commands.exercises import notebooks
from helpers.check import answers, codec
from tests.notebooks import solutions

NAMES = ["e10_codes_that_lie", "e11_access_and_exposure",
         "e12_raster_by_zone"]
FRESH = 3, 9  # more than each seed of a check: places still lie in Tunisia
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=NAMES)
def solution(request, tmp_path_factory):
    """(the names that the solution's cells define, its check cells)."""
    notebook = notebooks.read(solutions.FILES[request.param])
    return solutions.run(
        request.param, tmp_path_factory.mktemp("solution")), {
        name: ast.parse(cell.source)
        for name, cell in notebooks.grade_cells(notebook).items()}


def loops_over_seeds(tree) -> list[ast.For]:
    """The loops of a check whose target is `seed`, or begins with it."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.For)
            and ast.unparse(node.target).strip("()").split(",")[0] == "seed"]


def seeds_of(tree) -> list[int]:
    (loop,) = loops_over_seeds(tree)
    return [one.elts[0].value if isinstance(one, ast.Tuple) else one.value
            for one in loop.iter.elts]


def only(tree, place: int, more: int = 0):
    """The check with one of its seeds, or with this seed and some more."""
    tree = copy.deepcopy(tree)
    (loop,) = loops_over_seeds(tree)
    loop.iter.elts = [loop.iter.elts[place]]
    (one,) = loop.iter.elts
    seed = one.elts[0] if isinstance(one, ast.Tuple) else one
    seed.value += more
    return ast.unparse(tree)


def data_seen(monkeypatch, names, source) -> set[str]:
    """What a check gives to the solution's functions: one digest per call.
    A file counts by its bytes, the name of a file to be written not at all.
    Fails where the solution is not right."""
    seen = set()
    call = answers.Answer.__call__

    def told(self, *given, **named):
        content = [(one.read_bytes() if one.is_file() else b"")
                   if isinstance(one, Path) else codec.encode(one)
                   for one in given]
        seen.add(hashlib.sha256(repr(content).encode()).hexdigest())
        return call(self, *given, **named)
    with monkeypatch.context() as patch:
        patch.setattr(answers.Answer, "__call__", told)
        exec(source, names)
    return seen


def test_each_seed_gives_other_data_and_the_solution_is_right(
        solution, monkeypatch):
    names, checks = solution
    for name, tree in checks.items():
        seeds = seeds_of(tree)
        assert len(set(seeds)) == len(seeds) >= 2, name
        seen = [data_seen(monkeypatch, names, only(tree, place))
                for place in range(len(seeds))]
        same = set.intersection(*seen)  # the course's own data, fixed cases
        for place, data in enumerate(seen):
            others = set().union(*seen[:place], *seen[place + 1:])
            assert data - others, f"{name}: seed {seeds[place]} adds nothing"
            assert (data - same).isdisjoint(others - same), name


def test_the_solution_is_right_for_fresh_seeds(solution, monkeypatch):
    names, checks = solution
    for tree in checks.values():
        for more in FRESH:
            data_seen(monkeypatch, names, only(tree, 0, more))
