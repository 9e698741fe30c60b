"""Who has handed in, and whose work is in a wrong place.

Only submitted/<trainee>/<day>/ is graded. Learning platforms, archives and
people put work elsewhere. The report names it all, with the place where it
belongs, so that nobody is missing in the report without a reason.
"""

import contextlib
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from commands.grading.handed_in.collect import is_ghost, is_link
from commands.grading.handed_in.files import may_be_notebook
from commands.grading.handed_in.wording import is_plain, looks, shown

ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")
DEEPEST = 4         # folders below submitted/<name>/ that are looked into
MOST_SEEN = 5_000   # entries of one folder in submitted/


@dataclass
class Layout:
    """trainees: those with a <day>/ in its place, in order. remarks: name (as
    it can be printed) → sentences on what lies elsewhere or was refused; also
    for names of no trainee."""
    trainees: list[str] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def say(self, name: str, sentence: str) -> None:
        self.remarks.setdefault(shown(name), []).append(sentence)


def look(submitted: Path, day: str, days: list[str],
         exercises: list[str]) -> Layout:
    """Look through submitted/. days: all of the course. exercises: names
    of the day's notebooks, without ending."""
    layout = Layout()
    place = _Place(submitted, day, days, exercises)
    for entry in sorted(submitted.iterdir()) if submitted.is_dir() else ():
        if is_ghost(entry.name):
            continue
        if is_link(entry):
            layout.say(entry.name, f"{place.of(entry)} is a link: it was "
                       "not followed. Put the folder itself there")
        elif not entry.is_dir():
            _look_at_file(layout, place, entry)
        elif place.is_day(entry.name) and day not in _names(entry):
            _look_at_day_first(layout, place, entry)
        else:
            _look_at_trainee(layout, place, entry)
    _name_lookalikes(layout)
    return layout


@dataclass
class _Place:
    """What is looked for."""
    submitted: Path
    day: str
    days: list[str]
    exercises: list[str]

    def of(self, path):
        """The path as sentences show it: submitted/…"""
        there = path.relative_to(self.submitted.parent).as_posix()
        return shown(there) + ("/" if path.is_dir() else "")

    def right(self, trainee="<trainee>"):
        return f"{self.submitted.name}/{shown(trainee)}/{self.day}/"

    def is_day(self, name):
        """Does a folder's name mean this day, however it is written?"""
        key, wanted = _key(name), _key(self.day)
        number = re.match(r"[a-z]+\d+", wanted)
        if key == wanted or key.startswith(wanted):
            return True
        others = [_key(day) for day in self.days if day != self.day]
        if any(key.startswith(other) for other in others):
            return False
        if number and re.match(r"[a-z]+\d+", key):  # another day's number
            return key.startswith(number[0]) and not (
                key[len(number[0]):len(number[0]) + 1].isdigit()) and (
                    wanted.startswith(key) or _alike(key, wanted) > 0.7)
        return _alike(key, wanted) > 0.8

    def is_exercise(self, name):
        """Could a file be a notebook of this day?"""
        if ".ipynb" not in name.lower():
            return False
        key = _key(re.sub(r"(?i)\.ipynb.*$", "", name))
        return any(_key(one) in key or _alike(key, _key(one)) > 0.7
                   for one in self.exercises)


def _key(name):
    return re.sub(r"[\W_]", "", name.casefold())


def _alike(one, other):
    return SequenceMatcher(None, one[:60], other[:60]).ratio()


# --- one entry of submitted/ -----------------------------------------------

def _look_at_trainee(layout, place, folder):
    """A folder that should be a trainee's."""
    right = folder / place.day
    if is_link(right):
        layout.say(folder.name, f"{place.of(right)} is a link: it was not "
                   "followed. Put the folder itself there")
        return
    is_there = right.is_dir() and right.name in _names(folder)
    if is_there and is_plain(folder.name):
        layout.trainees.append(folder.name)
    elif is_there:
        layout.say(folder.name, "not graded: the folder's name holds bytes "
                   "that are not UTF-8, or control characters. Rename it "
                   f"in {place.submitted.name}/")
    elsewhere = _elsewhere(place, folder)
    for sentence in elsewhere:
        layout.say(folder.name, sentence)
    if not is_there and not elsewhere and not any(
            name in place.days for name in _names(folder)):
        layout.say(folder.name, f"nothing for {place.day} is in "
                   f"{place.of(folder)}: it belongs in "
                   f"{place.right(folder.name)}")


