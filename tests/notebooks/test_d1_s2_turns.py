"""The micro-tasks of session 1.2 name what a beginner gets wrong."""

import pytest

from commands.exercises import notebooks
from tests.notebooks import turns
from tests.support import ROOT

LESSON = ROOT / "course/day1_production/s2_reference_systems.ipynb"
WRONG = [  # micro-task, answer, words of the feedback
    ("identifier", 'identifier = "name_fr"', "written in several ways"),
    ("identifier", 'identifier = "code"', "code"),
    ("identifier", 'identifier = areas["iso_3166_2"]', "of type Series"),
    ("datum", "shift = earth.inv(lon_t, lat_t, lon_tc, lat_tc)", "the third"),
    ("datum", "shift = earth.inv(lat_t, lon_t, lat_tc, lon_tc)[2]",
     "longitude, latitude"),
    ("area", "sfax_km2 = sfax.area.sum() / 1e6", "sfax_km2 is"),
    ("area", 'sfax_km2 = sfax.to_crs("EPSG:3857").area.sum() / 1e6',
     "Mercator"),
    ("area", 'sfax_km2 = sfax.to_crs("EPSG:32632").area.sum()', "m²"),
    ("written", "latitude = 35.3018", "km away"),
    ("written", "latitude = 35 + 30 / 60 + 18 / 60", "a second 1/3600"),
    ("declare", 'centres = points.set_crs("EPSG:4326")', "the label"),
    ("declare", 'centres = points.set_crs("EPSG:22391")', "EPSG:22391"),
    ("declare", 'centres = points.set_crs("EPSG:32632")'
     '.to_crs("EPSG:4326")', "the centres"),
    ("method", 'outside = found["name_fr"].notna().sum()', "outside is 0"),
    ("method", 'outside = found["name_fr"].isna()', ".sum() counts"),
]


@pytest.fixture(scope="module")
def lesson(kernels):
    """A function: run a micro-task with an answer, give what it says."""
    cells = [cell.id for cell in notebooks.read(LESSON).cells
             if cell.id == "story-map" or not any(
                 word in cell.source
                 for word in ("plot(", "ask(", "explore"))]
    with turns.opened(LESSON, LESSON.parent, kernels, cells, "s2-") as said:
        yield said


@pytest.mark.parametrize("task, answer, words", WRONG)
def test_a_wrong_answer_is_named(lesson, task, answer, words):
    turns.is_named(lesson(task, answer), words)
