"""What `start.py audit` does: read, show, write."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from commands import audit as auditing
from commands.audit import machine, page, screen
from commands.system import must_be_writable
from commands.terminal import printable_name
from helpers.errors import CourseError


def audit(file: Path, console: Console, *, html: Path | None,
          json: Path | None, force: bool, **options: str | None) -> int:
    """Audit a file, print one screen, and write the reports that are asked
    for. Gives the exit code. Raises CourseError."""
    targets = {html: page.page, json: machine.text}
    targets.pop(None, None)
    if html and json and html.resolve() == json.resolve():
        raise CourseError(f"--html and --json both name {html}. Give two "
                          "names: the second would overwrite the first.")
    for target in targets:
        _may_write(target, file, force)
    with screen.running(console) as tell:
        report = auditing.audit(file, tell=tell, **options)
    screen.show(report, console)
    for target, make in targets.items():
        target.write_text(make(report), encoding="utf-8")
        console.print(f"Written: {printable_name(target)}")
    return report.exit_code


def _may_write(target: Path, file: Path, force: bool) -> None:
    """Before the work: nothing of the user's is overwritten."""
    if target.exists() and target.resolve() == file.resolve():
        raise CourseError(f"{target} is the file itself. Choose another "
                          "name for the report.")
    if target.exists() and not force:
        raise CourseError(f"{target} is there already. Choose another name, "
                          "or give --force.")
    if not target.parent.is_dir():
        raise CourseError(f"There is no folder {target.parent} for "
                          f"{target.name}. Make it first.")
    must_be_writable(target.parent)
