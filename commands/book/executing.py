"""The notebooks of the book, executed side by side before Sphinx reads them.

The notebooks of one folder run one after another: they share its output/.
The folders run side by side. Sphinx then executes nothing: it takes the
outputs from here (sphinx_extension.py).
"""

import contextlib
import fnmatch
import hashlib
import importlib.metadata
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from commands.exercises import notebooks
from helpers.explore import show

SIDE_BY_SIDE = min(4, os.cpu_count() or 1)
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)
# What nearly every notebook imports: warm kernels have it when they begin.
COMMON = ["ipykernel.kernelapp", "IPython.core.ultratb", "debugpy",
          "geopandas", "pandas", "pyproj", "folium", "ipywidgets",
          "matplotlib.pyplot", "helpers.check", "helpers.explore",
          "helpers.maps", "helpers.data"]
SHOWN_OF_A_CELL = 12  # lines
KEY = "made_from.txt"  # what the executed notebooks of a folder are made from
MADE = {"output", "__pycache__", ".ipynb_checkpoints"}


def execute(pages: list[str], root: Path, to: Path,
            again: bool = False) -> list[str]:
    """Execute those pages that are notebooks; write them to the folder to.

    Obeys `execute` of root's _config.yml. again: leave a folder whose
    executed notebooks are there, if no file has changed that they could
    read. Returns what failed: for each notebook that stopped, its page, the
    cell and the error.
    """
    settings = yaml.safe_load(
        (root / "_config.yml").read_text("utf-8")).get("execute", {})
    folders = defaultdict(list)
    for page in sorted(pages):
        file = root / f"{page}.ipynb"
        if file.is_file() and not _is_excluded(page, settings):
            folders[file.parent].append(page)
    keys = {folder: _key(folder, root) for folder in folders}
    places = {folder: to / folder.relative_to(root) for folder in folders}
    if again:
        folders = {folder: some for folder, some in folders.items()
                   if not _is_made(some, to, places[folder], keys[folder])}

    with _kernels(root) as manager, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        def run(folder):
            (places[folder] / KEY).unlink(missing_ok=True)
            failed = [
                _run(page, root, to, settings.get("timeout", 30), manager)
                for page in folders[folder]]
            if not any(failed):
                (places[folder] / KEY).write_text(keys[folder], "utf-8")
            return failed
        longest_first = sorted(folders, key=lambda f: -len(folders[f]))
        failures = [failure for results in pool.map(run, longest_first)
                    for failure in results]
    return sorted(filter(None, failures))


def _is_excluded(page, settings):
    return any(fnmatch.fnmatch(f"{page}.ipynb", pattern)
               for pattern in settings.get("exclude_patterns", ()))


def _is_made(pages, to, place, key):
    key_file = place / KEY
    return key_file.is_file() and key_file.read_text("utf-8") == key and all(
        (to / f"{page}.ipynb").is_file() for page in pages)


def _key(folder, root):
    """A sum of all that the notebooks of a folder can read: the folder,
    what is no notebook or text in the others, helpers, data, packages."""
    files = list(folder.rglob("*"))
    for name in ("course", "solutions", "helpers", "commands", "data"):
        files += [file for file in (root / name).rglob("*")
                  if file.suffix not in {".ipynb", ".md", ".css"}]
    packages = sorted(f"{one.name} {one.version}"
                      for one in importlib.metadata.distributions())
    key = hashlib.sha256("\n".join(packages).encode())
    for file in [root / "_config.yml", *sorted(set(files))]:
        if file.is_file() and not MADE & set(file.parts):
            key.update(f"{file.relative_to(root)}\n".encode())
            key.update(hashlib.sha256(file.read_bytes()).digest())
    return key.hexdigest()


@contextlib.contextmanager
def _kernels(root) -> Iterator[type]:
    """Warm kernels that print no widgets; where none can be forked, ordinary
    ones, which inherit the environment."""
    from commands.grading.cage.client import AwakeManager
    from commands.grading.cage.kernels import WarmKernels
    if not WarmKernels.possible:
        yield AwakeManager
        return
    with WarmKernels() as warm:
        warm.learn(COMMON)
        yield warm.manager(environment=environment(root))


def environment(root: Path) -> dict[str, str]:
    """What kernels of a book must know: they import these very helpers,
    also in a copy of the course, and nobody can move a widget."""
    path = filter(None, [str(root), os.environ.get("PYTHONPATH")])
    return {show.STATIC: "1", "PYTHONUTF8": "1",
            "PYTHONPATH": os.pathsep.join(path)}


def _run(page, root, to, timeout, manager):
    """Execute one notebook. Returns why it failed, or None."""
    source, target = root / f"{page}.ipynb", to / f"{page}.ipynb"
    notebook = notebooks.read(source)
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3",
        resources={"metadata": {"path": str(source.parent)}},
        kernel_manager_class=manager)
    try:
        client.execute()
    except FAILURES as failure:
        return f"{page} stopped in this cell:\n{_failed_cell(str(failure))}"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return None


def _merge_streams(outputs):
    """What one cell prints is one text. A kernel cuts it anywhere, and
    myst_nb would begin a new line at each cut."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output.output_type == "stream" and (
                last.get("name") == output.name):
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _failed_cell(report):
    """The cell and the error of a traceback, without its frames."""
    report = re.sub(r"\x1b\[[0-9;]*m", "", report).strip()
    cell = re.search(r"-{10,}\n(.*?)\n-{10,}", report, re.DOTALL)
    lines = cell[1].splitlines()[:SHOWN_OF_A_CELL] if cell else []
    return "\n".join("    " + line
                     for line in [*lines, report.splitlines()[-1]])
