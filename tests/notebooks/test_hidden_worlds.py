"""The hidden tests of E07 to E09 draw their data from several seeds.

Each `for seed in (…)` of a check is run with one seed alone: the calls of the
trainee's function differ from seed to seed, and the reference answers all of
them right, those of seeds too that no check has used.
"""

import ast
import functools
import hashlib
import re

import pandas as pd
import pytest

from commands.exercises import notebooks
from commands.exercises.notebooks import grade_cells
from helpers.check import codec, desk
from tests.notebooks import solutions
from tests.support import ROOT

pytestmark = pytest.mark.slow

SOLUTIONS = ROOT / "solutions" / "day2_processing"
NAMES = ["e07_cursed_csv", "e08_repair_districts", "e09_quality_report"]
FRESH = 503  # no check uses it
# Its answer is a layer made of the course's own file, not a function.
NO_FUNCTION = {"repaired"}


@functools.cache
def notebook(name):
    return notebooks.read(SOLUTIONS / f"{name}.ipynb")


def checks(name):
    """grade id → its check cell; what a person marks is left out."""
    return {key: cell for key, cell in grade_cells(notebook(name)).items()
            if not cell.metadata.nbgrader.solution}


each_check = pytest.mark.parametrize(
    "name, key", [(name, key) for name in NAMES for key in checks(name)])
each_seeded_check = pytest.mark.parametrize(
    "name, key", [(name, key) for name in NAMES for key in checks(name)
                  if key not in NO_FUNCTION])


@pytest.fixture(scope="module")
def defined(tmp_path_factory):
    """Name of a solution → the names that its cells define. The checks are
    run among them, so these are no other test's."""
    return functools.cache(lambda name: solutions.run(
        name, tmp_path_factory.mktemp("solution")))


@pytest.fixture
def calls(defined, monkeypatch):
    """Runs a check with the reference; returns what its functions were
    called with: [(name, arguments)]."""
    def run(name, source):
        seen = []

        def recorded(request, namespace):
            files = sorted(filter(None, request["files"].values()))
            seen.append((request["name"], request["arguments"], files))
            return perform(request, namespace)
        perform = desk.perform
        with monkeypatch.context() as patch:
            patch.setattr(desk, "perform", recorded)
            exec(source, defined(name))
        return seen
    return run


def seeds_of(source):
    """The seeds of each `for seed in (…)`, in a loop or a comprehension."""
    return [ast.literal_eval(node.iter) for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.For | ast.comprehension)
            and ast.unparse(node.target) == "seed"]


def with_seed(source, seed):
    """The check, with one seed alone in each of its loops."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension) and (
                ast.unparse(node.target) == "seed"):
            node.iter = ast.parse(f"({seed},)", mode="eval").body
    return ast.unparse(ast.fix_missing_locations(tree))


def fingerprints(seen):
    """One text for each call; the path of a file does not count, its
    content does."""
    return {hashlib.sha256(repr((name, files or arguments)).encode()
                           ).hexdigest() for name, arguments, files in seen}


@each_seeded_check
def test_hidden_data_differ_from_seed_to_seed_and_are_answered_right(
        name, key, calls):
    source = checks(name)[key].source
    loops = seeds_of(source)
    assert loops, "no `for seed in (…)`"
    for seeds in loops:
        assert len(set(seeds)) >= 2
        assert FRESH not in seeds
    told = {seed: fingerprints(calls(name, with_seed(source, seed)))
            for seed in [*loops[0][:2], FRESH]}
    for seed, own in told.items():
        others = set().union(*(told[one] for one in told if one != seed))
        assert own - others, f"seed {seed} asks nothing of its own"


@each_check
def test_a_task_says_when_a_table_may_be_empty(name, key, calls):
    """`numpy.select`, or `max`, stops at an empty table: a check that asks
    for one must have said so."""
    empty = [request[0] for request in calls(name, checks(name)[key].source)
             if any(len(value) == 0 for value in tables(request[1]))]
    if empty:
        cells = notebook(name).cells
        at = next(n for n, cell in enumerate(cells) if cell.id == key)
        task = next(cell.source for cell in reversed(cells[:at])
                    if re.search(r"^\*\d+ points?, ", cell.source,
                                  re.MULTILINE))
        assert re.search(r"may\s+be\s+empty|may\s+be\s+no|of\s+no\s+\w+"
                         r"|without\s+an\s+entry", task), empty


def tables(arguments):
    """The tables and columns among the arguments of a call."""
    positional, named = codec.decode(arguments)
    return [value for value in [*positional, *named.values()]
            if isinstance(value, pd.DataFrame | pd.Series)]
