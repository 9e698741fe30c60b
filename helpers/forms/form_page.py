"""The page to fill in a form: one HTML file, for any browser, offline.

It is ODK Web Forms (npm package @getodk/web-forms). Node builds the page
without a form once per machine; `page` puts a form into a copy of it.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

from helpers.forms import xml_source
from helpers.forms.xml_source import FormError

SOURCES = Path(__file__).parent / "web"
PARTS = ("main.mjs", "package.json", "page.html")
BUILT = SOURCES / "_build"  # never committed; the book empties ROOT/_build


def page(form_xml: str | Path, out: str | Path) -> Path | None:
    """Write a page to fill in a form.

    form_xml is the XForm that pyxform wrote: its text, or its file. The
    button Send offers the submission as a file, submission.xml. Returns out
    as a Path. If the page cannot be built, prints why and returns None.
    Raises FormError when form_xml cannot be read.
    """
    form = xml_source.read(form_xml)
    title = next((element.text for element in xml_source.parse(form_xml).iter()
                  if xml_source.local_name(element) == "title"), None)
    try:
        html = build().read_text(encoding="utf-8")
    except FormError as error:
        print(f"No page to fill in: {error}\n"
              "The session goes on with the shipped submissions.")
        return None
    script = json.dumps(form).replace("<", "\\u003c")  # ends no <script>
    html = html.replace("@TITLE@", escape(title or "Form"), 1)
    html = html.replace('"@FORM@"', script, 1)
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8")
    return out


def build() -> Path:
    """The file of the page without a form. Builds it if it is missing.

    Raises FormError where Node, npm or the network is missing.
    """
    files = [SOURCES / name for name in PARTS]
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    built = BUILT / f"page-{state.hexdigest()[:12]}.html"
    if built.is_file():
        return built
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise FormError("Node is not installed on this machine.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for file in files:
            shutil.copy(file, folder)
        html = _bundled(folder, node, npm)
    BUILT.mkdir(parents=True, exist_ok=True)
    for older in BUILT.glob("page-*.html"):
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
        raise FormError(
            f"'{Path(command[0]).stem} {command[1]}' stopped: {output[0]}\n"
            "The page is built once, with the internet: "
            "python -m helpers.forms")
