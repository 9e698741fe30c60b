"""`start.py classroom`: open a training room, take work in, give marks out."""

import csv
import os
import sys
from pathlib import Path

from rich.console import Console

from commands.classroom import accounts, exchange, layout, plan, sheet
from commands.classroom.people import trainees as read_roster
from commands.classroom.room import ClassroomError, Room, saved
from commands.exercises.notebooks import known_day
from commands.terminal import printable_name
from helpers.errors import typed

CONFIG = Path(__file__).parent / "jupyterhub_config.py"
NAMED = 8  # files that a sentence names


def open_room(roster: Path, room: Room, day: str, console: Console, *,
              due: str | None = None, dry_run: bool = False) -> None:
    """Say the plan; then, unless dry_run, do it and become JupyterHub: this
    returns only from a dry run."""
    people = read_roster(roster)
    room.days = sorted({*_earlier(room).days, known_day(day, room.root)})
    room.due = _earlier(room).due
    if due:
        room.due[day] = f"{plan.due_time(due):%Y-%m-%d %H:%M}"
    room.names = {one.user: one.name for one in people}
    room.proxy = plan.proxy()
    plan.check(room, people)
    console.print("This command will" if dry_run else "This command now will")
    for step in plan.steps(room, people):
        console.print(f"  - {step}", soft_wrap=True)
    for warning in plan.warnings(people):
        console.print(f"Note: {warning}", soft_wrap=True)
    if dry_run:
        console.print("Nothing was done. " + (
            "The same command without --dry-run does it."
            if os.geteuid() == 0 else "It needs root: with sudo."))
        return
    _demand_root()
    files = _do(room, people, due and (day, plan.due_time(due)),
                console)
    console.print("\nAccess codes: " + " and ".join(map(str, files)),
                  soft_wrap=True)
    console.print(f"Open {plan.address(room.port)} in a browser. Stop the "
                  "room with Ctrl-C: all work stays in the homes, and the "
                  "same command opens it again.\n", soft_wrap=True)
    sys.stdout.flush()
    _become_hub(room)


def collect(folder: Path, day: str, console: Console) -> int:
    """Take in what trainees have submitted; say who has not."""
    _demand_root()
    room = saved(folder)
    taken = exchange.collect(room, day)
    times = taken.times
    due = exchange.deadline(room, day)
    for user, name in room.names.items():
        when = times.get(user)
        console.print(f"{user:12}  " + (
            "nothing handed in" if when is None else
            f"{when.astimezone():%Y-%m-%d %H:%M}" + (
                "  after the deadline" if due and when > due else ""))
            + f"  {name}", soft_wrap=True)
        if user in taken.replaced:
            console.print(f"{'':12}  newer than what was in submitted/, and "
                          f"now in its place: {_files(taken.replaced[user])}",
                          soft_wrap=True)
        for sentence in taken.unread.get(user, ()):
            console.print(f"{'':12}  {sentence}. " + (
                "What was handed in before it counts."
                if when else "Ask for the notebooks."), soft_wrap=True)
    console.print(
        f"{len(times)} of {len(room.names)} have handed in {day}. Times are "
        "of this server's clock. Mark them with: " + typed(
            f"grade {day} --names {room.folder}/hub/trainees.csv"),
        soft_wrap=True)
    return 1 if taken.unread else 0


def _files(names):
    more = len(names) - NAMED
    return ", ".join(map(printable_name, names[:NAMED])) + (
        f" and {more} more" if more > 0 else "")


def feedback(folder: Path, day: str, console: Console) -> int:
    """Give the pages of `grade` back to the trainees."""
    _demand_root()
    room = saved(folder)
    known_day(day, room.root)
    given = exchange.release_feedback(room, day)
    console.print(
        f"{len(given)} of {len(room.names)} trainees can fetch their pages "
        f"of {day} now: Nbgrader → Assignment List → Fetch Feedback."
        if given else "There is no feedback on what is in submitted/: run "
        f"{typed(f'grade {day}')} first.", soft_wrap=True)
    return 0 if given else 1


def _do(room, people, due, console):
    """All steps of the plan up to the hub; the files of access codes."""
    layout.close(room.root)
    layout.make(room)
    accounts.make(room, people)
    room.save()
    with open(room.hub / "trainees.csv", "w", newline="",
              encoding="utf-8") as file:
        csv.writer(file).writerows([("code", "name"), *room.names.items()])
    for one in people:
        for day in room.days:
            exchange.release(room, one.user, day)
        if not layout.fill_home(room, one.user):
            console.print(f"Note: the home of {one.user} did not get all "
                          "files: see the line above.", soft_wrap=True)
    layout.verify(room, people[0].user)
    if due:
        exchange.set_deadline(room, *due)
    return sheet.write(room.folder, sheet.html(
        plan.address(room.port), room.names, accounts.codes(room, people)))


def _become_hub(room):
    """From here on this process is JupyterHub: Ctrl-C reaches it."""
    os.chdir(room.hub)
    os.umask(0o077)
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "SUDO_", "COURSE_"))}
    os.execve(sys.executable, [
        sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)],
        environment | {"COURSE_CLASSROOM": str(room.folder),
                       "PYTHONPATH": str(room.root)})


def _earlier(room):
    try:
        return saved(room.folder)
    except ClassroomError:
        return Room()


def _demand_root():
    if os.geteuid():
        raise ClassroomError(
            "The training room needs root: it makes accounts and starts "
            "programs in their names. Put sudo before the command, or add "
            "--dry-run to read what it would do.")
