"""The vocabulary of feedback: what an exercise's check cells are made of.

>>> from helpers import check
>>> with check.task("Task 1 · Place the points"):
...     check.crs(points, 4326)
...     check.inside(points, areas)

A check that holds says nothing. One that does not raises `Feedback`, an
AssertionError whose text says what was found, what was expected, why it
matters, a hint and where to re-read. `None` and `...` are answers that were
not given yet: one calm sentence, `NotAnswered`.

The checks look at the exact type before the value, and they recognise the
classic mistakes by their measured effect (pyproj 3.7, EPSG data base).
"""

import math
import textwrap

from helpers.errors import CourseError

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
WIDTH = 96  # characters

# Where Tunisia lies, degrees: enough to catch every swap of lat and lon.
TUNISIA = (7, 30, 12, 38)

# Displacements, metres, that a known mistake causes anywhere in Tunisia:
# (from, to, what happened, what to do).
KNOWN_SHIFTS = [
    (165, 195, "the datum was forgotten: Carthage degrees were read as "
     "WGS 84 (171-191 m in Tunisia)",
     "declare the CRS the numbers were measured in, then to_crs()"),
    (450, 470, "Carthage / UTM 32N (EPSG:22332) was read as WGS 84 / UTM "
     "32N (EPSG:32632), or the reverse (458-461 m)",
     "two CRS with the same projection differ by their datum: compare a "
     "control point"),
    (298_000, 301_000, "Nord Tunisie (EPSG:22391) and Sud Tunisie "
     "(EPSG:22392) were exchanged (299 km)",
     "try the other of the two zones; 34°39' N separates them"),
    (3_600_000, 3_780_000, "Nord Tunisie (EPSG:22391) was read as UTM 32N "
     "(EPSG:32632), some 3,700 km away",
     "compare the size of the northings: UTM counts from the equator"),
]


class Feedback(CourseError, AssertionError):
    """A check that does not hold, in words that help.

    found, expected, why, hint: one sentence each; where to re-read and the
    task's title are added by `task`.
    """

    def __init__(self, found, expected=None, why=None, hint=None):
        super().__init__(found)
        self.found, self.expected = found, expected
        self.why, self.hint = why, hint
        self.title = self.read_again = None

    def __str__(self):
        title = self.title or "Not right yet"
        lines = [f"✗ {BOLD}{title}{PLAIN}"]
        for label, text in (("Found", self.found),
                            ("Expected", self.expected),
                            ("Why it matters", self.why),
                            ("Hint", self.hint),
                            ("Read again", self.read_again)):
            if text:
                lines.append(f"  {BOLD}{label}:{PLAIN} {text}")
        return "\n".join(lines)


    def _render_traceback_(self):
        """The same, in lines that fit the narrowest place that shows them:
        the dialog of nbgrader's Validate button."""
        lines = []
        for line in str(self).splitlines():
            lines += textwrap.wrap(line, WIDTH, subsequent_indent="    ")
        return lines


class NotAnswered(Feedback):
    """The answer is still missing. Not a mistake: one calm sentence."""

    def __init__(self, name="the answer"):
        super().__init__(f"{name} has no value yet")
        self.name = name

    def __str__(self):
        title = f"{self.title}: not" if self.title else "Not"
        return (f"○ {title} answered yet. Write your answer in the cell "
                "above, run it, then run this one. (A function gives its "
                "answer with return.)")


class task:
    """One task's checks: `with check.task(title, read_again=...):`.

    Whatever goes wrong inside is told in the words of `Feedback`, also an
    error in the trainee's own function; when all holds, one line says so.
    """

    def __init__(self, title: str, read_again: str | None = None):
        self.title, self.read_again = title, read_again

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            print(f"✓ {self.title}: right.")
            return False
        if not issubclass(kind, Exception):  # the user interrupts
            return False
        told = error if isinstance(error, Feedback) else _told(error)
        told.title = told.title or self.title
        if not isinstance(told, NotAnswered):
            told.read_again = told.read_again or self.read_again
        raise told from None


