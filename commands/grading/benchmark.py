"""What the engine costs, compared with plain nbgrader, in one run.

    python -m commands.grading.benchmark              20 trainees, 3 notebooks
    python -m commands.grading.benchmark --rounds 3   the fastest of three
    python -m commands.grading.benchmark --trainees 200 --engine
    python -m commands.grading.benchmark --growth     10, 30, 100, 300
    python -m commands.grading.benchmark --again 5    is it always the same?

Start-up, sandboxes and checkers are included. CPU time is what the whole
machine was busy, so nothing else should run. Where a machine's speed changes,
as that of a virtual one does by a fifth, take rounds: in each, all steps run
in turn, and the fastest run of each step counts. Linux.
"""

import argparse
import contextlib
import importlib
import itertools
import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import yaml

from commands.exercises import notebooks
from helpers.data import ROOT

DAY = "day1_production"
# The lightest: the trainees' own computing is the smallest part of their cost.
NOTEBOOKS = ("e01_openness_audit", "e02_coordinate_reader", "e04_xlsform")


def main(arguments=None):
    """Measure what the arguments ask for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trainees", type=int, default=20)
    parser.add_argument("--engine", action="store_true", help="alone")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--again", type=int)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.step:
        return _step(*chosen.step)
    if chosen.growth:
        return growth()
    if chosen.again:
        return again(chosen.trainees, chosen.again)
    return compare(chosen.trainees, chosen.engine, chosen.rounds)


# --- side by side ----------------------------------------------------------

def compare(trainees: int, alone: bool = False, rounds: int = 1) -> None:
    """Plain nbgrader, the engine and the floor on the same class; or the
    engine alone."""
    number = trainees * len(NOTEBOOKS)
    print(f"{trainees} trainees × {len(NOTEBOOKS)} notebooks "
          f"({', '.join(NOTEBOOKS)}), {os.cpu_count()} cores, "
          f"the fastest of {rounds}")
    print(f"{'':34}{'wall s':>8}{'CPU s':>8}{'wall/nb':>9}{'CPU/nb':>8}"
          f"{'  memory MB (25 %, all)':>24}")
    found = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            root = _class_of(Path(scratch, "course"), trainees)
            for step in (["engine", "no feedback"] if alone else _TOLD):
                course = Path(scratch, "plain" if step == "pages"
                              else step.replace(" ", "_"))
                if not course.exists():
                    shutil.copytree(root, course)
                found[step] = min(found.get(step, _NEVER),
                                  _measured(step, course))
                wall, cpu, memory = found[step]
                print(f"{_TOLD[step]:34}{wall:8.1f}{cpu:8.1f}"
                      f"{wall / number:9.3f}{cpu / number:8.3f}"
                      f"{memory[0]:14.0f}{memory[1]:10.0f}", flush=True)
            scores = [] if alone else [_scores(Path(scratch, step))
                                       for step in ("plain", "engine")]
    if alone:
        return
    print(f"\n{'':34}{'wall, ×':>8}{'CPU, ×':>8}")
    for told, one, other in _RATIOS:
        wall, cpu = ([sum(found[step][kind] for step in steps)
                      for steps in (one, other)] for kind in (0, 1))
        print(f"{told:34}{wall[0] / wall[1]:8.2f}{cpu[1] / cpu[0]:8.2f}")
    _compare_scores(*scores)


_NEVER = (float("inf"), float("inf"), (0, 0))
_TOLD = {"plain": "plain nbgrader autograde",
         "pages": "plain nbgrader generate_feedback",
         "engine": "engine, with feedback pages",
         "no feedback": "engine, without feedback pages",
         "floor": "floor: exec, and conversion"}
# How many times faster in wall time, and the share of the CPU time.
_RATIOS = (("scores: plain / engine", ["plain"], ["no feedback"]),
           ("scores and pages: plain / engine", ["plain", "pages"],
            ["engine"]),
           ("plain scores / engine's and pages", ["plain"], ["engine"]),
           ("scores: floor / engine", ["floor"], ["no feedback"]))


def _measured(step, course):
    """Seconds, CPU seconds of the machine, megabytes at a quarter and at
    the end, of one step in a process of its own."""
    memory, done = [], threading.Event()

    def sample():
        while not done.wait(0.5):
            memory.append(_used())

    before, busy, start = _used(), _busy(), time.perf_counter()
    thread = threading.Thread(target=sample)
    thread.start()
    try:
        subprocess.run([sys.executable, "-m", __spec__.name, "--step", step,
                        str(course)], check=True, cwd=ROOT)
    finally:
        wall, cpu = time.perf_counter() - start, _busy() - busy
        done.set()
        thread.join()
    memory = memory or [before]
    return wall, cpu, (memory[len(memory) // 4] - before,
                       memory[-1 - len(memory) // 20] - before)


def _busy():
    """CPU seconds that the machine has worked since it started."""
    first = Path("/proc/stat").read_text("ascii").splitlines()[0].split()
    user, nice, system = map(int, first[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _used():
    lines = dict(line.split(":") for line in Path(
        "/proc/meminfo").read_text("ascii").splitlines())
    return sum(sign * int(lines[name].split()[0]) / 1024 for sign, name in (
        (1, "MemTotal"), (-1, "MemAvailable")))


def _step(step, course):
    """What is measured, in a process of its own."""
    from commands import grading
    course = Path(course)
    if step == "plain":
        _plain(course, "generate_assignment", "autograde")
    elif step == "pages":
        _plain(course, "generate_feedback")
    elif step == "floor":
        _floor(course)
    else:
        scheduler = step if step.startswith("tcp") else None
        results = grading.grade(DAY, course, settings=grading.Settings(
            scheduler=scheduler, feedback=step != "no feedback"))
        wrong = [one.reasons for one in results if one.reasons]
        assert not wrong, wrong


def _plain(course, *commands):
    environment = os.environ | {"PATH": os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ["PATH"]])}
    for command in commands:
        subprocess.run([sys.executable, "-m", "nbgrader", command, DAY],
                       cwd=course, env=environment, check=True,
                       stderr=subprocess.DEVNULL)


def _floor(course):
    """Each notebook's cells by plain exec in a forked process that has all
    modules, and nbgrader's conversion without a kernel."""
    from commands.grading import Settings, workers
    settings = Settings(feedback=False, processes=1)
    with workers.choose(settings, course / "solutions" / DAY) as pool:
        from nbgrader.converters import Autograde

        from commands.grading.scratch import ScratchCourse
        from commands.grading.writer import Writer
        steps = [step for step in Autograde.autograde_preprocessors.default()
                 if step.__name__ != "Execute"]
        with Writer(DAY, course, "none", settings) as writer, \
                tempfile.TemporaryDirectory() as folder:
            plan = writer.plan(sorted(
                file.name for file in (course / "submitted").iterdir()),
                force=False)
            _import_all(pool.solutions)
            writer.register()
            assignment = writer.assignment()
            for waiting in plan.waiting.values():
                submission = pickle.loads(waiting.submission)
                with ScratchCourse(assignment, submission, Path(folder),
                                   Path(folder), sys.stderr) as scratch:
                    for one in scratch.prepare():
                        _exec(submission.files[f"{one.notebook}.ipynb"],
                              scratch.data)
                        scratch.convert(Autograde, one.notebook,
                                        autograde_preprocessors=steps)
    assert plan.waiting


