"""A certificate as one page of HTML: no script, nothing of the network.

The words of each language are in words.yaml; the look is in templates/.
"""

from pathlib import Path

import jinja2
import yaml

from commands.certificates.standing import Day, Standing
from commands.exercises.objectives import Objective

HERE = Path(__file__).parent
WORDS: dict[str, dict] = yaml.safe_load(
    (HERE / "words.yaml").read_text("utf-8"))


def page(trainee: Standing, name: str | None, days: list[Day],
         threshold: float, taught: dict[str, Objective],
         language: str) -> str:
    """The page. Without a name, the code stands in its place."""
    words = WORDS[language]
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True).get_template("certificate.html.j2").render(
            language=language, words=words, name=name or trainee.code,
            code=trainee.code if name else None,
            reached=words["reached"].format(
                percent=_number(trainee.percent, words),
                threshold=_number(threshold, words)),
            length=words["length"].format(
                hours=_hours(sum(day.minutes for day in days), words),
                sessions=sum(day.sessions for day in days)),
            days=[_row(day, trainee, words) for day in days],
            mastered=[(name, taught[name].text if name in taught else "")
                      for name in trainee.mastered])


def _row(day, trainee, words):
    mastered = set(trainee.mastered) & set(day.objectives)
    return {"title": words["days"].get(day.name, day.name),
            "hours": _hours(day.minutes, words),
            "mastered": words["of"].format(count=len(mastered),
                                           all=len(day.objectives))}


def _hours(minutes, words):
    return _number(round(minutes / 60, 2), words)


def _number(value, words):
    return f"{value:g}".replace(".", words["decimal"])
