"""Objectives: what is taught where, and which graded cell assesses it."""

from pathlib import Path

from commands.exercises import notebooks
from helpers.data import ROOT

PAGE = "course/reference/objectives.md"


def objectives(root: Path = ROOT) -> dict[str, dict]:
    """Objective id -> its text, the lesson that teaches it, and the graded
    cells (exercise, task title) that assess it.

    Raises NotebookError when two lessons teach one id, or when a graded
    cell assesses an objective that no lesson teaches.
    """
    found = {}
    for file in sorted((root / "course").glob("day*/*.ipynb")):
        course = notebooks.read(file).metadata.get("course", {})
        for name, text in course.get("objectives", {}).items():
            if name in found:
                raise notebooks.NotebookError(
                    f"{file.name}: objective {name} is taught in "
                    f"{found[name]['lesson'].name} already")
            found[name] = {"text": text, "session": course["session"],
                           "lesson": file, "assessed": []}
    for file in sorted((root / notebooks.SOLUTIONS).glob("day*/*.ipynb")):
        solution = notebooks.read(file)
        exercise = solution.metadata["course"]["exercise"]
        for cell in notebooks.grade_cells(solution).values():
            for name in cell.metadata.course.objectives:
                if name not in found:
                    raise notebooks.NotebookError(
                        f"{file.name}: objective {name} is taught in no "
                        "lesson")
                found[name]["assessed"].append(
                    (exercise, cell.metadata.course.title))
    return found


def page(root: Path = ROOT) -> str:
    """The page of objectives, in Markdown. `release` writes it."""
    rows = []
    for name, told in objectives(root).items():
        lesson = told["lesson"].relative_to(root / "course").as_posix()
        tasks = "; ".join(f"{exercise}, {title}"
                          for exercise, title in told["assessed"])
        rows.append(f"| {name} | {told['text']} | "
                    f"[{told['session']}](../{lesson}) | {tasks or '–'} |")
    return "\n".join([
        "# Objectives", "",
        "What each finished session teaches, and the graded tasks that show "
        "whether it", "was learnt. Day 0 prepares and is not graded.", "",
        "| objective | you can | session | assessed by |",
        "|---|---|---|---|", *rows, ""])
