"""The built book as one PDF for paper, printed by Chromium.

All pages become one page, in the order of _toc.yml, the solutions last. It
is printed twice: only then is it known on which page a chapter begins. The
code of the checks, which is folded in the book, is left out.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath

import pikepdf
import yaml
from bs4 import BeautifulSoup
from pikepdf import ObjectStreamMode

from commands import printing
from commands.book.build import BookError
from helpers.data import ROOT

NAMED = ("id", "for", "name", "aria-labelledby", "aria-controls",
         "aria-describedby")
STYLE = """
@page { size: A4; margin: 17mm 16mm 19mm;
  @bottom-center { content: counter(page); font: 9pt sans-serif; } }
@page :first { @bottom-center { content: none; } }
html { font-size: 10.5pt; }
html, body { height: auto; overflow: visible; background: #fff; }
.bd-article { padding: 0; }
.chapter { break-before: page; }
.part { color: #555; border-bottom: 1px solid #999; margin: 0 0 1rem; }
h1, h2, h3, h4 { break-after: avoid; }
.cover { height: 240mm; display: flex; flex-direction: column;
  justify-content: center; text-align: center; }
.cover h1 { font-size: 2.6rem; }
.cover img { height: 40mm; }
.contents li { display: flex; gap: .4rem; list-style: none; }
.contents ul { padding: 0; margin: 0 0 .6rem; }
.contents li::before { content: ""; order: 1; flex: 1; align-self: end;
  border-bottom: 1px dotted #777; margin-bottom: .3rem; min-width: 1rem; }
.contents span { order: 2; min-width: 2.2rem; text-align: right; }
/* A shadow would be printed as a picture. */
html .bd-article :is(*, .admonition) { box-shadow: none !important; }
.bd-article a { overflow-wrap: anywhere; }
.bd-article pre { white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: 8.5pt; }
.bd-article :is(pre, .output, .pst-scrollable-table-container) {
  overflow: visible !important; background-image: none !important; }
.bd-article table { font-size: 8.5pt; width: 100%; }
.bd-article :is(td, th, td *, th *) { white-space: normal !important;
  overflow-wrap: break-word !important; }
.bd-article .cell_output :is(td, th, td *, th *) {
  overflow-wrap: anywhere !important; }
.bd-article .cell_output table { width: auto; }
.bd-article :is(img, svg) { max-width: 100%; max-height: 235mm; }
.bd-article :is(img, svg, iframe, tr, .admonition-title) {
  break-inside: avoid; }
.bd-article :is(pre, .highlight, .cell, .cell_input, details) {
  break-inside: auto !important; }
.cell_output div:has(> iframe) { height: 150mm; min-height: 0 !important;
  padding: 0 !important; break-inside: avoid; }
.sd-tab-content { display: block !important; }
"""


def command(html: Path, root: Path = ROOT) -> str:
    """Print the book beside the folder html. Returns what is said of it."""
    to = html.parent / "open-geodata-book.pdf"
    count = print_book(html, to, root)
    return f"{to}: {count} pages, {to.stat().st_size / 1e6:.1f} MB."


def print_book(html: Path, to: Path, root: Path = ROOT) -> int:
    """Print the book whose pages are in html to the file to.

    Returns the number of its pages. Raises BookError without a browser.
    """
    parts = chapters(root)
    whole = html / "whole_book.html"
    try:
        text = _merged(html, parts, root)
        _print(whole, text, to)
        _print(whole, _numbered(text, _first_pages(to)), to)
    finally:
        whole.unlink(missing_ok=True)
    with pikepdf.open(to, allow_overwriting_input=True) as pdf:
        pdf.save(to, object_stream_mode=ObjectStreamMode.generate)
        return len(pdf.pages)


def chapters(root: Path) -> list[tuple[str, list[str]]]:
    """The parts of the book, each with its pages; the solutions last."""
    contents = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    parts = [("", [contents["root"]])]
    for part in contents.get("parts", [contents]):
        parts.append((part.get("caption", ""),
                      list(_files(part.get("chapters", [])))))
    solutions = [page for _, pages in parts for page in pages
                 if page.startswith("solutions/")]
    parts = [(name, [page for page in pages if page not in solutions])
             for name, pages in parts]
    parts.append(("Appendix · Solutions", solutions))
    return [(name, pages) for name, pages in parts if pages]


def _files(entries) -> Iterator[str]:
    for entry in entries:
        if "file" in entry:
            yield entry["file"]
        yield from _files(entry.get("sections", []))


# --- one page of all pages --------------------------------------------------

def _merged(html, parts, root):
    """The text of the page: cover, contents, chapters."""
    pages = {page for _, some in parts for page in some}
    articles, contents = [], []
    for caption, some in parts:
        rows = []
        for page in some:
            title, article = _article(html, page, pages)
            name = escape(caption) if page == some[0] else ""
            articles.append(
                f'<section class="chapter bd-article" id="{_name(page)}">'
                + (f'<p class="part">{name}</p>' if name else "")
                + f"{article}</section>")
            rows.append(f'<li><a href="#{_name(page)}">{escape(title)}</a>'
                        f'<span data-of="{_name(page)}"></span></li>')
        contents.append(f"<h3>{escape(caption)}</h3><ul>{''.join(rows)}</ul>")
    settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    links = "".join(
        f'<link rel="stylesheet" href="{href}">' for href in _styles(html))
    logo = '<img src="_static/logo.svg" alt="">' if (
        html / "_static/logo.svg").is_file() else ""
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light"><head>'
        f'<meta charset="utf-8"><title>{escape(settings["title"])}</title>'
        f"{links}<style>{STYLE}</style></head><body>"
        f'<div class="cover"><p>{logo}</p><h1>{escape(settings["title"])}</h1>'
        f'<p>{escape(settings.get("author", ""))}, '
        f'{escape(settings.get("copyright", ""))}</p>'
        f'<p>{escape(settings["html"]["extra_footer"].strip())}</p></div>'
        '<section class="chapter contents bd-article"><h2>Contents</h2>'
        "<p>The code of the checks is in the notebooks.</p>"
        f"{''.join(contents)}</section>{''.join(articles)}</body></html>")


def _styles(html):
    """The style sheets of a page, seen from the folder html."""
    page = next(html.glob("*/index.html"))
    folder = page.parent.relative_to(html).as_posix()
    for link in _soup(page).find_all("link", rel="stylesheet"):
        yield normpath(join(folder, link["href"].partition("?")[0]))


def _article(html, page, pages):
    """The title of a page, and its article as text."""
    article = _soup(html / f"{page}.html").find("article")
    for tag in article.select("a.headerlink, script, button"):
        tag.decompose()
    for tag in article.find_all("details"):
        if tag.find("summary").get_text().strip().startswith("Show the check"):
            tag.decompose()
        else:
            tag["open"] = ""
    for tag in article.find_all(True):
        for attribute in NAMED:
            if tag.get(attribute):
                tag[attribute] = " ".join(
                    f"{_name(page)}--{name}"
                    for name in str(tag[attribute]).split())
        if tag.get("src") and not _is_absolute(tag["src"]):
            tag["src"] = normpath(join(dirname(page), tag["src"]))
        if tag.get("href"):
            _relink(tag, page, pages)
    return article.find("h1").get_text(), article.decode_contents()


def _relink(tag, page, pages):
    """A link to a page leads to its chapter. Other files are not in a PDF:
    of a link to one, only its words stay."""
    if _is_absolute(tag["href"]):
        return
    path, _, anchor = tag["href"].partition("#")
    target = normpath(join(dirname(page), path)) if path else f"{page}.html"
    target = target.removesuffix(".html")
    if target in pages:
        tag["href"] = f"#{_name(target)}" + (f"--{anchor}" if anchor else "")
    else:
        del tag["href"]


def _is_absolute(url):
    return bool(re.match(r"[a-z]+:", url))


def _name(page):
    return page.replace("/", "-")


def _soup(file):
    return BeautifulSoup(file.read_text("utf-8"), "lxml")


# --- printing ---------------------------------------------------------------

def browser_program() -> str:
    """The path of a browser that can print, or BookError."""
    program = printing.program()
    if not program:
        raise BookError(
            "A PDF is printed by Chromium, Chrome or Edge, and none is on "
            "this computer. Install one, then run the command again.")
    return program


def _print(whole, text, to):
    whole.write_text(text, "utf-8")
    to.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser_program(), "--headless", "--no-sandbox", "--disable-gpu",
             f"--user-data-dir={profile}", f"--print-to-pdf={to}",
             "--no-pdf-header-footer", "--generate-pdf-document-outline",
             whole.as_uri()],
            capture_output=True, encoding="utf-8", errors="replace")
    if not to.is_file():
        raise BookError("The browser printed nothing:\n" + "\n".join(
            done.stderr.splitlines()[-5:]))


def _first_pages(file):
    """chapter -> the number of its first page."""
    with pikepdf.open(file) as pdf:
        return {name.removeprefix("/"): pikepdf.Page(target[0]).index + 1
                for name, target in pdf.Root.get("/Dests", {}).items()}


def _numbered(text, first_pages):
    """The text, with numbers in the contents."""
    return re.sub(
        r'(<span data-of="([^"]+)">)',
        lambda found: f"{found[1]}{first_pages.get(found[2], '')}", text)
