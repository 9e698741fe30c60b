"""The design of the book: what it computes, and its colours."""

import json
import re
from itertools import product

import pytest
from docutils import nodes

from commands.book import build as book_builder
from commands.book import design
from commands.book.design import (
    blocks,
    country,
    front,
    lesson,
    paper,
    plan,
    reference,
    sidebar,
    terms,
)
from commands.book.design.links import Links
from helpers.errors import CourseError
from tests.support import ROOT

STYLE = ROOT / "commands/book/design/static/design.css"
PAGES = set(book_builder.pages(ROOT))
TEXT = ("ink", "ink-soft", "deep", "coral",
        *(f"day-{number}" for number in range(5)))
GROUNDS = ("paper", "sand")


@pytest.fixture(scope="module")
def links():
    return Links("course/index", PAGES)


# --- colours ---------------------------------------------------------------

def colours(theme: str) -> dict[str, str]:
    """The custom properties that the style sheet sets for a theme."""
    light, dark = re.findall(r"{\s*(--paper:.*?)}",
                             STYLE.read_text("utf-8"), re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});",
                           light if theme == "light" else dark))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""
    def luminance(colour):
        parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [
            part / 12.92 if part <= 0.04045
            else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The example that WebAIM gives for the limit: #767676 on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text, ground", [
    *product(TEXT, GROUNDS), ("ink", "sea"), ("paper", "deep"),
    *((f"day-{number}", "sea") for number in range(5)),
    *(("ink", f"pst-color-{kind}-bg") for kind in (
        "info", "success", "warning", "danger"))])
def test_text_can_be_read_on_its_ground(theme, text, ground):
    known = colours(theme)
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_classes_of_the_map_have_an_order(theme):
    known = colours(theme)
    lightness = [contrast(known[f"class-{rank}"], "#000000")
                 for rank in range(country.CLASSES)]
    assert lightness in (sorted(lightness), sorted(lightness)[::-1])


# --- the course as its notebooks describe it -------------------------------

def test_the_plan_says_what_the_notebooks_say():
    days = plan.days(ROOT)
    assert [day.number for day in days] == [0, 1, 2, 3, 4]
    for day in days[1:]:
        assert len(day.sessions) == 4 and day.minutes == 360
        assert all(session.lab for session in day.sessions), day.title
    found = {each.name for day in days for session in day.sessions
             for each in session.exercises}
    assert found == {
        json.loads(file.read_text("utf-8"))["metadata"]["course"]["exercise"]
        for file in (ROOT / "exercises").glob("day*/*.ipynb")}


def test_the_hours_of_day_0_stand_in_the_order_of_the_contents():
    contents = (ROOT / "_toc.yml").read_text("utf-8")
    files = re.findall(r"file: (course/day0_ready/\w+)", contents)
    abouts = {file: plan.metadata(ROOT / f"{file}.ipynb") for file in files
              if not file.endswith("index")}
    notebooks = [(file, about["title"]) for file, about in abouts.items()
                 if about.get("session") == "0"]
    assert plan.days(ROOT)[0].notebooks == notebooks
    card = front.programme(ROOT, Links("course/index", set(files)), "")
    for page, title in notebooks:
        assert f'href="{page.removeprefix("course/")}.html">{title}' in card


def test_jupyterlab_shows_the_sessions_of_each_route():
    text = (ROOT / "course" / "index.md").read_text("utf-8")
    block = text.partition("<!-- book:routes -->")[2].partition("<!--")[0]
    pages = {session.page.removeprefix("course/") + ".ipynb": session.number
             for session in plan.sessions(ROOT)}
    shown = [(role, [(number, pages[page]) for number, page in re.findall(
        r"\[([\d.]+)\]\((.*?)\)", rest)]) for role, rest in re.findall(
            r"- \*\*([\w-]+)\.\*\*((?:.|\n  )*)", block)]
    assert shown == [(route["role"], [(one, one) for one in route["sessions"]])
                     for route in front.read_routes(ROOT)]


