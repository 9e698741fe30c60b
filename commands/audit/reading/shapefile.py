"""Shapefile: are its parts there, and in which code page are its texts?"""

from __future__ import annotations

import re
import shutil
import struct
import tempfile
from pathlib import Path

import pandas as pd

from commands.audit.model import Finding, Source, UnreadableFile, finding
from commands.audit.reading import driver, text

PARTS = {
    ".shx": "the index: it can be made again",
    ".dbf": "the columns: they cannot be made again",
    ".prj": "the CRS: only who made the file knows it"}
# Language drivers of dBASE (byte 29) that name a code page.
_DBASE = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252",
          0x7d: "cp1255", 0x7e: "cp1256", 0xc8: "cp1250", 0xc9: "cp1251"}


def read(path: Path, *, shown: str | None = None,
         encoding: str | None = None) -> list[Source]:
    """The layer of a shapefile. shown: its name in an archive."""
    name = shown or path.name
    parts = {end: _beside(path, end) for end in (".shp", *PARTS, ".cpg")}
    if not parts[".shp"] and not parts[".dbf"]:
        raise UnreadableFile(
            f"{name} is one part of a shapefile; the .shp and the .dbf are "
            "not beside it. Ask for all parts, in one .zip.")
    said = _missing(parts, name)
    pages = _declared(parts)
    with tempfile.TemporaryDirectory() as folder:  # GDAL may write an index
        file = parts[".shp"] or parts[".dbf"]
        if parts[".shp"] and not parts[".shx"]:
            for end in (".shp", ".dbf", ".prj"):
                if parts[end]:
                    shutil.copyfile(parts[end], Path(folder) / f"copy{end}")
            file = Path(folder) / "copy.shp"
        whole, cut = _counts(parts, name)
        table = _table(file, name, whole, restore=not parts[".shx"])
    page, why, texts = _texts(table, pages, encoding, name)
    source = driver.source(path, shown, "Shapefile", table, encoding=(
        f"{page}: {why}"))
    source.findings += said + texts + cut
    return [source]


def _beside(path: Path, end: str) -> Path | None:
    """The part of a shapefile, whatever the case of its name."""
    wanted = (path.stem + end).lower()
    return next((file for file in path.parent.iterdir()
                 if file.name.lower() == wanted and file.is_file()), None)


def _missing(parts: dict[str, Path | None], name: str) -> list[Finding]:
    gone = [end for end in (".shp", *PARTS) if not parts[end]]
    if not gone:
        return []
    words = {**PARTS, ".shp": "the geometries: they cannot be made again"}
    return [finding(
        "shapefile-parts", f"{name} is not whole: " + "; ".join(
            f"{end} is missing ({words[end]})" for end in gone),
        "A shapefile is three to five files. E-mail often carries only one.",
        "Ask for all parts in one .zip, or for a GeoPackage.",
        count=len(gone), example=", ".join(gone),
        severity="error" if {".shp", ".dbf", ".prj"} & set(gone)
        else "warning")]


def _declared(parts: dict[str, Path | None]) -> dict[str, str]:
    """What .cpg and byte 29 of .dbf say."""
    said = {}
    if parts[".cpg"]:
        word = parts[".cpg"].read_bytes()[:60].decode("ascii", "replace")
        word = word.strip().strip("\0").lower().removeprefix("ldid/")
        if word.isdecimal() and not word.startswith("8859"):
            word = f"cp{word}"
        if _known(word):
            said[".cpg"] = word
    if parts[".dbf"]:
        with parts[".dbf"].open("rb") as file:
            head = file.read(32)
        if len(head) > 29 and head[29] in _DBASE:
            said[".dbf"] = _DBASE[head[29]]
    return said


def _known(page: str) -> bool:
    """Is it a code page? A .cpg may hold anything."""
    try:
        return bool(re.fullmatch(r"[\w-]+", page)) and (
            b"a".decode(page) == "a")
    except (LookupError, UnicodeError):
        return False


