"""What a check says: feedback in words, never a traceback."""

import dis
import json
import re
import sys
import textwrap
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, TracebackType
from typing import Self

from helpers.check import answers
from helpers.check.desk import at_the_desk, stopped_before
from helpers.errors import CourseError

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
WIDTH, WIDTH_OF_A_PAGE = 96, 76  # characters; a page is the book's
# A pattern in an error's words, or two types → what a beginner can do.
HINTS = json.loads(Path(__file__).with_name("hints.json").read_text("utf-8"))


def _wrapped(text: str, width: int) -> list[str]:
    return [part for line in text.splitlines()
            for part in textwrap.wrap(line, width, subsequent_indent="    ")]


class Feedback(CourseError, AssertionError):
    """A check that does not hold, in words that help.

    found, expected, why, hint: one sentence each. `task` adds its title and
    where to read again.
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
        for label, text in (("Found", answers.shortened(self.found)),
                            ("Expected", answers.shortened(self.expected)),
                            ("Why it matters", self.why),
                            ("Hint", self.hint),
                            ("Read again", self.read_again)):
            if text:
                lines.append(f"  {BOLD}{label}:{PLAIN} {text}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        """The same, as wide as the dialog of nbgrader's Validate button."""
        return _wrapped(str(self), WIDTH)


class NotAnswered(Feedback):
    """The answer is still missing. Not a mistake: one calm sentence."""

    def __init__(self, name: str = "the answer",
                 hint: str | None = None) -> None:
        super().__init__(f"{name} has no value yet", hint=hint)

    def __str__(self) -> str:
        title = f"{self.title}: not" if self.title else "Not"
        return (f"○ {title} answered yet. Write your answer in the cell "
                "above, run it, then run this one. (A function gives its "
                "answer with return.)")


@dataclass
class Circumstances:
    """What is known about the answer that a check looks at, besides its value.

    untouched: the answer cell is as it was handed out (None: not known).
    stopped: the error that the answer cell ended with, in words. below:
    names that a later cell defines. missing: missing name → a name that
    looks like it, or "". replaced: the course's own functions that are used
    in place of earlier answers that are not right yet. functions: those
    under test.
    """
    untouched: bool | None = None
    stopped: str = ""
    below: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    functions: list[answers.Answer] = field(default_factory=list)


# Set by a checker while a class is graded; None at a trainee's own desk.
circumstances: Circumstances | None = None


class task:  # noqa: N801 - used like a function: with check.task(...)
    """The checks of one task: `with check.task(title, read_again=...):`.

    An error inside becomes `Feedback`, also one that the trainee's own
    function raised. When all checks hold, one printed line says so. At the
    trainee's own desk, functions of the notebook are called in the same way
    as when a class is graded (`desk`).
    """

    def __init__(self, title: str, read_again: str | None = None) -> None:
        self.title, self.read_again = title, read_again

    def __enter__(self) -> Self:
        self._circumstances = circumstances or Circumstances()
        self._desk = None
        caller = sys._getframe(1)
        if circumstances is None and caller.f_locals is caller.f_globals:
            names, own = _names_in(caller.f_code), _given_in(caller.f_code)
            self._circumstances.stopped = stopped_before(
                [name for name in names if name not in own])
            self._desk = at_the_desk(caller.f_globals, names)
            self._circumstances.functions = self._desk.__enter__()
        return self

    def __exit__(self, error_type: type[BaseException] | None,
                 error: BaseException | None,
                 trace: TracebackType | None) -> bool | None:
        if self._desk:
            self._desk.__exit__(None, None, None)
        note = _note(self._circumstances.replaced)
        if self._desk and self._circumstances.stopped and (
                error is None or isinstance(error, Exception)):
            error = _cell_stopped(self._circumstances.stopped)
        if error is None:
            print(f"✓ {self.title}: right.{note}")
            return None
        if not isinstance(error, Exception):  # the user interrupts
            return None
        feedback = _feedback_for(error, self._circumstances)
        feedback.title = feedback.title or self.title
        if not isinstance(feedback, NotAnswered):
            feedback.read_again = feedback.read_again or self.read_again
            feedback.hint = f"{feedback.hint or ''}{note}".strip() or None
        raise feedback from None


class your_turn(task):  # noqa: N801 - used like a function
    """The check of a lesson's micro-task: `with check.your_turn(title):`.

    It gives no points and stops nothing. What does not hold is printed, so
    that a lesson runs to its end, in the book too.
    """

    def __exit__(self, error_type: type[BaseException] | None,
                 error: BaseException | None,
                 trace: TracebackType | None) -> bool | None:
        try:
            super().__exit__(error_type, error, trace)
        except Feedback as feedback:
            print("\n".join(_wrapped(str(feedback), WIDTH_OF_A_PAGE)))
        return isinstance(error, Exception)


class own_file(your_turn):  # noqa: N801 - used like a function
    """A look at a trainee's own file: a sentence in place of an error."""


