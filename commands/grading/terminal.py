"""`grade` in a terminal: a progress bar, then the results.

One row per trainee, one column per exercise; below, what a person must look
at. Names and words of trainees cannot control the terminal.
"""

import contextlib
import itertools
import math
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from commands.grading import Settings, grade, roster
from commands.grading.figures import core_points
from commands.grading.results import REPORTS
from commands.grading.submissions import NOT_HANDED_IN
from commands.terminal import out, printable_name

WIDEST_CODE = 24  # a longer one is folded


def command(day: str, settings: Settings, force: bool = False,
            console: Console = out) -> int:
    """Grade a day with a progress bar, then show the results. Returns the
    exit code: 1 if a trainee was not graded because the machine failed."""
    try:
        with ended_as_by_ctrl_c():
            results = grade(day, force=force, settings=settings,
                            say=console.print, track=bar(day, console))
    except KeyboardInterrupt:
        console.print("Stopped. Who is graded stays graded; the same command "
                      "grades the others.", soft_wrap=True)
        raise
    show(day, results, console)
    if settings and settings.names:
        _name_strangers(roster.names(settings.names), results, console)
    console.print(f"\nThe report: {REPORTS}/{day}.html, .csv · Scores: "
                  "gradebook.db · One page per trainee: feedback/",
                  soft_wrap=True)
    failed = len({r.student for r in results if r.failed})
    if failed:
        console.print(f"Not graded, because the machine failed: {failed} "
                      f"{_plural('trainee', failed)}. Grade again: the others "
                      "stay graded.", soft_wrap=True)
    return 0 if not failed and all(r.tasks or r.reasons
                                   for r in results) else 1


def bar(day: str, console: Console) -> Callable[[int], Iterator[int]]:
    """A progress bar for a number of trainees, as `grade` wants it."""
    def track(total):
        with Progress(TextColumn("{task.description}"), BarColumn(),
                      MofNCompleteColumn(), TextColumn("trainees, left:"),
                      TimeRemainingColumn(), console=console) as progress:
            yield from progress.track(range(total),
                                      description=f"Grading {day}")
    return track


def show(day: str, results: list, console: Console) -> None:
    """The table of points, and what a person must look at. results come
    sorted by trainee, as `grade` returns them."""
    if any(result.tasks for result in results):
        for table in _points(day, results, console):
            console.print(table)
        console.print("– not handed in, or not graded; * see below",
                      soft_wrap=True)
    else:
        console.print(f"No notebook of {printable_name(day)} was graded.",
                      soft_wrap=True)
    stretch = _stretch(results)
    if stretch:
        heads = _short({r.notebook: None for r in results if r.tasks})
        console.print(
            "Total: of the core exercises that somebody has handed in. "
            "Points of the stretch exercises "
            f"({', '.join(heads[name] for name in stretch)}) are added, up "
            "to the full number.", soft_wrap=True)
    skipped = len({r.student for r in results if r.skipped})
    if skipped:
        console.print(f"Graded before and not changed: {skipped} "
                      f"{_plural('trainee', skipped)}.", soft_wrap=True)
    remarks = _remarks(results)
    if remarks:
        table = Table(box=SIMPLE, show_edge=False)
        for head in ("Trainee", "Notebook", "What a person must look at"):
            table.add_column(head, overflow="fold")  # no path is cut
        for row in remarks:
            table.add_row(*row)
        console.print(table)


@contextlib.contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """A signal to end raises an exception, so that all is tidied up first."""
    def end(*_):
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), end)
              for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _points(day, results, console):
    """Tables with one row per trainee: the points of each exercise; in the
    last table their sum, and the points that a person has still to give. A
    narrow terminal gets several tables, each with the trainees."""
    names = list({r.notebook: None for r in results if r.tasks})
    wide = console.options.update(max_width=10_000)
    for count, space in itertools.product(
            range(1, max(len(names), 1) + 1), (1, 0)):
        size = max(math.ceil(len(names) / count), 1)
        parts = [names[start:start + size]
                 for start in range(0, len(names), size)] or [[]]
        tables = [_table(day if part is parts[0] else None, results, part,
                         part is parts[-1], space) for part in parts]
        if all(console.measure(table, options=wide).maximum <= console.width
               for table in tables):
            break
    return tables


