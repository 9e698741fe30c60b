"""A job: bytes in, bytes out, on this machine or on another.

`run(assignment, submission)` grades what one trainee has handed in with
nbgrader's own converters, in a scratch course of its own, and returns the
`Outcome`. It needs no file of the course but helpers/ and data/; the one
writer (`commands.grading`) makes the two arguments and merges the outcome.
"""

import ast
import contextlib
import functools
import gc
import io
import logging
import os
import pickle
import stat
import traceback
import warnings
from dataclasses import dataclass, field
from multiprocessing import util
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from commands.grading import gradebook, patches, submissions
from commands.grading.cage.forkserver import rights
from commands.grading.cage.kernels import Limits, WarmKernels
from commands.grading.pages import exporter, trainee_page

TRAINEE = "trainee"  # the only student of a scratch course
MB = 1 << 20
LARGEST = 64 * MB    # a file that is handed in


@dataclass
class Assignment:
    """What grading one day needs to know, without the solutions."""
    day: str
    config: dict            # nbgrader's
    gradebook: bytes        # `gradebook.extract`
    masters: dict[str, str]  # exercises as released: name → JSON
    support: dict[str, bytes]  # files that lie beside the solutions
    modules: list[str]      # to preload
    sandbox: str
    limits: Limits
    canaries: bool = True
    feedback: bool = True


@dataclass
class Handed:
    """What one trainee has handed in."""
    files: dict[str, bytes]
    reasons: dict[str, str]  # file → why it was refused
    marks: dict = field(default_factory=dict)  # `gradebook.marks`


@dataclass
class Outcome:
    """What became of it."""
    rows: dict = field(default_factory=dict)      # `gradebook.rows`
    autograded: dict[str, str] = field(default_factory=dict)
    feedback: dict[str, str] = field(default_factory=dict)
    notebooks: list[submissions.Submission] = field(default_factory=list)
    says: dict[str, dict] = field(default_factory=dict)
    log: str = ""


# --- packing ---------------------------------------------------------------

def pack(folder: Path) -> Handed:
    """Read a folder as it was handed in. Links and anything but plain files
    are refused, not followed; hidden files are left out."""
    handed = Handed({}, {})
    for parent, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            file = Path(parent, name)
            there = file.relative_to(folder).as_posix()
            if name.startswith("."):
                continue
            mode = file.lstat().st_mode
            if stat.S_ISLNK(mode):
                handed.reasons[there] = "is a link: it was not followed"
            elif stat.S_ISDIR(mode):
                continue
            elif not stat.S_ISREG(mode):
                handed.reasons[there] = "is not a plain file"
            elif file.stat().st_size > LARGEST:
                handed.reasons[there] = (
                    f"is larger than {LARGEST // MB} MB (for a notebook: "
                    "clear its outputs)")
            else:
                handed.files[there] = file.read_bytes()
        folders[:] = [name for name in folders if not name.startswith(".")
                      and not Path(parent, name).is_symlink()]
    return handed


def imports(solutions: list[str]) -> list[str]:
    """Names of the modules that notebooks import by a plain statement."""
    names = {}
    for solution in solutions:
        for cell in nbformat.reads(solution, as_version=4).cells:
            with contextlib.suppress(SyntaxError):  # magics
                for node in ast.walk(ast.parse(
                        cell.source if cell.cell_type == "code" else "")):
                    if isinstance(node, ast.Import):
                        names |= {one.name: None for one in node.names}
                    elif isinstance(node, ast.ImportFrom) and node.module:
                        names |= dict.fromkeys([node.module, *(
                            f"{node.module}.{one.name}" for one in
                            node.names)])  # some are modules, too
    return list(names)


# --- in a worker -----------------------------------------------------------

