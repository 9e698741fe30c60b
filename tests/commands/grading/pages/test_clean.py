"""HTML of a trainee: what honest work needs stays, all else goes."""

import io
from unittest import mock

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from commands.grading.pages import clean, exporter, trainee_page
from commands.grading.submissions import SubmittedNotebook

PICTURE = "data:image/png;base64,iVBORw0KGgo="
# Each would change the page, lie over it or lead a reader astray.
HARM = {
    "style sheet": "<style>body {display: none}</style>",
    "style sheet without an end": "<style>body {display: none}",
    "position": '<div style="position: fixed; top: 0">20 / 20</div>',
    "position in capitals": '<div STYLE="POSITION:fixed;inset:0">20</div>',
    "escaped position": '<div style="p\\osition: fixed; top: 0">20</div>',
    "margin": '<p style="margin-top: -900px; z-index: 9">20 / 20</p>',
    "class of the page": '<p class="modal-backdrop navbar-fixed-top">x</p>',
    "class of code": '<div class="highlight navbar-fixed-top">x</div>',
    "id": '<a id="total-check" name="top">x</a>',
    "overlay link": '<a href="https://x.example" style="display: block; '
                    'position: fixed; inset: 0">x</a>',
    "script": "<script>alert(1)</script>",
    "handler": '<img src="x" onerror="alert(1)">',
    "frame": '<iframe srcdoc="x"></iframe>', "object": "<object data=x>",
    "form": '<form action="https://x.example"><input name=p></form>',
    "base": '<base href="https://x.example/">', "svg": "<svg><style>x",
    "link": '<link rel="stylesheet" href="https://x.example">',
    "refresh": '<meta http-equiv="refresh" content="0; url=x">',
    "javascript": '<a href="java&#10;script:alert(1)">x</a>',
    "data page": '<a href="d&#97;ta:text/html,20">x</a>',
    "data page, broken": '<a href="da\nta:text/html,20">x</a>',
    "end of the page": "</div></div></body></html><style>x</style>",
    "comment": "<!-- --!><style>x</style> -->",
    "mermaid": "```mermaid\n<style>x</style>\n```",
}
TAGS = ("style, script, iframe, object, embed, form, input, button, base, "
        "link, meta, svg, math, textarea, [id], [name], [onerror], [class]")


def found(html) -> list:
    """What must not be in a piece of a page."""
    page = BeautifulSoup(f"<main>{html}</main>", "html.parser")
    assert len(page.contents) == 1, "it has closed what is around it"
    return page.main.select(TAGS) + [
        one for one in page.main.select("[style], [href]") if any(
            word in str(one).lower() for word in (
                "position", "margin", "inset", "z-index", "script", "data:"))]


@pytest.mark.parametrize("html", HARM.values(), ids=HARM)
def test_nothing_changes_the_page_or_lies_over_it(html):
    assert not found(clean.clean(html))


@pytest.mark.parametrize("html", HARM.values(), ids=HARM)
def test_nor_does_it_wherever_a_page_shows_what_was_handed_in(html):
    code = new_code_cell("1", outputs=[
        new_output("display_data", {"text/html": html}),
        new_output("display_data", {"text/latex": html}),
        new_output("display_data", {"image/png": f'"{html}'}),
        new_output("stream", text=html),
        new_output("error", ename=html, evalue=html, traceback=[html])])
    raw = new_raw_cell(html, metadata={"raw_mimetype": "text/html"})
    text = new_markdown_cell(html, metadata={
        "tags": [f'">{html}'.replace(",", "")]})
    assert _harm(_page(code, raw, text)) == []


def _harm(page):
    """The tags of a page that would do something."""
    return [tag for tag in BeautifulSoup(page, "html.parser").find_all(True)
            if tag.name in ("style", "script", "iframe", "form", "base",
                            "meta", "svg", "object", "link")
            or "onerror" in tag.attrs or "fixed" in tag.get("style", "")
            or {"modal-backdrop", "navbar-fixed-top"} & {
                *tag.get("class", ())}]


def _page(*cells):
    outputs = {cell.id: cell.outputs for cell in cells
               if cell.cell_type == "code"}
    shown = trainee_page.for_the_trainee(
        new_notebook(cells=list(cells)),
        SubmittedNotebook("e00", outputs=outputs), None)
    config = GenerateFeedback(coursedir=CourseDirectory()).config
    page, _ = exporter.html_exporter()(config=config).from_notebook_node(
        shown, {"nbgrader": {
            "notebook": "e00", "score": 1, "max_score": 20,
            "late_penalty": 0}})
    return page.partition("</head>")[2]


# --- honest work -----------------------------------------------------------

def test_a_table_of_pandas_stays_whole():
    table = pd.DataFrame({"centre": ["Kef", "Béja"], "beds": [4, 7]})
    html = clean.clean(table._repr_html_())
    assert pd.read_html(io.StringIO(html), index_col=0)[0].equals(table)
    assert "vertical-align" not in html, "its style sheet is no text"
    large = pd.DataFrame({f"c{i}": range(60) for i in range(20)})
    assert clean.clean(large._repr_html_()).count("<td>") == 1200


@pytest.mark.parametrize("html", [
    f'<img src="{PICTURE}" alt="a map">',
    '<a href="https://data.example/x?a=1&amp;b=2">the source</a>',
    '<div dir="rtl" lang="ar">مركز صحي</div>',
    '<p style="direction: rtl; text-align: right;">مركز</p>',
    "<details><summary>Hint</summary><p>Look.</p></details>",
    '<th colspan="2">a</th>', "<pre><code>1 &lt; 2</code></pre>"])
def test_what_honest_work_needs_stays(html):
    whole = f"<table><tbody><tr>{html}</tr></tbody></table>"
    if "<th" in html:
        assert clean.clean(whole) == whole
    else:
        assert clean.clean(html) == html


def test_a_picture_in_a_text_stays():
    cell = new_markdown_cell("![a map](attachment:map.png)", attachments={
        "map.png": {"image/png": "iVBORw0KGgo="}})
    assert f'src="{PICTURE}"' in _page(cell)


def test_in_place_of_a_map_stands_a_sentence():
    html = clean.clean('<div><iframe srcdoc="&lt;html&gt;"></iframe></div>')
    assert "A map or another page was here" in html


# --- what would take long --------------------------------------------------

@pytest.mark.parametrize("html", [
    "<img" * 200_000, "<img" * 7_000, "<p>" + "a." * 110_000,
    "&a" * 50_000, "<b>" * 70, "<b></x>" * 70,
    "<a " + " ".join(f"a{number}" for number in range(2_000)) + ">",
    '<a x=">" ' + " ".join(f"a{number}" for number in range(2_000))])
def test_what_would_take_long_is_left_out_before_it_is_read(html):
    with mock.patch.object(clean, "_cleaner") as cleaner:
        assert clean.clean(html) == clean.TOO_LONG
    cleaner.assert_not_called()


def test_a_picture_does_not_count_as_words():
    html = f'<img src="data:image/png;base64,{"A" * 1_000_000}">'
    assert clean.clean(html) == html


def test_code_in_one_long_line_is_shown_without_colours():
    page = _page(new_code_cell("a." * 1_500))
    assert "a." * 1_500 in page
