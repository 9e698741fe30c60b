"""nbgrader's gradebook, in parts: what a job gets, and what it gives back.

A worker grades against a SQLite copy of the assignment's part (`extract`)
and the marks that people gave (`marks`). The one writer puts the outcome
(`rows`) into the real gradebook (`merge`), SQLite or PostgreSQL.
"""

import errno
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import (
    Assignment,
    Base,
    BaseCell,
    Comment,
    Course,
    Grade,
    Gradebook,
    GradeCell,
    InvalidEntry,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from commands.exercises.notebooks import NotebookError
from commands.grading.results import NotGraded

# Of a grade and of a comment: what people give, and what grading gives.
BY_A_PERSON = {Grade: ("manual_score", "extra_credit"),
               Comment: ("manual_comment",)}
BY_GRADING = {Grade: ("auto_score", "needs_manual_grade"),
              Comment: ("auto_comment",)}
SCORE = ("manual_score", "auto_score", "extra_credit")


SECONDS_TO_WAIT = 60  # for another program that writes into the gradebook


def connect(coursedir: CourseDirectory) -> Gradebook:
    """The course's gradebook, open for writing. If it does not open,
    NotebookError says why."""
    try:
        book = Gradebook(coursedir.db_url, coursedir.course_id)
        try:
            _begin_to_write(book)
            book.db.rollback()
        except SQLAlchemyError:
            book.close()
            raise
        return book
    except (SQLAlchemyError, ImportError, ValueError) as error:
        try:  # without its password
            address = make_url(coursedir.db_url).render_as_string()
        except (SQLAlchemyError, ValueError):
            address = "(its address cannot be read)"
        why = _why(error)
        raise NotebookError(
            f"The gradebook {address} does not open:\n  {why}\n"
            f"{_remedy(why)}") from None


def _begin_to_write(book):
    """An update without effect: it fails where nothing can be written, and
    waits for another program."""
    book.db.execute(text(
        "UPDATE alembic_version SET version_num = version_num"))


def patient(db_url: str) -> str:
    """The same address; SQLite waits when another program is writing."""
    try:
        url = make_url(db_url)
    except (SQLAlchemyError, ValueError):
        return db_url  # `connect` says so
    if not url.drivername.startswith("sqlite"):
        return db_url
    return url.update_query_dict(
        {"timeout": str(SECONDS_TO_WAIT)}).render_as_string()


def _why(error):
    """The database's own words."""
    return str(getattr(error, "orig", None) or error).strip()


def _remedy(why):
    if "locked" in why:
        return LOCKED
    if "readonly" in why or "read-only" in why:
        return ("It may only be read: give yourself the right to write the "
                "file and its folder,\nthen grade again.")
    return ("Its address is c.CourseDirectory.db_url in nbgrader_config.py: "
            "a file of SQLite\nif nothing is set, or postgresql://USER@HOST/"
            "DATABASE, where DATABASE must exist.")


LOCKED = ("Another program is writing into it (Formgrader, a database "
          "browser?): close that program, then grade again.")


def extract(book: Gradebook, day: str) -> bytes:
    """A SQLite gradebook with one assignment and nobody's submission."""
    source = book.db.connection()
    with TemporaryDirectory() as folder:
        file = Path(folder, "gradebook.db")
        engine = create_engine(f"sqlite:///{file}")
        Base.metadata.create_all(engine)
        with engine.begin() as target:
            # nbgrader would start alembic to learn its version
            target.execute(text(
                "CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            for (version,) in source.execute(text(
                    "SELECT version_num FROM alembic_version")):
                target.execute(text("INSERT INTO alembic_version VALUES "
                                    "(:version)"), {"version": version})
            target.execute(Course.__table__.insert(), {"id": book.course_id})
            for table, rows in _rows_of(source, day):
                if rows:
                    target.execute(table.insert(), rows)
        engine.dispose()
        return file.read_bytes()


def _rows_of(source, day):
    """Table and rows, parents first, of one assignment."""
    def fetch(table, column, wanted):
        chosen = table.select().where(column.in_(wanted))
        return [dict(row) for row in source.execute(chosen).mappings()]

    assignment = Assignment.__table__
    rows = fetch(assignment, assignment.c.name, [day])
    yield assignment, rows
    notebook = Notebook.__table__
    rows = fetch(notebook, notebook.c.assignment_id,
                 [row["id"] for row in rows])
    yield notebook, rows
    notebooks = [row["id"] for row in rows]
    source_cell, base = SourceCell.__table__, BaseCell.__table__
    yield source_cell, fetch(source_cell, source_cell.c.notebook_id,
                             notebooks)
    cells = fetch(base, base.c.notebook_id, notebooks)
    yield base, cells
    for kind in (GradeCell, SolutionCell, TaskCell):
        table = kind.__table__
        yield table, fetch(table, table.c.id, [row["id"] for row in cells])


def marks(book: Gradebook, day: str, student: str) -> dict:
    """What people have given: as `rows`, for one student."""
    return rows(book, day, student, BY_A_PERSON)


def rows(book: Gradebook, day: str, student: str,
         fields: dict = BY_GRADING) -> dict:
    """Fields of all grades and comments of a student's submission.

    {"timestamp": …, "notebooks": {name: {"penalty": …, "Grade": {cell:
    {field: value}}, "Comment": {…}}}}; {} when there is none.
    """
    try:
        submission = book.find_submission(day, student)
    except MissingEntry:
        return {}
    found = {"timestamp": submission.timestamp, "notebooks": {}}
    for notebook in submission.notebooks:
        found["notebooks"][notebook.name] = {
            "penalty": notebook.late_submission_penalty,
            **{kind.__name__: {cell: {
                name: getattr(one, name) for name in names}
                for cell, one in _of(book, notebook, kind)}
               for kind, names in fields.items()}}
    return found


def scores(book: Gradebook, day: str, student: str) -> dict:
    """{notebook: {cell: `score`}} of a student's submission."""
    found = rows(book, day, student, {Grade: SCORE})
    return {name: {cell: score(grade)
                   for cell, grade in notebook["Grade"].items()}
            for name, notebook in found.get("notebooks", {}).items()}


def score(grade: dict) -> float | None:
    """A person's mark, else the automatic one, and the extra credit that a
    person has added, as the trainee's page counts it; None without a mark."""
    mark = (grade["auto_score"] if grade["manual_score"] is None
            else grade["manual_score"])
    return None if mark is None else mark + (grade["extra_credit"] or 0)


def changed(book: Gradebook, day: str, student: str) -> set:
    """(notebook, cell): those that a person has marked, and whose answer has
    changed since, see `marked`."""
    found = rows(book, day, student,
                 {Grade: ("manual_score", "needs_manual_grade")})
    return {(name, cell)
            for name, notebook in found.get("notebooks", {}).items()
            for cell, grade in notebook["Grade"].items()
            if grade["manual_score"] is not None
            and grade["needs_manual_grade"]}


def untouched(book: Gradebook, day: str, student: str) -> set:
    """(notebook, cell): those that nbgrader gave 0 points and no person has
    marked. Of the texts, these are as they were handed out."""
    found = rows(book, day, student, {Grade: ("manual_score", "auto_score")})
    return {(name, cell)
            for name, notebook in found.get("notebooks", {}).items()
            for cell, grade in notebook["Grade"].items()
            if grade["manual_score"] is None and grade["auto_score"] == 0}


def merge(book: Gradebook, day: str, student: str, outcome: dict) -> None:
    """Write what `rows` gave into a gradebook, in one transaction. After an
    error the gradebook still works for the next student."""
    try:
        _begin_to_write(book)
        _merge(book, day, student, outcome)
    except (SQLAlchemyError, InvalidEntry) as error:
        book.db.rollback()
        why = _why(error)
        if "full" in why:
            raise OSError(errno.ENOSPC, why, "The gradebook") from None
        raise NotGraded(f"the gradebook was not written ({why}). "
                        f"{LOCKED if 'locked' in why else ''}".strip()
                        ) from None


def _merge(book, day, student, outcome):
    book.update_or_create_student(student)
    given = {} if outcome.get("timestamp") is None else {
        "timestamp": str(outcome["timestamp"])}
    submission = book.update_or_create_submission(day, student, **given)
    with book.db.no_autoflush:
        for notebook in submission.notebooks:
            told = outcome["notebooks"].get(notebook.name)
            if not told:
                continue
            notebook.late_submission_penalty = told["penalty"]
            for kind in BY_GRADING:
                for cell, one in _of(book, notebook, kind):
                    for name, value in told.get(kind.__name__, {}).get(
                            cell, {}).items():
                        setattr(one, name, value)
    book.db.commit()


def _of(book, notebook, kind):
    """Pairs: the name of a cell, its grade or comment; in one query."""
    return book.db.query(BaseCell.name, kind).join(
        BaseCell, kind.cell_id == BaseCell.id).filter(
            kind.notebook_id == notebook.id).all()
