"""What came back: notebooks in folders, zips and e-mails.

Nothing is unpacked to the place that an archive names: each notebook goes
into a scratch folder under a number. Sizes are counted while files are read,
because an archive can lie about them.
"""

import email
import email.policy
import io
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from commands.grading.handed_in import layout
from commands.grading.handed_in.collect import (
    LARGEST,
    MB,
    MOST_SEEN,
    is_ghost,
    list_files,
    read,
)
from commands.grading.handed_in.wording import is_plain, shown

TOTAL = 2048 * MB  # all that is read in one run
DEEPEST = 3        # an archive in an e-mail in an archive
CLOSED = (*layout.ARCHIVES, ".msg", ".mbox", ".pst")
_FLAT = re.compile(r"(.+?)_\d+_assignsubmission_[a-z]+_(.+)$")  # Moodle


@dataclass(frozen=True)
class Notebook:
    """where: its path, through archives. hints: what may name its author.
    file: its content."""
    where: str
    name: str
    hints: tuple[str, ...]
    file: Path


class Opener:
    """notebooks: all that were found. left_out: path → why. others: files
    that are no notebooks."""

    def __init__(self, scratch: Path):
        self.notebooks: list[Notebook] = []
        self.left_out: dict[str, str] = {}
        self.others: list[str] = []
        self._scratch, self._room = scratch, TOTAL

    def folder(self, folder: Path) -> None:
        """Everything in a folder; links are not followed."""
        names, refused, all_seen = list_files(folder)
        self.left_out |= refused
        if not all_seen:
            self.left_out["*"] = f"more than {MOST_SEEN} files: do it in parts"
        for name in sorted(names):
            *parents, last = name.split("/")
            if last.lower().endswith(".zip"):  # that of a class may be large
                self._zip(name, (*parents, last[:-4]), folder / name, 0)
            else:
                self._file(name, last, tuple(parents),
                           lambda path=folder / name: read(path), 0)

    def _file(self, where, name, hints, content, depth):
        """One file. content: a function that gives bytes or a reason."""
        flat = _FLAT.match(name)
        if flat:
            hints, name = (*hints, flat[1]), flat[2]
        lower, inner = name.lower(), (*hints, name[:-4])
        if lower.endswith((".zip", ".eml")):
            data = self._taken(where, content)
            if data is None:
                return
            if depth >= DEEPEST:
                self.left_out[where] = "lies too deep in others: unpack it"
            elif lower.endswith(".zip"):
                self._zip(where, inner, io.BytesIO(data), depth)
            else:
                self._mail(where, inner, data, depth)
        elif lower.endswith(CLOSED):
            self.left_out[where] = ("cannot be opened: save an e-mail as "
                                    ".eml, and pack an archive as .zip")
        elif ".ipynb" not in lower:
            self.others.append(where)
        else:
            data = self._taken(where, content)
            if data is not None:
                file = self._scratch / str(len(self.notebooks))
                file.write_bytes(data)
                self.notebooks.append(Notebook(where, name, hints, file))

    def _taken(self, where, content):
        """The bytes, within the limits; None after it said why not."""
        data = content()
        if isinstance(data, bytes) and len(data) > self._room:
            data = f"not read: more than {TOTAL // MB} MB. Do it in parts"
        if isinstance(data, str):
            self.left_out[where] = data
            return None
        self._room -= len(data)
        return data

    def _found(self):
        return len(self.notebooks) + len(self.left_out) + len(self.others)

    def _zip(self, where, hints, file, depth):
        before = self._found()
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
                if len(entries) > MOST_SEEN:
                    self.left_out[where] = f"more than {MOST_SEEN} files"
                    return
                for entry in entries:
                    if not entry.is_dir():
                        self._entry(archive, entry, where, hints, depth + 1)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            self.left_out[where] = f"is no zip that can be read ({error})"
        if self._found() == before:
            self.left_out[where] = "is empty"

    def _entry(self, archive, entry, where, hints, depth):
        path = _true_name(entry)
        inside, parts = f"{where}: {shown(path)}", path.split("/")
        if ".." in parts or not parts[0] or "\\" in path or ":" in path:
            self.left_out[inside] = "its path leaves the archive's folder"
        elif stat.S_ISLNK(entry.external_attr >> 16) or not is_plain(path):
            self.left_out[inside] = "is a link, or has control characters"
        elif not any(map(is_ghost, parts)):
            self._file(inside, parts[-1], (*hints, *parts[:-1]),
                       lambda: _unpacked(archive, entry), depth)

    def _mail(self, where, hints, data, depth):
        before = self._found()
        try:
            self._message(email.message_from_bytes(
                data, policy=email.policy.default), where, hints, depth + 1)
        except Exception as error:  # a message can hold anything
            self.left_out[where] = ("is no e-mail that can be read "
                                    f"({type(error).__name__})")
        if self._found() == before:
            self.left_out[where] = "has no attachment: ask for the notebooks"

    def _message(self, message, where, hints, depth):
        """The attachments of a message, and of messages forwarded in it."""
        if message["from"]:
            hints = (*hints, str(message["subject"] or ""), *(
                word for one in message["from"].addresses
                for word in (one.display_name, one.username)))
        for part in message.get_payload() if message.is_multipart() else ():
            name = re.split(r"[/\\:]", shown(part.get_filename() or ""))[-1]
            if part.is_multipart():
                self._message(part, where, hints, depth)
            elif name and not is_ghost(name):
                self._file(f"{where}: {name}", name, hints, lambda part=part:
                           part.get_payload(decode=True) or b"", depth)


def _true_name(entry):
    """Many programs write UTF-8 and do not say so."""
    try:
        return entry.filename if entry.flag_bits & 0x800 else (
            entry.filename.encode("cp437").decode("utf-8"))
    except UnicodeError:
        return entry.filename


def _unpacked(archive, entry):
    """The bytes, or why not."""
    if entry.flag_bits & 1:
        return "is locked with a password"
    try:
        with archive.open(entry) as file:
            data = file.read(LARGEST + 1)
    except Exception as error:  # damaged, or packed in a rare way
        return f"cannot be unpacked ({error})"
    return data if len(data) <= LARGEST else (
        f"unpacks to more than {LARGEST // MB} MB")
