"""The layers that `serve` serves, and its CSV, where pygeoapi falls short.

pygeoapi's own provider of GeoJSON compares texts: `depth=100` does not find
100.0. Its CSV stops at the first place that is missing or is no point.
(Session 3.4 shows pygeoapi as it is.)
"""

from __future__ import annotations

import contextlib
from typing import Any

from pygeoapi.formatter.csv_ import CSVFormatter
from pygeoapi.plugin import PLUGINS
from pygeoapi.provider.geojson import GeoJSONProvider


class Layer(GeoJSONProvider):  # type: ignore[misc]  # pygeoapi has no types
    """depth=100 and depth=100.0 find the same features.

    Upgrade note (pygeoapi >=0.21,<0.25): each query must still call `_load`,
    with its arguments by their names, and `_load` compare texts. Test:
    test_serve, "missing_or_mixed".
    """

    def _load(self, *, properties: Any = (), **asked: Any) -> Any:
        found = super()._load(**asked)
        if not properties:
            return found
        # Whole: an answer may leave out the columns that are asked for.
        wanted = {one["id"] for one in super()._load()["features"] if all(
            is_meant(one["properties"].get(name), text)
            for name, text in properties)}
        return found | {"features": [one for one in found["features"]
                                     if one["id"] in wanted]}


def is_meant(value: Any, text: str) -> bool:
    """Does the text of an address mean this value?"""
    if isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            return value == float(text)
    return str(value) == text


class Table(CSVFormatter):  # type: ignore[misc]  # pygeoapi has no types
    """x and y where all places are points; empty where there is none."""

    def write(self, options: Any = None, data: Any = None) -> Any:
        """The features of one answer as a table, in UTF-8."""
        places = [one["geometry"] for one in data["features"]]
        self.geom = any(places) and all(
            place is None or place["type"] == "Point" for place in places)
        nowhere = {"type": "Point", "coordinates": [None, None]}
        return super().write(options or {}, {"features": [
            one | {"geometry": one["geometry"] or nowhere}
            for one in data["features"]]})


# A configuration names providers, no formatters; pygeoapi loads the providers
# of its layers, and with them this module, before it answers.
PLUGINS["formatter"]["CSV"] = f"{__name__}.Table"
