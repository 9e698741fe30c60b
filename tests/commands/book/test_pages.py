"""Every page of the book, as its readers meet it: in a browser, at three
widths, light and dark, without a network.

The book is built once, from clean (conftest.py). Each page is loaded once;
then its width and its theme change.
"""

import contextlib
import functools
import gzip
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as NotInTime

from commands.book import build as book_builder
from tests.support import PICTURES, ROOT

PAGES = book_builder.pages(ROOT)
SCREEN, TABLET, TELEPHONE = WIDTHS = (1440, 768, 390)
MOST_BYTES = 1_500_000  # of a page and all that it loads, as they are sent
# Of axe-core, the rules that test WCAG 2.0 to 2.2, levels A and AA; only
# what is wrong is told in full, which takes half of the time.
WCAG = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# The one whose answer depends on the width of the page.
OF_A_WIDTH = {"resultTypes": ["violations"], "runOnly": {
    "type": "rule", "values": ["scrollable-region-focusable"]}}
# The one whose answer depends on the theme.
OF_A_THEME = {"resultTypes": ["violations"], "runOnly": {
    "type": "rule", "values": ["color-contrast"]}}
# Whose pictures are kept, to be looked at: one of each kind.
PICTURED = {"course/index", "course/day1_production/index",
            "course/day1_production/s2_reference_systems",
            "course/day3_publication/s3_honest_maps",
            "course/before_after/day2_processing", "course/progress",
            "course/instructors/guide", "course/reference/glossary"}
WHOLE_ON_A_TELEPHONE = {"course/index"}  # whose head and menu all pages have
# Tables and outputs that are wider than their place: which of them show no
# shadow at the edge, which says that they scroll?
CUT_WITHOUT_A_SIGN = """() => [...document.querySelectorAll(
    ".bd-article :is(.pst-scrollable-table-container, .output):has(table)")]
  .filter(box => box.scrollWidth > box.clientWidth + 1)
  .filter(box => !getComputedStyle(box).backgroundImage.includes("gradient"))
  .map(box => box.outerHTML.slice(0, 200))"""


SCROLLABLE_PLACES_ARE_MARKED = """() => [...document.querySelectorAll(
    "pre, .cell_output > .output, .pst-scrollable-table-container")]
  .every(box => box.tabIndex === 0 || box.scrollWidth <= box.clientWidth)"""


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
        if attributes.get("href") and tag in {"a", "link"}:
            self.links.append(attributes["href"])
        if attributes.get("src") and tag in {"img", "script"}:
            self.links.append(attributes["src"])
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
    context = chromium.new_context(reduced_motion="reduce")
    yield context
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
class TestEachPage:
    def test_links_lead_somewhere(self, page, book, read):
        here = book / f"{page}.html"
        for link in read[page].links:
            if re.match(r"[a-z]+:", link):
                assert link.startswith(("https://", "mailto:", "data:")), link
                continue
            path, anchor = urldefrag(link.partition("?")[0] if "#" not in link
                                     else link)
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

    def test_a_browser_finds_nothing_wrong(
            self, page, book, book_url, browser):
        tab = open_page(browser, book_url, page)
        try:
            problems = [problem for width in WIDTHS
                        for problem in faults_at(tab, page, width)]
            sizes = {name: sent(book / name) for name in tab.loaded}
            if sum(sizes.values()) > MOST_BYTES:
                problems.append(f"too many bytes are sent: {sizes}")
            assert problems + tab.errors + tab.strangers == []
        finally:
            tab.close()


def wait_until_scrollable_places_are_marked(tab):
    """The theme's script lets the keyboard reach what scrolls, a moment after
    the width has changed. Where it does not, axe-core says so."""
    with contextlib.suppress(NotInTime):
        tab.wait_for_function(SCROLLABLE_PLACES_ARE_MARKED, timeout=2000)


@functools.cache
def sent(file: Path) -> int:
    """Bytes that a server of pages sends: it compresses what is text."""
    content = file.read_bytes()
    if file.suffix in {".html", ".css", ".js", ".svg", ".json"}:
        content = gzip.compress(content, 6)
    return len(content)