def test_each_card_says_minutes_objectives_and_applications(links):
    html = front.programme(ROOT, links, "")
    cards = html.split("<section")[1:]
    assert len(cards) == 5
    for card, day in zip(cards[1:], plan.days(ROOT)[1:]):
        assert "6 h" in card
        count = sum(len(session.objectives) for session in day.sessions)
        assert f"{count} objectives" in card
        assert card.count("Lab: ") == 4
        assert f'href="{day.page.removeprefix("course/")}.html"' in card


def test_each_role_has_a_route_with_its_time(links):
    html = front.routes(ROOT, links, "")
    routes = front.read_routes(ROOT)
    assert {route["role"] for route in routes} == {
        "Publisher", "Technician", "Decision-maker"}
    for route in routes:
        assert front.hours(90 * len(route["sessions"])) in html
        assert route["sessions"] == sorted(route["sessions"])


def test_a_route_to_an_unknown_session_is_refused(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "routes.yml").write_text(
        '- {role: Pilot, sessions: ["9.9"]}\n')
    with pytest.raises(CourseError, match=r"Pilot.*session 9\.9"):
        front.read_routes(tmp_path)


def test_the_hero_counts_the_course(links):
    html = front.hero(ROOT, links, "*A promise.*")
    assert "A promise." in html and "*" not in html.partition("<svg")[0]
    assert f"<strong>{len(plan.sessions(ROOT))}</strong> sessions" in html


# --- the maps --------------------------------------------------------------

@pytest.fixture(scope="module")
def shapes():
    return country.shapes(ROOT)


def test_the_map_shows_what_its_legend_says(shapes):
    import pandas as pd
    table = pd.read_csv(ROOT / "data/received/governorates.csv")
    density = (table.pop_2024 / table.area_km2).rank().set_axis(
        table.iso_3166_2)
    assert set(shapes.density) == set(shapes.governorates) == set(
        density.index)
    # In the order of their density, the classes never fall.
    ranks = [shapes.density[code] for code in density.sort_values().index]
    assert ranks == sorted(ranks) and set(ranks) == set(range(5))
    assert "<strong>fictional</strong>" in country.legend(shapes)
    # In the dark theme the scale is turned round.
    assert "darker" not in country.legend(shapes)


def test_maps_are_small_and_named(shapes):
    assert 'role="img" aria-label="Map of Tunisia' in country.hero(shapes)
    for day in range(5):
        picture = country.of_a_day(shapes, day)
        assert 'aria-hidden="true"' in picture
        assert len(picture) < 20_000
    assert len(country.hero(shapes)) < 25_000


# --- blocks ----------------------------------------------------------------

def test_a_block_is_filled_and_the_rest_stays(links):
    text = "before\n\n<!-- book:routes -->\nplain\n<!-- /book:routes -->\nend"
    filled = blocks.fill(text, ROOT, links)
    assert filled.startswith("before\n\n") and filled.endswith("\nend")
    assert "plain" not in filled and "Publisher" in filled


def test_an_unknown_block_is_refused(links):
    with pytest.raises(CourseError, match=r"course/index.*book:weather"):
        blocks.fill("<!-- book:weather -->x<!-- /book:weather -->", ROOT,
                    links)


def test_every_block_of_the_pages_is_filled():
    found = {name for file in (ROOT / "course").rglob("*.md")
             for name, _ in blocks.BLOCK.findall(file.read_text("utf-8"))}
    assert found == set(blocks.FILLED) - {"layers"}  # data/README is derived


def test_the_change_log_links_only_to_pages_and_to_the_web():
    text = ("[a](SECURITY.md) [b](data/README.md) [c](course/index.md) "
            "[d](https://example.org/x.md)")
    assert design._without_lost_links(text, {"data/README"}) == (
        "a [b](data/README.md) c [d](https://example.org/x.md)")


# --- pages to look things up -----------------------------------------------

def test_each_lab_names_an_application():
    listed = reference.yaml.safe_load(
        (ROOT / reference.APPLICATIONS).read_text("utf-8"))
    words = [word for each in listed for word in each["words"]]
    without = [session.number for session in plan.sessions(ROOT)
               if not any(word in session.lab for word in words)]
    # 3.3 and 4.1 work with a page and on paper; 4.1 types into a table.
    assert set(without) <= {"4.1"}, without


