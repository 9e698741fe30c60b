"""What an instructor reads after grading: one page and two tables."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from commands.exercises import objectives
from commands.exercises.notebooks import NotebookError
from commands.exercises.objectives import Objective
from commands.grading import export, figures, roster
from commands.grading.alone import is_held
from commands.grading.results import REPORTS, NotebookResult, write_whole


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


def page(root: Path, day: str) -> Path:
    """Where the report of a day is."""
    return root / REPORTS / f"{day}.html"


def live(page: Path) -> Path:
    """Where the page is that loads itself again while a class is watched."""
    return page.with_name(f"{page.stem}_live.html")


def watching(page: Path) -> Path:
    """The file that a run holds while it watches."""
    return page.with_name(".watching.lock")


def write(file: Path, day: str, titles: dict[str, str],
          results: list[NotebookResult], extras: Extras,
          refresh: int | None = None,
          stretch: Collection[str] = ()) -> None:
    """reports/<day>.html, <day>.csv and <day>_tasks.csv. With refresh, also
    the page for the projector, which loads itself again after so many
    seconds. stretch: the notebooks that are no core exercise."""
    from commands.grading.pages import class_report

    def write_page(page, seconds):
        class_report.write(page, day, titles, results, extras.names,
                           extras.taught, extras.gain, seconds, stretch)
    write_page(file, None)
    if refresh:
        write_page(live(file), refresh)
    elif not is_held(watching(file)):  # else it is the other run's
        live(file).unlink(missing_ok=True)
    export.write(file, results, figures.tasks(results, stretch), extras.names)


def calm(page: Path) -> None:
    """After watching: the live page stays where browsers show it, and does
    not load itself again."""
    if live(page).exists():
        write_whole(live(page), re.sub(
            r'<meta http-equiv="refresh"[^<>]*>\n|'
            r'<p class="live">.*?</p>\n', "",
            live(page).read_text("utf-8"), flags=re.DOTALL))
