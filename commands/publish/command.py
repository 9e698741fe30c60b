"""What `start.py publish` does: read, refuse, say what is lost, release."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from pathlib import Path

import yaml
from rich.console import Console

from commands.audit.findings import country as known_country
from commands.audit.findings import findings
from commands.audit.model import CODES, Finding, Source
from commands.audit.reading import read
from commands.publish import losses, metadata, package, preparing
from commands.publish.refusing import CRS, refuse
from commands.publish.writing import sha256
from commands.system import must_be_writable
from commands.terminal import printable, printable_name
from helpers.errors import CourseError

ANSWERS = "metadata.yml"  # beside the releases: what a person answered
MOST = 12  # sentences of one kind
# The audit's findings that a release keeps: a new file does not cure them.
KEPT = {one.code for one in CODES if one.by == "content"} | {
    "cells-merged", "cells-dates", "decimal-mixed", "geometry-unread",
    "json-features", "kml-links"}
SAID = {"geometry-invalid", "geometry-empty", "coordinates-missing"}


def publish(file: Path, out: Path, console: Console, *,
            meta: Path | None = None, name: str | None = None,
            key: str | None = None, crs: str | None = None,
            because: str | None = None, drop: list[str] | None = None,
            repair: bool = False, day: str | None = None,
            ask: Callable[[str], str] | None = None,
            country: str | None = "TN", **options: str | None) -> int:
    """Release a layer of a file into out/name/version. Gives the exit code.

    ask: asks a person for a missing field; None: the missing are named.
    """
    day = _day(day)
    must_be_writable(out)
    source = _source(file, drop or [], options)
    found = [*source.findings, *findings(source, known_country(country))]
    admitted = refuse(found, because, crs, source.path.name)
    if crs:
        admitted += _overruled(source, crs, because)
    name = _own_name(name or _name(file, source))
    home = out / name
    last = package.latest(home)
    layer = preparing.prepare(source, name, crs=crs, repair=repair,
                              key=key or (last and last.key))
    _say(layer, console)
    _warn(found, CRS if crs else (), console)
    given = _given(meta, home, last, ask)
    lineage = [f"Made of {file.name} (SHA-256 {sha256(file)[:16]}…).",
               *(f"Left out: {one}." for one in drop or []),
               *layer.said, *admitted]
    done = package.release(layer, given, home, day, lineage)
    return _report(done, home, console)


def _day(day: str | None) -> str:
    try:
        return dt.date.fromisoformat(day).isoformat() if day else (
            dt.datetime.now(dt.UTC).date().isoformat())
    except ValueError:
        raise CourseError(f"{day} is no day such as 2026-01-31.") from None


def _source(file: Path, drop: list[str],
            options: dict[str, str | None]) -> Source:
    """The one layer to publish, without the columns to leave out."""
    sources = read(file, **options)
    if len(sources) > 1:
        raise CourseError(
            f"{file.name} has several layers. Choose one with --layer: "
            + ", ".join(str(one.layer) for one in sources) + ".")
    source = sources[0]
    for column in drop:
        if column not in source.table.columns:
            raise CourseError(
                f"--drop {column}: there is no such column. There are: "
                f"{', '.join(map(str, source.table.columns))}.")
    source.table = source.table.drop(columns=drop)
    return source


def _name(file: Path, source: Source) -> str:
    """The name of the file, and that of its layer where it is another. The
    layer of an archive is a file: wells.zip has wells.shp."""
    layer = source.layer or ""
    if Path(layer).suffix.lower() in (".shp", ".geojson", ".json", ".csv",
                                      ".gpkg", ".kml", ".gpx", ".parquet"):
        layer = Path(layer).stem
    return "_".join(dict.fromkeys(filter(None, [file.stem, layer])))


def _overruled(source: Source, crs: str, because: str | None) -> list[str]:
    """A CRS that the file says is overruled only with a reason."""
    said = getattr(source.table, "crs", None)
    if said is None or said == crs:
        return []
    if not (because or "").strip():
        raise CourseError(
            f"{source.path.name} says {said.to_string()}. Leave --crs out; "
            "or say why the file is wrong: --because \"…\" (the lineage "
            "keeps your words).")
    return [f"The file says {said.to_string()}; it is {crs}, because: "
            f"{because}"]


def _own_name(text: str) -> str:
    """The layer's name in a-z. Two files with names in Arabic letters must
    not become two versions of one layer."""
    bare = preparing.plain_name(text, "")
    if not re.match("[a-z]", bare) and re.search(r"[^\W\d_]", text):
        raise CourseError(printable_name(
            f"{text} has no letter a-z, so the layer has no name that an "
            "address can hold. Give it one: --name wells."))
    return preparing.plain_name(text, "layer")


def _given(meta: Path | None, home: Path, last: package.Release | None,
           ask: Callable[[str], str] | None) -> metadata.Record:
    """The metadata: of a file, of earlier answers, or of the last release;
    then what a person answers, which is kept."""
    kept = home / ANSWERS
    if meta:
        given = metadata.read(meta)
    elif kept.is_file():
        given = metadata.read(kept)
    elif last:
        given = {name: value for name, value in last.record.items()
                 if name in metadata.GIVEN and name not in package.DERIVED}
    else:
        given = {}
    whole = metadata.complete(given, ask)
    if whole != given:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(yaml.safe_dump(whole, allow_unicode=True,
                                       sort_keys=False), "utf-8")
    return whole


def _say(layer: preparing.Prepared, console: Console) -> None:
    """Before anything is written: what is done, and what is lost."""
    console.print(f"{layer.name}: {len(layer.table):,} rows, "
                  f"{layer.table.crs.to_string()}, identified by "
                  f"{layer.key}")
    for sentence in layer.said[:MOST]:
        console.print(printable_name(f"  {sentence}"), soft_wrap=True)
    console.print("What each format loses:")
    for kind, said in losses.losses(layer).items():
        words = "; ".join(said[:MOST]) or "nothing"
        more = f"; and {len(said) - MOST} more" if len(said) > MOST else ""
        console.print(printable_name(f"  {kind}: {words}{more}"),
                      soft_wrap=True)


def _warn(found: list[Finding], cured: Collection[str],
          console: Console) -> None:
    """What is published as it is, though the audit doubts it."""
    doubts = [one for one in found if one.code in KEPT
              and one.code not in SAID and one.code not in cured
              and one.group != "personal" and (
                  one.severity != "note" or one.code == "coordinates-outside")]
    if doubts:
        console.print("The audit found, and this release does not repair:")
    for one in doubts[:MOST]:
        console.print(printable_name(f"  {one.code}: {one.says}."),
                      soft_wrap=True)
    if len(doubts) > MOST:
        console.print(f"  … and {len(doubts) - MOST} more: see audit.")


def _report(done: package.Outcome, home: Path, console: Console) -> int:
    if done.verdicts is None:
        console.print(f"Nothing changed since {done.version}: nothing was "
                      "written.")
        return 0
    objections = done.verdicts[done.verdicts["verdict"] == "no"]
    for _, one in objections.iterrows():
        console.print(printable(f"✗ {one['file']}, {one['validator']}: "
                                f"{one['says']}"), soft_wrap=True)
    if done.release is None:
        many = "objection" + "s" * (len(objections) != 1)
        console.print(f"Not released: {len(objections)} {many}. Remedy "
                      "this, then publish again. (--repair makes invalid "
                      "geometries valid.)", soft_wrap=True)
        if (home / ANSWERS).is_file():
            console.print(printable_name(
                f"Your answers are in {home / ANSWERS}: edit them there. "
                "Without --meta, the next run reads this file."),
                soft_wrap=True)
        return 1
    asked = (done.verdicts["verdict"] == "yes").sum()
    console.print(printable(done.log.split("\n\n")[0]))
    silent = done.verdicts[done.verdicts["verdict"] == "not asked"]
    console.print(f"{asked} validators are content" + (
        "; not asked, since not installed: "
        f"{', '.join(sorted(set(silent['validator'])))}." if len(silent)
        else "."), soft_wrap=True)
    console.print(f"Released: {printable_name(done.release)}",
                  soft_wrap=True)
    return 0
