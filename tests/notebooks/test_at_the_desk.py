"""At the trainee's own desk there are no hidden tests. The checks that a
trainee sees must still stop what people typically write: who passes at the
desk and loses at grading feels betrayed.

Each mistake of tests/mistakes/ is tried on the check as it is released.
"""

import functools
import os
import re

import matplotlib
import pytest
import yaml

from commands.exercises import notebooks
from helpers.check import Feedback
from tests.support import ROOT

EXERCISES = ["day1_production/e01_openness_audit",
             "day1_production/e02_coordinate_reader",
             "day1_production/e03_crs_detective",
             "day1_production/e04_xlsform",
             "day1_production/e05_gpx_track",
             "day1_production/e06_name_matching",
             "day2_processing/e07_cursed_csv",
             "day2_processing/e08_repair_districts",
             "day2_processing/e09_quality_report",
             "day2_processing/e10_codes_that_lie",
             "day2_processing/e11_access_and_exposure",
             "day2_processing/e12_raster_by_zone",
             "day2_processing/e13_spatial_sql",
             "day2_processing/e14_do_no_harm",
             "day3_publication/e15_release_package",
             "day3_publication/e16_metadata_twice",
             "day3_publication/e17_licence_desk",
             "day3_publication/e18_honest_map",
             "day3_publication/e19_publish_and_change",
             "day4_strategy/c1_ecosystem_map",
             "day4_strategy/e20_maturity_and_priorities",
             "day4_strategy/c2_raci_and_objectives",
             "day4_strategy/e21_action_plan"]


def mistakes():
    """(exercise, check, mistake). The first of a cell is tried by `--fast`
    too."""
    for name in EXERCISES:
        stem = name.split("/")[1]
        file = ROOT / "tests/mistakes" / f"{stem}.yaml"
        for check, listed in yaml.safe_load(file.read_text("utf-8")).items():
            for at, one in enumerate(listed):
                yield pytest.param(
                    name, check, one, id=f"{stem}: {check}: {one['name']}",
                    marks=[pytest.mark.slow] * (at > 0))


@functools.cache
def released(name):
    """id → source of the code cells, without what is hidden at grading."""
    file = ROOT / "solutions" / f"{name}.ipynb"
    return {cell.id: re.sub(
        r"\n?[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*", "",
        cell.source, flags=re.DOTALL)
        for cell in notebooks.read(file).cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    """A function: what the solution of an exercise has defined."""
    @functools.cache
    def opened(name):
        folder = tmp_path_factory.mktemp("desk")
        names = {"__name__": "desk", "display": lambda *_: None}
        before = os.getcwd()
        os.chdir(folder)
        try:
            for source in released(name).values():
                if "check.task" not in source:
                    exec(source, names)
        finally:
            os.chdir(before)
        return names
    matplotlib.use("agg")
    return opened


@pytest.mark.parametrize("name, check, mistake", list(mistakes()))
def test_a_typical_mistake_is_stopped_before_grading(
        desks, name, check, mistake):
    names, cells = desks(name), released(name)
    try:
        exec(mistake["code"], names)
        with pytest.raises(Feedback) as stopped:
            exec(cells[check], names)
        assert "not answered yet" not in str(stopped.value)
    finally:
        exec(cells[mistake["answer"]], names)


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_passes_at_the_desk(desks, name):
    names, cells = desks(name), released(name)
    for source in cells.values():
        if "check.task" in source:
            exec(source, names)
