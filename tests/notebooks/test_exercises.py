"""The tests of the tests: what an exercise promises, each check keeps.

For every notebook in solutions/, the template included: the solution earns
all points, the blank none and calmly, each classic mistake of
tests/mistakes/<name>.yaml loses its points and is named, and each right answer
of tests/answers/<name>.yaml earns them. Then the notebooks' form: ids, points,
minutes.
"""

import ast
import asyncio
import contextlib
import functools
import re
import shutil
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
import yaml
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbconvert.filters import strip_ansi
from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import determine_grade

from commands.exercises import crediting, notebooks, own_check, release
from commands.exercises.notebooks import grade_cells
from commands.grading.cage.forkserver.checker import assigned
from commands.grading.examiner import (
    Examiner,
    Question,
    place,
    reference_cells,
    serving,
    starters,
)
from tests.support import ROOT

TEMPLATE = ROOT / "solutions" / "template" / "e00_template.ipynb"
SOLUTIONS = [*sorted((ROOT / "solutions").glob("day*/*.ipynb")), TEMPLATE]
EXERCISES = [ROOT / "exercises" / file.relative_to(ROOT / "solutions")
             for file in SOLUTIONS if file != TEMPLATE]
COURSE = sorted(file for file in (ROOT / "course").rglob("*.ipynb")
                if ".ipynb_checkpoints" not in file.parts)
MISTAKES = ROOT / "tests" / "mistakes"
OTHER_STYLES = ROOT / "tests" / "answers"
CALM = "not answered yet"
WORDS_A_MINUTE = 200
each_solution = pytest.mark.parametrize(
    "file", SOLUTIONS, ids=[file.stem for file in SOLUTIONS])
each_exercise = pytest.mark.parametrize(
    "exercise", SOLUTIONS, indirect=True,
    ids=[file.stem for file in SOLUTIONS])
each_notebook = pytest.mark.parametrize(
    "file", [*COURSE, *SOLUTIONS, *EXERCISES],
    ids=lambda file: "/".join(file.relative_to(ROOT).parts))


def checks(notebook) -> dict:
    """grade id → the graded code cells; what a person marks is left out."""
    return {name: cell for name, cell in grade_cells(notebook).items()
            if not cell.metadata.nbgrader.solution}


def answers(notebook) -> dict:
    """grade id → the cells that hold an answer."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("solution")}


@functools.cache
def listed_in(folder: Path, solution: Path) -> dict[str, list[dict]]:
    """graded cell → its classic mistakes, or right answers in other
    styles."""
    file = folder / f"{solution.stem}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if (
        file.is_file()) else {}


def score(cell) -> float:
    """nbgrader's own verdict on an executed check cell."""
    return determine_grade(cell)[0]


def words(*cells) -> str:
    """All that these cells said, on one line, without colours."""
    texts = []
    for output in (output for cell in cells for output in cell.outputs):
        texts.append("\n".join(output.traceback) if output.output_type ==
                     "error" else output.get("text") or str(output.data))
    return " ".join(strip_ansi("\n".join(texts)).split())


@pytest.fixture(scope="module")
def template_exercise(tmp_path_factory) -> Path:
    """The template's exercise, which `release` leaves out."""
    course = tmp_path_factory.mktemp("course")
    solution = course / "solutions" / "day0_template" / TEMPLATE.name
    solution.parent.mkdir(parents=True)
    shutil.copy(TEMPLATE, solution)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (file,) = release.derive(course / "exercises", course)
    return course / "exercises" / file


@pytest.fixture
def exercise(request) -> Path:
    """The exercise of a solution, as trainees get it."""
    if request.param == TEMPLATE:
        return request.getfixturevalue("template_exercise")
    return ROOT / "exercises" / request.param.relative_to(ROOT / "solutions")


# --- executed --------------------------------------------------------------

