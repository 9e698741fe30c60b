"""Grading: nbgrader's own, made fast, fair and safe for a whole class.

>>> from commands import grading
>>> for graded in grading.grade("day1_production"):
...     print(graded.student, graded.notebook, graded.score, graded.reasons)

nbgrader's converters grade, and its formats stay: gradebook.db, autograded/,
feedback/. Each trainee is a job (`jobs`), bytes in and bytes out, run by a
pool of processes or by a dask cluster; a kernel is forked warm (`warm`,
`kernels`) into a sandbox (`sandbox`) and watched (`guard`). Here is the one
writer: it hands out the jobs, merges what comes back and writes the report.
The submissions are only read. What cannot be graded gets a named reason, and
the class goes on.
"""

import contextlib
import functools
import glob
import hashlib
import json
import multiprocessing
import os
import pickle
import re
import sys
import tempfile
import warnings
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path

from commands.exercises.notebooks import (
    NotebookError,
    grade_cells,
    known_day,
    nbgrader_config,
    read,
)
from commands.grading import (
    patches,  # before nbformat
    submissions,
)
from commands.grading.pages import class_report
from helpers.data import ROOT

SUBMITTED, REPORTS = "submitted", "reports"


@dataclass
class Task:
    """What one graded cell gave."""
    grade_id: str
    title: str
    points: float
    score: float | None  # None: a person has still to mark it
    says: str = ""       # the check's own words, when it did not hold

    @property
    def found(self) -> str:
        """The sentence of the feedback that tells what is wrong."""
        if self.says.startswith("○"):
            return "not answered"
        # Wrapped lines go on, indented, until the next label.
        told = re.search(r"^  Found:(.*?)(?=^  [A-Z]|\Z)", self.says,
                         re.MULTILINE | re.DOTALL)
        if told:
            return " ".join(told[1].split())
        return (self.says.strip().splitlines() or [""])[-1].strip()


@dataclass
class Graded:
    """One notebook of one trainee: the tasks, and what is to be said."""
    student: str
    notebook: str
    tasks: list[Task] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    graded: bool = True    # False: nbgrader could not run it
    skipped: bool = False  # it was graded before, and has not changed
    tampered: bool = False  # its checks cannot be believed: no score

    @property
    def score(self) -> float:
        return sum(task.score or 0 for task in self.tasks)

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    @property
    def waiting(self) -> float:
        """Points that a person has still to give."""
        return sum(t.points for t in self.tasks if t.score is None)


@dataclass(frozen=True)
class Settings:
    """How to grade. scheduler: the address of a dask cluster; processes:
    of the local pool, one a core if None; limits: see `kernels.Limits`."""
    unsafe: bool = False
    scheduler: str | None = None
    processes: int | None = None
    feedback: bool = True
    canaries: bool = True
    limits: object = None


