"""The page to fill in forms, without a form: built once per machine.

    python -m commands.lab.form_page

It is ODK Web Forms (npm package @getodk/web-forms). The build needs Node and
npm on this machine, and the internet. `helpers.forms.page` puts a form into
a copy of the page.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.data import ROOT
from helpers.errors import CourseError
from helpers.forms.pages import BUILT, WITHOUT

SOURCES = Path(__file__).parent / "web"
PARTS = ("main.mjs", "package.json", "page.html")


def build(folder: Path = BUILT) -> Path:
    """The file of the page in this folder. Builds it if it is missing, or
    was built from other sources.

    Raises CourseError where Node, npm or the network is missing.
    """
    files = [SOURCES / name for name in PARTS]
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    built = folder / f"page-{state.hexdigest()[:12]}.html"
    if built.is_file():
        return built
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise CourseError(
            "The page cannot be built: Node is not installed on this machine."
            f"\n{WITHOUT}")
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            shutil.copy(file, scratch)
        html = _bundled(Path(scratch), node, npm)
    folder.mkdir(parents=True, exist_ok=True)
    for older in folder.glob("page-*.html"):
        older.unlink(missing_ok=True)
    built.write_text(html, encoding="utf-8")
    return built


def _bundled(folder: Path, node: str, npm: str) -> str:
    """The page with its script inside; folder holds the PARTS."""
    _run(folder, npm, "install", "--ignore-scripts", "--no-audit",
         "--no-fund", "--no-package-lock", "--prefer-offline",
         # Where the network is cut or slow, npm must stop soon.
         "--fetch-retries=0", "--fetch-timeout=30000")
    _run(folder, node, "node_modules/esbuild/bin/esbuild", "main.mjs",
         "--bundle", "--minify", "--format=esm", "--charset=utf8",
         "--legal-comments=eof", "--log-level=error",
         '--define:process.env.NODE_ENV="production"',
         "--outfile=bundle.js")
    script = (folder / "bundle.js").read_text(encoding="utf-8")
    html = (folder / "page.html").read_text(encoding="utf-8")
    return html.replace("@SCRIPT@", script, 1)


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True,
                          text=True, encoding="utf-8", errors="replace")
    if done.returncode:
        output = (done.stderr or done.stdout).strip().splitlines() or [""]
        raise CourseError(
            f"'{Path(command[0]).stem} {command[1]}' stopped: {output[0]}\n"
            f"The page is built once, with the internet. {WITHOUT}")


if __name__ == "__main__":
    try:
        print(f"The form page is built: {build().relative_to(ROOT)}")
    except CourseError as problem:
        sys.exit(str(problem))