def _names_in(code: CodeType) -> list[str]:
    """The global names that some code mentions, in its functions too."""
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= dict.fromkeys(_names_in(constant))
    return list(names)


def _given_in(code: CodeType) -> list[str]:
    """The names to which this code itself gives a value."""
    return [step.argval for step in dis.get_instructions(code)
            if step.opname == "STORE_NAME"]


def _note(replaced: list[str]) -> str:
    names = " and ".join(f"{name}()" for name in replaced)
    are = "are" if len(replaced) > 1 else "is"
    return "" if not replaced else (
        f" (Tested with a right {names}, because yours {are} not right yet.)")


def _feedback_for(error: Exception, known: Circumstances) -> Feedback:
    """Feedback for what was raised while a task was checked."""
    if isinstance(error, NotAnswered):
        return _unanswered(error, None, known)
    if isinstance(error, Feedback):
        return error
    if isinstance(error, answers.TooSlow):
        return Feedback(
            str(error), "an answer in time",
            "a real file is larger, and nobody would wait for it",
            "is there a loop in a loop, or a loop without an end?")
    if isinstance(error, answers.Stopped):
        return Feedback(str(error), "code that runs to its end")
    of_the_answer = hasattr(error, "answer_line")
    in_the_cell = getattr(error.__traceback__, "tb_next", None) is None
    if isinstance(error, NameError) and not of_the_answer and (
            error.name in known.missing or in_the_cell):
        return _unanswered(NotAnswered(error.name or "the answer"),
                           error.name, known)
    if not of_the_answer and "NoneType" in str(error) and any(
            one.last_result is None and one.was_called
            for one in known.functions):
        return _unanswered(NotAnswered(), None, known)
    if isinstance(error, CourseError) or hasattr(error, "answer_feedback"):
        return Feedback(*getattr(error, "answer_feedback", [str(error)]))
    return _stopped(error)


def _cell_stopped(words: str) -> Feedback:
    return Feedback(
        f"the answer cell stopped with {words}", "a cell that runs to its end",
        hint=_hint(words, "repair the cell, run it, then run this check"))


def _hint(words: str, other: str) -> str:
    return next((HINTS[one] for one in HINTS if re.search(one, words)), other)


def _unanswered(calm: NotAnswered, missing: str | None,
                known: Circumstances) -> Feedback:
    """Four cases that look the same: nothing was answered; the answer cell
    stopped; a name is missing or late; a function gives None."""
    names = [missing, *(one.__name__ for one in known.functions)]
    late = next((name for name in names if name in known.below), None)
    if known.untouched and not late:
        return calm
    if known.stopped:
        return _cell_stopped(known.stopped)
    if late:
        return Feedback(
            f"{late} is defined further down, in a later cell",
            "the answer above its check",
            "cells run from top to bottom: the check does not see it yet",
            f"put {late} into the answer cell above this check")
    if near := known.missing.get(missing or ""):
        return Feedback(f"there is no {missing}, but there is {near}",
                        f"the name {missing}, letter by letter")
    if missing and known.untouched is False:
        return Feedback(f"the answer cell does not define {missing}",
                        f"a definition of {missing}")
    if missing and known.untouched is None and not all(
            one.is_stub for one in known.functions):
        return _not_run(missing)
    for function in known.functions:
        if function.was_called and function.last_result is None:
            return calm if function.is_stub or (
                known.untouched is None and function.is_started
            ) else Feedback(
                f"{function.call} gives None", "a value", hint=calm.hint
                if function.always_returns else
                "does every branch of the function end with return?")
    return calm


def _not_run(name: str) -> Feedback:
    return Feedback(f"there is no {name}", "all cells above, run from the top",
                    hint="Run > Run All Above Selected Cell, then this check")


def _stopped(error: Exception) -> Feedback:
    """The trainee's code raised an error: which, where, in which call."""
    here, *steps = traceback.extract_tb(error.__traceback__)
    line = getattr(error, "answer_line", next(
        (f"line {step.lineno} of {step.name}()" for step in reversed(steps)
         if step.filename != here.filename  # not the check's own cell
         and ("ipykernel_" in step.filename or step.filename[0] == "<")), ""))
    text = (str(error).strip().splitlines() or ["no message"])[0]
    if isinstance(error, KeyError) and " in " not in text:
        text = f"there is no {text}"
    words = f"{getattr(error, 'answer_type', type(error).__name__)}: {text}"
    if not line and not hasattr(error, "answer_line"):
        if isinstance(error, NameError) and error.name:
            return _not_run(error.name)
        _, inside, kind = text.partition("unhashable type: ")
        return Feedback(
            "inside the answer stands a " + kind.strip("')") if inside
            else f"the check stopped with {words}",
            "texts or numbers, one by one" if inside else
            "a value, or a file, that the check can use",
            hint="look at your answer, and at its type")
    call = getattr(error, "answer_call", "")
    return Feedback(
        f"your code stopped with {words}" + (f", {line}" if line else "")
        + (f", for {call}" if call else ""), "code that runs to its end",
        hint=_hint(words, "call it yourself in a new cell, look at each step"))
