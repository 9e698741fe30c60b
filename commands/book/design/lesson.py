"""The head and the end of a lesson, of an exercise and of a solution."""

import re
from html import escape
from pathlib import Path

from commands.book.design import blocks, front, plan
from commands.book.design.links import Links

PARTS = {"story": "story", "concept": "concepts", "lab": "lab",
         "exercise": "exercise", "debrief": "debrief"}
LINE = re.compile(r"\*\*Day \d · Session .*?(?:\n\n|\Z)", re.DOTALL)


def dress(notebook: dict, root: Path, links: Links) -> bool:
    """Changes a notebook as read from its file; says whether it did."""
    about = notebook["metadata"].get("course", {})
    first = notebook["cells"][0]
    if "objectives" in about:
        head = _of_a_lesson(about, root, links)
        notebook["cells"].append(_cell(_after(about, root, links)))
    elif "exercise" in about:
        head = _of_an_exercise(about, root, links)
    else:
        return False
    source = "".join(first["source"])
    first["source"] = LINE.sub(
        lambda _: blocks.raw(head) + "\n\n", source, count=1)
    return True


def _of_a_lesson(about, root, links):
    day = _day_of(about, root)
    minutes = about["minutes"]
    total = sum(minutes.values())
    bar = "".join(
        f'<li class="{part}" style="flex-grow:{minutes[part]}">'
        f"<span>{PARTS[part]}</span> {minutes[part]}</li>"
        for part in PARTS if part in minutes)
    return (
        f'<div class="page-head day-{day.number}"><p class="where">'
        f"{links.to(day.page, f'Day {day.number} · {day.title}')}"
        f" <span>Session {about['session']}</span> "
        f"<span>{total} minutes</span></p>"
        f'<ol class="minutes" aria-label="Minutes by part">{bar}</ol></div>')


def _of_an_exercise(about, root, links):
    day = _day_of(about, root)
    session = _session_of(about, day)
    facts = [f"{about['role']} exercise", about["level"],
             f"{about['minutes']} minutes", f"{about['points']} points"]
    lesson = links.to(session.page, f"Session {session.number} · "
                      f"{session.title}") if session else ""
    return (f'<div class="page-head day-{day.number}"><p class="where">'
            f"{links.to(day.page, f'Day {day.number} · {day.title}')} "
            f"<span>{lesson}</span></p>{front.chip_list(facts)}</div>")


def _after(about, root, links):
    """What the reader can do after the page, and where to go next."""
    day = _day_of(about, root)
    items = "".join(
        f"<li>{escape(text[0].upper() + text[1:])}. "
        f'<span class="objective">{name}</span></li>'
        for name, text in about["objectives"].items())
    session = _session_of(about, day)
    steps = "".join(
        f"<li>{links.to(each.page, f'{each.name} · {each.title}')} "
        f"({each.role}, {each.minutes} min): shows whether you can.</li>"
        for each in (session.exercises if session else []))
    objectives = links.to("course/reference/objectives", "All objectives")
    html = (f'<div class="after-page day-{day.number}"><ul class="can">'
            f'{items}</ul><ul class="steps">{steps}<li>{objectives}, and '
            "the tasks that assess them.</li></ul></div>")
    return ("## What you can do after this page\n\n" + blocks.raw(html))


def _day_of(about, root):
    number = int(about["session"][0])
    return next(day for day in plan.days(root) if day.number == number)


def _session_of(about, day):
    return next((session for session in day.sessions
                 if session.number == about["session"]), None)


def _cell(source):
    return {"cell_type": "markdown", "id": "after-this-page", "metadata": {},
            "source": source}
