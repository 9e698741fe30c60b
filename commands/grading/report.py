"""What an instructor reads after grading: one page and two tables."""

from dataclasses import dataclass
from pathlib import Path

from commands.exercises import objectives
from commands.exercises.notebooks import NotebookError
from commands.exercises.objectives import Objective
from commands.grading import export, figures, roster
from commands.grading.results import NotebookResult


@dataclass(frozen=True)
class Extras:
    """What a report shows beside the results. names: code → name, of a file
    that the instructor gives; without it, no name appears. taught: the
    objectives of the lessons. gain: the table of `gains.of_class`."""
    names: dict[str, str] | None = None
    taught: dict[str, Objective] | None = None
    gain: object = None


def extras(root: Path, names: Path | None = None,
           quiz: Path | None = None) -> Extras:
    """Read them, before anybody is graded: a wrong file is told at once."""
    gain = None
    if quiz:
        from commands.exercises import gains  # pandas is slow to import
        gain = gains.of_class(quiz)
    try:
        taught = objectives.taught(root)
    except (NotebookError, KeyError):  # a lesson must not stop a report
        taught = {}
    return Extras(roster.names(names) if names else None, taught, gain)


def write(file: Path, day: str, titles: dict[str, str],
          results: list[NotebookResult], extras: Extras) -> None:
    """reports/<day>.html, <day>.csv and <day>_tasks.csv."""
    from commands.grading.pages import class_report
    class_report.write(file, day, titles, results, extras.names,
                       extras.taught, extras.gain)
    export.write(file, results, figures.tasks(results), extras.names)
