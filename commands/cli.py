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
from commands.system import in_words
from commands.terminal import err, out, printable
from helpers.data import ROOT
from helpers.errors import CourseError, typed

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
    except OSError as error:  # what the system refuses
        err.print(printable(in_words(error)), style="red", soft_wrap=True)
        sys.exit(CourseError.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def example(*lines: str) -> str:
    """The end of a command's help."""
    return "Example: " + "; ".join(f"`{typed(x)}`" for x in lines)


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


@app.command(epilog=example("book", "book --zip --pdf"))
def book(again: Annotated[bool, typer.Option(
        "--again", help="Execute only what has changed since the last "
        "build.")] = False,
        as_zip: Annotated[bool, typer.Option(
            "--zip", help="Also as one file, for a computer without a "
            "network.")] = False,
        as_pdf: Annotated[bool, typer.Option(
            "--pdf", help="Also as one PDF, printed by Chromium.")] = False):
    """Build the book; every notebook is executed again."""
    from commands.book.build import build
    page = build(again=again)
    out.print(f"The book is ready: {page.relative_to(ROOT)}")
    if as_zip:
        from commands.book import zipping
        out.print(zipping.zip_book(page.parent))
    if as_pdf:
        from commands.book import printing
        out.print(printing.command(page.parent))


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
                f"Derive them again with: {typed('release')}",
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
    "grade day1_production --watch",
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
        watch: Annotated[bool, typer.Option(
            "--watch", help="Go on, and grade what arrives, until Ctrl-C.")
        ] = False,
        unsafe: Annotated[bool, typer.Option(
            "--unsafe", help="Without a sandbox: notebooks can do all that "
            "you can.")] = False):
    """Autograde all of submitted/: gradebook.db, feedback/, reports/."""
    from commands import unchanged
    from commands.grading import Settings, terminal
    unchanged.verify()  # with other data, right answers would lose points
    settings = Settings(unsafe=unsafe, scheduler=scheduler, names=names,
                        quiz=quiz)
    if watch:
        from commands.grading import watch as watching
        raise typer.Exit(watching.command(day, settings, force))
    raise typer.Exit(terminal.command(day, force=force, settings=settings))


@app.command(epilog=example(
    "hand-out day1_production --trainees trainees.csv --out to_send"))
def hand_out(day: Annotated[str, typer.Argument(
        help="The day's folder.")],
        trainees: Annotated[Path, typer.Option(
            help="A table with the columns code and name.")],
        to: Annotated[Path, typer.Option(
            "--out", help="The folder that gets the zips.")],
        force: Annotated[bool, typer.Option(
            "--force", help="Overwrite other zips there.")] = False):
    """Pack a day's exercises for a class: one zip per trainee."""
    from commands.handing import giving
    zips = giving.hand_out(day, trainees, to, force=force)
    out.print(f"{len(zips)} zips are in {to}. Their names begin with the "
              "trainee's code. Send each trainee one.", soft_wrap=True)


@app.command(epilog=example("collect returned --trainees trainees.csv"))
def collect(folder: Annotated[Path, typer.Argument(
        help="What came back: zips, e-mails (.eml), the archive of a "
        "learning platform, folders.")],
        trainees: Annotated[Path, typer.Option(
            help="A table with the columns code and name.")],
        force: Annotated[bool, typer.Option(
            "--force", help="Overwrite other versions.")] = False):
    """Put what a class sends back into submitted/CODE/DAY/, for `grade`."""
    from commands.handing import collecting
    raise typer.Exit(collecting.command(
        folder, trainees, out, force=force,
        ask=typer.prompt if sys.stdin.isatty() else None))


@app.command(epilog=example(
    "certificates --names trainees.csv",
    "certificates day1_production day2_processing --language fr"))
def certificates(days: Annotated[list[str] | None, typer.Argument(
        help="The days that count; without them, all that are graded.")
        ] = None,
        threshold: Annotated[float, typer.Option(
            help="Per cent of the points of the core exercises.")] = 60,
        names: Annotated[Path | None, typer.Option(
            help="A table with the columns code and name; without it, the "
            "certificates show codes.")] = None,
        language: Annotated[str, typer.Option(
            help="en, fr, ar or all.")] = "all",
        to: Annotated[Path | None, typer.Option(
            "--out", help="The folder; else reports/certificates.")] = None,
        force: Annotated[bool, typer.Option(
            "--force", help="Overwrite other versions.")] = False):
    """Write certificates for those who have reached enough points."""
    from commands.certificates import command
    raise typer.Exit(command.certificates(
        days or [], out, threshold=threshold, names=names, language=language,
        to=to, force=force))


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
    from commands import rehearsal_shown, unchanged
    unchanged.verify()
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
                f"Make them again with: {typed('data')}",
                "data/ is what data/make makes.")
    for name in make_data.make(to or DATA, seed, force):
        out.print(f"{to or 'data'}/{name}")


@app.command(epilog=example(
    "audit wells.csv --html wells.html",
    "audit towns.gpkg --layer towns --json towns.json"))
