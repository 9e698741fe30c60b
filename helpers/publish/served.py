"""pygeoapi's CSV, also of places that are missing or mixed: its own stops at
the first place that is missing or is no point."""

from __future__ import annotations

from typing import Any

from pygeoapi.formatter.csv_ import CSVFormatter


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
