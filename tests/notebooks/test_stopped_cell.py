"""An answer cell that has stopped is named by the check below it: an earlier
answer, or none, is not judged in its place."""

import re

import nbformat
import pytest

from commands.exercises import own_check

TURN = ("with check.your_turn('Turn'):\n"
        "    for number in [1]:\n        check.equal(answer, 2)")
TASK = "with check.task('Task'):\n    check.equal(double(1), 2)"
RIGHT = "def double(x):\n    return 2 * x"


def said(folder, kernels, *cells):
    """What the last cell says, after the others have run in this order."""
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell(source)
        for source in ("from helpers import check", *cells)])
    assert own_check.execute(notebook, folder, kernels) == []
    words = "".join(one.get("text", "") or "\n".join(one.traceback)
                    for one in notebook.cells[-1].outputs)
    return " ".join(re.sub(r"\x1b\[\d*m", "", words).split())


@pytest.mark.parametrize("cells, says", [
    (["answer = 2", "answer = (1 + 1", TURN],
     "the answer cell stopped with SyntaxError"),
    (["answer = 2", "x = 1\nanswer = 1 + '1'", TURN],
     "stopped with TypeError: unsupported operand type(s) for +: 'int' and "
     "'str', line 2"),
    (["answer = 3", "answer = 1 / 0", TURN, TURN], "ZeroDivisionError"),
    (["answer = 1 / 0", TURN], "ZeroDivisionError: division by zero, line 1"),
    (["def double(x)\n    return 2 * x", TASK],
     "SyntaxError: expected ':', line 1"),
    ([RIGHT, RIGHT.replace("(x)", "(x"), TASK], "SyntaxError"),
    ([RIGHT, "y = 1 / 0\n" + RIGHT, TASK], "ZeroDivisionError"),
])
def test_a_cell_that_stopped_is_named(cells, says, tmp_path, kernels):
    words = said(tmp_path, kernels, *cells)
    assert words.startswith("✗") and says in words, words
    assert "not answered yet" not in words


@pytest.mark.parametrize("cells", [
    ["answer = two", "two = 2", "answer = two", TURN],  # run again
    ["answer = 1 / 0", "other, answer = 1, 2", TURN],
    ["answer = 1 / 0", "answer: int = 2", TURN],
    ["answer = 2\nprint(anser)", TURN],
    ["answer = 2", "answer.nothing", TURN],
    ["number = 1 / 0", "answer = 2", TURN],  # a name of the check's own
    [RIGHT + "\nprint(double('a') + 1)", TASK],
    ["double = 1 / 0", RIGHT, TASK],
    [RIGHT, "double(1) + 'a'", TASK],
])
def test_a_right_answer_stays_right(cells, tmp_path, kernels):
    words = said(tmp_path, kernels, *cells)
    assert words.startswith("✓"), words
