"""The design as a reader meets it, on a book of a few pages.

The pages are those of the course; nothing is executed. The whole book is
looked at in test_build.py.
"""

import re
import shutil
import subprocess
import sys

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support import PICTURES, ROOT, in_course, served

TOC = """format: jb-book
root: course/index
parts:
  - caption: Day 1 · Production and collection
    chapters:
      - file: course/day1_production/index
        sections:
          - file: course/day1_production/s2_reference_systems
            sections:
              - file: exercises/day1_production/e03_crs_detective
                sections:
                  - file: solutions/day1_production/e03_crs_detective
                    title: "Solution of E03 · CRS detective"
          - file: course/day1_production/s3_collecting
  - caption: Reference
    chapters:
      - file: course/reference/glossary
      - file: course/reference/applications
      - file: data/README
      - file: course/reference/cite
"""
LESSON = "course/day1_production/s2_reference_systems"
EXERCISE = "exercises/day1_production/e03_crs_detective"
WCAG = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The folder of the pages of a small book."""
    root = tmp_path_factory.mktemp("small")
    for name in ("course", "exercises", "solutions", "data"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("CITATION.cff", "LICENSE", "LICENSE-content"):
        shutil.copy(ROOT / name, root)
    (root / "_toc.yml").write_text(TOC, "utf-8")
    settings = (ROOT / "_config.yml").read_text("utf-8")
    (root / "_config.yml").write_text(settings.replace(
        "execute_notebooks: force", 'execute_notebooks: "off"'), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c",
         "from jupyter_book.cli.main import main; main()",
         "build", "-q", str(root)], cwd=root, env=in_course(root),
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return root / "_build" / "html"


@pytest.fixture(scope="module")
def url(small):
    """The small book, served on the loopback."""
    with served(small) as address:
        yield address


@pytest.fixture
def tab(chromium):
    """A tab of its own."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("asked", ["الولاية", "ولايات", "geomasking"])
@pytest.mark.parametrize("opened", ["served", "from disk"])
def test_the_search_finds(asked, opened, small, url, tab):
    base = url if opened == "served" else small.as_uri()
    tab.goto(f"{base}/search.html?q={asked}")
    results = tab.locator("#search-results li a")
    results.first.wait_for()
    assert "Glossary" in results.all_inner_texts()


def test_the_sidebar_shows_one_part(url, tab):
    tab.goto(f"{url}/{EXERCISE}.html")
    sidebar = tab.get_by_role("navigation", name="Course")
    assert sidebar.locator("[aria-current]").inner_text().split() == [
        "E03", "CRS", "detective"]
    expect(sidebar.get_by_role("link", name="Solution")).to_be_visible()
    assert sidebar.get_by_role("link", name="Glossary").count() == 0


def test_from_session_to_session(url, tab):
    tab.goto(f"{url}/{LESSON}.html")
    seen = []
    for _ in range(2):
        tab.locator(".prev-next-area .right-next").click()
        seen.append(tab.locator("h1").last.inner_text().split("\n")[0])
    assert seen[0].startswith("E03 · CRS detective")
    assert seen[1].startswith("Collecting in the field")


def test_a_term_explains_itself_to_the_keyboard(url, tab):
    tab.goto(f"{url}/{LESSON}.html")
    term = tab.locator(".term > a").first
    tip = tab.locator(f"#{term.get_attribute('aria-describedby')}")
    assert tip.get_attribute("role") == "tooltip" and tip.is_hidden()
    term.focus()
    expect(tip).to_be_visible()
    assert tip.locator("[lang=fr]").inner_text()
    tab.keyboard.press("Escape")
    assert tip.is_hidden()
    tab.mouse.move(0, 0)
    term.hover()
    expect(tip).to_be_visible()


def test_each_term_is_explained_once(url, small, tab):
    tab.goto(f"{url}/{EXERCISE}.html")
    names = tab.locator(".tip > b").all_inner_texts() or (
        tab.locator(".tip > b").all_text_contents())
    assert names and len(names) == len(set(names))
    ids = set(re.findall(r'id="(term-[^"]+)"', (
        small / "course/reference/glossary.html").read_text("utf-8")))
    for link in tab.locator(".term > a").all():
        assert link.get_attribute("href").partition("#")[2] in ids
    # Not in headings, code or links.
    assert tab.locator(":is(h1, h2, h3, pre) .term, a .term").count() == 0


