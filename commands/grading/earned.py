"""What a trainee has earned: the scores of gradebook.db, with the words of the
checks, which the notes keep."""

from commands.exercises.notebooks import grade_cells, is_core
from commands.grading import gradebook, marked
from commands.grading.results import NotebookResult, TaskGrade


def of_student(book, day: str, masters: dict, student: str, note: dict,
               skipped: bool = False) -> list[NotebookResult]:
    """The results of the notebooks that are noted. masters: the exercises as
    trainees got them. skipped: they were graded before."""
    scores = gradebook.scores(book, day, student)
    calm = gradebook.untouched(book, day, student)
    changed = gradebook.changed(book, day, student)
    return [_result(student, notebook, masters.get(notebook["notebook"]),
                    scores, calm, changed, skipped)
            for notebook in note["notebooks"]]


def _result(student, noted, master, scores, calm, changed, skipped):
    name = noted["notebook"]
    result = NotebookResult(
        student, name, reasons=list(noted["reasons"]),
        graded=noted["graded"], skipped=skipped,
        is_core=not master or is_core(master))
    if master and name not in scores:
        result.reasons.append(
            "gradebook.db was made before this exercise existed: rename "
            "it to keep it, then grade again")
    elif master:
        result.tasks = [
            _task(cell, scores[name][cell_name],
                  noted["says"].get(cell_name, "○" if (
                      cell.metadata.nbgrader.solution
                      and (name, cell_name) in calm) else ""),
                  (name, cell_name) in changed)
            for cell_name, cell in grade_cells(master).items()]
        if again := [task for task in result.tasks if task.changed]:
            result.reasons.append(marked.sentence(
                [task.title for task in again],
                sum(task.points for task in again)))
    return result


def _task(cell, score, says, changed):
    course = cell.metadata.get("course", {})
    name = cell.metadata.nbgrader.grade_id
    return TaskGrade(
        name, course.get("title", name), cell.metadata.nbgrader.points,
        score, says, tuple(course.get("objectives", ())), changed)
