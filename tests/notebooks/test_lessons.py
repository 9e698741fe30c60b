"""What each lesson keeps: its minutes, its micro-tasks, and that it teaches
what its exercises ask. A lesson with a lab is of this form; the notebooks of
Day 0 have parts of their own."""

import re

import pytest
from nbclient import NotebookClient

from commands.exercises import minutes, notebooks, taught
from tests.support import ROOT

LESSONS = [file for file in minutes.lessons()
           if "lab" in notebooks.read(file).metadata.course.minutes]
DAY_0 = minutes.preparations()
ALL = [*DAY_0, *minutes.lessons()]
SESSIONS = {notebooks.read(file).metadata.course.session for file in LESSONS}
SOLUTIONS = [file for file in sorted(
    (ROOT / "solutions").glob("day*/*.ipynb"))
    if notebooks.read(file).metadata.course.session in SESSIONS]
SESSION = {"story": 8, "concept": 25, "lab": 12, "exercise": 35,
           "debrief": 10}
each_lesson = pytest.mark.parametrize(
    "file", LESSONS, ids=[file.stem for file in LESSONS])
each_of_day_0 = pytest.mark.parametrize(
    "file", DAY_0, ids=[file.stem for file in DAY_0])
each_solution = pytest.mark.parametrize(
    "file", SOLUTIONS, ids=[file.stem for file in SOLUTIONS])


# --- minutes ---------------------------------------------------------------

@each_lesson
def test_a_session_has_ninety_minutes_and_they_are_enough(file):
    notebook = notebooks.read(file)
    assert notebook.metadata.course.minutes == SESSION
    for part, counted in minutes.of_lesson(notebook).items():
        assert counted <= SESSION[part], part


@each_of_day_0
def test_a_notebook_of_day_0_is_an_hour_at_most_in_parts_that_hold(file):
    notebook = notebooks.read(file)
    promised = notebook.metadata.course.minutes
    assert sum(promised.values()) <= 60
    assert f"**Day 0 · {sum(promised.values())} min ·" in (
        notebook.cells[0].source)
    if len(promised) > 1:
        parts = ", ".join(f"{part} {number}"
                          for part, number in promised.items())
        assert f"({parts})" in notebook.cells[0].source.lower()
    assert set(promised) <= {"check", *(cell.id for cell in notebook.cells)}
    for part, counted in minutes.of_preparation(notebook).items():
        assert counted <= promised[part], part


@each_solution
def test_the_core_tasks_are_done_in_the_time_for_them(file):
    exercise = notebooks.read(
        ROOT / "exercises" / file.relative_to(ROOT / "solutions"))
    course = exercise.metadata.course
    if course.role == "core":
        assert course.minutes == SESSION["exercise"]
        assert minutes.of_exercise(exercise) <= SESSION["exercise"]


@pytest.mark.parametrize("source, expected", [
    ("word " * 150, 1.0), ("[word](a/long/address.html) " * 150, 1.0),
    (":::{admonition} Predict, then run\n:class: tip\n:::", 1.5),
    ("**Your turn** (2 minutes).", 2.0),
    (":::{admonition} For later\n:class: note dropdown\n" + "word " * 150
     + "\n:::", 0.0)])
def test_a_text_takes_the_minutes_of_the_rule(source, expected):
    from nbformat.v4 import new_markdown_cell
    counted = minutes.of_cell(new_markdown_cell(source))
    assert counted == pytest.approx(expected, abs=0.05)


def test_code_takes_six_seconds_a_line_and_an_explorer_three_minutes():
    from nbformat.v4 import new_code_cell
    cell = new_code_cell("a = 1\n\nexplore.datum()")
    assert minutes.of_cell(cell) == pytest.approx(3.2)


# --- micro-tasks -----------------------------------------------------------

def turns(notebook) -> list[tuple]:
    """(starter cell, check cell, the answer's code) of each micro-task."""
    found = []
    cells = notebook.cells
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and "check.your_turn(" in cell.source:
            answer = re.search(r"```python\n(.*?)```",
                               cells[index + 1].source, re.DOTALL)
            assert answer, f"no answer below {cell.id}"
            assert ":class: dropdown" in cells[index + 1].source
            assert minutes.TURN.search(cells[index - 2].source), (
                f"no text above {cell.id}")
            found.append((cells[index - 1], cell, answer[1]))
    return found


