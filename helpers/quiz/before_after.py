"""The same questions before and after a day or the course, and the gain.

>>> from helpers.quiz import before_after
>>> before_after.ask(["two_neighbours"], "before", "output/day2.json")

The answers are kept in this one small file. Nothing is sent anywhere. A file
for the instructor, without a name, is written only by `hand_in`.
"""

import json
import os
import secrets
from html import escape
from pathlib import Path

from helpers import quiz
from helpers.errors import CourseError
from helpers.explore.show import STATIC

NOT_YET = "I do not know yet"  # a guess would hide what was gained
LEFT = 'style="text-align: left"'  # JupyterLab's tables are for numbers


def ask(names: list[str], when: str, file: str | Path) -> None:
    """Ask these questions and keep the answers. when: "before" or "after".
    It says nothing about the answers: the questions come again."""
    from IPython.display import HTML, display
    if os.environ.get(STATIC):
        display(HTML("<hr>".join(quiz.on_paper(quiz.named(name))
                                 for name in names) if when == "before"
                     else "In JupyterLab, the same questions stand here."))
        return
    import ipywidgets
    kept, parts = answers(file)[when], []
    for number, question in enumerate(map(quiz.named, names), 1):
        words = [*quiz.in_own_order(question), NOT_YET]
        before = kept.get(question.name)
        choice = ipywidgets.RadioButtons(
            options=words, value=before if before in words else None,
            description=f"Answer {number}")
        choice.observe(lambda change, name=question.name: _keep(
            file, when, name, change["new"]), "value")
        parts += [ipywidgets.HTML(quiz.asked(question)), choice]
    display(ipywidgets.VBox(parts))


def gain(names: list[str], file: str | Path) -> None:
    """Show, per objective, what was right before and what is right now; and
    why, where it is not."""
    from IPython.display import HTML, display
    kept = answers(file)
    if os.environ.get(STATIC):
        text = "In JupyterLab, your gain per objective stands here."
    elif not kept["after"]:
        text = "Answer the questions after the day. Then run this cell again."
    else:
        rows = ""
        for question in map(quiz.named, names):
            cells = ""
            for when in kept:
                word = kept[when].get(question.name, "no answer")
                cells += f"<td {LEFT}>{_signed(question, word)}</td>"
            why = [] if word == question.right else [
                f"<br>{_signed(question, one)}: {escape(question.why[one])}"
                for one in (word, question.right) if one in question.why]
            rows += (f"<tr><td {LEFT}>{question.objective}</td><td {LEFT}>"
                     f"{escape(question.text)}{''.join(why)}</td>{cells}</tr>")
        heads = "".join(f"<th {LEFT}>{head}</th>" for head in (
            "objective", "question", "before", "after"))
        text = f"{_sums(names, kept)}<table><tr>{heads}</tr>{rows}</table>"
    display(HTML(text))


def hand_in(names: list[str], file: str | Path) -> None:
    """Write what an instructor may collect, beside `file`: for each question
    if it was right before and after (null: no answer), under a random code.
    No name, no time, no chosen word. A second call replaces the file."""
    kept, folder = answers(file), Path(file).parent
    if os.environ.get(STATIC):
        print("In JupyterLab, this cell writes a file without your name.")
    elif not kept["after"]:
        print("Answer the questions after the course. Then run this again.")
    else:
        target = next(folder.glob("anonymous_*.json"), folder
                      / f"anonymous_{secrets.token_hex(4)}.json")
        target.write_text(json.dumps({name: [
            kept[when][name] == quiz.named(name).right
            if name in kept[when] else None for when in kept]
            for name in names}, indent=1), "utf-8")
        print(f"Written: {target}\nOpen it: this is all that it says.")


def answers(file: str | Path) -> dict[str, dict[str, str]]:
    """"before" and "after" → name of a question → word. Raises CourseError
    for a file that holds something else."""
    try:
        kept = json.loads(Path(file).read_text("utf-8"))
        return {when: dict(kept[when]) for when in ("before", "after")}
    except FileNotFoundError:
        return {"before": {}, "after": {}}
    except (ValueError, LookupError, TypeError):
        raise CourseError(f"{file} does not hold answers. Delete it, and "
                          "answer again.") from None


def _keep(file: str | Path, when: str, name: str, word: str) -> None:
    kept = answers(file)
    kept[when][name] = word
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(json.dumps(kept, indent=1), "utf-8")


def _sums(names: list[str], kept: dict[str, dict[str, str]]) -> str:
    """How many are right, of all and, if there are several days, of each."""
    asked = [quiz.named(name) for name in names]
    days = sorted({one.objective[1] for one in asked})

    def right(when: str, day: str = "") -> int:
        return sum(kept[when].get(one.name) == one.right for one in asked
                   if day in ("", one.objective[1]))

    each = " · ".join(
        f"Day {day}: {right('before', day)} → {right('after', day)} of "
        f"{sum(one.objective[1] == day for one in asked)}" for day in days)
    return (f"<p><b>Right before: {right('before')} of {len(names)}. "
            f"Right after: {right('after')}.</b>"
            f"{f'<br>{each}' if len(days) > 1 else ''}</p>")


def _signed(question: quiz.Question, word: str) -> str:
    sign = "✓" if word == question.right else "✗"
    return f"{sign}\u00a0<b>{escape(word)}</b>"
