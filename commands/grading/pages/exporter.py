"""nbconvert's exporter to HTML, in half its time, without a trainee's HTML.

A class hands in the same exercise, so most cells are coloured only once, and
most texts are rendered only once. The page is the one that nbconvert makes,
with the HTML of texts and outputs as `clean` gives it.

Upgrade note (nbconvert >=7.17,<7.18): this replaces `BeautifulSoup` in
nbconvert.exporters.html and remembers what `highlight_code` and
`markdown2html` give. With `sanitize_html` the templates leave scripts and
widgets out and call the filter `clean_html`; nbgrader's own template does not
call it for texts, so `markdown2html` does. Test: test_exporter.
"""

import functools
import re
from unittest import mock

import jinja2
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from traitlets import Bool, Dict

from commands.grading.pages.clean import clean

SHORT, MANY = 20_000, 1000  # characters of a cell, cells that are remembered
LONGEST_LINE = 300  # characters: a longer one can take minutes to colour


@functools.cache
def html_exporter() -> type:
    """The class of the exporter, for nbgrader's GenerateFeedback."""
    known, templates = {}, _Templates()

    class Exporter(HTMLExporter):
        filters = Dict({"highlight_code": _highlight, "clean_html": clean})
        sanitize_html = Bool(True)
        exclude_anchor_links = Bool(True)  # a text has no ids, see `clean`

        def _create_environment(self):
            environment = super()._create_environment()
            environment.bytecode_cache = templates
            return environment

        @jinja2.pass_context
        def markdown2html(self, context, source):
            render = functools.partial(_clean_text, super().markdown2html,
                                       context, source)
            if context.get("cell", {}).get("attachments") or (
                    len(source) > SHORT):
                return render()
            if len(known) > MANY:
                known.clear()
            if source not in known:
                known[source] = render()
            return known[source]

        def from_notebook_node(self, *args, **kwargs):
            with mock.patch("nbconvert.exporters.html.BeautifulSoup", _Page):
                return super().from_notebook_node(*args, **kwargs)

    return Exporter


class _Templates(jinja2.BytecodeCache):
    """Compiled templates, in memory."""

    def __init__(self):
        self.known = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket):
        self.known[bucket.key] = bucket.bytecode_to_string()


def _clean_text(render, context, source):
    return clean(render(context, source))


def _highlight(source, language="ipython3", metadata=None):
    if any(len(line) > LONGEST_LINE for line in source.split("\n")):
        language = "text"
    return (_highlighted if len(source) <= SHORT else
            _highlighted.__wrapped__)(source, language)


@functools.lru_cache(maxsize=MANY)
def _highlighted(source, language):
    return Highlight2HTML(pygments_lexer=language)(source)


class _Page(str):
    """What HTMLExporter does by parsing the whole page: a text for images
    without one, and a keyboard stop at each cell."""

    def __new__(cls, page, features):
        page = re.sub(r"<img(?![^<>]*\balt=)", '<img alt="No description '
                      'has been provided for this image"', page)
        return super().__new__(cls, re.sub(
            r'<div (?:id="[^"]*" )?class="(?:jp-Cell-inputWrapper|'
            r'[^"]*\bjp-OutputArea-output\b[^"]*)"', r'\g<0> tabindex="0"',
            page))

    def select(self, selector):
        return ()
