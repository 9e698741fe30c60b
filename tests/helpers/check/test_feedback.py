"""Feedback and tasks: what a trainee reads when a check does not hold."""

import importlib
import sys

import pandas as pd
import pytest

from helpers import check, data
from helpers.check import Feedback, NotAnswered, answers, feedback


def test_a_task_that_holds_says_so(capsys):
    with check.task("Task 1"):
        check.equal(1, 1)
    assert capsys.readouterr().out == "✓ Task 1: right.\n"


def test_feedback_names_task_and_where_to_re_read():
    with (pytest.raises(Feedback) as raised,
          check.task("Task 1", read_again="lesson, Section")):
        check.equal(1, 2, "the number", why="it counts", hint="add")
    text = str(raised.value)
    for words in ("Task 1", "the number is 1", "2", "it counts", "add",
                  "lesson, Section"):
        assert words in text


def test_the_notebook_shows_no_traceback_and_narrow_lines():
    error = Feedback("found " * 60, "expected", "why", "hint")
    lines = error._render_traceback_()
    assert max(map(len, lines)) <= feedback.WIDTH
    assert "Traceback" not in "\n".join(lines)


@pytest.mark.parametrize("nothing", [None, ...])
def test_a_missing_answer_is_one_calm_sentence(nothing):
    with (pytest.raises(NotAnswered) as raised,
          check.task("Task 1", read_again="lesson")):
        check.close(nothing, 3.0)
    assert str(raised.value).startswith("○ Task 1: not answered yet.")
    assert "\n" not in str(raised.value) and "lesson" not in str(raised.value)


def test_a_function_whose_gap_was_not_filled_is_not_answered():
    scope = {"check": check}
    exec("def answer(x):\n    return ...", scope)
    with pytest.raises(NotAnswered):
        exec("with check.task('Task 1'):\n    check.close(answer(1), 3.0)",
             scope)


def test_a_name_that_does_not_exist_yet_is_not_answered():
    with pytest.raises(NotAnswered), check.task("Task 1"):
        check.equal(never_defined, 1)  # noqa: F821 - as it says


def test_a_name_missing_inside_the_answer_is_an_error_of_the_answer():
    scope = {}
    exec(compile("def answer():\n    return gdp.read_file('x')",  # misspelt
                 "<ipython-input>", "exec"), scope)
    with pytest.raises(Feedback) as raised, check.task("Task 1"):
        scope["answer"]()
    assert not isinstance(raised.value, NotAnswered)
    assert "NameError: name 'gdp' is not defined" in str(raised.value)


def test_an_error_in_the_answer_is_reported_with_its_line():
    source = compile("def answer(table):\n    return table['lat']\n",
                     "<ipython-input>", "exec")
    scope = {}
    exec(source, scope)
    with pytest.raises(Feedback) as raised, check.task("Task 1"):
        scope["answer"](pd.DataFrame({"x": [1]}))
    assert "KeyError: there is no 'lat', line 2 of answer()" in str(
        raised.value)


def test_a_sentence_of_pandas_about_a_missing_column_stays_a_sentence():
    with pytest.raises(Feedback) as raised, check.task("Task 1"):
        pd.DataFrame({"x": [1]}).set_index("code")
    assert "there is no \"None of" not in str(raised.value)
    assert "None of ['code'] are in the columns" in str(raised.value)


def test_a_fault_of_the_course_keeps_its_own_words():
    with (pytest.raises(Feedback, match="Did you mean: governorates"),
          check.task("Task 1")):
        data.path("governorate")


def test_an_interruption_is_no_feedback():
    with pytest.raises(KeyboardInterrupt), check.task("Task 1"):
        raise KeyboardInterrupt


def test_a_name_that_a_check_uses_keeps_its_meaning_for_the_answer():
    """As `for shape in shapes:` of a check, where the answer has imported a
    function of this name."""
    notebook = {}
    exec("size = len\ndef letters(text):\n    return size(text)\n", notebook)
    exec("from helpers import check\n"
         "with check.task('Letters'):\n"
         "    for size in [2, 3]:\n"
         "        check.equal(letters('x' * size), size)\n", notebook)
    assert notebook["size"] is len  # the check can be run a second time


@pytest.mark.parametrize("code", [
    "pd.Series([1, 2]) and True", "1 if pd.Series([1, 2]) > 1 else 2",
    "not pd.DataFrame({'a': [1]})", "pd.Series([1, 2]).to_numpy() or 1"])
