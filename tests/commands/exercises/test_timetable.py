"""The instructor's guide: its timetable, and the texts that people mark."""

import re
import shutil

import pytest
import typer

from commands import cli
from commands.exercises import notebooks, timetable
from commands.exercises.notebooks import NotebookError
from commands.exercises.sessions import sessions
from tests.repository.test_documents import (
    MADE_OR_FREE,
    named_commands,
    named_paths,
)
from tests.support import ROOT

DAYS = notebooks.days(ROOT)
MARKING = (ROOT / "course" / "instructors" / "marking.md").read_text("utf-8")


def minutes(clock):
    hours, rest = clock.split(":")
    return 60 * int(hours) + int(rest)


def rows(text, columns):
    """The rows of tables with so many columns, without heads."""
    found = [[cell.strip() for cell in line.strip("|").split(" | ")]
             for line in text.splitlines() if line.startswith("| ")]
    return [row for row in found if len(row) == columns
            and row[0] not in ("from", "session", "exercise")]


def test_the_guide_says_what_the_notebooks_say():
    assert timetable.is_current(), "python3 start.py release"


@pytest.mark.parametrize("number, day", [*enumerate(DAYS)])
def test_a_day_has_no_gap_and_the_minutes_of_its_lessons(number, day):
    part = timetable.text().split("\n### ")[number + 1]
    of_day = rows(part.partition("\n### ")[0], 4)
    for (start, end, count, _), (following, *_) in zip(
            of_day, [*of_day[1:], [of_day[-1][1]]]):
        assert minutes(end) == minutes(following)
        assert minutes(end) - minutes(start) == int(count) > 0
    taught = sum(int(count) for _, _, count, what in of_day if not re.search(
        "before the day|after the day|whole course|break|lunch", what))
    assert taught == sum(one.total for one in sessions(day)) == 360


@pytest.mark.parametrize("day", DAYS)
def test_the_page_of_the_day_has_the_same_times(day):
    page = (ROOT / "course" / day / "index.md").read_text("utf-8")
    said = re.findall(r"\| ([\d:]+) \| ([\d:]+) \| session ([\d.]+)", page)
    assert len(said) == 4
    table = rows(timetable.text(), 4)
    for start, end, number in said:
        at = next(at for at, row in enumerate(table)
                  if row[3].startswith(f"**{number} "))
        assert (table[at][0], table[at + 4][1]) == (start, end)


def test_only_core_exercises_are_in_the_timetable():
    assert "exercise E09 |" in timetable.text()
    assert "E08 |" not in timetable.text()


@pytest.fixture
def copy(tmp_path):
    """What the guide is made of, to change it."""
    for name in ("course", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=(
            shutil.ignore_patterns("output", "pictures", "*.png")))
    return tmp_path


def test_a_lesson_with_other_minutes_is_noticed_and_written(copy):
    assert timetable.is_current(copy)
    lesson = sessions(DAYS[0], copy)[0].lesson
    notebook = notebooks.read(lesson)
    notebook.metadata.course.minutes |= {"story": 10, "concept": 23}
    lesson.write_text(notebooks.nbformat.writes(notebook), "utf-8")
    assert not timetable.is_current(copy)
    assert timetable.write(copy) == [timetable.GUIDE]
    assert "| 9:00 | 9:10 | 10 |" in (copy / timetable.GUIDE).read_text()
    assert timetable.is_current(copy)


def test_notes_without_late_and_early_and_a_guide_without_marks_are_told(
        copy):
    notes = copy / "course" / "instructors" / "s1_1.md"
    text = notes.read_text("utf-8")
    notes.write_text(text.replace("**Late?**", ""), "utf-8")
    with pytest.raises(NotebookError, match=r"s1_1\.md has no paragraph"):
        timetable.text(copy)
    notes.write_text(text, "utf-8")
    (copy / timetable.GUIDE).write_text("# Guide\n", "utf-8")
    with pytest.raises(NotebookError, match="needs these two lines"):
        timetable.write(copy)


# --- the texts that people mark --------------------------------------------

def by_hand():
    """[exercise, task, points] of each cell that a person marks."""
    found = []
    for file in sorted((ROOT / "solutions").glob("day*/*.ipynb")):
        notebook = notebooks.read(file)
        found += [[notebook.metadata.course.exercise,
                   cell.metadata.course.title,
                   f"{cell.metadata.nbgrader.points:g}"]
                  for cell in notebooks.grade_cells(notebook).values()
                  if cell.metadata.nbgrader.solution]
    return found


def test_each_text_that_a_person_marks_is_on_the_page():
    listed = [row[:3] for row in rows(MARKING, 4)]
    assert sorted(listed) == sorted(by_hand())


def test_each_has_an_example_of_each_level():
    for exercise, _, points, links in rows(MARKING, 4):
        anchor = re.search(r"\(#(.*?)\)", links)
        if anchor:
            text = MARKING.partition(f"({anchor[1]})=\n## {exercise}: ")[2]
            text = text.partition("\n## ")[0]
        else:
            page = re.search(r"\((s.*?\.md)\)", links)[1]
            text = (ROOT / "course" / "instructors" / page).read_text(
                "utf-8")
            assert exercise in text
        levels = {row[0] for row in rows(text, 2)}
        assert points in levels and len(levels) >= 4, (exercise, levels)


# --- what both pages name ---------------------------------------------------

@pytest.mark.parametrize("name", ["guide", "marking"])
def test_files_commands_and_options_that_a_page_names_exist(name):
    page = ROOT / "course" / "instructors" / f"{name}.md"
    text = page.read_text("utf-8")
    missing = [path for path in named_paths(text)
               if not MADE_OR_FREE.search(path)
               and not (ROOT / path).exists()
               and not (page.parent / path).exists()
               and path not in ("trainees.csv", "codes.py", "personal.py")]
    assert not missing
    known = typer.main.get_command(cli.app).commands
    for command, options in named_commands(text).items():
        assert options <= {option for one in known[command].params
                           for option in one.opts}, command
