"""Findings about openness, as session 1.1 defines it: format, metadata,
licence. They are notes, except for a licence that closes the data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from commands.audit.findings.subject import Subject
from commands.audit.model import Finding, finding
from helpers.publish.objections import OPEN

CLOSED = ("XLS", "MDB", "ACCDB", "DWG", "DGN", "TAB", "GDB")  # of a vendor
LOSSY = ("SHP", "SHAPEFILE", "ESRI SHAPEFILE", "DBF")
BESIDE = ("metadata.json", "metadata.yml", "metadata.xml", "datapackage.json",
          "README.md", "README.txt", "README", "LICENSE", "LICENCE",
          "LICENSE.txt", "LICENCE.txt")
MOST_READ = 200_000  # bytes of a metadata file
NAMES = re.compile(r"(?i)licen[cs]e\s+ouverte(\s*/?\s*etalab)?\s*2")
PUBLIC_DOMAIN = "Public domain"  # of the source: open too


def findings(subject: Subject) -> Iterator[Finding]:
    """All findings of this group."""
    path, kind = subject.source.path, subject.source.format.upper()
    if kind in CLOSED:
        yield finding(
            "format-closed", f"{kind} is the format of one vendor",
            "readers need its program, or a guess of how it works",
            'layer.to_file("layer.gpkg")', severity="note")
    if kind in LOSSY:
        yield finding(
            "format-lossy", "a Shapefile cuts names to 10 letters and texts "
            "to 254 bytes, and is several files", "what was cut is gone for "
            "the next reader", 'layer.to_file("layer.gpkg")',
            severity="note")
    texts = beside(path)
    if not texts:
        yield finding(
            "metadata-missing", f"no metadata beside {path.name}",
            "nobody knows who made it, when, and of what",
            "# write metadata.json (session 3.2)", severity="note")
    yield from _licence(path, texts)


def beside(path: Path) -> dict[str, str]:
    """The metadata files that belong to a file: name → text. A list of
    many files counts if it names this one."""
    names = [*BESIDE, f"{path.name}.xml", f"{path.stem}.xml",
             f"{path.stem}.qmd", f"{path.name}-metadata.json",
             f"{path.stem}.metadata.json", f"{path.stem}.yml"]
    found = {}
    for folder in (path.parent, path.parent.parent):
        for name in names:
            file = folder / name
            if name in found or file == path or not file.is_file():
                continue
            text = file.read_bytes()[:MOST_READ].decode("utf-8", "replace")
            listing = name.startswith(("README", "LICEN"))
            if (folder == path.parent and not listing) or path.name in text:
                found[name] = text
    return found


def _licence(path: Path, texts: dict[str, str]) -> Iterator[Finding]:
    stated = [found for text in texts.values()
              if (found := licence(text, path.name))]
    if not stated:
        yield finding(
            "licence-missing", "no licence is stated beside the file",
            "without one, nobody may reuse the data (Day 1; decree 2021-3, "
            "article 3)", "# choose one (session 3.2), such as CC-BY-4.0",
            severity="note")
    elif not any(one in {*OPEN, PUBLIC_DOMAIN} for one in stated):
        yield finding(
            "licence-closed", f"the licence {stated[0]} is not open",
            "article 3 of decree 2021-3 asks for reuse by all, for any "
            "purpose", "# choose an open one, such as CC-BY-4.0",
            example=stated[0])


def licence(text: str, name: str = "") -> str:
    """The SPDX identifier that a text states, or "". In a list of many
    files, that of the one with this name."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if isinstance(said, dict) and isinstance(said.get("resources"), list):
        for one in said["resources"]:
            if isinstance(one, dict) and str(one.get("path", "")).endswith(
                    name) and one.get("licenses"):
                return _spdx(json.dumps(one["licenses"]))
        return _spdx(json.dumps(said.get("licenses") or ""))
    if isinstance(said, dict):
        return _spdx(json.dumps([said.get(key) for key in (
            "licence", "license", "licenses", "licence_uri")]))
    return _spdx(text)


def _spdx(text: str) -> str:
    """The first licence that a text names."""
    if NAMES.search(text):
        return "etalab-2.0"
    for known in OPEN:
        spelt = re.escape(known).replace(r"\-", "[- ]")
        if re.search(rf"(?i)\b{spelt}\b", text):
            return known
    closed = re.search(r"(?i)\bCC[- ]BY(?:[- ](?:NC|ND|SA))+[- ]\d\.\d", text)
    if closed:
        return closed[0].replace(" ", "-").upper()
    return PUBLIC_DOMAIN if "ublic domain" in text else ""
