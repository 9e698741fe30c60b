"""How the own check's report looks in a terminal."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.exercises.own_check import Report, TaskResult
from commands.terminal import printable, printable_name


def running(notebook: Path, console: Console):
    """What is shown while a notebook runs, used as a context."""
    return console.status(Text(
        f"Running {printable_name(notebook.name)} from top to bottom …"))


def show(report: Report, console: Console) -> None:
    """Points per task, then what failed and why, then the sum."""
    table = Table("Task", "Points", "")
    for result in report.results:
        table.add_row(printable_name(result.title), *_verdict(result))
    console.print(table)
    for paragraph in _paragraphs(report):
        console.print(f"\n{printable(paragraph)}", soft_wrap=True)


def _verdict(result: TaskResult) -> tuple[str, str]:
    """Points, and what they mean."""
    if result.passed is None:
        return f"– of {result.points:g}", "marked by a person"
    if result.passed:
        return f"{result.points:g} of {result.points:g}", "right so far"
    return f"0 of {result.points:g}", "not yet"


def _paragraphs(report):
    # Cells that did not run all give the same reason: show it once.
    yield from dict.fromkeys(result.feedback for result in report.results
                             if result.feedback)
    for reason in report.reasons:
        yield f"{reason[0].upper()}{reason[1:]}"
    for name in report.missing:
        yield (f"The cell '{name}' is missing: it scores nothing. Take it "
               "back from the exercise.")
    if not report.of_the_course:
        yield ("This is no exercise of the course: the tasks and their points "
               "are what the notebook itself says.")
    yield (f"{report.earned:g} of {report.automatic:g} points so far; "
           "grading also tries your functions on other data.")
