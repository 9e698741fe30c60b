"""Which notebook loads which layer. That nothing is missed when notebooks
run is in tests/notebooks/test_any_world.py."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from commands.exercises import notebooks, uses
from helpers import data


def loads(*cells) -> set[str]:
    return set(uses.loads(new_notebook(cells=list(cells))))


@pytest.mark.parametrize("code, layers", [
    ('data.path("places")', {"places"}),
    ('data.credit("gnss_track")', {"gnss_track"}),
    ('for n in (1, 2):\n data.path(f"crs_detective_{n}")',
     {f"crs_detective_{number}" for number in range(1, 6)}),
    ('for name in ["schools", "places"]:\n data.path(name)',
     {"schools", "places"}),
    ('table["schools"]', set()),  # a column of that name
    ('from helpers import maps\nmaps.background(m, "")',
     {"neighbours", "governorates"}),
    ('from helpers import maps\nmaps.offline()', set()),
    ('from helpers import explore\nexplore.digitising()',
     {"parcels", "osm_clinics"}),
    ('from helpers.explore import gnss_precision\ngnss_precision()',
     {"water_point_submissions", "water_points"})])
def test_a_layer_is_loaded_by_its_name_or_by_a_helper(code, layers):
    assert loads(new_code_cell(code)) == layers


def test_a_helper_that_an_earlier_cell_imports_is_known():
    assert loads(new_code_cell("from helpers import maps"), new_code_cell(
        "maps.background(m, 'x')")) == {"neighbours", "governorates"}


def test_an_answer_is_run_and_other_text_is_not():
    assert loads(new_markdown_cell(
        'Write `data.path("schools")`.\n\n:::{admonition} One answer\n'
        ':class: dropdown\n```python\ndata.path("places")\n```\n:::'
    )) == {"places"}


def test_what_is_still_to_come_has_no_notebook_yet():
    there = {uses.label(notebooks.read(file)) for file
             in uses.all_notebooks() if file.parent.name.startswith("day")}
    for name in data.layers():
        later = set(data.info(name).get("planned", "").split(", "))
        assert not later & there, (
            f"{name}: take {later & there} out of `planned` in data/make")
