"""How a CRS travels, and a look at WKB before a library reads it."""

import functools
import struct
from typing import Any

import pyproj

DEEPEST = 60  # geometries in geometries


def flat(wkb: bytes) -> bytes:
    """The same WKB. Raises ValueError when it holds geometries in geometries
    in geometries …: they would end the Python that reads them."""
    at, left = 0, [1]  # geometries to come, on each level
    while left and len(wkb) > 9 * DEEPEST:  # a level takes 9 bytes
        order, kind, count = struct.unpack_from("<BII", wkb, at)
        size = 8 * (2 + (kind >> 31) + (kind >> 30 & 1))  # of one position
        kind, at, left[-1] = kind & 0x3FFFFFFF, at + 9, left[-1] - 1
        if order != 1 or not 0 < kind < 8 or len(left) > DEEPEST:
            raise ValueError("a geometry is nested too deeply")
        if kind == 1:
            at += size - 4
        elif kind == 2:
            at += count * size
        elif kind == 3:
            for _ in range(count):
                at += 4 + size * struct.unpack_from("<I", wkb, at)[0]
        else:
            left.append(count)
        while left and not left[-1]:
            left.pop()
    return wkb


def crs_text(crs: Any) -> str | None:
    """A CRS as a text: its name with an authority if it has one, or WKT 2."""
    return None if crs is None else _crs_text(crs.srs, crs)


@functools.lru_cache(maxsize=64)
def _crs_text(_: str, crs: Any) -> str:
    authority = crs.to_authority(min_confidence=100)
    if authority and pyproj.CRS(":".join(authority)) == crs:
        return ":".join(authority)
    return crs.to_wkt()


@functools.lru_cache(maxsize=64)
def read_crs(text: str | None) -> Any:
    """The CRS of such a text."""
    return None if text is None else pyproj.CRS(text)
