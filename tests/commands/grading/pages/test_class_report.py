"""The page of a class: true sentences, a page that anybody can read."""

import copy
import dataclasses

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from commands.exercises.objectives import Objective
from commands.grading.pages import class_report
from commands.grading.results import NotebookResult, TaskGrade
from commands.grading.submissions import NOTHING

DAY, NAME = "day1_production", "e03_crs_detective"
TITLES = {NAME: "E03 · CRS detective"}
FULL, NONE, WITHHELD = (4, 4, None), (0, 0, None), (None, None, None)
SAYS = ("✗ Task 1\n  Found: the points fall in Ethiopia: longitude and "
        "latitude\n      look swapped\n  Expected: Tunisia")


def graded(student, scores, **settings):
    """A graded notebook of two tasks and one that a person marks."""
    return NotebookResult(student, NAME, [
        TaskGrade(f"task{number}", f"Task {number}", 4, score,
             SAYS if score == 0 else "")
        for number, score in enumerate(scores, 1)], **settings)


def not_handed_in(student):
    return NotebookResult(student, NAME, graded=False,
                          reasons=["not handed in"])


@pytest.fixture
def page_of(tmp_path):
    """Results → their page, parsed."""
    def page_of(*results, titles=TITLES, **more):
        file = tmp_path / "reports" / f"{DAY}.html"
        class_report.write(file, DAY, titles, list(results), **more)
        return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    return page_of


def verdict(page) -> str:
    """The sentence below the first notebook's title."""
    return " ".join(page.find("h3").find_next("p").get_text().split())


def row(page, title) -> list[str]:
    """The cells of the row with this head."""
    head = page.find(lambda tag: tag.name == "th"
                     and tag.get_text(strip=True) == title)
    return [cell.get_text(" ", strip=True)
            for cell in head.parent.find_all("td")]


def section(page, name):
    """What stands between a heading and the next one, as one element."""
    found = BeautifulSoup("<div></div>", "html.parser").div
    for thing in page.find(id=name).find_next_siblings():
        if thing.name == "h2":
            break
        found.append(copy.copy(thing))
    return found


def texts(of_section) -> list[str]:
    """The cells of its tables' bodies."""
    return [" ".join(cell.get_text(" ").split())
            for cell in of_section.select("tbody > tr > *")]


def trainee(page, code) -> list[str]:
    """The cells of a trainee's row."""
    head = section(page, "trainees").find("bdi", string=code)
    return [" ".join(cell.get_text().split())
            for cell in head.find_parent("tr").find_all("td")]


# --- where the class struggles ---------------------------------------------

def test_the_hardest_task_is_named_with_its_share(page_of):
    page = page_of(graded("amina", FULL), graded("bilel", (0, 4, None)),
                   graded("chiraz", (2, 4, None)))
    assert verdict(page) == ("Hardest: Task 1, earned by 1 of 3 trainees "
                             "whose marks stand.")
    assert row(page, "Task 1") == [
        "1 of 3", "1 of 3", "1 of 3", "0 of 3",
        "2.0 of 4", "n is 3: too few",
        "the points fall in Ethiopia: longitude and latitude look swapped "
        "(1)"]
    assert row(page, "Task 3") == [
        *"––––", "–", "", "3 to be marked by a person"]


def test_a_text_that_some_wait_for_has_no_shares(page_of):
    """Texts that were left as they were have their mark first: they are not
    all texts."""
    left = [graded(f"t0{n}", (4, 4, 0)) for n in range(5)]
    page = page_of(*left, *(graded(f"t1{n}", FULL) for n in range(5)))
    assert row(page, "Task 3")[:4] == [
        "0 of 10", "0 of 10", "5 of 10", "0 of 10"]
    assert row(page, "Task 3")[-1].endswith("5 to be marked by a person")
    assert row(page_of(*left), "Task 3")[2] == "100 % 5 of 5"