def _import_all(solutions):
    """Import here what the solutions import."""
    from commands.grading import job
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for name in ["ipykernel.kernelapp", *job.imports(solutions)]:
        with contextlib.suppress(BaseException):
            importlib.import_module(name)


def _exec(notebook, folder):
    if pid := os.fork():
        os.waitpid(pid, 0)
        return
    with contextlib.suppress(BaseException):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        folder.mkdir(exist_ok=True)
        os.chdir(folder)
        names = {"__name__": "__main__"}
        for cell in json.loads(notebook)["cells"]:
            if cell["cell_type"] == "code":
                with contextlib.suppress(BaseException):
                    exec("".join(cell["source"]), names)
    os._exit(0)


def _scores(course):
    """(student, notebook, cell) → points."""
    from nbgrader.api import Gradebook
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}",
                   "open-geodata") as book:
        return {(one.student_id, notebook.name, grade.name): grade.auto_score
                for one in book.assignment_submissions(DAY)
                for notebook in one.notebooks for grade in notebook.grades}


def _compare_scores(plain, engine):
    """Plain nbgrader takes points for a task that uses a wrong answer to an
    earlier one; the engine does not. Nothing else may differ."""
    same = sum(plain[cell] == engine[cell] for cell in plain)
    more = sum((plain[cell] or 0) < (engine[cell] or 0) for cell in plain)
    less = len(plain) - same - more
    print(f"Graded cells: {same} with the same points, {more} with more (a "
          f"task that uses an earlier, wrong answer), {less} with less")


# --- growth ----------------------------------------------------------------