class Classroom:
    """A solution, executed, in a kernel that stays open for mistakes."""

    def __init__(self, file: Path, warm, examiner=None):
        self.file = file
        self.notebook = notebooks.read(file)
        self.own_cells = list(self.notebook.cells)  # `run` adds others
        self.examiner = examiner
        self.changed: str | None = None  # whose answer is not the right one
        chosen = {"kernel_manager_class": warm.manager(
            wire=examiner.kernel_wire)} if warm else {}
        self.client = NotebookClient(
            self.notebook, timeout=own_check.SECONDS_A_CELL,
            kernel_name="python3", allow_errors=True, **chosen,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(file.parent)}})
        self.answers = answers(self.notebook)
        self.checks = checks(self.notebook)

    def run(self, cell):
        """Execute a cell anew; returns it with its outputs."""
        fresh = nbformat.v4.new_code_cell(cell.source)
        fresh.metadata = cell.metadata
        self.client.nb.cells.append(fresh)
        return self.client.execute_cell(fresh, len(self.client.nb.cells) - 1)

    def examine(self, name: str):
        """The check cell of this name, as a checker runs it while a class
        is graded; None where there is none."""
        if not self.examiner:
            return None
        cell = self.checks[name].copy()
        question = Question(name, cell.source, 20, {"untouched": False},
                            replaces=False)
        client = self.client

        async def ask():
            asking = asyncio.ensure_future(self.examiner.ask(question, 60))
            served = nbformat.v4.new_code_cell(serving(
                client.km.wire_number))
            client.nb.cells.append(served)
            await client.async_execute_cell(served, len(client.nb.cells) - 1)
            self.examiner.no_more_answers()
            return await asking
        cell.outputs = run_sync(ask)()
        return cell

    def answer(self, name: str, code: str):
        """Run another answer; what the right one has defined goes first,
        but for what the exercise gives (its lines outside the solution)."""
        if self.changed:
            self.run(self.answers[self.changed])
        self.changed = name
        given = ClearSolutions(code_stub={"python": "# "}).preprocess_cell(
            deepcopy(self.answers[name]), {"language": "python"}, 0)[0].source
        names = set(assigned(self.answers[name].source)) - {
            one for statement in ast.parse(given).body
            if isinstance(statement, ast.Assign)
            and not isinstance(statement.value, ast.Constant)
            for one in assigned(ast.unparse(statement))}
        self.run(nbformat.v4.new_code_cell("\n".join(
            f"globals().pop({one!r}, None)" for one in names)))
        return self.run(nbformat.from_dict({**self.answers[name],
                                            "source": code}))


@pytest.fixture(scope="module")
def classrooms(warm, tmp_path_factory):
    """file → its classroom, opened once. (As the parameter of a module's
    fixture it would be closed for each test of another file.) Where a checker
    has ended while nobody asked it, the room is opened again, and this is
    said: no mistake of a test has ended it."""
    with contextlib.ExitStack() as stack:
        rooms = {}

        def opened(file):
            room = rooms.get(file)
            if room and room.examiner and room.examiner.has_ended():
                print(f"The checker of {file.stem} has ended by itself.")
                room = None
            rooms[file] = room = room or open_room(file)
            return room

        def open_room(file):
            folder = tmp_path_factory.mktemp("reference")
            solution = notebooks.read(file)
            examiner = warm and stack.enter_context(Examiner(
                warm, *place(reference_cells(solution), {}, folder,
                             file.stem), starters(solution)))
            room = Classroom(file, warm, examiner)
            stack.enter_context(room.client.setup_kernel())
            for index, cell in enumerate(room.own_cells):
                room.client.execute_cell(cell, index)
            return room
        yield opened


@pytest.fixture
def classroom(request, classrooms):
    return classrooms(request.param)


def test_a_checker_that_has_ended_is_replaced(classrooms):
    room = classrooms(TEMPLATE)
    if not room.examiner:
        pytest.skip("this system cannot fork: there are no checkers")
    assert classrooms(TEMPLATE) is room
    room.examiner._control.send_bytes(b"no question: it ends")
    room.examiner._control.poll(10)
    assert classrooms(TEMPLATE) is not room


