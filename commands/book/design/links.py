"""Links from one page of the book to another, as HTML."""

import os
from html import escape


class Links:
    """Links from one page. A page that this book does not have (it may be
    a part of the course) is named without a link."""

    def __init__(self, page: str, known: set[str]):
        self.page, self.known = page, known

    def url(self, page: str) -> str:
        """The relative address of another page, without checking it."""
        here = os.path.dirname(self.page) or "."
        return os.path.relpath(page, here).replace(os.sep, "/") + ".html"

    def to(self, page: str, words: str, anchor: str = "") -> str:
        """A link with these words; only the words without such a page."""
        if page not in self.known:
            return escape(words)
        end = f"#{anchor}" if anchor else ""
        return f'<a href="{self.url(page)}{end}">{escape(words)}</a>'
