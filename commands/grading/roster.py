"""The names of a class: a table with the columns code and name.

A trainee's code is the name of the folder in submitted/. Reports show codes;
the names come from this file, which stays outside the course.
"""

import csv
from pathlib import Path

from commands.exercises.reading import decode
from helpers.errors import CourseError


class RosterError(CourseError):
    """The file of names cannot be used."""


def names(file: Path) -> dict[str, str]:
    """code → name. The file is CSV with commas, semicolons or tabs, as
    spreadsheets save it. RosterError names the file and the row."""
    try:
        text = decode(Path(file).read_bytes())[0]
    except OSError as error:
        raise RosterError(f"{file} cannot be read: {error.strerror}. Give "
                          "the file with the columns code and name.") from None
    head = text.lstrip("\ufeff").partition("\n")[0]
    sign = max(",;\t", key=head.count)
    rows = csv.DictReader(text.lstrip("\ufeff").splitlines(), delimiter=sign)
    columns = {(name or "").strip().lower(): name
               for name in rows.fieldnames or []}
    lacks = [name for name in ("code", "name") if name not in columns]
    if lacks:
        raise RosterError(
            f"{file} has no column {' and no column '.join(lacks)}. Its "
            f"first line is “{head.strip()[:60]}”. Write: code,name")
    found: dict[str, str] = {}
    for row in rows:
        code = (row[columns["code"]] or "").strip()
        name = (row[columns["name"]] or "").strip()
        if not code and not name:
            continue
        where = f"{file}, line {rows.line_num}"
        if not code:
            raise RosterError(f"{where}: {name} has no code. Add the name of "
                              "this trainee's folder in submitted/.")
        if code in found:
            raise RosterError(f"{where}: the code {code} is there twice. "
                              "Give each trainee another code.")
        found[code] = name
    return found
