"""What the findings ask a source: its columns, its points, its units.

Each is computed once, for all rows at a time. Columns of text are looked at
by their different values: a hundred thousand rows often have few.
"""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from commands.audit.findings.country import Country
from commands.audit.model import Source
from helpers.publish import own

AS_TEXT = ("CSV", "TSV", "XLSX", "XLS", "ODS")  # formats without types
SAMPLE = 1000  # different values that decide what a column holds
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Column:
    """A column of text: its different values, and where each stands."""

    def __init__(self, name: str, values: pd.Series):
        self.name = name
        text = values.where(values.notna() & (values != ""))
        codes, unique = pd.factorize(text)
        self.codes = codes
        self.unique = [str(value) for value in unique]
        self.joined = "\n".join(self.unique)
        self.signs = frozenset(self.joined)

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows have each of the different values."""
        return np.bincount(self.codes[self.codes >= 0],
                           minlength=len(self.unique))

    @property
    def filled(self) -> int:
        """The number of rows with a value."""
        return int((self.codes >= 0).sum())

    @cached_property
    def lower(self) -> str:
        """All values in small letters: a word is quickly found in it."""
        return self.joined.lower()

    def matching(self, pattern: re.Pattern[str],
                 words: tuple[str, ...] = ()) -> list[str]:
        """The different values in which the pattern is found. words: one
        of them (small letters) is in each such value."""
        if words and not any(word in self.lower for word in words):
            return []
        if not pattern.search(self.joined):  # one search for all
            return []
        return [text for text in self.unique if pattern.search(text)]

    def where(self, values: object) -> np.ndarray:
        """Positions of the rows that have one of these values."""
        wanted = set(values)
        chosen = [at for at, text in enumerate(self.unique)
                  if text in wanted]
        return np.flatnonzero(np.isin(self.codes, chosen))

    def looks(self, pattern: re.Pattern[str]) -> float:
        """The share of values, of at most SAMPLE different ones, that are
        whole of the pattern."""
        step = max(len(self.unique) // SAMPLE, 1)
        seen = self.unique[::step]
        return sum(bool(pattern.fullmatch(text.strip()))
                   for text in seen) / max(len(seen), 1)


class Subject:
    """One source, prepared for the questions of the findings."""

    def __init__(self, source: Source, country: Country | None):
        self.source, self.country = source, country
        self.table = source.table
        self.rows = len(self.table)

    @cached_property
    def shapes(self) -> np.ndarray | None:
        """Geometries, or None for a table without."""
        name = getattr(self.table, "active_geometry_name", None)
        return None if name is None else np.asarray(self.table[name].array)

    @cached_property
    def crs(self):
        """The CRS that the file declares, or None."""
        return None if self.shapes is None else self.table.crs

    @cached_property
    def attributes(self) -> pd.DataFrame:
        """The table without its geometries; each column has a name of its
        own that is a text, each row its position."""
        table = pd.DataFrame(self.table)
        name = getattr(self.table, "active_geometry_name", None)
        if name is not None:
            table = table.drop(columns=[name])
        seen: dict[str, int] = {}
        names = []
        for each in map(str, table.columns):
            seen[each] = seen.get(each, 0) + 1
            names.append(each if seen[each] == 1 else
                         f"{each}.{seen[each] - 1}")
        return table.set_axis(names, axis=1).reset_index(drop=True)

    @cached_property
    def filled(self) -> np.ndarray:
        """Rows × attributes: where is a value?"""
        filled = self.attributes.notna().to_numpy(copy=True)
        for column in self.texts:
            at = self.attributes.columns.get_loc(column.name)
            filled[:, at] = column.codes >= 0
        return filled

    @cached_property
    def repeated(self) -> np.ndarray:
        """Which rows are equal to an earlier one, geometry included, and
        not empty?"""
        if self.rows < 2 or not self.attributes.shape[1]:
            return np.zeros(self.rows, bool)
        codes = [pd.factorize(column.astype(str) if unhashable(column)
                              else column)[0]
                 for column in map(self.attributes.get, self.attributes)]
        if self.shapes is not None:
            codes.append(pd.factorize(self._equal_places())[0])
        again = pd.DataFrame(dict(enumerate(codes))).duplicated()
        return again.to_numpy() & self.filled.any(axis=1)

    def _equal_places(self) -> np.ndarray:
        """One value per geometry, equal for equal ones; quick for
        points."""
        if (shapely.get_type_id(self.shapes) == 0).all():
            return self.xy[:, 0] + 1j * self.xy[:, 1]
        return shapely.to_wkb(self.shapes)

    @property
    def as_text(self) -> bool:
        """Does the format know no types, so that all is text?"""
        return self.source.format.upper() in AS_TEXT

    @cached_property
    def texts(self) -> list[Column]:
        """The columns that hold text."""
        return [Column(str(name), column)
                for name, column in self.attributes.items()
                if _is_text(column)]

    @cached_property
    def numbers(self) -> dict[str, np.ndarray]:
        """Column → numbers, NaN where there is none: columns that are
        numeric, and those of a text format that hold numbers alone."""
        found = {str(name): column.to_numpy(float, na_value=np.nan)
                 for name, column in self.attributes.items()
                 if pd.api.types.is_numeric_dtype(column)
                 and not pd.api.types.is_bool_dtype(column)}
        for column in self.texts if self.as_text else ():
            values = as_numbers(column)
            if column.filled and np.isfinite(values).sum() >= (
                    0.8 * column.filled):
                found[column.name] = values
        return found

    @cached_property
    def positions(self) -> tuple[Column | None, Column | None]:
        """The columns of text that hold x and y, where no geometry says
        it."""
        named = [self.source.x, self.source.y]
        for at, pattern in enumerate((own.EAST, own.NORTH)):
            named[at] = named[at] or next((
                column.name for column in self.texts if re.match(
                    pattern, column.name.strip().split("_")[-1])), None)
        by_name = {column.name: column for column in self.texts}
        return by_name.get(named[0]), by_name.get(named[1])

    @cached_property
    def xy(self) -> np.ndarray | None:
        """x and y of each row (n × 2, NaN where missing), as the file has
        them; a point inside a polygon, the middle of a line's box."""
        if self.shapes is not None and len(self.shapes):
            bounds = shapely.bounds(self.shapes)
            middle = (bounds[:, :2] + bounds[:, 2:]) / 2
            at = np.flatnonzero(self.polygons & np.isfinite(middle[:, 0]))
            inner = shapely.point_on_surface(self.shapes[at])
            middle[at] = shapely.get_coordinates(inner) if (
                not shapely.is_empty(inner).any()) else middle[at]
            if np.isfinite(middle).any():
                return middle
        if all(self.positions):
            return np.column_stack([as_numbers(column)
                                    for column in self.positions])
        return None

    @cached_property
    def placed(self) -> np.ndarray:
        """Which rows have a position."""
        if self.xy is None:
            return np.zeros(self.rows, bool)
        return np.isfinite(self.xy).all(axis=1)

    @cached_property
    def polygons(self) -> np.ndarray:
        """Which rows are polygons."""
        if self.shapes is None:
            return np.zeros(self.rows, bool)
        return np.isin(shapely.get_type_id(self.shapes), (3, 6))


def as_numbers(column: Column) -> np.ndarray:
    """The numbers of a column of text, row by row; a comma is a point."""
    if not column.unique:
        return np.full(len(column.codes), np.nan)
    texts = pd.Series(column.unique, dtype=object).str.strip()
    if "," in column.signs:
        texts = texts.str.replace(",", ".", n=1)
    values = pd.to_numeric(texts, errors="coerce").to_numpy(float)
    return np.where(column.codes >= 0, values[column.codes], np.nan)


def numbered(positions: np.ndarray) -> list[int]:
    """Positions as a reader counts records: 1 is the first."""
    return [int(at) + 1 for at in positions]


def plural(count: int, noun: str) -> str:
    """"1 row", "1,200 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def unhashable(column: pd.Series) -> bool:
    """Does a column hold lists or dicts?"""
    return column.dtype == object and column.map(
        lambda value: isinstance(value, list | dict | np.ndarray)).any()


def _is_text(column: pd.Series) -> bool:
    """Is each value that is there a text?"""
    if isinstance(column.dtype, pd.StringDtype):
        return True
    return column.dtype == object and column.map(
        lambda value: isinstance(value, str) or pd.isna(value)
        if not isinstance(value, list | dict | np.ndarray) else False).all()