def _told(error):
    """Feedback for an error that the trainee's code raised."""
    in_check_cell = error.__traceback__.tb_next is None
    if isinstance(error, NameError) and in_check_cell:
        return NotAnswered(getattr(error, "name", None) or "the answer")
    if isinstance(error, CourseError):
        return Feedback(str(error))
    line = ""
    step = error.__traceback__
    while step.tb_next:
        step = step.tb_next
        code = step.tb_frame.f_code
        if "ipykernel" in code.co_filename or code.co_filename[0] == "<":
            line = f", line {step.tb_lineno} of {code.co_name}()"
    text = (str(error).strip().splitlines() or ["no message"])[0]
    if isinstance(error, KeyError):
        text = f"there is no {text}"
    return Feedback(
        f"your code stopped with {type(error).__name__}: {text}{line}",
        "code that runs to its end",
        hint="call it yourself in a new cell and look at each step")


# --- answers and values ----------------------------------------------------

def answered(value, name: str = "the answer"):
    """Raise NotAnswered when value is None or ...; else return it."""
    if value is None or value is ...:
        raise NotAnswered(name)
    return value


def kind(value, expected: type | tuple, name: str = "the answer"):
    """The value is of exactly this type (or one of these), not a look-alike.

    Returns the value.
    """
    answered(value, name)
    kinds = expected if isinstance(expected, tuple) else (expected,)
    if type(value) not in kinds:
        raise Feedback(
            f"{name} is of type {type(value).__name__}",
            " or ".join(kind.__name__ for kind in kinds),
            hint=f"look at type({name})" if name.isidentifier() else None)
    return value


def equal(value, expected, name: str = "the answer", why=None, hint=None):
    """A text, whole number, truth value, list or dict equals the expected."""
    kind(value, type(expected), name)
    if value != expected:
        raise Feedback(f"{name} is {value!r}", repr(expected), why, hint)
    return value


def close(value, expected: float, rel: float = 1e-3, name: str =
          "the answer", unit: str = "", why=None, hint=None):
    """A number is within rel (relative) of the expected one.

    unit is "m", "km", "m²", "km²" …; for lengths and areas the classic
    mistakes are named: degrees, thousands, Web Mercator's stretching at
    Tunisian latitudes (30-38° N: ×1.15-1.27 lengths, ×1.33-1.62 areas).
    """
    answered(value, name)
    number = _number(value, name)
    if abs(number - expected) <= rel * abs(expected):
        return value
    mistake = _unit_mistake(number, expected, unit)
    raise Feedback(
        f"{name} is {_show(number)} {unit}".rstrip()
        + (f": {mistake}" if mistake else ""),
        f"{_show(expected)} {unit}".rstrip()
        + (f" (within {rel * 100:.2g}%)" if expected else ""),
        why, hint)


def refuses(function, *arguments, says: str, hint=None):
    """The function raises ValueError for these arguments, and its sentence
    holds `says`: whoever has to correct a value must be able to find it."""
    called = f"{function.__name__}({', '.join(map(repr, arguments))})"
    try:
        result = function(*arguments)
    except ValueError as error:
        if says in str(error):
            return
        raise Feedback(
            f"{called} is refused with the sentence {str(error)!r}",
            f"a sentence that names {says}",
            "in a file of 500 rows somebody has to find this one",
            hint) from None
    raise Feedback(
        f"{called} gives {result!r}",
        "a ValueError: raise ValueError(…)",
        "what cannot be right must not become a place on a map", hint)


def _number(value, name):
    """A plain or NumPy number as float; anything else is refused."""
    import numpy as np
    if type(value) in (int, float) or isinstance(value, np.number):
        number = float(value)
        if math.isfinite(number):
            return number
    many = getattr(value, "shape", ()) or isinstance(value, (list, tuple))
    raise Feedback(
        f"{name} is {len(value)} values ({type(value).__name__})" if many
        else f"{name} is {value!r:.60} ({type(value).__name__})",
        "one finite number",
        hint="choose one of the values, or sum them" if many else None)


