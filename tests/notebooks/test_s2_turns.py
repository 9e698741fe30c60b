"""The micro-tasks of session 1.2 name what a beginner gets wrong."""

import pytest
from nbclient import NotebookClient

from commands.exercises import notebooks
from tests.support import ROOT

LESSON = ROOT / "course/day1_production/s2_reference_systems.ipynb"
WRONG = [  # micro-task, answer, words of the feedback
    ("identifier", 'identifier = "name_fr"', "written in several ways"),
    ("identifier", 'identifier = "code"', "code"),
    ("datum", "shift = earth.inv(lon_t, lat_t, lon_tc, lat_tc)", "tuple"),
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
    ("method", 'outside = found["name_fr"].isna()', "outside"),
]


@pytest.fixture(scope="module")
def lesson(kernels):
    """A function: run a micro-task with an answer, give what it says."""
    notebook = notebooks.read(LESSON)
    cells = {cell.id: (index, cell)
             for index, cell in enumerate(notebook.cells)}
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3",
        resources={"metadata": {"path": str(LESSON.parent)}},
        **({"kernel_manager_class": kernels} if kernels else {}))

    def said(task, answer):
        index, starter = cells[f"s2-{task}-turn"]
        at, check = cells[f"s2-{task}-turn-check"]
        given, starter.source = starter.source, "\n".join([
            line for line in starter.source.splitlines()
            if "= ..." not in line] + [answer])
        client.execute_cell(starter, index)
        client.execute_cell(check, at)
        starter.source = given
        return "".join(one.get("text", "") for one in check.outputs)

    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            shows = any(word in cell.source for word in
                        ("plot(", "ask(", "explore"))
            if cell.id == "story-map" or not shows:
                client.execute_cell(cell, index)
        yield said


@pytest.mark.parametrize("task, answer, words", WRONG)
def test_a_wrong_answer_is_named(lesson, task, answer, words):
    said = lesson(task, answer)
    assert said.startswith("✗"), said
    assert words in said and "Traceback" not in said
