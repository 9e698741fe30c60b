"""What the tests share."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def needs(program: str) -> str:
    """The program's path. A user's machine may lack it: then the test is
    skipped by name. CI installs it: there its absence is a failure.
    """
    path = shutil.which(program)
    if path:
        return path
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    missing(f"{program} is not installed on this machine")
