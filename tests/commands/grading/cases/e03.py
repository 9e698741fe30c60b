"""E03, CRS detective, as trainees may hand it in."""

import json
import shutil

from tests.support import ROOT

DAY, NAME = "day1_production", "e03_crs_detective"
FILE = f"{NAME}.ipynb"
AUTOMATIC, BY_A_PERSON = 16, 4


def new_course(folder):
    """A course root with one solution and the settings, and nothing handed
    in."""
    (folder / "solutions" / DAY).mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / DAY / FILE, folder / "solutions" / DAY)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def hand_in(root, student, content):
    file = root / "submitted" / student / DAY / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file


def exercise() -> bytes:
    return (ROOT / "exercises" / DAY / FILE).read_bytes()


def solution() -> bytes:
    return (ROOT / "solutions" / DAY / FILE).read_bytes()


def changed(content: bytes, change) -> bytes:
    notebook = json.loads(content)
    change(notebook)
    return json.dumps(notebook).encode()


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def with_answer(name, code):
    """The solution, with another answer in one cell."""
    def change(notebook):
        cell = next(c for c in notebook["cells"] if grade_id(c) == name)
        cell["source"] = code
    return changed(solution(), change)


def without(name):
    def change(notebook):
        notebook["cells"] = [c for c in notebook["cells"]
                             if grade_id(c) != name]
    return changed(solution(), change)


def twice(name):
    def change(notebook):
        cell = next(c for c in notebook["cells"] if grade_id(c) == name)
        notebook["cells"].append(json.loads(json.dumps(cell)))
    return changed(solution(), change)


def answer(name) -> str:
    """The code of one cell of the solution."""
    return next("".join(cell["source"])
                for cell in json.loads(solution())["cells"]
                if grade_id(cell) == name)


def all_bytes(folder):
    return {file: file.read_bytes() for file in sorted(folder.rglob("*"))
            if file.is_file()}
