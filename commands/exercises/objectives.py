"""Objectives: what is taught where, and which graded cell assesses it."""

from dataclasses import dataclass, field
from pathlib import Path

from commands.exercises import notebooks
from helpers.data import ROOT

PAGE = "course/reference/objectives.md"


@dataclass
class Objective:
    """What a trainee can do after a lesson."""
    text: str
    session: str
    lesson: Path
    assessed_by: list[tuple[str, str]] = field(
        default_factory=list)  # exercise, task's title


def objectives(root: Path = ROOT) -> dict[str, Objective]:
    """All objectives by their id, in the order in which they are taught.

    Raises NotebookError when two lessons have the same id, or when a graded
    cell assesses an objective that no lesson teaches.
    """
    found = taught(root)
    for file in sorted((root / notebooks.SOLUTIONS).glob("day*/*.ipynb")):
        solution = notebooks.read(file)
        exercise = solution.metadata["course"]["exercise"]
        for cell in notebooks.grade_cells(solution).values():
            task = cell.metadata.course
            for name in task.objectives:
                if name not in found:
                    raise notebooks.NotebookError(
                        f"{file.name}, {task.title}: objective {name} is "
                        "taught in no lesson. Name one that is, or add it "
                        "to a lesson's metadata.")
                found[name].assessed_by.append((exercise, task.title))
    return found


def taught(root: Path = ROOT) -> dict[str, Objective]:
    """What the lessons teach, without what assesses it."""
    found: dict[str, Objective] = {}
    for file in sorted((root / "course").glob("day*/*.ipynb")):
        course = notebooks.read(file).metadata.get("course", {})
        for name, text in course.get("objectives", {}).items():
            if name in found:
                raise notebooks.NotebookError(
                    f"{file.name}: objective {name} is taught in "
                    f"{found[name].lesson.name} already. Give one of them "
                    "another id.")
            found[name] = Objective(text, course["session"], file)
    return found


def page(root: Path = ROOT) -> str:
    """The page of objectives, in Markdown. `release` writes it."""
    rows = []
    for name, objective in objectives(root).items():
        lesson = objective.lesson.relative_to(root / "course").as_posix()
        tasks = "; ".join(f"{exercise}, {title}"
                          for exercise, title in objective.assessed_by)
        rows.append(f"| {name} | {objective.text} | "
                    f"[{objective.session}](../{lesson}) | {tasks or '–'} |")
    return "\n".join([
        "# Objectives", "",
        "What each finished session teaches, and the graded tasks that show "
        "whether it", "was learnt. Day 0 prepares and is not graded.", "",
        "| objective | you can | session | assessed by |",
        "|---|---|---|---|", *rows, ""])
