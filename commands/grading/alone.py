"""Only one run at a time: it holds a file."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import filelock

from commands.exercises.notebooks import NotebookError


class AnotherRun(NotebookError):
    """Another run holds the file. The message says what to do."""


@contextlib.contextmanager
def alone(file: Path, doing: str = "grading") -> Iterator[None]:
    """Hold the file, or raise AnotherRun at once."""
    try:
        with filelock.FileLock(file, timeout=0):
            yield
    except filelock.Timeout:
        raise AnotherRun(
            f"Another run is {doing} this course: it holds {file}.\nWait "
            "until it has ended, then grade again.") from None


def is_held(file: Path) -> bool:
    """Does a run hold the file now?"""
    if not file.exists():
        return False
    try:
        with filelock.FileLock(file, timeout=0):
            return False
    except filelock.Timeout:
        return True
