"""Pages to fill in: each is one HTML file, for any browser, offline."""

import json
import shutil
import xml.etree.ElementTree as ET
from html import escape
from pathlib import Path

BUILT = Path(__file__).parent / "_build"  # ODK Web Forms; never committed
WITHOUT = "Ask your trainer for the page, or go on without it."
NOT_BUILT = f"""No page to fill in: it was not built on this machine.
{WITHOUT} To build it, once,
with Node and the internet, in a cell: !python -m commands.lab.form_page"""


def page(xform: str, out: str | Path) -> Path | None:
    """Write a page to fill in a form, and return its path.

    xform: the XML that pyxform wrote. The button Send offers the submission
    as a file, submission.xml. Where ODK Web Forms was not built on this
    machine, prints how to build it and returns None.
    """
    built = next(BUILT.glob("page-*.html"), None)
    if built is None:
        print(NOT_BUILT)
        return None
    title = ET.fromstring(xform).findtext(".//{*}title") or "Form"
    script = json.dumps(xform).replace("<", "\\u003c")  # ends no <script>
    html = built.read_text("utf-8").replace("@TITLE@", escape(title), 1)
    out = _ready(out)
    out.write_text(html.replace('"@FORM@"', script, 1), "utf-8")
    return out


def dataset_page(out: str | Path) -> Path:
    """Write a page to describe a dataset with CKAN's field names, and return
    its path. Its Save offers ckan_dataset.json: the parameters of CKAN's
    `package_create` (docs.ckan.org, API guide)."""
    form = Path(__file__).with_name("dataset_page.html")
    return Path(shutil.copyfile(form, _ready(out)))


def _ready(out: str | Path) -> Path:
    """The path of a file whose folder exists."""
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    return out
