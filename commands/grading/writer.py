"""The one writer of a day: nothing else changes the course's folder.

It reads what was handed in, plans the trainees to grade, registers the day's
exercises in gradebook.db, hands out the jobs, and merges the outcomes into
gradebook.db, autograded/ and feedback/. The submissions are only read. If
one cannot be graded, the report says why, and the class goes on.
"""

import contextlib
import functools
import hashlib
import json
import pickle
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import rmtree

from commands.exercises.notebooks import is_core, nbgrader_config, read
from commands.grading import (
    earned,
    examiner,
    gradebook,
    job,
    marked,
    patches,
    registering,
    submissions,
)
from commands.grading.alone import alone
from commands.grading.cage.kernels import Limits
from commands.grading.notes import Notes
from commands.grading.results import (
    REPORTS,
    NotebookResult,
    failed,
    is_full,
)


@dataclass
class Waiting:
    """A submission that is to be graded: a `job.Submission`, pickled."""
    submission: bytes
    fingerprint: str
    marks: dict  # those that the trainee's page shows
    is_same_work: bool = False  # graded before; only marks have changed


@dataclass
class Plan:
    """Trainees to grade, trainees graded before, trainees with a fault."""
    waiting: dict[str, Waiting] = field(default_factory=dict)
    known: dict[str, dict] = field(default_factory=dict)  # student → note
    refused: list[NotebookResult] = field(default_factory=list)