def test_and_between_columns_has_a_hint_of_its_own(code):
    scope = {"check": check, "pd": pd}
    exec(f"def answer():\n    return {code}", scope)
    with pytest.raises(Feedback) as raised:
        exec("with check.task('Task 1'):\n    answer()", scope)
    assert "a column has many" in raised.value.hint


@pytest.mark.parametrize("words", [
    '"no file", "a file", "it is read", "save it"', '"no file"',
    '"no file", None, None, "save it"'])
def test_feedback_of_a_function_of_the_notebook_is_told_once(words):
    """As the rules of a lab, which stand in a cell of their own."""
    scope = {"check": check}
    exec(f"def answer():\n    raise check.Feedback({words})", scope)
    with pytest.raises(Feedback) as raised:
        exec("with check.task('Lab'):\n    answer()", scope)
    wanted = eval(f"Feedback({words})")
    wanted.title = "Lab"
    assert str(raised.value) == str(wanted)


@pytest.mark.parametrize("code", [
    "raise check.NotAnswered", "raise check.Feedback('')",
    "error = check.Feedback('a'); error.found = 3; raise error",
    "error = check.Feedback('a'); del error.found; raise error"])
def test_no_feedback_that_an_answer_raises_makes_it_right(code, capsys):
    scope = {"check": check}
    exec(f"def answer():\n    {code}", scope)
    with pytest.raises(Feedback):
        exec("with check.task('Task 1'):\n    answer()", scope)
    assert "✓" not in capsys.readouterr().out


@pytest.mark.parametrize("body, always", [
    ("return 1", True), ("raise ValueError", True), ("x = 1", False),
    ("try:\n        return float(x)\n    except ValueError:\n"
     "        return None", True),
    ("try:\n        return float(x)\n    except ValueError:\n"
     "        pass", False),
    ("if x:\n        return 1", False),
    ("if x:\n        return 1\n    return 2", True),
    ("if x:\n        return 1\n    else:\n        raise ValueError", True),
    ("for y in x:\n        return 1", False),
    ("with x:\n        return 1", True)])
