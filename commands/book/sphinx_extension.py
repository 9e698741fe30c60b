"""A small Sphinx extension: how exercises and solutions look in the book.

The notebooks stay as they are. Only what Sphinx has read of them is changed
before it becomes a page.
"""

import json
import os
from html import escape
from pathlib import Path

NOTES = {
    "exercises": (
        ":::{note}\nNothing runs on this page. To solve the exercise, open\n"
        "`%s.ipynb`\nin JupyterLab (`python3 start.py`; on Windows "
        "`py start.py`): there the checks\nbelow each answer work.\n:::"),
    "solutions": (
        ":::{note}\nThis is *one* right solution. Try the exercise first, "
        "then unfold the answers\nand compare them with yours.\n:::"),
}
EXECUTED = "COURSE_EXECUTED"  # the folder with the executed notebooks
TURN = "check.your_turn("  # the check of a lesson's micro-task
INDEX = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}"></head>
<body><main><h1><a href="{page}">{title}</a></h1></main></body>
</html>
"""


def setup(app):
    """Sphinx calls this."""
    # It does not say so itself: it changes only how sections are numbered,
    # after all pages are read, and the book numbers none.
    if "sphinx_multitoc_numbering" in app.extensions:
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    app.connect("source-read", _take_outputs, priority=100)  # the first
    app.connect("source-read", _adapt)
    app.setup_extension("commands.book.design")
    app.setup_extension("commands.book.selfcheck")
    app.setup_extension("commands.book.explorers")
    app.setup_extension("commands.book.downloads")
    # Before sphinx_external_toc writes its own, which has no title.
    app.connect("build-finished", _write_index, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _take_outputs(app, page, content):
    """Read the executed notebook instead, where `executing` has made one."""
    executed = Path(os.environ.get(EXECUTED, ""), f"{page}.ipynb")
    if EXECUTED in os.environ and executed.is_file():
        content[0] = executed.read_text("utf-8")


def _adapt(app, page, content):
    """Say at the top what the page is; fold answers and checks."""
    folder = page.split("/")[0]
    if folder not in NOTES and page not in _lessons(app):
        return
    notebook = json.loads(content[0])
    for cell in notebook["cells"]:
        _fold(cell, folder)
    if folder not in NOTES:
        content[0] = json.dumps(notebook)
        return
    first = notebook["cells"][0]
    title, _, rest = "".join(first["source"]).partition("\n")
    if folder == "solutions":
        title = title.replace("# ", "# Solution of ", 1)
    note = NOTES[folder].replace("%s", page)
    first["source"] = f"{title}\n\n{note}\n{rest}"
    content[0] = json.dumps(notebook)


def _lessons(app):
    """The pages that are notebooks of course/."""
    return {page for page in app.env.found_docs if page.startswith("course/")
            and Path(app.srcdir, f"{page}.ipynb").is_file()}


def _fold(cell, folder):
    """Fold answers and checks: the reader can open them."""
    role = cell["metadata"].get("nbgrader", {})
    answers, checks = role.get("solution"), role.get("grade")
    checks = checks or (cell["cell_type"] == "code" and TURN in "".join(
        cell["source"]))
    if (not checks and not answers) or (answers and folder == "exercises"):
        return  # in an exercise, the cell that waits for an answer
    what = "answer" if answers else "check"
    if cell["cell_type"] == "markdown":
        source = "".join(cell["source"])
        cell["source"] = (
            f"::::::{{dropdown}} Show the {what}\n{source}\n::::::")
    else:
        cell["metadata"].setdefault("tags", []).append("hide-input")
        cell["metadata"]["mystnb"] = {"code_prompt_show": f"Show the {what}",
                                      "code_prompt_hide": f"Hide the {what}"}


def _write_index(app, exception):
    """_build/html/index.html leads to the first page."""
    if exception is None and app.builder.format == "html":
        text = INDEX.format(title=escape(app.config.html_title),
                            page=f"{app.config.master_doc}.html")
        Path(app.outdir, "index.html").write_text(text, encoding="utf-8")