def audit(file: Annotated[Path, typer.Argument(
        help="Any file of geodata: CSV, XLSX, GeoJSON, GeoPackage, Shapefile "
        "(also zipped), KML, GPX, GeoParquet, OSM PBF.")],
        layer: Annotated[str | None, typer.Option(
            help="Only this layer of the file.")] = None,
        csv_x: Annotated[str | None, typer.Option(
            help="The column with x or the longitude.")] = None,
        csv_y: Annotated[str | None, typer.Option(
            help="The column with y or the latitude.")] = None,
        encoding: Annotated[str | None, typer.Option(
            help="The code page, such as cp1256.")] = None,
        country: Annotated[str, typer.Option(
            help="Where the places should lie: TN, or none.")] = "TN",
        html: Annotated[Path | None, typer.Option(
            help="Write the report as one page.")] = None,
        json: Annotated[Path | None, typer.Option(
            help="Write the report for machines.")] = None,
        force: Annotated[bool, typer.Option(
            "--force", help="Overwrite these two files.")] = False):
    """Audit a file of your own: quality, openness, personal data."""
    from commands.audit import command
    raise typer.Exit(command.audit(
        file, out, html=html, json=json, force=force, layer_name=layer,
        csv_x=csv_x, csv_y=csv_y, encoding=encoding, country=country))


@app.command(epilog=example(
    "publish wells.gpkg --out releases --meta wells.yml",
    "publish wells.csv --out releases --drop telephone"))
def publish(file: Annotated[Path, typer.Argument(
        help="A file with a layer of yours; see `audit`.")],
        to: Annotated[Path, typer.Option(
            "--out", help="The folder of releases: it gets "
            "NAME/VERSION.")],
        meta: Annotated[Path | None, typer.Option(
            help="Metadata in YAML. Without it, you are asked.")] = None,
        name: Annotated[str | None, typer.Option(
            help="The layer's name; else that of the file.")] = None,
        layer: Annotated[str | None, typer.Option(
            help="This layer of a file with several.")] = None,
        key: Annotated[str | None, typer.Option(
            help="The column that identifies the rows.")] = None,
        csv_x: Annotated[str | None, typer.Option(
            help="The column with x or the longitude.")] = None,
        csv_y: Annotated[str | None, typer.Option(
            help="The column with y or the latitude.")] = None,
        encoding: Annotated[str | None, typer.Option(
            help="The code page, such as cp1256.")] = None,
        crs: Annotated[str | None, typer.Option(
            help="The CRS, where the file does not say it.")] = None,
        drop: Annotated[list[str] | None, typer.Option(
            help="Leave this column out. Can be given again.")] = None,
        because: Annotated[str | None, typer.Option(
            help="Why personal data or an unknown CRS may be published; the "
            "metadata keep your words.")] = None,
        repair: Annotated[bool, typer.Option(
            "--repair", help="Make invalid geometries valid.")] = False,
        date: Annotated[str | None, typer.Option(
            help="The day of the release; else today.")] = None,
        country: Annotated[str, typer.Option(
            help="Where the places should lie: TN, or none.")] = "TN"):
    """Publish a layer of your own: a checked release, with a version."""
    from commands.publish import command
    raise typer.Exit(command.publish(
        file, to, out, meta=meta, name=name, key=key, crs=crs, drop=drop,
        because=because, repair=repair, day=date, country=country,
        ask=typer.prompt if sys.stdin.isatty() else None, layer=layer,
        csv_x=csv_x, csv_y=csv_y, encoding=encoding))


@app.command(epilog=example(
    "serve releases", "serve releases/wells/1.0.0 --port 5001",
    "serve releases --url https://data.example.org/api"))
def serve(folder: Annotated[Path, typer.Argument(
        help="A release package, or the folder of releases.")],
        url: Annotated[str | None, typer.Option(
            help="The address in all links, where a proxy stands before "
            "this server.")] = None,
        port: Annotated[int, typer.Option(
            help="The port on this computer; 0: any free one.")] = 5000):
    """Serve releases as an OGC API on this computer, until Ctrl-C."""
    from commands import serve as serving
    raise typer.Exit(serving.serve(folder, out, url=url, port=port))


@app.command(epilog=example(
    "classroom --trainees trainees.csv --dry-run",
    "classroom --trainees trainees.csv --day day2_processing --due 16:35",
    "classroom --collect day1_production",
    "classroom --feedback day1_production"))
def classroom(trainees: Annotated[Path | None, typer.Option(
        help="A table with the columns code, name and, if you choose the "
        "passwords, password.")] = None,
        port: Annotated[int, typer.Option(
            help="The room's port; it uses the next two as well.")] = 8000,
        day: Annotated[str, typer.Option(
            help="The day whose exercises are handed out; earlier ones "
            "stay.")] = "day1_production",
        due: Annotated[str | None, typer.Option(
            help="The day's deadline by this server's clock: 16:35 or "
            "'2026-12-01 16:35'.")] = None,
        folder: Annotated[Path, typer.Option(
            help="Where the room keeps all it needs.")
        ] = Path("/srv/open-geodata"),
        dry_run: Annotated[bool, typer.Option(
            "--dry-run", help="Only say what would be done.")] = False,
        collect: Annotated[str | None, typer.Option(
            help="Take in what the class has submitted of this day.")] = None,
        feedback: Annotated[str | None, typer.Option(
            help="Give the class its marked pages of this day.")] = None):
    """Open a training room on this Linux server: JupyterHub, until Ctrl-C.

    It needs root (sudo), and says what it will do before it does it.
    """
    from commands.classroom import command
    if collect:
        raise typer.Exit(command.collect(folder, collect, out))
    if feedback:
        raise typer.Exit(command.feedback(folder, feedback, out))
    if trainees is None:
        raise CourseError("Name the class: --trainees trainees.csv (a table "
                          "with the columns code and name).")
    command.open_room(
        trainees, command.Room(folder.absolute(), port), day, out, due=due,
        dry_run=dry_run)
