"""The roster of a training room: who gets which account."""

import re
from dataclasses import dataclass
from pathlib import Path

from commands.grading import roster
from commands.handing.people import people

ACCOUNT = r"[a-z][a-z0-9_-]{0,19}"  # as Linux takes it; short, for paths
SHORTEST = 8  # characters of a password


@dataclass(frozen=True)
class Trainee:
    """user: the code in small letters, the name of the account. password:
    that of the roster, or empty: then one is made. row: in the roster.
    renamed: did the code have capitals?"""
    user: str
    name: str
    password: str
    row: str
    renamed: bool = False


def trainees(file: Path) -> list[Trainee]:
    """All rows of a roster. RosterError names the row that cannot be used."""
    people(file)  # duplicates, also those that differ in capitals only
    return [_trainee(row) for row in roster.rows(file)]


def _trainee(row):
    user = row.code.lower()
    if not re.fullmatch(ACCOUNT, user):
        raise roster.RosterError(
            f"{row.where}: {row.code!r} cannot be the name of an account. "
            "Begin with a letter a-z; go on with a-z, 0-9, - and _, at most "
            "20 in all. For example: t01")
    if row.password and len(row.password) < SHORTEST:
        raise roster.RosterError(
            f"{row.where}: the password of {row.code} has "
            f"{len(row.password)} characters. Write {SHORTEST} or more, or "
            "leave it empty: the command then makes one.")
    return Trainee(user, row.name or row.code, row.password, row.where,
                   user != row.code)
