"""Canaries: cells of which it is known how they must end.

One must fail, one must give a number, one is a check with a false statement
in it. They run in the trainee's kernel, where the checks run. Where a canary
ends otherwise, the checks cannot be believed: the notebook is *tampered*.
`guard` runs them: before the notebook, before each check, and at the end.
"""

import ast
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass

TAMPERED = ("tampered: cells that must fail did not, so the checks cannot "
            "be believed; no automatic score")


@dataclass(frozen=True)
class Canary:
    """A cell, and what says whether its outputs are as they must be.

    stored: in the shell's history, where some look for what a check expects.
    """
    source: str
    ends_well: Callable[[list], bool]
    stored: bool = False


def before_notebook() -> list[Canary]:
    """Run before the first cell."""
    return [_false_assertion()]


def before_check(cell) -> list[Canary]:
    """Run before this check cell."""
    return [_false_check(cell)]


def after_notebook(checks: list) -> list[Canary]:
    """What runs after the last cell. checks: all check cells."""
    return [_false_assertion(), _number(),
            *(_other_values(random.choice(checks)) if checks else ())]


def _false_assertion():
    a, b = random.sample(range(1000, 100_000), 2)
    nonce = secrets.token_hex(4)
    return Canary(f"assert {a} == {b}, '{nonce}'",
                  lambda outputs: _fails_with(outputs, nonce))


def _number():
    """A cell that gives a number, which nbgrader takes for partial credit.
    """
    number = random.randrange(1000, 100_000) / 16
    return Canary(str(number), lambda outputs: len(outputs) == 1
                  and outputs[0].output_type == "execute_result"
                  and outputs[0].data.get("text/plain") == str(number))


def _false_check(cell):
    """The check itself, under its own title, with a false statement put in
    front: code that skips it, or answers in place of `check`, lets it pass.
    """
    a, b = random.sample(range(1000, 100_000), 2)
    block = _with_block(ast.parse(cell.source))
    lines, place, indent = cell.source.split("\n"), 0, 0
    false = [f"assert {a} == {b}, '{a} {b}'"]
    if block and "check." in cell.source and (
            block.body[0].lineno > block.lineno):
        # Neither may hold: not numbers that are close, not equal ones.
        false = [f"try: check.close({a}, {a + b})",
                 f"except AssertionError: check.equal({a}, {b})"]
        place, indent = block.body[0].lineno - 1, block.body[0].col_offset
    lines[place:place] = [" " * indent + line for line in false]
    return Canary("\n".join(lines),
                  lambda outputs: _fails_with(outputs, str(a), str(b)))


def _other_values(cell):
    """The check with other expected values: code that has read the expected
    ones, and answers with them, lets it pass. Where none is a constant:
    nothing."""
    tree = ast.parse(cell.source)
    block, is_changed = _with_block(tree), False
    for statement in block.body if block else []:
        call = getattr(statement, "value", None)
        if not (isinstance(call, ast.Call) and len(call.args) >= 2
                and ast.unparse(call.func) in ("check.equal", "check.close")
                and isinstance(call.args[1], ast.Constant)):
            continue
        expected = call.args[1]
        if type(expected.value) in (int, float):
            expected.value = expected.value * 3 + random.randint(1000, 10_000)
        elif isinstance(expected.value, str):
            expected.value += secrets.token_hex(4)
        else:
            continue
        is_changed = True
    if is_changed:
        yield Canary(ast.unparse(tree), lambda outputs: any(
            output.output_type == "error" for output in outputs), stored=True)


def _with_block(tree):
    return next((node for node in tree.body if isinstance(node, ast.With)),
                None)


def _fails_with(outputs, *words):
    return any(output.output_type == "error" and all(
        word in "\n".join([output.evalue, *output.traceback])
        for word in words) for output in outputs)
