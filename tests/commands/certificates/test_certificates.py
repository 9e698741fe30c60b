"""Certificates: true numbers, three languages, nothing overwritten."""

import io
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from rich.console import Console

from commands import grading, printing
from commands.certificates import command
from commands.certificates.page import WORDS, page
from commands.certificates.standing import (
    Day,
    Standing,
    Task,
    _mark,
    standing,
)
from commands.exercises import objectives
from helpers.errors import CourseError
from tests.commands.grading.cases import course as tiny
from tests.support import PICTURES, ROOT

pytestmark = pytest.mark.slow
LANGUAGES = ["en", "fr", "ar"]


def day(*tasks, name=tiny.DAY):
    """tasks: (cell, points, is it core, objectives)."""
    return Day(name, 360, 4, [
        Task(name, "e01" if core else "e02", cell, points, core, of)
        for cell, points, core, of in tasks])


ONE = day(("a", 6, True, ("D1.1.1",)), ("b", 4, True, ("D1.1.2",)),
          ("more", 5, False, ("D1.1.10",)))


def reached(**marks):
    return standing("t1", [ONE], {tiny.DAY: {
        ("e02" if cell == "more" else "e01", cell): score
        for cell, score in marks.items()}})


# --- the share -------------------------------------------------------------

def test_who_leaves_stretch_exercises_out_loses_nothing():
    assert reached(a=6, b=4).percent == 100
    assert reached(a=3, more=5).percent == 80
    assert reached(a=6, b=4, more=5).percent == 100  # not 150


def test_what_was_not_handed_in_has_no_points():
    assert (reached(a=6).percent, reached(a=6).waiting) == (60, 0)
    assert standing("t1", [ONE], {}).percent == 0


def test_just_below_is_not_reached_and_never_rounded_up():
    almost = Standing("t1", 5.996, 10, 0)
    assert (almost.percent, almost.lacks(60)) == (59.9, 0.1)
    assert Standing("t1", 6, 10, 0).lacks(60) == 0
    assert Standing("t1", 0.1 + 0.2, 1, 0).lacks(30) == 0


def test_how_much_is_missing_is_said_and_what_waits_for_a_person():
    assert command.verdict(reached(a=6), 60) == "reached"
    assert command.verdict(reached(a=2), 60) == "not reached: 4 points short"
    assert command.verdict(reached(a=2, b=None), 60) == (
        "not reached: 4 points short; 4 points wait for a person")


def test_a_text_that_changed_after_marking_waits_and_its_old_mark_counts():
    marks = {tiny.DAY: {("e01", "a"): 6, ("e01", "b"): 4}}
    one = standing("t1", [ONE], marks, {tiny.DAY: {("e01", "b")}})
    assert (one.earned, one.waiting) == (10, 4)
    assert command.verdict(one, 60) == "reached; 4 points wait for a person"
    assert one.mastered == ["D1.1.1", "D1.1.2"]


def test_an_objective_needs_four_fifths_of_its_points():
    assert reached(a=4.8, b=3.1, more=5).mastered == ["D1.1.1", "D1.1.10"]
    assert reached(a=6, b=None).mastered == ["D1.1.1"]


@pytest.mark.parametrize("manual, auto, extra, needs, mark", [
    (3, 0, None, False, 3), (0, 4, None, False, 0),
    (None, 4, None, False, 4), (None, None, None, True, None),
    (None, None, 1, True, None), (None, None, None, False, 0),
    (None, 4, 1, False, 5), (2, 4, 0.5, False, 2.5)])
def test_a_persons_mark_comes_before_the_automatic_one(
        manual, auto, extra, needs, mark):
    """Extra credit is added, as on the trainee's page."""
    assert _mark({"manual_score": manual, "auto_score": auto,
                  "extra_credit": extra, "needs_manual_grade": needs}) == mark


# --- a graded class --------------------------------------------------------

