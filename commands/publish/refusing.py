"""What is not published, unless somebody says why."""

from __future__ import annotations

from commands.audit.model import Finding
from commands.terminal import printable_name
from helpers.errors import CourseError

CRS = ("crs-missing", "crs-null", "crs-unreadable", "crs-wrong")
# Findings of the audit that stop a release, beside the group "personal".
DAMAGED = {
    "text-destroyed": "ask for the file again; what is lost stays lost",
    "text-mojibake": "read it with the right code page: --encoding",
    "axes-swapped": "exchange the two: of a table with --csv-x and --csv-y; "
    "of a layer as the repair in the page of audit does it",
    "axes-swapped-rows": "exchange them in these rows (session 2.1)",
    "cells-errors": "correct these cells in the spreadsheet",
    "rows-malformed": "correct these rows: their values stand in the wrong "
    "columns",
    "quote-open": "correct this line in a text editor",
    "file-truncated": "ask for the whole file",
    "file-damaged": "ask for the file again"}


def refuse(findings: list[Finding], because: str | None,
           crs: str | None, name: str) -> list[str]:
    """CourseError if the findings forbid a release. Gives the sentences for
    the lineage: what was published all the same, and why. name: the file's.
    """
    stops = [one for one in findings if one.group == "personal"
             or one.code in DAMAGED or one.code in CRS]
    unknown = [one for one in stops if one.code in CRS]
    if unknown and not (crs and because):
        raise CourseError(
            f"Not published: {_words(unknown[0])}\n"
            "Ask who made it. Then say which CRS it is, and how you know: "
            "--crs EPSG:… --because \"…\"")
    if stops and not (because or "").strip():
        lines = [f"- {_words(one)}" for one in stops]
        raise CourseError("\n".join(["Not published:", *lines,
                                     _ways(stops, name)]))
    return [f"Published with {one.code} ({printable_name(one.says)}), "
            f"because: {because}" for one in stops]


def _ways(stops: list[Finding], name: str) -> str:
    """What a person can do about all of them."""
    ways = []
    if any(one.group == "personal" for one in stops):
        ways.append("leave columns out with --drop COLUMN")
    if any(one.code in DAMAGED for one in stops):
        ways.append(f"repair {printable_name(name)}")
    text = ", ".join(ways)
    return (f"{text[0].upper()}{text[1:]}, or say why it may be public as it "
            "is: --because \"…\" (the lineage keeps your words).")


def _words(one: Finding) -> str:
    remedy = DAMAGED.get(one.code)
    return printable_name(f"{one.code}: {one.says}" + (
        f". Remedy: {remedy}" if remedy else "")) + "."
