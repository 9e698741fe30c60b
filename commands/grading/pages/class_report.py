"""reports/<day>.html: which tasks are difficult, and each trainee's scores.

One page without scripts or anything from the network. This module makes its
content; its look is in templates/class_report.html.j2.
"""

import os
from collections import Counter
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import jinja2

from commands.grading.results import write_whole

TEMPLATES = Path(__file__).parent / "templates"


def write(file: Path, day: str, titles: dict[str, str], results: list):
    """Write the page of one day.

    titles: notebook → its title. results: what `grading.grade` returns.
    """
    page = _template("class_report.html.j2").render(
        day=day,
        notebooks=[_notebook(name, title, results)
                   for name, title in titles.items()],
        trainees=_trainees(day, results),
        points_to_give=sum(result.waiting for result in results))
    file.parent.mkdir(exist_ok=True)
    # A folder's name may hold bytes that are not text.
    write_whole(file, page)


def _template(name):
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True).get_template(name)


# --- one notebook of all trainees ------------------------------------------

def _notebook(name, title, results):
    """How the class has done in one notebook."""
    graded = [result for result in results
              if result.notebook == name and result.graded]
    return {"name": name, "title": title or name,
            "graded_count": len(graded),
            "hardest": _hardest(_columns(graded)),
            "tasks": [_task(column) for column in _columns(graded)]}


def _columns(results):
    """The tasks of one notebook, each as a list over the trainees."""
    return list(zip(*(result.tasks for result in results)))


def _hardest(columns):
    """The task that the fewest trainees have solved, of the tasks that are
    marked for all; None when no task is marked."""
    marked = [_task(column) for column in columns
              if all(task.score is not None for task in column)]
    return min(marked, key=lambda task: task["earned_count"], default=None)


def _task(column):
    """How the class has done in one task."""
    scores = [task.score for task in column if task.score is not None]
    return {"title": column[0].title, "points": column[0].points,
            "marked_count": len(scores),
            "earned_count": sum(score >= column[0].points
                                for score in scores),
            "average": sum(scores) / len(scores) if scores else None,
            "to_mark_count": len(column) - len(scores),
            "frequent_findings": Counter(
                task.found for task in column if task.found).most_common(3)}


# --- all notebooks of one trainee ------------------------------------------

def _trainees(day, results):
    """Name, and a row for each notebook, of each trainee. results come
    sorted by trainee."""
    return [(name, [_row(day, result) for result in of_one])
            for name, of_one in groupby(results, lambda r: r.student)]


def _row(day, result):
    findings = [f"{task.title}: {task.found}" for task in result.tasks
                if task.found and result.graded]
    page = f"{result.student}/{day}/{result.notebook}.html"
    return {"notebook": result.notebook,
            "page": f"../feedback/{quote(os.fsencode(page))}"
            if result.graded else None,
            "score": result.score if result.tasks else None,
            "points": result.points, "points_to_give": result.waiting,
            "remarks": [*result.reasons, *findings]}