def pytest_generate_tests(metafunc):
    """Each solution; each mistake that could be made in it, each right answer
    in another style. The first of a cell is tried by `--fast` too."""
    if "classroom" not in metafunc.fixturenames:
        return
    for fixture, folder, first in (("mistake", MISTAKES, 1),
                                   ("right", OTHER_STYLES, 1)):
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(
                f"classroom, name, {fixture}",
                [pytest.param(file, name, one, marks=() if at < first else
                              pytest.mark.slow,
                              id=f"{file.stem}: {name}: {one['name']}")
                 for file in SOLUTIONS
                 for name, some in listed_in(folder, file).items()
                 for at, one in enumerate(some)], indirect=["classroom"])
            return
    metafunc.parametrize("classroom", SOLUTIONS, indirect=True,
                         ids=[file.stem for file in SOLUTIONS])


def test_the_solution_earns_all_points_in_silence(classroom):
    stopped = [cell.source for cell in classroom.own_cells
               if any(output.output_type == "error"
                      for output in cell.get("outputs", []))]
    assert stopped == []
    for name, cell in classroom.checks.items():
        assert score(cell) == cell.metadata.nbgrader.points, words(cell)
        assert re.fullmatch("✓ .+: right.", words(cell)), name


def test_a_mistake_loses_its_points_and_is_named(classroom, name, mistake):
    """As a class is graded; the first two of a cell at the trainee's own
    desk too, which says the same."""
    answered = classroom.answer(mistake["answer"], mistake["code"])
    examined = classroom.examine(name)
    first = mistake in listed_in(MISTAKES, classroom.file)[name][:2]
    if first or not examined:
        checked = classroom.run(classroom.checks[name])
        if examined:
            assert without_call(checked) == without_call(examined)
        examined = checked
    said = words(answered, examined)
    assert score(examined) == 0
    assert [text for text in mistake["says"] if text not in said] == [], said
    assert "Traceback" not in words(examined)
    assert not reads_the_same(words(examined)), said


def reads_the_same(said: str) -> bool:
    """Does a message expect just what it has found?"""
    told = re.search(r"Found: (.*?) Expected: (.*?)"
                     r"(?: \((?:within|correct) [^)]*\))?"
                     r"(?: (?:Why it matters|Hint|Read again): |$)", said)
    return bool(told) and told[1].endswith((f" is {told[2]}",
                                            f" gives {told[2]}"))


def test_a_message_that_expects_what_it_has_found_is_noticed():
    assert reads_the_same("✗ T Found: share is 5 m Expected: 5 m (within 1%)")
    why = "Why it matters: b"
    assert reads_the_same(f"✗ T Found: f(2) is 'a' Expected: 'a' {why}")
    assert not reads_the_same(f"✗ T Found: f is 5 m Expected: 6 m {why}")


def without_call(cell) -> str:
    """What a check said, less the call that it names: at a desk it also
    names calls of the notebook's own tools."""
    return re.sub(r", for .*? Expected:", " Expected:", words(cell))


def test_a_right_answer_in_another_style_earns_all_points(classroom, name,
                                                          right):
    check = classroom.checks[name]
    classroom.answer(right["answer"], right["code"])
    checked, examined = classroom.run(check), classroom.examine(name)
    for cell in filter(None, (checked, examined)):
        assert score(cell) == check.metadata.nbgrader.points, words(cell)


@each_exercise
def test_the_blank_exercise_earns_nothing_and_stays_calm(exercise, kernels):
    blank = notebooks.read(exercise)
    assert own_check.execute(blank, exercise.parent, kernels) == []
    graded = checks(blank)
    for name, cell in graded.items():
        assert score(cell) == 0, name
        assert len(cell.outputs) == 1, words(cell)
        assert CALM in words(cell)
    for cell in blank.cells:
        if cell.cell_type == "code":
            said = words(cell)
            assert not re.search(r'Traceback|-----|File "', said), said
            assert cell in graded.values() or not any(
                output.output_type == "error" for output in cell.outputs)


@each_solution
@pytest.mark.parametrize("folder, least, parts", [
    (MISTAKES, 2, {"name", "answer", "code", "says"}),
    (OTHER_STYLES, 3, {"name", "answer", "code"})],
    ids=["mistakes", "right answers"])