def test_each_layer_has_a_licence_and_a_file(links):
    html = reference.layers(ROOT, Links("data/README", PAGES), "")
    package = json.loads(
        (ROOT / "data/datapackage.json").read_text("utf-8"))
    rows = html.split("<tr id=")[1:]
    assert len(rows) == len(package["resources"])
    for row, resource in zip(rows, package["resources"]):
        assert f"href='{resource['path']}'" in row
        assert resource["licenses"][0]["title"] in row
        assert ("fictional" in row) == resource["fictional"]


def test_the_files_are_copied_beside_their_page(tmp_path):
    reference.copy_layers(ROOT, tmp_path)
    for resource in json.loads((ROOT / "data/datapackage.json").read_text(
            "utf-8"))["resources"]:
        assert (tmp_path / "data" / resource["path"]).read_bytes() == (
            ROOT / "data" / resource["path"]).read_bytes()


def test_the_citation_is_that_of_the_file(links):
    html = reference.citation(ROOT, links, "")
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    for key in ("version", "date-released"):
        assert re.search(rf"^{key}: (.*)$", text, re.MULTILINE)[1] in html


# --- the glossary ----------------------------------------------------------

def test_every_term_has_its_languages():
    text = (ROOT / f"{terms.GLOSSARY}.md").read_text("utf-8")
    found = terms.read(text)
    assert len(found) == len(re.findall(r"^\S.*\n: \S", text.partition(
        "{glossary}")[2], re.MULTILINE))
    for term in found:
        assert term.french and "Français" not in term.definition
        assert "<span" not in term.definition + term.french + term.arabic
    known = {term.name: term for term in found}
    assert known["governorate"].arabic == "ولاية"
    assert known["governorate"].reviewed
    assert not known["attribute"].reviewed


def test_pages_link_to_terms_that_the_glossary_has():
    """JupyterLab follows a link; a role of MyST leads nowhere there, because
    the term is defined in another file."""
    glossary = (ROOT / f"{terms.GLOSSARY}.md").read_text("utf-8")
    anchors = {f"term-{nodes.make_id(term.name)}"
               for term in terms.read(glossary)}
    pages = {file: file.read_text("utf-8") for kind in ("*.md", "*.ipynb")
             for file in (ROOT / "course").rglob(kind)
             if file.name != "glossary.md"
             and ".ipynb_checkpoints" not in file.parts}
    links = [(file, *link) for file, text in pages.items()
             for link in re.findall(r"\]\(([^)\s]*glossary\.md)#([^)]+)\)",
                                    text)]
    assert len(links) > 150
    for file, path, anchor in links:
        assert (file.parent / path).is_file(), (file.name, path)
        assert anchor in anchors, (file.name, anchor)
    assert not [file for file, text in pages.items() if "{term}" in text]


def test_arabic_stands_in_cells_from_right_to_left():
    text = (ROOT / f"{terms.GLOSSARY}.md").read_text("utf-8")
    laid = terms.laid_out(text)
    count = text.count('<span lang="ar" dir="rtl">')
    assert laid.count('<span class="word" lang="ar" dir="rtl">') == count
    names = {term.name for term in terms.read(text)}
    assert names.issuperset(terms.EVERYDAY)


# --- the sidebar -----------------------------------------------------------

PARTS = [
    sidebar.Part("Day 1 · Production", [sidebar.Entry(
        "course/day1_production/index", "Day 1", [
            sidebar.Entry("course/day1_production/s1_open_data", "Open?", [
                sidebar.Entry("exercises/day1_production/e01_audit",
                              "E01 · Audit", [sidebar.Entry(
                                  "solutions/day1_production/e01_audit",
                                  "Solution of E01")])]),
            sidebar.Entry("course/day1_production/s2_crs", "Where?")])]),
    sidebar.Part("Reference", [
        sidebar.Entry("course/reference/glossary", "Glossary"),
        sidebar.Entry("data/README", "Data")])]


def shown(page):
    return sidebar.html(PARTS, page, lambda other: f"{other}.html")


def test_the_sidebar_opens_one_part():
    html = shown("course/day1_production/s2_crs")
    assert html.count('aria-current="page"') == 1
    assert "data/README" not in html and "E01" in html
    assert ">Solution<" in html
    assert "E01" not in shown("data/README")


