"""What tests share that is no fixture: where things are, what is there."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "test-output"  # what a person may look at afterwards


def needs(program: str) -> str:
    """The program's path. A user's machine may lack it: then the test is
    skipped by name. CI installs it: there its absence is a failure.
    """
    path = shutil.which(program)
    if path:
        return path
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    return missing(f"{program} is not installed on this machine")


def no_network() -> list[str]:
    """Words to put before a command that runs without any network but the
    loopback: a network namespace of its own. Empty where bubblewrap lacks;
    tests/repository/test_offline.py proves that it cuts.
    """
    bwrap = shutil.which("bwrap")
    return [bwrap, "--dev-bind", "/", "/", "--unshare-net",
            "--die-with-parent"] if bwrap else []


def in_course(course: Path) -> dict[str, str]:
    """The environment in which `python -m commands` is the copy's own."""
    return os.environ | {"PYTHONPATH": str(course), "PYTHONUTF8": "1"}
