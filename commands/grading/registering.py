"""Enter a day's exercises in gradebook.db, as nbgrader reads them."""

import contextlib
import os
import re
import sys
import tempfile
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI
from nbgrader.utils import temp_attrs

from commands.exercises.notebooks import NotebookError, read
from commands.grading import patches
from commands.grading.results import REPORTS


def register(day: str, config, log: Path) -> dict:
    """The day's exercises, by name, as trainees got them. What nbgrader logs
    goes to the file log.

    They are derived into a folder of their own: exercises/ is not changed.
    """
    api = NbGraderAPI(config=config)
    with (tempfile.TemporaryDirectory() as release, _quiet(log),
          patches.registration()):
        with temp_attrs(api.coursedir, release_directory=release):
            done = api.generate_assignment(day)
        if not done["success"]:
            raise NotebookError(_why_not(day, done.get("log", "")
                                         + done["error"]))
        return {file.stem: read(file)
                for file in sorted(Path(release, day).glob("*.ipynb"))}


def _why_not(day, log):
    if "there are submissions associated" in log:
        return ("gradebook.db holds scores for an older version of "
                f"{day}: its exercises have other tasks now. Rename "
                "gradebook.db to keep it, then grade again.")
    return (f"nbgrader could not read the exercises of {day}: "
            f"{_first_error(log)}\nSee {REPORTS}/{day}.log")


def _first_error(log):
    """The first error in what nbgrader has logged (others follow from it),
    with its notebook."""
    notebooks = re.findall(r"Converting notebook .*?([^/\\\n]+)$", log,
                           re.MULTILINE)
    errors = re.findall(r"^ *([\w.]+(?:Error|Exception): .+)$", log,
                        re.MULTILINE)
    return ": ".join([*notebooks[-1:], *errors[:1]]) or "it gives no reason"


@contextlib.contextmanager
def _quiet(file):
    """While this lasts, the terminal's stderr goes to a file."""
    with file.open("a", encoding="utf-8", errors="replace") as log:
        sys.stderr.flush()
        terminal = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            with contextlib.redirect_stderr(log):
                yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
    if not file.stat().st_size:
        file.unlink()
