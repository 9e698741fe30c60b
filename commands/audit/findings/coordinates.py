"""Findings about places: the CRS, exchanged axes, points that are far off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pyproj

from commands.audit.findings.country import CANDIDATES, MARGIN, Country
from commands.audit.findings.structure import no_records
from commands.audit.findings.subject import (
    Column,
    Subject,
    as_numbers,
    numbered,
    plural,
)
from commands.audit.findings.units import UnitColumn, stated
from commands.audit.model import Finding, finding
from helpers.publish.verdicts import DECIMALS

MOST_TRIED = 2000  # rows with which the suspects are tried
ENOUGH = 0.5  # share of rows that must fit: that of E03
TEXT_FORMATS = ("GEOJSON", "CSV", "TSV", "KML")  # numbers as somebody wrote
DMS = re.compile(r"(?i)\d+\s*[°ºd]\s*\d*|\d+\s*['′’]\s*\d|\d\s*[NSEWO]$|"
                 r"^[NSEWO]\s*\d|\d+\s+\d+\s+\d")


class Places:
    """Where the rows of a source lie, in degrees, and how that is known.

    crs: the CRS that is declared, or the suspect that fits. fit: suspect →
    share of the tried rows that it brings to the unit that they state, or
    to the country.
    """

    def __init__(self, subject: Subject, units: list[UnitColumn]):
        self.subject, self.country = subject, subject.country
        self.xy = subject.xy
        said = stated(units) if units else None
        self.stated, self.column = said or (None, None)
        self.fit = self._fit()
        self.best = max(self.fit, key=self.fit.__getitem__, default=None)
        if self.best and self.fit[self.best] < ENOUGH:
            self.best = None
        declared = subject.crs
        self.crs = declared.to_string() if declared else self.best or (
            "EPSG:4326" if self.in_degrees else None)

    @property
    def in_degrees(self) -> bool:
        """Could the numbers be degrees?"""
        xy = self.xy[self.subject.placed]
        return bool(len(xy)) and np.abs(xy[:, 0]).max() <= 180 and (
            np.abs(xy[:, 1]).max() <= 180)

    def degrees(self) -> np.ndarray | None:
        """Longitude and latitude of each row; None if nobody knows."""
        return self.crs and transformed(self.xy, self.crs)

    def _fit(self) -> dict[str, float]:
        at = np.flatnonzero(self.subject.placed)
        at = at[::max(len(at) // MOST_TRIED, 1)]
        if self.country is None or not len(at):
            return {}
        return {suspect: float(self.right(suspect, at).mean())
                for suspect in CANDIDATES}

    def right(self, crs: str, at: np.ndarray) -> np.ndarray:
        """Which of the rows lie where they should, if the CRS is this."""
        lonlat = transformed(self.xy[at], crs)
        if self.stated is not None and (self.stated[at] != "").mean() > 0.5:
            return self.country.agree(lonlat, self.stated[at])
        return self.country.inside(lonlat)


@cache
def _transformer(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def transformed(xy: np.ndarray, crs: str) -> np.ndarray:
    """Numbers in a CRS ("… swapped": y first) as degrees."""
    code = crs.removesuffix(" swapped")
    if crs.endswith(" swapped"):
        xy = xy[:, ::-1]
    if code in ("EPSG:4326", "OGC:CRS84"):
        return xy
    lon, lat = _transformer(code).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])


def findings(subject: Subject,
             units: list[UnitColumn]) -> Iterator[Finding]:
    """All findings of this group."""
    yield from coordinates_text(subject)
    if subject.xy is None or not subject.placed.any():
        return
    yield from coordinates_missing(subject)
    yield from coordinates_precision(subject)
    places = Places(subject, units)
    yield from crs_missing(places)
    wrong = list(crs_wrong(places))
    yield from wrong
    yield from coordinates_zero(places)
    degrees = places.degrees()
    if degrees is None or subject.country is None or wrong:
        return
    swapped = exchanged(degrees, places)
    yield from axes_swapped(swapped, places)
    if swapped.mean() < 0.9:
        yield from coordinates_outside(degrees, swapped, places)
        yield from coordinates_unit(degrees, swapped, places)


def coordinates_text(subject: Subject) -> Iterator[Finding]:
    """Coordinates in columns that are no numbers: degrees, minutes and
    seconds, or anything else."""
    for column in filter(None, subject.positions):
        if subject.xy is None or subject.source.format.upper() in (
                "GEOJSON", "GPKG"):
            return
        unread = np.flatnonzero((column.codes >= 0)
                                & ~np.isfinite(as_numbers(column)))
        texts = [column.unique[column.codes[at]] for at in unread]
        dms = [at for at, text in zip(unread, texts) if DMS.search(text)]
        rest = [at for at, text in zip(unread, texts)
                if not DMS.search(text)]
        yield from _not_read("coordinates-dms", column, dms, "degrees, "
                             "minutes and seconds as text", "a program reads "
                             "numbers: it drops these rows, or stops",
                             "# degrees + minutes / 60 + seconds / 3600; "
                             "S and W (O: ouest) are negative")
        yield from _not_read(
            "coordinates-text", column, rest, "what is no number", "these "
            "rows get no place on a map", f"pd.to_numeric(table["
            f'{column.name!r}], errors="coerce")')


def _not_read(code: str, column: Column, at: list[int], what: str, why: str,
              repair: str) -> Iterator[Finding]:
    if at:
        example = column.unique[column.codes[at[0]]]
        yield finding(
            code, f"column {column.name!r} has {what} in "
            f"{plural(len(at), 'row')}, such as {example!r}", why, repair,
            rows=numbered(np.array(at)), example=example)


def coordinates_missing(subject: Subject) -> Iterator[Finding]:
    """Rows of a table with coordinates that have none."""
    if subject.shapes is not None and subject.source.x is None:
        return  # a layer: geometry-empty
    columns = [column for column in subject.positions if column]
    empty = ~subject.placed
    for column in columns:
        empty &= column.codes < 0
    if empty.any():
        empty &= ~no_records(subject)
    if empty.any():
        at = np.flatnonzero(empty)
        yield finding(
            "coordinates-missing", f"{plural(len(at), 'row')} without "
            "coordinates", "no map shows them; say how many there are",
            "layer[layer.geometry.is_empty | layer.geometry.isna()]",
            rows=numbered(at))


def coordinates_precision(subject: Subject) -> Iterator[Finding]:
    """More than DECIMALS decimals of a degree in a format of text."""
    if subject.source.format.upper() not in TEXT_FORMATS:
        return
    xy = subject.xy[subject.placed]
    if np.abs(xy).max() > 180:
        return
    if subject.shapes is not None and not subject.source.x:
        import shapely
        xy = shapely.get_coordinates(subject.shapes)
    moved = np.abs(xy - np.round(xy, DECIMALS)) > 1e-10
    if moved.any():
        first = xy[moved.any(axis=1)][0]
        share = moved.any(axis=1).mean()
        yield finding(
            "coordinates-precision", f"{share:.0%} of the positions have "
            f"more than {DECIMALS} decimals, such as {first[0]!r}".replace(
                "np.float64(", "").replace(")", ""),
            "7 decimals of a degree are 1 cm: the rest was not measured, "
            "and makes the file larger",
            "layer.geometry = layer.geometry.set_precision(1e-7)",
            count=int(moved.any(axis=1).sum()),
            example=float(first[0]))


def crs_missing(places: Places) -> Iterator[Finding]:
    """No CRS is declared. A table with degrees that fit needs none: its
    columns are longitude and latitude. A column of WKT says nothing."""
    subject = places.subject
    if subject.crs is not None or subject.xy is None:
        return
    columns = subject.as_text and "(WKT)" not in (
        subject.source.evidence.get("x", ""))
    if columns and places.country is None and places.in_degrees:
        return
    if columns and places.best in CANDIDATES[:2]:
        return  # in degrees; axes_swapped speaks where they are exchanged
    if columns and places.in_degrees and any(
            share > 0 for share in list(places.fit.values())[:2]):
        return
    tried = _tried(places)
    code = places.best.split()[0] if places.best else "EPSG:…"
    yield finding(
        "crs-missing", "the CRS is not declared" + (
            f"; tried: {tried}" if tried else ""),
        "without it nobody knows where the points are: ask who made the "
        "file, and let the suspects only help",
        f'layer = layer.set_crs("{code}")  # if the producer agrees',
        count=subject.rows, example=tried, severity="error")


def _tried(places: Places) -> str:
    """The suspects that fit, the best first."""
    fits = sorted(places.fit.items(), key=lambda pair: -pair[1])
    where = "the unit they state" if places.stated is not None else (
        places.country.code if places.country else "")
    shown = [f"{suspect} brings {share:.0%} of the rows to {where}"
             for suspect, share in fits if share >= 0.1][:3]
    return "; ".join(shown) or ("none of the suspects of E03 fits"
                                if fits else "")


def crs_wrong(places: Places) -> Iterator[Finding]:
    """The declared CRS does not bring the rows to the country, and another
    one does; or the numbers are no degrees at all."""
    subject, declared = places.subject, places.subject.crs
    if declared is None:
        return
    at = np.flatnonzero(subject.placed)
    at = at[::max(len(at) // MOST_TRIED, 1)]
    name = declared.to_string()[:40]
    too_large = declared.is_geographic and not places.in_degrees
    fits = 1.0
    if places.country is not None:
        fits = 0.0 if too_large else float(places.right(name if (
            declared.to_epsg()) else declared.to_wkt(), at).mean())
    better = places.best if places.best and (
        places.fit[places.best] >= fits + ENOUGH) else None
    if better == "EPSG:4326 swapped" or not (better or too_large):
        return
    tried = _tried(places)
    fix = f'layer.set_crs("{better}", allow_override=True)' if better else (
        "# ask who made the file which CRS the numbers are in")
    yield finding(
        "crs-wrong", f"the file declares {name}, but the numbers do not "
        f"fit ({fits:.0%} of the rows lie where they should); {tried}",
        "the layer is drawn in the wrong place, and areas are wrong",
        f"{fix}.to_crs(4326)" if better else fix, count=subject.rows,
        example=", ".join(f"{part:.6g}" for part in places.xy[at[0]]),
        severity="error")


def coordinates_zero(places: Places) -> Iterator[Finding]:
    """Points at 0, 0: an empty field that became a number."""
    zero = (places.xy == 0).all(axis=1)
    if zero.any():
        at = np.flatnonzero(zero)
        yield finding(
            "coordinates-zero", f"{plural(len(at), 'row')} at 0, 0, in the "
            "Gulf of Guinea or at the origin of the grid",
            "an empty field has become a place", "layer.loc[layer.geometry"
            " == shapely.Point(0, 0), layer.geometry.name] = None",
            rows=numbered(at), example="0, 0")


def exchanged(degrees: np.ndarray, places: Places) -> np.ndarray:
    """Rows that lie in the country only when the two are exchanged. Where
    both readings are inside, nobody knows: never there."""
    placed = places.subject.placed
    found = np.zeros(len(degrees), bool)
    if places.subject.crs is not None and (
            not places.subject.crs.is_geographic):
        return found
    if places.best == "EPSG:4326 swapped" and places.subject.crs is None:
        return placed & places.country.inside(degrees)
    outside = placed & ~places.country.inside(degrees)
    at = np.flatnonzero(outside)
    found[at] = places.country.inside(degrees[at][:, ::-1])
    return found


def axes_swapped(swapped: np.ndarray, places: Places) -> Iterator[Finding]:
    """Longitude and latitude exchanged, in all rows or in some."""
    if not swapped.any():
        return
    at = np.flatnonzero(swapped)
    placed = int(places.subject.placed.sum())
    everywhere = len(at) >= 0.9 * placed
    x, y = places.xy[at[0]]
    who = "" if everywhere else _producer(swapped, places.subject)
    yield finding(
        "axes-swapped" if everywhere else "axes-swapped-rows",
        f"{len(at):,} of {plural(placed, 'row')} lie in the country only "
        f"when x and y are exchanged{who}",
        "the points are drawn in Ethiopia or in the sea; x is the longitude",
        "rows = layer.bounds.minx.between(30, 38) & layer.bounds.miny"
        ".between(7, 12)\nlayer.loc[rows, layer.geometry.name] = "
        "shapely.transform(layer[rows].geometry, lambda xy: xy[:, ::-1])",
        rows=numbered(at), example=f"x {x:.5g}, y {y:.5g}",
        severity="error")


def _producer(swapped: np.ndarray, subject: Subject) -> str:
    """The column whose values tell best which rows are exchanged."""
    best, said = 0.75, ""
    for column in subject.texts:
        if not 1 < len(column.unique) <= min(50, subject.rows / 3):
            continue
        guilty = column.codes[swapped]
        share = np.bincount(guilty[guilty >= 0], minlength=len(
            column.unique)) / np.maximum(column.counts, 1)
        named = np.flatnonzero(share >= 0.5)
        covered = np.isin(guilty, named).mean()
        if covered > best and len(named) <= len(column.unique) / 2:
            best, said = covered, (
                f"; most of them have {column.name!r} "
                + ", ".join(repr(column.unique[one]) for one in named[:3]))
    return said


def coordinates_outside(degrees: np.ndarray, swapped: np.ndarray,
                        places: Places) -> Iterator[Finding]:
    """Places more than 5 km outside the country."""
    zero = (places.xy == 0).all(axis=1)
    placed = places.subject.placed & ~zero
    outside = placed & ~swapped & ~places.country.inside(degrees)
    if not outside.any():
        return
    at = np.flatnonzero(outside)
    lon, lat = degrees[at[0]]
    whole = len(at) > placed.sum() / 2  # a layer of another place
    yield finding(
        "coordinates-outside", f"{len(at):,} of "
        f"{plural(int(placed.sum()), 'row')} lie more than 5 km outside "
        f"{places.country.code}; the first at {lon:.4f}, {lat:.4f}",
        "people trust a point on a map, even one in the wrong place" if (
            not whole) else "is it a layer of another country? Then give "
        "--country none", "near = country.union_all().buffer("
        f"{MARGIN})  # degrees: 5 km\nlayer[~layer.to_crs(4326).within(near)]",
        rows=numbered(at), example=f"{lon:.5f}, {lat:.5f}",
        severity="note" if whole else "warning")


def coordinates_unit(degrees: np.ndarray, swapped: np.ndarray,
                     places: Places) -> Iterator[Finding]:
    """Places more than 5 km outside the unit that their row states."""
    if places.stated is None:
        return
    country: Country = places.country
    asked = places.subject.placed & (places.stated != "") & ~swapped & (
        country.inside(degrees))
    at = np.flatnonzero(asked)
    at = at[~country.agree(degrees[at], places.stated[at])]
    if len(at):
        yield finding(
            "coordinates-unit", f"{len(at):,} of "
            f"{plural(int(asked.sum()), 'row')} lie more than 5 km outside "
            f"the governorate that column {places.column!r} states",
            "the place or the name is wrong: sums by governorate depend on "
            "which one a reader trusts",
            'inside = governorates[["name_fr", "geometry"]].add_prefix('
            '"is_").set_geometry("is_geometry")\nlayer.to_crs(4326).sjoin('
            f"inside)[[{str(places.column)!r}, 'is_name_fr']]  # compare",
            rows=numbered(at), example=places.stated[at[0]])
