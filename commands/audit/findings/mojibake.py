"""Which text was meant, where bytes were read with a wrong code page."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-zÀ-ÿœŒ]")
# What the bytes 80-BF of UTF-8 look like in Windows-1252 and in 1256.
_TAIL_1252 = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TAIL_1256 = "\u0080-\u00bf€پ‚ƒ„…†‡ˆ‰ٹ‹Œچژڈگک‘’“”•–—™ڑ›œں،؛؟\u200c\u200d"


def _mostly(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Are most letters of a text such letters?"""
    return lambda text: len(pattern.findall(text)) > 0.8 * sum(
        sign.isalpha() for sign in text)


def _any(text: str) -> bool:
    """Bytes that are UTF-8 by chance are rare: no other test is needed."""
    return bool(text)


def _latin(text: str) -> bool:
    """Latin letters, and no capital inside a word."""
    return _mostly(_LATIN)(text) and not re.search("[a-z][A-ZÀ-Þ]", text)


# A sign of it; the code page that was used; the right one; what is then
# true of the text.
READINGS = [
    (re.compile(f"[ÃÂÄÅÐÑØÙÚÛâ][{_TAIL_1252}]"), "cp1252", "utf-8", _any),
    (re.compile(f"[طظعغآأ][{_TAIL_1256}]"), "cp1256", "utf-8", _any),
    (re.compile(r"[À-ÿ]{3}"), "cp1252", "cp1256", _mostly(_ARABIC)),
    (re.compile(r"[A-Za-z][\u0600-\u06ff]|[\u0600-\u06ff][A-Za-z]"),
     "cp1256", "cp1252", _latin),
    (re.compile(r"[a-z][‚ƒ„…ˆ‰Š‹“—–]|[‚ƒ„…ˆ‰Š‹“—–][a-z]"), "cp1252", "cp850",
     _mostly(_LATIN)),
]


def meant(text: str) -> tuple[str, str, str] | None:
    """(the text that was meant, the code page used, the right one), or
    None where the text seems right."""
    for sign, used, right, plausible in READINGS:
        if not sign.search(text):
            continue
        try:
            again = _bytes(text, used).decode(right)
        except UnicodeError:
            continue
        if again != text and plausible(again) and not re.search(
                r"[\x80-\x9f\ufffd]", again):
            return again, used, right
    return None


def suspicious(joined: str) -> bool:
    """Is there a sign of a wrong code page in any of the texts?"""
    return any(sign.search(joined) for sign, *_ in READINGS)


def _bytes(text: str, used: str) -> bytes:
    """The bytes of a text; those that the code page leaves free are what
    their number says (as readers take them)."""
    with contextlib.suppress(UnicodeEncodeError):
        return text.encode(used)
    parts = []
    for sign in text:
        try:
            parts.append(sign.encode(used))
        except UnicodeEncodeError:
            parts.append(sign.encode("latin-1"))
    return b"".join(parts)