def learn(assignment: bytes, solution: str) -> list[str]:
    """Names of the modules that a reference solution imports: it runs once
    in a sandbox of its own, never in the server of warm kernels."""
    from commands.grading.guard import GuardedClient, Room
    told = pickle.loads(assignment)
    kernels = _kernels(told.sandbox, told.limits)
    notebook = nbformat.reads(solution, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    notebook.cells.append(nbformat.v4.new_code_cell(
        "print(*__import__('sys').modules)"))
    with TemporaryDirectory() as folder, contextlib.redirect_stderr(
            io.StringIO()):
        _write(told.support, Path(folder))
        client = GuardedClient(
            notebook, kernel_manager_class=kernels.manager(Path(folder)),
            shutdown_kernel="immediate", allow_errors=True)
        client.room = Room(told.limits)
        client.execute()
    return "".join(output.get("text", "") for output in
                   notebook.cells[-1].outputs).split()


def run(assignment: bytes, handed: bytes) -> bytes:
    """Grade one trainee's submission."""
    told, given = _assignment(assignment), pickle.loads(handed)
    outcome = Outcome()
    log = io.StringIO()
    with warnings.catch_warnings(), _listen(log), _Desk(
            told, given) as desk, patches.conversions():
        warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader
        outcome.notebooks = desk.prepare()
        for one in outcome.notebooks:
            if one.gradable:
                desk.grade(one, log)
        outcome.rows = desk.rows()
        for one in outcome.notebooks:
            if one.gradable:
                desk.collect(one, outcome, log)
    outcome.log = log.getvalue()
    return pickle.dumps(outcome)


@functools.lru_cache(maxsize=2)
def _assignment(content):
    return pickle.loads(content)


_running = contextlib.ExitStack()  # what this process keeps to its end
util.Finalize(None, _running.close, exitpriority=1)
_server = None  # of warm kernels: the socket of one that several share
_folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def settle(folder: str, server) -> None:
    """Begin as a worker of a pool: work in its folder, ask its server for
    kernels, end when it ends."""
    global _folder, _server
    _folder, _server = folder, server
    gc.set_threshold(50_000, 20, 50)  # a notebook makes many small things
    if WarmKernels.possible:
        rights.end_with_parent()


@functools.lru_cache(maxsize=1)
def _kernels(kind, limits):
    return _running.enter_context(WarmKernels(kind, limits, _server))


@functools.cache
def _place():
    """A folder of this process."""
    return _running.enter_context(TemporaryDirectory(prefix="g-",
                                                     dir=_folder))


@contextlib.contextmanager
def _listen(log):
    """What nbgrader and its libraries log, as text."""
    handler = logging.StreamHandler(log)
    handler.setLevel(logging.ERROR)
    loggers = [logging.getLogger(name) for name in ("traitlets", "nbgrader")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


class _Desk:
    """A scratch course with one trainee, used as a context."""

    def __init__(self, told: Assignment, given: Handed):
        self.told, self.given = told, given
        self.masters = {name: nbformat.reads(text, as_version=4)
                        for name, text in told.masters.items()}

    def __enter__(self):
        self._folder = TemporaryDirectory(dir=_place())
        self.root = Path(self._folder.name).resolve()
        self.data = self.root / "data"
        self.book_file = Path(_place(), "gradebook.db")
        self.book_file.write_bytes(self.told.gradebook)
        _write(self.given.files, self.root / "received")
        _write({name: content for name, content in self.given.files.items()
                if not name.endswith(".ipynb")}, self.data)
        _write(self.told.support, self.data)
        _write(self.told.support, self.root / "solutions" / self.told.day)
        self.config = self._config()
        self.executes = {}
        return self

    def __exit__(self, *error):
        self._folder.cleanup()

    def _config(self):
        from traitlets.config import Config
        config = Config(self.told.config)
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = f"sqlite:///{self.book_file}"
        config.CourseDirectory.source_directory = "solutions"
        config.Autograde.permissions = 644
        config.Exporter.optimistic_validation = True  # once, after all steps
        return config

    def prepare(self):
        """Notebooks that nbgrader can grade, with their repairs; the
        student, the submission and a person's marks in the gradebook."""
        self.copy = self.root / "submitted" / TRAINEE / self.told.day
        prepared = submissions.prepare(
            self.root / "received", self.copy, self.masters,
            self.given.reasons)
        with self.book() as book:
            book.update_or_create_student(TRAINEE)
            book.update_or_create_submission(self.told.day, TRAINEE)
            if self.given.marks:
                gradebook.merge(book, self.told.day, TRAINEE,
                                self.given.marks)
            submission = book.find_submission(self.told.day, TRAINEE)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = 0
                    grade.needs_manual_grade = False
            book.db.commit()
        return prepared

    def book(self):
        from nbgrader.api import Gradebook
        return Gradebook(self.config.CourseDirectory.db_url,
                         self.config.CourseDirectory.course_id)

    def grade(self, one, log):
        """nbgrader's Autograde on one notebook."""
        from nbgrader.converters import Autograde

        from commands.grading.guard import GuardedExecute, Room
        room = Room(self.told.limits, self.told.canaries, one.reasons)
        kernels = (_kernels(self.told.sandbox, self.told.limits)
                   if WarmKernels.possible else None)
        if kernels:
            kernels.learn(self.told.modules)
        execute = type("Execute", (GuardedExecute,), {
            "room": room, "manager": kernels and kernels.manager(
                self.data if self.data.exists() else None,
                {"NBGRADER_EXECUTION": "autograde"})})
        steps = [execute if step.__name__ == "Execute" else step
                 for step in Autograde.autograde_preprocessors.default()]
        try:
            self._convert(Autograde, one.notebook, autograde_preprocessors=
                          steps)
        except Exception as error:  # the trainee's other notebooks go on
            log.write(traceback.format_exc())
            one.gradable = False
            one.reasons.append("could not be graded: "
                               f"{type(error).__name__}: {error}")
        one.tampered = room.tampered

    def rows(self):
        """The gradebook's rows; nothing for what could not be graded."""
        with self.book() as book:
            return gradebook.rows(book, self.told.day, TRAINEE)

    def collect(self, one, outcome, log):
        """The graded notebook, the checks' words, the feedback page."""
        if one.tampered:
            gradebook.withhold(outcome.rows, one.notebook)
            with self.book() as book:
                gradebook.merge(book, self.told.day, TRAINEE, outcome.rows)
        file = (self.root / "autograded" / TRAINEE / self.told.day
                / f"{one.notebook}.ipynb")
        outcome.autograded[one.notebook] = file.read_text(encoding="utf-8")
        graded = nbformat.reads(outcome.autograded[one.notebook],
                                as_version=4)
        outcome.says[one.notebook] = submissions.errors(graded)
        if not self.told.feedback:
            return
        from nbgrader.converters import GenerateFeedback
        try:
            nbformat.write(trainee_page.for_the_trainee(
                graded, one, self.config), file)
            self._convert(GenerateFeedback, one.notebook)
            page = (self.root / "feedback" / TRAINEE / self.told.day
                    / f"{one.notebook}.html")
            outcome.feedback[one.notebook] = trainee_page.make_offline(
                page.read_text(encoding="utf-8"))
        except Exception as error:
            log.write(traceback.format_exc())
            one.reasons.append("graded, but it has no feedback page: "
                               f"{type(error).__name__}: {error}")

    def _convert(self, kind, notebook, **settings):
        from nbgrader.coursedir import CourseDirectory
        coursedir = CourseDirectory(config=self.config)
        coursedir.assignment_id, coursedir.student_id = (
            self.told.day, TRAINEE)
        coursedir.notebook_id = notebook
        converter = kind(coursedir=coursedir, config=self.config)
        converter.force = True
        if kind.__name__ == "GenerateFeedback":
            converter.exporter_class = exporter.html_exporter()
        for name, value in settings.items():
            setattr(converter, name, value)
        here = os.getcwd()
        try:
            converter.start()
        finally:
            os.chdir(here)


def _write(files, folder):
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
