"""A job, from bytes to bytes, on this machine or on another.

`run(assignment, submission)` grades what one trainee has handed in with
nbgrader's own converters, in a scratch course (`scratch`), and returns the
`Outcome`. It needs only helpers/ and data/ of the course. The one writer
(`writer`) makes the two arguments and merges the outcome.
"""

import ast
import contextlib
import functools
import gc
import io
import logging
import os
import pickle
import signal
import warnings
from dataclasses import dataclass, field
from multiprocessing import util
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from commands.grading import examiner, patches, submissions
from commands.grading.cage import kernels
from commands.grading.cage.forkserver import rights
from commands.grading.cage.kernels import KernelError, Limits, WarmKernels
from commands.grading.handed_in.collect import collect
from commands.grading.scratch import ScratchCourse

# What a worker may hold. The largest notebook that is accepted took 0.5 GB.
# Beyond the limit one job fails; without a limit, all jobs could fail.
MOST_MEMORY = 3 << 30
SCRATCH = kernels.FOLDER


@dataclass
class Assignment:
    """What grading one day needs to know, without the solutions."""
    day: str
    config: dict               # nbgrader's
    gradebook: bytes           # `gradebook.extract`
    masters: dict[str, str]    # exercises as released: name → JSON
    references: dict[str, str]  # solutions: name → `examiner.reference_cells`
    support: dict[str, bytes]  # files that lie beside the solutions
    sandbox: str
    limits: Limits
    feedback: bool = True


@dataclass
class Submission:
    """What one trainee has handed in."""
    files: dict[str, bytes]
    reasons: dict[str, str]  # file → why it was refused
    marks: dict = field(default_factory=dict)  # `gradebook.marks`
    before: dict = field(default_factory=dict)  # `marked.before`


@dataclass
class Outcome:
    """What became of a submission."""
    rows: dict = field(default_factory=dict)      # `gradebook.rows`
    autograded: dict[str, str] = field(default_factory=dict)
    feedback: dict[str, str] = field(default_factory=dict)
    notebooks: list[submissions.SubmittedNotebook] = field(
        default_factory=list)
    says: dict[str, dict] = field(default_factory=dict)
    log: str = ""


# --- packing ---------------------------------------------------------------

def pack(folder: Path) -> Submission:
    """Read a folder as it was handed in; see `handed_in.collect`."""
    return Submission(*collect(folder))


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

def run_references(assignment: bytes, names: list[str]) -> bytes:
    """Have the server of warm kernels run these solutions, and import what
    they do."""
    day = _assignment(assignment)
    for name in names:
        with contextlib.suppress(KernelError):  # the jobs concerned report it
            _kernels(day.sandbox, day.limits).run_reference(
                *examiner.place(day.references[name], day.support,
                                _shared_folder(), name))
    return b""


def run(assignment: bytes, submission: bytes) -> bytes:
    """Grade one trainee's submission. Raises an exception if something other
    than the submission is at fault: then nothing has been graded."""
    day, log, outcome = _assignment(assignment), io.StringIO(), Outcome()
    warm = None
    if WarmKernels.possible:
        warm = _kernels(day.sandbox, day.limits)
    with warnings.catch_warnings(), _listen(log), ScratchCourse(
            day, pickle.loads(submission), _process_folder(),
            _shared_folder(), log) as course, patches.conversions():
        warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader
        outcome.notebooks = course.prepare()
        # `prepare` has written them; the exercise's cells stay as they are
        with patches.of_valid_notebooks(), patches.quick_finding():
            for notebook in outcome.notebooks:
                if notebook.gradable:
                    with patches.one_change():
                        course.grade(notebook, warm)
            course.compare()
            outcome.rows = course.rows()
            for notebook in outcome.notebooks:
                if notebook.gradable:
                    course.collect(notebook, outcome)
    outcome.log = log.getvalue()
    return pickle.dumps(outcome)


@functools.lru_cache(maxsize=2)
def _assignment(content):
    return pickle.loads(content)


_running = contextlib.ExitStack()  # what this process keeps to its end
util.Finalize(None, _running.close, exitpriority=1)
_server = None  # of warm kernels: the socket of one that several share
_folder = SCRATCH


def settle(folder: str, server) -> None:
    """Begin as a worker of a pool: work in its folder, ask its server for
    kernels, and end when it ends. A Ctrl-C for the pool does not end it."""
    global _folder, _server
    _folder, _server = folder, server
    _process_folder.cache_clear()  # a fork has that of its parent
    kernels.FOLDER = folder  # so that it ends with the pool
    gc.set_threshold(50_000, 20, 50)  # a notebook makes many small objects
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if WarmKernels.possible:
        rights.end_with_parent()
        rights.limit_data(MOST_MEMORY)


def _kernels(sandbox, limits):
    """What this process keeps. If its server has ended, it gets another."""
    if not _server and _kept_kernels(sandbox, limits).has_ended():
        _kept_kernels.cache_clear()
    return _kept_kernels(sandbox, limits)


@functools.lru_cache(maxsize=1)
def _kept_kernels(sandbox, limits):
    return _running.enter_context(WarmKernels(sandbox, limits, _server))


def _shared_folder():
    """A folder of all processes that ask the same server."""
    return Path(_folder) if _server else _process_folder()


@functools.cache
def _process_folder():
    """A folder of this process."""
    return Path(_running.enter_context(TemporaryDirectory(
        prefix="g-", dir=_folder)))


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
