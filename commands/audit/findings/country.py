"""The country that a file should lie in: its area, its units, their names.

The course knows Tunisia. Its boundaries are generalised (Natural Earth, 1:10
million): what lies up to MARGIN outside them counts as inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from helpers import data
from helpers.errors import CourseError

MARGIN = 0.05  # degrees, about 5 km
CANDIDATES = ["EPSG:4326", "EPSG:4326 swapped", "EPSG:3857", "EPSG:32632",
              "EPSG:22391", "EPSG:22392"]  # the suspects of E03


@dataclass
class Country:
    """code: ISO 3166-1. units: the governorates in degrees, with codes and
    names. area: all of them, with the margin."""
    code: str
    units: gpd.GeoDataFrame
    area: shapely.Geometry

    def inside(self, lonlat: np.ndarray) -> np.ndarray:
        """Which positions (degrees) lie in the country, or near."""
        return shapely.contains_xy(self.area, lonlat[:, 0], lonlat[:, 1])

    def agree(self, lonlat: np.ndarray, stated: np.ndarray) -> np.ndarray:
        """Which positions lie in the unit (ISO code) that their row states,
        or near. A row that states none does not agree."""
        found = np.zeros(len(lonlat), bool)
        for iso, unit in zip(self.units["iso_3166_2"], self.near_units):
            rows = np.flatnonzero(stated == iso)
            found[rows] = shapely.contains_xy(
                unit, lonlat[rows, 0], lonlat[rows, 1])
        return found

    @property
    def near_units(self) -> list[shapely.Geometry]:
        """The units, each with the margin."""
        return _near_units(self.code)

    @property
    def spellings(self) -> dict[str, str]:
        """Each right name of a unit → its ISO code."""
        return {str(row[name]): row["iso_3166_2"]
                for _, row in self.units.iterrows()
                for name in ("name_en", "name_fr", "name_ar",
                             "chief_town_en") if row[name]}

    @property
    def by_ins(self) -> dict[str, str]:
        """Code of INS and OCHA, two digits → ISO code."""
        return dict(zip(self.units["ins_code"].astype(str),
                        self.units["iso_3166_2"]))


def country(code: str | None) -> Country | None:
    """The country of a code; None for "none". Raises CourseError for a
    country that the course does not know."""
    if not code or code.lower() == "none":
        return None
    if code.upper() != "TN":
        raise CourseError(
            f"The course has the boundaries of TN alone, not of {code!r}. "
            "Give --country none: places are then not compared.")
    return _tunisia()


@cache
def _tunisia() -> Country:
    units = gpd.read_file(data.path("governorates"))[
        ["iso_3166_2", "geometry"]]
    table = pd.read_csv(data.path("governorate_table"))
    units = units.merge(table, on="iso_3166_2")
    area = units.union_all().buffer(MARGIN).simplify(MARGIN / 10)
    shapely.prepare(area)
    return Country("TN", units, area)


@cache
def _near_units(code: str) -> list[shapely.Geometry]:
    """Prepared once: the question is asked for each row."""
    near = [unit.buffer(MARGIN) for unit in country(code).units.geometry]
    for unit in near:
        shapely.prepare(unit)
    return near