def growth(sizes=(10, 30, 100, 300)) -> None:
    """Time a notebook as the class grows: the pool, dask with one worker
    and with two."""
    print(f"One notebook per trainee ({NOTEBOOKS[0]}), {os.cpu_count()} cores;"
          " seconds per notebook, start-up included")
    print(f"{'notebooks':>10}{'pool':>9}{'dask, 1':>9}{'dask, 2':>9}")
    with _dask(1) as one, _dask(2) as two, \
            tempfile.TemporaryDirectory() as scratch:
        times = {}
        for size in sizes:
            root = _class_of(Path(scratch, f"c{size}"), size, NOTEBOOKS[:1])
            for step in ("engine", one, two):
                course = Path(scratch, f"{size}-{len(times)}")
                shutil.copytree(root, course)
                times[size, step] = _measured(step, course)[0]
            print(f"{size:10}" + "".join(
                f"{times[size, step] / size:9.3f}"
                for step in ("engine", one, two)), flush=True)

        def per_notebook(less, more, step):
            return (times[more, step] - times[less, step]) / (more - less)

        print("each further notebook (start-up left out):")
        for less, more in itertools.pairwise(sizes):
            print(f"{f'{less} to {more}':>10}" + "".join(
                f"{per_notebook(less, more, step):9.3f}"
                for step in ("engine", one, two)))


@contextlib.contextmanager
def _dask(workers):
    """The address of a scheduler with so many workers, each a process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = {"env": environment, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host",
         address, "--dashboard-address", "127.0.0.1:0"], **quiet)]
    running += [subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", address,
         "--nthreads", "1", "--no-dashboard", "--no-nanny"], **quiet)
        for _ in range(workers)]
    try:
        from distributed import Client
        with Client(address, timeout=60) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
    finally:
        for process in running:
            process.terminate()
            process.wait(20)


# --- the same, again -------------------------------------------------------

def again(trainees: int, times: int) -> None:
    """Grade one class so many times, every second time beside other work on
    each core: do all tasks have the same points and the same words?"""
    first = {}
    for number in range(times):
        with tempfile.TemporaryDirectory() as scratch, (
                _load() if number % 2 else contextlib.nullcontext()):
            course = _class_of(Path(scratch), trainees)
            start = time.perf_counter()
            told = _told(course)
            first = first or told
            other = [key for key in first | told
                     if first.get(key) != told.get(key)]
            print(f"{number + 1}: {len(told)} tasks in "
                  f"{time.perf_counter() - start:.0f} s"
                  f"{', beside other work' if number % 2 else ''}: "
                  f"{len(other)} differ from the first time", flush=True)
            for key in other:
                print(key, first.get(key), told.get(key), sep="\n    ")


def _told(course):
    """(student, notebook, task) → points, and the words of the page."""
    from commands import grading
    return {(one.student, one.notebook, task.grade_id):
            (task.score, task.says, tuple(one.reasons))
            for one in grading.grade(DAY, course) for task in one.tasks}


@contextlib.contextmanager
def _load():
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
            for _ in range(os.cpu_count())]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


# --- the class -------------------------------------------------------------

def _class_of(root, trainees, names=NOTEBOOKS):
    """A course and a class: right, empty, and each classic mistake."""
    (root / "solutions" / DAY).mkdir(parents=True)
    for name in names:
        shutil.copy(ROOT / "solutions" / DAY / f"{name}.ipynb",
                    root / "solutions" / DAY)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for number in range(trainees):
        folder = root / "submitted" / f"trainee{number:03}" / DAY
        folder.mkdir(parents=True)
        for name in names:
            (folder / f"{name}.ipynb").write_text(
                _answered(name, number), encoding="utf-8")
    return root


def _answered(name, number):
    """The exercise of trainee `number`: every tenth is empty, every second
    right, the others hold one classic mistake."""
    file = ROOT / "solutions" / DAY / f"{name}.ipynb"
    if number % 10 == 9:
        return (ROOT / "exercises" / DAY / f"{name}.ipynb").read_text("utf-8")
    notebook = notebooks.read(file)
    if number % 2:
        listed = [mistake for kind in yaml.safe_load(
            (ROOT / "tests" / "mistakes" / f"{name}.yaml").read_text("utf-8")
        ).values() for mistake in kind]
        mistake = listed[number % len(listed)]
        next(cell for cell in notebook.cells
             if cell.id == mistake["answer"]).source = mistake["code"]
    return json.dumps(notebook)


if __name__ == "__main__":
    main()
