"""The report of 3, 30 and 300 trainees: made-up results of a whole day.

The pictures are in test-output/report/, to be looked at.
"""

import random

import pytest
from axe_core_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from commands.exercises import notebooks, objectives
from commands.grading.pages import class_report
from commands.grading.results import NotebookResult, TaskGrade
from commands.grading.submissions import NOT_HANDED_IN, title
from tests.support import PICTURES, ROOT

DAY = "day1_production"
SIZES, WIDTHS = (3, 30, 300), (390, 1440)
SAYS = ["longitude and latitude look swapped: the points fall in Ethiopia",
        "place(…) declares degrees (EPSG:4326), but its coordinates go up to "
        "503,296", "centres has 48 rows", "a_name_without_any_space_that_a_"
        "trainee_has_given_to_a_column_of_the_register_of_health_centres"]
# Fictional. A long one, and two scripts.
NAMES = ["Amina Ben Exemple", "سلمى بن مثال", "Mohamed El Hédi Ben Abdallah "
         "Exemple de Nom Composé"]


@pytest.fixture(scope="module")
def masters():
    """Every exercise of the day."""
    return {file.stem: notebooks.read(file) for file in sorted(
        (ROOT / "solutions" / DAY).glob("*.ipynb"))}


def made_up(masters, count):
    """Results of a class that does not exist, the same each time."""
    chance = random.Random(count)
    results = []
    for number in range(count):
        skill = chance.betavariate(4, 2)
        for name, master in masters.items():
            if chance.random() < 0.15:
                results.append(NotebookResult(
                    f"t{number + 1:03}", name, graded=False,
                    reasons=[NOT_HANDED_IN]))
                continue
            results.append(NotebookResult(
                f"t{number + 1:03}", name,
                [_answer(chance, skill, cell) for cell in
                 notebooks.grade_cells(master).values()],
                reasons=["the file 'my work final.ipynb' was taken for it"]
                if chance.random() < 0.03 else []))
    return results


def _answer(chance, skill, cell):
    points = cell.metadata.nbgrader.points
    score, says = points, ""
    if cell.metadata.nbgrader.solution:
        score = None if chance.random() < 0.5 else points / 2
    elif chance.random() > skill:
        score = 0
        says = "○ not answered yet." if chance.random() < 0.3 else (
            f"✗ Task\n  Found: {chance.choice(SAYS)}\n  Expected: another")
    return TaskGrade(cell.metadata.nbgrader.grade_id,
                     cell.metadata.course.title, points, score, says,
                     tuple(cell.metadata.course.objectives))


@pytest.fixture(scope="module", params=SIZES)
def report(request, masters, tmp_path_factory):
    """How many, their results, and the page."""
    results = made_up(masters, request.param)
    file = tmp_path_factory.mktemp("reports") / f"{DAY}.html"
    class_report.write(
        file, DAY, {name: title(one) for name, one in masters.items()},
        results, dict(zip(("t001", "t002", "t003"), NAMES)),
        objectives.taught(ROOT))
    return request.param, results, file


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_accessible_fits_and_asks_nothing_of_the_network(
        report, width, chromium):
    count, _, file = report
    tab, asked = chromium.new_page(
        viewport={"width": width, "height": 900}), []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    _picture(tab, count, width)
    assert asked == [file.as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    # Of 300 rows and codes axe gets the first 30: the others are alike.
    tab.evaluate("""() => {
        const rest = things => [...things].slice(30).forEach(
            one => one.remove());
        rest(document.querySelector(".trainees").tBodies[0].rows);
        for (const one of document.querySelectorAll("details, .codes"))
            rest(one.querySelectorAll("bdi"))}""")
    found = Axe().run(tab, options={"runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    tab.close()
    assert not [(rule["id"], rule["nodes"][0]["html"][:200])
                for rule in found["violations"]]


def _picture(tab, count, width):
    folder = PICTURES / "report"
    folder.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=folder / f"{count}_{width}.png",
                   full_page=count < 300)
    if count == 300:  # far down, in the table of trainees
        tab.evaluate("window.scrollTo(0, document.body.scrollHeight - 3000)")
        tab.screenshot(path=folder / f"{count}_{width}_end.png")


# --- what it says ----------------------------------------------------------

@pytest.fixture(scope="module")
def page(report):
    """The page, parsed."""
    return BeautifulSoup(report[2].read_text("utf-8"), "lxml")


def test_every_trainee_has_one_row_and_each_exercise_one_column(
        report, page, masters):
    trainees = page.find(id="trainees").find_next("table")
    assert len(trainees.select("tbody tr")) == report[0]
    assert len(trainees.select("thead th")) == 1 + len(masters) + 2


def test_the_shares_are_those_of_the_results(report, page):
    """Counted here in another way than the page counts."""
    _, results, _ = report
    for grade_id in ("place", "find", "centres"):
        marks = [task for result in results
                 if result.notebook == "e03_crs_detective"
                 for task in result.tasks if task.grade_id == grade_id]
        right = sum(task.score == task.points for task in marks)
        head = page.find("th", string=marks[0].title)
        assert f"{right} of {len(marks)}" in head.find_next("td").get_text()


def test_what_to_repeat_is_what_most_people_need(report, page):
    _, results, _ = report
    solved = {}
    for result in results:
        for task in result.tasks if result.graded else ():
            solved.setdefault(task.title, []).append(
                None if task.score is None else
                "right" if task.score == task.points else
                "untouched" if "○" in task.says else "wrong")
    most = sorted((marks.count("wrong") for marks in solved.values()
                   if None not in marks and "wrong" in marks
                   and marks.count("right") / len(marks) < 0.7),
                  reverse=True)[:3]
    shown = [one.get_text().split(", ", 1)[1]
             for one in page.select(".repeat li strong")]
    assert [solved[title].count("wrong") for title in shown] == most


def test_many_codes_without_a_name_are_folded(report, page):
    count = report[0]
    summary = page.find("summary", string=(
        f"show the {count - 3} codes without a name"))
    assert bool(summary) == (count > 15)
