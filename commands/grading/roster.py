"""The names of a class: a table with the columns code and name.

A trainee's code is the name of the folder in submitted/. Reports show codes;
the names come from this file, which stays outside the course. A training room
reads a third column, password, where there is one. The heads may be French or
Arabic, with the first name in a column of its own.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from commands.exercises.reading import decode
from commands.spelling import folded
from helpers.errors import CourseError

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls
ARABIC_WORD = re.compile(r"\b[\u0621-\u064a]{2,}\b")
# Column → its names, folded; of those that stand side by side, in this order.
KNOWN = {
    "code": [folded(one) for one in (
        "code", "id", "identifiant", "matricule", "الرمز", "المعرف")],
    "name": [folded(one) for one in (
        "name", "full name", "nom complet", "nom et prénom", "prénom et nom",
        "nom prénom", "nom & prénom", "الاسم واللقب", "prénom", "prénoms",
        "first name", "الاسم", "nom", "nom de famille", "last name",
        "surname", "اللقب")],
    "password": [folded(one) for one in (
        "password", "mot de passe", "كلمة السر")]}
MOST_TITLES = 15  # lines in which the head is looked for
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
    table = _table(_text(content).lstrip("\ufeff").splitlines(), file)
    found: dict[str, Row] = {}
    for where, entry in table:
        code, name, password = (entry[column] for column in KNOWN)
        if not code and not name:
            continue
        if not code:
            raise RosterError(f"{where}: {name} has no code. Add the name of "
                              "this trainee's folder in submitted/.")
        if code in found:
            raise RosterError(f"{where}: the code {code} is there twice. "
                              "Give each trainee another code.")
        found[code] = Row(code, name, password, where)
    return list(found.values())


def _table(lines, file):
    """(file and line, column of KNOWN → text) of each record. Lines above
    the head are titles of a spreadsheet."""
    told = re.match(r'(?i)"?sep=(.)"?$', lines[0].strip()) if lines else None
    start = 1 if told else 0
    heads = [(at, _Head(line, told and told[1])) for at, line in
             enumerate(lines[start:start + MOST_TITLES], start)
             if line.strip()] or [(0, _Head("", None))]
    # Is none whole, the one with the most columns is meant.
    at, head = max(heads, key=lambda one: (
        not one[1].lacks, len(one[1].places), -one[0]))
    if head.lacks:
        raise RosterError(
            f"{file} has no column {' and no column '.join(head.lacks)}. "
            f"Line {at + 1} is “{head.line.strip()[:60]}”. " + (
                "Add a column code: for each trainee the name of the folder "
                "in submitted/, short and without spaces"
                if head.lacks == ["code"] else
                "Write there: code,name"))
    reader = csv.reader(lines[at + 1:], delimiter=head.sign)
    for cells in reader:
        where = f"{file}, line {at + 1 + reader.line_num}"
        _refuse_more(cells, head, where)
        yield where, head.read(cells)


class _Head:
    """A line as names of columns. places: column of KNOWN → positions: a
    first name may stand in a column of its own."""

    def __init__(self, line, sign):
        self.line, self.sign = line, sign or max(",;\t", key=line.count)
        self.names = next(csv.reader([line], delimiter=self.sign), [])
        self.places = {}
        for at, name in enumerate(map(folded, self.names)):
            for column, words in KNOWN.items():
                if name in words:
                    self.places.setdefault(column, []).append(
                        (words.index(name), at))
        self.lacks = [column for column in ("code", "name")
                      if column not in self.places]

    def read(self, cells):
        """A record. The first name comes first."""
        entry = {}
        for column in KNOWN:
            texts = [cells[at].strip() for _, at in sorted(
                self.places.get(column, ())) if at < len(cells)]
            entry[column] = (" ".join(filter(None, texts))
                             if column == "name" else (texts or [""])[0])
        return entry


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


def _refuse_more(cells, head, where):
    """A name with a comma makes one value too many. Empty ones are of a
    spreadsheet."""
    heads = len(head.names)
    more = [value for value in cells[heads:] if value.strip()]
    if more:
        sign = NAMES_OF_SIGNS.get(head.sign, head.sign)
        raise RosterError(
            f"{where} has {heads + len(more)} values, "
            f"the head has {heads}: put a name with a {sign} in quotes, as "
            f'in "Example{head.sign} Amina"')
