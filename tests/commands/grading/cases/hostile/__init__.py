"""Hostile submissions: what each tries, and how it must end.

    python -m tests.commands.grading.cases.hostile [NAME …]

prints what each does to plain nbgrader and to the engine.

A submission ends well with the score that its answers deserve (HONEST), or
with a reason that holds the words given. Whatever the end: nothing is
published, changed, called or left.
"""

from . import bends, cheats, reaches_out, reads, uses_up  # noqa: F401  fill CASES
from .case import CASES, HONEST
from .harm import LIMITS, end, engine, harm, plain
from .reads import READ_ENGINE

__all__ = ["CASES", "HONEST", "LIMITS", "READ_ENGINE", "end",
           "engine", "harm", "plain"]
