"""Which file of a folder is which exercise.

Browsers add .txt, Jupyter makes -Copy1, people rename files and save one
exercise under the name of another. If the right file is missing, unreadable
or unanswered, another file that is clearly this exercise is graded instead.
"""

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from commands.exercises.reading import NotebookError, parse
from commands.grading.handed_in import code
from commands.grading.handed_in.exercise import (
    ANSWER,
    TEXT,
    Part,
    grade_id,
    title,
)
from commands.grading.handed_in.recognise import recognise
from commands.grading.results import is_of_the_machine

MISSING = "not handed in"
MOST = 40  # files with other names that are opened
# Lists, dicts and their parts in one file. 20 million empty dicts in 57 MB
# filled the 3 GB that a worker may hold.
MOST_VALUES = 1_000_000
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
CLEARLY = 0.4  # of an exercise's own marks: the file is this exercise
NEAR = 0.5  # how similar a name must be, to be proposed


@dataclass
class Chosen:
    """What is graded as one exercise: a notebook and sentences on its origin;
    or, without a notebook, why there is none."""
    notebook: NotebookNode | None
    remarks: list[str] = field(default_factory=list)


@dataclass
class _File:
    """A file that may be a notebook."""
    name: str
    notebook: NotebookNode | None = None
    remarks: list[str] = field(default_factory=list)
    error: str = ""
    exercise: str | None = None  # by its cells
    answers: int = 0


def choose(files: dict[str, Path], exercises: dict[str, list[Part]],
           titles: dict[str, str], refused: dict[str, str]) -> tuple[
               dict[str, Chosen], dict[str, str]]:
    """files: all that were handed in, by name. exercises: their parts.
    titles: as a person knows them. refused: file → why it was not taken.

    Returns what is graded for each exercise; and file → sentence, of those
    that are not graded.
    """
    opened = _open(files, exercises)
    chosen, used = {}, set()
    for exercise in exercises:
        expected = opened.get(f"{exercise}.ipynb")
        found, named = _choose_one(
            exercise, expected, [one for one in opened.values()
                                 if one is not expected
                                 and one.exercise == exercise],
            titles, refused.get(f"{exercise}.ipynb"))
        chosen[exercise] = found
        used |= {f"{exercise}.ipynb", *named}
    strangers = {one.name: _why_not(one, exercises, titles)
                 for one in opened.values() if one.name not in used}
    return chosen, strangers


# --- opening ---------------------------------------------------------------

def _open(files, exercises):
    """The files that are or should be notebooks, by name."""
    expected = {f"{exercise}.ipynb": exercise for exercise in exercises}
    others = [name for name in sorted(files, key=lambda name: (
        name.count("/"), name)) if name not in expected]
    own = _own_marks(exercises)
    opened = {}
    for name in [*(name for name in expected if name in files),
                 *[name for name in others if may_be_notebook(
                     name, files[name])][:MOST]]:
        file = _File(name)
        try:
            content = files[name].read_bytes()
            _refuse_many_values(content, name)
            file.notebook, file.remarks = parse(content, name)
        except NotebookError as error:
            file.error = str(error)
            if name not in expected and not _is_named_notebook(name):
                continue  # some other text
        except Exception as error:  # a file can hold anything
            if is_of_the_machine(error):
                raise
            file.error = f"{name}: {type(error).__name__}: {error}"
        if file.notebook:
            file.exercise = _by_cells(file.notebook, own, expected.get(name))
        opened[name] = file
    rivals = [file.exercise for file in opened.values()]
    for file in opened.values():
        if file.exercise and (rivals.count(file.exercise) > 1
                              or expected.get(file.name) != file.exercise):
            file.answers = _count_answers(file.notebook,
                                          exercises[file.exercise])
    return opened


def _refuse_many_values(content, name):
    def values(some):
        return sum(map(some.count, (b"{", b"[", b",")))

    if values(content) > MOST_VALUES < values(_STRING.sub(b"", content)):
        raise NotebookError(  # signs in texts are not counted
            f"{name} holds more than {MOST_VALUES:,} values, too many for one "
            "notebook: clear its outputs, then save it")


def _is_named_notebook(name):
    return ".ipynb" in name.lower()


def may_be_notebook(name: str, path: Path) -> bool:
    """Is it called a notebook, or does it begin as one? Programs change the
    ending to .json or .txt, or drop it."""
    if _is_named_notebook(name):
        return True
    if Path(name).suffix.lower() not in (".json", ".txt", ""):
        return False
    with path.open("rb") as file:
        start = file.read(2000).replace(b"\0", b"")
    return b'"cells"' in start or b'"nbformat' in start


def _count_answers(notebook, parts):
    found = recognise(notebook.cells, parts)
    return sum(not all(map(part.is_blank, found.cells[part.index]))
               for part in parts if part.role == ANSWER and found.has(part))


