"""Explorers with few states: all their pictures, made when the book is.

An explorer (helpers/explore/) shows its static twin in the book. Where it
has few states, each of them is drawn here, once, into
_images/explorers/NAME/, and menus on the page choose the picture. No kernel
is needed. The twin stays for print and for a browser without JavaScript.

    python -m commands.book.explorers FOLDER NAME...

draws the states of explorers. The extension starts this while Sphinx reads
the notebooks.
"""

import functools
import io
import itertools
import json
import re
import subprocess
import sys
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

from commands.exercises import notebooks

# Up to some 25 states each. The others have hundreds, or take arguments.
SMALL = ("dense_governorates", "measuring", "repairs", "decodings",
         "digitising", "disclosing")
CALL = re.compile(rf"\bexplore\.({'|'.join(SMALL)})\(\)")
FOLDER = "_images/explorers"
DPI, COLOURS = 90, 64
MARK = "<!-- explorer {} -->"


def setup(app):
    """Sphinx calls this."""
    app.connect("env-before-read-docs", _start_drawing)
    app.connect("doctree-read", _mark)
    app.connect("env-updated", _end_drawing)
    app.connect("html-page-context", _insert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# --- in the builder --------------------------------------------------------

def _start_drawing(app, env, pages):
    """Draw what the pages to be read show, and what is missing."""
    folder, names = Path(app.outdir, FOLDER), set()
    for page in env.found_docs:
        names |= {name for name in _called(Path(app.srcdir, f"{page}.ipynb"))
                  if page in pages or not _states(folder, name).exists()}
    app.drawing = names and subprocess.Popen(
        [sys.executable, "-m", __name__, str(folder), *sorted(names)],
        cwd=app.srcdir, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True)


def _called(file):
    """The small explorers that a notebook of the course calls."""
    if not file.is_file() or "explore" not in file.read_text("utf-8"):
        return set()
    return {name for cell in notebooks.read(file).cells
            if cell.cell_type == "code"
            for name in CALL.findall(cell.source)}


def _end_drawing(app, env):
    """Wait for the pictures. Raises ExtensionError when one failed."""
    if app.drawing:
        said = app.drawing.communicate()[1]
        if app.drawing.returncode:
            raise ExtensionError(f"The explorers were not drawn:\n{said}")
    return []


def _mark(app, doctree):
    """Mark each twin of a small explorer, to be completed at the end."""
    for cell in doctree.findall(nodes.container):
        call = "cell" in cell["classes"] and CALL.search(cell.astext())
        twin = call and next((one for one in cell.findall(nodes.raw)
                              if "<img" in one.astext()), None)
        if twin:
            twin.replace_self(nodes.raw(
                "", f'<div class="explorer-twin">{twin.astext()}</div>'
                + MARK.format(call[1]), format="html"))


def _insert(app, page, template, context, doctree):
    """Menus and the first picture behind each twin."""
    body = context.get("body") or ""
    for name in SMALL:
        if MARK.format(name) in body:
            app.add_js_file("explorers.js", loading_method="defer")
            folder = context["pathto"](f"{FOLDER}/{name}", True)
            states = json.loads(_states(Path(app.outdir, FOLDER), name)
                                .read_text("utf-8"))
            body = body.replace(MARK.format(name), shown(states, folder))
    context["body"] = body


def _states(folder, name):
    return folder / name / "states.json"


def shown(states, folder: str) -> str:
    """The HTML of an explorer. states: see `draw`. folder: the address of
    its pictures."""
    menus = "".join(_menu(label, options)
                    for label, options in states["menus"].items())
    first = next(iter(states["words"]))
    width, height = states["size"]
    words = json.dumps(states["words"], ensure_ascii=False)
    words = words.replace("<", "\\u003c")
    return (
        f'<div class="explorer" data-pictures="{escape(folder)}">'
        f'<div class="explorer-menus">{menus}</div>'
        f'<img src="{escape(folder)}/{first}.png" width="{width}" '
        f'height="{height}" loading="lazy" '
        f'alt="{escape(states["words"][first])}">'
        '<p class="visually-hidden" role="status"></p>'
        f'<script type="application/json">{words}</script></div>')


def _menu(label, options):
    """Numbers give a slider, texts a menu: as in JupyterLab."""
    label = escape(label.strip(": "))
    if isinstance(options[0], str):
        listed = "".join(f"<option>{escape(one)}</option>"
                         for one in options)
        return f"<label>{label} <select>{listed}</select></label>"
    listed = escape(json.dumps([f"{one:,}" for one in options]))
    return (f'<label>{label} <input type="range" min="0" value="0" '
            f'max="{len(options) - 1}" data-options="{listed}"> '
            f'<span aria-hidden="true">{options[0]:,}</span></label>')


# --- drawing ---------------------------------------------------------------

def draw(name: str, folder: Path) -> None:
    """Draw each state of an explorer into folder/0_2_1.png, named by the
    numbers of the chosen options; and write states.json: "menus", "size" in
    pixels, and "words", what each picture says."""
    import matplotlib.pyplot as plt

    from helpers.explore.show import empty
    explorer = captured(name)
    menus = explorer["menus"]
    words, size = {}, ()
    folder.mkdir(parents=True, exist_ok=True)
    for state in itertools.product(*(range(len(options))
                                     for options in menus.values())):
        chosen = {label: options[number] for number, (label, options)
                  in zip(state, menus.items())}
        figure = empty(explorer["size"])
        explorer["draw"](figure, *chosen.values())
        file = "_".join(map(str, state))
        size = _save(figure, folder / f"{file}.png")
        words[file] = ", ".join(
            f"{label.strip(': ')}: {option}"
            for label, option in chosen.items()) + f". {said(figure)}"
        plt.close("all")
    (folder / "states.json").write_text(json.dumps(
        {"menus": menus, "size": size, "words": words},
        ensure_ascii=False), "utf-8")


def captured(name: str) -> dict:
    """What an explorer gives to helpers.explore.show.show: "draw", "menus"
    and "size"."""
    from helpers import explore
    explorer = getattr(explore, name)
    module = sys.modules[explorer.__module__]
    kept = {}

    def show(draw, menus, size, *_, **__):
        kept.update(draw=draw, menus=menus, size=size)
    before, module.show = module.show, show
    try:
        explorer()
    finally:
        module.show = before
    return kept


def said(figure) -> str:
    """The titles and labels of a figure, in words."""
    found = [figure.get_suptitle()]
    for axes in figure.axes:
        found += [axes.get_title(loc=side)
                  for side in ("left", "center", "right")]
        texts = [text.get_text() for text in axes.texts]
        names = [tick.get_text() for tick in axes.get_yticklabels()]
        if len(names) == len(texts):  # bars with their numbers
            texts = [": ".join(pair) for pair in zip(names, texts)]
        found += [*texts, axes.get_xlabel()]
    return "; ".join(filter(None, (
        " ".join(text.split()) for text in found))) + "."


def _save(figure, file):
    """A picture of few colours, which is small. Returns its size."""
    from PIL import Image
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=DPI)
    picture = Image.open(content).convert("RGB").quantize(COLOURS)
    picture.save(file, optimize=True)
    return picture.size


def _read_once():
    """Each state reads the same layers: read each of them once.

    Upgrade note (geopandas >=1.2,<1.3; pandas >=3.1,<3.2): both functions are
    public; what they give must still have `copy`. Test: test_explorers.
    """
    import geopandas
    import pandas
    for module, name in ((geopandas, "read_file"), (pandas, "read_csv")):
        read = functools.cache(getattr(module, name))

        def copied(*place, read=read, **how):
            return read(*place, **how).copy()
        setattr(module, name, copied)


def main() -> None:
    """Draw the explorers that the command line names."""
    import matplotlib
    matplotlib.use("agg")
    _read_once()
    folder, *names = sys.argv[1:]
    for name in names:
        draw(name, Path(folder, name))


if __name__ == "__main__":
    main()
