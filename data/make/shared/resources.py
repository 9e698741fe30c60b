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
    "course": {"title": "this course (generated with a seed)"},
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


def real(*, name: str, path: str, title: str, description: str, used_by: str,
         date: str, crs: str | None, sources: tuple, licence: str,
         fields: dict[str, str] | None = None) -> dict:
    """The header of a layer that is not invented: a Data Resource.

    path: in data/; used_by: sessions and exercises; sources: keys of
    SOURCES; fields: name -> meaning, or None for a file that is not read
    as a table (a raster, a track, a table as received).
    """
    header = {
        "name": name, "path": path, "title": title,
        "description": description, "used_by": used_by, "date": date,
        "crs": crs, "fictional": False,
        "sources": [SOURCES[source] for source in sources],
        "licenses": [{"name": licence}],
    }
    return header if fields is None else header | {"fields": fields}