def test_a_link_to_a_term_leads_to_its_place(url, tab):
    """In the lesson it is a plain link, which JupyterLab follows too."""
    tab.goto(f"{url}/{LESSON}.html")
    tab.locator(".term > a", has_text="Vector data").click()
    place = tab.locator(f"dt[id='{tab.url.partition('#')[2]}']")
    assert place.inner_text().strip("#\n ") == "vector data"


def test_a_long_path_leaves_room_beside_it_on_a_telephone(url, tab):
    tab.set_viewport_size({"width": 390, "height": 900})
    tab.goto(f"{url}/data/README.html")
    code = tab.locator("td code", has_text="data/make/space/sectors_received")
    assert code.first.bounding_box()["width"] < 250
    used_by = tab.locator("tr", has_text="sectors_received").locator("td")
    assert used_by.nth(1).bounding_box()["width"] > 100


def test_a_forms_table_keeps_its_columns_apart_and_a_day_whole(url, tab):
    tab.goto(f"{url}/{LESSON}.html")
    first, second, line = tab.locator("article.bd-article").evaluate("""
        article => {
            article.insertAdjacentHTML("beforeend", `<div class="cell_output">
                <table><tr><td>1.1</td><td>2022-02-01</td><td>${
                "word ".repeat(200)}</td></tr></table></div>`);
            return [...article.querySelectorAll("div:last-child td")].slice(-3)
                .map(cell => {
                    const words = document.createRange();
                    words.selectNodeContents(cell);
                    return words.getBoundingClientRect().toJSON();
                });
        }""")
    assert second["left"] - first["right"] > 8
    assert second["height"] < line["height"] / 2
    assert second["height"] < 1.5 * first["height"]


def test_the_glossary_is_filtered_in_three_languages(url, tab):
    tab.goto(f"{url}/course/reference/glossary.html")
    field = tab.get_by_label("Find a term")
    for asked, name in [("geomask", "geomasking"), ("gouvernorat",
                        "governorate"), ("ولاية", "governorate")]:
        field.fill(asked)
        shown = tab.locator("dl.glossary > dt:visible").all_inner_texts()
        assert name in [text.strip("#\n ") for text in shown], shown
        assert len(shown) < 5
    arabic = tab.locator("dd:visible [lang=ar]").first
    assert arabic.evaluate("cell => getComputedStyle(cell).direction") == (
        "rtl")


def test_a_layer_can_be_downloaded(url, tab):
    tab.goto(f"{url}/data/README.html")
    with tab.expect_download() as download:
        tab.locator("#layer-governorates .download").click()
    assert download.value.path().read_bytes() == (
        ROOT / "data" / "governorates.geojson").read_bytes()


def test_the_switch_changes_the_colours(url, tab):
    tab.goto(f"{url}/course/index.html")

    def ground():
        return tab.evaluate("getComputedStyle(document.body).backgroundColor")
    grounds = [ground()]
    for _ in range(2):
        tab.locator(".theme-switch-button:visible").click()
        grounds.append(ground())
    assert "rgb(18, 25, 31)" in grounds and "rgb(253, 252, 249)" in grounds


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", [
    "course/index", LESSON, EXERCISE, "course/reference/glossary",
    "course/reference/applications", "data/README", "course/reference/cite"])
def test_nothing_is_wrong_at_any_width(page, theme, url, chromium):
    context = chromium.new_context(color_scheme=theme)
    tab = context.new_page()
    wrong = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: request.url.startswith(
        (url, "data:", "blob:")) or wrong.append(request.url))
    try:
        for width in (1440, 768, 390):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.goto(f"{url}/{page}.html")
            tab.screenshot(path=PICTURES / "book" / (
                f"{page.replace('/', '_')}_{width}_{theme}.png"))
            wide = tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{wide} pixels wide"
        wrong += [rule["id"] + ": " + rule["nodes"][0]["html"][:200]
                  for rule in Axe().run(tab, options=WCAG)["violations"]]
        assert wrong == []
    finally:
        context.close()
