"""Files that are sound as files; what stands in them is not."""

import geopandas as gpd
import pandas as pd
import shapely

from helpers import data
from tests.commands.audit.damaged.case import areas, case, towns
from tests.commands.audit.damaged.layers import text, write
from tests.commands.audit.damaged.tables import csv_case


@csv_case("an empty row", "rows-empty", rows={"rows-empty": [31]})
def _(made):
    made.table.loc[30] = ""
    made.table.loc[31] = ["HC-9999", "Centre fictif", "مركز", "CSB", "TN-11",
                          "500", "10.2", "36.8"]


@csv_case("a column of nothing, and one of one value", "column-empty",
          "column-constant")
def _(made):
    made.table["remark"] = ""
    made.table["country"] = "Tunisie"


@csv_case("units of measure in a column of numbers", "numbers-as-text",
          rows={"numbers-as-text": [3]})
def _(made):
    made.table.loc[2, "population_served"] = "4 100"
    made.table.loc[2:, "population_served"] = [
        f"{int(text.replace(' ', '')):,}".replace(",", " ")
        if at == 0 else text for at, text in enumerate(
            made.table.population_served[2:])]


@csv_case("a number and its unit in each cell", "numbers-as-text",
          rows={"numbers-as-text": [*range(1, 31)]})
def _(made):
    made.table["flow"] = [f"{28 + at}.06 l/s" for at in range(30)]


@csv_case("capitals and accents that change", "codes-variants",
          rows={"codes-variants": [2, 3, 5]})
def _(made):
    made.table["state"] = ["Fermé" if at % 3 else "Actif"
                           for at in range(30)]
    made.table.loc[[1, 2, 4], "state"] = ["FERME", "fermé", "ferme"]


@csv_case("both coordinates in one cell", "coordinates-pair")
def _(made):
    made.table["position"] = made.table.pop("lat") + ", " + (
        made.table.pop("lon"))


@csv_case("a geometry as text that is cut", "geometry-unread",
          "geometry-empty", "crs-missing", rows={"geometry-unread": [4]})
def _(made):
    made.table["wkt"] = ("POINT (" + made.table.pop("lon") + " "
                         + made.table.pop("lat") + ")")
    made.table.loc[3, "wkt"] = "POINT (10.1"


@csv_case("days in the French order", "dates-as-text")
def _(made):
    made.table["opened"] = [f"{day + 1:02}/03/2021" for day in range(30)]


@csv_case("errors of a spreadsheet", "cells-errors",
          rows={"cells-errors": [2, 5, 7]})
def _(made):
    made.table.loc[[1, 4, 6], "population_served"] = [
        "#REF!", "#DIV/0 !", "#VALUE!"]


@csv_case("-999 for a missing value", "missing-coded",
          rows={"missing-coded": [3, 9]})
def _(made):
    made.table.loc[[2, 8], "population_served"] = "-999"


@csv_case("a day that does not exist", "dates-impossible", "dates-as-text",
          rows={"dates-impossible": [4]})
def _(made):
    made.table["opened"] = [f"{day % 28 + 1:02}/03/2021" for day in range(30)]
    made.table.loc[3, "opened"] = "31/02/2021"


@csv_case("codes as 1.2E+07", "codes-exponent",
          rows={"codes-exponent": [2, 4]}, kind="C31")
def _(made):
    made.table["code_ins"] = [f"{12_000_000 + row}" for row in range(30)]
    made.table.loc[[1, 3], "code_ins"] = "1.2E+07"


@csv_case("accents apart", "text-decomposed", kind="C47")
def _(made):
    made.table["name_fr"] = made.table.name_fr.str.normalize("NFD")


@csv_case("a point in another country", "coordinates-outside",
          rows={"coordinates-outside": [8]})
def _(made):
    made.table.loc[7, ["lon", "lat"]] = ["2.35220", "48.85660"]


@csv_case("a point in another governorate", "coordinates-unit",
          rows={"coordinates-unit": [5]}, kind="C47")
def _(made):
    made.table = made.table.drop(columns="iso_3166_2")
    made.table["governorate"] = None
    made.table["lon"], made.table["lat"] = "10.18150", "36.80650"
    made.table["lon"] = [f"10.18{row:03}" for row in range(30)]
    made.table["governorate"] = "Tunis"
    made.table.loc[4, "governorate"] = "Tataouine"


