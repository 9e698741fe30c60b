"""The notebooks of the book are executed in order, anew, and named."""

import json
import shutil

import pytest

from commands.book import executing

pytestmark = pytest.mark.slow
PRINTS_IN_PIECES = """import sys, time
print("first half, ", end="", flush=True)
time.sleep(0.5)
print("second half")"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Give the code of some pages; get what failed, and a function that
    tells what a page has printed."""
    monkeypatch.setattr(executing, "COMMON", ["ipykernel.kernelapp"])
    (tmp_path / "_config.yml").write_text(
        "execute:\n  timeout: 60\n  exclude_patterns: ['exercises/*/*']\n")

    def execute(pages, **options):
        for page, code in pages.items():
            write(tmp_path / f"{page}.ipynb", code)
        return executing.execute(
            list(pages), tmp_path, tmp_path / "executed", **options)

    def printed(page):
        notebook = json.loads(
            (tmp_path / "executed" / f"{page}.ipynb").read_text("utf-8"))
        return ["".join(output["text"])
                for output in notebook["cells"][0]["outputs"]]
    execute.printed, execute.root = printed, tmp_path
    return execute


def write(file, code):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({
        "nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{
            "cell_type": "code", "id": "code", "metadata": {},
            "execution_count": None, "outputs": [], "source": code}]}))


def test_notebooks_of_a_folder_run_in_order_and_share_files(run):
    write_it = "open('shared.txt', 'w').write('from a')"
    read_it = "print(open('shared.txt').read())"
    assert run({"course/day/b": read_it, "course/day/a": write_it,
                "exercises/day/e": "1 / 0"}) == []
    assert run.printed("course/day/b") == ["from a\n"]
    assert not (run.root / "executed/exercises").exists()


def test_folders_run_side_by_side(run):
    meet = """import pathlib, time
pathlib.Path("../%s").touch()
end = time.monotonic() + 30
while not pathlib.Path("../%s").exists() and time.monotonic() < end:
    time.sleep(0.05)
print(pathlib.Path("../%s").exists())"""
    if executing.SIDE_BY_SIDE < 2:
        pytest.skip("this computer has one core")
    run({"course/one/a": meet % ("one.txt", "two.txt", "two.txt"),
         "course/two/a": meet % ("two.txt", "one.txt", "one.txt")})
    assert run.printed("course/one/a") == ["True\n"]
    assert run.printed("course/two/a") == ["True\n"]


def test_what_is_printed_in_pieces_is_one_text(run):
    run({"course/day/a": PRINTS_IN_PIECES})
    assert run.printed("course/day/a") == ["first half, second half\n"]


def test_a_failed_cell_is_named(run):
    failures = run({"course/day/a": "print(1)", "course/day/b": "1 / 0"})
    assert len(failures) == 1
    assert failures[0].startswith("course/day/b stopped in this cell:")
    assert "1 / 0" in failures[0] and "ZeroDivisionError" in failures[0]
    assert "Traceback" not in failures[0]


COUNT = "f = open('count.txt', 'a+'); f.write('x'); f.seek(0); print(f.read())"


class TestAgain:
    """output/ is no source, so that a file there counts the executions."""

    CODE = COUNT.replace("count.txt", "output/count.txt")

    def runs(self, run, **options):
        (run.root / "course/day/output").mkdir(parents=True, exist_ok=True)
        assert run({"course/day/a": self.CODE}, **options) == []
        return len(run.printed("course/day/a")[0].strip())

    def test_nothing_has_changed(self, run):
        assert self.runs(run) == 1
        assert self.runs(run, again=True) == 1
        assert self.runs(run) == 2, "without `again`, all is executed"

    @pytest.mark.parametrize("file", [
        "helpers/maps.py", "data/places.csv", "course/other/plan.yaml",
        "course/day/notes.txt", "_config.yml"])
    def test_a_file_that_it_could_read_has_changed(self, run, file):
        self.runs(run)
        (run.root / file).parent.mkdir(parents=True, exist_ok=True)
        with open(run.root / file, "a") as changed:
            changed.write("\n# changed\n")
        assert self.runs(run, again=True) == 2

    def test_a_notebook_of_its_folder_has_changed(self, run):
        self.runs(run)
        write(run.root / "course/day/z.ipynb", "print(2)")
        assert self.runs(run, again=True) == 2

    def test_after_a_failure_it_is_executed_again(self, run):
        for _ in range(2):
            assert run({"course/day/a": "1 / 0"}, again=True)

    def test_a_lost_result_is_made_again(self, run):
        self.runs(run)
        (run.root / "executed/course/day/a.ipynb").unlink()
        assert self.runs(run, again=True) == 2

    def test_a_change_of_text_elsewhere_is_none(self, run):
        self.runs(run)
        shutil.copy(run.root / "_config.yml", run.root / "course/page.md")
        assert self.runs(run, again=True) == 1
