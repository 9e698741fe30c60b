"""The days minute by minute, and what to leave out when late: a part of the
instructor's guide, made of the lessons' metadata and of the instructor's
pages. `release` writes it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from commands.exercises import notebooks
from commands.exercises.sessions import Session, sessions
from helpers.data import ROOT

GUIDE = "course/instructors/guide.md"
BEGIN = "<!-- Made by `python3 start.py release`: do not edit. -->"
END = "<!-- The end of what `release` has made. -->"
NINE = 9 * 60           # minutes of the day: the first session begins
QUESTIONS = 5           # before the first session, and after the last
COURSE_QUESTIONS = 15   # after the last day: the questions of the course
BREAKS = {1: (15, "break"), 2: (60, "lunch"), 3: (15, "break")}
PARTS = {"story": "story", "concept": "concepts", "lab": "lab",
         "exercise": "exercise", "debrief": "debrief, in pairs"}


def text(root: Path = ROOT) -> str:
    """The whole part, in Markdown."""
    all_days = notebooks.days(root)
    lines = [BEGIN, ""]
    for day in all_days:
        lines += [f"### {_title(root, day)}", "",
                  "| from | to | minutes | what |", "|---|---|---|---|"]
        lines += [f"| {_clock(start)} | {_clock(end)} | {end - start} | "
                  f"{what} |" for start, end, what in _rows(
                      day, root, day == all_days[-1])]
        lines.append("")
    lines += ["### Late, or early?", "",
              "As the notes of each session say:", "",
              "| session | late | early |", "|---|---|---|"]
    lines += [f"| [{one.number}]({_notes(one)}) | {late} | {early} |"
              for day in all_days for one in sessions(day, root)
              for late, early in [late_and_early(one, root)]]
    return "\n".join([*lines, "", END])


def write(root: Path = ROOT) -> list[str]:
    """Put it into the guide, if there is one. Returns the guide's name."""
    if not (root / GUIDE).exists():
        return []
    (root / GUIDE).write_text(_guide(root), encoding="utf-8", newline="\n")
    return [GUIDE]


def is_current(root: Path = ROOT) -> bool:
    """Does the guide say what the notebooks say?"""
    file = root / GUIDE
    return not file.exists() or file.read_text("utf-8") == _guide(root)


def _guide(root):
    """The guide with the part as it should be."""
    guide = (root / GUIDE).read_text("utf-8")
    if guide.count(BEGIN) != 1 or guide.count(END) != 1:
        raise notebooks.NotebookError(
            f"{GUIDE} needs these two lines, once each:\n{BEGIN}\n{END}")
    before, _, rest = guide.partition(BEGIN)
    return before + text(root) + rest.partition(END)[2]


# --- one day ---------------------------------------------------------------

def _rows(day, root, is_last) -> Iterator[tuple[int, int, str]]:
    """From, to (minutes of the day), and what."""
    questions = f"[questions](../before_after/{day}.ipynb)"
    yield NINE - QUESTIONS, NINE, f"{questions}, before the day"
    now = NINE
    for number, one in enumerate(sessions(day, root), 1):
        for part, minutes in one.minutes.items():
            yield now, now + minutes, _what(one, part, root)
            now += minutes
        if number in BREAKS:
            minutes, name = BREAKS[number]
            yield now, now + minutes, f"*{name}*"
            now += minutes
    yield now, now + QUESTIONS, f"{questions}, after the day"
    now += QUESTIONS
    if is_last:
        yield (now, now + COURSE_QUESTIONS,
               "[questions of the whole course](diagnostic.md)")


def _what(one: Session, part, root):
    if part == "story":
        lesson = os.path.relpath(one.lesson, root / GUIDE / "..")
        return (f"**{one.number} [{one.title}]"
                f"({Path(lesson).as_posix()})** ([notes]({_notes(one)})): "
                f"{PARTS[part]}")
    if part == "exercise":
        return f"exercise {', '.join(_core(one, root))}"
    return PARTS[part]


def _core(one, root):
    """The exercises that all do."""
    roles = {}
    for file in (root / notebooks.SOLUTIONS / one.lesson.parent.name).glob(
            "*.ipynb"):
        course = notebooks.read(file).metadata["course"]
        roles[course["exercise"]] = course["role"]
    return [name for name in one.exercises if roles.get(name) == "core"]


def _notes(one):
    return f"s{one.number.replace('.', '_')}.md"


def _title(root, day):
    """The first heading of the day's page."""
    return (root / "course" / day / "index.md").read_text(
        "utf-8").partition("\n")[0].removeprefix("# ")


def _clock(minutes):
    return f"{minutes // 60}:{minutes % 60:02}"


# --- late, or early --------------------------------------------------------

def late_and_early(one: Session, root: Path = ROOT) -> tuple[str, str]:
    """What the notes of a session say of it."""
    file = root / GUIDE / ".." / _notes(one)
    found = re.search(r"\*\*Late\?\*\*(.*?)\*\*Early\?\*\*(.*?)(?:\*\*|\n\n)",
                      file.resolve().read_text("utf-8"), re.DOTALL)
    if not found:
        raise notebooks.NotebookError(
            f"{file.resolve()} has no paragraph with **Late?** and "
            "**Early?**. Say there what to leave out.")
    late, early = (" ".join(words.split()) for words in found.groups())
    return late, early
