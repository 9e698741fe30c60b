"""What a form sent: one submission as answers, many as a layer of points."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.forms import xml_source
from helpers.forms.xml_source import FormError

if TYPE_CHECKING:
    import geopandas as gpd

POSITION = ("lat", "lon", "altitude_m", "accuracy_m")


def submission(source: str | Path) -> dict[str, str]:
    """The answers of one submission: question -> text, "" if unanswered.

    source is the XML, or its file. The name of a group stands before the
    name of its question, with "-" between, as in a table that ODK Central
    exports: "point-depth_m". Raises FormError when the source cannot be
    read, or a question is answered twice.
    """
    answers: dict[str, str] = {}
    for question, text in _answers(xml_source.parse(source)):
        if question in answers:
            raise FormError(
                f"{xml_source.label(source)}: question '{question}' is "
                "answered twice.\nA repeat is a table of its own: one row "
                "here holds one answer.")
        answers[question] = text
    return answers


def layer(submissions: Iterable[dict[str, str]],
          geopoint: str) -> gpd.GeoDataFrame:
    """Submissions as a layer of points, EPSG:4326, one row per submission.

    geopoint is the question that took the position, "LAT LON ALTITUDE
    ACCURACY" (degrees and metres). Columns altitude_m and accuracy_m hold
    its last two numbers; all other answers stay as they were typed. An
    unanswered position gives no geometry (None). Raises FormError when
    there is no such question, or an answer is not a position.
    """
    import geopandas as gpd
    import pandas as pd
    table = pd.DataFrame(list(submissions))
    if geopoint not in table:
        raise FormError(
            f"There is no question '{geopoint}' in these submissions.\n"
            f"The questions are: {', '.join(table) or 'none'}")
    rows = [_position(text, number, geopoint) for number, text
            in enumerate(table.pop(geopoint).fillna(""), start=1)]
    position = pd.DataFrame(rows, columns=POSITION, dtype=float)
    table[["altitude_m", "accuracy_m"]] = position[
        ["altitude_m", "accuracy_m"]]
    points = gpd.GeoSeries.from_xy(
        position["lon"], position["lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(  # a point of NaN would count as a place
        table, geometry=points.where(position["lon"].notna()))


def _position(text: str, number: int,
              geopoint: str) -> list[float] | list[None]:
    """The four numbers of a geopoint; four None for an empty answer."""
    try:
        parts = [float(part) for part in text.split()]
    except ValueError:
        parts = []
    if not text.strip():
        return [None] * 4
    if len(parts) != 4 or abs(parts[0]) > 90 or abs(parts[1]) > 180:
        raise FormError(
            f"Submission {number}, question '{geopoint}': '{text}' is not "
            "a position.\nA geopoint has four numbers: latitude, longitude, "
            "altitude, accuracy.")
    return parts


def _answers(element: ET.Element,
             group: str = "") -> Iterator[tuple[str, str]]:
    """(question, answer) of each element without children, in order."""
    for child in element:
        name = group + xml_source.local_name(child)
        if len(child):
            yield from _answers(child, f"{name}-")
        else:
            yield name, (child.text or "").strip()
