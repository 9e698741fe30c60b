"""reports/<day>.csv and reports/<day>_tasks.csv: the report for a
spreadsheet."""

import csv
import io
from pathlib import Path

from commands.grading import figures
from commands.grading.results import NotebookResult, write_whole

# A spreadsheet reads a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(report: Path, results: list[NotebookResult],
          tasks: list[figures.Task], names: dict[str, str] | None) -> None:
    """Write both beside the report (reports/<day>.html)."""
    _write(report.with_name(f"{report.stem}.csv"),
           _trainees(results, tasks, names))
    _write(report.with_name(f"{report.stem}_tasks.csv"), _tasks(tasks))


def _trainees(results, tasks, names):
    """One row per trainee: points per notebook (empty: not graded) and the
    state of each task."""
    notebooks = list(dict.fromkeys(task.notebook for task in tasks))
    yield ["code", *(["name"] if names else []), *notebooks, "total",
           "to_be_marked",
           *(f"{task.notebook}: {task.grade_id}" for task in tasks)]
    for code in dict.fromkeys(result.student for result in results):
        own = {r.notebook: r for r in results if r.student == code}
        graded = {name: own[name] for name in notebooks
                  if name in own and own[name].graded}
        yield [code, *([names.get(code, "")] if names else []),
               *(f"{graded[name].score:g}" if name in graded else ""
                 for name in notebooks),
               f"{sum(r.score for r in graded.values()):g}",
               f"{sum(r.waiting for r in graded.values()):g}",
               *(task.states.get(code, "") for task in tasks)]


def _tasks(tasks):
    """One row per task. Empty: there is no number."""
    yield ["notebook", "task", "title", "points", "trainees", "right",
           "partly_right", "wrong", "not_answered", "to_be_marked",
           "average", "discrimination", "discrimination_n", "remark",
           "most_frequent_mistake", "times", "objectives"]
    for task in tasks:
        mistake, times = (task.mistakes or [("", "")])[0]
        yield [task.notebook, task.grade_id, task.title, f"{task.points:g}",
               len(task.states), *map(task.count, (
                   figures.RIGHT, figures.PARTLY, figures.WRONG,
                   figures.UNANSWERED, figures.TO_MARK)),
               _number(task.average), _number(task.discrimination),
               task.compared, task.remark, mistake, times,
               " ".join(task.objectives)]


def _number(value):
    return "" if value is None else round(value, 3)


def _write(file, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([
            f"'{value}" if isinstance(value, str) and value.startswith(
                _FORMULA) else value for value in row])
    # Spreadsheets know by the first sign that it is UTF-8.
    write_whole(file, "\ufeff" + text.getvalue())