def command(day: str, force: bool = False, console=None,
            settings: Settings = Settings()) -> int:
    """Grade a day with a progress bar, and tell the results in a table."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )
    console = console or Console()

    def track(total):  # begun when the first is done: its thread, too
        with Progress(TextColumn("{task.description}"), BarColumn(),
                      MofNCompleteColumn(), TextColumn("trainees, left:"),
                      TimeRemainingColumn(), console=console) as progress:
            yield from progress.track(range(total),
                                      description=f"Grading {day}")

    results = grade(day, force=force, settings=settings, say=console.print,
                    track=track)
    console.print(_table(day, results))
    console.print(f"\nThe report: {REPORTS}/{day}.html · Scores: gradebook.db "
                  "· One page a trainee: feedback/", soft_wrap=True)
    return 0 if all(r.tasks or r.reasons for r in results) else 1


def grade(day: str, root: Path = ROOT, force: bool = False,
          track: Callable[[int], object] = range,
          settings: Settings = Settings(),
          say: Callable[[str], None] = lambda text: None) -> list[Graded]:
    """Grade all of submitted/<student>/<day>/ and write the report.

    A submission that was graded before and has not changed is skipped,
    unless force; so a run that was interrupted goes on where it stopped.
    track is given the number of students and iterated over once a student;
    say gets a sentence on the sandbox. Raises NotebookError when the day is
    unknown, when nobody has handed in anything, or when gradebook.db belongs
    to an older course; NoSandbox where strangers' code cannot be confined.
    """
    from commands.grading.cage import sandbox
    from commands.grading.cage.kernels import WarmKernels
    root = Path(root).resolve()
    students = _students(known_day(day, root), root)
    if _is_pattern(str(root)):
        raise NotebookError(
            "nbgrader cannot work in a folder with [ ] * ? in its path. "
            f"Rename it, or move the course:\n  {root}")
    with _pool(settings, root / "solutions" / day) as pool:
        kind = sandbox.choose(settings.unsafe)
        say(_CONFINED[kind] + ("" if WarmKernels.possible else " Each starts "
                               "cold, for this system cannot fork: slower."))
        results, steps = [], None
        with _Course(day, root, kind, settings, students, force,
                     pool) as course:
            for done in course.graded():
                results += done
                steps = steps or iter(track(len(students)))
                next(steps, None)
            next(steps or iter(()), None)
            titles = {name: submissions.title(master)
                      for name, master in course.masters.items()}
    results.sort(key=lambda result: result.student)
    class_report.write(root / REPORTS / f"{day}.html", day, titles, results)
    return results


_CONFINED = {
    "bubblewrap": "Each notebook runs in a bubblewrap sandbox.",
    "Landlock": "bubblewrap does not work here: notebooks are confined by "
                "Landlock. They can see\nother processes, and reach what "
                "listens on this machine by other means than TCP.",
    "none": "Unsafe: notebooks run with all your rights, without a sandbox.",
}


def _students(day, root):
    """Names of the folders in submitted/ that hold the day."""
    there = sorted(
        folder.parent.name for folder in (root / SUBMITTED).glob(f"*/{day}")
        if folder.is_dir() and not folder.parent.name.startswith("."))
    if not there:
        raise NotebookError(
            f"Nobody has handed in anything for {day}. Put each trainee's "
            f"notebooks into\n  {SUBMITTED}/<trainee>/{day}/\nthen grade "
            "again.")
    return there


class _Course:
    """One day of the course and its one writer, used as a context.

    masters are the exercises as trainees got them. What graders log goes to
    reports/<day>.log; reports/<day>.jsonl notes, a line a student, what has
    been graded, and of which files.
    """

    def __init__(self, day, root, kind, settings, students, force, pool):
        from commands.grading.cage.kernels import Limits
        self.day, self.root, self.settings = day, root, settings
        self.students, self.force, self.pool = students, force, pool
        self.config = nbgrader_config(root)
        self.limits = settings.limits or Limits(
            seconds_a_cell=self.config.Execute.timeout)
        self.kind = kind
        (root / REPORTS).mkdir(exist_ok=True)
        self.notes = root / REPORTS / f"{day}.jsonl"
        self.log = root / REPORTS / f"{day}.log"

    def __enter__(self):
        from nbgrader.api import Gradebook
        from nbgrader.coursedir import CourseDirectory
        self.log.unlink(missing_ok=True)
        with contextlib.ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader
            coursedir = CourseDirectory(config=self.config)
            stack.enter_context(patches.gradebooks())
            self.book = stack.enter_context(_opened(
                Gradebook, coursedir))
            self._plan()
            if self.waiting:
                learning = self._learn()
            self._register()
            if self.waiting:
                assignment = self._assignment(complete=True)
                assignment.modules = learning()
                self.assignment = pickle.dumps(assignment)
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    # --- before ------------------------------------------------------------

    def _plan(self):
        """Who is to be graded, who was before, who cannot be."""
        self.waiting, self.known, self.refused = {}, {}, []
        before = {} if self.force else self._notes()
        for student in self.students:
            try:
                handed, print_ = self._handed(student)
            except Exception as error:  # the class goes on
                self.refused.append(_failed(student, error))
                continue
            if before.get(student, {}).get("fingerprint") == print_:
                self.known[student] = before[student]
            elif _is_pattern(student) or student != student.strip():
                self.refused.append(Graded(student, "*", graded=False,
                                           reasons=[_NO_NAME + student]))
            else:
                self.waiting[student] = (pickle.dumps(handed), print_)

    def _learn(self):
        """Begin to learn which modules the solutions import; what is given
        waits for their names."""
        told = pickle.dumps(self._assignment(complete=False))
        return self.pool.learn(told, _solutions(
            self.root / "solutions" / self.day))

    def _assignment(self, complete):
        """What jobs need; to learn, they need no gradebook and no masters.
        """
        from commands.grading import gradebook
        from commands.grading import job as jobs
        source = self.root / "solutions" / self.day
        support = {
            file.relative_to(source).as_posix(): file.read_bytes()
            for file in source.rglob("*") if file.is_file()
            and file.suffix != ".ipynb" and not {
                "output", "__pycache__", ".ipynb_checkpoints"} & set(
                    file.relative_to(source).parts)}
        return jobs.Assignment(
            self.day, _plain(self.config),
            gradebook.extract(self.book, self.day) if complete else b"",
            {name: json.dumps(master) for name, master in
             self.masters.items()} if complete else {},
            support, [], self.kind, self.limits,
            self.settings.canaries, self.settings.feedback)

    def _register(self):
        """Enter the day's exercises in gradebook.db; keep them as masters.

        They are derived into a folder of their own: exercises/ stays.
        """
        from nbgrader.apps.api import NbGraderAPI
        from nbgrader.utils import temp_attrs
        api = NbGraderAPI(config=self.config)
        with tempfile.TemporaryDirectory() as release, _quiet(self.log):
            with temp_attrs(api.coursedir, release_directory=release):
                done = api.generate_assignment(self.day)
            if not done["success"]:
                told = done.get("log", "") + done["error"]
                if "there are submissions associated" in told:
                    raise NotebookError(
                        "gradebook.db holds scores for an older version of "
                        f"{self.day}: its exercises have other tasks now. "
                        "Rename gradebook.db to keep it, then grade again.")
                raise NotebookError(
                    f"nbgrader could not read the exercises of {self.day}: "
                    f"{submissions.last_error(told)}\nSee {REPORTS}/"
                    f"{self.day}.log")
            self.masters = {file.stem: read(file) for file in
                            sorted(Path(release, self.day).glob("*.ipynb"))}

    # --- the class ---------------------------------------------------------

    def graded(self):
        """The results of each student, as they come."""
        for result in self.refused:
            yield [result]
        for student, note in self.known.items():
            yield self._results(student, note, skipped=True)
        if not self.waiting:
            return
        for student, done in self.pool.each(self.assignment, {
                student: handed for student, (handed, _) in
                self.waiting.items()}):
            try:
                outcome = pickle.loads(done())
                yield self._results(student, self._merge(
                    student, outcome, self.waiting[student][1]))
            except Exception as error:
                yield [_failed(student, error)]

    def _handed(self, student):
        """What a student has handed in, with a person's marks, and its
        fingerprint."""
        from commands.grading import gradebook
        from commands.grading import job as jobs
        handed = jobs.pack(self.root / SUBMITTED / student / self.day)
        print_ = hashlib.sha256(pickle.dumps([
            self._version(), sorted(handed.files.items()),
            sorted(handed.reasons.items())])).hexdigest()
        handed.marks = gradebook.marks(self.book, self.day, student)
        return handed, print_

    @functools.cache
    def _version(self):
        """One hash of the day's solutions."""
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in
                sorted((self.root / "solutions" / self.day).glob("*.ipynb"))]

    def _merge(self, student, outcome, print_):
        """Write one outcome everywhere; then note that it is done."""
        from nbgrader.utils import rmtree

        from commands.grading import gradebook
        if outcome.log:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"--- {student}\n{outcome.log}\n")
        gradebook.merge(self.book, self.day, student, outcome.rows)
        for step, files, ending in (
                ("autograded", outcome.autograded, "ipynb"),
                ("feedback", outcome.feedback, "html")):
            folder = self.root / step / student / self.day
            if folder.exists():
                rmtree(str(folder))
            folder.mkdir(parents=True)
            for name, text in files.items():
                (folder / f"{name}.{ending}").write_text(
                    text, encoding="utf-8", newline="\n")
        note = {"student": student, "fingerprint": print_, "notebooks": [
            {"notebook": one.notebook, "reasons": one.reasons,
             "graded": one.gradable, "tampered": one.tampered,
             "says": outcome.says.get(one.notebook, {})}
            for one in outcome.notebooks]}
        with self.notes.open("a", encoding="utf-8") as notes:
            notes.write(json.dumps(note, ensure_ascii=False) + "\n")
        return note

    def _notes(self):
        """student → the last note, of what is still there to be shown."""
        found = {}
        if self.notes.exists():
            for line in self.notes.read_text("utf-8").splitlines():
                with contextlib.suppress(ValueError):  # cut at its end
                    note = json.loads(line)
                    found[note["student"]] = note
        return {student: note for student, note in found.items()
                if self._is_complete(student, note)}

    def _is_complete(self, student, note):
        from commands.grading import gradebook
        return bool(gradebook.rows(self.book, self.day, student)) and all(
            (self.root / "autograded" / student / self.day
             / f"{one['notebook']}.ipynb").exists()
            for one in note["notebooks"] if one["graded"])

    def _results(self, student, note, skipped=False):
        """The scores of gradebook.db and the words of the checks."""
        from commands.grading import gradebook
        results, scores = [], gradebook.scores(self.book, self.day, student)
        for told in note["notebooks"]:
            result = Graded(student, told["notebook"],
                            reasons=list(told["reasons"]),
                            graded=told["graded"], skipped=skipped,
                            tampered=told["tampered"])
            results.append(result)
            master = self.masters.get(told["notebook"])
            if not master:
                continue
            if told["notebook"] not in scores:
                result.reasons.append(
                    "gradebook.db was made before this exercise existed: "
                    "rename it to keep it, then grade again")
                continue
            for name, cell in grade_cells(master).items():
                result.tasks.append(Task(
                    name, cell.metadata.get("course", {}).get("title", name),
                    cell.metadata.nbgrader.points,
                    scores[told["notebook"]][name],
                    told["says"].get(name, "")))
        return results


