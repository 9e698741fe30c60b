"""`rehearse` in a terminal: the steps, the table of a class, and whether the
report says what was planted."""

from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from commands.grading import terminal
from commands.rehearsal import Rehearsal, rehearse
from commands.terminal import out, printable_name


def command(day: str, exercise: str | None, trainees: int,
            to: Path | None, console: Console = out) -> int:
    """Rehearse, and show what a trainer will see. Returns the exit code: 1
    if the report says anything else than what was planted."""
    def say(text):
        console.print(text, soft_wrap=True)

    with terminal.ended_as_by_ctrl_c():
        played = rehearse(day, exercise, trainees, to, say=say,
                          track=terminal.bar(day, console))
    terminal.show(day, played.results, console)
    return show(played, console)


def show(played: Rehearsal, console: Console) -> int:
    """What was planted beside what the report says; the exit code."""
    table = Table("Trainee", "Planted", "The report says", "",
                  box=SIMPLE, show_edge=False)
    for one in played.outcomes:
        table.add_row(one.trainee.code, printable_name(one.trainee.planted),
                      printable_name(one.says),
                      "as planted" if one.as_planted else "DIFFERENT")
    console.print(table)
    console.print(
        f"\nFeedback pages: {played.pages}, in {played.root}/feedback\n"
        f"The report: {played.report}\n"
        "There is no deadline here: who is late loses nothing.\n"
        f"Nothing of the course was changed. Delete {played.root} when you "
        "have looked at it.", soft_wrap=True)
    different = [one.trainee.code for one in played.outcomes
                 if not one.as_planted]
    if different:
        console.print("The report differs from what was planted for: "
                      + ", ".join(different), soft_wrap=True)
        return 1
    console.print("The report says of each trainee what was planted.",
                  soft_wrap=True)
    return 0