def test_nobody_is_led_into_a_solution():
    order = ["course/day1_production/s1_open_data",
             "exercises/day1_production/e01_audit",
             "course/day1_production/s2_crs"]
    for before, page, after in zip(["course/day1_production/index", *order],
                                   order, [*order[1:],
                                           "course/reference/glossary"]):
        assert sidebar.neighbours(PARTS, page) == (before, after)
    assert sidebar.neighbours(
        PARTS, "solutions/day1_production/e01_audit") == (order[1], order[2])


def test_each_exercise_stands_under_its_session_with_its_solution():
    from sphinx_external_toc.parsing import parse_toc_yaml
    site = parse_toc_yaml(ROOT / "_toc.yml")
    for session in plan.sessions(ROOT):
        assert site[session.page].child_files() == [
            each.page for each in session.exercises]
        for each in session.exercises:
            assert site[each.page].child_files() == [each.solution]


# --- the head and the end of a page ----------------------------------------

@pytest.mark.parametrize("session", plan.sessions(ROOT),
                         ids=lambda session: session.number)
def test_a_lesson_says_its_minutes_and_what_comes_after(session):
    notebook = json.loads((ROOT / f"{session.page}.ipynb").read_text("utf-8"))
    count = len(notebook["cells"])
    assert lesson.dress(notebook, ROOT, Links(session.page, PAGES))
    head = "".join(notebook["cells"][0]["source"])
    assert "**Day" not in head and "90 minutes" in head
    assert sum(map(int, re.findall(r"</span> (\d+)</li>", head))) == 90
    after = notebook["cells"][count]["source"]
    for name in session.objectives:
        assert name in after
    for exercise in session.exercises:
        assert f"{exercise.name} · " in after


def test_an_exercise_says_its_points_and_its_session():
    for session in plan.sessions(ROOT):
        for each in session.exercises:
            notebook = json.loads(
                (ROOT / f"{each.page}.ipynb").read_text("utf-8"))
            assert lesson.dress(notebook, ROOT, Links(each.page, PAGES))
            head = "".join(notebook["cells"][0]["source"])
            assert "**Day" not in head
            assert f"<li>{each.points} points</li>" in head
            assert f"Session {session.number} · " in head


def test_other_notebooks_stay_as_they_are():
    notebook = json.loads((ROOT / "course/reference/journey.ipynb").read_text(
        "utf-8"))
    before = json.dumps(notebook)
    assert not lesson.dress(notebook, ROOT, Links("course/x", PAGES))
    assert json.dumps(notebook) == before


def test_the_first_use_of_a_term_is_explained(tmp_path):
    file = tmp_path / "glossary.md"
    file.write_text(":::{glossary}\ndatum\n: Where an ellipsoid lies.\n"
                    "  *Français\u00a0:* datum.\n\nview\n: A query.\n"
                    "  *Français\u00a0:* vue.\n:::\n", "utf-8")
    paragraph = nodes.paragraph("", "A view of two datums: a datum; sub-datum")
    document = nodes.document(None, None)
    document += paragraph
    terms._unmarked(document, terms._known(str(file)), set(),
                    {"datum": "glossary.html#term-datum", "view": "#"})
    assert [part.astext() for part in paragraph] == [
        "A view of two ", "datums", ": a datum; sub-datum"]
    assert [isinstance(part, terms.Explained) for part in paragraph] == [
        False, True, False]


@pytest.mark.parametrize("content, on_paper", [
    ("<p>12</p>", False), ("<style scoped></style><table></table>", True),
    ("<div><svg></svg></div>", True), ('<b style="color: red">1</b>', True),
    ('<p style="margin: 0">1</p>', False),
    ('<img alt="" src="a.png" style="max-width:100%">', False),
    ('<form class="quiz"><img alt="" src="a.png"></form>', False),
    ('<div class="explorer"><img alt="" src="a.png"></div>', False)])
def test_outputs_with_colours_of_their_own_lie_on_paper(content, on_paper):
    body = (f'<h1>T</h1><div class="output text_html">{content}</div>'
            '<div class="cell"><svg></svg></div>')
    assert ('class="output text_html paper"' in paper.marked(body)) is on_paper
    assert paper.marked(body).replace(" paper", "") == body
