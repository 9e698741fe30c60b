"""A scratch course with one trainee, in which nbgrader grades.

It has the folders of a course (solutions/, submitted/, autograded/, feedback/)
and a gradebook of its own, which the one writer has copied from the real one.
It is in the memory of a worker and ends with its job.
"""

import contextlib
import functools
import os
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from commands.grading import examiner, gradebook, marked, submissions
from commands.grading.cage.kernels import KernelError
from commands.grading.handed_in.collect import apart, write
from commands.grading.pages import exporter, trainee_page
from commands.grading.results import is_of_the_machine

TRAINEE = "trainee"  # the only student


class ScratchCourse:
    """Used as a context. log is a text file for errors inside.

    assignment, submission: see `job`. folder: where to make it; shared:
    one that all workers of a pool have.
    """

    def __init__(self, assignment, submission, folder: Path, shared: Path,
                 log):
        self.assignment, self.submission = assignment, submission
        self.log, self._parent, self._shared = log, folder, shared
        self.masters = {name: _master(text)
                        for name, text in assignment.masters.items()}

    def __enter__(self):
        self._folder = TemporaryDirectory(dir=self._parent)
        self.root = Path(self._folder.name).resolve()
        self.data = self.root / "data"
        self.book_file = Path(self._parent, "gradebook.db")
        self.book_file.write_bytes(self.assignment.gradebook)
        support = self.assignment.support
        files, refused = apart(self.submission.files, support)
        self.submission.reasons |= refused
        write(files, self.root / "received")
        write({name: content for name, content in files.items()
               if not name.endswith(".ipynb")}, self.data)
        write(support, self.data)
        write(support, self.root / "solutions" / self.assignment.day)
        self.config = self._config()
        return self

    def __exit__(self, *error):
        self._folder.cleanup()

    def _config(self):
        from traitlets.config import Config
        config = Config(self.assignment.config)
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = f"sqlite:///{self.book_file}"
        config.CourseDirectory.source_directory = "solutions"
        config.Autograde.permissions = 644
        config.Exporter.optimistic_validation = True  # once, after all steps
        return config

    def prepare(self) -> list[submissions.SubmittedNotebook]:
        """Notebooks that nbgrader can grade, with their repairs; the
        student, the submission and a person's marks in the gradebook."""
        day = self.assignment.day
        prepared = submissions.prepare(
            self.root / "received", self.root / "submitted" / TRAINEE / day,
            self.masters, self.submission.reasons)
        with self._book() as book:
            book.update_or_create_student(TRAINEE)
            book.update_or_create_submission(day, TRAINEE)
            if self.submission.marks:
                gradebook.merge(book, day, TRAINEE, self.submission.marks)
            for notebook in book.find_submission(day, TRAINEE).notebooks:
                for grade in notebook.grades:
                    grade.auto_score = 0
                    grade.needs_manual_grade = False
            book.db.commit()
        return prepared

    def grade(self, submitted, kernels) -> None:
        """nbgrader's Autograde on one notebook, in a guarded kernel of
        kernels (`kernels.WarmKernels`), with a checker of its own. Where
        neither is possible, kernels is None: then in an ordinary kernel."""
        for _ in range(2):
            with contextlib.ExitStack() as stack:
                room = self._room(stack, submitted, kernels)
                self._autograde(submitted, kernels, room)
            if kernels and kernels.has_ended():  # and its kernel with it
                raise KernelError("The server of warm kernels has ended.")
            if not room.checker_failed:
                submitted.reasons += room.reasons
                return
        raise examiner.CheckerFailed(
            f"the checker of {submitted.notebook} failed twice, at last at "
            f"{room.checker_failed}")

    def _room(self, stack, submitted, kernels):
        from commands.grading.guard import Room
        room = Room(self.assignment.limits)
        if kernels:
            name = submitted.notebook
            room.examiner = stack.enter_context(examiner.Examiner(
                kernels, *examiner.place(
                    self.assignment.references[name],
                    self.assignment.support, self._shared, name),
                examiner.starters(self.masters[name])))
        return room

    def _autograde(self, submitted, kernels, room):
        from nbgrader.converters import Autograde

        from commands.grading.guard import GuardedExecute
        execute = type("Execute", (GuardedExecute,), {
            "room": room, "manager": kernels and kernels.manager(
                self.data if self.data.exists() else None,
                {"NBGRADER_EXECUTION": "autograde"},
                room.examiner.kernel_wire)})
        steps = [execute if step.__name__ == "Execute" else step
                 for step in Autograde.autograde_preprocessors.default()]
        try:
            self.convert(Autograde, submitted.notebook,
                         autograde_preprocessors=steps)
        except Exception as error:  # the trainee's other notebooks go on
            if room.not_started:
                raise room.not_started from None
            if is_of_the_machine(error):  # then nothing is graded, nor noted
                raise
            self.log.write(traceback.format_exc())
            submitted.gradable = False
            submitted.reasons.append("could not be graded: "
                                     f"{type(error).__name__}: {error}")

    def compare(self) -> None:
        """Ask for a person's mark again only where the answer has changed
        since it was given."""
        with self._book() as book:
            for notebook in book.find_submission(
                    self.assignment.day, TRAINEE).notebooks:
                by_hand = [grade for grade in notebook.grades
                           if grade.manual_score is not None]
                earlier = self.submission.before.get(notebook.name, {})
                now = by_hand and marked.answers(self._graded(notebook.name))
                for grade in by_hand:
                    old = earlier.get(grade.name)
                    grade.needs_manual_grade = (
                        old is None or old != now.get(grade.name, old))
            book.db.commit()

    def _graded(self, name):
        return (self.root / "autograded" / TRAINEE / self.assignment.day
                / f"{name}.ipynb")

    def rows(self) -> dict:
        """The gradebook's rows; nothing for what could not be graded."""
        with self._book() as book:
            return gradebook.rows(book, self.assignment.day, TRAINEE)

    def collect(self, submitted, outcome) -> None:
        """Put the graded notebook, the checks' words and the feedback page
        into the outcome."""
        name = submitted.notebook
        file = self._graded(name)
        text = file.read_text(encoding="utf-8")
        graded = nbformat.reads(text, as_version=4)
        outcome.autograded[name] = text
        outcome.says[name] = submissions.errors(graded)
        if not self.assignment.feedback:
            return
        try:
            outcome.feedback[name] = self._feedback(graded, submitted, file)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            self.log.write(traceback.format_exc())
            submitted.reasons.append("graded, but it has no feedback page: "
                                     f"{type(error).__name__}: {error}")

    def _feedback(self, graded, submitted, file):
        """nbgrader's page of what the trainee may see; file is what
        nbgrader reads."""
        from nbgrader.converters import GenerateFeedback
        nbformat.write(trainee_page.for_the_trainee(
            graded, submitted, self.config), file)
        self.convert(GenerateFeedback, submitted.notebook,
                     exporter_class=exporter.html_exporter())
        page = (self.root / "feedback" / TRAINEE / self.assignment.day
                / f"{submitted.notebook}.html")
        named = trainee_page.with_titles(
            page.read_text(encoding="utf-8"), trainee_page.titles(graded))
        return trainee_page.make_offline(trainee_page.say_what_waits(
            named, *self._waiting(submitted.notebook)))

    def _waiting(self, name):
        """What waits for a person: grade_id → points, of what nobody has
        marked; those whose answer has changed since."""
        with self._book() as book:
            grades = book.find_submission_notebook(
                name, self.assignment.day, TRAINEE).grades
            return ({grade.name: grade.max_score for grade in grades
                     if grade.manual_score is None
                     and grade.auto_score is None},
                    [grade.name for grade in grades
                     if grade.manual_score is not None
                     and grade.needs_manual_grade])

    def convert(self, converter_class, notebook: str, **settings) -> None:
        """Run one of nbgrader's converters on one notebook."""
        from nbgrader.coursedir import CourseDirectory
        coursedir = CourseDirectory(config=self.config)
        coursedir.assignment_id = self.assignment.day
        coursedir.student_id, coursedir.notebook_id = TRAINEE, notebook
        converter = converter_class(coursedir=coursedir, config=self.config)
        converter.force = True
        for name, value in settings.items():
            setattr(converter, name, value)
        errors = _first_errors(converter)
        here = os.getcwd()
        try:
            converter.start()
        except Exception as error:
            raise errors[0] if errors else error from None
        finally:
            os.chdir(here)

    def _book(self):
        from nbgrader.api import Gradebook
        return Gradebook(self.config.CourseDirectory.db_url,
                         self.config.CourseDirectory.course_id)


@functools.lru_cache(maxsize=64)
def _master(text: str):
    """An exercise as released: read once for all trainees, never changed."""
    return nbformat.reads(text, as_version=4)


def _first_errors(converter) -> list:
    """A list that gets the error that stops a converter of nbgrader. The
    converter itself only says "see the the above traceback".

    Upgrade note (nbgrader >=0.9.6,<0.9.7): `BaseConverter` must still call
    these two methods of its own. Test: test_faults, "impossible".
    """
    errors = []

    def noted(step):
        def run(*args, **kwargs):
            try:
                return step(*args, **kwargs)
            except Exception as error:
                errors.append(error)
                raise
        return run
    for name in ("init_assignment", "convert_single_notebook"):
        setattr(converter, name, noted(getattr(converter, name)))
    return errors
