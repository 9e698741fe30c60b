"""Shapes that a program almost reads: a ring that is not closed, a position
that is text, a text that is no geometry. What can be read is read; each is a
finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from commands.audit.model import Finding, finding

if TYPE_CHECKING:
    import numpy as np

WITH_RINGS = ("Polygon", "MultiPolygon")
_RING = re.compile(r"\(([^()]+)\)")
CLOSING = 'layer = gpd.read_file(file, on_invalid="fix")  # closes them'


def of_wkb(encoded: Iterable[bytes | None]
           ) -> tuple[np.ndarray, list[int], list[int]]:
    """Shapes, the rows (1 = first) whose rings were closed, and those that
    are no geometry."""
    import shapely
    encoded = list(encoded)
    sound = shapely.from_wkb(encoded, on_invalid="ignore")
    bad = [at for at, each in enumerate(encoded)
           if each is not None and sound[at] is None]
    closed, unread = [], []
    for at in bad:
        sound[at] = shapely.from_wkb(encoded[at], on_invalid="fix")
        (unread if sound[at] is None else closed).append(at + 1)
    return sound, closed, unread


def of_wkt(texts: Iterable[str | None]
           ) -> tuple[np.ndarray, list[int], list[int]]:
    """As `of_wkb`."""
    import shapely
    texts = list(texts)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    closed, unread = [], []
    for at, text in enumerate(texts):
        if text is None or shapes[at] is not None:
            continue
        if "POLYGON" in text.upper():
            shapes[at] = shapely.from_wkt(
                _RING.sub(_closed, text), on_invalid="ignore")
        (unread if shapes[at] is None else closed).append(at + 1)
    return shapes, closed, unread


def _closed(ring: re.Match[str]) -> str:
    positions = [each.strip() for each in ring[1].split(",")]
    if positions[0] != positions[-1]:
        positions.append(positions[0])
    return f"({', '.join(positions)})"


def is_open(geometry: Any) -> bool:
    """Has a geometry of GeoJSON a ring that ends where it did not begin?"""
    if not isinstance(geometry, dict):
        return False
    if geometry.get("type") == "GeometryCollection":
        return any(map(is_open, geometry.get("geometries") or ()))
    if geometry.get("type") not in WITH_RINGS:
        return False
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        parts = [parts]
    return any(ring and ring[0] != ring[-1] for part in parts
               for ring in part)


def first_text(coordinates: Any) -> str | None:
    """The first position of GeoJSON that is text, such as "10.1"."""
    if isinstance(coordinates, str):
        return coordinates
    if isinstance(coordinates, list):
        for each in coordinates:
            found = first_text(each)
            if found is not None:
                return found
    return None


def findings(closed: list[int], unread: list[int], repair: str,
             example: str = "") -> list[Finding]:
    """What to say of these rows. repair: closes the rings. example: one that
    cannot be read."""
    said = []
    if closed:
        said.append(finding(
            "ring-open", f"{len(closed)} polygons have a ring that does not "
            "end where it begins; here it is read as closed",
            "geopandas stops at the first of them, PostGIS refuses it, and "
            "others close it or leave it out.", repair, rows=closed,
            severity="error"))
    if unread:
        said.append(finding(
            "geometry-unread", f"{len(unread)} rows have a geometry that "
            "cannot be read: it is not complete, or not in the form that "
            "the others have",
            "No map shows these rows, and some programs stop there.",
            "# ask for these rows again; layer[layer.geometry.isna()]",
            rows=unread, example=example, severity="error"))
    return said