_NO_NAME = ("could not be graded: nbgrader cannot find a folder with [ ] * ? "
            "in its name, or a space at one end; rename submitted/")


def _opened(gradebook, coursedir):
    """The gradebook, or NotebookError that says why it does not open."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError
    try:
        return gradebook(coursedir.db_url, coursedir.course_id)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        try:  # without its password
            where = make_url(coursedir.db_url).render_as_string()
        except (SQLAlchemyError, ValueError):
            where = "(its address cannot be read)"
        why = str(getattr(error, "orig", None) or error).strip()
        raise NotebookError(
            f"The gradebook {where} does not open:\n  {why}\nIts address is "
            "c.CourseDirectory.db_url in nbgrader_config.py: a file of SQLite"
            "\nif nothing is set, or postgresql://USER@HOST/DATABASE, where "
            "DATABASE must exist.") from None


def _failed(student, error):
    return Graded(student, "*", graded=False, reasons=[
        f"could not be graded: {type(error).__name__}: {error}"])


def _plain(config):
    """traitlets' Config as dicts."""
    return {name: _plain(value) if isinstance(value, dict) else value
            for name, value in config.items()}


# --- who runs the jobs -----------------------------------------------------

class _Pool:
    """Processes of this machine, used as a context.

    They share a server of warm kernels, which imports what the solutions do
    by a plain statement while this process imports nbgrader.
    """

    def __init__(self, processes, solutions):
        self.processes, self.solutions = processes, solutions

    def __enter__(self):
        from commands.grading.cage.kernels import Server, WarmKernels
        with contextlib.ExitStack() as stack:
            self._server = None
            if WarmKernels.possible:
                self._server = stack.enter_context(Server()).socket
            from commands.grading import job as jobs  # while the server begins
            if self._server:
                self._kernels = WarmKernels(server=self._server)
                self._kernels.learn(jobs.imports(
                    _solutions(self.solutions)), wait=False)
            self._folder = stack.enter_context(tempfile.TemporaryDirectory(
                prefix="g-", dir=jobs._folder))
            self._open()
            stack.callback(lambda: self._executor.shutdown(
                cancel_futures=True))
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    def _open(self):
        """Fork the workers from this process, while it is still alone (else
        from a server that is), when they have what they need."""
        from commands.grading import job as jobs
        methods = multiprocessing.get_all_start_methods()
        if "fork" in methods and _is_alone():
            method = "fork"
            from commands.grading import preload  # noqa: F401
        else:
            method = "forkserver" if "forkserver" in methods else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["commands.grading.preload"])
        self._executor = futures.ProcessPoolExecutor(
            self.processes or os.cpu_count(), context, jobs.settle,
            (self._folder, self._server))
        self.submit(int)  # begin now

    def submit(self, *call):
        return self._executor.submit(*call)

    def learn(self, assignment, solutions):
        """Nothing waits: the server learns while the first are graded."""
        from commands.grading import job as jobs
        for solution in solutions if self._server else ():
            self.submit(jobs.learn, assignment, solution).add_done_callback(
                self._learnt)
        return list

    def _learnt(self, job):
        with contextlib.suppress(Exception):  # then it grades less warmly
            self._kernels.learn(job.result(), wait=False)

    def each(self, assignment, waiting):
        """Pairs: student, and a function that gives the outcome's bytes or
        raises. A process that dies takes its job along, and the others':
        they are run again, one by one; the second time counts."""
        from commands.grading import job as jobs
        again = []
        running = {self.submit(jobs.run, assignment, handed): student
                   for student, handed in waiting.items()}
        for job in futures.as_completed(running):
            student = running.pop(job)  # with it goes what it gave
            if isinstance(job.exception(), futures.process.BrokenProcessPool):
                again.append(student)
            else:
                yield student, job.result
        for student in again:
            self._executor.shutdown()
            self._open()
            job = self.submit(jobs.run, assignment, waiting[student])
            futures.wait([job])
            yield student, job.result


