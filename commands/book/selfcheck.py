"""Self-check where no kernel runs: questions, predictions and progress.

A local extension of Sphinx. It marks up what the scripts of the pages need
(course/_static/selfcheck.js and progress.js). What a reader answers stays in
the reader's browser. Without scripts, everything can be read.
"""

import json
import os
import re
import zlib
from html import escape
from pathlib import Path

from docutils import nodes

from commands.book import quizzes
from commands.exercises import objectives
from helpers import quiz
from helpers.explore import show

PREDICT = "Predict, then run"  # the title of the boxes
PROGRESS = "course/progress"  # the page that shows what was done
ROUNDS = "course/before_after/"
KEPT = "selfcheck"  # the key in Sphinx's metadata of a page
# Pages that a learner works through; the others are for looking up.
WORK = re.compile(r"(course/(day|before_after/|own_file)|exercises/)")
# A cell that only asks: in the book its code says nothing.
ASKS = re.compile(r"(from helpers.*import [\w, ]+\s+)?"
                  r"(quiz\.ask|before_after\.(ask|gain))"
                  r"\(['\"]?(?P<name>\w+)[^()]*\)")
ROUNDS_NOTE = (
    "\n\n:::{note}\nOn this page of the book, your answers stay in this "
    "browser, and no kernel is\nneeded: see [your progress](../progress.md). "
    "JupyterLab keeps answers of its own.\n:::\n")
REVEAL = """<div class="predict" data-predict="{name}" hidden>
<label for="predict-{name}">Your prediction (if you like)</label>
<input id="predict-{name}" type="text" autocomplete="off">
<button type="button" class="book-button">Show the output</button>
</div>"""
DONE = """<div class="page-done" data-page="{page}" hidden>
<button type="button" class="book-button" aria-pressed="false">I have done
this page</button> <a href="{progress}">Your progress</a></div>"""


def setup(app):
    """Sphinx calls this."""
    # The kernels have shuffled the options in the order of the book.
    os.environ.setdefault(show.STATIC, "1")
    app.connect("source-read", _without_code_that_asks, priority=600)
    app.connect("doctree-read", _mark_up)
    app.connect("html-page-context", _finish)
    app.add_css_file("selfcheck.css")
    app.add_js_file("selfcheck.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _without_code_that_asks(app, page, content):
    """Show a question without the code that asks it. In an exercise it
    gives points: there is no form, and no answer."""
    if not Path(app.srcdir, f"{page}.ipynb").is_file():
        return
    notebook = json.loads(content[0])
    for cell in notebook["cells"]:
        source = "".join(cell["source"]).strip()
        asks = cell["cell_type"] == "code" and ASKS.fullmatch(source)
        if asks and page.startswith("exercises/"):  # nothing runs there
            question = quiz.named(asks["name"])
            cell.update(cell_type="markdown", source=quiz.asked(question))
            del cell["outputs"], cell["execution_count"]
        elif asks:
            cell["metadata"].setdefault("tags", []).append("remove-input")
    if page.startswith(ROUNDS) and _exists(app, PROGRESS):
        first = notebook["cells"][0]
        first["source"] = "".join(first["source"]) + ROUNDS_NOTE
    content[0] = json.dumps(notebook)


def _mark_up(app, doctree):
    """Make forms of questions; give predictions their button."""
    page = app.env.docname
    questions = []
    for shown in list(doctree.findall(nodes.raw)):
        text = shown.astext()
        if shown.get("format") == "html" and (
                "<details>" in text or text in (quizzes.AFTER, quizzes.GAIN)):
            questions += [one.name for one in quizzes.found(text)]
            marked = quizzes.forms(text, _objectives(app, page))
            # Without the classes of an output, which is white in the dark.
            shown.replace_self(nodes.raw("", marked, format="html"))
    app.env.metadata[page][KEPT] = {
        # Those of a round are asked twice and have results of their own.
        "questions": [] if page.startswith(ROUNDS) else questions,
        "predictions": _predictions(doctree)}


def _objectives(app, page):
    """Objective -> its text, and the address of its lesson from a page."""
    if not hasattr(app, "taught"):
        app.taught = objectives.taught(Path(app.srcdir))
    return {name: (one.text, app.builder.get_relative_uri(
                page, one.lesson.relative_to(app.srcdir).with_suffix("")
                .as_posix()))
            for name, one in app.taught.items()}


def _predictions(doctree):
    """Mark the output that each box asks for; the names of the boxes."""
    names = []
    waiting = ""
    for node in list(doctree.findall(_box_or_cell)):
        if isinstance(node, nodes.admonition):
            waiting = f"{zlib.crc32(node.astext().encode()):08x}"
            continue
        outputs = [part for part in node.children
                   if "cell_output" in part.get("classes", ())]
        if not waiting or not outputs:
            continue
        for part in outputs:
            part["classes"].append("predict-output")
        node.insert(node.index(outputs[0]), nodes.raw(
            "", REVEAL.format(name=waiting), format="html"))
        names.append(waiting)
        waiting = ""
    return names


def _box_or_cell(node):
    return (isinstance(node, nodes.admonition)
            and node.next_node(nodes.title).astext() == PREDICT) or (
        isinstance(node, nodes.container) and "cell" in node["classes"])


def _finish(app, page, template, context, doctree):
    """The button "done"; on the page of progress, what there is to do."""
    if doctree is None or not _exists(app, PROGRESS):
        return
    if page == PROGRESS:
        app.add_js_file("progress.js", loading_method="defer")
        listed = json.dumps(_parts(app)).replace("<", "\\u003c")
        context["body"] += ('<script type="application/json" id="to-do">'
                            f"{listed}</script>")
    if page.startswith(ROUNDS):
        app.add_js_file("rounds.js", loading_method="defer")
    if WORK.match(page):
        context["body"] += DONE.format(page=escape(page), progress=(
            app.builder.get_relative_uri(page, PROGRESS)))


def _exists(app, page):
    return page in app.env.found_docs


def _parts(app):
    """The parts of the book that a learner works through: their pages, with
    title, address, questions and predictions."""
    from sphinx_external_toc.parsing import parse_toc_yaml
    site = parse_toc_yaml(Path(app.srcdir, "_toc.yml"))
    return [{"part": part.caption or "", "pages": pages}
            for part in site.root.subtrees
            if (pages := [_entry(app, page) for page in _below(site, part)
                          if WORK.match(page)])]


def _below(site, part):
    """The pages of a part of the table of contents, in order."""
    for item in part.items:
        page = str(item)
        if page in site:
            yield page
            for deeper in site[page].subtrees:
                yield from _below(site, deeper)


def _entry(app, page):
    return {"page": page, "title": app.env.titles[page].astext(),
            "url": app.builder.get_relative_uri(PROGRESS, page),
            **app.env.metadata[page].get(KEPT, {})}