@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Amina has all that a program marks, Bilel nothing."""
    root = tiny.make(tmp_path_factory.mktemp("class") / "course")
    lesson = new_notebook(metadata={"course": {
        "session": "1.1", "title": "Beds", "exercises": ["E00"],
        "objectives": {"D1.1.1": "add the beds"}, "minutes": {
            "story": 8, "concept": 25, "lab": 12, "exercise": 35,
            "debrief": 10}}})
    (root / "course" / tiny.DAY).mkdir(parents=True)
    nbformat.write(lesson, root / "course" / tiny.DAY / "s1_beds.ipynb")
    tiny.hand_in(root, "t1", tiny.answered(tiny.blank(root)))
    tiny.hand_in(root, "t2", tiny.blank(root))
    tiny.hand_in(root, "t3", b"{ broken")
    grading.grade(tiny.DAY, root)
    names = root / "trainees.csv"
    names.write_text("code,name\nt1,Amina <B.>\nt2,Bilel C.\nt9,Zied\n",
                     encoding="utf-8")
    return root


def run(root, to, days=(), **more):
    """Exit code, and all that was printed."""
    text = io.StringIO()
    code = command.certificates(list(days), Console(
        file=text, width=200), to=to, root=root, **more)
    return code, " ".join(text.getvalue().split())


@pytest.fixture
def no_chromium(monkeypatch):
    monkeypatch.setattr(printing, "_browser", lambda playwright: None)


def test_those_who_reached_it_have_a_page_per_language(
        graded, tmp_path, no_chromium):
    code, said = run(graded, tmp_path / "new",
                     names=graded / "trainees.csv")
    assert code == 0
    assert {file.name for file in (tmp_path / "new").iterdir()} == {
        f"t1_{name}.html" for name in LANGUAGES}
    assert "t1 Amina <B.> 9 90 % 0 reached" in said
    assert "t2 Bilel C. 0 0 % 0 not reached: 6 points short" in said
    assert "t3 0 0 % 0 not reached: 6 points short" in said
    assert "Not in the file of names, so shown by their code: t3" in said
    assert "nothing is graded: t9" in said
    assert "HTML only: no Chromium, Chrome or Edge starts here" in said
    text = (tmp_path / "new" / "t1_en.html").read_text("utf-8")
    assert "Amina &lt;B.&gt;" in text and "has reached 90 %" in text
    assert "1.5 hours. Sessions: 1." in text


def test_without_a_roster_there_are_codes(graded, tmp_path, no_chromium):
    run(graded, tmp_path, language="fr")
    assert [file.name for file in tmp_path.iterdir()] == ["t1_fr.html"]
    text = (tmp_path / "t1_fr.html").read_text("utf-8")
    assert "<bdi>t1</bdi>" in text and "Amina" not in text


def test_nothing_is_overwritten_silently(graded, tmp_path, no_chromium):
    run(graded, tmp_path, language="en")
    assert run(graded, tmp_path, language="en")[0] == 0  # the same
    file = tmp_path / "t1_en.html"
    file.write_text("signed", encoding="utf-8")
    shown = io.StringIO()
    with pytest.raises(CourseError, match=r"other versions of t1_en\.html"):
        command.certificates([], Console(file=shown), to=tmp_path,
                             root=graded)
    assert "Trainee" in shown.getvalue()  # the table is shown all the same
    assert [one.name for one in tmp_path.iterdir()] == ["t1_en.html"]
    assert file.read_text("utf-8") == "signed"
    run(graded, tmp_path, language="en", force=True)
    assert "has reached" in file.read_text("utf-8")


def test_an_old_certificate_is_named_and_stays(
        graded, tmp_path, no_chromium):
    (tmp_path / "t2_en.html").write_text("old")
    _, said = run(graded, tmp_path, language="en")
    assert "not of this one: t2_en.html" in said
    assert (tmp_path / "t2_en.html").read_text() == "old"


def test_nobody_has_reached_it(graded, tmp_path, no_chromium):
    _, said = run(graded, tmp_path, threshold=95)
    assert "t1 9 90 % 0 not reached: 0.5 points short; 1 point waits" in said
    assert "no certificate is written" in said
    assert not list(tmp_path.iterdir())


def test_a_correction_after_marking_waits_for_a_person_again(
        graded, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(graded, root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        mark = book.find_grade("why", tiny.NAME, tiny.DAY, "t1")
        mark.manual_score, mark.needs_manual_grade = 1, False
        book.db.commit()
        assert "t1 10 100 % 0 reached" in run(root, tmp_path / "a")[1]
        mark.needs_manual_grade = True  # as grading the correction leaves it
        book.db.commit()
    _, said = run(root, tmp_path / "b")
    assert "reached; 1 point waits for a person" in said


@pytest.mark.parametrize("more, words", [
    ({"language": "de"}, "no language 'de'. Choose: en, fr, ar, all"),
    ({"threshold": 0}, "--threshold is 0"),
    ({"threshold": 0.6}, "--threshold is 0.6: give a percentage from 1"),
    ({"threshold": 101}, "--threshold is 101"),
    ({"days": ["day9"]}, "There is no day 'day9'")])
def test_a_wrong_wish_is_told_in_words(graded, tmp_path, more, words):
    with pytest.raises(CourseError, match=re.escape(words)):
        run(graded, tmp_path, **more)


def test_a_class_that_is_not_graded_is_told(tmp_path):
    root = tiny.make(tmp_path / "course")
    with pytest.raises(CourseError, match=r"There is no .*gradebook\.db"):
        run(root, tmp_path / "new")
    assert not (root / "gradebook.db").exists()


# --- the page --------------------------------------------------------------

TAUGHT = objectives.taught(ROOT)
ALL_DAYS = [Day(name, 360, 4, [Task(name, "e", "c", 100, True, tuple(
    one for one in TAUGHT if one.startswith(f"D{number}.")))])
    for number, name in enumerate((
        "day1_production", "day2_processing", "day3_publication",
        "day4_strategy"), 1)]


def certificate(language, name="Amina Ben Exemple"):
    """Of somebody (fictional) who has mastered everything."""
    return page(Standing("t07", 345.5, 400, 0, list(TAUGHT)), name, ALL_DAYS,
                60, TAUGHT, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_are_in_each_language(language):
    parsed = BeautifulSoup(certificate(language), "html.parser")
    text = " ".join(parsed.get_text(" ").split())
    assert {"en": "86.3 %"}.get(language, "86,3 %") in text
    assert "60 %" in text
    assert "24" in text and "16" in text  # hours, sessions
    for row, of_day in zip(parsed.select("tbody tr"), ALL_DAYS):
        count = len(of_day.objectives)
        assert row.get_text().count(str(count)) >= 2
    assert len(parsed.select("li")) == len(TAUGHT) > 40
    assert parsed.html["dir"] == ("rtl" if language == "ar" else "ltr")


def test_languages_have_the_same_words_and_the_glossarys_terms():
    first, *others = WORDS.values()
    assert list(WORDS) == LANGUAGES
    for words in others:
        assert words.keys() == first.keys()
        assert words["days"].keys() == first["days"].keys()
        for key in ("reached", "length", "of"):
            assert set(re.findall("{.*?}", words[key])) == set(
                re.findall("{.*?}", first[key]))
    glossary = (ROOT / "course" / "reference" / "glossary.md").read_text(
        "utf-8")
    for term in first["glossary"]:
        entry = re.search(rf"^{term}\n: (.*\n(?:  .*\n)*)", glossary,
                          re.MULTILINE)
        for words in WORDS.values():
            its = words["glossary"][term]
            assert its in term + entry[1]
            assert its.lower() in " ".join([
                words["subject"], words["mastered"], words["rule"]]).lower()


def test_no_authority_signs():
    text = certificate("en").lower()
    assert "without a signature this page is a draft" in text
    assert not re.search("ministry|minister|republic|<img|<svg", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_accessible_and_asks_nothing_of_the_network(
        language, tmp_path, chromium):
    from axe_core_python.sync_playwright import Axe
    file = tmp_path / "page.html"
    file.write_text(certificate(language), encoding="utf-8")
    tab, asked = chromium.new_page(viewport={"width": 390, "height": 800}), []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    found = Axe().run(tab, options={"runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert not [rule["id"] for rule in found["violations"]]
    assert asked == [file.as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    if language == "ar":
        assert joined(tab)
    tab.close()


def joined(tab):
    """Are letters drawn joined? Apart, they are wider."""
    wide, apart = tab.evaluate("""() => {
        const width = text => {
            const span = document.createElement("span");
            span.textContent = text;
            document.querySelector("h1").append(span);
            return span.getBoundingClientRect().width};
        const word = "بيانات";
        return [width(word), width([...word].join("\\u200c"))]}""")
    return wide < apart


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_has_two_pages_of_a4(language, chromium):
    tab = chromium.new_context(offline=True).new_page()
    tab.set_content(certificate(language, "سلمى بن مثال"))
    pdf = tab.pdf(prefer_css_page_size=True, print_background=True)
    tab.close()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    (PICTURES / "certificates").mkdir(parents=True, exist_ok=True)
    (PICTURES / "certificates" / f"{language}.pdf").write_bytes(pdf)
