"""The sessions of a day, as the metadata of its lessons say."""

from dataclasses import dataclass
from pathlib import Path

from commands.exercises import notebooks
from helpers.data import ROOT

PARTS = ("story", "concept", "lab", "exercise", "debrief")


@dataclass(frozen=True)
class Session:
    """One lesson. minutes: part → minutes, in the order of PARTS."""
    number: str
    title: str
    lesson: Path
    minutes: dict[str, int]
    exercises: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.minutes.values())


def sessions(day: str, root: Path = ROOT) -> list[Session]:
    """The sessions of a day, in their order."""
    found = []
    for file in sorted((root / "course" / day).glob("s[0-9]*.ipynb")):
        course = notebooks.read(file).metadata["course"]
        found.append(Session(
            course["session"], course["title"], file,
            {part: course["minutes"][part] for part in PARTS},
            tuple(course["exercises"])))
    return found
