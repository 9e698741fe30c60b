"""The names of a class: a table with the columns code and name.

A trainee's code is the name of the folder in submitted/. Reports show codes;
the names come from this file, which stays outside the course. A training room
reads a third column, password, where there is one.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from commands.exercises.reading import decode
from helpers.errors import CourseError

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls
ARABIC_WORD = re.compile(r"\b[\u0621-\u064a]{2,}\b")
NAMES_OF_SIGNS = {",": "comma", ";": "semicolon", "\t": "tab"}


class RosterError(CourseError):
    """The file of names cannot be used."""


@dataclass(frozen=True)
class Row:
    """where: the file and the line, for messages."""
    code: str
    name: str
    password: str
    where: str


def names(file: Path) -> dict[str, str]:
    """code → name. The file is CSV with commas, semicolons or tabs, as
    spreadsheets save it. RosterError names the file and the row."""
    return {row.code: row.name for row in rows(file)}


def rows(file: Path) -> list[Row]:
    """As `names`, one object per trainee."""
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise RosterError(f"{file} cannot be read: {error.strerror}. Give "
                          "the file with the columns code and name.") from None
    if content.startswith(WORKBOOKS):
        raise RosterError(
            f"{file} is a workbook of a spreadsheet program, which is not "
            "read. Open it there, save the sheet as CSV (“CSV UTF-8” if it "
            "is in the list), and give that file.")
    text = _text(content)
    head = text.lstrip("\ufeff").partition("\n")[0]
    sign = max(",;\t", key=head.count)
    table = csv.DictReader(text.lstrip("\ufeff").splitlines(), delimiter=sign)
    columns = {(name or "").strip().lower(): name
               for name in table.fieldnames or []}
    lacks = [name for name in ("code", "name") if name not in columns]
    if lacks:
        raise RosterError(
            f"{file} has no column {' and no column '.join(lacks)}. Its "
            f"first line is “{head.strip()[:60]}”. Write: code,name")
    found: dict[str, Row] = {}
    for entry in table:
        _refuse_more(entry, table, file)
        code, name, password = (
            (entry.get(columns.get(column)) or "").strip()
            for column in ("code", "name", "password"))
        if not code and not name:
            continue
        where = f"{file}, line {table.line_num}"
        if not code:
            raise RosterError(f"{where}: {name} has no code. Add the name of "
                              "this trainee's folder in submitted/.")
        if code in found:
            raise RosterError(f"{where}: the code {code} is there twice. "
                              "Give each trainee another code.")
        found[code] = Row(code, name, password, where)
    return list(found.values())


def _text(content):
    """The text. A spreadsheet on an Arabic Windows saves CSV as Windows-1256,
    whose French letters are those of Windows-1252: only a whole word of
    Arabic letters tells the two apart."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        arabic = content.decode("cp1256")
        if b"\0" not in content and ARABIC_WORD.search(arabic):
            return arabic
    return decode(content)[0]


def _refuse_more(entry, table, file):
    """A name with a comma makes one value too many. Empty ones are of a
    spreadsheet."""
    more = [value for value in entry.pop(None, ()) if value.strip()]
    if more:
        heads = len(table.fieldnames)
        sign = NAMES_OF_SIGNS[table.reader.dialect.delimiter]
        raise RosterError(
            f"{file}, line {table.line_num} has {heads + len(more)} values, "
            f"the head has {heads}: put a name with a {sign} in quotes, as "
            f'in "Example{table.reader.dialect.delimiter} Amina"')
