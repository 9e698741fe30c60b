"""What hostile submissions have achieved, beside plain nbgrader."""

import shutil

from .. import arena, course
from ..course import AUTOMATIC
from .case import CASES, TAMPERED

# Low, so that a hundred seconds of mischief take ten.
LIMITS = {"seconds_a_cell": 3, "seconds_a_notebook": 8,
          "memory": 1024 << 20, "processes": 64, "files": 64 << 20,
          "output": 1 << 20, "flood": 16 << 20}


def harm(outcome: arena.Outcome, name: str) -> list[str]:
    """What a hostile submission has achieved, in words; empty: nothing."""
    result, told = outcome.results[name], []
    if not outcome.finished:
        told.append(f"the batch: {outcome.error.splitlines()[0][:60]}")
    honest = CASES[name].honest
    if result.score > honest and not result.tampered:
        told.append(f"{result.score:g} points instead of {honest:g}")
    elif result.score < honest and not result.reasons:
        told.append(f"{honest - result.score:g} points lost, no reason told")
    # plain nbgrader shows the hidden tests to everybody, also unasked
    secrets = [secret for secret in result.published if "hidden" in name
               or secret != course.HIDDEN_SECRET]
    for kind, things in (("published", secrets),
                         ("wrote", result.escaped),
                         ("changed", outcome.changed),
                         ("left running", outcome.left),
                         ("called", result.called)):
        if things:
            told.append(f"{kind} {', '.join(t[-40:] for t in things[:3])}"
                        + f" and {len(things) - 3} more" * (
                            len(things) > 3))
    for student in (arena.FIRST, arena.LAST):
        score = outcome.gradebook.get(student)
        if outcome.finished and score != AUTOMATIC:
            told.append(f"{student} has {score}")
    if "<script>window.owned" in result.page:
        told.append("its scripts are in the page of feedback")
    if outcome.most > 200:
        told.append(f"{outcome.most} processes at the same time")
    if outcome.megabytes > 2000:
        told.append(f"{outcome.megabytes:,.0f} MB of memory")
    if result.megabytes > 50:
        told.append(f"{result.megabytes:,.0f} MB on the disk")
    return told


def plain(name: str) -> list[str]:
    """What a hostile submission does to plain nbgrader, locked up."""
    folder = arena.scratch()
    try:
        return harm(arena.grade(folder, {name: CASES[name].submit}, "plain",
                                arena.SECONDS_PLAIN), name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def engine(names) -> arena.Outcome:
    """What hostile submissions do to the engine, all in one batch."""
    return arena.grade(arena.scratch(), {
        name: CASES[name].submit for name in names}, limits=LIMITS)


def end(result: arena.Result, honest: float) -> str:
    """How a submission ended, in one line."""
    if result.tampered:
        return TAMPERED
    score = f"{result.score:g} of {AUTOMATIC}"
    return f"{score}: {result.says[:70]}" if result.reasons else score
