"""What tests of the engine share."""

from nbformat.v4 import new_code_cell, new_notebook

from commands.grading import guard
from commands.grading.cage.kernels import Limits
from tests.commands.grading.cases.course import DAY

FAST = Limits(seconds_a_cell=5, seconds_a_notebook=20)


def run(manager, *sources, limits=FAST):
    """What the cells of a small notebook say, and the reasons."""
    notebook = new_notebook(cells=[new_code_cell(s) for s in sources])
    client = guard.GuardedClient(
        notebook, kernel_manager_class=manager, allow_errors=True,
        shutdown_kernel="immediate")
    client.room = guard.Room(limits)
    client.execute()
    return [said(cell) for cell in notebook.cells], client.room.reasons


def said(cell) -> str:
    return " ".join(str(output.get("text") or output.get("evalue")
                        or output.data.get("text/plain"))
                    for output in cell.outputs).strip()


def gradebook_rows(root, url=None):
    """All that the gradebook says of grades and comments, without ids."""
    from nbgrader.api import Gradebook
    rows = []
    with Gradebook(url or f"sqlite:///{root / 'gradebook.db'}",
                   "open-geodata") as book:
        for submission in book.assignment_submissions(DAY):
            for notebook in submission.notebooks:
                rows += [(submission.student_id, notebook.name, grade.name,
                          grade.auto_score, grade.manual_score,
                          grade.extra_credit, grade.needs_manual_grade,
                          grade.max_score) for grade in notebook.grades]
                rows += [(submission.student_id, notebook.name, comment.name,
                          comment.auto_comment, comment.manual_comment)
                         for comment in notebook.comments]
    return sorted(rows, key=str)
