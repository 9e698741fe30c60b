"""What hostile submissions have achieved, beside plain nbgrader."""

import shutil
from pathlib import Path

from tests.commands.grading.cases import arena, course, layer
from tests.commands.grading.cases.course import AUTOMATIC

from .case import CASES

# Low, so that a hundred seconds of mischief take ten.
LIMITS = {"seconds_a_cell": 3, "seconds_a_notebook": 8,
          "memory": 1024 << 20, "processes": 64, "files": 64 << 20,
          "output": 1 << 20, "flood": 16 << 20}


def harm(outcome: arena.Outcome, name: str) -> list[str]:
    """What a hostile submission has achieved, in words; empty: nothing."""
    words = [] if outcome.finished else [
        f"the batch: {outcome.error.splitlines()[0][:60]}"]
    result = outcome.results[name]
    return [*words, *_points(result, CASES[name].honest),
            *_outside(outcome, result, name), *_used_up(outcome, result)]


def _points(result, honest):
    if result.score > honest:
        yield f"{result.score:g} points instead of {honest:g}"
    elif result.score < honest and not result.reasons:
        yield f"{honest - result.score:g} points lost, no reason told"


def _outside(outcome, result, name):
    """What it has read, changed, left or called outside its cage."""
    # plain nbgrader shows the hidden tests to everybody, also unasked
    secrets = [secret for secret in result.published if "hidden" in name
               or secret != course.HIDDEN_SECRET]
    for verb, things in (("published", secrets),
                         ("wrote", result.escaped),
                         ("changed", outcome.changed),
                         ("left running", outcome.left),
                         ("called", result.called)):
        if things:
            more = f" and {len(things) - 3} more" * (len(things) > 3)
            yield f"{verb} {', '.join(t[-40:] for t in things[:3])}{more}"
    for student in (arena.FIRST, arena.LAST):
        score = outcome.gradebook.get(student)
        if outcome.finished and score != AUTOMATIC:
            yield f"{student} has {score}"
    if "<script>window.owned" in result.page:
        yield "its scripts are in the page of feedback"


def _used_up(outcome, result):
    if outcome.most > 200:
        yield f"{outcome.most} processes at the same time"
    if outcome.megabytes > 2000:
        yield f"{outcome.megabytes:,.0f} MB of memory"
    if result.megabytes > 50:
        yield f"{result.megabytes:,.0f} MB on the disk"


def plain(*names: str) -> dict[str, list[str]]:
    """What hostile submissions do to plain nbgrader, locked up, in one
    batch."""
    folder = arena.scratch()
    try:
        outcome = arena.grade(
            folder, {name: CASES[name].submit for name in names}, "plain",
            arena.SECONDS_PLAIN + len(names) * arena.SECONDS_A_SUBMISSION,
            also=layer.add)
        return {name: harm(outcome, name) for name in names}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def engine(names, folder: Path | None = None) -> arena.Outcome:
    """What hostile submissions do to the engine, all in one batch."""
    return arena.grade(folder or arena.scratch(), {
        name: CASES[name].submit for name in names}, limits=LIMITS,
        also=layer.add)


def end(result: arena.Result, honest: float) -> str:
    """How a submission ended, in one line."""
    score = f"{result.score:g} of {AUTOMATIC}"
    return f"{score}: {result.says[:70]}" if result.reasons else score
