"""Whose a file is: words beside it, compared with the roster."""

import re
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from commands.grading import roster
from commands.grading.handed_in.collect import is_ghost
from commands.grading.handed_in.layout import trainee_name
from commands.spelling import folded

SURE, MAYBE = 90, 65  # of 100, for a name that is written differently
APART = 10            # so far behind is the second best, if one is sure
NOISE = {"day", "jour", "copy", "copie", "exercise", "exercice", "exercises"}


@dataclass(frozen=True)
class Person:
    """code: if it is sure. candidates: codes that it may be. words: what
    named the person. exact: is it the code or the name itself?"""
    code: str | None
    candidates: tuple[str, ...] = ()
    words: str = ""
    exact: bool = True


def people(file: Path) -> dict[str, str]:
    """code → name. Codes name folders: each must be a name that any system
    can write, and differ from the others in more than capitals."""
    names = roster.names(file)
    seen: dict[str, str] = {}
    for code in names:
        if is_ghost(code) or code[-1] == "." or re.search(
                r'[\\/:*?"<>|\x00-\x1f]', code):
            raise roster.RosterError(
                f"{file}: the code {code!r} cannot be a folder's name. Use "
                "letters, digits, - and _")
        if code.casefold() in seen:
            raise roster.RosterError(
                f"{file}: the codes {seen[code.casefold()]} and {code} "
                "differ in capitals only. Give one of them another code")
        seen[code.casefold()] = code
    if not names:
        raise roster.RosterError(f"{file} lists nobody.")
    return names


class Matcher:
    """Compares words with a roster. noise: names of days and exercises,
    which name nobody."""

    def __init__(self, names: dict[str, str], noise: list[str]):
        self.codes = {code: _tight(code) for code in names}
        self.names = {code: folded(name) for code, name in names.items()}
        self._noise = NOISE | {word for one in noise
                               for word in folded(one).split()}

    def match(self, hints: tuple[str, ...]) -> Person:
        """Who is meant by all of the hints together."""
        found = [self._one(hint) for hint in dict.fromkeys(hints)]
        sure = {one.code for one in found if one.code}
        if len(sure) == 1:
            return next(one for one in sorted(
                found, key=lambda one: not one.exact) if one.code)
        told = [one for one in found if one.code or one.candidates]
        return Person(None, tuple(dict.fromkeys(
            code for one in told for code in (
                (one.code,) if one.code else one.candidates))),
            ", ".join(one.words for one in told or found if one.words))

    def _one(self, hint):
        hint = trainee_name(hint)
        codes = {code for code, tight in self.codes.items()
                 if tight == _tight(hint) != "" or _is_word(code, hint)}
        words = [word for word in folded(hint).split()
                 if word not in self._noise and not word.isdigit()
                 and not re.fullmatch(r"[ec]?\d+", word)]
        if not words and not codes:
            return Person(None)
        same = codes | self._same(words)
        if same:
            return Person(same.pop(), words=hint) if len(same) == 1 else (
                Person(None, tuple(sorted(same)), hint))
        return self._near(words, hint)

    def _same(self, words):
        """Codes of those whose whole name is here, in any order."""
        whole = {code for code, name in self.names.items()
                 if name and (sorted(name.split()) == sorted(words)
                              or _tight(name) == "".join(words))}
        return whole or {
            code for code, name in self.names.items()
            if len(name.split()) > 1 and set(name.split()) <= set(words)}

    def _near(self, words, hint):
        scores = sorted(((max(
            fuzz.token_sort_ratio(" ".join(words), name),
            fuzz.ratio("".join(words), _tight(name)),
            MAYBE * (set(words) <= set(name.split()))), code)
            for code, name in self.names.items()), reverse=True)
        (best, code), *others = scores
        if best >= SURE and (not others or others[0][0] <= best - APART):
            return Person(code, words=hint, exact=False)
        return Person(None, tuple(one for score, one in scores[:4]
                                  if score >= MAYBE), hint)


def _tight(text):
    return folded(text).replace(" ", "")


def _is_word(code, hint):
    """Is the code a word of the hint? A short number says nothing: Windows
    adds (2) to a second download."""
    return (len(code) > 1 and not (code.isdigit() and len(code) < 4)
            and re.search(rf"(?<![^\W_]){re.escape(code.casefold())}"
                          r"(?![^\W_])", hint.casefold()) is not None)
