"""The micro-tasks of a lesson, answered by a test; and its words."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbclient import NotebookClient

from commands.exercises import notebooks

GAP = re.compile(r"^\w+ = \.\.\..*$", re.MULTILINE)


@contextlib.contextmanager
def opened(lesson: Path, folder: Path, kernels, cells: Iterable[str],
           prefix: str = "") -> Iterator:
    """A kernel in which these cells of the lesson have run, in folder. Gives
    a function: what the check of a micro-task says about an answer, which
    takes the place of the starter's line with `...`."""
    notebook = notebooks.read(lesson)
    places = {cell.id: (index, cell)
              for index, cell in enumerate(notebook.cells)}
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        **({"kernel_manager_class": kernels} if kernels else {}))

    def said(task, answer):
        index, starter = places[f"{prefix}{task}-turn"]
        at, check = places[f"{prefix}{task}-turn-check"]
        given = starter.source
        starter.source = GAP.sub(lambda _: answer, given)
        assert starter.source != given, task
        client.execute_cell(starter, index)
        client.execute_cell(check, at)
        starter.source = given
        return "".join(one.get("text", "") for one in check.outputs)

    with client.setup_kernel():
        for name in cells:
            index, cell = places[name]
            client.execute_cell(cell, index)
        yield said


def is_named(said: str, words: str) -> None:
    """A wrong answer was refused in these words, without a traceback."""
    assert said.startswith("✗"), said
    assert words in said and "Traceback" not in said


def prose(lesson: Path) -> str:
    """The texts of a lesson on one line."""
    return " ".join("\n".join(
        cell.source for cell in notebooks.read(lesson).cells
        if cell.cell_type == "markdown").split())