def _elsewhere(place, folder, trainee=None):
    """Sentences on what lies in a folder, but not in its place."""
    trainee = trainee or trainee_name(folder.name)
    sentences, notebooks, waiting, seen = [], {}, [(folder, 0)], 0
    while waiting:
        parent, depth = waiting.pop(0)
        for name in sorted(_names(parent)):
            path, seen = parent / name, seen + 1
            if seen > MOST_SEEN:
                return sentences
            if is_ghost(name) or is_link(path) or (
                    parent == folder and name in place.days):
                continue
            if path.is_dir():
                if place.is_day(name) and not all(
                        map(is_ghost, _names(path))):
                    sentences.append(_move(place, path, trainee))
                elif depth < DEEPEST and name not in place.days:
                    waiting.append((path, depth + 1))
            elif place.is_exercise(name):
                notebooks.setdefault(parent, []).append(name)
            elif name.lower().endswith(ARCHIVES):
                sentences.append(
                    f"not graded: {place.of(path)} is an archive. Unpack it; "
                    f"its notebooks belong in {place.right(trainee)}")
    for parent, names in notebooks.items():
        sentences.append(
            f"not graded: {shown(', '.join(names[:3]))}"
            f"{' and more' if len(names) > 3 else ''} in {place.of(parent)}: "
            f"the place for notebooks is {place.right(trainee)}")
    return sentences


def _move(place, path, trainee):
    return (f"not graded: {place.of(path)} is not in its place. Move or "
            f"rename it to {place.right(trainee)}")


def _look_at_file(layout, place, file):
    """A file that lies directly in submitted/."""
    if file.name.lower().endswith(ARCHIVES):
        layout.say(file.name, f"not graded: {place.of(file)} is an archive. "
                   "Unpack it, so that each trainee's notebooks lie in "
                   f"{place.right()}")
    elif ".ipynb" in file.name.lower():
        layout.say(file.name, f"not graded: nobody knows whose {file.name} "
                   f"is. Its place is {place.right()}"
                   if is_plain(file.name) else
                   f"not graded: its place is {place.right()}")
    elif _begins_as_notebook(file):
        layout.say(file.name, f"not graded: {place.of(file)} is a notebook "
                   "with another ending. Let its name end in .ipynb, and "
                   f"move it to {place.right()}")
    elif file.suffix.lower() not in (".md", ".csv", ".json", ".log", ""):
        layout.say(file.name, f"not graded: {place.of(file)} is no notebook")


def _begins_as_notebook(file):
    """Whatever its name says. A pipe or a link is not opened."""
    with contextlib.suppress(OSError):  # it may not be read
        return (file.is_file() and not is_link(file)
                and may_be_notebook(file.name, file))
    return False


def _look_at_day_first(layout, place, folder):
    """submitted/<day>/<trainee>/: the two folders exchanged."""
    for name in sorted(_names(folder)):
        path = folder / name
        if is_ghost(name):
            continue
        if path.is_dir() and not is_link(path):
            trainee = trainee_name(name)
            layout.say(name, _move(place, path, trainee))
        elif (".ipynb" in name.lower() or name.lower().endswith(ARCHIVES)
              or _begins_as_notebook(path)):
            layout.say(name, f"not graded: {place.of(path)} is not in a "
                       f"trainee's folder. Its place is {place.right()}")


def _names(folder):
    """What is in a folder, with its exact names (a file system may ignore
    capitals)."""
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def trainee_name(name: str) -> str:
    """The trainee's name in a learning platform's folder: "Ali Ben Salah" of
    Moodle's "Ali Ben Salah_123456_assignsubmission_file_"."""
    moodle = re.match(r"(.+?)_\d+_assignsubmission_\w+$", name)
    brightspace = re.match(r"\d+-\d+ ?- ?(.+?) ?- ", name)
    found = moodle or brightspace
    return found[1].strip() if found else name.strip()


def _name_lookalikes(layout):
    """If two names look the same, say that they are different."""
    by_look = {}
    for name in layout.trainees:
        by_look.setdefault(looks(name), []).append(name)
    for names in by_look.values():
        for name in names if len(names) > 1 else ():
            others = ", ".join(ascii(other) for other in names
                               if other != name)
            layout.say(name, f"another folder's name looks the same: this "
                       f"is {name!a}, the other {others}. Each was "
                       "graded for itself: do both belong to one person?")