@csv_case("fifteen decimals", "coordinates-precision")
def _(made):
    made.table["lon"] = [f"{float(lon) + 1e-9 / 3:.15f}"
                         for lon in made.table.lon]


@csv_case("codes of two systems", "codes-mixed",
          rows={"codes-mixed": [3]}, kind="C47")
def _(made):
    official = pd.read_csv(data.path("governorate_table"))
    pcodes = dict(zip(official.iso_3166_2, official.cod_ab_pcode))
    made.table.loc[2, "iso_3166_2"] = pcodes[made.table.iso_3166_2[2]]


@csv_case("a code of no list", "codes-unknown",
          rows={"codes-unknown": [6]}, kind="C47")
def _(made):
    made.table.loc[5, "iso_3166_2"] = "TN-99"


@csv_case("names and numbers of people", "personal-name",
          "personal-identity")
def _(made):
    first = ("Nour", "Fathi", "Ines", "Sami", "Leila")
    made.table["agent_name"] = [
        f"{first[row % 5]} Fictif{chr(97 + row % 26)}" for row in range(30)]
    made.table["cin"] = [f"{90000000 + 7919 * row}" for row in range(30)]


@case("gpx: a track with times", "personal-trace", twin="gpx")
def _(folder):
    return data.path("gnss_track")


# --- areas -----------------------------------------------------------------

def area_case(name, *codes, **more):
    """Registers a change of the 24 governorates."""
    def keep(change):
        @case(f"areas: {name}", *codes, twin="areas", kind="C34", **more)
        def _(folder):
            layer = areas()
            changed = change(layer)
            return write(folder, text(layer if changed is None else changed),
                         "areas.geojson")
        return change
    return keep


@area_case("one over its neighbours", "geometry-overlap")
def _(layer):
    layer.loc[4, "geometry"] = layer.geometry[4].buffer(0.05).simplify(0.01)
    layer.geometry = layer.geometry.set_precision(1e-6)


@area_case("a hole between them", "geometry-gap")
def _(layer):
    hole = shapely.box(9.75, 35.4, 9.85, 35.5)
    layer.geometry = layer.difference(hole)


@area_case("a leftover of digitising", "geometry-sliver",
           "geometry-overlap", rows={"geometry-sliver": [25]})
def _(layer):
    thin = gpd.GeoDataFrame(
        {"iso_3166_2": ["TN-41"], "name_en": ["leftover"],
         "name_fr": ["reste"], "name_ar": ["بقية"]},
        geometry=[shapely.Polygon([(9.7, 35.5), (10.1, 35.6),
                                   (9.7, 35.5002)])], crs=4326)
    return pd.concat([layer, thin], ignore_index=True)


@area_case("parts that each repeat the total", "geometry-repeated-total")
def _(layer):
    layer["population"] = [1000 * row + 531 for row in range(24)]
    parts = [layer.loc[[10]].assign(geometry=[part])
             for part in _cut(layer.geometry[10])]
    return gpd.GeoDataFrame(pd.concat(
        [layer.drop(index=10), *parts], ignore_index=True), crs=4326)


def _cut(polygon):
    """Two polygons, cut from one corner to another: no new corner."""
    ring = list(polygon.exterior.coords)[:-1]
    for last in range(len(ring) // 2, len(ring) - 2):
        parts = [shapely.Polygon(ring[:last + 1]),
                 shapely.Polygon([*ring[last:], ring[0]])]
        if all(part.is_valid for part in parts) and abs(
                sum(part.area for part in parts) - polygon.area) < 1e-9:
            return parts
    raise AssertionError("no cut")


@area_case("one of 24 is missing", "units-missing")
def _(layer):
    return layer.drop(index=23)


@case("geojson: a name that is not that of the code", "codes-contradict",
      twin="geojson", rows={"codes-contradict": [2]}, kind="C47")
def _(folder):
    layer = towns()[["iso_3166_2", "name_fr", "geometry"]].rename(
        columns={"name_fr": "governorate"})
    layer.loc[1, "governorate"] = layer.governorate[5]
    return write(folder, text(layer))
