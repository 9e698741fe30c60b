"""A solution, run here: what its cells define."""

from collections.abc import Callable
from pathlib import Path

import pytest

from commands.exercises import notebooks
from helpers import data
from tests.support import ROOT

FILES = {file.stem: file for file in (ROOT / "solutions").glob("*/*.ipynb")}
# Cells that need more than Python and the layers: a server that runs, or
# the files of a trainee.
AT_A_DESK = {
    "e19_publish_and_change": {"start", "clients", "misled", "empty-ask",
                               "release-2", "loop"},
    "e21_action_plan": {"own-files"}}


def run(name: str, folder: Path, find: Callable[[str], Path] | None = None,
        change: Callable[[dict], None] | None = None) -> dict:
    """The names that the cells of a solution define, run in the folder;
    checks are left out. Paths are absolute, so that its functions find
    their files from anywhere.

    find: name → the path of a layer, if not the course's own.
    change: what happens to the names after the first cell, `setup`.
    """
    names = {"__name__": name, "display": lambda *_: None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "path", find or data.path)
        patch.chdir(folder)
        for cell in notebooks.read(FILES[name]).cells:
            if (cell.cell_type == "code" and "check.task" not in cell.source
                    and cell.id not in AT_A_DESK.get(name, ())):
                exec(cell.source, names)
                if cell.id == "setup" and change:
                    change(names)
    names.update({key: folder / value for key, value in names.items()
                  if isinstance(value, Path)})
    return names
