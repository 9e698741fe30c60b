"""What a form sent: the answers of one submission."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from helpers.errors import CourseError


class FormError(CourseError, ValueError):
    """A submission, or a rule of a form, cannot be used."""


def submission(file: str | Path) -> dict[str, str]:
    """The answers of one submission: question -> text, "" if unanswered.

    The name of a group stands before the name of its question, with "-"
    between, as in a table that ODK Central exports: "point-depth_m". Raises
    FormError when the file cannot be read, or a question is answered twice.
    """
    if not Path(file).is_file():
        raise FormError(f"There is no file {file}")
    try:
        root = ET.parse(file).getroot()
    except ET.ParseError as error:
        raise FormError(f"{Path(file).name} is no complete XML text: line "
                        f"{error.position[0]} cannot be read") from None
    answers: dict[str, str] = {}
    for question, text in _answers(root):
        if question in answers:
            raise FormError(
                f"{Path(file).name}: question '{question}' is answered "
                "twice.\nA repeat is a table of its own: one row here holds "
                "one answer.")
        answers[question] = text
    return answers


def _answers(element: ET.Element,
             group: str = "") -> Iterator[tuple[str, str]]:
    """(question, answer) of each element without children, in order."""
    for child in element:
        name = group + child.tag.rsplit("}", 1)[-1]
        if len(child):
            yield from _answers(child, f"{name}-")
        else:
            yield name, (child.text or "").strip()
