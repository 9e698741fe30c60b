"""How long a notebook takes in class, counted from its cells.

    python -m commands.exercises.minutes

prints the minutes of each part of each lesson, and of each exercise, beside
those in its metadata. A class reads 150 words per minute, because most people
read in their third language. It needs 6 seconds for a line of code, 1.5
minutes for a prediction, 3 for an explorer. A micro-task ("Your turn"), a lab
and a graded task state their own minutes. An aside (a folded admonition) is
for self-learners and does not count, nor do the credits at the end.
"""

import re
from pathlib import Path

from commands.exercises import crediting, notebooks
from helpers.data import ROOT

WORDS_PER_MINUTE = 150
MINUTES = {"code line": 0.1, "prediction": 1.5, "explorer": 3.0}
OTHER_PARTS = {"Lab": "lab", "Recap": "debrief", "In your ministry":
               "debrief", "Exercise": "debrief", "Further reading": None}
FOLDED = re.compile(
    r"<details>.*?</details>"
    r"|^(:{3,})\{admonition\}[^\n]*\n:class:[^\n]*\bdropdown\b.*?^\1$",
    re.DOTALL | re.MULTILINE)
EXPLORER = re.compile(
    r"\b(?:explore\.\w+|forms\.(?:metadata|peer_review|plan_editor))\(")
TURN = re.compile(r"\*\*Your turn\*\* \((\d+) minutes?\)")


def of_lesson(notebook) -> dict[str, float]:
    """Part of the session → its minutes: story, concept, lab, debrief. The
    first section is the story; what follows is concept, unless its heading
    says otherwise. The lab's own minutes are those of its heading."""
    minutes = dict.fromkeys(("story", "concept", "lab", "debrief"), 0.0)
    part: str | None = "story"
    sections = 0
    for cell in notebook.cells:
        heading = re.search(r"^## (.+)$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and heading:
            sections += 1
            part = next((found for begin, found in OTHER_PARTS.items()
                         if heading[1].startswith(begin)),
                        "story" if sections == 1 else "concept")
            own = re.search(r"\((\d+) minutes\)$", heading[1])
            if part == "lab" and own:
                minutes["lab"] += int(own[1])
        if part and part != "lab":
            minutes[part] += of_cell(cell)
    return minutes


def of_preparation(notebook) -> dict[str, float]:
    """Part of a notebook of Day 0 → its minutes. A part begins at the cell
    whose id is its name; the first part begins at the top."""
    parts = list(notebook.metadata.course.minutes)
    minutes = dict.fromkeys(parts, 0.0)
    part = parts[0]
    for cell in notebook.cells:
        if cell.id in minutes:
            part = cell.id
        minutes[part] += of_cell(cell)
    return minutes


def of_exercise(notebook) -> float:
    """The minutes of an exercise's core tasks, with their reading. Tasks
    after the heading "More" are not counted."""
    minutes = 0.0
    for cell in notebook.cells:
        if re.match(r"## More\b", cell.source):
            break
        if cell.cell_type == "markdown":
            minutes += of_cell(cell)
        elif cell.metadata.get("nbgrader", {}).get("grade"):
            minutes += cell.metadata.course.minutes
        if cell.cell_type == "markdown" and (
                cell.metadata.get("nbgrader", {}).get("grade")):
            minutes += cell.metadata.course.minutes
    return minutes


def of_cell(cell) -> float:
    """The minutes of one cell for somebody who reads and runs it."""
    if cell.get("id") == crediting.CELL:
        return 0
    if cell.cell_type == "code":
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            return 0
        lines = [line for line in cell.source.splitlines() if line.strip()]
        explorers = len(EXPLORER.findall(cell.source))
        return (len(lines) * MINUTES["code line"]
                + explorers * MINUTES["explorer"])
    text = FOLDED.sub("", cell.source)
    return (len(re.findall(r"\w[\w'’.,-]*", without_marks(text)))
            / WORDS_PER_MINUTE
            + len(re.findall(r"\{admonition\} Predict", text))
            * MINUTES["prediction"]
            + sum(map(int, TURN.findall(text))))


def without_marks(text: str) -> str:
    """A text as it is read: no addresses, no names of roles."""
    text = re.sub(r"\{\w+\}`([^`<]*)[^`]*`", r"\1", text)
    return re.sub(r"\]\([^)]*\)|<https?:[^>]*>|^:.*$|<[^>]+>", "", text,
                  flags=re.MULTILINE)


def lessons(root: Path = ROOT) -> list[Path]:
    """The notebooks of all sessions, in order."""
    return sorted((root / "course").glob("day[1-4]*/s*.ipynb"))


def preparations(root: Path = ROOT) -> list[Path]:
    """The notebooks of Day 0."""
    return sorted((root / "course").glob("day0*/*.ipynb"))


def main() -> None:
    """Print the minutes of all lessons and exercises."""
    for file in [*preparations(), *lessons()]:
        notebook = notebooks.read(file)
        counted = (of_lesson if file in lessons() else of_preparation)(
            notebook)
        print(file.stem)
        for part, minutes in counted.items():
            promised = notebook.metadata.course.minutes.get(part, "–")
            print(f"  {part:11} {minutes:5.1f} of {promised}")
    for file in sorted((ROOT / "exercises").glob("day*/*.ipynb")):
        notebook = notebooks.read(file)
        print(f"{file.stem:24} {of_exercise(notebook):5.1f} of "
              f"{notebook.metadata.course.minutes}")


if __name__ == "__main__":
    main()
