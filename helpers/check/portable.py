"""Three things that SQLite accepts in a text and PostgreSQL refuses."""

import re
from collections.abc import Callable, Iterator

from helpers.check.feedback import Feedback

_WORDS = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"([^\"]*)\"",
                    re.DOTALL)
_TRUTH = re.compile(r"\bst_(?:within|contains|intersects|covers|coveredby|"
                    r"touches|crosses|overlaps|equals|disjoint)\s*«[^«»]*»")
_SIGN = r"(?:[=<>!]+|\bis(?:\s+not)?\b)"
_GROUPED = re.compile(
    r"\bselect\b(?:\s+(?:distinct|all)\b)?(.*?)\bfrom\b.*?\bgroup\s+by\b"
    r"(.*?)(?:\b(?:having|order|limit|window)\b|;|$)", re.DOTALL)


def both_engines(sql: str, run: Callable[[str], object], what: str) -> None:
    """What `run` accepts, PostgreSQL accepts too, as far as this sees."""
    try:  # between ` a word is never a text, between " it is at need
        run(_WORDS.sub(lambda found: f"`{found[1]}`" if found[1] else found[0],
                       sql))
    except ValueError as error:
        words = f"takes a word in double quotes for a text: {error}"
        hint = "texts stand in single quotes: 'ouvert'"
    else:
        words, hint = next(_refused(_WORDS.sub(
            lambda found: found[1] or " '' " * (found[0][0] == "'") or " ",
            sql).lower()), ("", ""))
    if words:
        raise Feedback(f"{what} {words}", "a text for both engines",
                       "PostgreSQL refuses it", hint)


def _refused(text: str) -> Iterator[tuple[str, str]]:
    """(what PostgreSQL refuses, hint); the innermost brackets come first."""
    while True:
        inner = re.search(r"\(([^()]*)\)", text)
        for part in re.split(r"\b(?:union|intersect|except)\b",
                             inner[1] if inner else text):
            for truth in _TRUTH.finditer(part):
                if (re.match(rf"\s*{_SIGN}\s*-?\d", part[truth.end():])
                        or re.search(rf"(?<![\w.])\d+\s*{_SIGN}\s*$",
                                     part[:truth.start()])):
                    yield ("compares true or false with a number",
                           "ST_Within(…), without = 1")
            for column in _ungrouped(part):
                yield (f"has the column {column} beside GROUP BY, and not in "
                       "it", "each column of SELECT is counted or grouped")
        if not inner:
            return
        kept = re.sub("[«»,]", " ", inner[1])
        text = (text[:inner.start()] + f"«{'' if 'select' in kept else kept}»"
                + text[inner.end():])


def _ungrouped(select: str) -> Iterator[str]:
    """Columns of a SELECT that are neither grouped nor in an expression."""
    for items, group in _GROUPED.findall(select):
        grouped = {name.rpartition(".")[2]
                   for name in re.findall(r"[\w.]+", group)}
        for place, item in enumerate(items.split(","), 1):
            column = re.fullmatch(r"\s*([^\W\d][\w.]*)(?:\s+(?:as\s+)?(\w+))?"
                                  r"\s*", item)
            if column and not grouped & {
                    column[1].rpartition(".")[2], column[2], str(place),
                    "fid"} and column[1] not in ("null", "true", "false"):
                yield column[1]
