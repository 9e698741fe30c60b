"""reports/<day>.html: where the class stands, and what to repeat.

One page without scripts or anything from the network. This module makes its
content; its look is in templates/class_report.html.j2.
"""

import dataclasses
import os
import statistics
from collections.abc import Collection
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import jinja2

from commands.exercises.objectives import Objective
from commands.grading import figures
from commands.grading.results import write_whole
from commands.grading.submissions import ALL, NOT_HANDED_IN, NOTHING

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {figures.RIGHT: "●", figures.PARTLY: "◐", figures.WRONG: "✗",
         figures.UNANSWERED: "○", figures.TO_MARK: "…"}
MANY = 12  # codes in a row; more of them are folded


def write(file: Path, day: str, titles: dict[str, str], results: list,
          names: dict[str, str] | None = None,
          taught: dict[str, Objective] | None = None, gain=None,
          refresh: int | None = None,
          stretch: Collection[str] = ()) -> None:
    """Write the page of one day.

    titles: notebook → its title. results: what `grading.grade` returns.
    names: code → name; without it, no name is shown. taught: the objectives
    of the lessons. gain: the table of `gains.of_class`. refresh: seconds
    after which the page loads itself again: it is for the projector, so it
    says nothing of fewer than figures.LEAST trainees, and nothing of one.
    stretch: the notebooks that are no core exercise.
    """
    tasks = figures.tasks(results, stretch)
    taught, names = taught or {}, {} if refresh else names or {}
    reached = figures.reached(tasks, results, taught)
    if refresh:
        tasks = [dataclasses.replace(task, mistakes=[
                     mistake for mistake in task.mistakes
                     if mistake[1] >= figures.LEAST])
                 for task in tasks if task.marked >= figures.LEAST]
        reached = [one for one in reached if one.assessed >= figures.LEAST]
    titles = {name: (title or name) + (" (stretch)" if name in stretch
                                       else "")
              for name, title in titles.items()}
    page = _template("class_report.html.j2").render(
        day=day, refresh=refresh, still=f"{day}.html", figures=figures,
        names=names, signs=SIGNS, many=MANY,
        notebooks=[_notebook(name, title, results, tasks, refresh)
                   for name, title in titles.items()],
        titles=titles, heads=[title.partition(" · ")[0]
                              for title in titles.values()],
        tasks=tasks, repeat=figures.to_repeat(tasks),
        untouched=figures.untouched(tasks), has_stretch=bool(stretch),
        taught=taught, reached=reached,
        bins=figures.distribution(results, stretch),
        middle=_middle(figures.shares(results, stretch)),
        gain=None if gain is None else gain.astype(object).where(
            gain.notna(), None).to_dict("records"),
        core_points=figures.core_points(results, stretch),
        trainees=_trainees(day, titles, results, tasks),
        remarks=_remarks(results), unknown=_unknown(names, results),
        points_to_give=sum(result.waiting for result in results))
    file.parent.mkdir(exist_ok=True)
    # A folder's name may hold bytes that are not text.
    write_whole(file, page)


def _template(name):
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True).get_template(name)


def _middle(shares):
    """The median of the class, and the range of its middle half."""
    if not shares:
        return None
    values = sorted(shares.values())
    quarters = (statistics.quantiles(values, n=4, method="inclusive")
                if len(values) > 3 else None)
    return {"median": statistics.median(values), "quarters": quarters,
            "n": len(values)}


# --- one notebook of all trainees ------------------------------------------

def _notebook(name, title, results, tasks, refresh):
    """How the class has done in one notebook."""
    of_notebook = [task for task in tasks if task.notebook == name]
    return {"name": name, "title": title,
            "ungraded": "Nothing of it is graded yet." if refresh
            else _ungraded(name, results),
            "graded_count": sum(result.graded for result in results
                                if result.notebook == name),
            "hardest": _hardest(of_notebook), "tasks": of_notebook}


def _ungraded(name, results):
    """Why nobody's notebook of this name was graded, in sentences."""
    came = [result for result in results
            if _came(result) and result.notebook in (name, ALL)]
    failed = [result for result in came if result.failed]
    own = [result for result in came if result.notebook == name
           and NOT_HANDED_IN not in result.reasons and not result.failed]
    other = [result for result in came if result not in [*failed, *own]]
    said = []
    if own:
        said.append(f"{_trainees_have(own)} handed it in, and it could not "
                    "be graded.")
    elif not failed:
        said.append("Nobody has handed it in where it belongs." if other
                    else "Nobody has handed it in.")
    if failed:
        said.append(f"The work of {_count(failed)} was not graded, because "
                    "the machine failed: grade again.")
    if other:
        said.append(f"{_trainees_have(other)} handed in other files, or "
                    "elsewhere.")
    if own or other:
        said.append("“What a person must look at” says what to do.")
    return " ".join(said)


def _trainees_have(results):
    return f"{_count(results)} {'has' if len(results) == 1 else 'have'}"


def _count(results):
    return f"{len(results)} trainee{'' if len(results) == 1 else 's'}"


def _came(result):
    """Is there something, though it was not graded?"""
    return not result.graded and not {*result.reasons} <= {
        NOT_HANDED_IN, NOTHING}


def _hardest(tasks):
    """The task that the fewest trainees have solved, of the tasks that are
    marked for all; None when no task is marked."""
    marked = [task for task in tasks if task.is_marked]
    return min(marked, key=lambda task: task.count(figures.RIGHT),
               default=None)


# --- one row per trainee ---------------------------------------------------

def _trainees(day, titles, results, tasks):
    """A row for each trainee. results come sorted by trainee."""
    return [_trainee(day, code, titles, {r.notebook: r for r in of_one},
                     tasks)
            for code, of_one in groupby(results, lambda r: r.student)]


def _trainee(day, code, titles, own, tasks):
    cells = []
    for name in titles:
        result = own.get(name)
        if result is None or not result.graded:
            cells.append(None)
            continue
        page = f"{code}/{day}/{name}.html"
        cells.append({
            "page": f"../feedback/{quote(os.fsencode(page))}",
            "score": result.score, "points": result.points,
            "states": [(task.title, task.states[code]) for task in tasks
                       if task.notebook == name and code in task.states]})
    graded = [cell for cell in cells if cell]
    return {"code": code, "cells": cells,
            "score": sum(cell["score"] for cell in graded),
            "points_to_give": sum(own[name].waiting for name in titles
                                  if name in own and own[name].graded)}


def _remarks(results):
    """(trainee, notebook, reasons): what a person must look at."""
    return [(result.student, result.notebook, result.reasons)
            for result in results
            if result.reasons and result.reasons != [NOT_HANDED_IN]]


def _unknown(names, results):
    """Codes without a name, if names are shown."""
    codes = dict.fromkeys(result.student for result in results)
    return [code for code in codes if code not in names] if names else []
