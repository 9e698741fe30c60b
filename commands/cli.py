"""The commands. Each is a few lines here; the work is done elsewhere.

Exit codes: 0 no fault, 1 a check found a fault, 2 the command could not do
its work (bad input, something missing). The class of an error says which
(`CourseError.exit_code`).
"""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.lab import open_lab
from commands.terminal import err, out, printable
from helpers.data import ROOT
from helpers.errors import CourseError

app = typer.Typer(
    help="Open geographic data in four days: the course's commands.",
    no_args_is_help=False, add_completion=False, rich_markup_mode="markdown",
    pretty_exceptions_enable=False)


def main() -> None:
    """Run a command; print errors in words, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):  # Windows consoles
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(prog_name="start.py")
    except CourseError as error:
        err.print(printable(str(error)), style="red", soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def example(*lines: str) -> str:
    """The end of a command's help."""
    return "Example: " + "; ".join(f"`python start.py {x}`" for x in lines)


def compare(differences: list[str], remedy: str, none: str):
    """Print what differs and its remedy, or that nothing does."""
    for line in differences:
        out.print(line)
    out.print(remedy if differences else none)
    raise typer.Exit(1 if differences else 0)


@app.callback(invoke_without_command=True)
def _default(context: typer.Context):
    if context.invoked_subcommand is None:
        open_lab([])


@app.command(epilog=example("lab", "lab --no-browser --port 8890"),
             context_settings={"ignore_unknown_options": True})
def lab(arguments: Annotated[list[str] | None, typer.Argument(
        help="Options for JupyterLab itself.")] = None):
    """Open JupyterLab on the welcome page (also the default)."""
    open_lab(arguments or [])


@app.command(epilog=example("test", "test --fast"))
def test(fast: Annotated[bool, typer.Option(
        "--fast", help="Only what takes a few minutes.")] = False,
         arguments: Annotated[list[str] | None, typer.Argument(
             help="Options for pytest, after `--`.")] = None):
    """Run every check of the course, two at a time."""
    chosen = ["-m", "not slow"] if fast else []
    raise typer.Exit(subprocess.call(
        [sys.executable, "-m", "pytest", "--numprocesses=2",
         "--dist=loadscope", "--no-loadscope-reorder", "--durations=15",
         *chosen, *(arguments or [])], cwd=ROOT))


@app.command(epilog=example("book"))
def book():
    """Build the book; every notebook is executed again."""
    from commands.book.build import build
    page = build()
    out.print(f"The book is ready: {page.relative_to(ROOT)}")


@app.command(epilog=example("release", "release --check"))
def release(check: Annotated[bool, typer.Option(
        "--check", help="Only compare; write nothing.")] = False,
        force: Annotated[bool, typer.Option(
            "--force", help="Overwrite exercises that hold answers.")
        ] = False):
    """Derive exercises/ from solutions/, objectives and credits."""
    from commands.exercises import release as exercises
    if check:
        compare(exercises.differences(),
                "Derive them again with: python start.py release",
                "exercises/, objectives, credits are what notebooks say.")
    for name in exercises.release(force=force):
        out.print(name)


@app.command(epilog=example(
    "check exercises/day1_production/e03_crs_detective.ipynb"))
def check(notebook: Annotated[Path, typer.Argument(
        help="The notebook that you have worked on.")]):
    """Check a notebook of yours: points so far, what failed, and why.

    It runs with all your rights: use `grade` for work that others hand in.
    """
    from commands.exercises import own_check, own_check_table
    with own_check_table.running(notebook, err):
        report = own_check.check(notebook)
    own_check_table.show(report, out)
    raise typer.Exit(0 if report.all_pass else 1)


@app.command(epilog=example(
    "grade day1_production",
    "grade day1_production --names trainees.csv",
    "grade day1_production --scheduler tcp://10.0.0.5:8786"))
def grade(day: Annotated[str, typer.Argument(
        help="The day's folder, for example day1_production.")],
        force: Annotated[bool, typer.Option(
            "--force", help="Grade again what has been graded.")] = False,
        scheduler: Annotated[str | None, typer.Option(
            help="Spread the work over an existing dask cluster.")] = None,
        names: Annotated[Path | None, typer.Option(
            help="A table with the columns code and name: the report shows "
            "names too. The code is the folder in submitted/.")] = None,
        quiz: Annotated[Path | None, typer.Option(
            help="The folder of the files anonymous_*.json: the report shows "
            "what the class has gained.")] = None,
        unsafe: Annotated[bool, typer.Option(
            "--unsafe", help="Without a sandbox: notebooks can do all that "
            "you can.")] = False):
    """Autograde all of submitted/: gradebook.db, feedback/, reports/."""
    from commands.grading import Settings, terminal
    from helpers import data
    data.verify()  # with other data, right answers would lose points
    raise typer.Exit(terminal.command(day, force=force, settings=Settings(
        unsafe=unsafe, scheduler=scheduler, names=names, quiz=quiz)))


@app.command(epilog=example("rehearse", "rehearse --trainees 6",
                            "rehearse day2_processing --exercise e09"))
def rehearse(day: Annotated[str, typer.Argument(
        help="The day's folder.")] = "day1_production",
        exercise: Annotated[str | None, typer.Option(
            help="Its number or name; without it, e03 or the day's first.")
        ] = None,
        trainees: Annotated[int, typer.Option(
            help="How many are made up.")] = 30,
        to: Annotated[Path | None, typer.Option(
            "--out", help="An empty folder for the scratch copy; without it, "
            "a temporary one.")] = None):
    """Play a class that does not exist, from release to report."""
    from commands import rehearsal_shown
    from helpers import data
    data.verify()
    raise typer.Exit(rehearsal_shown.command(day, exercise, trainees, to))


@app.command(epilog=example("data", "data --check",
                            "data --seed 7 --out other_world"))
def data(check: Annotated[bool, typer.Option(
        "--check", help="Only compare checksums; write nothing.")] = False,
        seed: Annotated[int | None, typer.Option(
            help="Another fictional world of the same kind.")] = None,
        to: Annotated[Path | None, typer.Option(
            "--out", help="The folder to write to.")] = None,
        force: Annotated[bool, typer.Option(
            "--force", help="Write into a folder that is not empty, or over "
            "layers of data/ that you have changed.")
        ] = False):
    """Make data/ again from data/make."""
    from commands import make_data
    from helpers.data import DATA
    if check:
        compare(make_data.differences(),
                "Make them again with: python start.py data",
                "data/ is what data/make makes.")
    for name in make_data.make(to or DATA, seed, force):
        out.print(f"{to or 'data'}/{name}")
