"""A trainee's own check: its report, and how a terminal shows it."""

import io

import pytest
from rich.console import Console

from commands.exercises import own_check_table
from commands.exercises.own_check import Report, TaskResult
from commands.terminal import printable, printable_name

RIGHT = TaskResult("place", 4, "Task 1 · Place", passed=True)
WRONG = TaskResult("fit", 3, "Task 2 · Fit", False, "✗ Not run: it stopped")
BY_A_PERSON = TaskResult("note", 2, "Task 3 · Note")


def shown(report) -> str:
    console = Console(file=io.StringIO(), width=80, markup=False, emoji=False,
                      force_terminal=True, color_system=None)
    own_check_table.show(report, console)
    return console.file.getvalue()


def test_a_report_adds_up_what_is_checked_and_leaves_a_person_the_rest():
    report = Report([RIGHT, WRONG, BY_A_PERSON])
    assert (report.earned, report.automatic) == (4, 7)
    assert not report.all_pass
    assert Report([RIGHT, BY_A_PERSON]).all_pass


@pytest.mark.parametrize("fault", ["missing", "reasons"])
def test_a_missing_cell_and_a_stop_are_not_all_pass(fault):
    assert not Report([RIGHT], **{fault: ["place"]}).all_pass


def test_each_task_has_its_points_and_each_fault_is_said_once():
    text = shown(Report([RIGHT, WRONG, WRONG, BY_A_PERSON], ["fit"],
                        ["Python itself stopped"]))
    for words in ("4 of 4", "right", "0 of 3", "not yet", "– of 2",
                  "marked by a person", "The cell 'fit' is missing",
                  "\nPython itself stopped\n", "4 of 10 points so far"):
        assert words in text
    assert text.count("Not run: it stopped") == 1


def test_a_title_is_neither_markup_nor_a_command_to_the_terminal():
    title = "[/red] :warning: \x1b[2J\x9b2J\x07\n"
    text = shown(Report([TaskResult("place", 4, title, False, title)],
                        [title], [title]))
    assert not set(text) & {"\x1b", "\x9b", "\x07"}
    assert "[/red] :warning:" in text


@pytest.mark.parametrize("text, printed, name", [
    ("ليلى · é\u200f", "ليلى · é\u200f", "ليلى · é\u200f"),
    ("a\tb\nc", "a\tb\nc", "a�b�c"),
    ("a\r\nb", "a\nb", "a��b"),
    ("a\u202eb\u2066\u2028", "a�b��", "a�b��"),
    ("\x1b[1mbold\x1b[0m", "bold", "�[1mbold�[0m"),
    ("\x1b]0;title\x07 \x00\r\x7f\x85\x9b", "�]0;title� �����",
     "�]0;title� �����")])
def test_control_characters_do_not_reach_the_terminal(text, printed, name):
    assert printable(text) == printed
    assert printable_name(text) == name