def _table(day, results, names, is_last, space):
    """The points of these exercises. day: the title, or None. space: to the
    right of each column."""
    points = {r.notebook: r.points for r in results if r.tasks}
    heads = _short(points)
    core = core_points(results, _stretch(results))
    # of a fixed width: rich makes a column that may fold narrower, up to 0
    codes = [printable_name(result.student) for result in results]
    table = Table(title=day and printable_name(day), box=SIMPLE,
                  show_edge=False, padding=(0, space, 0, 0))
    table.add_column("Trainee", overflow="fold", width=min(
        WIDEST_CODE, max(map(cell_len, ["Trainee", *codes]))))
    for name in names:
        table.add_column(f"{heads[name]}\nof {points[name]:g}",
                         justify="right", no_wrap=True)
    if is_last:
        table.add_column(f"Total\nof {core:g}", justify="right",
                         no_wrap=True)
        table.add_column("By a\nperson", justify="right", no_wrap=True)
    for student, of_student in itertools.groupby(results, lambda r: r.student):
        by_notebook = {r.notebook: r for r in of_student}
        cells = [_cell(by_notebook.get(name, by_notebook.get("*")))
                 for name in names]
        table.add_row(printable_name(student), *cells,
                      *_sums(by_notebook, points, core) if is_last else ())
    return table


def _sums(by_notebook, points, core):
    """The total of one trainee, as the report counts it, and what a person
    has still to give."""
    waiting = sum(r.waiting for r in by_notebook.values())
    total = min(sum(r.score for r in by_notebook.values()), core)
    # A remark may be on a file that is in no column.
    lacks_sign = not any(
        "*" in _cell(by_notebook.get(name, by_notebook.get("*")))
        for name in points) and any(map(needs_a_person, by_notebook.values()))
    unknown = not any(r.graded for r in by_notebook.values()) and any(
        map(needs_a_person, by_notebook.values()))
    return (("–" if unknown else f"{total:g}") + "*" * lacks_sign,
            f"{waiting:g} to give" if waiting else "")


def _stretch(results):
    """The notebooks that are no core exercise, in the order of the table."""
    return list({r.notebook: None for r in results
                 if r.tasks and not r.is_core})


def _cell(result):
    """The points of one notebook."""
    if result is None:
        return "–"
    mark = "*" if needs_a_person(result) else ""
    return f"{result.score:g}{mark}" if result.graded else f"–{mark}"


def _short(notebooks):
    """Notebook → the head of its column: E03 for e03_crs_detective, if no
    other notebook begins with E03."""
    numbers = {name: name.partition("_")[0] for name in notebooks}
    counts = Counter(numbers.values())
    return {name: number.upper()
            if re.fullmatch(r"[ce]\d+", number) and counts[number] == 1
            else printable_name(name) for name, number in numbers.items()}


def _name_strangers(names, results, console):
    """Folders without a row in the file of names: a name may be mistyped."""
    codes = dict.fromkeys(printable_name(result.student)
                          for result in results
                          if result.student not in names)
    if codes:
        console.print(
            f"Not in the file of names: {', '.join(codes)}. Has a folder in "
            "submitted/ a wrong name? Rename it to the trainee's code, and "
            "grade again.", soft_wrap=True)


def needs_a_person(result) -> bool:
    """Is there a remark that a person must look at?"""
    return bool(result.reasons) and result.reasons != [NOT_HANDED_IN]


def _remarks(results):
    """Trainee, notebooks, reason. If several notebooks of a trainee have the
    same reason, it is shown once."""
    notebooks = {}
    for result in filter(needs_a_person, results):
        for reason in result.reasons:
            notebooks.setdefault((result.student, reason), []).append(
                result.notebook)
    return [(printable_name(student),
             ", ".join("all" if name == "*" else printable_name(name)
                       for name in names), printable_name(reason))
            for (student, reason), names in notebooks.items()]


def _plural(word, count):
    return word if count == 1 else word + "s"
