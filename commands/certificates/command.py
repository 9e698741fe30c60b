"""`certificates`: who has reached the threshold, and their pages."""

from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from commands import printing
from commands.certificates.page import WORDS, page
from commands.certificates.standing import Class, Standing, standings
from commands.exercises import objectives
from commands.grading import roster
from commands.grading.results import REPORTS, write_whole
from commands.terminal import printable_name
from helpers.data import ROOT
from helpers.errors import CourseError

FOLDER = f"{REPORTS}/certificates"
ALL = "all"


def certificates(days: list[str], console: Console, *,
                 threshold: float = 60, names: Path | None = None,
                 language: str = ALL, to: Path | None = None,
                 force: bool = False, root: Path = ROOT) -> int:
    """Write them, and say who has one. Returns the exit code."""
    if language != ALL and language not in WORDS:
        raise CourseError(f"There is no language '{language}'. Choose: "
                          f"{', '.join([*WORDS, ALL])}")
    if not 1 <= threshold <= 100:  # 0.6 is a share, not 60 %
        raise CourseError(f"--threshold is {threshold:g}: give a percentage "
                          "from 1 to 100.")
    known = roster.names(names) if names else {}
    of_class = standings(days, root)
    reached = [one for one in of_class.trainees if not one.lacks(threshold)]
    taught = objectives.taught(root)
    folder = to or root / FOLDER
    pages = {
        folder / f"{one.code}_{name}.html": page(
            one, known.get(one.code), of_class.days, threshold, taught, name)
        for one in reached
        for name in (WORDS if language == ALL else [language])}
    _show(of_class, threshold, known, bool(names), console)
    _refuse_to_overwrite(pages, force)
    if not pages:
        console.print("Nobody has reached it: no certificate is written.")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    has_pdfs = _write(pages)
    console.print(
        f"{len(pages)} certificates are in {folder}"
        + (", each as HTML and as PDF." if has_pdfs else
           ", as HTML only: no Chromium, Chrome or Edge starts here. Open "
           "each in a browser and print it as PDF."), soft_wrap=True)
    _name_old(folder, pages, console)
    return 0


def _refuse_to_overwrite(pages, force):
    other = [file.name for file, text in pages.items()
             if file.exists() and file.read_text("utf-8") != text]
    if other and not force:
        raise CourseError(
            f"Nothing was written: other versions of {', '.join(other[:5])}"
            f"{' …' if len(other) > 5 else ''} are in "
            f"{next(iter(pages)).parent}. Give another folder with --out, or "
            "use --force.")


def _write(pages):
    """Write the pages, and their PDFs where that can be done."""
    with printing.printer() as to_pdf:
        for file, text in pages.items():
            pdf = file.with_suffix(".pdf")
            pdf.unlink(missing_ok=True)  # of an older page
            write_whole(file, text)
            if to_pdf:
                pdf.write_bytes(to_pdf(text))
    return to_pdf is not None


def _name_old(folder, pages, console):
    """Certificates that this run would not write."""
    old = [file.name for file in sorted(folder.glob("*_??.html"))
           if file not in pages]
    if old:
        console.print(printable_name(
            f"From an earlier run, and not of this one: {', '.join(old)}. "
            "Look at them, then delete them."), soft_wrap=True)


# --- who has reached it ----------------------------------------------------

def _show(of_class: Class, threshold, known, wants_names, console):
    counted = ", ".join(day.name for day in of_class.days)
    console.print(f"Counted: {counted}. Points of core exercises: "
                  f"{of_class.trainees[0].points:g}; points of stretch "
                  "exercises are added.", soft_wrap=True)
    if of_class.not_graded:
        console.print("Not graded yet, so not counted: "
                      f"{', '.join(of_class.not_graded)}", soft_wrap=True)
    table = Table("Trainee", "Points", "Share", "Objectives",
                  f"Threshold {threshold:g} %", box=SIMPLE, show_edge=False)
    for one in of_class.trainees:
        name = known.get(one.code)
        table.add_row(
            printable_name(f"{one.code} {name}" if name else one.code),
            f"{one.earned:g}", f"{one.percent:g} %", str(len(one.mastered)),
            verdict(one, threshold))
    console.print(table)
    nameless = [one.code for one in of_class.trainees
                if one.code not in known]
    if wants_names and nameless:
        console.print(printable_name("Not in the file of names, so shown by "
                                     f"their code: {', '.join(nameless)}"),
                      soft_wrap=True)
    absent = [code for code in known
              if code not in {one.code for one in of_class.trainees}]
    if absent:
        console.print(printable_name("In the file of names, and nothing is "
                                     f"graded: {', '.join(absent)}"),
                      soft_wrap=True)


def verdict(one: Standing, threshold: float) -> str:
    """Reached, or by how much not; and what is not marked yet."""
    lacks = one.lacks(threshold)
    words = "point waits" if one.waiting == 1 else "points wait"
    waiting = (f"; {one.waiting:g} {words} for a person"
               if one.waiting else "")
    if not lacks:
        return f"reached{waiting}"
    return f"not reached: {lacks:g} points short{waiting}"
