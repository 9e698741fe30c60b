"""C2: what its check of objectives accepts, its last cell can read."""

import pytest


@pytest.fixture(scope="module")
def names(solved) -> dict:
    """What the solution defines; no check and no file."""
    return solved("c2_raci_and_objectives")


@pytest.mark.parametrize("baseline, target", [
    ("13", "60.5"), ("13 %", "60,5 %"), ("13%", "60.5%")])
def test_numbers_that_earn_points_come_into_the_plan(names, baseline,
                                                     target):
    line = f"1.1 | O1 | Updated | fresh | {baseline} | {target} | 2023-06-30"
    indicator = names["for_the_plan"](line)["indicator"]
    assert (indicator["baseline"], indicator["target"]) == (13, 60.5)
