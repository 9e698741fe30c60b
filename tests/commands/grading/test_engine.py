"""The grading engine: same results as nbgrader's own, in a cage, unstuck."""

import dataclasses
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from commands import grading
from commands.grading import guard
from commands.grading.cage import sandbox
from commands.grading.cage.forkserver import landlock
from commands.grading.cage.kernels import Limits, WarmKernels
from tests.commands.grading.cases import course as tiny
from tests.support import ROOT, needs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WarmKernels.possible,
                       reason="warm kernels need fork, so Linux")]
FAST = Limits(seconds_a_cell=5, seconds_a_notebook=20)


def run(manager, *sources, limits=FAST):
    """The executed cells of a small notebook, and the reasons."""
    notebook = new_notebook(cells=[new_code_cell(s) for s in sources])
    client = guard.GuardedClient(
        notebook, kernel_manager_class=manager, allow_errors=True,
        shutdown_kernel="immediate")
    client.room = guard.Room(limits)
    client.execute()
    return [said(cell) for cell in notebook.cells], client.room.reasons


def said(cell):
    return " ".join(str(output.get("text") or output.get("evalue")
                        or output.data.get("text/plain"))
                    for output in cell.outputs).strip()


# --- the cage --------------------------------------------------------------

@pytest.fixture(scope="module", params=[sandbox.BWRAP, sandbox.LANDLOCK])
def caged(request, tmp_path_factory):
    """Kernels in each kind of sandbox, on a submission with one file."""
    if request.param == sandbox.BWRAP:
        needs("bwrap")
    elif not landlock.version():
        needs("Landlock (Linux 5.13)")
    submission = tmp_path_factory.mktemp("submission")
    (submission / "mine.csv").write_text("a\n1\n")
    with WarmKernels(request.param, FAST) as warm:
        yield request.param, warm.manager(submission)


def test_it_works_on_a_copy_of_what_was_handed_in(caged):
    (files, text, _), reasons = run(
        caged[1], "import os; os.listdir()", "open('mine.csv').read()",
        "open('new.txt', 'w').write('x')")
    assert files == "['mine.csv']" and "1" in text and reasons == []


def test_it_reads_helpers_and_data_but_no_solution(caged):
    (layer, *refused), _ = run(
        caged[1],
        "from helpers import data; data.path('governorates').stat().st_size",
        *[f"open({str(ROOT / name)!r}).read()" for name in (
            "solutions/day1_production/e03_crs_detective.ipynb",
            "data/make/build.py", "nbgrader_config.py", "README.md")])
    assert int(layer) > 1000
    for words in refused:
        assert re.search("No such file|Permission denied", words), words


def test_it_writes_nothing_outside(caged, tmp_path):
    tmp_path.chmod(0o777)
    words, _ = run(caged[1], *[f"open({str(name)!r}, 'w').write('x')"
                               for name in (tmp_path / "x", ROOT / "x",
                                            ROOT / "helpers" / "x",
                                            "/usr/x", "/x")])
    for refused in words:
        assert re.search("No such file|denied|Read-only", refused), refused
    assert list(tmp_path.iterdir()) == []


def test_it_reaches_no_network(caged):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (words,), _ = run(caged[1], "import socket\nsocket.create_connection("
                          f"('127.0.0.1', {port}), 2)")
    assert re.search("refused|denied", words)


def test_it_is_nobody_without_rights(caged):
    (user, status, environment), _ = run(
        caged[1], "import os; os.getuid()",
        "open('/proc/self/status').read()",
        "open('/proc/self/environ').read()")
    assert os.getuid() != 0 or user == str(sandbox.NOBODY)
    assert re.search(r"CapEff:\\t0{16}", status)
    assert re.search(r"NoNewPrivs:\\t1", status)
    assert "HOME=/root" not in environment


def test_processes_that_it_leaves_end_with_it(caged):
    run(caged[1], "import subprocess\nsubprocess.Popen("
        "['sleep', '4321'], start_new_session=True)")
    time.sleep(0.5)
    assert "sleep 4321" not in subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True).stdout


def test_without_a_sandbox_it_refuses(monkeypatch):
    monkeypatch.setattr(sandbox, "best", lambda: sandbox.NONE)
    with pytest.raises(sandbox.NoSandbox, match="apt install bubblewrap"):
        sandbox.choose()
    assert sandbox.choose(unsafe=True) == sandbox.NONE