def test_all_have_earned_everything_only_if_all_have(page_of):
    everything = "All 2 trainees whose marks stand have earned every task"
    assert everything in verdict(page_of(
        graded("amina", FULL), graded("bilel", FULL)))
    assert everything not in verdict(page_of(
        graded("amina", FULL), graded("bilel", (4, 2, None))))


def test_a_class_without_a_mark_that_stands_has_earned_nothing(page_of):
    assert verdict(page_of(graded("amina", WITHHELD))) == (
        "No task is marked yet.")


ELSEWHERE = ("Nobody has handed it in where it belongs. 1 trainee has handed "
             "in other files, or elsewhere. “What a person must look at” says "
             "what to do.")


@pytest.mark.parametrize("result, words", [
    (not_handed_in("amina"), "Nobody has handed it in."),
    (NotebookResult("amina", "*", graded=False, reasons=[NOTHING]),
     "Nobody has handed it in."),
    (NotebookResult("amina", NAME, graded=False, reasons=[
        "not handed in", "the file 'x' is an archive"]), ELSEWHERE),
    (NotebookResult("amina", "*", graded=False, reasons=[
        "not graded: e03.ipynb: its place is …"]), ELSEWHERE),
    (NotebookResult("amina", NAME, graded=False, reasons=["cannot be read"]),
     "1 trainee has handed it in, and it could not be graded. “What a person "
     "must look at” says what to do."),
    (NotebookResult("amina", "*", graded=False, failed=True, reasons=["…"]),
     "The work of 1 trainee was not graded, because the machine failed: "
     "grade again.")])
def test_it_is_said_why_nobody_s_notebook_was_graded(page_of, result, words):
    assert verdict(page_of(result)) == words
    assert verdict(page_of(result, refresh=30)) == (
        "Nothing of it is graded yet.")  # the projector tells of nobody


# --- trainees --------------------------------------------------------------

def test_a_trainee_has_one_row_with_the_state_of_each_task(page_of):
    page = page_of(graded("amina", (4, 0, None)), graded("bilel", FULL),
                   not_handed_in("chiraz"))
    assert trainee(page, "amina") == ["4 of 12 ●✗…", "4 of 12", "4"]
    assert trainee(page, "bilel") == ["8 of 12 ●●…", "8 of 12", "4"]
    assert trainee(page, "chiraz") == ["–", "0 of 12", ""]
    said = section(page, "trainees").select_one("[role=img]")["aria-label"]
    assert said == ("Task 1: right, Task 2: wrong, "
                    "Task 3: to be marked by a person")


def test_what_a_person_must_look_at_has_its_reason(page_of):
    stranger = NotebookResult("bilel", "e03 (1).ipynb", graded=False,
                              reasons=["no exercise has this name"])
    page = page_of(graded("bilel", FULL), stranger, not_handed_in("chiraz"))
    assert texts(section(page, "remarks")) == [
        "bilel", "e03 (1).ipynb", "no exercise has this name"]


def test_who_is_stuck_where(page_of):
    page = page_of(graded("amina", (4, 0, None)),
                   graded("bilel", (2, 0, None)))
    assert texts(section(page, "stuck")) == [
        "E03 · CRS detective, Task 2", "2", "amina bilel"]


def test_many_codes_are_folded(page_of):
    page = page_of(*(graded(f"t{number:02}", NONE) for number in range(13)))
    assert "show 13 trainees" in section(page, "stuck").get_text()
    assert not page_of(*(graded(f"t{number:02}", NONE)
                         for number in range(12))).select("details")


def test_names_stand_only_where_a_file_gives_them(page_of):
    results = graded("t01", (0, 4, None)), graded("t02", FULL)
    assert "Amina" not in page_of(*results).get_text()
    page = page_of(*results, names={"t01": "Amina B."})
    assert len(page.find_all(string="Amina B.")) == 2  # stuck, and her row
    assert "Not in the file of names: 1." in page.get_text()
    assert "Without a name: t02." in page.get_text()


