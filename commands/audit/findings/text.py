"""Findings about texts: wrong code pages, lost letters, odd signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from commands.audit.findings import mojibake
from commands.audit.findings.subject import (
    Column,
    Subject,
    numbered,
    plural,
)
from commands.audit.model import Finding, finding

SAMPLES = 3
PERSIAN, TATWEEL = "\u06cc\u06be\u06a9", "\u0640"
CONTROL = ("\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029"
           "\u202a-\u202e\u2066-\u2069\ufeff")
NOT_BREAKING = "\u00a0\u202f\u2007"
LOST = re.compile(r"\?{2,}|\ufffd|[^\W\d_]\?[^\W\d_]")
ADDRESS = re.compile(r"://|\w\?\w+=")
ENDS = re.compile(rf"(?m)^[ \t]|[ \t]$|  |[{NOT_BREAKING}]")
HTML = re.compile(r"(?i)</?(html|table|tr|td|br|div|p|a|b|i|font|img|script|"
                  r"span|li|ul|h\d)(\s[^<>]*)?/?>")


def findings(subject: Subject) -> Iterator[Finding]:
    """All findings of this group."""
    for column in subject.texts:
        if column.unique:
            for rule in RULES:
                yield from rule(column)


def text_mojibake(column: Column) -> Iterator[Finding]:
    """Texts that were read with a wrong code page, and what was meant."""
    if all(sign < "\x80" for sign in column.signs) or (
            not mojibake.suspicious(column.joined)):
        return
    meant = {text: read for text in column.unique
             if not text.isascii() and (read := mojibake.meant(text))}
    if not meant:
        return
    samples = "; ".join(f"{text} → {read[0]}" for text, read
                        in list(meant.items())[:SAMPLES])
    _, used, right = next(iter(meant.values()))
    yield _found(
        "text-mojibake", column, meant, f"text in {right} that was read as "
        f"{used}: {samples}", "the names are found by nobody, and shown to "
        "everybody", f'layer = gpd.read_file(file, encoding="{right}")  # or '
        f'value.encode("{used}").decode("{right}")', "error", samples)


def text_destroyed(column: Column) -> Iterator[Finding]:
    """Letters that a program has replaced: no code page brings them back."""
    if not column.signs & set("?\ufffd"):
        return
    texts = [text for text in column.matching(LOST)
             if not ADDRESS.search(text)]
    yield from _if_any(
        "text-destroyed", column, texts, "letters replaced by ? or U+FFFD",
        "the letters are lost: no code page brings them back",
        "# ask for the file before it was converted", "error")


def text_persian(column: Column) -> Iterator[Finding]:
    """Persian letters that look like Arabic ones."""
    texts = _with(column, PERSIAN)
    yield from _if_any(
        "text-persian", column, texts, "Persian letters in Arabic text",
        "they look alike, but a search or a join does not find them",
        f"layer[{column.name!r}] = layer[{column.name!r}].str.translate("
        'str.maketrans("یکھ", "يكه"))')


def text_tatweel(column: Column) -> Iterator[Finding]:
    """The sign that only stretches a word."""
    yield from _if_any(
        "text-tatweel", column, _with(column, TATWEEL),
        "tatweel in Arabic text", "it only stretches a word; a search or a "
        "join does not find the word", f"layer[{column.name!r}] = layer["
        f'{column.name!r}].str.replace("\\u0640", "")')


def text_spaces(column: Column) -> Iterator[Finding]:
    """Spaces at the ends, doubled, or not breaking."""
    yield from _if_any(
        "text-spaces", column, column.matching(ENDS), "spaces at the ends, "
        "doubled, or not breaking", "two values that look equal are not",
        f"layer[{column.name!r}] = layer[{column.name!r}].str.split()"
        '.str.join(" ")')


def text_control(column: Column) -> Iterator[Finding]:
    """Signs that nobody sees, and that turn or break a text."""
    pattern = re.compile(f"[{CONTROL}]")
    texts = [text for text in column.unique if pattern.search(text)
             ] if any(map(pattern.match, column.signs)) else []
    yield from _if_any(
        "text-control", column, texts, "signs that are not seen: control "
        "characters, or marks that turn the text", "a page or a spreadsheet "
        "breaks, or shows the letters in another order",
        f"layer[{column.name!r}] = layer[{column.name!r}].str.replace("
        f'r"[{_escaped(CONTROL)}]", "", regex=True)')


def text_decomposed(column: Column) -> Iterator[Finding]:
    """Letters and accents apart: é as two characters."""
    if not any(map(unicodedata.combining, column.signs)):
        return
    texts = [text for text in column.unique
             if not unicodedata.is_normalized("NFC", text)
             and re.search("[A-Za-z]", text)]
    yield from _if_any(
        "text-decomposed", column, texts, "letters and accents apart (NFD)",
        "é as one and as two characters look equal, and do not join",
        f"layer[{column.name!r}] = layer[{column.name!r}].str.normalize("
        '"NFC")')


def text_html(column: Column) -> Iterator[Finding]:
    """HTML as a value."""
    yield from _if_any(
        "text-html", column, column.matching(HTML) if "<" in column.signs
        else [], "HTML in the value", "a table shows the marks, and a page "
        "may run what is in them", f"layer[{column.name!r}] = layer["
        f'{column.name!r}].str.replace(r"<[^>]+>", " ", regex=True)')


RULES: list[Callable[[Column], Iterator[Finding]]] = [
    text_mojibake, text_destroyed, text_persian, text_tatweel, text_spaces,
    text_control, text_decomposed, text_html]


def _with(column: Column, signs: str) -> list[str]:
    """The different values that have one of the signs."""
    if not column.signs & set(signs):
        return []
    return [text for text in column.unique if set(text) & set(signs)]


def _escaped(signs: str) -> str:
    return signs.encode("unicode_escape").decode()


def _if_any(code: str, column: Column, texts: list[str], what: str, why: str,
            repair: str, severity: str = "warning") -> Iterator[Finding]:
    if texts:
        yield _found(code, column, texts, what, why, repair, severity,
                     texts[0])


def _found(code: str, column: Column, texts: Iterable[str], what: str,
           why: str, repair: str, severity: str, example: str) -> Finding:
    at = column.where(texts)
    return finding(
        code, f"column {column.name!r}, {plural(len(at), 'row')}: {what}",
        why, repair, rows=numbered(at), example=example, severity=severity)
