"""The files of a folder as bytes: no links, no devices, within limits."""

import os
import stat
from pathlib import Path

from commands.grading.handed_in.wording import is_plain, shown

MB = 1 << 20
LARGEST = 64 * MB        # one file
LARGEST_TOTAL = 256 * MB  # all files of a submission
MOST = 500               # files of a submission
MOST_SEEN = 20_000       # entries that are looked at
LONGEST_NAME = 1000      # bytes of a name with its folders; systems take 4096
GHOSTS = {"__macosx", "thumbs.db", "desktop.ini", "__pycache__",
          "ehthumbs.db", "$recycle.bin"}
THE_REST = "*"  # in place of a name: files that were left out together


def is_ghost(name: str) -> bool:
    """Was this file left by a system or a program, not by a person? All
    hidden files count as such."""
    return name.startswith((".", "~$")) or name.lower() in GHOSTS or (
        name.rstrip("\r").lower() == "icon")


def collect(folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """Read a folder as it was handed in.

    Returns the files by name; and for each refused file the reason (words
    after "the file 'x' …"; under THE_REST a whole sentence). Notebooks come
    first, and files near the top, so that a flood of other files does not
    use up the limits.
    """
    listed, refused, all_seen = list_files(folder)
    files, total, left_out = {}, 0, 0
    for name in sorted(listed, key=_rank):
        if len(files) >= MOST or total >= LARGEST_TOTAL:
            left_out += 1
            continue
        content = read(folder / name, LARGEST_TOTAL - total)
        if isinstance(content, bytes):
            files[name] = content
            total += len(content)
        else:
            refused[name] = content
    if left_out or not all_seen:
        refused[THE_REST] = (
            f"{left_out if all_seen else f'more than {MOST_SEEN}'} other "
            f"files were left out: a submission has at most {MOST} files "
            f"and {LARGEST_TOTAL // MB} MB. Hand in the notebooks and what "
            "they read alone")
    return files, refused


def _rank(name):
    return (not name.lower().endswith(".ipynb"), name.count("/"), name)


def list_files(folder: Path) -> tuple[list[str], dict[str, str], bool]:
    """Names of plain files; refused ones; whether all have been seen."""
    listed, refused, seen = [], {}, 0
    if is_link(folder):
        return [], {THE_REST: "the folder is a link: it was not followed"}, 1
    for parent, folders, names in os.walk(folder):
        for name in sorted(names) + sorted(folders):
            seen += 1
            if seen > MOST_SEEN:
                return listed, refused, False
            there = Path(parent, name).relative_to(folder).as_posix()
            if is_ghost(name):
                continue
            if not is_plain(name):
                refused[shown(there)] = (
                    "has a name with bytes that are not UTF-8, or with "
                    "control characters: rename it")
            elif len(there.encode()) > LONGEST_NAME:
                refused[f"{there[:60]}…"] = (
                    "has too long a name, with its folders: put it into "
                    "fewer folders")
            elif is_link(Path(parent, name)):
                refused[there] = "is a link: it was not followed"
            elif name in names:
                listed.append(there)
        folders[:] = [name for name in folders if not is_ghost(name)
                      and is_plain(name)
                      and not is_link(Path(parent, name))]
    return listed, refused, True


def is_link(path: Path) -> bool:
    """Is it a symbolic link, or a junction of Windows?"""
    is_junction = getattr(os.path, "isjunction", lambda path: False)
    return os.path.islink(path) or is_junction(path)


def read(path: Path, room: int = LARGEST) -> bytes | str:
    """The content, or why it was refused. A listed file may have become a
    link in the meantime, so it is examined after it is open."""
    flags = (os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
             | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        with open(os.open(path, flags), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return "is not a plain file"
            if about.st_nlink > 1:
                return ("is a hard link, so it may be another person's "
                        "file: it was not read. Hand in a copy of it")
            if about.st_size > LARGEST:
                return (f"is larger than {LARGEST // MB} MB (for a "
                        "notebook: clear its outputs)")
            if about.st_size > room:
                return (f"was left out: a submission has at most "
                        f"{LARGEST_TOTAL // MB} MB")
            return file.read(about.st_size)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def apart(files: dict[str, bytes], given: dict[str, bytes]
          ) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files that can lie beside the given ones, and the reason for each
    other: a file cannot have the name of a folder, nor a folder of a file."""
    refused = {
        name: f"is left out: the exercise has its own '{other}' there"
        for name in files for other in given
        if name.startswith(f"{other}/") or other.startswith(f"{name}/")}
    return {name: content for name, content in files.items()
            if name not in refused}, refused


def write(files: dict[str, bytes], folder: Path) -> None:
    """Write files (name, with its folders → content) into a folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