def test_checking_needs_no_module_that_windows_lacks():
    subprocess.run([sys.executable, "-c", (
        "import sys; sys.modules['resource'] = None\n"
        "import commands.grading.guard, commands.grading.job")],
        cwd=ROOT, check=True)


# --- never stuck -----------------------------------------------------------

@pytest.fixture(scope="module")
def free():
    with WarmKernels(limits=FAST) as warm:
        yield warm


@pytest.mark.parametrize("source, reason", [
    ("import os; os._exit(0)", "Python itself stopped"),
    ("while True: pass", "more than 2 seconds"),
    ("import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
     "while True: time.sleep(1)", "more than 2 seconds"),
    ("while True: print('x' * 10_000)", "it was stopped|more than 2 sec"),
])
def test_what_ran_before_stays_and_the_reason_is_named(free, source, reason):
    limits = Limits(seconds_a_cell=2, seconds_a_notebook=20, flood=4 << 20)
    (before, *_, after), reasons = run(free.manager(), "1 + 1", source,
                                       "2 + 2", limits=limits)
    assert before == "2"
    assert re.search(reason, " ".join(reasons))
    assert after == "4" or after.startswith("Not run: ")


def test_slow_cells_end_with_the_notebooks_time(free):
    limits = Limits(seconds_a_cell=5, seconds_a_notebook=4)
    words, reasons = run(free.manager(), *["import time; time.sleep(1.2)"
                                           ] * 9, limits=limits)
    assert "ran for more than 4 seconds" in " ".join(reasons)
    assert words[-1].startswith("Not run: ")


def test_long_output_is_cut(free):
    limits = dataclasses.replace(FAST, output=1000)
    (words,), _ = run(free.manager(), "for _ in range(99): print('x' * 99)",
                      limits=limits)
    assert len(words) < 2000 and "was cut" in words


def test_a_flood_of_displays_is_cut_as_one_of_words_is(free):
    limits = dataclasses.replace(FAST, output=20_000)
    (words, after), reasons = run(
        free.manager(), "for n in range(999): display(n)", "1 + 1",
        limits=limits)
    assert words.startswith("0 1 2 ") and "was cut" in words
    assert after == "2" and not reasons


def test_a_page_is_the_one_that_nbconvert_makes():
    """Whatever is remembered, and though the page is not parsed."""
    from bs4 import BeautifulSoup
    from nbconvert.exporters import HTMLExporter

    from commands.grading.pages.exporter import html_exporter
    picture = {"image/png": "iVBORw0KGgo="}
    notebook = new_notebook(cells=[
        new_markdown_cell("# Title\n\n![a map](map.png) $x^2$"),
        new_code_cell("x = 1  # <div class=\"jp-Cell-inputWrapper\">",
                          outputs=[new_output("display_data", picture),
                                   new_output("stream", text="words"),
                                   new_output("execute_result", {
                                       "text/html": "<img src=a><b>1</b>"})]),
        new_raw_cell("raw"), new_code_cell("%matplotlib inline")])
    theirs = BeautifulSoup(HTMLExporter().from_notebook_node(notebook)[0],
                           "html.parser").find("main")
    for _ in range(2):  # the second time it is remembered
        ours = BeautifulSoup(html_exporter()().from_notebook_node(
            notebook)[0], "html.parser").find("main")
        assert ours == theirs and len(ours.select("[tabindex]")) == 6
        assert len(ours.select("img[alt]")) == 3


def test_forks_do_not_repeat_random_numbers(free):
    free.learn(["numpy", "random"])
    source = "import random, numpy; random.random(), numpy.random.rand()"
    drawn = [run(free.manager(), source)[0][0] for _ in range(2)]
    assert drawn[0] != drawn[1]


def test_a_figure_is_shown_though_pyplot_was_there_before_the_shell(free):
    free.learn(["matplotlib.pyplot"])
    (words,), _ = run(free.manager(), "import matplotlib.pyplot as plt\n"
                      "plt.plot([1, 2]);")
    assert "Figure size" in words


def test_a_module_that_does_not_import_is_left_out(free):
    free.learn(["this_module_does_not_exist", "json"])
    assert run(free.manager(), "1")[0] == ["1"]


# --- a class ---------------------------------------------------------------

