"""Bytes to text: which code page, and why."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from commands.audit.model import Finding, UnreadableFile, finding

SAMPLE = 40_000  # bytes of lines with other than ASCII that are compared
# Windows and DOS code pages of French and Arabic, the likely ones first.
PAGES = ("cp1252", "cp1256", "iso8859_6", "cp720", "cp850", "mac_roman",
         "mac_arabic")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
         (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile(r"(?:[\u0621-\u0628\u062a-\u0648\u064a]{1,40}"
                     r"[\u0629\u0649\u0621-\u064a]|\u0648)$")
_FRENCH = set("àâäçèéêëîïôöùûüÿœæÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŒÆ")
_SIGNS = set("\u00a0’‘“”«»°–—…€·•، ؛؟٪²³½×±µ§")
# An odd sign between two letters: a letter of another code page.
_ODD = re.compile(r"(?<=[^\W\d_])[^\w\s\x20-\x7e](?=[^\W\d_])")


@dataclass
class Text:
    """Decoded text. mixed: lines (0 = first) that needed another page."""
    text: str
    encoding: str
    why: str
    mixed: list[int] = field(default_factory=list)


def decode(data: bytes, name: str, encoding: str | None = None) -> Text:
    """Text of bytes, with the reason. Raises UnreadableFile."""
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableFile(
            f"{name} is empty: it has {len(data)} bytes and no text. "
            "Ask for the file again.")
    if encoding:
        return _as_told(data, name, encoding)
    for mark, page in MARKS:
        if data.startswith(mark):
            return Text(_lenient(data, page), page.removesuffix("-sig"),
                        f"the file begins with the mark of {page}")
    page = utf16(data)
    if page:
        return Text(_lenient(data, page), page, "every second byte is 0 or 6")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _by_page(data)
    return Text(text, "utf-8", "only ASCII: any code page reads it"
                if text.isascii() else "all its bytes are valid UTF-8")


def code_page(lines: list[bytes]) -> tuple[str, float]:
    """The likeliest code page of lines, and the share of words it explains.
    """
    shares = {}
    for page in PAGES:
        try:
            shares[page] = plausible(b"\n".join(lines).decode(page))
        except UnicodeDecodeError:
            continue
    best = max(shares, key=shares.__getitem__, default="")
    if shares.get(best, 0) >= 0.6:
        return best, shares[best]
    from charset_normalizer import from_bytes  # any other language
    guess = from_bytes(b"\n".join(lines)).best()
    return (guess.encoding, 0.5) if guess else (best or "cp1252", 0.0)


def plausible(text: str) -> float:
    """The share of words beyond ASCII that can be French or Arabic."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    odd = sum(sign not in _SIGNS for sign in _ODD.findall(text))
    odd += sum("\x80" <= sign < "\xa0" for sign in text)
    good = sum(map(_plausible_word, words))
    return good / (len(words) + odd) if words or odd else 0.0


def findings(read: Text, name: str, rows: list[int],
             repair: str) -> list[Finding]:
    """What to say of the encoding of a text. repair: how it becomes
    UTF-8."""
    said = []
    if read.encoding not in ("utf-8", "ascii"):
        said.append(finding(
            "encoding-not-utf8", f"{name} is in {read.encoding}: {read.why}",
            "Programs take UTF-8 unless told otherwise, and show accents "
            "and Arabic as other signs.",
            repair))
    if read.mixed:
        said.append(finding(
            "encoding-mixed", f"{len(read.mixed)} lines are in another code "
            f"page than the rest ({read.why})",
            "Two files were joined without conversion: no one setting reads "
            "both.", "Convert each source to UTF-8, then join them.",
            rows=rows, count=len(read.mixed), severity="error"))
    return said


def _plausible_word(word: str) -> bool:
    if _ARABIC.match(word):
        return True
    foreign = [sign for sign in word if not sign.isascii()]
    return (all(sign in _FRENCH for sign in foreign)
            and (len(foreign) <= len(word) / 2 or word in "àÀ")
            and (word.islower() or word.isupper() or word[1:].islower()))


def _as_told(data: bytes, name: str, encoding: str) -> Text:
    try:
        text = data.decode(encoding)
    except LookupError:
        raise UnreadableFile(
            f"There is no encoding {encoding!r}. Examples: utf-8, cp1252, "
            "cp1256, utf-16.") from None
    except UnicodeError as error:
        place = getattr(error, "start", 0)
        line = data.count(b"\n", 0, place) + 1
        raise UnreadableFile(
            f"{name} is not in {encoding}: byte {place + 1} (line {line}) "
            "is no letter of it. Leave --encoding out: the audit then says "
            "which encoding fits.") from None
    return Text(text.removeprefix("\ufeff"), encoding.lower(), "as told")


def _lenient(data: bytes, page: str) -> str:
    return data.decode(page, errors="replace").removeprefix("\ufeff")


def utf16(data: bytes) -> str:
    """UTF-16 without a mark: every second byte of its letters is 0 or 6."""
    head = data[:2000]
    if len(head) < 8:
        return ""
    even, odd = (sum(byte in (0, 6) for byte in head[first::2])
                 for first in (0, 1))  # 6: the letters of Arabic
    most, least = max(even, odd), min(even, odd)
    if most < len(head) / 2 * 0.6 or least > most / 10:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _by_page(data: bytes) -> Text:
    """Not UTF-8: one code page, or UTF-8 in some lines only."""
    lines = data.split(b"\n")
    foreign = [number for number, line in enumerate(lines)
               if not line.isascii()]
    valid = [number for number in foreign if _is_utf8(lines[number])]
    other = sorted(set(foreign) - set(valid))
    page, share = code_page(_sample([lines[number] for number in other]))
    if not valid:
        return Text(_decoded(data, page), page,
                    f"it is not UTF-8, and {share:.0%} of the words with "
                    f"accents or Arabic letters are words in {page}")
    few, minority = (other, page) if len(other) <= len(valid) else (
        valid, "utf-8")
    wrong = set(other)
    text = "\n".join(
        _decoded(line, page) if number in wrong else line.decode("utf-8")
        for number, line in enumerate(lines))
    return Text(text, page if minority == "utf-8" else "utf-8",
                f"{len(valid)} lines are valid UTF-8, {len(other)} are "
                f"not and fit {page}", few)


def _decoded(data: bytes, page: str) -> str:
    return data.decode(page, errors="replace")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _sample(lines: list[bytes]) -> list[bytes]:
    """Some lines from all of the file: a first accent may come late."""
    size = sum(map(len, lines))
    return lines[::max(1, size // SAMPLE)]
