"""What the commands print: text that cannot control a terminal."""

import re

from rich.console import Console

# Text of trainees, files and notebooks is neither markup nor emoji.
out = Console(markup=False, emoji=False, highlight=False)
err = Console(markup=False, emoji=False, highlight=False, stderr=True)

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# C0, DEL and C1: a terminal reads them as commands. The others begin a new
# line, or reverse the rest of a line. (Marks of direction do no harm.)
_CONTROLS = dict.fromkeys([
    *range(0x20), *range(0x7f, 0xa0), 0x2028, 0x2029,
    *range(0x202a, 0x202f), *range(0x2066, 0x206a)], "�")
_CONTROLS_OF_A_TEXT = {code: sign for code, sign in _CONTROLS.items()
                       if chr(code) not in "\n\t"}


def printable(text: str) -> str:
    """Text of several lines without colours; other control characters are
    replaced."""
    return _COLOURS.sub("", text.replace("\r\n", "\n")).translate(
        _CONTROLS_OF_A_TEXT)


def printable_name(name: object) -> str:
    """A file's name or a title: as `printable`, and of one line."""
    return str(name).translate(_CONTROLS)