def test_each_graded_cell_has_answers_that_could_be_made(file, folder, least,
                                                         parts):
    solution = notebooks.read(file)
    listed = listed_in(folder, file)
    assert set(listed) == set(checks(solution))
    for name, made in listed.items():
        assert len(made) >= least, f"{name} has only {len(made)}"
        for one in made:
            assert set(one) == parts
            assert one["answer"] in answers(solution), one["name"]
            assert all(one.values()), one["name"]
        for part in ("name", "code"):
            assert len({one[part] for one in made}) == len(made), name


@pytest.mark.parametrize("folder", [MISTAKES, OTHER_STYLES],
                         ids=lambda folder: folder.name)
def test_each_file_of_answers_belongs_to_a_solution(folder):
    assert {file.stem for file in folder.glob("*.yaml")} <= {
        file.stem for file in SOLUTIONS}


# --- derived ---------------------------------------------------------------

def test_exercises_are_what_solutions_say():
    assert release.differences() == []


@pytest.mark.parametrize(
    "file, exercise", [(file, file) for file in SOLUTIONS],
    indirect=["exercise"], ids=[file.stem for file in SOLUTIONS])
def test_an_exercise_is_its_solution_less_what_is_hidden(file, exercise):
    given = [cell.source for cell in notebooks.read(exercise).cells
             if cell.cell_type == "code"]
    kept = [without_hidden(cell.source)
            for cell in notebooks.read(file).cells
            if cell.cell_type == "code"]
    assert [re.sub(r"\n? *# Your answer here", "", source)
            for source in given] == kept


def without_hidden(source: str) -> str:
    """A solution's code less its solution and hidden-test regions."""
    return re.sub(r"\n?[^\n]*### BEGIN (SOLUTION|HIDDEN TESTS).*?"
                  r"### END \1[^\n]*", "", source, flags=re.DOTALL)


# --- form ------------------------------------------------------------------

@each_notebook
def test_no_output_is_stored(file):
    for cell in notebooks.read(file).cells:
        assert not cell.get("outputs"), cell.source
        assert cell.get("execution_count") is None, cell.source


@each_notebook
def test_images_have_alternative_text(file):
    for cell in notebooks.read(file).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[\s*\]", cell.source), cell.source
            for image in re.findall(r"<img\b[^>]*>", cell.source):
                assert re.search(r'alt="[^"]+"', image), image


@each_notebook
def test_cell_ids_are_unique_and_given_by_a_person(file):
    ids = [cell.id for cell in notebooks.read(file).cells]
    assert len(set(ids)) == len(ids)
    for name in ids:  # JupyterLab's own are eight hexadecimal digits or more
        assert re.fullmatch("(?![0-9a-f]{8})[a-z][a-z0-9-]{1,39}", name)


@each_solution
def test_a_grade_id_is_its_cells_id(file):
    for cell in notebooks.read(file).cells:
        if "nbgrader" in cell.metadata:
            assert cell.metadata.nbgrader.grade_id == cell.id


@each_notebook
def test_code_is_short_and_narrow(file):
    notebook = notebooks.read(file)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        lines = [line for line in cell.source.splitlines()
                 if not line.strip().startswith("### ")]
        assert max(map(len, cell.source.splitlines()), default=0) <= 79
        if "check.your_turn(" in cell.source:
            assert len(lines) <= 15 or cell.metadata.jupyter.source_hidden
        elif cell not in checks(notebook).values():
            assert len(lines) <= 15, cell.id
        elif len(without_hidden(cell.source).splitlines()) > 25:
            # It is folded in JupyterLab, and can be opened.
            assert cell.metadata.jupyter.source_hidden, cell.id


@each_solution
def test_points_and_minutes_in_the_text_are_those_of_the_metadata(file):
    notebook = notebooks.read(file)
    course = notebook.metadata.course
    title, promise = notebook.cells[0].source.split("\n", 3)[:3:2]
    assert title == f"# {course.exercise} · {course.title}"
    for text in (f"Session {course.session} ", f" {course.role} exercise ",
                 f" {course.minutes} minutes", f" {course.points} points"):
        assert text in promise
    graded = grade_cells(notebook)
    assert course.points == sum(
        cell.metadata.nbgrader.points for cell in graded.values())
    assert announced(notebook) == {
        name: (cell.metadata.nbgrader.points, cell.metadata.course.minutes)
        for name, cell in graded.items()}