def _unit_mistake(number, expected, unit):
    """Words for a known wrong unit, or ''."""
    if not unit and 0 < expected <= 1 and 0.95 < number / expected / 100 < (
            1.05):
        return "this is a percentage; a share goes from 0 to 1"
    if unit not in ("m", "km", "m²", "km²") or not expected:
        return ""
    ratio = number / expected
    power = 2 if unit.endswith("²") else 1
    metres = expected * (1000 ** power if unit.startswith("k") else 1)
    one_degree = 111_195 ** power
    if ratio < 0:
        return "it is negative; a length or an area has no sign"
    if 0.7 < number / (metres / one_degree) < 1.45:
        return ("this is in degrees, not on the ground: measure in a "
                "metric CRS such as EPSG:32632, or with pyproj.Geod"
                if power == 1 else
                "these areas are in square degrees: measure in a metric "
                "CRS such as EPSG:32632")
    for factor, words in ((1000 ** power, "too big"),
                          (1000 ** -power, "too small")):
        if 0.95 < ratio / factor < 1.05:
            return (f"{1000 ** power:,} times {words}: metres and "
                    "kilometres were exchanged")
    low, high = ((1.15, 1.27), (1.33, 1.62))[power - 1]
    if low <= ratio <= high:
        return (f"{ratio - 1:.0%} too big, which is what Web Mercator "
                "(EPSG:3857) does at this latitude; it is for web tiles, "
                "not for measuring")
    return ""


def _show(number):
    return f"{number:,.6g}" if abs(number) < 1000 else f"{number:,.0f}"


# --- layers ----------------------------------------------------------------

def layer(value, name: str = "the layer"):
    """The value is a GeoDataFrame with a geometry. Returns it."""
    import geopandas as gpd
    if type(value) is gpd.GeoSeries:
        raise Feedback(
            f"{name} is a GeoSeries: geometries alone", "a GeoDataFrame, "
            "so that each geometry keeps its attributes and identifier")
    kind(value, gpd.GeoDataFrame, name)
    if value.active_geometry_name is None:
        raise Feedback(f"{name} has no geometry column",
                       "a GeoDataFrame with a geometry",
                       hint="GeoDataFrame(table, geometry=...)")
    return value


def crs(value, epsg: int, name: str = "the layer"):
    """The layer declares this CRS, and its coordinates agree with it.

    Recognises a CRS that was declared (set_crs) where the coordinates had
    to be transformed (to_crs).
    """
    import pyproj
    layer(value, name)
    expected = pyproj.CRS.from_epsg(epsg)
    if value.crs is None:
        raise Feedback(
            f"{name} declares no CRS", f"EPSG:{epsg}",
            "without a CRS nobody can know where the points are",
            "declare the CRS the numbers were measured in: crs=… or "
            "set_crs()")
    if value.crs != expected:
        raise Feedback(
            f"{name} is in {_crs_name(value.crs)}",
            _crs_name(expected),
            hint="to_crs() computes new coordinates; it needs the CRS they "
                 "have now")
    west, south, east, north = value.total_bounds
    if expected.is_geographic and max(map(abs, (west, east))) > 180:
        raise Feedback(
            f"{name} declares degrees (EPSG:{epsg}), but its coordinates "
            f"go up to {max(map(abs, (west, south, east, north))):,.0f}",
            "longitudes within ±180 and latitudes within ±90",
            "set_crs() and crs= only declare: the label changed, the "
            "numbers did not",
            "declare the CRS of the numbers first, then call to_crs()")
    return value


def _crs_name(system):
    authority = system.to_authority()
    return f"{':'.join(authority)} ({system.name})" if authority else (
        system.name)


