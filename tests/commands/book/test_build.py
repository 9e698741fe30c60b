"""The book is built from nothing, or refused in words."""

import json
import shutil

import pytest

from commands.book import build as book_builder
from helpers.errors import CourseError
from tests.support import ROOT


@pytest.mark.slow
def test_solutions_are_folded_and_checks_hold(book):
    text = (book / "solutions/day1_production/e03_crs_detective.html"
            ).read_text("utf-8")
    assert "Show the answer" in text and "Show the check" in text
    assert text.count("right.") >= 5  # each check says so
    exercise = (book / "exercises/day1_production/e03_crs_detective.html"
                ).read_text("utf-8")
    assert "HIDDEN TESTS" not in exercise
    assert "always_xy" not in exercise.split("Hint", 1)[0]


# --- a book that must not be built -----------------------------------------

@pytest.fixture
def small_book(tmp_path):
    """A book of two pages, right as it is."""
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "course" / "_static").mkdir(parents=True)
    for file in (ROOT / "course" / "_static").iterdir():
        shutil.copy(file, tmp_path / "course" / "_static")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: course/index\nchapters:\n"
        "  - file: course/page\n")
    (tmp_path / "course" / "index.md").write_text("# Welcome\n")
    write_notebook(tmp_path / "course" / "page.ipynb", "print(1 + 1)")
    return tmp_path


def write_notebook(file, code, output=()):
    file.write_text(json.dumps({
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "language": "python",
                                    "display_name": "Python 3"}},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {},
             "source": "# Page"},
            {"cell_type": "code", "id": "code", "metadata": {},
             "execution_count": None, "outputs": [], "source": code}]}))


@pytest.mark.slow
def test_a_right_book_is_built_twice(small_book):
    for _ in range(2):
        assert book_builder.build(small_book).is_file()


@pytest.mark.slow
@pytest.mark.parametrize("spoil, says", [
    (lambda root: write_notebook(root / "course/page.ipynb", "1 / 0"),
     "ZeroDivisionError"),
    (lambda root: (root / "course/index.md").write_text(
        "# Welcome\n\n[lost](nowhere.md)\n"), "nowhere.md"),
    (lambda root: (root / "course/page.ipynb").unlink(), "course/page"),
    (lambda root: (root / "course/index.md").write_text(
        '# Welcome\n\n<img src="https://example.org/a.png" alt="a">\n'),
     "from another server"),
    (lambda root: (root / "course/page.ipynb").write_text("{"),
     "page.ipynb"),
])
def test_a_wrong_book_is_refused_in_words(small_book, spoil, says):
    spoil(small_book)
    # A failed cell is refused a second time, too: Jupyter Book forgets it.
    for _ in range(2 if says == "ZeroDivisionError" else 1):
        with pytest.raises(CourseError) as told:
            book_builder.build(small_book)
        assert says in str(told.value)
        assert "Traceback" not in str(told.value)
