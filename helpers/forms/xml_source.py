"""A form or a submission as XML: its text, or the file that holds it."""

import xml.etree.ElementTree as ET
from pathlib import Path

from helpers.errors import CourseError


class FormError(CourseError, ValueError):
    """A form or a submission cannot be used."""


def read(source: str | Path) -> str:
    """The XML as text, without a byte order mark.

    Raises FormError when there is no such file, or it is not in UTF-8.
    """
    if _is_text(source):
        return str(source).lstrip("\ufeff")
    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FormError(f"There is no file {source}") from None
    except UnicodeDecodeError:
        raise FormError(f"{Path(source).name} is not text in UTF-8") from None


def parse(source: str | Path) -> ET.Element:
    """The root element. Raises FormError when the XML is not well formed."""
    try:
        return ET.fromstring(read(source).encode())
    except ET.ParseError as error:
        raise FormError(
            f"{label(source)} is not well-formed XML: {error}") from None


def label(source: str | Path) -> str:
    """What a message calls the source: the name of its file, or "The XML"."""
    return "The XML" if _is_text(source) else Path(source).name


def local_name(element: ET.Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def _is_text(source: str | Path) -> bool:
    return isinstance(source, str) and source.lstrip("\ufeff \n\t")[:1] == "<"
