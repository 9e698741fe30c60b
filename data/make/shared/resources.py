"""Headers of layers: the part of their description that a script states.

describe.py adds to each header what the layer's file states.
"""

from .world import FIRST_DAY

SOURCES = {
    "natural_earth": {
        "title": "Natural Earth 1:10m v4.1.0, generalised by QGIS",
        "path": "https://www.naturalearthdata.com",
    },
    "geonames": {
        "title": "GeoNames",
        "path": "https://www.geonames.org",
    },
    "statistics": {
        "title": "INS, censuses of 2014 and 2024, estimates of 2023; "
                 "ISO 3166-2; OCHA COD-AB",
        "path": "https://www.ins.tn",
    },
    "licences": {
        "title": "SPDX licence list, and the texts of the licences",
        "path": "https://spdx.org/licenses/",
    },
    "course": {"title": "this course (generated with a seed)"},
}
LICENCES = {
    "CC-BY-4.0": {
        "name": "CC-BY-4.0", "title": "CC BY 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    },
    "ODbL-1.0": {
        "name": "ODbL-1.0", "title": "ODbL 1.0",
        "path": "https://opendatacommons.org/licenses/odbl/1-0/",
    },
    "Public domain": {"name": "Public domain", "title": "public domain"},
}


def fictional(*, title: str, crs: str | None = "EPSG:4326",
              date: str = FIRST_DAY, sources: tuple = ("course",),
              licence: str = "CC-BY-4.0", **header) -> dict:
    """The header of a generated layer; its title begins with FICTIONAL.

    The parameters are those of `real`.
    """
    return real(title=f"FICTIONAL {title}", crs=crs, date=date,
                sources=sources, licence=licence, **header) | {
                    "fictional": True}


def real(*, name: str, path: str, title: str, description: str,
         date: str, crs: str | None, sources: tuple, licence: str,
         planned: str = "", changes: str = "",
         fields: dict[str, str] | None = None) -> dict:
    """The header of a layer that is not invented: a Data Resource.

    path: in data/; planned: sessions and exercises to come that will load
    it (which ones load it today is derived from the notebooks); sources:
    keys of SOURCES; licence: key of LICENCES; changes: what the course has
    changed in what it received, for the credits; fields: name -> meaning,
    or None for a file that is not read as a table (a raster, a track, a
    table as received).
    """
    header = {
        "name": name, "path": path, "title": title,
        "description": description, "date": date,
        "crs": crs, "fictional": False,
        "sources": [SOURCES[source] for source in sources],
        "licenses": [LICENCES[licence]],
    }
    if planned:
        header["planned"] = planned
    if changes:
        header["changes"] = changes
    return header if fields is None else header | {"fields": fields}
