"""Which outputs lie on white paper in the dark: they bring their colours.
A picture is not among them: the style sheet lays each one on white.

A class says it. The selector :has() could ask for it in the style sheet, but
Chromium then keeps old colours when a reader switches to the dark.
"""

import re

OUTPUT = '<div class="output text_html">'
ON_PAPER = OUTPUT.replace('">', ' paper">')
COLOURED = re.compile(r'<svg|<style|style="[^"]*(?:color|background)')
OWN = re.compile(r'<form|class="explorer')  # the book's: they have its colours


def mark(app, page, template, context, doctree):
    """Sphinx calls this for each page."""
    if context.get("body"):
        context["body"] = marked(context["body"])


def marked(body: str) -> str:
    """The text of a page whose coloured outputs have the class "paper"."""
    first, *outputs = body.split(OUTPUT)
    for output in outputs:
        own = re.split('<div class="(?:cell|output)', output)[0]
        paper = COLOURED.search(own) and not OWN.search(own)
        first += (ON_PAPER if paper else OUTPUT) + output
    return first
