"""A micro-task is "not answered yet" only while its cell is as it was
handed out. A wrong answer that gives the same is wrong."""

import re

import pytest

from commands.exercises import notebooks
from tests.notebooks.turns import _printed
from tests.support import ROOT

pytestmark = pytest.mark.slow

ONE, CLEAN = "day1_production/s1_open_data", "day2_processing/s1_cleaning"
DIGITS = "= ...\n    if digits in MISSING:\n        return ..."
# lesson, task, starter's words -> a wrong answer, what the
# check says of it
WRONG = [
    (ONE, "classes", "...", 'part == "guard" or "tel" or "phone"',
     "always true"),
    (CLEAN, "arabic", "...", 'letter >= "\u0600" or "\u06ff"',
     "two comparisons"),
    (CLEAN, "arabic", "...", 'letter >= "\u0600"', "two comparisons"),
    (CLEAN, "digits", "...", "None", "the first line"),
    (CLEAN, "digits", DIGITS, DIGITS.replace(
        "= ...", '= "".join(text.split())').replace("...", "None"),
     'return ""'),
    (CLEAN, "seen", "...", 'row["code"] in seen or row["phone"]',
     "each side is a whole question"),
    (CLEAN, "seen", "...", 'row["phone"] in seen',
     "each side is a whole question"),
    (CLEAN, "still", "...", 'row["key"] or key', "two questions"),
    ("day0_ready/pandas_tables", "cities", "    # the city of the",
     "    if 'no' in contact:\n        cities.append('no')\n    #",
     "cities is []"),
    ("day0_ready/python_basics", "number",
     "...\n    except ValueError:\n        return ...",
     "float(text)\n    except ValueError:\n        return None",
     "Hint: a point for the comma")]
EACH = pytest.mark.parametrize("lesson, task, old, new, says", WRONG,
                               ids=[f"{at}: {one[1]}" for at, one in
                                    enumerate(WRONG)])
START = ("import pandas as pd\nfrom helpers import check\n"
         "records = [{}, {'contact': {}}]")


def told(lesson, task, source, folder):
    """What the check says, each of the two times that it runs."""
    notebook = notebooks.read(ROOT / "course" / f"{lesson}.ipynb")
    cells = {cell.id: cell for cell in notebook.cells}
    starter, check = cells[f"{task}-turn"], cells[f"{task}-turn-check"]
    first, again = check.copy(), check.copy()
    first.source, first.id, again.id = START, "start", "again"
    starter.source = source(starter.source)
    notebook.cells = [first, starter, check, again]
    said = _printed(notebook, folder)
    return [re.sub(r"\x1b\[\dm", "", said[name])
            for name in (check.id, "again")]


@EACH
def test_a_wrong_answer_is_wrong(lesson, task, old, new, says,
                                 tmp_path):
    def answer(starter):
        assert old in starter
        return starter.replace(old, new)
    for said in told(lesson, task, answer, tmp_path):
        assert said.startswith("✗"), said
        assert says in " ".join(said.split()), said


@EACH
def test_an_untouched_cell_is_not_answered(lesson, task, old, new,
                                           says, tmp_path):
    for said in told(lesson, task, str, tmp_path):
        assert said.startswith("○"), said
