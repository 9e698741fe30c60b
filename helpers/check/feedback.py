"""What a check says: feedback in words, never a traceback."""

import textwrap
from types import TracebackType
from typing import Literal, Self

from helpers.errors import CourseError

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
WIDTH = 96  # characters


class Feedback(CourseError, AssertionError):
    """A check that does not hold, in words that help.

    found, expected, why, hint: one sentence each. `task` adds its title and
    where to re-read.
    """

    def __init__(self, found: str, expected: str | None = None,
                 why: str | None = None, hint: str | None = None) -> None:
        super().__init__(found)
        self.found, self.expected = found, expected
        self.why, self.hint = why, hint
        self.title: str | None = None
        self.read_again: str | None = None

    def __str__(self) -> str:
        lines = [f"✗ {BOLD}{self.title or 'Not right yet'}{PLAIN}"]
        for label, text in (("Found", self.found),
                            ("Expected", self.expected),
                            ("Why it matters", self.why),
                            ("Hint", self.hint),
                            ("Read again", self.read_again)):
            if text:
                lines.append(f"  {BOLD}{label}:{PLAIN} {text}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """The same, in lines that fit the narrowest place that shows them:
        the dialog of nbgrader's Validate button."""
        lines = []
        for line in str(self).splitlines():
            lines += textwrap.wrap(line, WIDTH, subsequent_indent="    ")
        return lines


class NotAnswered(Feedback):
    """The answer is still missing. Not a mistake: one calm sentence."""

    def __init__(self, name: str = "the answer") -> None:
        super().__init__(f"{name} has no value yet")

    def __str__(self) -> str:
        title = f"{self.title}: not" if self.title else "Not"
        return (f"○ {title} answered yet. Write your answer in the cell "
                "above, run it, then run this one. (A function gives its "
                "answer with return.)")


class task:  # noqa: N801 - used like a function: with check.task(...)
    """The checks of one task: `with check.task(title, read_again=...):`.

    An error inside becomes `Feedback`, also one that the trainee's own
    function raised. When all checks hold, one printed line says so.
    """

    def __init__(self, title: str, read_again: str | None = None) -> None:
        self.title, self.read_again = title, read_again

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error_type: type[BaseException] | None,
                 error: BaseException | None,
                 trace: TracebackType | None) -> Literal[False]:
        if error is None:
            print(f"✓ {self.title}: right.")
            return False
        if not isinstance(error, Exception):  # the user interrupts
            return False
        feedback = error if isinstance(error, Feedback) else (
            _feedback_for(error))
        feedback.title = feedback.title or self.title
        if not isinstance(feedback, NotAnswered):
            feedback.read_again = feedback.read_again or self.read_again
        raise feedback from None


def _feedback_for(error: Exception) -> Feedback:
    """Feedback for an error that the trainee's code raised."""
    step = error.__traceback__
    in_check_cell = step is None or step.tb_next is None
    if isinstance(error, NameError) and in_check_cell:
        return NotAnswered(error.name or "the answer")
    if isinstance(error, CourseError):
        return Feedback(str(error))
    line = ""
    while step and step.tb_next:
        step = step.tb_next
        code = step.tb_frame.f_code
        if "ipykernel" in code.co_filename or code.co_filename[0] == "<":
            line = f", line {step.tb_lineno} of {code.co_name}()"
    text = (str(error).strip().splitlines() or ["no message"])[0]
    if isinstance(error, KeyError):
        text = f"there is no {text}"
    return Feedback(
        f"your code stopped with {type(error).__name__}: {text}{line}",
        "code that runs to its end",
        hint="call it yourself in a new cell and look at each step")