def announced(notebook) -> dict[str, tuple[int, int]]:
    """graded cell → "*4 points, 7 minutes*" in the last text before it."""
    told, found = None, {}
    for cell in notebook.cells:
        line = cell.cell_type == "markdown" and re.search(
            r"^\*(\d+) points?, (\d+) minutes?\b", cell.source, re.MULTILINE)
        if line:
            told = (int(line[1]), int(line[2]))
        if cell.metadata.get("nbgrader", {}).get("grade"):
            found[cell.id], told = told, None
    return found


@each_solution
def test_the_title_of_a_task_is_that_of_its_check(file):
    notebook = notebooks.read(file)
    headings = headings_of(notebook)
    for name, cell in grade_cells(notebook).items():
        assert cell.metadata.course.title in headings, name
        for call in task_calls(cell):
            assert call.args[0].value == cell.metadata.course.title


@each_solution
def test_a_persons_points_add_up(file):
    """The table of what earns a point, where a person gives them."""
    notebook = notebooks.read(file)
    for before, cell in zip(notebook.cells, notebook.cells[1:]):
        if cell.metadata.get("nbgrader", {}).get("grade") and (
                cell.metadata.nbgrader.solution):
            points = re.findall(r"^\| *(\d+) *\|", before.source,
                                re.MULTILINE)
            assert sum(map(int, points)) == cell.metadata.nbgrader.points


@each_exercise
def test_a_core_exercise_can_be_done_in_its_time(exercise):
    """Tasks and reading; a hint is read in its task's own time. What stands
    after the heading "More" is not core."""
    notebook = notebooks.read(exercise)
    course = notebook.metadata.course
    more = [index for index, cell in enumerate(notebook.cells)
            if cell.source.startswith("## More")]
    notebook.cells = notebook.cells[:more[0] if more else None]
    text = "\n".join(cell.source for cell in notebook.cells
                     if cell.cell_type == "markdown"
                     and cell.id != crediting.CELL)
    text = re.sub("<details>.*?</details>", "", text, flags=re.DOTALL)
    minutes = len(text.split()) / WORDS_A_MINUTE + sum(
        cell.metadata.course.minutes
        for cell in grade_cells(notebook).values())
    assert course.role != "core" or minutes <= course.minutes


@each_solution
def test_each_graded_cell_serves_objectives_that_the_notebook_names(file):
    notebook = notebooks.read(file)
    named = set(re.findall(r"D\d\.\d\.\d+", notebook.cells[0].source))
    served = set()
    for name, cell in grade_cells(notebook).items():
        assert cell.metadata.course.objectives, name
        served |= set(cell.metadata.course.objectives)
    assert served == named


@each_solution
def test_what_to_read_again_exists(file):
    for name, cell in checks(notebooks.read(file)).items():
        for call in task_calls(cell):
            pointed = {key.arg: key.value.value for key in call.keywords}
            lesson, _, heading = pointed["read_again"].partition(", ")
            found = [there for there in COURSE if there.name == lesson]
            assert found, f"{name}: there is no {lesson} in course/"
            assert heading in headings_of(notebooks.read(found[0])), name


def task_calls(cell) -> list[ast.Call]:
    """The check.task(…) of a cell."""
    if cell.cell_type != "code":
        return []
    calls = [node for node in ast.walk(ast.parse(cell.source))
             if isinstance(node, ast.Call)
             and ast.unparse(node.func) == "check.task"]
    assert calls, f"no check.task in {cell.id}"
    return calls


def headings_of(notebook) -> set[str]:
    return {heading.strip() for cell in notebook.cells
            if cell.cell_type == "markdown"
            for heading in re.findall(r"^#+ (.+)$", cell.source,
                                      re.MULTILINE)}
