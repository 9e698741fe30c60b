"""An audit in the terminal: one screen."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from commands.audit.findings.subject import plural
from commands.audit.model import GROUPS, Finding
from commands.audit.report import SEVERITIES, Layer, Report
from commands.terminal import printable_name

MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"),
         "note": ("·", "blue")}
MOST_LINES = 14  # findings of one layer
MOST_LAYERS = 3


@contextlib.contextmanager
def running(console: Console) -> Iterator[Callable[[str], None]]:
    """Shows how far an audit is; gives what is to be told each step. It
    shows nothing where nobody looks, and goes away at the end."""
    columns = (TextColumn("{task.description}"), BarColumn(),
               TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True,
                  disable=not console.is_terminal) as progress:
        task = progress.add_task("reading", total=1 + len(GROUPS))

        def tell(step: str) -> None:
            done = 0 if step == "reading" else 1 + GROUPS.index(step)
            progress.update(task, description=step, completed=done)
        yield tell


def show(report: Report, console: Console) -> None:
    """Each layer: what it is, its findings, its score and why."""
    for layer in report.layers[:MOST_LAYERS]:
        _head(layer, console)
        if layer.findings:
            console.print(_findings(layer))
        _score(layer, console)
    rest = len(report.layers) - MOST_LAYERS
    if rest > 0:
        console.print(f"… and {rest} more layers: --layer NAME, or --html.")
    counts = {severity: sum(one.severity == severity
                            for one in report.findings)
              for severity in SEVERITIES}
    said = ", ".join(f"{count} {name}{'' if count == 1 else 's'}"
                     for name, count in counts.items())
    console.print(Text(f"{report.verdict}: {said}",
                       style="green" if report.clean else "bold"))


def _head(layer: Layer, console: Console) -> None:
    source = layer.source
    crs = getattr(source.table, "crs", None)
    facts = [source.format, plural(len(source.table), "row"),
             plural(len(layer.columns), "column"),
             crs.to_string()[:20] if crs else "a table without places"
             if layer.not_judged else "no CRS declared"]
    console.print(Text(printable_name(layer.title), style="bold"),
                  Text("· " + " · ".join(facts)))
    for key in ("encoding", "delimiter", "decimal", "x", "y", "crs",
                "measures"):
        if key in source.evidence:
            console.print(Text(printable_name(
                f"  {key}: {source.evidence[key]}"), style="dim"),
                no_wrap=True, overflow="ellipsis")


def _findings(layer: Layer) -> Table:
    """One line per code, the worst first."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), expand=True,
                  show_edge=False)
    table.add_column("", width=1)
    table.add_column("finding", no_wrap=True, min_width=19)
    table.add_column("times", justify="right", min_width=5)
    table.add_column("what", overflow="ellipsis", no_wrap=True, ratio=1)
    by_code: dict[str, list[Finding]] = {}
    for one in sorted(layer.findings,
                      key=lambda one: SEVERITIES.index(one.severity)):
        by_code.setdefault(one.code, []).append(one)
    for code, same in list(by_code.items())[:MOST_LINES]:
        mark, style = MARKS[same[0].severity]
        more = f"{len(same)} times; " if len(same) > 1 else ""
        table.add_row(Text(mark, style), Text(code, style),
                      f"{sum(one.count for one in same):,}",
                      Text(printable_name(more + same[0].says)))
    if len(by_code) > MOST_LINES:
        table.add_row("", "…", "", f"{len(by_code) - MOST_LINES} more: see "
                      "--html FILE")
    return table


def _score(layer: Layer, console: Console) -> None:
    console.print(Text(f"Score {layer.score} of 100:", style="bold"), Text(
        "; ".join(f"{loss.group} {loss.left}/{loss.points}"
                  for loss in layer.losses if loss.points)))
    if layer.not_judged:
        console.print("  A table without places: coordinates and geometry "
                      "were not judged.", soft_wrap=True)
    lost = [f"{loss.group}: {loss.words}" for loss in layer.losses
            if loss.costs]
    if lost:
        console.print(Text("  " + " · ".join(lost), style="dim"),
                      soft_wrap=False)
