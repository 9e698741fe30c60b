"""Session 1.4 in JupyterLab: a polygon drawn with the mouse becomes a layer.

As tests/jupyterlab/test_trainee.py: a real server on a copy of the course, a
real browser, and no request to any other server. Pictures: test-output/draw/.
"""

import math
import re

import geopandas as gpd
import pytest

from helpers import data
from tests.jupyterlab.browser import (
    cell_with,
    runs,
    until,
    wait_until_redrawn,
)
from tests.support import PICTURES

LESSON = "course/day1_production/s4_digitising_and_osm.ipynb"
FIELD = 53  # the row of data/parcels.geojson that is drawn, near the middle
ZOOM = 14  # of the lesson's map
IT_STANDS_STILL = """() => {
    const place = [...document.querySelectorAll('.jp-OutputArea '
        + ':is(.leaflet-container, .leaflet-image-layer)')].map(
        one => JSON.stringify(one.getBoundingClientRect())).join();
    if (window.still?.place !== place)
        window.still = {place, since: performance.now()};
    return performance.now() - window.still.since > 300;
}"""
pytestmark = pytest.mark.slow


def look(page, name):
    page.screenshot(path=PICTURES / "draw" / f"{name}.png")


def the_map(page):
    cell_with(page, "m.add(pen)")
    shown = page.locator(".jp-OutputArea .leaflet-container")
    shown.wait_for()
    shown.scroll_into_view_if_needed()
    # Leaflet measures its box, and moves the image then.
    shown.locator("img.leaflet-image-layer").wait_for()
    page.evaluate("delete window.still")
    page.wait_for_function(IT_STANDS_STILL)
    return shown


def corners_on_the_map():
    """The corners of the field, pixels from the middle of the map, which
    is the middle of the field (Web Mercator, tiles of 256 pixels)."""
    world = 256 * 2 ** ZOOM

    def pixels(longitude, latitude):
        north = math.asinh(math.tan(math.radians(latitude)))
        return longitude / 360 * world, -north / (2 * math.pi) * world

    field = gpd.read_file(data.path("parcels")).geometry[FIELD]
    x0, y0 = pixels(field.centroid.x, field.centroid.y)
    corners = [pixels(*corner) for corner in field.exterior.coords[:-1]]
    return [(x - x0, y - y0) for x, y in corners]


def draw(page, corners):
    """Click the corners of a polygon, and its first corner again."""
    shown = the_map(page)
    shown.locator(".leaflet-draw-draw-polygon").click()
    box = shown.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    placed = shown.locator(".leaflet-editing-icon")
    for x, y in [*corners, corners[0]]:
        page.mouse.move(middle[0] + x, middle[1] + y, steps=4)
        # For a moment after a click, Leaflet takes no other one.
        before = placed.count()
        assert until(page, lambda before=before: (
            page.mouse.down(), page.mouse.up(), placed.count() != before)[-1])
    assert placed.count() == 0  # the polygon is closed


def rerun(page, text):
    """Run the cell that holds this text once more; what it says."""
    cell = cell_with(page, text)
    cell.locator(".cm-content").click()
    with runs(page):
        page.keyboard.press("Control+Enter")
    cell.locator(".jp-OutputArea-output").last.wait_for()
    return cell.locator(".jp-OutputArea").inner_text()


def test_a_field_is_drawn_and_comes_back_as_a_feature(lesson):
    assert "1 feature (made)" in rerun(lesson, "pen.data or [feature]")
    draw(lesson, corners_on_the_map())
    look(lesson, "drawn")
    # The map tells the kernel of it by a message of its own.
    assert until(lesson, lambda: "1 feature drawn" in rerun(
        lesson, "pen.data or [feature]"))
    look(lesson, "read_back")
    # Clicked to a pixel of 8 m, the area is that of the register.
    said = rerun(lesson, "if file is ... or")
    share = float(re.search(r"in the register: ([\d.]+)", said)[1])
    metres = int(re.search(r"farthest corner: (\d+) m", said)[1])
    rerun(lesson, "ax.imshow(ndvi")
    look(lesson, "compared")
    assert 0.93 < share < 1.07
    assert metres <= 30


def test_the_image_is_on_the_map_and_no_tile_is_asked_for(lesson):
    shown = the_map(lesson)
    look(lesson, "map")
    assert shown.locator("img.leaflet-image-layer").count() == 1
    assert shown.locator("img.leaflet-tile").count() == 0
    assert "FICTIONAL" in shown.inner_text()
    assert lesson.strangers == []


def test_the_digitising_explorer_moves(lesson):
    explorer = cell_with(lesson, "explore.digitising()")
    picture = explorer.locator("img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    explorer.locator("select").first.scroll_into_view_if_needed()
    look(lesson, "explorer_field")
    explorer.locator("select").first.select_option(
        label="A clinic of 36 × 22 m")
    wait_until_redrawn(lesson, before)
    explorer.locator("select").first.scroll_into_view_if_needed()
    look(lesson, "explorer_clinic")
