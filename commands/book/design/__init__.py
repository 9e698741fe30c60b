"""How the book looks and how one finds one's way in it: a Sphinx extension.

The notebooks and pages stay as they are. `source-read` changes what Sphinx
has read of them; templates and the style sheet are beside this file.
"""

import json
import re
from pathlib import Path

from docutils import nodes

from commands.book.design import (
    blocks,
    language,
    lesson,
    pages,
    paper,
    reference,
    terms,
)
from commands.book.design.links import Links

HERE = Path(__file__).parent
LAYERS = "data/README"
CHANGES = "CHANGELOG"
LONG = 24  # characters of a code that leave no room beside it on a telephone


def setup(app):
    """Sphinx calls this."""
    app.add_search_language(language.Course)
    app.connect("config-inited", _settings)
    app.connect("source-read", _fill)
    app.connect("doctree-read", _mark_long_codes)
    terms.setup(app)
    app.connect("html-page-context", pages.context)
    app.connect("html-page-context", paper.mark)
    app.connect("build-finished", _copy)
    app.add_css_file("design.css", priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _settings(app, config):
    config.templates_path.append(str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))
    config.html_sidebars = {"**": ["course-sidebar.html"]}
    config.html_search_language = language.Course.lang


def _fill(app, page, content):
    """Fill the blocks of a page; give a notebook its head and its end."""
    root = Path(app.srcdir)
    links = Links(page, app.env.found_docs)
    if not (root / f"{page}.ipynb").is_file():
        text = blocks.fill(content[0], root, links)
        if page == CHANGES:
            text = _without_lost_links(text, app.env.found_docs)
        if page == LAYERS:
            text = _with_downloads(text, root, links)
        if page == terms.GLOSSARY:
            text = terms.laid_out(text)
        content[0] = text
        return
    notebook = json.loads(content[0])
    if lesson.dress(notebook, root, links):
        content[0] = json.dumps(notebook)


def _without_lost_links(text, known):
    """The change log names files of the repository that are no pages."""
    return re.sub(
        r"\[([^\]]+)\]\((\w[\w./-]*?)(?:\.(?:md|ipynb))?\)",
        lambda link: link[0] if link[2] in known else link[1], text)


def _with_downloads(text, root, links):
    """Licences and downloads first, then how each layer is made."""
    title, _, rest = text.partition("\n\n")
    downloads = blocks.raw(reference.layers(root, links, ""))
    return (f"{title}\n\nReal layers say their source. Layers marked "
            "**fictional** are invented for training.\n\n"
            f"## Licences and downloads\n\n{downloads}\n\n"
            f"## How the layers are made and used\n\n{rest}")


def _mark_long_codes(app, doctree):
    """In a table on a telephone a path may break, or it takes the room of
    the words beside it. A shorter code stays whole."""
    for entry in doctree.findall(nodes.entry):
        for code in entry.findall(nodes.literal):
            if max(map(len, code.astext().split()), default=0) > LONG:
                code["classes"].append("long")


def _copy(app, exception):
    if exception is None and app.builder.format == "html" and (
            LAYERS in app.env.found_docs):
        reference.copy_layers(Path(app.srcdir), Path(app.outdir))
