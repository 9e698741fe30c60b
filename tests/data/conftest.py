"""The worlds that tests of data/make share: each is made once a session."""

import pytest

from tests.data.worlds import World

# None is the course's own; 46 renames a centre whose Arabic name was lost.
SEEDS = [None, 7, 46]


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    """A function: the world of a seed; again=True is made a second time."""
    made = {}

    def world(seed, again=False):
        if (seed, again) not in made:
            made[seed, again] = World(
                tmp_path_factory.mktemp(f"world_{seed}"), seed)
        return made[seed, again]
    return world


@pytest.fixture(scope="session", params=SEEDS)
def world(request, worlds):
    """The world of each seed."""
    return worlds(request.param)
