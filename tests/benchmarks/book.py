"""The book beside plain `jupyter-book build` of the same sources, in one run;
then how soon a page is there.

    python -m tests.benchmarks.book
    python -m tests.benchmarks.book --pages FOLDER

Both build a copy of the course from nothing, then once more after one word
of one lesson has changed. Run it while the machine does nothing else. A page
is loaded from this computer, with an empty cache, by a Chromium whose
processor is made four times slower; what counts is when the largest thing in
the window is painted. FOLDER is a book that is there, for example
_build/html.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from commands.book.printing import browser_program
from tests.support import copy_of_the_course, in_course, served

BUILDS = {
    "jupyter-book build": [
        "-c", "from jupyter_book.cli.main import main; main()", "build", "."],
    "start.py book": ["-m", "commands", "book"]}
AFTERWARDS = {
    "jupyter-book build": BUILDS["jupyter-book build"],
    "start.py book --again": ["-m", "commands", "book", "--again"]}
LESSON = "course/day1_production/s2_reference_systems.ipynb"
SLOWER = 4
PAGES = [
    "course/index", "course/day1_production/index",
    "course/day1_production/s1_open_data",
    "course/day1_production/s2_reference_systems",
    "course/day2_processing/s2_geometry_and_quality",
    "course/day3_publication/s3_honest_maps",
    "course/day4_strategy/s1_why_open",
    "exercises/day1_production/e03_crs_detective",
    "solutions/day1_production/e03_crs_detective",
    "course/reference/glossary"]
PAINTED = """() => new Promise(resolve => {
  let last = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) last = entry.startTime;
  }).observe({type: "largest-contentful-paint", buffered: true});
  setTimeout(() => resolve(last), 1000);
})"""


def build(words: list[str], course: Path) -> float:
    """Seconds of a command in a copy of the course."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *words], cwd=course,
                          env=in_course(course), capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - began


def side_by_side(builds: dict, courses: list[Path], what: str) -> None:
    """Build both in turn; print their times and the ratio."""
    seconds = []
    for (name, words), course in zip(builds.items(), courses, strict=True):
        seconds.append(build(words, course))
        print(f"{what}  {name:22} {seconds[-1]:7.1f} s", flush=True)
    print(f"{what}  ratio {seconds[1] / seconds[0]:.2f}")


def change_a_word(course: Path) -> None:
    """As an author does."""
    lesson = course / LESSON
    text = lesson.read_text("utf-8")
    assert "# Where on Earth?" in text  # the title
    lesson.write_text(
        text.replace("# Where on Earth?", "# Where on earth?", 1), "utf-8")


def paint_times(html: Path) -> dict[str, float]:
    """Page -> milliseconds to its largest contentful paint."""
    times = {}
    with served(html) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_program(), chromium_sandbox=False)
        for page in PAGES:
            context = browser.new_context(
                viewport={"width": 1440, "height": 900})
            tab = context.new_page()
            context.new_cdp_session(tab).send(
                "Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            tab.goto(f"{address}/{page}.html")
            times[page] = tab.evaluate(PAINTED)
            context.close()
        browser.close()
    return times


def report_pages(html: Path) -> None:
    """Print when each page was painted, and the latest."""
    times = paint_times(html)
    for page, milliseconds in times.items():
        print(f"painted after {milliseconds:6.0f} ms  {page}")
    print(f"the latest of {len(times)}: {max(times.values()):.0f} ms")


def main() -> None:
    """Build, compare, then look at pages; or only look at pages."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=Path, metavar="FOLDER")
    asked = asked.parse_args()
    if asked.pages:
        report_pages(asked.pages)
        return
    with tempfile.TemporaryDirectory() as folder:
        courses = [copy_of_the_course(Path(folder) / name / "course")
                   for name in ("plain", "ours")]
        side_by_side(BUILDS, courses, "from nothing  ")
        for course in courses:
            change_a_word(course)
        side_by_side(AFTERWARDS, courses, "one word later")
        report_pages(courses[1] / "_build" / "html")


if __name__ == "__main__":
    main()
