"""What a hostile submission is, and ways to hand one in."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.commands.grading.cases import course
from tests.commands.grading.cases.course import DAY

HONEST = "the honest score"


@dataclass(frozen=True)
class Case:
    """One hostile submission."""
    tries: str
    submit: Callable          # (exercise, world) writes it
    honest: float             # automatic points that its answers deserve
    ends: tuple[str, ...]     # all the ends that are well


CASES: dict[str, Case] = {}


def case(name, tries, submit, honest, *ends):
    CASES[name] = Case(tries, submit, honest, ends)


# --- ways to hand in -------------------------------------------------------

def cheats(code: str, **answers: str):
    """No answer is known; code, run at the start, is to earn the points.

    answers: name → the code of an answer cell.
    """
    def submit(exercise, world):
        notebook = course.answered(exercise)
        for name in course.POINTS:
            course.cell(notebook, f"{name}-answer")["source"] = world.fill(
                answers.get(name, "# There is no answer."))
        course.insert(notebook, "total-answer", world.fill(code))
        course.hand_in(world.root, world.student, notebook)
    return submit


def knows(code: str, before="total-answer", files=None, change=None,
          **answers: str):
    """All answers are right (but those given); code does something else."""
    def submit(exercise, world):
        notebook = course.answered(exercise)
        for name, answer in answers.items():
            course.cell(notebook, f"{name}-answer")["source"] = world.fill(
                answer)
        if code:
            course.insert(notebook, before, world.fill(code))
        if change:
            change(notebook)
        folder = course.hand_in(world.root, world.student, notebook)
        if files:
            files(folder, world)
    return submit


def with_files(submit, files):
    """As submit, and files(folder, world) besides."""
    def both(exercise, world):
        submit(exercise, world)
        files(world.root / "submitted" / world.student / DAY, world)
    return both
