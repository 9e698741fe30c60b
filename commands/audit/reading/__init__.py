"""Reads any file of geodata, and says what is wrong with it as a file.

>>> from commands.audit.reading import read
>>> for source in read("health_centres.csv"):
...     print(source.format, len(source.table), source.evidence)
"""

from __future__ import annotations

from pathlib import Path

from commands.audit.model import Source, UnreadableFile


def read(path: Path | str, *, layer: str | None = None,
         csv_x: str | None = None, csv_y: str | None = None,
         encoding: str | None = None) -> list[Source]:
    """The layers of a file. Raises UnreadableFile where there is none."""
    raise UnreadableFile(f"{path}: no reader yet")
