"""Session 1.2 in JupyterLab: a micro-task, and the lab's steps."""

import pytest

from tests.jupyterlab.browser import (
    answer,
    cell_with,
    look,
    wait_until_redrawn,
)

LESSON = "course/day1_production/s2_reference_systems.ipynb"
pytestmark = pytest.mark.slow


def said(tab, title):
    """What the check of a micro-task says. Its code is folded."""
    output = tab.locator(".jp-OutputArea-output", has_text=title).first
    output.wait_for()
    output.scroll_into_view_if_needed()
    return " ".join(output.inner_text().split())


def test_a_micro_task_and_the_lab_say_at_once_what_they_read(lesson):
    tab = lesson
    title = "Your turn: twelve centres in degrees"
    assert "not answered yet" in said(tab, title)
    answer(tab, "centres = ...", "points = gpd.GeoDataFrame(table, geometry="
           'gpd.points_from_xy(table["x"], table["y"]))\n'
           'centres = points.set_crs("EPSG:4326")')
    assert "the label changed" in said(tab, title)
    look(tab, "s2_turn_wrong")

    picture = tab.locator('img[src*="s2_layer_crs"]').first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("one => one.naturalWidth") > 300
    look(tab, "s2_lab")
    answer(tab, "product = ...", 'product = out / "lab_made.gpkg"')
    assert said(tab, "Your turn: the layer from QGIS").startswith("✓")
    look(tab, "s2_lab_right")


def test_the_crs_explorer_moves(lesson):
    tab = lesson
    explorer = cell_with(tab, "explore.crs_mistakes()")
    picture = explorer.locator("img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    look(tab, "explorer_before")
    explorer.locator("select").first.select_option(
        label="Latitude and longitude swapped")
    wait_until_redrawn(tab, before)
    look(tab, "explorer_swapped")
    middle = picture.get_attribute("src")
    explorer.locator("select").nth(1).select_option(label="Sfax")
    wait_until_redrawn(tab, middle)