def columns(value, names: list[str], name: str = "the layer"):
    """All these columns are there (others may be too). Returns the layer."""
    answered(value, name)
    missing = [column for column in names if column not in value.columns]
    if missing:
        raise Feedback(
            f"{name} has no column {', '.join(map(repr, missing))}; it has "
            f"{', '.join(map(str, value.columns))}",
            f"the columns {', '.join(names)}",
            "a position without its identifier and attributes cannot be "
            "joined to anything")
    return value


def rows(value, number: int, name: str = "the layer"):
    """The layer has exactly this many rows. Returns it."""
    answered(value, name)
    if len(value) != number:
        raise Feedback(f"{name} has {len(value):,} rows", f"{number:,} rows",
                       "rows must neither be lost nor come twice")
    return value


def unique(value, column: str, name: str = "the layer"):
    """No value of the column comes twice, none is missing."""
    columns(value, [column], name)
    empty = int(value[column].isna().sum())
    twice = value[column][value[column].duplicated()].unique()
    if empty or len(twice):
        found = f"{empty} rows without a value" if empty else (
            f"{twice[0]} comes more than once")
        raise Feedback(f"{name}, column '{column}': {found}",
                       "one different value a row",
                       "an identifier that repeats identifies nothing")
    return value


def geometry_type(value, expected: str, name: str = "the layer"):
    """All geometries are of this type: "Point", "Polygon", …"""
    layer(value, name)
    empty = int((value.geometry.isna() | value.geometry.is_empty).sum())
    if empty:
        raise Feedback(f"{name} has {empty} rows without a geometry",
                       f"a {expected} in each row")
    found = sorted(set(value.geom_type))
    if found != [expected]:
        raise Feedback(f"{name} has geometries of type {', '.join(found)}",
                       f"{expected} only")
    return value


def valid(value, name: str = "the layer"):
    """All geometries are valid (OGC Simple Features). Returns the layer."""
    layer(value, name)
    wrong = value[~value.geometry.is_valid]
    if len(wrong):
        reason = wrong.geometry.is_valid_reason().iloc[0]
        raise Feedback(
            f"{name} has {len(wrong)} invalid geometries; row "
            f"{wrong.index[0]}: {reason}", "valid geometries",
            "areas and overlays of invalid polygons are wrong or fail",
            "GeoSeries.make_valid(), then look at what it changed")
    return value


def inside(value, area, name: str = "the points", within_m: float = 0):
    """All geometries lie inside the area (a GeoDataFrame or GeoSeries).

    within_m metres outside are forgiven, for borders that are generalised.
    Recognises swapped coordinates and the displacements of KNOWN_SHIFTS.
    """
    layer(value, name)
    if value.crs is None or area.crs is None:
        raise Feedback(f"{name} declares no CRS" if value.crs is None else
                       "the area declares no CRS", "two layers with a CRS")
    border = area.to_crs(32632).union_all().buffer(within_m)
    points = value.to_crs(32632).geometry
    outside = ~points.within(border)
    if not outside.any():
        return value
    degrees = value.to_crs(4326).geometry
    first = degrees[outside].iloc[0].representative_point()
    raise Feedback(
        f"{int(outside.sum())} of {len(value)} of {name} lie outside; the "
        f"first at {_place(first)}{_swapped(degrees, area)}",
        "all of them inside",
        "a point in the wrong place is worse than none: it is believed",
        "draw them on the map; where they fall tells which mistake it was")


def _place(point):
    if point.is_empty or not math.isfinite(point.x):
        return "no place on Earth"
    return f"{point.x:.2f}° E, {point.y:.2f}° N"


def _swapped(degrees, area):
    """': longitude and latitude look swapped …' when swapping mends it."""
    mirrored = degrees.map(_mirror)
    west, south, east, north = area.to_crs(4326).total_bounds
    middle = mirrored.representative_point()
    if (middle.x.between(west - 0.2, east + 0.2)
            & middle.y.between(south - 0.2, north + 0.2)).mean() > 0.8:
        x, y = degrees.iloc[0].representative_point().coords[0]
        where = ", in Ethiopia" if 34 < x < 40 and 5 < y < 14 else ""
        return (f"{where}: longitude and latitude look swapped (x is the "
                "longitude, y the latitude)")
    return ""


