"""JupyterLab with the course's settings, opened on the welcome page."""

import os
import subprocess
import sys
from pathlib import Path

from helpers.data import ROOT

WELCOME = "course/index.md"
SETTINGS = Path(__file__).parent / "config"


def open_lab(arguments: list[str]) -> int:
    """Run JupyterLab until it is stopped; returns its exit code.

    arguments are JupyterLab's own, for example ["--no-browser"].
    """
    others = os.environ.get("JUPYTER_CONFIG_PATH", "")
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            filter(None, [str(SETTINGS), others])),
        # nbgrader and the terminals of JupyterLab start programs by name
        "PATH": os.pathsep.join(
            [str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    return subprocess.call(
        [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}",
         f"--LabApp.default_url=/lab/tree/{WELCOME}", *arguments],
        cwd=ROOT, env=environment)