# --- which exercise --------------------------------------------------------

def _own_marks(exercises):
    """exercise → kind of mark → those that no other exercise has."""
    marks = {name: _marks([part.cell for part in parts], [
        part.names for part in parts if part.role == ANSWER], [
            part.cell for part in parts if part.role == TEXT])
        for name, parts in exercises.items()}
    return {name: {kind: some.difference(*(
        other[kind] for rival, other in marks.items() if rival != name))
        for kind, some in own.items()} for name, own in marks.items()}


def _marks(cells, names, texts):
    return {"ids": {str(cell.get("id")) for cell in cells} | {
                str(grade_id(cell)) for cell in cells},
            "titles": {title(cell.source) for cell in cells} - {""},
            "names": set().union(*names),
            "heads": {code.words(cell.source[:200].partition("\n")[0])
                      for cell in texts} - {""}}


def _by_cells(notebook, own, expected):
    """The exercise that a notebook is: by its cells or, if these are not
    enough, by its name."""
    if expected:  # the quick way
        ids = {str(grade_id(cell)) for cell in notebook.cells} | {
            cell.id for cell in notebook.cells}
        if len(ids & own[expected]["ids"]) > len(own[expected]["ids"]) / 2:
            return expected
    cells = notebook.cells[:1000]
    marks = _marks(cells, [code.bound_names(cell.source) for cell in cells
                           if cell.cell_type == "code"],
                   [cell for cell in cells if cell.cell_type != "code"])
    shares = {name: max((len(marks[kind] & some) / len(some)
                         for kind, some in kinds.items() if some), default=0)
              for name, kinds in own.items()}
    best = max(shares, key=shares.get)
    if shares[best] < CLEARLY or (
            expected and shares[expected] * 2 > shares[best]):
        return expected
    return best


# --- one exercise ----------------------------------------------------------

def _choose_one(exercise, expected, rivals, titles, refusal):
    """What is graded, and the files that its remarks name."""
    wanted = f"{exercise}.ipynb"
    if expected and expected.exercise == exercise and (
            expected.answers or not any(one.answers for one in rivals)):
        return Chosen(expected.notebook, list(expected.remarks)), []
    sentence, because = _why_not_expected(exercise, expected, titles,
                                          refusal)
    best = max((one.answers for one in rivals), default=0)
    rivals = [one for one in rivals if one.answers == best]
    sources = {str([cell.source for cell in one.notebook.cells])
               for one in rivals}
    if len(sources) == 1:
        name = rivals[0].name
        return Chosen(rivals[0].notebook, [
            f"'{name}' was graded, because {because}. Rename it to {wanted}"
            + (", and move it up" if "/" in name else ""),
            *rivals[0].remarks]), [name]
    if rivals:
        names = " and ".join(f"'{one.name}'" for one in rivals[:4])
        sentence += (f", but {names} hold different answers: rename the one "
                     f"that counts to {wanted}")
    if expected and expected.exercise == exercise:
        return Chosen(expected.notebook, [sentence, *expected.remarks]), [
            one.name for one in rivals]
    return Chosen(None, [sentence]), [one.name for one in rivals]


def _why_not_expected(exercise, expected, titles, refusal):
    """Why the file of the right name does not count: a sentence, and the
    same after "because"."""
    wanted = f"{exercise}.ipynb"
    if refusal:
        return f"not graded: {wanted} {refusal}", f"{wanted} {refusal}"
    if not expected:
        return MISSING, f"{wanted} was not handed in"
    if expected.error:
        error = expected.error.rstrip(".")
        return f"cannot be read: {error}", error
    if expected.exercise != exercise:
        sentence = (f"{wanted} looks like {titles[expected.exercise]} under "
                    f"the name of {titles[exercise]}")
        return f"{MISSING}: {sentence}", sentence
    return (f"{wanted} is as it was given out",) * 2


def _why_not(file, exercises, titles):
    """The sentence on a file that is not graded."""
    if file.error:
        return f"not graded: {file.error}"
    if file.exercise:
        sentence = (f"not graded: it holds {titles[file.exercise]}, for "
                    "which another file counts")
        if file.answers:
            sentence += (", and it has answers, too. Rename it to "
                         f"{file.exercise}.ipynb if it is the right one")
        return sentence
    folder, _, name = file.name.rpartition("/")
    if folder:
        return (f"not graded: no exercise has these cells; it lies in "
                f"{folder}/")
    stem = re.sub(r"(?i)\.ipynb.*$", "", name)
    near = difflib.get_close_matches(stem.lower(), exercises, 1, NEAR)
    return ("not graded: no exercise has this name; the exercises are "
            f"{', '.join(exercises)}" if not near else
            "not graded: no exercise has this name; rename it to "
            f"{near[0]}.ipynb if it is that one")