def faults_at(tab, page, width) -> list[str]:
    """What is wrong with a page at one width, light and dark."""
    tab.set_viewport_size({"width": width, "height": 900})
    if width == TELEPHONE:
        wait_until_scrollable_places_are_marked(tab)
    wide = tab.evaluate("document.documentElement.scrollWidth")
    problems = [f"{page} is {wide} pixels wide on {width}"] * (wide > width)
    problems += tab.evaluate(CUT_WITHOUT_A_SIGN)
    name = f"{page.replace('/', '_')}_{width}"
    if width == TABLET:
        return problems
    if page in PICTURED:
        tab.screenshot(path=PICTURES / "book" / f"{name}.png", full_page=True)
    whole = width == SCREEN or page in WHOLE_ON_A_TELEPHONE
    problems += broken_rules(tab, WCAG if whole else OF_A_WIDTH, f"{width}")
    if whole and offers_dark(tab):
        set_theme(tab, "dark")
        if page in PICTURED:
            tab.screenshot(path=PICTURES / "book" / f"{name}_dark.png",
                           full_page=True)
        problems += broken_rules(tab, OF_A_THEME, f"{width} dark")
        set_theme(tab, "light")
    return problems


def broken_rules(tab, rules, where) -> list[str]:
    """axe-core's words, with the places. It cannot judge letters that stand
    on a shadow, so the tables have none meanwhile; and it takes what is
    folded for the ground of what stands below."""
    flat = tab.add_style_tag(
        content=".bd-article :has(> table) {background: none !important} "
        "details:not([open]) > :not(summary) {display: none !important}")
    found = Axe().run(tab, options=rules)["violations"]
    flat.evaluate("style => style.remove()")
    return [json.dumps({
        "at": where, "rule": rule["id"], "help": rule["help"],
        "where": [node["html"][:200] for node in rule["nodes"][:3]]})
        for rule in found]


def offers_dark(tab) -> bool:
    """Has the page a switch for its theme?"""
    return tab.locator(".theme-switch-button:visible").count() > 0


def set_theme(tab, theme: str) -> None:
    """What the switch does, without the fading."""
    tab.evaluate("""theme => {
        document.head.insertAdjacentHTML("beforeend",
            "<style>* {transition: none !important}</style>");
        document.documentElement.dataset.theme = theme;
        document.documentElement.dataset.mode = theme;
    }""", theme)


def open_page(browser, url, page):
    """A tab that remembers errors, requests to other servers, and which
    files of the book it has loaded."""
    tab = browser.new_page()
    tab.set_viewport_size({"width": SCREEN, "height": 900})
    tab.errors, tab.strangers, tab.loaded = [], [], set()

    def remember(request):
        if request.url.startswith(f"{url}/"):
            path = re.split("[?#]", request.url.removeprefix(f"{url}/"))[0]
            tab.loaded.add(unquote(path))
        elif not request.url.startswith(("data:", "blob:", "about:")):
            tab.strangers.append(request.url)
    tab.on("request", remember)
    tab.on("console", lambda message: message.type == "error"
           and tab.errors.append(message.text))
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.goto(f"{url}/{page}.html")
    return tab


@pytest.mark.slow
@pytest.mark.parametrize("page", [
    page for page in PAGES if page.endswith("/sheet")])
def test_the_functions_of_a_day_are_printed_on_one_sheet(
        page, book_url, browser):
    tab = open_page(browser, book_url, page)
    try:
        tab.emulate_media(media="print")
        edge = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")
        for paper, width in (("A4", 718), ("Letter", 740)):
            printed = tab.pdf(format=paper, margin=edge)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
            tab.set_viewport_size({"width": width, "height": 1000})
            assert not tab.evaluate("""() => [...document.querySelectorAll(
                ".sheet td code")].filter(code =>
                    code.getBoundingClientRect().right > 1 + code.closest(
                        "td").getBoundingClientRect().right)
                .map(code => code.textContent)""")  # over the next column
    finally:
        tab.close()


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
@pytest.mark.parametrize("word, page", [
    ("geomasking", "s4_sql_and_protection"),
    ("ellipsoid", "s2_reference_systems"), ("الولاية", "glossary")])
def test_search_finds_a_word_without_a_network(
        word, page, book_url, browser):
    tab = open_page(browser, book_url, "search")
    try:
        tab.goto(f"{book_url}/search.html?q={quote(word)}")
        tab.locator(f"#search-results li a[href*='{page}']").first.wait_for(
            timeout=10_000)
        assert tab.strangers == []
    finally:
        tab.close()
