"""The credits at the end of a notebook: sources and licences of the layers
that it loads, as data/datapackage.json states them.

    python -m commands.exercises.crediting

prints the credits of each notebook and says which notebooks have others.
`release` writes them as the last cell, with the id "credits".
"""

import json
from pathlib import Path

import nbformat

from commands.exercises import notebooks, uses
from helpers import data
from helpers.data import ROOT

CELL = "credits"
TITLE = "**Data of this notebook, their sources and licences**"


def text(notebook) -> str:
    """The credits in Markdown; "" for a notebook that loads no layer."""
    alike: dict[str, list[str]] = {}
    for name in uses.loads(notebook):
        alike.setdefault(_source(data.info(name)), []).append(f"`{name}`")
    return "\n".join([TITLE, "", *(
        f"- {', '.join(names)}: {source}" for source, names in alike.items()
    )]) if alike else ""


def put(lines: str, notebook) -> None:
    """Make these credits the last cell of a notebook; its old credits are
    removed."""
    notebook.cells = [cell for cell in notebook.cells
                      if cell.get("id") != CELL]
    if lines:
        notebook.cells.append(nbformat.v4.new_markdown_cell(
            lines, id=CELL))


def have_credits(notebook) -> bool:
    """Does a notebook have its own credits, once, in its last cell?"""
    lines = text(notebook)
    there = [(index, cell.source) for index, cell
             in enumerate(notebook.cells, 1) if cell.get("id") == CELL]
    return there == ([(len(notebook.cells), lines)] if lines else [])


def without_them(root: Path = ROOT) -> list[Path]:
    """The lessons and solutions without credits, or with other credits."""
    return [file for file in uses.all_notebooks(root)
            if not have_credits(notebooks.read(file))]


def write(file: Path) -> None:
    """Write a notebook's credits into its file. Nothing else in it changes,
    not even the order of the keys."""
    lines = text(notebooks.read(file))
    content = json.loads(file.read_text(encoding="utf-8"))
    content["cells"] = [cell for cell in content["cells"]
                        if cell.get("id") != CELL]
    if lines:
        content["cells"].append({
            "cell_type": "markdown", "id": CELL, "metadata": {},
            "source": lines.splitlines(keepends=True)})
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n",
                    encoding="utf-8", newline="\n")


def _source(layer: dict) -> str:
    """What the credits say about all layers of one source."""
    sources = "; ".join(_link(source) for source in layer["sources"])
    licences = ", ".join(_link(licence) for licence in layer["licenses"])
    return "".join([
        "**fictional**; " if layer["fictional"] else "", sources, ". ",
        licences[:1].upper(), licences[1:], ".",
        f" Changed by the course: {layer['changes']}." if "changes" in layer
        else ""])


def _link(item: dict) -> str:
    """A source or a licence, with its address if it has one."""
    title = item.get("title") or item["name"]
    return f"[{title}]({item['path']})" if "path" in item else title


def main() -> None:
    """Print the credits of each notebook."""
    for file in uses.all_notebooks():
        notebook = notebooks.read(file)
        print("✓" if have_credits(notebook) else "✗",
              file.relative_to(ROOT).as_posix())
        print(text(notebook) + "\n")


if __name__ == "__main__":
    main()
