"""The micro-tasks of a lesson, answered by a test; and its words."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from nbclient import NotebookClient

from commands.exercises import notebooks, own_check

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


def lab(lesson: Path, cells: Iterable[str], folder: Path,
        answer: str = "") -> str:
    """Run these cells of a lesson in folder and, where there is an answer,
    its lab. Gives what the last cell printed; no cell may stop."""
    notebook = notebooks.read(lesson)
    wanted = [*cells] + ["lab-turn", "lab-turn-check"] * bool(answer)
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    assert len(notebook.cells) == len(wanted)
    for cell in notebook.cells:
        if cell.id == "lab-turn":
            cell.source = answer
    return list(_printed(notebook, folder).values())[-1]


def printed(lesson: Path, cells: Iterable[str], folder: Path,
            kernels) -> dict[str, str]:
    """id → what each of these cells printed, or its value as text."""
    notebook = notebooks.read(lesson)
    notebook.cells = [cell for cell in notebook.cells if cell.id in cells]
    return _printed(notebook, folder, kernels)


def _printed(notebook, folder: Path, kernels=None) -> dict[str, str]:
    assert own_check.execute(notebook, folder, kernels) == []
    assert [cell.outputs for cell in notebook.cells if any(
        one.output_type == "error" for one in cell.outputs)] == []
    return {cell.id: "".join(one.get("text", "") or one.get(
        "data", {}).get("text/plain", "") for one in cell.outputs)
        for cell in notebook.cells}


def defined(lesson: Path, cells: Iterable[str], folder: Path) -> Iterator:
    """Yield what these cells of a lesson define, when they run here, in
    folder: for a fixture."""
    known: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for cell in notebooks.read(lesson).cells:
            if cell.id in cells:
                exec(cell.source, known)
        yield known