# --- what to do with it ----------------------------------------------------

def test_what_to_repeat_begins_with_most_mistakes_and_says_where(page_of):
    results = [graded(f"t{number}", (0 if number else 4, 2, None))
               for number in range(6)]
    for result in results:
        result.tasks[0].objectives = ("D1.2.1",)
    page = page_of(*results, taught={"D1.2.1": Objective(
        "name the CRS", "1.2", None)})
    first, second = [" ".join(item.get_text().split()) for item in
                     section(page, "repeat").select("li")]
    assert first.startswith("E03 · CRS detective, Task 2: right for 0 of 6")
    assert "right for 1 of 6; 5 tried and made a mistake." in second
    assert "The most frequent mistake (5): the points fall in Ethiopia" in (
        second)
    assert second.endswith("Objective: name the CRS (session 1.2).")
    assert texts(section(page, "objectives")) == [
        "D1.2.1", "name the CRS", "1.2", "17 % 1 of 6", "5"]


def test_a_class_that_can_do_all_has_nothing_to_repeat(page_of):
    page = page_of(graded("amina", FULL))
    said = section(page, "repeat").get_text()
    assert "Nothing: no task with a mistake is right" in said
    assert not section(page, "repeat").select("li")


def test_below_five_people_no_share_is_shown(page_of):
    few = page_of(*(graded(f"t{n}", (0, 4, None)) for n in range(4)))
    for name in ("points", "struggles", "repeat"):
        assert "%" not in section(few, name).get_text()
    assert "0 of 4" in row(few, "Task 1")
    five = page_of(*(graded(f"t{n}", (0, 4, None)) for n in range(5)))
    assert "0 % 0 of 5" in row(five, "Task 1")
    assert "Median: 50 %" in " ".join(  # 4 of 8: Task 3 waits
        section(five, "points").get_text().split())


def test_the_projector_sees_nothing_of_so_few_and_no_codes(page_of):
    results = [graded(f"t0{n}", (0, 4, None)) for n in range(4)]
    live = page_of(*results, refresh=20, names={"t00": "Amina B."})
    said = live.get_text()
    assert not any(word in said for word in ("t00", "Amina", "Ethiopia",
                                             "of 4", " %", "Task 1"))
    live = page_of(*results, graded("t04", (0, 4, None)), refresh=20)
    assert "0 % 0 of 5" in row(live, "Task 1")
    assert "t00" not in live.get_text()


def test_the_projector_sees_no_mistake_of_so_few(page_of):
    """A sentence of a check may quote what one trainee wrote."""
    right = [graded(f"t1{n}", (4, 4, None)) for n in range(6)]
    few = [graded(f"t0{n}", (0, 4, None)) for n in range(4)]
    assert "Ethiopia" in page_of(*right, *few).get_text()
    live = page_of(*right, *few, refresh=20)
    assert "Ethiopia" not in live.get_text()
    assert "40 % 4 of 10" in row(live, "Task 1")
    few += [graded("t04", (0, 4, None))]
    assert "Ethiopia" in page_of(*right, *few, refresh=20).get_text()


def test_an_exercise_that_is_no_core_exercise_is_marked(page_of):
    page = page_of(graded("amina", FULL), stretch=[NAME])
    assert page.find("h3").get_text() == "E03 · CRS detective (stretch)"
    assert "is no core exercise" in page.get_text()


def test_a_total_is_never_more_than_all_points_of_the_core(page_of):
    core = graded("amina", FULL)
    page = page_of(core, dataclasses.replace(core, notebook="e02_more"),
                   titles=TITLES | {"e02_more": "E02 · More"},
                   stretch=["e02_more"])
    assert "12 of 12" in texts(section(page, "trainees"))
    assert "24 of 12" not in page.get_text()


