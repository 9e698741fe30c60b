"""Releases of a layer: OUT/NAME/VERSION, one folder each.

A release is written in the hidden folder `.part`, and is renamed when all
validators are content. What a stopped run leaves there, the next removes.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import geopandas as gpd
import pandas as pd

from commands.publish import metadata, page, writing
from commands.publish.preparing import Prepared
from helpers import publish
from helpers.errors import CourseError
from helpers.publish import changes

DERIVED = {"version", "dates", "bbox", "crs", "distributions", "lineage",
           "attribution", "licence_uri"}


@dataclass
class Release:
    """A release that is there. number: such as (1, 0, 0)."""
    folder: Path
    number: tuple[int, ...]

    @property
    def version(self) -> str:
        """Such as "1.0.0"."""
        return ".".join(map(str, self.number))

    @property
    def record(self) -> dict[str, Any]:
        """Its core record."""
        found: dict[str, Any] = json.loads(
            (self.folder / "metadata.json").read_text("utf-8"))
        return found

    @property
    def key(self) -> str:
        """The column that identifies its rows."""
        schema = next(self.folder.glob("*.schema.json"))
        return str(json.loads(schema.read_text("utf-8"))["primaryKey"][0])


@dataclass
class Outcome:
    """What a run did. release: None when nothing was written."""
    release: Path | None
    version: str
    verdicts: pd.DataFrame | None
    log: str


def latest(home: Path) -> Release | None:
    """The newest release in a layer's folder. CourseError if somebody has
    changed it: nothing can be compared with it."""
    found = [Release(folder, tuple(map(int, folder.name.split("."))))
             for folder in home.glob("*.*.*")
             if re.fullmatch(r"\d+\.\d+\.\d+", folder.name)]
    if not found:
        return None
    last = max(found, key=lambda one: one.number)
    said = publish.checksums(last.folder)
    if said:
        raise CourseError(
            f"The release {last.folder} is not as it was published: "
            f"{'; '.join(said[:3])}. Put its files back first.")
    return last


@contextlib.contextmanager
def one_at_a_time(home: Path) -> Iterator[Path]:
    """An empty hidden folder in a layer's folder, removed at the end. A
    second run waits for the first."""
    home.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(home / ".lock"):
        part = home / ".part"
        shutil.rmtree(part, ignore_errors=True)  # of a run that was stopped
        part.mkdir()
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)


def release(layer: Prepared, given: dict[str, Any], home: Path, day: str,
            lineage: list[str]) -> Outcome:
    """Release a layer, if it or its metadata changed since the last."""
    with one_at_a_time(home) as part:
        last = latest(home)
        version, log = "1.0.0", f"## 1.0.0 – {day}\nThe first release.\n"
        first = day
        if last:
            version, log = _next(layer, given, last, day)
            if version == last.version:
                return Outcome(None, version, None, "")
            first = last.record["dates"]["published"]
            log += "\n" + (last.folder / "changes.md").read_text("utf-8")
        record = metadata.record(given, layer, version, day, first, lineage)
        found = _write(layer, record, part, day, log)
        if (found["verdict"] == "no").any():
            return Outcome(None, version, found, log)
        target = home / version
        if target.exists():
            raise CourseError(f"{target} is there already.")
        part.rename(target)
    return Outcome(target, version, found, log)


def _next(layer: Prepared, given: dict[str, Any], last: Release,
          day: str) -> tuple[str, str]:
    """The next version and the section of the log; the same version if
    nothing changed."""
    old = gpd.read_parquet(last.folder / f"{layer.name}.parquet")
    if layer.key not in old.columns:
        raise CourseError(
            f"The last release has no column {layer.key}: its rows are known "
            f"by {last.key}. Give --key {last.key}.")
    found = changes.compare(old, layer.table, layer.key)
    before = last.record
    told = [name for name in metadata.GIVEN
            if name not in DERIVED | {"download_url"}
            and given.get(name) and given[name] != before.get(name)]
    version = changes.version(last.version, found)
    if told and found.empty:
        *parts, patch = last.number
        version = ".".join(map(str, [*parts, patch + 1]))
    log = changes.markdown(found, version, day)
    if told:
        log += "### Metadata\n" + "".join(f"- {name}\n" for name in told)
    return version, log


def _write(layer: Prepared, record: dict[str, Any], folder: Path, day: str,
           log: str) -> pd.DataFrame:
    """All files of a release; gives the verdicts of the validators."""
    files = writing.data(layer, folder, day)
    writing.metadata(record, files, folder)
    (folder / "changes.md").write_text(log, "utf-8")
    (folder / "README.md").write_text(page.readme(layer, record), "utf-8")
    writing.sums(folder)
    found = publish.verdicts(folder)
    (folder / "verdicts.json").write_text(
        writing.text_of(found.to_dict("records")), "utf-8")
    (folder / "index.html").write_text(
        page.page(layer, record, found, log), "utf-8")
    writing.sums(folder)
    said = publish.checksums(folder)
    if said:
        raise CourseError(f"{folder} changed while it was written: {said[0]}")
    return found
