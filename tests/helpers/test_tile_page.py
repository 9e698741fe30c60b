"""A page of vector tiles holds all that it shows, and asks nobody."""

import re

import geopandas as gpd
import pytest
import shapely

from helpers import tile_page
from helpers.errors import CourseError


@pytest.fixture
def tiles(tmp_path):
    """Two squares and a point, in two layers' colours."""
    layer = gpd.GeoDataFrame(
        {"colour": ["#ff0000", "#0000ff", "#00ff00"]}, crs=4326,
        geometry=[shapely.box(8, 34, 9, 35), shapely.box(9, 34, 10, 35),
                  shapely.Point(9, 36)])
    file = tmp_path / "tiles.pmtiles"
    layer.to_file(file, driver="PMTiles", MAXZOOM=5)
    return file


def write(tiles, title="A map", **words):
    page = tiles.with_suffix(".html")
    tile_page.write(page, tiles, title, "Source: nobody. Licence: CC0-1.0.",
                    [("#ff0000", "0 to 5"), ("#0000ff", "5 to 10")], **words)
    return page


def test_areas_and_points_have_their_colours(tiles, chromium):
    import io

    import numpy as np
    from PIL import Image
    context = chromium.new_context(viewport={"width": 500, "height": 500},
                                   offline=True)
    page = context.new_page()
    page.goto(write(tiles).as_uri())
    page.wait_for_selector("[data-drawn]", state="attached")
    shown = np.asarray(Image.open(io.BytesIO(page.locator(
        "#map canvas").screenshot())).convert("RGB")).astype(int)
    context.close()
    for colour, least in [((255, 0, 0), 1000), ((0, 0, 255), 1000),
                          ((0, 255, 0), 20)]:
        near = (abs(shown - colour) < 9).all(axis=2)
        assert near.sum() > least, colour


def test_no_text_of_the_data_becomes_a_program(tiles):
    page = write(tiles, title="</title><b>", unit="<i>km",
                 names=[(9, 34, "</script><b>تونس")]).read_text("utf-8")
    assert "<b>" not in page and "<i>km" not in page
    assert page.count("</script>") == 2


def test_the_page_names_no_file_that_a_browser_would_load(tiles):
    page = write(tiles).read_text("utf-8")
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", page)
    assert "sourceMappingURL" not in page
    assert "@import" not in page


def test_a_missing_package_is_named(tiles, monkeypatch):
    monkeypatch.setattr(tile_page, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="maplibre"):
        write(tiles)
