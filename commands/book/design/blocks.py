"""Blocks of pages that the book fills: `<!-- book:NAME -->` and its end.

JupyterLab and other readers of the Markdown show what stands between the two
comments. The book puts there what it computes.
"""

import re
from collections.abc import Callable
from pathlib import Path

from commands.book.design import front, reference
from commands.book.design.links import Links
from helpers.errors import CourseError

FILLED: dict[str, Callable[[Path, Links, str], str]] = {
    "hero": front.hero,
    "programme": front.programme,
    "routes": front.routes,
    "applications": reference.applications,
    "layers": reference.layers,
    "citation": reference.citation,
    "licences": reference.licences,
}
BLOCK = re.compile(r"<!-- book:(\w+) -->\n?(.*?)<!-- /book:\1 -->", re.DOTALL)


def fill(text: str, root: Path, links: Links) -> str:
    """A page's Markdown with its blocks filled.

    Raises CourseError for a block that no function fills.
    """
    def filled(block):
        name, inner = block.groups()
        if name not in FILLED:
            raise CourseError(
                f"{links.page}: nothing fills the block 'book:{name}'. "
                f"The blocks are: {', '.join(FILLED)}")
        return raw(FILLED[name](root, links, inner))
    return BLOCK.sub(filled, text)


def raw(html: str) -> str:
    """HTML as a block of MyST."""
    return f"``````{{raw}} html\n{html}\n``````"