class _Cluster:
    """The workers of a dask.distributed scheduler, used as a context."""

    def __init__(self, address):
        self.address = address

    def __enter__(self):
        from distributed import Client
        try:
            self._client = Client(self.address, timeout=10)
        except OSError as error:
            raise NotebookError(
                f"There is no dask scheduler at {self.address}: {error}\n"
                "Start one with: dask scheduler") from None
        if not self._client.scheduler_info()["workers"]:
            self._client.close()
            raise NotebookError(
                f"The dask scheduler at {self.address} has no worker. Start "
                f"one with: dask worker {self.address} --nthreads 1")
        return self

    def __exit__(self, *error):
        self._client.close()

    def learn(self, assignment, solutions):
        from commands.grading import job as jobs
        learning = [self._client.submit(jobs.learn, assignment, solution,
                                        pure=False) for solution in solutions]

        def names():
            found = {"ipykernel.kernelapp": None}
            for job in learning:
                with contextlib.suppress(Exception):
                    found |= dict.fromkeys(job.result())
            return list(found)

        return names

    def each(self, assignment, waiting):
        from distributed import as_completed

        from commands.grading import job as jobs
        shared = self._client.scatter(assignment, hash=False)
        running = {self._client.submit(jobs.run, shared, handed, pure=False,
                                       retries=1): student
                   for student, handed in waiting.items()}
        for job in as_completed(running):
            yield running.pop(job), job.result


