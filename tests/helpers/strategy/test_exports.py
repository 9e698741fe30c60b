"""A plan as a document: what a program that is not ours finds in it."""

import copy
import os
import re
import subprocess
import sys

import docx
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docx.oxml.ns import qn

from helpers import strategy
from tests import calc
from tests.support import PICTURES, ROOT, needs

pytestmark = pytest.mark.slow
PLAN = ROOT / "course/day4_strategy/plan_example.yaml"
LANGUAGES = ["en", "fr", "ar"]
BUDGET = {"en": "Budget", "fr": "Budget", "ar": "الميزانية"}
MILESTONES = {"en": "Milestones", "fr": "Jalons", "ar": "المراحل"}
FORMATS = ["docx", "xlsx", "html", "json"]


@pytest.fixture(scope="module")
def example():
    return strategy.read_plan(PLAN)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return calc.profile(tmp_path_factory.mktemp("office"))


# --- all formats -----------------------------------------------------------

@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_that_is_there_is_kept_unless_asked(
        example, tmp_path, suffix):
    file = tmp_path / f"plan.{suffix}"
    file.write_text("mine")
    with pytest.raises(strategy.StrategyError, match="overwrite=True"):
        strategy.export(example, file)
    assert file.read_text() == "mine"
    assert strategy.export(example, file, overwrite=True) == file
    assert file.stat().st_size > 1000


@pytest.mark.parametrize("name, language, words", [
    ("plan.pdf", "en", r"plan\.pdf.*\.docx, \.xlsx, \.html, \.json"),
    ("plan.docx", "de", "\"de\".*en, fr, ar"),
])
def test_another_format_or_language_is_refused(
        example, tmp_path, name, language, words):
    with pytest.raises(strategy.StrategyError, match=words):
        strategy.export(example, tmp_path / name, language)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_plan_with_faults_and_an_empty_one_are_written_too(
        tmp_path, suffix):
    received = strategy.read_plan(PLAN.with_name("plan_received.yaml"))
    for number, plan in enumerate([received, {}]):
        strategy.export(plan, tmp_path / f"new/{number}.{suffix}", "ar")


def test_json_is_the_plan(example, tmp_path):
    file = strategy.export(example, tmp_path / "plan.json")
    assert strategy.read_plan(file) == example
    assert "سجل" in file.read_text("utf-8")  # no \u0633