@each_lesson
def test_there_is_a_micro_task_for_each_concept(file):
    notebook = notebooks.read(file)
    concepts = [heading for cell in notebook.cells
                if cell.cell_type == "markdown" for heading in
                re.findall(r"^## (.+)$", cell.source, re.MULTILINE)
                if not heading.startswith(tuple(minutes.OTHER_PARTS))][1:]
    assert len(turns(notebook)) >= min(3, len(concepts))


@pytest.mark.parametrize(
    "file", DAY_0 + LESSONS, ids=[file.stem for file in DAY_0 + LESSONS])
def test_each_your_turn_has_a_check(file):
    notebook = notebooks.read(file)
    asked = [cell.id for cell in notebook.cells
             if cell.cell_type == "markdown"
             and "**Your turn" in cell.source]
    assert len(asked) == len(turns(notebook)), asked


@each_lesson
def test_the_check_of_a_micro_task_is_folded(file):
    for _, checking, _ in turns(notebooks.read(file)):
        assert checking.metadata.get("jupyter", {}).get(
            "source_hidden"), checking.id


@pytest.mark.parametrize("file", [
    pytest.param(file, id=file.stem, marks=(
        () if file in DAY_0 or "day1_production" in file.parts
        else pytest.mark.slow)) for file in ALL])
def test_a_lesson_runs_in_silence_and_the_answers_of_its_micro_tasks_are_right(
        file, kernels):
    """As in JupyterLab: with widgets, not with the pictures of the book,
    which runs the lessons with the network cut. The answers are right at
    their place, and also after all cells (`Run All Cells`, then an answer).
    """
    notebook = notebooks.read(file)
    tasks = turns(notebook)
    client = WithoutBrowser(
        notebook, timeout=120, kernel_name="python3", allow_errors=False,
        resources={"metadata": {"path": str(file.parent)}},
        **({"kernel_manager_class": kernels} if kernels else {}))
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
            assert not [output for output in cell.get("outputs", [])
                        if output.get("name") == "stderr"], cell.id
            for starter, check, answer in tasks:
                if cell is check:
                    assert "not answered yet" in said(cell), cell.id
                    starter.source = answer
                    client.execute_cell(starter, index - 1)
                    client.execute_cell(check, index)
                    assert said(check).startswith("✓"), said(check)
        for index, cell in enumerate(notebook.cells):
            if any(cell in (starter, check) for starter, check, _ in tasks):
                client.execute_cell(cell, index)
        for _, check, _ in tasks:
            assert said(check).startswith("✓"), said(check)


class WithoutBrowser(NotebookClient):
    """Nobody answers a widget: its messages are for a browser."""

    def handle_comm_msg(self, *_):
        pass


def said(cell) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


# --- taught before asked ---------------------------------------------------

@each_solution
def test_what_a_solution_uses_was_shown_before(file):
    assert taught.not_taught(file) == {}


PROMISED = re.compile(r"  +|\n").split("""
.lower  .upper  .strip  .split  .replace  .startswith  .endswith  .join
.isalnum  […:…]  f"…"  in  not in  and  or  not  is  is not  if  elif  for
+=  def  try  raise  [… for … in …]  (… for … in … if …)  .append  .items  .get
.values  len  sum  max  min  sorted  round  int  float  str  list  all  any
set  {…}  {…: …}  import json  .loads  .map  .assign  .shift  .between
.reset_index  drop=  .isin  .notna  .isna  .drop_duplicates  .sort_values
ascending=  .merge  on=  how=  .groupby  .agg  .concat  ignore_index=
.itertuples  &  |  ~  .loc  .iloc  .tolist  dtype=""".strip())


def test_day_0_shows_what_the_exercises_may_use():
    shown = taught.shown(cell for file in DAY_0
                         for cell in notebooks.read(file).cells)
    assert set(PROMISED) <= shown


def test_what_was_shown_only_in_a_hint_was_not_shown():
    from nbformat.v4 import new_code_cell, new_markdown_cell
    cells = [new_code_cell("x.strip()"),
             new_markdown_cell("use `.lower()` or `how=\"left\"`"),
             new_markdown_cell("<details><summary>Hint</summary>\n\n"
                               "`.upper()`\n</details>")]
    assert {".strip", ".lower", "how="} <= taught.shown(cells)
    assert ".upper" not in taught.shown(cells)
