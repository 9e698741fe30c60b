"""Questions that are answered at once, in the notebook and in the book.

>>> from helpers import quiz
>>> quiz.ask("declare_or_transform")

A question stands in the file of its day, beside this module: its text, and
options that each have a word of their own. A wrong option is a mistake that
people really make; it says why it is wrong. Each trainee sees the options in
another order. Where a question gives points, the trainee writes the word of
an option into a cell, and `quiz.check` looks at it.
"""

import functools
import getpass
import html
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.check import Feedback, NotAnswered
from helpers.errors import CourseError
from helpers.explore.show import STATIC

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Question:
    """A question of a day's file.

    options: word → text. why: word → what is wrong with that option; the
    right one's says why it is right. objective: for example D1.2.2.
    """
    name: str
    objective: str
    text: str
    options: dict[str, str]
    why: dict[str, str]
    right: str


@functools.cache
def questions() -> dict[str, Question]:
    """Name → question, of all days."""
    import yaml
    return {name: Question(
                name, one["objective"], one["question"].strip(),
                {word: option["text"] for word, option
                 in one["options"].items()},
                {word: option["why"] for word, option
                 in one["options"].items()}, one["right"])
            for file in sorted(FOLDER.glob("*.yaml"))
            for name, one in yaml.safe_load(file.read_text("utf-8")).items()}


def named(name: str) -> Question:
    """A question by its name. Raises CourseError for an unknown name."""
    try:
        return questions()[name]
    except KeyError:
        raise CourseError(f"There is no question {name}. There are: "
                          f"{', '.join(questions())}") from None


def ask(name: str) -> None:
    """Show a question. In the notebook, a chosen option says at once whether
    it is right, and why. In the book, the answer is folded away."""
    from IPython.display import HTML, display
    question = named(name)
    if os.environ.get(STATIC):
        display(HTML(on_paper(question)))
        return
    import ipywidgets
    choice = ipywidgets.RadioButtons(options=in_own_order(question),
                                     value=None, description="Your answer")
    said = ipywidgets.HTML()
    choice.observe(lambda change: setattr(
        said, "value", _verdict(question, change["new"])), "value")
    display(ipywidgets.VBox([ipywidgets.HTML(asked(question)), choice, said]))


def check(answer: Any, name: str) -> str:
    """The answer, if it is the word of the right option.

    Raises NotAnswered for None or ..., Feedback with the reason for a wrong
    option, and Feedback that names the words for anything else.
    """
    question = named(name)
    if answer is None or answer is ...:
        raise NotAnswered
    word = str(answer).strip().lower()
    if word == question.right:
        return word
    if word in question.options:
        raise Feedback(f'"{word}": {question.options[word]}',
                       "another option", question.why[word])
    raise Feedback(f"the answer is {answer!r}", "one of the words "
                   + ", ".join(f'"{one}"' for one in question.options))


def _trainee() -> str:
    """The user's name: it gives each user one order of the options."""
    if os.environ.get(STATIC):
        return ""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return ""


def in_own_order(question: Question) -> list[str]:
    """The words of the options, in this user's order."""
    words = list(question.options)
    random.Random(_trainee() + question.name).shuffle(words)
    return words


def asked(question: Question) -> str:
    """The question and its options, as HTML."""
    options = "".join(
        f"<li><b>{html.escape(word)}</b>: "
        f"{html.escape(question.options[word])}</li>"
        for word in in_own_order(question))
    return f"<p>{html.escape(question.text)}</p><ul>{options}</ul>"


def on_paper(question: Question) -> str:
    """The question, and its answer folded away, as HTML: for the book."""
    others = "".join(
        f"<li><b>{html.escape(word)}</b>: {html.escape(question.why[word])}"
        "</li>" for word in in_own_order(question) if word != question.right)
    return (asked(question) + "<details><summary>The answer</summary>"
            f"<p><b>{html.escape(question.right)}</b>. "
            f"{html.escape(question.why[question.right])}</p>"
            f"<p>The others:</p><ul>{others}</ul></details>")


def _verdict(question: Question, word: str) -> str:
    sign = "✓ right" if word == question.right else "✗ not this one"
    return f"<p><b>{sign}.</b> {html.escape(question.why[word])}</p>"
