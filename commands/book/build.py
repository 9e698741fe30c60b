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

from commands.book import executing, slimming
from commands.book.sphinx_extension import EXECUTED
from commands.exercises import notebooks
from helpers.data import ROOT
from helpers.errors import CourseError, typed

SHOWN = 12  # problems; the rest is in the log
JOBS = executing.SIDE_BY_SIDE  # processes that read, and write, pages
# What `jupyter-book build -W -n --keep-going -q` does, in several processes
# and without executing anything.
SPHINX = """
import sys
from pathlib import Path
from jupyter_book.sphinx import build_sphinx
root = Path(sys.argv[1])
done = build_sphinx(
    root, root / "_build" / "html", noconfig=True,
    path_config=root / "_config.yml", warningiserror=True, keep_going=True,
    quiet=True, jobs=int(sys.argv[2]), confoverrides={
        "external_toc_path": (root / "_toc.yml").as_posix(),
        "latex_individualpages": False, "nitpicky": True,
        "nb_execution_mode": "off"})
sys.exit(bool(done))
"""


class BookError(CourseError):
    """The book could not be built, or has faults."""


def build(root: Path = ROOT, again: bool = False) -> Path:
    """Build the book of the folder root, which has _config.yml and _toc.yml.

    again: execute only the folders of notebooks in which, or for which,
    something has changed since the last build. All pages are made anew.
    Returns _build/html/index.html. Raises NotebookError for a file that is
    no notebook; BookError, with the lines that matter, when a notebook
    fails, when there is any warning, when a page is missing or when a page
    would load something from another server.
    """
    folder = root / "_build"
    _remove(folder, {"executed"} if again else set())
    for page in pages(root):  # Sphinx would not say which file is broken
        file = root / f"{page}.ipynb"
        if file.is_file():
            notebooks.read(file)
    executed = folder / "executed"
    failures = executing.execute(pages(root), root, executed, again)
    folder.mkdir(exist_ok=True)
    if failures:
        _write_log(folder, "\n".join(failures))
        raise BookError(_tell(failures))
    done = subprocess.run(
        [sys.executable, "-c", SPHINX, str(root), str(JOBS)], cwd=root,
        env=os.environ | executing.environment(root) | {
            EXECUTED: str(executed)},
        capture_output=True, encoding="utf-8", errors="replace")
    log = _plain(done.stdout + done.stderr)
    _write_log(folder, log)
    problems = _warnings(log, root)
    if done.returncode and not problems:
        problems = _last_words(log)
    problems = problems or _flaws(folder / "html", pages(root))
    if problems:
        raise BookError(_tell(problems))
    slimming.slim(folder / "html")
    return folder / "html" / "index.html"


def pages(root: Path = ROOT) -> list[str]:
    """The pages of _toc.yml, in order, for example "course/index"."""
    from sphinx_external_toc.parsing import parse_toc_yaml
    return [str(page) for page in parse_toc_yaml(root / "_toc.yml")]


# --- before ----------------------------------------------------------------

def _remove(folder, kept):
    try:
        for path in folder.iterdir() if folder.exists() else ():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path)
            elif path.is_file():
                path.unlink()
    except OSError as error:
        raise BookError(
            f"The last book could not be removed: {error}\nClose the "
            "programs that show its files, then build again.") from None


def _write_log(folder, text):
    (folder / "book.log").write_text(text, encoding="utf-8")


# --- what went wrong -------------------------------------------------------

def _plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _warnings(log, root):
    """Sphinx's warnings, one per problem, paths relative to root."""
    told = []
    for line in log.replace(str(root) + os.sep, "").splitlines():
        if re.search(r"\b(WARNING|ERROR|CRITICAL): ", line):
            told.append(line)
    return told


def _last_words(log):
    """Why the builder itself stopped, without its traceback."""
    said = log.split("Traceback (most recent call last)")[0].strip()
    return said.splitlines()[-SHOWN:] or log.strip().splitlines()[-1:]


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
                        f"{typed(f'check {page}.ipynb')}")
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
