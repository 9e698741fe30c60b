"""Files as offices have them: what an audit must say, and must not say.
All data are fictional."""

import pytest
import shapely

from commands.audit import audit
from commands.audit.model import UnreadableFile
from tests.commands.audit.test_findings import audited, squares, table


def test_a_table_with_a_head_alone_is_not_clean(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("code;name;longitude;latitude\n", "utf-8")
    report = audit(file)
    assert not report.clean
    assert "layer-empty" in {one.code for one in report.findings}
    file.write_text("code;name;longitude;latitude\nA;B;9.5;35\n", "utf-8")
    assert audit(file).clean


@pytest.mark.parametrize("name", ["export.xls", "export.csv"])
@pytest.mark.parametrize("begin", ["<html>", "<!DOCTYPE html>\n<html>"])
def test_a_web_page_is_called_one(name, begin, tmp_path):
    file = tmp_path / name
    file.write_text(f"{begin}<table><tr><th>code</th></tr><tr><td>1</td>"
                    "</tr></table></html>", "utf-8")
    with pytest.raises(UnreadableFile, match=rf"{name} is a web page"):
        audit(file)


def bow_tie(square):
    west, south, east, north = square.bounds
    return shapely.Polygon([(west, south), (east, north), (east, south),
                            (west, north)])


def test_the_ground_of_an_invalid_polygon_is_no_gap():
    layer = squares(16)
    layer.loc[5, "geometry"] = bow_tie(layer.geometry[5])
    found = audited(layer, "GPKG")
    assert "geometry-invalid" in found and "geometry-gap" not in found
    without = squares(16).drop(index=5).reset_index(drop=True)
    assert audited(without, "GPKG")["geometry-gap"].count == 1


def test_a_gap_elsewhere_is_still_found_beside_an_invalid_polygon():
    layer = squares(24)
    layer.loc[5, "geometry"] = bow_tie(layer.geometry[5])
    layer = layer.drop(index=14).reset_index(drop=True)
    assert audited(layer, "GPKG")["geometry-gap"].count == 1


def test_one_polygon_on_all_its_neighbours_is_a_defect_and_named():
    layer = squares(12)
    layer.loc[5, "geometry"] = layer.geometry[5].buffer(
        80, join_style="mitre")
    found = audited(layer, "GPKG")["geometry-overlap"]
    assert found.severity == "warning" and found.count == 8
    assert "row 6 is in 8 of them" in found.says


def test_a_layer_whose_rows_all_overlap_is_still_a_note():
    layer = squares(12)
    layer.geometry = layer.buffer(300)
    assert audited(layer, "GPKG")["geometry-overlap"].severity == "note"


@pytest.mark.parametrize("dates", [
    ["2 mars 2024", "2024-03-05", "07/03/2024", "11-03-24"],
    ["14 janvier 2023", "1er février 2023", "3 août 2023"],
    ["3 جانفي 2024", "12 أوت 2024"], ["5 May 2021", "17 Dec 2021"]])
def test_dates_with_the_name_of_a_month_are_dates_as_text(dates):
    day = [dates[n % len(dates)] for n in range(12)]
    found = audited(table(visited=day))["dates-as-text"]
    assert found.count == sum(one[:4] != "2024" for one in day)


@pytest.mark.parametrize("words", [
    ["Route 9 mars", "Rue du 2 mars 1934"], ["12 maisons", "3 marchés"]])
def test_a_street_with_a_day_in_its_name_is_no_date(words):
    streets = [words[n % 2] for n in range(12)]
    assert "dates-as-text" not in audited(table(street=streets))


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f"])
def test_numbers_with_their_thousands_apart_are_numbers_as_text(space):
    people = [f"{1 + n}{space}{400 + n}" for n in range(12)]
    assert "numbers-as-text" in audited(table(people=people))
    assert "numbers-as-text" in audited(table(
        people=people[:5] + ["700"] * 7))


@pytest.mark.parametrize("values", [
    [f"00 000 {n:03d}" for n in range(12)],
    [f"{n}00 {n}00 {n}00" for n in range(1, 10)] * 2])
def test_other_groups_of_digits_are_no_numbers(values):
    assert "numbers-as-text" not in audited(table(mark=values[:12]))


def test_a_value_is_shown_without_the_name_of_its_type():
    layer = squares().assign(declared=2500.0)
    assert "says 2500.0 in" in audited(layer, "GPKG")["column-constant"].says


def test_the_example_of_a_row_shows_what_is_there():
    """Of a row of totals, most cells are empty."""
    layer = table(people=[str(100 + n) for n in range(12)])
    layer.loc[12] = {"name": "Total", "people": "1266"}
    assert audited(layer)["totals-row"].example == "Total, 1266"
