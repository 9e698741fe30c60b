"""The one writer: the gradebook is nbgrader's, whatever interrupts it."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

import pytest

from commands import grading
from commands.exercises.notebooks import NotebookError
from commands.grading import Settings
from commands.grading.cage.kernels import WarmKernels
from tests.commands.grading.cases import course as tiny
from tests.commands.grading.cases import e03
from tests.commands.grading.support import gradebook_rows
from tests.support import needs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]


def honest_class(root):
    """E03 as four trainees hand it in: right, blank, half, warned. (On what
    is wrong in half no other task is built: there the engine, unlike
    nbgrader, would give it a right tool.)"""
    e03.new_course(root)
    warns = "    warnings.warn('geopandas says so')\n    ###"
    warned = e03.with_answer(
        "place-answer", "import warnings\n" + e03.answer(
            "place-answer").replace("    ###", warns, 1))
    e03.hand_in(root, "right", e03.solution())
    e03.hand_in(root, "blank", e03.exercise())
    e03.hand_in(root, "half", e03.with_answer(
        "datum-answer", "def datum_shift_m(longitude, latitude):\n"
        "    return 0"))
    e03.hand_in(root, "warned", warned)
    return root


def test_the_gradebook_is_that_of_plain_nbgrader_row_by_row(tmp_path):
    engine, plain = (honest_class(tmp_path / name)
                     for name in ("engine", "plain"))
    results = grading.grade("day1_production", engine)
    assert [one.reasons for one in results] == [[]] * 4
    # nbgrader starts alembic by name
    environment = os.environ | {"PATH": os.pathsep.join(
        [os.path.dirname(sys.executable), os.environ["PATH"]])}
    for step in ("generate_assignment", "autograde"):
        subprocess.run([sys.executable, "-m", "nbgrader", step,
                        tiny.DAY], cwd=plain, env=environment, check=True,
                       capture_output=True)
    assert gradebook_rows(engine) == gradebook_rows(plain)
    scores = {one.student: one.score for one in results}
    assert scores["right"] == scores["warned"] > scores["half"] > 0
    assert scores["blank"] == 0


def test_an_interrupted_run_goes_on_where_it_stopped(small_class):
    def interrupted(total):
        yield
        yield
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        grading.grade(tiny.DAY, small_class, track=interrupted)
    again = grading.grade(tiny.DAY, small_class)
    assert sum(one.skipped for one in again) >= 2
    assert len({one.score for one in again}) == 1 and again[0].score > 0
    assert all(one.skipped for one in grading.grade(tiny.DAY, small_class))


def test_a_persons_mark_survives_a_second_run(small_class):
    from nbgrader.api import Gradebook
    grading.grade(tiny.DAY, small_class)
    with Gradebook(f"sqlite:///{small_class / 'gradebook.db'}",
                   "open-geodata") as book:
        notebook = book.find_submission_notebook(tiny.NAME, tiny.DAY, "s1")
        grade = next(g for g in notebook.grades if g.needs_manual_grade)
        grade.manual_score, name = 1.0, grade.name
        book.db.commit()
    grading.grade(tiny.DAY, small_class, force=True)
    with Gradebook(f"sqlite:///{small_class / 'gradebook.db'}",
                   "open-geodata") as book:
        assert book.find_grade(name, tiny.NAME, tiny.DAY, "s1"
                               ).manual_score == 1


@pytest.fixture
def postgresql():
    """The address of an empty database on a server of its own."""
    there = shutil.which("initdb") or max(
        glob.glob("/usr/lib/postgresql/*/bin/initdb"), default=None)
    programs = os.path.dirname(os.path.realpath(there or needs("initdb")))
    folder = tempfile.mkdtemp()  # short: it names a socket
    person = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if person:  # PostgreSQL refuses to be root
        shutil.chown(folder, "postgres")

    def call(program, *options):
        subprocess.run([*person, f"{programs}/{program}", *options],
                       check=True, capture_output=True, cwd=folder)

    try:
        call("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust")
        call("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log",
             "-o", f"-k {folder} -c listen_addresses=''", "start")
        call("createdb", "-h", folder, "-U", "postgres", "gradebook")
        yield f"postgresql://postgres@/gradebook?host={folder}"
        call("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def test_the_gradebook_may_be_postgresql(small_class, tmp_path, postgresql):
    """The same rows as in SQLite; what was graded is known, what a person
    gave stays."""
    from nbgrader.api import Gradebook
    other = shutil.copytree(small_class, tmp_path / "other")
    set_gradebook(small_class, postgresql)
    for root in (small_class, other):
        assert all(one.score > 0 for one in grading.grade(tiny.DAY, root))
    assert gradebook_rows(None, postgresql) == gradebook_rows(other)
    assert not (small_class / "gradebook.db").exists()
    assert all(one.skipped for one in grading.grade(tiny.DAY, small_class))
    with Gradebook(postgresql, "open-geodata") as book:
        book.find_submission(tiny.DAY, "s0").notebooks[0].grades[
            0].manual_score = 0.25
        book.db.commit()
    again = grading.grade(tiny.DAY, small_class, force=True)
    assert [one.student for one in again for task in one.tasks
            if task.score == 0.25] == ["s0"]


@pytest.mark.parametrize("url, why", [
    ("postgresql://me:secret@127.0.0.1:9/none", "refused"),
    ("postgresql://me:secret@host:port/x", "port"),
    ("nothing at all", "parse"), ("nodatabase://x", "nodatabase")])
def test_a_gradebook_that_does_not_open_is_told(small_class, url, why):
    set_gradebook(small_class, url)
    with pytest.raises(NotebookError, match="db_url in nbgrader_co") as told:
        grading.grade(tiny.DAY, small_class)
    assert why in str(told.value) and "secret" not in str(told.value)


def set_gradebook(root, url):
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")


# --- what has changed is graded again --------------------------------------

@pytest.fixture
def one_trainee(tmp_path):
    root = tiny.make(tmp_path / "course")
    tiny.hand_in(root, "a", tiny.answered(tiny.blank(root)))
    return root


def version(root) -> str:
    from commands.grading.writer import Writer
    return Writer(tiny.DAY, root, "none", Settings()).version


def test_the_version_of_the_solutions_is_one_hash(one_trainee):
    assert isinstance(version(one_trainee), str)
    assert len(version(one_trainee)) == 64
    assert version(one_trainee) == version(one_trainee)


@pytest.mark.parametrize("change", [
    lambda folder: (folder / "beds.csv").write_text("centre,beds\nA,4\n"),
    lambda folder: (folder / tiny.FILE).rename(folder / "e01_other.ipynb"),
    lambda folder: (folder / tiny.FILE).write_text("{}")],
    ids=["data beside", "name", "solution"])
def test_each_change_of_the_solutions_is_another_version(one_trainee, change):
    before = version(one_trainee)
    change(one_trainee / "solutions" / tiny.DAY)
    assert version(one_trainee) != before


def test_with_other_data_beside_the_solution_all_are_graded_again(
        one_trainee):
    grading.grade(tiny.DAY, one_trainee)
    assert grading.grade(tiny.DAY, one_trainee)[0].skipped
    file = one_trainee / "solutions" / tiny.DAY / "beds.csv"
    file.write_text(file.read_text() + "D,9\n")
    again, = grading.grade(tiny.DAY, one_trainee)
    assert not again.skipped and again.score < tiny.AUTOMATIC


def test_a_solution_that_nbgrader_cannot_read_is_told(one_trainee):
    file = one_trainee / "solutions" / tiny.DAY / tiny.FILE
    file.write_text(file.read_text().replace("### END SOLUTION", "###"))
    with pytest.raises(NotebookError, match="could not read") as error:
        grading.grade(tiny.DAY, one_trainee)
    assert f"{tiny.FILE}: RuntimeError: no end solution statement" in str(
        error.value)
    assert f"reports/{tiny.DAY}.log" in str(error.value)
