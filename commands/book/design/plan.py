"""The course as its notebooks describe it: days, sessions, exercises.

Everything comes from the metadata of the notebooks and from the pages of the
days. So a number on the title page cannot differ from the one in a lesson.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass
class Exercise:
    """One exercise, and its solution."""
    name: str  # E03
    title: str
    page: str  # exercises/day1_production/e03_crs_detective
    role: str  # core or stretch
    level: str
    minutes: int
    points: int

    @property
    def solution(self) -> str:
        """The page with its solution."""
        return self.page.replace("exercises/", "solutions/", 1)


@dataclass
class Session:
    """One lesson of 90 minutes."""
    number: str  # 1.2
    title: str
    page: str
    minutes: dict[str, int]
    objectives: dict[str, str]
    lab: str  # what the trainee does in the session's application
    exercises: list[Exercise] = field(default_factory=list)


@dataclass
class Day:
    """One day of the course; day 0 prepares and has no sessions."""
    number: int
    title: str
    page: str
    promise: str  # the first paragraph of its page
    minutes: int
    sessions: list[Session] = field(default_factory=list)
    # of day 0: page and title
    notebooks: list[tuple[str, str]] = field(default_factory=list)


@cache  # each page of the book asks
def days(root: Path) -> list[Day]:
    """The days that the folder root has, in order."""
    return [_day(root, file)
            for file in sorted((root / "course").glob("day*_*/index.md"))]


def sessions(root: Path) -> list[Session]:
    """The sessions of all days, in order."""
    return [session for day in days(root) for session in day.sessions]


def metadata(file: Path) -> dict:
    """What a notebook says under `course`; {} when it says nothing."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    return notebook["metadata"].get("course", {})


# --- one day ---------------------------------------------------------------

def _day(root, index):
    text = index.read_text(encoding="utf-8")
    title, promise = re.match(
        r"# (.*?)\n\n(.*?)(?:\n\n|\Z)", text, re.DOTALL).groups()
    number, _, title = title.removeprefix("Day ").partition(" · ")
    described = {file: metadata(file)
                 for file in sorted(index.parent.glob("*.ipynb"))}
    labs = _labs(text)
    exercises = _exercises(root, index.parent.name)
    lessons = [
        Session(about["session"], about["title"], _page(root, file),
                about["minutes"], about["objectives"],
                labs.get(about["session"], ""),
                sorted((exercises[name] for name in about["exercises"]
                        if name in exercises),
                       key=lambda each: each.role))  # core, then stretch
        for file, about in described.items() if "objectives" in about]
    preparing = sorted(  # as the day's page names them
        (file for file, about in described.items()
         if about.get("session") == "0"),
        key=lambda file: text.find(f"({file.name})"))
    minutes = sum(sum(about["minutes"].values())
                  for about in described.values() if "minutes" in about)
    return Day(int(number), title, _page(root, index),
               _plain(promise), minutes, lessons,
               [(_page(root, file), described[file]["title"])
                for file in preparing])


def _exercises(root, folder):
    """The exercises of a day by their names."""
    found = {}
    for file in sorted((root / "exercises" / folder).glob("*.ipynb")):
        about = metadata(file)
        found[about["exercise"]] = Exercise(
            about["exercise"], about["title"], _page(root, file),
            about["role"], about["level"], about["minutes"],
            about["points"])
    return found


def _labs(text):
    """Session -> its lab, from the table of a day's page."""
    table = re.search(r"\| session \| its lab \|\n\|.*?\n((?:\|.*\n)+)", text)
    return dict(re.findall(r"\| (\d\.\d) \| (.*?) \|",
                           table[1] if table else ""))


def _page(root, file):
    return file.relative_to(root).with_suffix("").as_posix()


def _plain(markdown):
    return re.sub(r"\s+", " ", re.sub(r"[*`]", "", markdown)).strip()