def gradebook_rows(root, url=None):
    """All that the gradebook says of grades and comments, without ids."""
    from nbgrader.api import Gradebook
    rows = []
    with Gradebook(url or f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        for submission in book.assignment_submissions(tiny.DAY):
            for notebook in submission.notebooks:
                rows += [(submission.student_id, notebook.name, grade.name,
                          grade.auto_score, grade.manual_score,
                          grade.extra_credit, grade.needs_manual_grade,
                          grade.max_score) for grade in notebook.grades]
                rows += [(submission.student_id, notebook.name, comment.name,
                          comment.auto_comment, comment.manual_comment)
                         for comment in notebook.comments]
    return sorted(rows, key=str)


def honest_class(root):
    """E03 as four trainees hand it in: right, blank, half, warned."""
    import test_grading
    test_grading.new_course(root)
    warned = test_grading.with_answer(
        "place-answer", "import warnings\n" + answer("place-answer").replace(
            "    ###", "    warnings.warn('geopandas says so')\n    ###", 1))
    test_grading.hand_in(root, "right", test_grading.solution())
    test_grading.hand_in(root, "blank", test_grading.exercise())
    test_grading.hand_in(root, "half", test_grading.with_answer(
        "find-answer", "def find_crs(table, areas):\n    return 'unknown'"))
    test_grading.hand_in(root, "warned", warned)
    return root


def answer(name):
    import test_grading
    return next(cell["source"] if isinstance(cell["source"], str)
                else "".join(cell["source"])
                for cell in json.loads(test_grading.solution())["cells"]
                if test_grading.grade_id(cell) == name)


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


@pytest.fixture
def small_class(tmp_path):
    """A tiny course and six who have handed in the right answers."""
    root = tiny.make(tmp_path / "course")
    right = tiny.answered(tiny.blank(root))
    for number in range(6):
        tiny.hand_in(root, f"s{number}", right)
    return root


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
    from commands.exercises.notebooks import NotebookError
    set_gradebook(small_class, url)
    with pytest.raises(NotebookError, match="db_url in nbgrader_co") as told:
        grading.grade(tiny.DAY, small_class)
    assert why in str(told.value) and "secret" not in str(told.value)


def set_gradebook(root, url):
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")


def test_a_worker_that_dies_takes_nobody_along(small_class, monkeypatch):
    """Killed once while it works: its job and the others' run again."""
    killed = []

    def track(total):
        for _ in range(total):
            yield
            if not killed:
                killed.append(next(iter(pools[0]._executor._processes)))
                os.kill(killed[0], signal.SIGKILL)

    pools, opened = [], grading._Pool._open
    monkeypatch.setattr(grading._Pool, "_open", lambda self: (
        opened(self), pools.insert(0, self)))
    results = grading.grade(tiny.DAY, small_class, track=track)
    assert killed and {one.score for one in results} == {results[0].score}
    assert results[0].score > 0 and len(results) == 6


def test_jobs_run_on_a_dask_cluster(small_class):
    """A scheduler and two workers, started separately."""
    with socket.create_server(("127.0.0.1", 0)) as free_port:
        address = f"tcp://127.0.0.1:{free_port.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host",
         address, "--dashboard-address", "127.0.0.1:0"],
        env=environment, stderr=subprocess.DEVNULL)]
    try:
        running += [subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address,
             "--nthreads", "1", "--no-dashboard", "--no-nanny"],
            env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]
        from distributed import Client
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        results = grading.grade(
            tiny.DAY, small_class,
            settings=grading.Settings(scheduler=address))
    finally:
        for process in running:
            process.terminate()
            process.wait(20)
    assert len(results) == 6 and results[0].score > 0
    assert {(one.score, *one.reasons) for one in results} == {
        (results[0].score,)}


def test_a_scheduler_that_is_not_there_is_told(small_class):
    from commands.exercises.notebooks import NotebookError
    with pytest.raises(NotebookError, match="no dask scheduler"):
        grading.grade(tiny.DAY, small_class, settings=grading.Settings(
            scheduler="tcp://127.0.0.1:9"))


# --- feedback --------------------------------------------------------------

def test_feedback_hides_the_tests_and_runs_nothing(tmp_path):
    root = tiny.make(tmp_path / "course")
    evil = tiny.answered(tiny.blank(root))
    tiny.insert(evil, "why", "<script>document.title = 'taken'</script>",
                "markdown")
    tiny.hand_in(root, "a", evil)
    grading.grade(tiny.DAY, root)
    page = (root / "feedback" / "a" / tiny.DAY / f"{tiny.NAME}.html"
            ).read_text("utf-8")
    assert "HIDDEN TESTS" not in page and "hidden tests, on other" in page
    assert "<script" not in page
    assert "default-src 'none'" in page