def test_a_branch_without_return_is_seen(body, always, tmp_path, monkeypatch):
    (tmp_path / "returning.py").write_text(f"def answer(x):\n    {body}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "returning", raising=False)
    module = importlib.import_module("returning")
    assert answers.always_returns(module.answer) is always


@pytest.mark.parametrize("value", ["text", 3, None])
def test_call_it_yourself_is_said_only_where_there_is_a_call(value):
    with pytest.raises(Feedback) as raised, check.task("Lab"):
        (value or []).exists()
    assert "call it yourself" not in str(raised.value)
    assert "the check stopped with AttributeError" in str(raised.value)


@pytest.mark.parametrize("code", [
    "total(given)", "[total(given) for _ in '1']",
    "(lambda: total(given))()"])
def test_a_cell_that_was_not_run_is_no_missing_answer(code):
    names = {"check": check}
    exec("def total(rows):\n    return len(rows)", names)
    with pytest.raises(Feedback) as raised:
        exec(f"with check.task('Sum'):\n    {code}", names)
    told = str(raised.value)
    assert "there is no given" in told and "Run All Above" in told


@pytest.mark.parametrize("answer, kind", [
    ([["D1"]], "a list"), ({"D1": [{"x": 1}]}.values(), "a list"),
    ([{"fault": "D1"}], "a dict")])
def test_a_list_in_a_list_of_texts_is_named(answer, kind):
    with pytest.raises(Feedback) as raised, check.task("Faults"):
        set(answer)
    told = str(raised.value)
    assert f"inside the answer stands {kind}" in told
    assert "unhashable" not in told


def of_an_answer(lines):
    """What a task says of answer(3), a function of a notebook."""
    scope = {"check": check, "STARTER": answers.STARTER}
    exec(compile(lines, "<ipython-input>", "exec"), scope)
    with pytest.raises(Feedback) as raised:
        exec("with check.task('Task 1'):\n    check.equal(answer(3), 3)",
             scope)
    return str(raised.value)


def test_a_right_value_that_the_answer_refuses_is_no_crash():
    """A rule of the trainee's own that refuses too much has run to its end:
    the rule is wrong, and its words are known."""
    said = of_an_answer("def answer(x):\n    if x > 2:\n"
                        "        raise ValueError(f'too large: {x}')\n")
    assert "answer(3) is refused: line 3 of answer()" in said
    assert "too large: 3" in said and "does not refuse this" in said
    assert "stopped" not in said


@pytest.mark.parametrize("lines", [
    "def answer(x):\n    first, second = [x]\n",
    "def answer(x):\n    return int('three')\n",
    "def answer(x):\n    raise KeyError(x)\n",
    "def other(x):\n    raise ValueError(x)\n\n"
    "def answer(x):\n    return other(x)\n"],
    ids=["of Python", "of a function of Python", "another error",
         "of another function"])
def test_an_error_that_is_no_refusal_is_a_stop(lines):
    said = of_an_answer(lines)
    assert "your code stopped with" in said and "refused" not in said


@pytest.mark.parametrize("names, words", [
    (["code"], "a right code(), because yours is not right yet"),
    (["code", "day"],
     "a right code() and day(), because yours are not right yet")])
def test_functions_that_were_replaced_are_named(names, words, monkeypatch):
    monkeypatch.setattr(feedback, "circumstances",
                        feedback.Circumstances(replaced=names))
    with pytest.raises(Feedback) as raised, check.task("Task 1"):
        check.equal(1, 2)
    assert words in str(raised.value)


@pytest.mark.parametrize("body, hint", [
    ("return pop_2024 + x", "stands in quotes"),
    ("return [].append(x).append(x)", "hand out None"),
    ("return {}['column']", "an argument stands without quotes"),
    ("return x.real()", "no ( ) after a value"),
    ("return open('no_such_file')", "call it yourself"),
    ("return max([])", "a layer or a list is empty"),
    ("import numpy as np\n    return np.argmax([])", "list is empty"),
    ("import numpy as np\n    return np.max([])", "no value is left"),
    ("import numpy as np\n    return np.isnan(None)", "the task before"),
    ("import numpy as np\n    return np.ones(3).filled(0)", "~np.isnan"),
    ("import pandas as pd\n    return pd.Series([]).iloc[0]", "no rows"),
    ("return int(float('nan'))", "whole numbers cannot be nan"),
    ("import pandas as pd\n    if pd.Series([x, x]) > 1: return x", ".any()"),
    ("if x > 3: best = x\n    return best", "before the loop, or before"),
    ("import pandas as pd\n    times = pd.to_timedelta([x, x], 's')\n"
     "    return pd.Series([1., 2.]) / times", ".dt.total_seconds() makes"),
    ("import pandas as pd\n    return pd.Timedelta(x, 's') > 120",
     "a difference of two times is no number"),
    ("import pandas as pd\n    return pd.Series([], dtype=float).argmax()",
     "leaves no row"),
    ("import pandas as pd\n    table = pd.DataFrame({'a': [x, x]})\n"
     "    return table[pd.Series([True, True], index=[7, 8])]",
     "make the filter from the table"),
    *((f"import numpy as np, pandas as pd\n    column = pd.Series([x, 2.], "
       f"index=[3, 7])\n    return {asked}", "the row labels have gaps")
      for asked in ("column[0]", "column[np.int64(-1)]", "column[[3, 4]]",
                    "column.loc[[0, 1]]", "column.loc[range(2)]")),
    *((f"import pandas as pd\n    table = pd.DataFrame({{'a': [x]}})\n"
       f"    return table{asked}", "list(…) of the table's columns")
      for asked in ("['2024']", "[['a', 'pop_2024']]", "[['b']]"))])
def test_a_typical_error_of_a_beginner_has_a_hint_of_its_own(body, hint):
    assert hint in of_an_answer(f"def answer(x):\n    {body}\n")


@pytest.mark.parametrize("words, hint", [
    ("ValueError: The truth value of a Series is ambiguous", ".any()"),
    ("NameError: name 'pop_2024' is not defined", "stands in quotes"),
    ("NameError: name 'clean' is not defined", "was the cell above that"),
    ("SyntaxError: invalid syntax", "repair the cell")])
def test_an_answer_cell_that_stops_gets_the_same_hint(words, hint):
    assert hint in str(feedback._cell_stopped(words))


def test_a_line_of_the_check_is_not_called_a_line_of_the_answer():
    """A function of the check's own cell stopped, on what was answered."""
    scope = {"check": check}
    check_cell = ("with check.task('T'):\n    def count(found):\n"
                  "        return found > 1\n    count('abc')\n")
    with pytest.raises(Feedback) as raised:
        exec(compile(check_cell, "/tmp/ipykernel_1/2.py", "exec"), scope)
    assert "the check stopped with TypeError" in str(raised.value)
    assert "count()" not in str(raised.value)