def test_the_quiz_before_and_after_is_shown_if_there_is_one(page_of):
    gain = pd.DataFrame([
        {"objective": "D1.1.1", "text": "Is it open?", "n": 9, "before": 80,
         "after": 30, "gain": -50, "low": -73, "high": -12,
         "reading": "loss"},
        {"objective": "D1.1.2", "text": "And now?", "n": 2,
         "reading": "not shown"}])
    assert texts(section(page_of(graded("a", FULL), gain=gain), "quiz")) == [
        "D1.1.1", "Is it open?", "9", "80", "30", "−50", "−73 to −12",
        "loss", "D1.1.2", "And now?", "2", *"––––", "not shown"]
    assert page_of(graded("a", FULL)).find(id="quiz") is None


def test_a_graded_notebook_leads_to_its_feedback_page(page_of):
    page = page_of(graded("علي & co", FULL), not_handed_in("bilel"))
    link, = page.select("td a")
    assert link["href"] == ("../feedback/%D8%B9%D9%84%D9%8A%20%26%20co/"
                            f"{DAY}/{NAME}.html")


# --- the page itself -------------------------------------------------------

def test_names_and_words_of_trainees_stay_text(page_of):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    result = graded(evil, NONE, reasons=[evil])
    result.tasks[0].says = evil
    page = page_of(result, titles={NAME: evil})
    assert not page.select("script, img, [onerror]")
    assert page.find("bdi").get_text() == evil


def test_a_name_that_is_no_text_does_not_lose_the_page(page_of):
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    page = page_of(NotebookResult(name, "*", graded=False,
                                  reasons=["named so"]))
    assert "caf?" in page.get_text() and "named so" in page.get_text()


def test_a_graded_notebook_of_such_a_name_has_its_link(page_of):
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    link, = page_of(graded(name, FULL)).select("td a")
    assert link["href"].startswith("../feedback/caf%E9/")


def test_a_page_that_cannot_be_written_leaves_the_one_before(
        page_of, tmp_path, monkeypatch):
    page_of(graded("amina", FULL))
    file = tmp_path / "reports" / f"{DAY}.html"
    before = file.read_bytes()

    def full(self, *args, **kwargs):
        self.touch()
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(type(file), "write_text", full)
    with pytest.raises(OSError, match="No space"):
        page_of(graded("bilel", FULL))
    assert file.read_bytes() == before


def test_only_the_live_page_loads_itself_again_and_names_the_other(page_of):
    """Without a link: the other shows each trainee, and a click on a
    projector is seen by all."""
    assert not page_of(graded("amina", FULL)).select("meta[http-equiv]")
    page = page_of(graded("amina", FULL), refresh=20)
    assert page.select_one("meta[http-equiv=refresh]")["content"] == "20"
    said = page.select_one("h1 + .live")
    assert f"reports/{DAY}.html" in said.get_text()
    assert not page.find("a", href=lambda to: not to.startswith("#"))
    assert "every 20 seconds" in " ".join(said.get_text().split())


def test_the_page_is_accessible_and_asks_nothing_of_the_network(
        page_of, tmp_path, chromium):
    from axe_core_python.sync_playwright import Axe
    page_of(graded("amina", (0, 4, None)), graded("علي", FULL),
            graded("t3", FULL, reasons=["renamed"]),
            not_handed_in("chiraz"), titles={**TITLES, "e04": ""},
            names={"amina": "Amina B."}, gain=pd.DataFrame([
                {"objective": "D1.1.1", "text": "Is it open?", "n": 2,
                 "reading": "not shown"}]))
    tab, asked = chromium.new_page(), []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((tmp_path / "reports" / f"{DAY}.html").as_uri())
    found = Axe().run(tab, options={"runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert not [rule["id"] for rule in found["violations"]]
    assert len(asked) == 1
    assert tab.locator("h1").count() == 1
    assert tab.locator("html").get_attribute("lang") == "en"
    assert tab.locator("th:not([scope])").count() == 0
    assert tab.locator("table").count() == tab.locator("caption").count()
    tab.close()
