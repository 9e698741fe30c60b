"""The sidebar: one part of the book at a time; and what is before and next.

The theme's own sidebar lists every page on every page. This one opens the
part in which the reader is, with exercise and solution under their session,
and names the other parts in one line each.
"""

import re
from dataclasses import dataclass, field
from html import escape


@dataclass
class Entry:
    """A page in the sidebar."""
    page: str
    title: str
    inner: list["Entry"] = field(default_factory=list)

    def pages(self) -> list[str]:
        """It and all pages under it."""
        return [self.page, *(page for entry in self.inner
                             for page in entry.pages())]


@dataclass
class Part:
    """A part of the table of contents: a day, the reference …"""
    title: str
    entries: list[Entry]

    def pages(self) -> list[str]:
        """All its pages, in order."""
        return [page for entry in self.entries for page in entry.pages()]


def parts(app) -> list[Part]:
    """The parts of _toc.yml that have pages."""
    site = app.config.external_site_map
    titles = app.env.titles

    def entries(document):
        return [Entry(str(item), tree_title(item),
                      entries(site[item]) if item in site else [])
                for tree in document.subtrees for item in tree.items
                if str(item) in titles]

    def tree_title(item):
        known = site[item].title if item in site else None
        return known or titles[str(item)].astext()

    found = []
    for tree in site.root.subtrees:
        inner = [Entry(str(item), tree_title(item),
                       entries(site[item]) if item in site else [])
                 for item in tree.items if str(item) in titles]
        if inner:
            found.append(Part(tree.caption or "Contents", inner))
    return found


def html(all_parts: list[Part], page: str, url, solution="Solution") -> str:
    """The list for one page; url(page) is the address of another."""
    items = []
    for part in all_parts:
        here = page in part.pages()
        first = part.entries[0]
        label, name = split(part.title)
        day = f' class="day-{label[-1]}"' if label else ""
        words = (f'<span class="label">{label}</span> ' if label else "")
        current = ' aria-current="page"' if first.page == page else ""
        opened = ' data-open="true"' if here else ""
        items.append(
            f'<li{day}{opened}><a class="part" href="{url(first.page)}"'
            f"{current}>{words}{escape(name)}</a>"
            f"{_inner(part, page, url) if here else ''}</li>")
    return f'<ul class="course-parts">{"".join(items)}</ul>'


def _inner(part, page, url):
    """The pages of the opened part; its first page is its own title."""
    entries = [*part.entries[0].inner, *part.entries[1:]]
    return _list(entries, page, url) if entries else ""


def _list(entries, page, url):
    items = []
    for entry in entries:
        current = ' aria-current="page"' if entry.page == page else ""
        kind = kind_of(entry.page)
        number, words = short(entry.page, entry.title)
        mark = f'<span class="number">{number}</span> ' if number else ""
        inner = _list(entry.inner, page, url) if entry.inner else ""
        items.append(f'<li class="{kind}"><a href="{url(entry.page)}"'
                     f"{current}>{mark}<span>{escape(words)}</span></a>"
                     f"{inner}</li>")
    return f"<ul>{''.join(items)}</ul>"


# --- names -----------------------------------------------------------------

def kind_of(page: str) -> str:
    """session, exercise, solution, or page."""
    if page.startswith("exercises/"):
        return "exercise"
    if page.startswith("solutions/"):
        return "solution"
    return "session" if session_of(page) else "page"


def session_of(page: str) -> str:
    """1.2 for the lesson of that session; "" for other pages."""
    found = re.fullmatch(r"course/day([1-4])_\w+/s([1-4])_\w+", page)
    return f"{found[1]}.{found[2]}" if found else ""


def short(page: str, title: str) -> tuple[str, str]:
    """The number and the words of a page in the sidebar."""
    if page.startswith("solutions/"):
        return "", "Solution"
    number, dot, words = title.partition(" · ")
    if page.startswith("exercises/") and dot:
        return number, words
    return session_of(page), title


def split(caption: str) -> tuple[str, str]:
    """"Day 1 · Production" -> its two halves; "" for other captions."""
    label, dot, name = caption.partition(" · ")
    return (label, name) if dot and label.startswith("Day ") else (
        "", caption)


# --- before and next -------------------------------------------------------

def neighbours(all_parts: list[Part], page: str) -> tuple[str, str]:
    """The pages before and after one; "" where there is none.

    Nobody is led into a solution: after an exercise comes the session's
    next exercise, or the next session.
    """
    order = [each for part in all_parts for each in part.pages()]
    if page not in order:
        return "", (order[0] if order else "")
    place = order.index(page)
    before = order[:place]
    after = order[place + 1:]
    if kind_of(page) != "solution":
        before = [each for each in before if kind_of(each) != "solution"]
    after = [each for each in after if kind_of(each) != "solution"]
    return (before[-1] if before else "root"), (after[0] if after else "")


def subtitle(page: str) -> str:
    """What kind of page a link leads to, before its title."""
    return {"session": f"Session {session_of(page)}", "exercise": "Exercise",
            "solution": "Solution"}.get(kind_of(page), "")
