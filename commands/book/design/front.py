"""The title page: map, programme with a card per day, routes by role."""

import json
from html import escape
from pathlib import Path

import yaml

from commands.book.design import country, plan
from commands.book.design.links import Links
from helpers.errors import CourseError

ROUTES = "course/routes.yml"


def hero(root: Path, links: Links, text: str) -> str:
    """The head of the title page: the promise, where to begin, the map."""
    seen = country.shapes(root)
    days = plan.days(root)
    lessons = [session for day in days for session in day.sessions]
    exercises = [each for session in lessons for each in session.exercises]
    facts = [(len([day for day in days if day.sessions]), "days"),
             (len(lessons), "sessions of 90 minutes"),
             (len(exercises), "graded exercises"),
             (_layer_count(root), "layers of data"),
             (0, "requests to the internet")]
    told = "".join(f"<li><strong>{number}</strong> {what}</li>"
                   for number, what in facts)
    buttons = "".join(
        f'<a class="{kind}" href="{target}">{words}</a>'
        for kind, target, words in [
            ("button first", "#your-first-five-minutes", "Begin here"),
            ("button", "#the-four-days", "See the programme"),
            ("button", "#routes-by-role", "Find your route")])
    return (
        '<div class="hero"><div class="hero-words">'
        f'<p class="lead">{escape(text.strip().strip("*"))}</p>'
        f'<p class="buttons">{buttons}</p><ul class="facts">{told}</ul></div>'
        f'<figure class="hero-map">{country.hero(seen)}'
        f"<figcaption>{country.legend(seen)}</figcaption></figure></div>")


def programme(root: Path, links: Links, text: str) -> str:
    """One card per day: its minutes, objectives, applications."""
    seen = country.shapes(root)
    cards = "".join(_day_card(seen, day, links) for day in plan.days(root))
    return f'<div class="day-cards">{cards}</div>'


def _day_card(seen, day, links):
    exercises = [each for session in day.sessions
                 for each in session.exercises]
    objectives = sum(len(session.objectives) for session in day.sessions)
    chips = [hours(day.minutes)] + ([f"{len(day.sessions)} sessions",
                       f"{objectives} objectives",
                       f"{len(exercises)} exercises"] if day.sessions
                      else ["at your own speed", "nothing is graded"])
    listed = "".join(
        f"<li>{links.to(session.page, session.title)} "
        f'<span class="lab">{escape(_sentence(session.lab))}</span></li>'
        for session in day.sessions)
    if not day.sessions:
        listed = "".join(f"<li>{links.to(page, title)}</li>"
                         for page, title in day.notebooks)
    picture = country.of_a_day(seen, day.number)
    return (
        f'<section class="day-card day-{day.number}">'
        f'<div class="day-sign">{picture}</div><div class="day-words">'
        f'<p class="day-number">Day {day.number}</p>'
        f"<h3>{links.to(day.page, day.title)}</h3>"
        f"<p>{escape(day.promise)}</p>{chip_list(chips)}"
        f'<ol class="day-sessions">{listed}</ol></div></section>')


def routes(root: Path, links: Links, text: str) -> str:
    """Which sessions a publisher, a technician, a decision-maker needs."""
    known = {session.number: session for session in plan.sessions(root)}
    cards = []
    for route in read_routes(root):
        chosen = [known[number] for number in route["sessions"]
                  if number in known]
        minutes = sum(sum(session.minutes.values()) for session in chosen)
        steps = "".join(
            f'<li class="day-{session.number[0]}">'
            f'<span class="number">{session.number}</span> '
            f"{links.to(session.page, session.title)}</li>"
            for session in chosen)
        cards.append(
            f'<section class="route"><h3>{escape(route["role"])}</h3>'
            f"<p>{escape(route['promise'])}</p>"
            f"{chip_list([f'{len(chosen)} sessions', hours(minutes)])}"
            f"<p><strong>Before:</strong> {escape(route['before'])}</p>"
            f'<ol class="route-steps">{steps}</ol>'
            f"<p><strong>After it:</strong> {escape(route['after'])}</p>"
            "</section>")
    return f'<div class="routes">{"".join(cards)}</div>'


def read_routes(root: Path) -> list[dict]:
    """The routes of course/routes.yml.

    Raises CourseError when one names a session that the course does not
    have.
    """
    file = root / ROUTES
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    known = {session.number for session in plan.sessions(root)}
    for route in found:
        for number in route["sessions"]:
            if number not in known:
                raise CourseError(
                    f"{ROUTES}, {route['role']}: there is no session "
                    f"{number}. The sessions are: "
                    f"{', '.join(sorted(known))}")
    return found


def chip_list(texts: list[str]) -> str:
    """Short facts in a row."""
    return ('<ul class="chips">' + "".join(
        f"<li>{escape(text)}</li>" for text in texts) + "</ul>")


def hours(minutes: int) -> str:
    """7 h 30 min"""
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest} min" if rest else f"{whole} h"


def _sentence(text):
    text = text.replace("*", "")
    return f"Lab: {text}." if text else ""


def _layer_count(root):
    package = root / "data" / "datapackage.json"
    return len(json.loads(package.read_text(encoding="utf-8"))["resources"])
