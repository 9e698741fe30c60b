"""Any world: every lesson and every solution runs on the data of another
seed, and each check of it says right. What the notebooks load there is what
the derived lists say that they load."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from commands import make_data
from commands.exercises import notebooks, uses
from tests.notebooks.test_lessons import turns

SEED = 7
NOTEBOOKS = uses.all_notebooks()
# Run before a notebook; leaves no name of its own that a cell could change.
OTHER_WORLD = """\
def _other_world():
    from pathlib import Path
    from helpers import data, maps
    data.DATA = Path({world!r})
    data._resources.cache_clear()
    maps._outlines.cache_clear()
    info = data.info
    def told(name):
        with open({asked!r}, "a") as file:
            print(name, file=file)
        return info(name)
    data.info = told
_other_world()"""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """data/ of another seed: valid in itself, checksums included."""
    folder = tmp_path_factory.mktemp("world")
    make_data.make(folder, SEED)
    return folder


@pytest.mark.parametrize("file", NOTEBOOKS, ids=[
    file.stem for file in NOTEBOOKS])
def test_a_notebook_runs_in_another_world(file, world, kernels, tmp_path):
    notebook = notebooks.read(file)
    expected = set(uses.loads(notebook))
    asked = tmp_path / "asked.txt"
    asked.touch()
    for starter, _, answer in turns(notebook):
        starter.source = answer
    notebook.cells.insert(0, nbformat.v4.new_code_cell(OTHER_WORLD.format(
        world=str(world), asked=str(asked))))
    work = tmp_path / "work"
    work.mkdir()
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", allow_errors=True,
        resources={"metadata": {"path": str(work)}},
        **({"kernel_manager_class": kernels} if kernels else {})).execute()
    found = wrong(notebook)
    assert not found, "\n".join(f"--- cell {name}: {said}"
                                for name, said in found.items())
    # The lists in data/README.md and the credits are derived without
    # running anything: here is what was really loaded.
    loaded = set(asked.read_text().split())
    code = "".join(cell.source for cell in notebook.cells)
    if "environment.report(" in code:
        assert expected <= loaded  # it compares the checksum of each layer
    else:
        assert expected == loaded


def wrong(notebook) -> dict[str, str]:
    """Cell → what it said, where it failed or a check found a mistake."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        said = "\n".join(
            f"{output.ename}: {output.evalue}" if output.output_type ==
            "error" else output.get("text", "") for output in cell.outputs)
        failed = any(output.output_type == "error" for output in cell.outputs)
        if cell.metadata.get("nbgrader", {}).get("grade") and (
                not cell.metadata.nbgrader.solution):
            score, most = determine_grade(cell)
            failed |= score != most
        if "check.your_turn(" in cell.source:
            failed |= not said.startswith("✓")
        if failed:
            found[cell.id] = said.strip()
    return found