class Writer:
    """The one writer of a day, used as a context.

    masters are the exercises as trainees got them, once they are registered.
    What graders log goes to reports/<day>.log; reports/<day>.jsonl notes, one
    line per student, what has been graded, and of which files.
    """

    def __init__(self, day: str, root: Path, sandbox: str, settings):
        self.day, self.root = day, root
        self.sandbox, self.settings = sandbox, settings
        self.source = root / "solutions" / day
        self.log = root / REPORTS / f"{day}.log"
        self.notes = Notes(root / REPORTS / f"{day}.jsonl")
        self.config = nbgrader_config(root)
        self.masters = {}

    def __enter__(self):
        self.log.parent.mkdir(exist_ok=True)
        with contextlib.ExitStack() as stack:
            stack.enter_context(alone(self.log.with_name(".grading.lock")))
            self.log.unlink(missing_ok=True)
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader
            stack.enter_context(patches.gradebooks())
            coursedir = CourseDirectory(config=self.config)
            coursedir.db_url = self.config.CourseDirectory.db_url = (
                gradebook.patient(coursedir.db_url))
            self.book = stack.enter_context(gradebook.connect(coursedir))
            self._leave = stack.pop_all().close
        return self

    def __exit__(self, *error):
        self._leave()

    @property
    def titles(self) -> dict[str, str]:
        """Notebook → its title."""
        return {name: submissions.title(master)
                for name, master in self.masters.items()}

    @property
    def stretch(self) -> list[str]:
        """The notebooks that are no core exercise."""
        return [name for name, master in self.masters.items()
                if not is_core(master)]

    def grade(self, students: list[str], force: bool, pool):
        """The results of each student, as they come; pool: `workers`."""
        plan = self.plan(students, force)
        if plan.waiting:
            assignment = self.assignment()
            pool.begin(pickle.dumps(assignment), list(assignment.references))
        self.register()
        for result in plan.refused:
            yield [result]
        for student, note in plan.known.items():
            yield self._results(student, note, skipped=True)
        if not plan.waiting:
            return
        assignment = pickle.dumps(self.assignment())
        for student, outcome in pool.run(assignment, {
                student: waiting.submission
                for student, waiting in plan.waiting.items()},
                self._seconds()):
            try:
                note = self._merge(student, pickle.loads(outcome()),
                                   plan.waiting[student])
                results = self._results(student, note)
            except Exception as error:
                self.book.db.rollback()
                if is_full(error):  # for the others, too
                    raise
                results = [failed(student, error)]
            yield results

    def _results(self, student, note, skipped=False):
        return earned.of_student(self.book, self.day, self.masters, student,
                                 note, skipped)

    def _seconds(self):
        """The longest time that one submission may take."""
        return (MARGIN + len(self.masters)
                * self._limits().seconds_a_notebook)

    def _limits(self):
        return self.settings.limits or Limits(
            seconds_a_cell=self.config.Execute.timeout)

    # --- before ------------------------------------------------------------

    def plan(self, students: list[str], force: bool) -> Plan:
        """Look through what was handed in."""
        plan = Plan()
        notes = {} if force else self.notes.read()
        for student in students:
            try:
                submission, fingerprint = self._submission(student)
            except Exception as error:  # the class goes on
                plan.refused.append(failed(student, error))
                continue
            note = notes.get(student)
            if (note and note["fingerprint"] == fingerprint
                    and self._is_complete(note)):
                plan.known[student] = note
            elif submissions.is_pattern(student) or (
                    student != student.strip()):
                plan.refused.append(NotebookResult(
                    student, "*", graded=False, reasons=[NO_NAME + student]))
            else:
                plan.waiting[student] = Waiting(
                    pickle.dumps(submission), fingerprint, submission.marks,
                    bool(note)
                    and _work(note["fingerprint"]) == _work(fingerprint))
        return plan

    def _submission(self, student):
        """What a student has handed in, with the marks that people gave, and
        the fingerprint of both, because the trainee's page shows the marks."""
        submission = job.pack(self.root / submissions.FOLDER / student
                              / self.day)
        fingerprint = hashlib.sha256(pickle.dumps([
            self.version, sorted(submission.files.items()),
            sorted(submission.reasons.items())])).hexdigest()
        submission.marks = gradebook.marks(self.book, self.day, student)
        changed = gradebook.changed(self.book, self.day, student)
        submission.before = marked.before(
            self.root / "autograded" / student / self.day,
            submission.marks, changed)
        given = marked.given(submission.marks, changed)
        return submission, f"{fingerprint} {given}"

    @functools.cached_property
    def version(self) -> str:
        """One hash of the day's solutions and of what lies beside them."""
        files = {file.name: file.read_bytes()
                 for file in self.source.glob("*.ipynb")}
        return hashlib.sha256(pickle.dumps(sorted(
            (files | _support(self.source)).items()))).hexdigest()

    def _is_complete(self, note):
        """Are the noted results still there to be shown?"""
        student = note["student"]
        return bool(gradebook.rows(self.book, self.day, student)) and all(
            (self.root / "autograded" / student / self.day
             / f"{notebook['notebook']}.ipynb").exists()
            for notebook in note["notebooks"] if notebook["graded"])

    def register(self) -> None:
        """Enter the day's exercises in gradebook.db; keep them as masters."""
        self.masters = registering.register(self.day, self.config, self.log)

    def assignment(self) -> job.Assignment:
        """What jobs need. Before exercises are registered, it has no gradebook
        and no masters; this is enough to run the solutions."""
        is_registered = bool(self.masters)
        return job.Assignment(
            day=self.day, config=_plain(self.config),
            gradebook=gradebook.extract(self.book, self.day)
            if is_registered else b"",
            masters={name: json.dumps(master)
                     for name, master in self.masters.items()},
            references={file.stem: examiner.reference_cells(read(file))
                        for file in sorted(self.source.glob("*.ipynb"))},
            support=_support(self.source), sandbox=self.sandbox,
            limits=self._limits(),
            feedback=self.settings.feedback)

    # --- after -------------------------------------------------------------

    def _merge(self, student, outcome, waiting):
        """Write one outcome everywhere; then note that it is done. Without
        this note, the next run does it again."""
        if outcome.log:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"--- {student}\n{outcome.log}\n")
        steps = (("autograded", outcome.autograded, "ipynb"),
                 ("feedback", outcome.feedback, "html"))
        folders = [(self.root / step[0] / student / self.day,
                    self._write_new(student, *step)) for step in steps]
        given = marked.given(waiting.marks, marked.changed(
            waiting.marks, outcome.rows))
        if waiting.is_same_work:  # what a person has marked stays so
            for notebook in outcome.rows.get("notebooks", {}).values():
                for grade in notebook["Grade"].values():
                    del grade["needs_manual_grade"]
        gradebook.merge(self.book, self.day, student, outcome.rows)
        for folder, new in folders:
            if folder.exists():
                rmtree(str(folder))
            if new:
                new.rename(folder)
            elif folder.parent.exists() and not any(folder.parent.iterdir()):
                folder.parent.rmdir()
        note = {"student": student, "notebooks": [
            {"notebook": submitted.notebook, "reasons": submitted.reasons,
             "graded": submitted.gradable,
             "says": outcome.says.get(submitted.notebook, {})}
            for submitted in outcome.notebooks],
            "fingerprint": f"{_work(waiting.fingerprint)} {given}"}
        self.notes.add(note)
        return note

    def _write_new(self, student, step, files, ending):
        """A folder with the files, beside the one that it will replace; None
        if there is no page, because no notebook could be read."""
        if step == "feedback" and not files:
            return None
        new = self.root / step / student / f".{self.day}.new"
        if new.exists():  # of a run that was interrupted
            rmtree(str(new))
        new.mkdir(parents=True)
        for name, text in files.items():
            (new / f"{name}.{ending}").write_text(
                text, encoding="utf-8", newline="\n")
        return new


MARGIN = 120  # seconds of a job beyond what its notebooks may take
NO_NAME = ("could not be graded: nbgrader cannot find a folder with [ ] * ? "
           "in its name, or a space at one end; rename submitted/")


def _work(fingerprint):
    """The part of a fingerprint that belongs to what was handed in."""
    return fingerprint.partition(" ")[0]


def _support(source):
    """The files that lie beside the solutions: name → content."""
    left_out = {"output", "__pycache__", ".ipynb_checkpoints"}
    files = {file.relative_to(source): file for file in source.rglob("*")
             if file.is_file() and file.suffix != ".ipynb"}
    return {name.as_posix(): file.read_bytes() for name, file in
            files.items() if not left_out & set(name.parts)}


def _plain(config):
    """traitlets' Config as dicts."""
    return {name: _plain(value) if isinstance(value, dict) else value
            for name, value in config.items()}
