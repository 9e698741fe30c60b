"""The book: built from nothing, every notebook executed, strict.

Jupyter Book accepts a failed notebook, forgets its errors in a second build,
and reuses results when helpers/ or data/ have changed. So here everything is
built again, each warning is an error, and the pages are checked afterwards.
"""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

from commands.exercises import notebooks
from helpers.data import ROOT
from helpers.errors import CourseError
from helpers.explore import show

SHOWN = 12  # problems; the rest is in the log


class BookError(CourseError):
    """The book could not be built, or has faults."""


def build(root: Path = ROOT) -> Path:
    """Build the book of the folder root, which has _config.yml and _toc.yml.

    Returns _build/html/index.html. Raises NotebookError for a file that is
    no notebook; BookError, with the lines that matter, when a notebook
    fails, when there is any warning, when a page is missing or when a page
    would load something from another server.
    """
    folder = root / "_build"
    _remove(folder)
    for page in pages(root):  # Sphinx would not say which file is broken
        file = root / f"{page}.ipynb"
        if file.is_file():
            notebooks.read(file)
    _make_font_cache()
    done = subprocess.run(
        [sys.executable, "-c",
         "from jupyter_book.cli.main import main; main()",
         "build", "-W", "-n", "--keep-going", "-q", str(root)],
        cwd=root, env=_environment(root), capture_output=True,
        encoding="utf-8", errors="replace")
    log = _plain(done.stdout + done.stderr)
    folder.mkdir(exist_ok=True)
    (folder / "book.log").write_text(log, encoding="utf-8")
    problems = _warnings(log, root)
    if done.returncode and not problems:
        problems = _last_words(log)
    problems = problems or _flaws(folder / "html", pages(root))
    if problems:
        raise BookError(_tell(problems))
    return folder / "html" / "index.html"


def pages(root: Path = ROOT) -> list[str]:
    """The pages of _toc.yml, in order, for example "course/index"."""
    from sphinx_external_toc.parsing import parse_toc_yaml
    return [str(page) for page in parse_toc_yaml(root / "_toc.yml")]


# --- before ----------------------------------------------------------------

def _remove(folder):
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise BookError(
            f"The last book could not be removed: {error}\nClose the "
            "programs that show its files, then build again.") from None


def _make_font_cache():
    """Make it now: else matplotlib prints a message in the first notebook."""
    import matplotlib.font_manager  # noqa: F401


def _environment(root):
    # Kernels import these very helpers, also in a copy of the course.
    path = filter(None, [str(root), os.environ.get("PYTHONPATH")])
    return os.environ | {
        show.STATIC: "1", "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join(path)}


# --- what went wrong -------------------------------------------------------

def _plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _warnings(log, root):
    """Sphinx's warnings, one per problem, paths relative to root."""
    told = []
    for line in log.replace(str(root) + os.sep, "").splitlines():
        if re.search(r"\b(WARNING|ERROR|CRITICAL): ", line):
            told.append(line)
    reports = root / "_build" / "html" / "reports"
    for report in sorted(reports.rglob("*.err.log")):
        page = report.relative_to(reports).as_posix()
        told.append(page.removesuffix(".err.log") + " stopped in this cell:\n"
                    + _failed_cell(report.read_text(encoding="utf-8")))
    return told


def _last_words(log):
    """Why the builder itself stopped, without its traceback."""
    said = log.split("Traceback (most recent call last)")[0]
    return said.strip().splitlines()[-SHOWN:]


def _failed_cell(report):
    """The cell and the error of a traceback, without its frames."""
    report = _plain(report).strip()
    cell = re.search(r"-{10,}\n(.*?)\n-{10,}", report, re.DOTALL)
    lines = cell[1].splitlines()[:SHOWN] if cell else []
    return "\n".join("    " + line
                     for line in [*lines, report.splitlines()[-1]])


def _flaws(html, wanted):
    """What Sphinx accepts: lost pages, other servers, wrong answers."""
    told = []
    for page in wanted:
        file = html / f"{page}.html"
        if not file.is_file():
            told.append(f"The page {page} of _toc.yml was not made.")
            continue
        seen = _Page(file.read_text(encoding="utf-8"))
        told += [f"{page} would load {url} from another server."
                 for url in seen.external]
        if seen.failed and page.startswith("solutions/"):
            told.append(f"{page}: a check does not hold. See it with: "
                        f"python start.py check {page}.ipynb")
    return told


def _tell(problems):
    more = len(problems) - SHOWN
    lines = ["The book is not built:", *problems[:SHOWN]]
    if more > 0:
        lines.append(f"… and {more} more.")
    return "\n".join([*lines, "All messages: _build/book.log"])


class _Page(HTMLParser):
    """What a page loads from other servers; whether a cell failed."""

    LOADED: ClassVar = {
        "script": "src", "img": "src", "iframe": "src", "source": "src",
        "embed": "src", "video": "src", "audio": "src", "object": "data",
        "link": "href"}
    NOT_LOADED: ClassVar = {
        "canonical", "next", "prev", "index", "search", "author"}

    def __init__(self, text):
        super().__init__()
        self.external, self.failed = [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        url = attributes.get(self.LOADED.get(tag)) or ""
        kept = attributes.get("rel") in self.NOT_LOADED
        if re.match(r"(https?:)?//", url) and not kept:
            self.external.append(url)
        if "traceback" in (attributes.get("class") or "").split():
            self.failed = True
        if attributes.get("srcdoc"):
            self.external += _Page(attributes["srcdoc"]).external

    handle_startendtag = handle_starttag
