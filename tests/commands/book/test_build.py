"""The book, as its readers meet it: links, words for pictures, no network.

It is built once (conftest.py), from clean, with the network cut; each page
is opened in Chromium at the width of a screen and of a telephone.
"""

import functools
import itertools
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from axe_core_python.sync_playwright import Axe

from commands.book import build as book_builder
from helpers.errors import CourseError
from tests.support import PICTURES, ROOT

PAGES = book_builder.pages(ROOT)
WIDTHS = {"screen": (1280, 900), "telephone": (390, 844)}
# Of axe-core, the rules that test WCAG 2.0 to 2.2, levels A and AA; only
# what is wrong is told in full, which takes half of the time.
WCAG = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# The one whose answer depends on the width of the page.
OF_A_WIDTH = {"resultTypes": ["violations"], "runOnly": {
    "type": "rule", "values": ["scrollable-region-focusable"]}}
AFTER_RESIZING = 800  # milliseconds; the theme's script waits for 300
WHOLE_ON_A_TELEPHONE = {"course/index"}  # whose head and menu all pages have


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, file: Path):
        super().__init__()
        self.ids, self.links, self.images = set(), [], []
        self.frames, self.headings = [], []
        # The theme prints the title a second time, above the article.
        self.in_article = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)
        if tag == "iframe":
            self.frames.append(attributes)
        self.in_article |= tag == "article"
        if self.in_article and re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


@functools.cache
def read_page(file: Path) -> Page:
    """A page of the book, read once."""
    return Page(file)


@pytest.fixture(scope="session")
def read(book):
    """page name -> Page."""
    return {page: read_page(book / f"{page}.html") for page in PAGES}


