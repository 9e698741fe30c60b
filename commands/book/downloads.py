"""What an exercise needs, to take away from its page of the book.

A local extension of Sphinx. Each exercise gets one zip: the notebook, the
layers of data that it loads, and the helpers that it imports. Its folder
works by itself: JupyterLab started there runs the notebook. The page offers
the zip and the notebook alone, and says how to open them.
"""

import io
import json
import zipfile
from html import escape
from pathlib import Path

from commands.exercises import notebooks, uses
from helpers import data
from helpers.data import ROOT

FOLDER = "_downloads/exercises"
EXERCISES, SOLUTIONS = "exercises/", "solutions/"
BUILT = {"__pycache__", "_build", "node_modules"}  # by programs, from sources
MADE = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip
WITH_IT = ("requirements.txt", "LICENSE", "LICENSE-content")
READ_ME = """{title}

{notebook}   the exercise
data/        the data that it loads, listed below
helpers/     the checks and other functions that it imports

To work on it, in a terminal, in this folder (Python 3.11 to 3.13):

    python -m venv .venv
    .venv/bin/python -m pip install -r requirements.txt
    .venv/bin/python -m jupyterlab {notebook}

On Windows, write .venv\\Scripts\\python instead of .venv/bin/python. The
second line needs the internet, once. If you have the whole course, you need
none of this: start JupyterLab there (python3 start.py; on Windows
py start.py) and open {page}.ipynb.

Data

{layers}
Code: MIT licence (LICENSE). Texts and own data: CC BY 4.0 (LICENSE-content).
"""
BOX = """<aside class="downloads" aria-label="Files of this exercise">
<p class="downloads-title">Files of this exercise</p>
<ul>
<li><a href="{zip}" download>Everything in one zip</a>, {size}: the notebook,
{layers} and the helpers that it imports.</li>
<li><a href="{notebook}" download>The notebook alone</a>, for those who have
the course.</li>{solution}
</ul>
<details><summary>How to open it in JupyterLab</summary>
<p><b>You have the course:</b> run <code>python3 start.py</code> in its folder
(on Windows <code>py start.py</code>). In JupyterLab, open
<code>{page}.ipynb</code>.</p>
<p><b>You have the zip only:</b> unpack it. In a terminal in the new folder
(Python 3.11 to 3.13; the second line needs the internet, once):</p>
<pre>python -m venv .venv
.venv/bin/python -m pip install -r requirements.txt
.venv/bin/python -m jupyterlab {name}.ipynb</pre>
<p>On Windows, write <code>.venv\\Scripts\\python</code> instead of
<code>.venv/bin/python</code>.</p>
</details></aside>
"""


def setup(app):
    """Sphinx calls this."""
    app.connect("html-page-context", _offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _offer(app, page, template, context, doctree):
    """The box below the title of an exercise, and the files behind it."""
    file = Path(app.srcdir, f"{page}.ipynb")
    if doctree is None or not page.startswith(EXERCISES) or (
            not file.is_file()):
        return
    solution = page.replace(EXERCISES, SOLUTIONS, 1)
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    layers = needed(file, Path(app.srcdir, f"{solution}.ipynb"))
    content = packed(file, page, layers)
    (folder / f"{file.stem}.zip").write_bytes(content)
    (folder / file.name).write_bytes(file.read_bytes())
    there = context["pathto"](FOLDER, True)
    answer = solution in app.env.found_docs and (
        f'\n<li><a href="{context["pathto"](solution)}">One right solution'
        "</a>, folded. Try the exercise first.</li>")
    box = BOX.format(
        zip=f"{there}/{file.stem}.zip", size=_size(len(content)),
        layers=_counted(layers), notebook=f"{there}/{file.name}",
        page=escape(page), name=escape(file.stem), solution=answer or "")
    title, end, rest = context["body"].partition("</h1>")
    context["body"] = title + end + box + rest


def needed(exercise: Path, solution: Path) -> list[str]:
    """The layers that an exercise loads, or its solution: an answer may load
    one that the exercise only names."""
    found = {layer for file in (exercise, solution) if file.is_file()
             for layer in uses.loads(notebooks.read(file))}
    return [layer for layer in data.layers() if layer in found]


def packed(exercise: Path, page: str, layers: list[str]) -> bytes:
    """The zip of an exercise: one folder, which has the exercise's name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        def add(name, piece):
            archive.writestr(zipfile.ZipInfo(
                f"{exercise.stem}/{name}", MADE), piece,
                zipfile.ZIP_DEFLATED)
        add(exercise.name, exercise.read_bytes())
        add("README.txt", _read_me(exercise, page, layers))
        add("data/datapackage.json", _package(layers))
        for layer in layers:
            add(f"data/{data.info(layer)['path']}",
                data.path(layer).read_bytes())
        for file in sorted((ROOT / "helpers").rglob("*")):
            if file.is_file() and not BUILT & set(file.parts):
                add(file.relative_to(ROOT).as_posix(), file.read_bytes())
        for name in WITH_IT:
            add(name, (ROOT / name).read_bytes())
    return content.getvalue()


def _package(layers):
    """The course's datapackage.json with these layers only."""
    package = json.loads((data.DATA / "datapackage.json").read_text("utf-8"))
    package["resources"] = [one for one in package["resources"]
                            if one["name"] in layers]
    return json.dumps(package, indent=1, ensure_ascii=False)


def _read_me(exercise, page, layers):
    title = notebooks.read(exercise).cells[0].source.partition("\n")[0]
    listed = "".join(
        f"data/{data.info(layer)['path']}\n  {data.info(layer)['title']}\n"
        f"  {data.credit(layer)}\n" for layer in layers)
    return READ_ME.format(title=title.strip("# "), notebook=exercise.name,
                          page=page, layers=listed or "None is loaded.\n")


def _counted(layers):
    count = len(layers)
    return "its layer of data" if count == 1 else (
        f"its {count} layers of data" if count else "no data")


def _size(count):
    """Bytes in a unit for people."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count // 1000} kB"