def _pool(settings, solutions):
    return (_Cluster(settings.scheduler) if settings.scheduler
            else _Pool(settings.processes, solutions))


def _is_alone():
    """Has this process one thread, so that it may be forked?"""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _solutions(folder):
    return [file.read_text("utf-8") for file in sorted(folder.glob("*.ipynb"))]


# --- small -----------------------------------------------------------------

def _is_pattern(name):
    """Would glob read this name as a pattern?"""
    return glob.escape(name) != name


@contextlib.contextmanager
def _quiet(file):
    """Send what goes to the terminal's stderr meanwhile to a file."""
    with file.open("a", encoding="utf-8", errors="replace") as log:
        sys.stderr.flush()
        terminal = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            with contextlib.redirect_stderr(log):
                yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
    if not file.stat().st_size:
        file.unlink()


def _table(day, results):
    from rich.table import Table
    from rich.text import Text
    table = Table("Trainee", "Notebook", "Points", "By a person", "Remarks",
                  title=day)
    for result in results:
        said = "; ".join([*result.reasons,
                          *["already graded"] * result.skipped])
        points = f"{result.score:g} of {result.points:g}"
        table.add_row(
            Text(result.student), Text(result.notebook),
            points if result.tasks else "–",
            f"{result.waiting:g} to give" if result.waiting else "",
            Text(said))
    return table