def _table(file: Path, name: str, rows: int | None, *,
           restore: bool) -> pd.DataFrame:
    import pyogrio
    pyogrio.set_gdal_config_options({
        "SHAPE_RESTORE_SHX": "YES" if restore else None})
    try:  # Latin 1 has a letter for every byte: nothing is lost
        return driver.table(file, name, "a shapefile", encoding="ISO-8859-1",
                            max_features=rows)
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _texts(table: pd.DataFrame, pages: dict[str, str], encoding: str | None,
           name: str) -> tuple[str, str, list[Finding]]:
    """Decode the columns of text in place. Page, reason, findings."""
    columns = [column for column in table.columns if column != "geometry"
               and pd.api.types.is_string_dtype(table[column])]
    found = {value: value.encode("latin-1", "replace")
             for column in columns for value in table[column].dropna().unique()
             if not value.isascii()}
    if not found:
        return "ascii", "only ASCII: any code page reads it", []
    raw = list(found.values())
    proposed, why = _proposed(raw)
    declared = pages.get(".cpg") or pages.get(".dbf") or ""
    said = []
    if encoding:
        if not _known(encoding):
            raise UnreadableFile(
                f"{name}: there is no encoding {encoding!r}. Examples: "
                "utf-8, cp1252, cp1256.")
        page, why = encoding, "as told"
    elif not declared or (not pages.get(".cpg") and declared == "cp1252"
                          and proposed != "cp1252"):
        # 0x57 only says "the code page of that PC"
        page = proposed
        said.append(_undeclared(raw, proposed, name))
    elif _fits(raw, declared) or _same(raw, declared, proposed):
        page, why = declared, f"its {next(iter(pages))} says so"
    else:
        page = proposed
        said.append(finding(
            "encoding-wrong", f"{name} says that its texts are in {declared}; "
            f"they are in {proposed} ({why})",
            "Programs follow the declaration, and show other letters.",
            f"gpd.read_file(file, encoding={proposed!r}).to_file(new)",
            count=len(raw), example=_three(raw, proposed), severity="error"))
    texts = {key: value.decode(page, "replace")
             for key, value in found.items()}
    for column in columns:
        table[column] = table[column].map(
            lambda value: texts.get(value, value), na_action="ignore")
    return page, why, said


def _proposed(raw: list[bytes]) -> tuple[str, str]:
    if all(_fits([value], "utf-8", cut=True) for value in raw):
        return "utf-8", "all bytes are valid UTF-8"
    page, share = text.code_page(raw[:2000])
    return page, f"{share:.0%} of the words with accents or Arabic fit"


def _fits(raw: list[bytes], page: str, cut: bool = False) -> bool:
    """Do the bytes give words in this code page? cut: the 254 bytes of a
    field may end in the middle of a letter."""
    try:
        read = b"\n".join(raw).decode(page)
    except UnicodeError:
        return cut and len(raw[0]) > 78 and bool(
            raw[0][:-3].decode(page, "ignore").encode() in raw[0])
    return page.replace("-", "") == "utf8" or text.plausible(read) >= 0.6


def _same(raw: list[bytes], one: str, other: str) -> bool:
    """Two code pages that read these bytes alike."""
    try:
        return all(value.decode(one) == value.decode(other) for value in raw)
    except UnicodeError:
        return False


def _undeclared(raw: list[bytes], page: str, name: str) -> Finding:
    others = []
    for other in ("cp1256", "cp1252", "utf-8"):
        if other != page:
            others.append(f"{other}: {_three(raw, other)}")
    return finding(
        "encoding-undeclared", f"{name} does not say its code page (no "
        f".cpg). {page} gives words: {_three(raw, page)}. "
        + ". ".join(others), "Every program guesses, by the country of its "
        "PC: Arabic becomes Latin letters or question marks.",
        f"gpd.read_file(file, encoding={page!r}).to_file(new)",
        count=len(raw), example=_three(raw, page))


def _three(raw: list[bytes], page: str) -> str:
    return ", ".join(value.decode(page, "replace") for value in raw[:3])


def _counts(parts: dict[str, Path | None],
            name: str) -> tuple[int | None, list[Finding]]:
    """Rows that are whole, if not all; .shx and .dbf count them."""
    if not parts[".shx"] or not parts[".dbf"]:
        return None, []
    with parts[".dbf"].open("rb") as file:
        head = file.read(12)
    if len(head) < 12:
        return None, []
    rows, start, width = struct.unpack("<IHH", head[4:12])
    shapes = max(0, parts[".shx"].stat().st_size - 100) // 8
    there = max(0, parts[".dbf"].stat().st_size - start) // (width or 1)
    if shapes == rows and there >= rows:
        return None, []
    return max(1, min(shapes, there)), [finding(
        "file-truncated", f"{name}: the index has {shapes} shapes, the table "
        f"says {rows} rows and holds {there}",
        "Columns and places no longer belong to each other.",
        "Ask for the file again.", count=abs(shapes - there) or 1,
        severity="error")]
