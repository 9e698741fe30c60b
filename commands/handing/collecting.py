"""`collect`: what came back goes into submitted/CODE/DAY/.

Nothing is overwritten without --force, and nothing is guessed: a file that
may belong to two people, or to two days, stays where it is and is named.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from commands.exercises.notebooks import SOLUTIONS
from commands.exercises.reading import parse
from commands.grading.handed_in.collect import is_link
from commands.grading.submissions import FOLDER
from commands.handing.giving import README
from commands.handing.people import Matcher, people
from commands.handing.sources import Opener
from commands.terminal import printable, printable_name
from helpers.data import ROOT
from helpers.errors import CourseError

Ask = Callable[[str], str]
SHOWN = 3  # names of files that are no notebooks


@dataclass
class Collected:
    """written, equal: paths below submitted/. left_out: path of a returned
    file → why. unlike: words → the code that they were taken for."""
    left_out: dict[str, str]
    others: list[str]
    written: list[str] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)
    unlike: dict[str, str] = field(default_factory=dict)
    nothing_from: list[str] = field(default_factory=list)


def collect(folder: Path, trainees: Path, root: Path = ROOT,
            force: bool = False, ask: Ask | None = None) -> Collected:
    """Fill submitted/. ask puts a question and returns the answer; without
    it, doubtful files are left out."""
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. Put all that came "
                          "back into one folder, and give its path.")
    names, course = people(trainees), _Course(root)
    matcher = Matcher(names, course.words)
    with tempfile.TemporaryDirectory() as scratch:
        opener = Opener(Path(scratch))
        opener.folder(folder)
        result = Collected(opener.left_out, _others(opener))
        choose = _Chooser(names, matcher, ask, result.unlike)
        versions: dict[str, list] = {}  # by target
        authors = set()
        for notebook in opener.notebooks:
            about = _about(notebook)
            day, why = course.day(notebook, about.get("exercise"))
            if day:
                code, why = choose(notebook, about.get("trainee"))
            if not day or not code:
                result.left_out[notebook.where] = why
                continue
            authors.add(code)
            target = f"{code}/{day}/{notebook.name}"
            versions.setdefault(target.casefold(), []).append(
                (target, notebook))
        for same in versions.values():
            _put(root / FOLDER, same, force, result)
    # A file that is left out has come, too.
    result.nothing_from = [code for code in names if code not in authors]
    return result


def _others(opener):
    """Files that are no notebooks. The page of `hand-out` comes back with
    the notebooks that it was packed with: nobody has to read about it."""
    def is_expected(where):
        place = where.removesuffix(README)
        return place != where and place[-1:] in ("", "/", " ") and any(
            notebook.where.startswith(place)
            for notebook in opener.notebooks)

    return [where for where in opener.others if not is_expected(where)]


def _about(notebook):
    """What the course wrote into a notebook. Of one that cannot be read,
    nothing: grading will say why."""
    try:
        return dict(parse(notebook.file.read_bytes(), notebook.name)[0]
                    .metadata["course"])
    except Exception:  # a file can hold anything
        return {}


class _Course:
    """The day of each exercise, by its name and by its number."""

    def __init__(self, root):
        self._day_of, self._by_number = {}, {}
        for file in sorted((root / SOLUTIONS).glob("day*/*.ipynb")):
            about = json.loads(file.read_text("utf-8"))["metadata"]
            self._day_of[file.stem] = file.parent.name
            self._by_number[about.get("course", {}).get("exercise")] = (
                file.parent.name)
        # stand in the names of files, and name nobody
        self.words = [*self._day_of, *self._day_of.values()]

    def day(self, notebook, number) -> tuple[str | None, str]:
        """The day, or why there is none: by what the notebook says, by its
        name, or by the folder that it was in."""
        name = notebook.name.casefold()
        inside = {self._by_number.get(str(number))} - {None}
        named = {day for stem, day in self._day_of.items() if stem in name}
        if inside and named and not inside & named:
            return None, (f"its name is of {', '.join(named)}, but it holds "
                          f"{number}: rename it")
        around = {*self._day_of.values()} & {*notebook.hints}
        days = inside or named or around
        return (days.pop(), "") if len(days) == 1 else (
            None, "no exercise of the course has this name or number")


class _Chooser:
    """The code of a notebook's author; each doubt is asked about once."""

    def __init__(self, names, matcher, ask, unlike):
        self._names, self._matcher, self._ask = names, matcher, ask
        self._answers: dict[tuple, str | None] = {}
        self._unlike = unlike

    def __call__(self, notebook, given) -> tuple[str | None, str]:
        given = (given,) if given in self._names else ()
        person = self._matcher.match((
            *given, notebook.name.split(".")[0], *reversed(notebook.hints)))
        if person.code:
            if not person.exact:
                self._unlike[person.words] = person.code
            return person.code, ""
        if not person.candidates:
            return None, (
                f"nobody in the roster has this name: {person.words}"
                if person.words else "nothing beside it names its author")
        may_be = [f"{one} {self._names[one]}" for one in person.candidates]
        key = (person.words, person.candidates)
        if self._ask and key not in self._answers:
            answer = self._ask(printable(
                f"Whose is “{person.words}”?\n  " + "\n  ".join(may_be)
                + "\nThe code, or - to leave it out")).strip()
            self._answers[key] = answer if answer in self._names else None
        return self._answers.get(key), (
            f"“{person.words}” may be {' or '.join(may_be)}")


def _put(submitted, versions, force, result):
    """Write one file, of which several versions may have come."""
    target = versions[0][0]
    contents = {one.file.read_bytes() for _, one in versions}
    file, why = submitted / target, None
    if len(contents) > 1:
        why = (f"{len(contents)} versions of {target} came back: keep the "
               "one that counts")
    elif any(map(is_link, (file, *file.parents[:2]))):
        why = f"{FOLDER}/{target} is a link, or in one: remove it"
    elif not file.exists() or (force and file.read_bytes() not in contents):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents.pop())
        result.written.append(target)
    elif file.read_bytes() in contents:
        result.equal.append(target)
    else:
        why = (f"another version is in {FOLDER}/{target}: --force overwrites "
               "it")
    result.left_out |= {one.where: why for _, one in versions if why}


def command(folder: Path, trainees: Path, console: Console, *,
            force: bool = False, ask: Ask | None = None,
            root: Path = ROOT) -> int:
    """Collect, and say what was done. Returns the exit code: 1 if anything
    was left out."""
    try:
        result = collect(folder, trainees, root, force, ask)
    except OSError as error:
        raise CourseError(f"{error.filename}: {error.strerror}. What was "
                          "written stays; repair it and collect again."
                          ) from None
    lines = [f"{FOLDER}/{path}" for path in result.written]
    lines.append(f"Written: {len(result.written)}. There already: "
                 f"{len(result.equal)}.")
    lines += [f"Taken for {code}: “{words}”"
              for words, code in result.unlike.items()]
    if result.others:
        more = " …" if len(result.others) > SHOWN else ""
        lines.append(f"No notebooks, so not taken: {len(result.others)} "
                     f"({', '.join(result.others[:SHOWN])}{more})")
    if result.nothing_from:
        lines.append(f"Nothing from: {', '.join(result.nothing_from)}")
    lines += [f"LEFT OUT {where}: {why}"
              for where, why in sorted(result.left_out.items())]
    for line in lines:
        console.print(printable_name(line), soft_wrap=True)
    return 1 if result.left_out else 0
