"""The same bytes under several encodings: which letters do they become?"""

import unicodedata

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.explore.show import show

# Names of places, and one fictional centre of the register.
TEXTS = {
    "Médenine": "Médenine",
    "Gabès; قابس": "Gabès; قابس",
    "Centre … fictif": "Centre de santé fictif; مركز صحة وهمي",
}
WRITTEN = ["cp1256 (Windows, Arabic)", "utf-8"]
READ = [*WRITTEN, "cp1252 (Windows, West)", "mac_latin2"]
LOST = "\ufffd"  # the sign for bytes that are no letter
BYTES_SHOWN = 14
WIDTH = 5.0  # inches: its letters can be read on a telephone


def decodings() -> None:
    """Choose how a text was written and how it is read; see its letters.

    Displays the explorer and returns nothing.
    """
    show(lambda figure, text, *choice: _draw_reading(
             figure.subplots(), TEXTS[text], *choice),
         {"Text": list(TEXTS), "Written in": WRITTEN, "Read as": READ},
         (WIDTH, 2.6), (WIDTH, 11), twin=_twin)


def reading(text: str, written: str, read: str) -> tuple[str, int, int]:
    """The letters that a reader sees, how many of them are Arabic (Unicode
    block U+0600 to U+06FF), and how many signs U+FFFD stand for bytes that
    are no letter in that encoding.

    written, read: options of the explorer; their first word is the name of
    a Python codec.
    """
    content = text.encode(written.split()[0])
    seen = content.decode(read.split()[0], errors="replace")
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in seen)
    return seen, arabic, seen.count(LOST)


def _draw_reading(axes: Axes, text: str, written: str, read: str) -> str:
    """Three lines of words: the bytes, the letters, the counts."""
    seen, arabic, lost = reading(text, written, read)
    content = text.encode(written.split()[0])
    bytes_ = content[:BYTES_SHOWN].hex(" ") + (
        " …" if len(content) > BYTES_SHOWN else "")
    right = seen == text
    axes.set(xlim=(0, 1), ylim=(-3.6, 0.7), xticks=[], yticks=[])
    axes.set_title(f"written in {written},\nread as {read}", fontsize=11)
    axes.text(0.02, 0, f"bytes: {bytes_}", family="monospace", fontsize=10)
    axes.text(0.02, -1.2, printable(seen), fontsize=10,
              color="#08519c" if right else "#a02c00")
    axes.text(0.02, -2.2, f"{arabic} Arabic letters; {lost} × U+FFFD",
              fontsize=11)
    axes.text(0.02, -3.1, "✓ the text that was written" if right else
              "✗ another text, and no error", fontsize=11)
    return (f"{read}: {arabic} Arabic letters, {lost} signs U+FFFD"
            + (", the right text" if right else ""))


def printable(text: str) -> str:
    """A text with a point for each character that no font can draw."""
    return "".join("·" if unicodedata.category(letter).startswith("C")
                   else letter for letter in text)


def _twin(figure: Figure) -> str:
    """One line of bytes in four decodings."""
    said = [_draw_reading(axes, TEXTS["Centre … fictif"], WRITTEN[0], read)
            for axes, read in zip(figure.subplots(len(READ), 1), READ)]
    return ("One line of bytes, written in cp1256, read in four ways. "
            + "; ".join(said) + ".")
