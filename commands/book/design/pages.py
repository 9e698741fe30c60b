"""What the templates get: the logo, the sidebar, the pages before and next."""

from html import escape
from pathlib import Path

from commands.book.design import sidebar

LOGO = Path(__file__).parent / "static" / "logo.svg"


def context(app, page, template, given, doctree):
    """Sphinx calls this for each page that it writes."""
    def url(other):
        return given["pathto"](other)

    parts = sidebar.parts(app)
    given["course_logo"] = LOGO.read_text(encoding="utf-8").replace(
        "<svg ", '<svg class="course-logo" aria-hidden="true" ', 1)
    given["course_sidebar"] = sidebar.html(parts, page, url)
    given["metatags"] = (given.get("metatags") or "") + (
        '<link rel="icon" type="image/svg+xml" href="'
        f'{given["pathto"]("_static/logo.svg", 1)}">')
    if page == app.config.root_doc:
        given["meta"] = dict(given.get("meta") or {}) | {
            "html_theme.sidebar_secondary.remove": True}
        given["prev"] = None
    if page in app.env.titles:
        before, after = sidebar.neighbours(parts, page)
        if before == "root":
            before = app.config.root_doc
        titles = {entry_page: title for part in parts
                  for entry_page, title in _titles(part.entries)}
        given["prev"] = _link(app, before, titles, url)
        given["next"] = _link(app, after, titles, url)


def _titles(entries):
    for entry in entries:
        yield entry.page, entry.title
        yield from _titles(entry.inner)


def _link(app, page, titles, url):
    """A page as the theme's template of neighbours wants it."""
    if not page:
        return None
    title = titles.get(page) or "Title page"
    kind = sidebar.subtitle(page)
    words = f'<span class="kind">{kind}</span> ' if kind else ""
    return {"link": url(page), "title": f"{words}{escape(title)}"}