def _mirror(shape):
    import shapely
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def same_place(value, expected, tolerance_m: float = 1.0,
               key: str | None = None, name: str = "the points"):
    """Each point stands where the expected one does, within tolerance_m.

    Rows are paired by the column `key`, or by their order. Distances are
    geodesic (WGS 84). Names a swap and the KNOWN_SHIFTS.
    """
    import numpy as np
    layer(value, name)
    crs(value, expected.crs.to_epsg(), name)
    rows(value, len(expected), name)
    if key:
        unique(value, key, name)
        missing = set(expected[key]) - set(value[key])
        if missing:
            raise Feedback(f"{name} lacks {key} {sorted(missing)[0]}",
                           f"all {len(expected)} of {key}")
        value = value.set_index(key).loc[list(expected[key])]
    got = value.to_crs(4326).geometry
    away = distance_m(got, expected.to_crs(4326).geometry)
    if np.nanmax(away) <= tolerance_m and not np.isnan(away).any():
        return
    worst = int(np.nanargmax(away)) if not np.isnan(away).all() else 0
    words = _shift_words(float(np.nanmedian(away)))
    if not words:
        words = (_swapped(got, expected).removeprefix(": ")
                 .removeprefix(", in Ethiopia: "), "")
    raise Feedback(
        f"{name} are {_distance(np.nanmedian(away))} from where they "
        f"should be (median; worst {_distance(away[worst])})"
        + (f": {words[0]}" if words[0] else ""),
        f"less than {tolerance_m:g} m",
        "whoever uses the layer will look for these points there",
        words[1] or None)


def distance_m(first, second):
    """Geodesic distances in metres between two GeoSeries of points in
    EPSG:4326, pairwise (pyproj.Geod, ellipsoid WGS 84)."""
    import numpy as np
    from pyproj import Geod
    return np.asarray(Geod(ellps="WGS84").inv(
        first.x.to_numpy(), first.y.to_numpy(),
        second.x.to_numpy(), second.y.to_numpy())[2])


def _shift_words(metres):
    for low, high, words, hint in KNOWN_SHIFTS:
        if low <= metres <= high:
            return words, hint
    return None


def _distance(metres):
    return f"{metres / 1000:,.0f} km" if metres >= 10_000 else (
        f"{metres:,.1f} m")


def same_layer(value, expected, key: str, tolerance_m: float = 1.0,
               name: str = "the layer"):
    """Same rows by key, same attributes, same geometry within tolerance_m.

    Attributes are those of `expected`; the order of rows is free.
    """
    columns(layer(value, name), list(expected.columns), name)
    crs(value, expected.crs.to_epsg(), name)
    unique(value, key, name)
    rows(value, len(expected), name)
    extra = set(value[key]) ^ set(expected[key])
    if extra:
        raise Feedback(f"{name}: {key} {sorted(map(str, extra))[0]} is only "
                       "in one of the two layers", f"the same {key}")
    value = value.set_index(key).loc[list(expected[key])]
    wanted = expected.set_index(key)
    for column in wanted.columns.drop(wanted.geometry.name):
        differ = [row for row in wanted.index
                  if not _same(value[column][row], wanted[column][row])]
        if differ:
            raise Feedback(
                f"{name}, {key} {differ[0]}, column '{column}': "
                f"{value[column][differ[0]]!r}",
                repr(wanted[column][differ[0]]))
    away = value.to_crs(32632).geometry.hausdorff_distance(
        wanted.to_crs(32632).geometry)
    if away.max() > tolerance_m or away.isna().any():
        raise Feedback(f"{name}, {key} {away.idxmax()}: the geometry is "
                       f"{_distance(away.max())} away",
                       f"less than {tolerance_m:g} m")


def _same(one, other):
    import pandas as pd
    if pd.isna(one) or pd.isna(other):
        return pd.isna(one) and pd.isna(other)
    return type(one) is type(other) and one == other
