"""Archives: what is in them, without being filled by them."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from commands.audit.model import Finding, Source, UnreadableFile, finding

MOST_BYTES = 2 << 30  # of all members together, unpacked
MOST_MEMBERS = 20_000
MOST_TIMES = 200      # a member may be so many times its packed size
SMALL = 50 << 20      # below it, the ratio does not matter
GHOSTS = re.compile(r"(?i)(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|"
                    r"desktop\.ini$|~\$)")
LAYERS = (".shp", ".gpkg", ".geojson", ".json", ".csv", ".tsv", ".kml",
          ".kmz", ".gpx", ".parquet", ".xlsx", ".ods", ".pbf", ".fgb",
          ".gml", ".geojsonl", ".ndjson")


def members(path: Path) -> list[zipfile.ZipInfo]:
    """The files of an archive. Raises UnreadableFile for one that would
    fill the disk, is locked, or is cut off."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [each for each in archive.infolist()
                     if not each.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError,
            UnicodeError, zlib.error) as error:
        raise UnreadableFile(
            f"{path.name} is a damaged archive ({error}): it was not copied "
            "to the end. Ask for it again.") from None
    if len(found) > MOST_MEMBERS:
        raise UnreadableFile(f"{path.name} holds {len(found)} files, more "
                             f"than {MOST_MEMBERS}. Unpack it yourself.")
    for each in found:
        if each.file_size > max(SMALL, MOST_TIMES * each.compress_size):
            raise UnreadableFile(
                f"{path.name}: {each.filename} would grow to "
                f"{each.file_size // 10**6} MB, more than {MOST_TIMES} times "
                "its size. Such archives are made to fill a disk; unpack it "
                "yourself if you trust it.")
        if each.flag_bits & 1:
            raise UnreadableFile(f"{path.name} is locked with a password. "
                                 "Unpack it, then give the file in it.")
    if sum(each.file_size for each in found) > MOST_BYTES:
        raise UnreadableFile(f"{path.name} would grow to more than "
                             f"{MOST_BYTES >> 30} GB. Unpack it yourself.")
    return found


def content(path: Path, member: str | zipfile.ZipInfo) -> bytes:
    """One file of an archive, of at most the size that it declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(member) if isinstance(
                member, str) else member
            with archive.open(info) as file:
                return file.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError,
            ValueError, NotImplementedError, RuntimeError,
            UnicodeError) as error:
        name = member if isinstance(member, str) else member.filename
        raise UnreadableFile(
            f"{path.name}: {name} in it cannot be unpacked ({error}). Ask "
            "for the archive again.") from None


def read(path: Path, reader: Callable[[Path, str], list[Source]],
         layer: str | None) -> list[Source]:
    """All layers of an archive. `reader` reads one unpacked file."""
    found = members(path)
    ghosts = [each for each in found if GHOSTS.search(each.filename)]
    real = [each for each in found if each not in ghosts]
    said = _findings(ghosts, real)
    sources: list[Source] = []
    refused: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        names = _unpack(path, real, Path(folder))
        layers = {name: file for name, file in names.items()
                  if file.suffix.lower() in LAYERS
                  or file.suffix.lower() == ".zip"}
        if not layers:  # a shapefile without its .shp
            layers = {name: file for name, file in names.items()
                      if file.suffix.lower() in (".dbf", ".shx", ".txt")}
        for name, file in layers.items():
            try:
                got = reader(file, name)
            except UnreadableFile as error:
                refused.append(str(error))
                continue
            for source in got:
                source.path = path
                source.layer = name if source.layer in (None, name) else (
                    f"{name}/{source.layer}")
            sources += got
    if not sources:
        raise UnreadableFile(
            f"{path.name} holds no layer. " + (
                " ".join(refused[:3]) if refused else "In it are: " +
                ", ".join(each.filename for each in found[:10]) + "."
                if found else "It is empty. Ask for it again."))
    return _chosen(sources, layer, path, said, refused)


def _findings(ghosts: list[zipfile.ZipInfo],
              real: list[zipfile.ZipInfo]) -> list[Finding]:
    said = []
    if ghosts:
        said.append(finding(
            "zip-ghosts", f"{len(ghosts)} files of the archive are not data",
            "macOS and Windows add them; some readers take them for layers.",
            "Pack only the files of the layer.", count=len(ghosts),
            example=ghosts[0].filename, severity="note"))
    deep = [each.filename for each in real if "/" in each.filename
            or each.filename.lower().endswith(".zip")]
    if deep:
        said.append(finding(
            "zip-nested", f"{len(deep)} files lie in a folder or an archive "
            "of the archive", "Many readers look only at the top.",
            f"layer = gpd.read_file('zip://file.zip!{deep[0]}')",
            count=len(deep), example=deep[0], severity="note"))
    return said


def _unpack(path: Path, real: list[zipfile.ZipInfo],
            folder: Path) -> dict[str, Path]:
    """name in the archive -> the file. Each folder gets a number as name:
    no name of an archive leads out of ours."""
    folders: dict[str, Path] = {}
    names = {}
    for each in real:
        name = PurePosixPath(each.filename.replace("\\", "/"))
        place = folders.setdefault(
            str(name.parent), folder / str(len(folders)))
        place.mkdir(exist_ok=True)
        safe = re.sub(r"[^\w.\- ]", "_", name.name)[-120:]
        if not safe.strip("."):
            continue
        file = place / safe
        file.write_bytes(content(path, each))
        names[each.filename] = file
    return names


def _chosen(sources: list[Source], layer: str | None, path: Path,
            said: list[Finding], refused: list[str]) -> list[Source]:
    names = [source.layer or "" for source in sources]
    if layer is not None:
        sources = [source for source in sources if source.layer == layer]
        if not sources:
            raise UnreadableFile(f"{path.name} has no layer {layer!r}. Its "
                                 f"layers are: {', '.join(names)[:600]}.")
    elif len(sources) > 1:
        said.append(finding(
            "layers-several", f"the archive has {len(names)} layers: "
            f"{', '.join(names)[:300]}",
            "Many programs read only the first, without a word.",
            f"layer = gpd.read_file('zip://file.zip!{names[-1]}')",
            count=len(names), example=names[0], severity="note"))
    said += [finding("file-damaged", one, "This layer is missing.",
                     "Ask for the file again.", severity="error")
             for one in refused]
    sources[0].findings += said
    return sources