@pytest.fixture(scope="module")
def browser(chromium):
    """A browser that remembers what all pages load."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
class TestEachPage:
    def test_links_lead_somewhere(self, page, book, read):
        here = book / f"{page}.html"
        for link in read[page].links:
            if re.match(r"[a-z]+:", link):
                assert link.startswith(("https://", "mailto:")), link
                continue
            path, anchor = urldefrag(link)
            there = (here.parent / unquote(path)).resolve() if path else here
            assert there.is_file(), f"{page} links to {link}"
            if anchor and there.suffix == ".html":
                assert unquote(anchor) in read_page(there).ids, (
                    f"{page} links to {link}")

    def test_pictures_have_words(self, page, read):
        for image in read[page].images:
            assert (image.get("alt") or "").strip(), image.get("src", "")[:80]
        for frame in read[page].frames:
            assert (frame.get("title") or "").strip()
            assert frame["title"] != "Map", "a map without a title of its own"

    def test_headings_are_in_order(self, page, read):
        levels = read[page].headings
        assert levels.count(1) == 1 and levels[0] == 1
        for before, after in itertools.pairwise(levels):
            assert after <= before + 1, levels

    def test_a_browser_finds_nothing_wrong(self, page, book_url, browser):
        tab = open_page(browser, book_url, page)
        try:
            for width, (wide, high) in WIDTHS.items():
                tab.set_viewport_size({"width": wide, "height": high})
                if width != "screen":
                    tab.wait_for_timeout(AFTER_RESIZING)
                assert looked_at(tab, page, width) == []
            assert tab.errors == []
            assert tab.strangers == []
        finally:
            tab.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", [
    page for page in PAGES if page.endswith("/sheet")])
def test_the_functions_of_a_day_are_printed_on_one_sheet(
        page, book_url, browser):
    tab = open_page(browser, book_url, page)
    try:
        tab.emulate_media(media="print")
        edge = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")
        printed = tab.pdf(format="A4", margin=edge)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    finally:
        tab.close()


def looked_at(tab, page, width) -> list[str]:
    """What is wrong with a page at one width, after a picture of it."""
    picture = PICTURES / "book" / f"{page.replace('/', '_')}_{width}.png"
    if width == "screen" or page.startswith("course/"):
        tab.screenshot(path=picture, full_page=True)
    wide, seen = tab.evaluate(
        "[document.documentElement.scrollWidth, innerWidth]")
    wrong = [f"{page} is {wide} pixels wide, {width}"] * (wide > seen)
    rules = WCAG if width == "screen" or page in WHOLE_ON_A_TELEPHONE else (
        OF_A_WIDTH)
    for rule in Axe().run(tab, options=rules)["violations"]:
        wrong.append(json.dumps({
            "width": width, "rule": rule["id"], "help": rule["help"],
            "where": [node["html"][:200] for node in rule["nodes"][:3]]}))
    return wrong


def open_page(browser, url, page):
    """A tab that remembers errors and requests to other servers."""
    tab = browser.new_page()
    width, height = WIDTHS["screen"]
    tab.set_viewport_size({"width": width, "height": height})
    tab.errors, tab.strangers = [], []
    tab.on("console", lambda message: message.type == "error"
           and tab.errors.append(message.text))
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.on("request", lambda request: not request.url.startswith(
        (url, "data:", "blob:", "about:"))
        and tab.strangers.append(request.url))
    tab.goto(f"{url}/{page}.html")
    return tab


@pytest.mark.slow
def test_the_map_of_the_solution_is_drawn(book_url, browser):
    page = "solutions/day1_production/e03_crs_detective"
    tab = open_page(browser, book_url, page)
    try:
        frame = tab.frame_locator("iframe[title*='Health centres']")
        frame.locator("path.leaflet-interactive").first.wait_for()
        # 60 centres; the base map's governorates and land are drawn too.
        assert frame.locator("path.leaflet-interactive").count() >= 60
        assert "FICTIONAL" in frame.locator(
            ".leaflet-control-attribution").inner_text()
        tab.locator("iframe").first.screenshot(
            path=PICTURES / "book" / "map.png")
    finally:
        tab.close()


@pytest.mark.slow
def test_search_works_without_a_network(book_url, browser):
    tab = open_page(browser, book_url, "search")
    try:
        tab.goto(f"{book_url}/search.html?q=ellipsoid")
        tab.locator("#search-results li").first.wait_for()
        assert tab.strangers == []
    finally:
        tab.close()


@pytest.mark.slow
def test_solutions_are_folded_and_checks_hold(book):
    text = (book / "solutions/day1_production/e03_crs_detective.html"
            ).read_text("utf-8")
    assert "Show the answer" in text and "Show the check" in text
    assert text.count("right.") >= 5  # each check says so
    exercise = (book / "exercises/day1_production/e03_crs_detective.html"
                ).read_text("utf-8")
    assert "HIDDEN TESTS" not in exercise
    assert "always_xy" not in exercise.split("Hint", 1)[0]


# --- a book that must not be built -----------------------------------------

@pytest.fixture
def small_book(tmp_path):
    """A book of two pages, right as it is."""
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "course" / "_static").mkdir(parents=True)
    for file in (ROOT / "course" / "_static").iterdir():
        shutil.copy(file, tmp_path / "course" / "_static")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: course/index\nchapters:\n"
        "  - file: course/page\n")
    (tmp_path / "course" / "index.md").write_text("# Welcome\n")
    write_notebook(tmp_path / "course" / "page.ipynb", "print(1 + 1)")
    return tmp_path


def write_notebook(file, code, output=()):
    file.write_text(json.dumps({
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "language": "python",
                                    "display_name": "Python 3"}},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {},
             "source": "# Page"},
            {"cell_type": "code", "id": "code", "metadata": {},
             "execution_count": None, "outputs": [], "source": code}]}))


@pytest.mark.slow
def test_a_right_book_is_built_twice(small_book):
    for _ in range(2):
        assert book_builder.build(small_book).is_file()


@pytest.mark.slow
@pytest.mark.parametrize("spoil, says", [
    (lambda root: write_notebook(root / "course/page.ipynb", "1 / 0"),
     "ZeroDivisionError"),
    (lambda root: (root / "course/index.md").write_text(
        "# Welcome\n\n[lost](nowhere.md)\n"), "nowhere.md"),
    (lambda root: (root / "course/page.ipynb").unlink(), "course/page"),
    (lambda root: (root / "course/index.md").write_text(
        '# Welcome\n\n<img src="https://example.org/a.png" alt="a">\n'),
     "from another server"),
    (lambda root: (root / "course/page.ipynb").write_text("{"),
     "page.ipynb"),
])
def test_a_wrong_book_is_refused_in_words(small_book, spoil, says):
    spoil(small_book)
    # A failed cell is refused a second time, too: Jupyter Book forgets it.
    for _ in range(2 if says == "ZeroDivisionError" else 1):
        with pytest.raises(CourseError) as told:
            book_builder.build(small_book)
        assert says in str(told.value)
        assert "Traceback" not in str(told.value)