def test_json_and_page_are_the_same_bytes_in_another_process(
        example, tmp_path):
    code = ("import sys; from helpers import strategy as s; "
            "plan = s.read_plan(sys.argv[1]); "
            "[s.export(plan, name, 'ar') for name in sys.argv[2:]]")
    names = ["there.json", "there.html"]
    subprocess.run([sys.executable, "-c", code, PLAN, *names], check=True,
                   cwd=tmp_path, env=os.environ | {
                       "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)})
    for name in names:
        here = strategy.export(example, tmp_path / f"here-{name}", "ar")
        assert here.read_bytes() == (tmp_path / name).read_bytes()


# --- the page --------------------------------------------------------------

@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_its_language_its_tables_and_its_chart(
        example, tmp_path, language):
    file = strategy.export(example, tmp_path / "plan.html", language)
    page = BeautifulSoup(file.read_text("utf-8"), "html.parser")
    assert page.html["lang"] == language
    assert page.html["dir"] == ("rtl" if language == "ar" else "ltr")
    assert page.h1.text == example["title"][language] == page.title.text
    heading = next(found for found in page.find_all("h2")
                   if found.text == BUDGET[language])
    rows = [[cell.text for cell in row.find_all(["td", "th"])]
            for row in heading.find_next("table").find_all("tr")]
    assert len(rows) == 1 + 4 + 1
    assert rows[1] == ["M1", "Travel of the regional correspondents", "24",
                       "150", "3600"]
    assert rows[-1][-1] == "14435"
    assert page.img["alt"] == strategy.gantt_words(example, language)
    assert page.img["src"].startswith("data:image/png;base64,")


def test_the_page_asks_nobody_for_anything(example, tmp_path):
    plan = copy.deepcopy(example)
    plan["problem"] = "<script src='https://example.org/x.js'></script>"
    text = strategy.export(plan, tmp_path / "plan.html").read_text("utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert not page.find_all(["script", "link", "iframe", "object"])
    assert "&lt;script" in text
    for tag in page.find_all(True):
        assert not {"href", "srcset"} & set(tag.attrs)
        assert tag.get("src", "data:").startswith("data:")
    assert "url(" not in page.style.text and "@import" not in page.style.text


# --- the spreadsheet -------------------------------------------------------

def test_the_spreadsheet_has_values_for_programs_that_do_not_compute(
        example, tmp_path):
    file = strategy.export(example, tmp_path / "plan.xlsx")
    sheets = pd.read_excel(file, sheet_name=None)
    assert list(sheets) == ["plan", "objectives", "milestones", "datasets",
                            "budget", "risks", "training", "communication"]
    assert list(sheets["budget"]["Amount (TND)"]) == [
        3600, 9600, 455, 780, 14435]
    assert list(sheets["risks"]["Likelihood × impact"]) == [10, 9, 8]
    milestones = sheets["milestones"]
    assert milestones["End"][0] == pd.Timestamp("2022-04-29")
    assert list(milestones["After"].dropna()) == [
        "M1", "M1, M3", "M2, M4", "M4", "M6"]


def test_calc_computes_the_total_again_after_a_change(
        example, tmp_path, office):
    file = strategy.export(example, tmp_path / "plan.xlsx", "fr")
    book = openpyxl.load_workbook(file)
    book["budget"]["C3"] = 100          # days in the field: 80 before
    book["risks"]["B2"] = 5             # likelihood: 2 before
    book.save(file)                     # the values of formulas are gone
    assert pd.read_excel(file, "budget").iloc[:, -1].isna().all()
    (tmp_path / "out").mkdir()
    calc.computed([file], tmp_path / "out", office)
    computed = tmp_path / "out/plan.xlsx"
    assert list(pd.read_excel(computed, "budget")["Montant (TND)"]) == [
        3600, 100 * 120, 455, 780, 3600 + 12000 + 455 + 780]
    assert pd.read_excel(computed, "risks").iloc[0, 3] == 5 * 5


def test_a_wrong_amount_of_the_plan_is_not_in_the_spreadsheet(
        example, tmp_path):
    plan = copy.deepcopy(example)
    plan["budget"]["lines"][0]["amount"] = 1
    file = strategy.export(plan, tmp_path / "plan.xlsx")
    assert list(pd.read_excel(file, "budget").iloc[:, -1]) == [
        3600, 9600, 455, 780, 14435]


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", "https://example.org"])
def test_a_text_never_becomes_a_formula(example, tmp_path, text):
    plan = copy.deepcopy(example)
    plan["risks"][0]["text"] = plan["problem"] = text
    file = strategy.export(plan, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(file)
    assert book["risks"]["A2"].data_type == "s"
    assert book["risks"]["A2"].hyperlink is None
    assert {cell.data_type for cell in book["plan"]["B"]} == {"s"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_arabic_sheets_run_from_right_to_left(
        example, tmp_path, language):
    file = strategy.export(example, tmp_path / "plan.xlsx", language)
    assert {bool(sheet.sheet_view.rightToLeft)
            for sheet in openpyxl.load_workbook(file)} == {language == "ar"}


# --- the Word document -----------------------------------------------------

@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_has_headings_tables_and_a_chart_with_words(
        example, tmp_path, language):
    file = strategy.export(example, tmp_path / "plan.docx", language)
    document = docx.Document(file)
    headings = [paragraph.text for paragraph in document.paragraphs
                if paragraph.style.name == "Heading 1"]
    assert len(headings) == 13 and BUDGET[language] in headings
    assert len(document.tables) == 10
    heads = document.tables[4].rows[0]
    assert heads._tr.trPr.find(qn("w:tblHeader")) is not None
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == strategy.gantt_words(
        example, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_an_arabic_document_runs_from_right_to_left(
        example, tmp_path, language):
    file = strategy.export(example, tmp_path / "plan.docx", language)
    document = docx.Document(file)
    cells = [cell for table in document.tables
             for row in table.rows for cell in row.cells]
    written = [paragraph for paragraph in [
        *document.paragraphs, *(cell.paragraphs[0] for cell in cells)]
        if paragraph.text]
    assert {paragraph._p.pPr is not None
            and paragraph._p.pPr.find(qn("w:bidi")) is not None
            for paragraph in written} == {language == "ar"}
    assert {table._tbl.tblPr.find(qn("w:bidiVisual")) is not None
            for table in document.tables} == {language == "ar"}


def test_in_arabic_a_stop_and_a_date_stay_where_they_are_read(
        example, tmp_path):
    plan = copy.deepcopy(example)
    plan["commitment"] = "قبل 2022-05-01"
    file = strategy.export(plan, tmp_path / "plan.docx", "ar")
    texts = [paragraph.text for paragraph in docx.Document(file).paragraphs]
    assert "قبل \u200e2022-05-01" in texts
    assert f"\u200e{plan['contribution']}\u200e" in texts


def words_of(pdf) -> list[tuple[str, int, float]]:
    """Word, page and left edge of each word that the page shows."""
    shown = subprocess.run(
        [needs("pdftotext"), "-bbox", pdf, "-"], check=True,
        capture_output=True, text=True, encoding="utf-8").stdout
    return [(word, number, float(left))
            for number, page in enumerate(shown.split("<page ")[1:])
            for left, word in re.findall(
                r'<word xMin="([\d.]+)".*?>(.*?)</word>', page)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_writer_shows_the_document(example, tmp_path, office, language):
    """Pictures to look at: test-output/plan/."""
    file = strategy.export(example, tmp_path / "plan.docx", language)
    subprocess.run(
        [needs("soffice"), "--headless", f"-env:UserInstallation={office}",
         "--convert-to", "pdf", "--outdir", tmp_path, file],
        check=True, capture_output=True, timeout=300)
    pdf = tmp_path / "plan.pdf"
    (PICTURES / "plan").mkdir(parents=True, exist_ok=True)
    subprocess.run([needs("pdftoppm"), "-r", "70", "-png", pdf,
                    PICTURES / f"plan/{language}"], check=True)
    words = words_of(pdf)
    shown = " ".join(word for word, _, _ in words)
    assert "14435" in shown and "Inventory report" in shown
    # the first column is the first that one reads
    rows = [(page, left) for word, page, left in words if word == "D10"]
    dates = [(page, left) for word, page, left in words
             if word == "2022-04-15"]
    assert len(rows) == len(dates) == 1 and rows[0][0] == dates[0][0]
    assert (rows[0][1] > dates[0][1]) == (language == "ar")
