"""Solutions and worlds that tests of notebooks share."""

import functools

import pytest

from tests.data.worlds import World
from tests.notebooks import solutions


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    """A function: the world of a seed, made once."""
    return functools.cache(
        lambda seed: World(tmp_path_factory.mktemp("world"), seed))


@pytest.fixture(scope="session")
def solved(tmp_path_factory, worlds):
    """A function: what a solution defines, with the layers of a seed or with
    the course's own; run once for all who ask. Do not change it: a test that
    runs more code gives it a copy."""
    @functools.cache
    def names(name, seed=None):
        return solutions.run(name, tmp_path_factory.mktemp(name),
                             seed and worlds(seed).path)
    return names
