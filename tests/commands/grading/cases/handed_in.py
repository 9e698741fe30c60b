"""What trainees and their programs do to notebooks: a table of cases.

A small exercise (`wells`), handed in with every answer right and then bent in
the ways that public reports describe (kinds C01 to C21). Each case says which
checks must still pass and which words the reasons must hold.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.commands.grading.cases.wells import (
    ANSWERS,
    NOTE,
    ROADS,
    TEXT_STUB,
    WELLS,
    blank,
    code_cell,
    get,
    place,
    right,
    text_cell,
)

FILE = f"{WELLS}.ipynb"
ALL = frozenset({"total", "share", "best"})
NOTHING = frozenset()


# --- the table -------------------------------------------------------------

@dataclass(frozen=True)
class Case:
    """files: what lies in the trainee's folder. passes: the checks of the
    wells that must pass. says: words of the reasons, all of them; (): there
    is none. note: what the person who marks reads."""
    files: dict[str, bytes]
    passes: frozenset = ALL
    says: tuple[str, ...] = ()
    note: tuple[str, ...] = (NOTE,)
    refused: dict = field(default_factory=dict)


CASES: dict[str, Case] = {}


def add(name: str, *says: str, passes=ALL, note=(NOTE,), file=FILE,
        **files):
    """Decorate a function that bends a right notebook, or gives another, or
    bytes, or all files."""
    def keep(bend: Callable):
        notebook = right()
        given = bend(notebook)
        given = notebook if given is None else given
        if isinstance(given, bytes) or "cells" in given:
            given = {file: given}
        CASES[name] = Case(
            {where: content if isinstance(content, bytes) else
             json.dumps(content, ensure_ascii=False).encode()
             for where, content in given.items()}, frozenset(passes), says,
            (note,) if isinstance(note, str) else note)
        return bend
    return keep


def each(notebook, change, kind=None):
    for cell in notebook["cells"]:
        if kind in (None, cell["cell_type"]):
            change(cell)


def insert(notebook, before, source, kind="code", name=None, after=False):
    make = code_cell if kind == "code" else text_cell
    cell = make(name or f"n{len(notebook['cells'])}", source)
    notebook["cells"].insert(place(notebook, before) + after, cell)
    return cell


def move(notebook, name, before):
    cell = get(notebook, name)
    notebook["cells"].remove(cell)
    notebook["cells"].insert(place(notebook, before), cell)


def delete(notebook, *names):
    for name in names:
        notebook["cells"].remove(get(notebook, name))


def untouched(notebook, name):
    get(notebook, name)["source"] = get(blank(), name)["source"]


# --- C01, C02, C05, C07: other programs, nothing to be said ----------------

add("C00-right")(lambda notebook: None)


@add("C01-no-ids")
def _(notebook):
    each(notebook, lambda cell: cell.pop("id"))


@add("C01-ids-in-an-older-minor-version")
def _(notebook):
    notebook["nbformat_minor"] = 2


@add("C01-some-ids-and-no-minor-version")
def _(notebook):
    del notebook["nbformat_minor"], notebook["cells"][4]["id"]


@add("C01-ids-that-are-none")
def _(notebook):
    each(notebook, lambda cell: cell.update(id=f"{cell['id']} !"))


@add("C02-ids-in-the-metadata")
def _(notebook):
    def change(cell):
        cell["metadata"]["id"] = cell.pop("id")
        cell["metadata"]["colab"] = {"base_uri": "https://localhost:8080/"}
    each(notebook, change)
    notebook["nbformat_minor"] = 0
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"a1": {}}}


@add("C02-own-cells-of-colab-above")
def _(notebook):
    insert(notebook, "intro", "!pip install -q geopandas")
    insert(notebook, "intro", "from google.colab import drive\n"
           'drive.mount("/content/drive")')


@add("C02-drive-in-the-set-up-cell")
def _(notebook):
    get(notebook, "setup")["source"] = (
        "from google.colab import drive\ndrive.mount('/content/drive')\n"
        "%cd /content/drive\n" + get(notebook, "setup")["source"])


def version_3(notebook, **names):
    def change(cell):
        del cell["id"]
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "language": "python",
                     "prompt_number": cell.pop("execution_count"),
                     "outputs": [{"output_type": "pyout", "text": ["52"],
                                  "prompt_number": 3, "metadata": {}}]}
    each(notebook, change)
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
            "worksheets": [{"cells": notebook["cells"]}]} | names


@add("C05-format-3")
def _(notebook):
    return {FILE: version_3(notebook)}


@add("C05-format-3-with-a-heading")
def _(notebook):
    notebook["cells"].insert(0, {
        "cell_type": "heading", "level": 2, "id": "h", "metadata": {},
        "source": ["My\n", "wells"]})
    return {FILE: version_3(notebook, orig_nbformat=4)}


@add("C07-windows-line-ends")
def _(notebook):
    each(notebook, lambda cell: cell.update(
        source=cell["source"].replace("\n", "\r\n")))


@add("C07-windows-line-ends-as-lists")
def _(notebook):
    each(notebook, lambda cell: cell.update(
        source=cell["source"].replace("\n", "\r\n").splitlines(True)))


@add("C07-unanswered-stays-unanswered", passes=NOTHING, note=())
def _(notebook):
    notebook = blank()
    each(notebook, lambda cell: cell.update(
        source=cell["source"].replace("\n", "\r\n") + "\r\n"))
    return notebook


# --- C03: the metadata are gone --------------------------------------------

@add("C03-all-metadata", "recognised by their ids")
def _(notebook):
    each(notebook, lambda cell: cell.update(metadata={}))


@add("C03-metadata-of-three-cells", "recognised by their ids",
     "'total-answer', 'total', 'note'")
def _(notebook):
    for name in ("total-answer", "total", "note"):
        get(notebook, name)["metadata"] = {}


@add("C03-copied-into-a-fresh-notebook", "recognised by their text")
def _(notebook):
    each(notebook, lambda cell: cell.update(
        metadata={}, id=f"f{id(cell)}"))
    notebook["metadata"] = {}


@add("C03-nothing-kept-and-checks-edited", "recognised by their text",
     "had been changed")
def _(notebook):
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))
    for cell in notebook["cells"]:
        if "check.task" in cell["source"]:
            cell["source"] += "\nprint('done')"


@add("C03-code-alone", "recognised by their text", note=())
def _(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"]
                         if cell["cell_type"] == "code"]
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))


@add("C03-answers-alone", "were missing: they were put back")
def _(notebook):
    notebook["cells"] = [get(notebook, name) for name in ANSWERS[WELLS]]
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))


@add("C03-answers-in-one-cell", "another cell defines")
def _(notebook):
    source = "\n\n\n".join(ANSWERS[WELLS][name] for name in (
        "total-answer", "share-answer"))
    delete(notebook, "share-answer")
    get(notebook, "total-answer")["source"] = source
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))


@add("C03-functions-in-cells-of-their-own", "recognised by their text")
def _(notebook):
    share, dry = ANSWERS[WELLS]["share-answer"].split("\n\n\ndef dry")
    get(notebook, "share-answer")["source"] = share
    insert(notebook, "share", "def dry" + dry)
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))


@add("C03-answers-below-all-checks", "recognised by their text",
     "had been moved")
def _(notebook):
    for name in ("total-answer", "share-answer", "best-answer"):
        move(notebook, name, "after")
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))


@add("C03-an-answer-that-python-cannot-read", "recognised by their text",
     passes={"best"})
def _(notebook):
    get(notebook, "total-answer")["source"] = "def total(wells:\n  return 1"
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))


@add("C03-metadata-of-another-kind", "recognised by their ids")
def _(notebook):
    each(notebook, lambda cell: cell.update(
        metadata={"nbgrader": "removed", "tags": None, "collapsed": "no"}))


# --- C04: keys -------------------------------------------------------------

@add("C04-no-outputs", "outputs")
def _(notebook):
    each(notebook, lambda cell: cell.pop("outputs"), "code")


@add("C04-no-execution-count", "execution_count")
def _(notebook):
    each(notebook, lambda cell: cell.pop("execution_count"), "code")


@add("C04-no-metadata-at-all", "metadata", "recognised by their ids")
def _(notebook):
    each(notebook, lambda cell: cell.pop("metadata"))
    del notebook["metadata"]


@add("C04-as-an-assistant-writes-it", "metadata, outputs")
def _(notebook):
    return {FILE: {"cells": [
        {"cell_type": cell["cell_type"],
         "source": cell["source"].splitlines(True)}
        for cell in notebook["cells"]]}}


@add("C04-text-cells-with-outputs", "what only code cells have")
def _(notebook):
    each(notebook, lambda cell: cell.update(
        outputs=[], execution_count=None), "markdown")


@add("C04-no-source-and-a-cell-that-is-none", "source")
def _(notebook):
    notebook["cells"][3:3] = [{"cell_type": "code", "metadata": {},
                               "outputs": [], "execution_count": 1}, "text",
                              None]


@add("C04-a-cell-type-of-another-program")
def _(notebook):
    get(notebook, "total-answer")["cell_type"] = "python"
    insert(notebook, "task2", "select 1")["cell_type"] = "sql"


@add("C04-outputs-that-are-incomplete")
def _(notebook):
    get(notebook, "chart")["outputs"] = [
        {"output_type": "stream", "text": ["a\n", "b"]},
        {"output_type": "display_data", "data": {"text/plain": ["x"]}},
        {"output_type": "execute_result", "data": {"image/png": None}},
        {"output_type": "error", "traceback": "none"},
        {"output_type": "unknown"}, 3]


@add("C04-the-envelope-of-a-contents-service")
def _(notebook):
    return {FILE: {"name": FILE, "type": "notebook", "content": notebook}}


# --- C06: characters -------------------------------------------------------

def encoded(encoding):
    return lambda notebook: json.dumps(
        notebook, ensure_ascii=False, indent=1).encode(encoding)


for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
    add(f"C06-{encoding}")(encoded(encoding))


@add("C06-bom-and-crlf")
def _(notebook):
    return json.dumps(notebook, indent=1).replace("\n", "\r\n").encode(
        "utf-8-sig")


@add("C06-one-byte-of-windows-1252", "Windows-1252", "line ", "It’s")
def _(notebook):
    get(notebook, "after")["source"] += "\n\nIt@s done."
    return encoded("utf-8")(notebook).replace(b"@s", b"\x92s")


@add("C06-all-of-it-in-windows-1252", "Windows-1252")
def _(notebook):
    return json.dumps(notebook, ensure_ascii=False).replace(
        "·", "-").encode("cp1252")


@add("C06-utf-8-taken-for-1252-by-powershell", "they were restored")
def _(notebook):
    return encoded("utf-8")(notebook).decode("cp1252").encode("utf-16")


@add("C06-line-ends-and-tabs-inside-texts")
def _(notebook):
    return json.dumps(notebook).replace("\\n", "\n").encode()


@add("C06-zeros-at-the-end")
def _(notebook):
    return encoded("utf-8")(notebook) + b"\0" * 400


@add("C06-half-characters", note="wells are")
def _(notebook):
    get(notebook, "note")["source"] = "wells are \ud83d dry"
    return json.dumps(notebook).encode()


# --- C08: no notebook ------------------------------------------------------

MERGED = """{
<<<<<<< HEAD
 "cells": [],
=======
 "cells": 3,
>>>>>>> main
 "nbformat": 4}"""
for name, content, words in (
        ("a-page-of-github", b"\n\n<!DOCTYPE html>\n<html lang='en'><head>"
         b"<link href='https://github.githubassets.com'>", "'Raw'"),
        ("a-login-page", b"<html><body>Please log in</body>", "web page"),
        ("an-exported-page", b"<!DOCTYPE html><html><head><title>e</title>"
         b"<body class='jp-Notebook'>", "web page that was made of it"),
        ("an-error-page-in-xml", b"<?xml version='1.0'?><Error/>", "XML"),
        ("conflict-marks", MERGED.encode(), "line 2: <<<<<<< HEAD"),
        ("conflict-marks-at-the-top", b"<<<<<<< HEAD\n{\n=======\n{}\n"
         b">>>>>>> b\n", "line 1: <<<<<<< HEAD"),
        ("conflict-marks-and-crlf", MERGED.replace("\n", "\r\n").encode(),
         "one of the two sides"),
        ("a-pointer", b"version https://git-lfs.github.com/spec/v1\noid "
         b"sha256:4d\nsize 12\n", "git lfs pull"),
        ("a-pointer-in-utf-16", "version https://git-lfs.github.com/spec/v1"
         .encode("utf-16"), "git lfs pull"),
        ("nothing", b"", "it is empty"), ("spaces", b" \r\n\t", "empty"),
        ("zeros", b"\0" * 900, "zero bytes"),
        ("a-zip", b"PK\x03\x04\x14\x00", "ZIP archive"),
        ("a-gzip", b"\x1f\x8b\x08\x00\x00", "archive"),
        ("a-pdf", b"%PDF-1.7\n", "PDF"),
        ("rich-text", b"{\\rtf1\\ansi hello}", "word processor"),
        ("a-picture", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a-script", b"import json\n\nx = 1\n", "Python script"),
        ("a-script-of-cells", b"# %% [markdown]\n# hello\n!ls\n",
         "Python script"),
        ("a-text-version", b"---\njupyter:\n  jupytext:\n---\n", "jupytext"),
        ("a-link", b"[InternetShortcut]\nURL=https://x", "link"),
        ("cut", json.dumps(right()).encode()[:900], "cut off"),
        ("a-layer", b'{"type": "FeatureCollection", "features": []}',
         "GeoJSON"),
        ("an-answer-of-a-service", b'{"detail": "Not found"}', "'detail'"),
        ("a-list", b"[1, 2]", "cells"), ("a-text", b"Dear teacher",
                                         "line 1 is not JSON"),
        ("deep", b"[" * 50_000, "nested")):
    add(f"C08-{name}", "cannot be read", words, passes=NOTHING, note=())(
        lambda notebook, content=content: content)


@add("C08-conflict-marks-in-a-cell", "cell 5 holds the marks",
     passes={"best"})
def _(notebook):
    answer = get(notebook, "total-answer")
    answer["source"] = ("<<<<<<< HEAD\n" + answer["source"] + "\n=======\n"
                        + answer["source"] + "\n>>>>>>> main")


# --- C09, C14: names -------------------------------------------------------

for name in (f"{FILE}.txt", f"{FILE}.json", f"{WELLS}-Copy1.ipynb",
             f"{WELLS} (1).ipynb", "E00_Wells.ipynb", "e00 wells.ipynb",
             f"Copy of {FILE}", "my work.ipynb", f"{WELLS}.json",
             f"wells/{FILE}", f"{WELLS}.IPYNB"):
    add(f"C09-{name.replace('/', '-in-')}", f"'{name}' was graded",
        f"Rename it to {FILE}", file=name)(lambda notebook: None)


@add("C09-the-copy-is-answered", "as it was given out", "-Copy1.ipynb' was "
     "graded", f"Rename it to {FILE}")
def _(notebook):
    return {FILE: blank(), f"{WELLS}-Copy1.ipynb": notebook}


@add("C09-the-right-one-is-cut", "cut off", "(1).ipynb' was graded")
def _(notebook):
    return {FILE: json.dumps(notebook).encode()[:400],
            f"{WELLS}(1).ipynb": notebook}


@add("C09-two-copies-one-blank", "(2).ipynb' was graded")
def _(notebook):
    return {f"{WELLS} (1).ipynb": blank(), f"{WELLS} (2).ipynb": notebook}


@add("C09-two-different-copies", "rename the one that counts",
     f"{WELLS} (1).ipynb", f"{WELLS} (2).ipynb", passes=NOTHING, note=())
def _(notebook):
    other = right()
    get(other, "note")["source"] = "Another note."
    return {f"{WELLS} (1).ipynb": other, f"{WELLS} (2).ipynb": notebook}


@add("C09-both-are-answered", "it has answers, too")
def _(notebook):
    other = right()
    get(other, "note")["source"] = "Another note."
    return {FILE: notebook, f"{WELLS}-Copy1.ipynb": other}


@add("C09-a-stranger-beside", "no exercise has this name")
def _(notebook):
    return {FILE: notebook, "holiday.ipynb": {
        "cells": [text_cell("t", "# Holiday")], "metadata": {}, "nbformat": 4,
        "nbformat_minor": 5}}


@add("C14-under-the-name-of-another", f"'{ROADS}.ipynb' was graded",
     f"{ROADS}.ipynb looks like E00 · Wells under the name of E01 · Roads")
def _(notebook):
    return {f"{ROADS}.ipynb": notebook}


@add("C14-two-exchanged", "looks like E00 · Wells", "looks like E01 · Roads")
def _(notebook):
    return {f"{ROADS}.ipynb": notebook, FILE: right(ROADS)}


@add("C14-under-both-names", "looks like E00 · Wells")
def _(notebook):
    return {f"{ROADS}.ipynb": notebook, FILE: notebook}


@add("C14-without-its-metadata", "looks like E00 · Wells",
     "recognised by their text")
def _(notebook):
    each(notebook, lambda cell: (cell.update(metadata={}), cell.pop("id")))
    return {f"{ROADS}.ipynb": notebook}


# --- C12: timestamp.txt ----------------------------------------------------

for name, content, says in (
        ("of-nbgrader", b"2024-05-01 10:00:00.000000 UTC", ()),
        ("with-a-zone", b"2024-05-01T10:00:00+01:00\r\n", ()),
        ("of-powershell", "Wednesday, May 1, 2024 10:00:00 AM".encode(
            "utf-16"), ()),
        ("in-words", "hier à dix heures".encode(), ("timestamp.txt",
                                                    "costs nothing")),
        ("in-french", b"mercredi 1 mai 2024 10:00", ("timestamp.txt",)),
        ("empty", b"", ("timestamp.txt",)),
        ("of-month-13", b"2024-13-01 10:00", ("timestamp.txt",))):
    add(f"C12-{name}", *says)(lambda notebook, content=content: {
        FILE: notebook, "timestamp.txt": content})


# --- C13: twice ------------------------------------------------------------

def twice(notebook, name, first, second, **changes):
    cell = get(notebook, name)
    cell["source"] = first
    other = copy.deepcopy(cell) | {"source": second} | changes
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, other)
    return other


@add("C13-code-in-two-halves", "more than once")
def _(notebook):
    share, dry = ANSWERS[WELLS]["share-answer"].split("\n\n\ndef dry")
    twice(notebook, "share-answer", share, "def dry" + dry)


@add("C13-code-split-inside-a-function", "joined")
def _(notebook):
    head, body = ANSWERS[WELLS]["total-answer"].rsplit("\n", 1)
    twice(notebook, "total-answer", head, body, id="x")


@add("C13-a-blank-copy-below", "left empty does not count")
def _(notebook):
    twice(notebook, "total-answer", ANSWERS[WELLS]["total-answer"],
          get(blank(), "total-answer")["source"])


@add("C13-a-blank-copy-above", "left empty does not count")
def _(notebook):
    twice(notebook, "total-answer", get(blank(), "total-answer")["source"],
          ANSWERS[WELLS]["total-answer"], id="again")


@add("C13-another-try-above", "the last one above its check counts")
def _(notebook):
    twice(notebook, "total-answer", "def total(wells):\n    return 1",
          ANSWERS[WELLS]["total-answer"])


@add("C13-text-in-two-halves", "its texts were joined",
     note=("Two wells", "are nearly", "dry"))
def _(notebook):
    twice(notebook, "note", "Two wells", "are nearly dry.")


@add("C13-text-in-two-halves-one-without-metadata", "joined to it",
     note=("Two wells", "are nearly"))
def _(notebook):
    twice(notebook, "note", "Two wells", "are nearly dry.", metadata={},
          id="half")


@add("C13-text-in-two-halves-with-one-id", "joined",
     note=("Two wells", "are nearly"))
def _(notebook):
    twice(notebook, "note", "Two wells", "are nearly dry.", metadata={})


@add("C13-a-blank-text-below", "the one with an answer counts")
def _(notebook):
    twice(notebook, "note", NOTE, TEXT_STUB)


@add("C13-a-check-twice", "run once")
def _(notebook):
    twice(notebook, "total", *[get(notebook, "total")["source"]] * 2)


@add("C13-the-set-up-twice")
def _(notebook):
    twice(notebook, "setup", *[get(notebook, "setup")["source"]] * 2)


# --- C15: pictures ---------------------------------------------------------

PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDw"
         "ADhgGAWjR9awAAAABJRU5ErkJggg==")


def pictured(source, *names):
    def bend(notebook):
        note = get(notebook, "note")
        note["source"] = f"{NOTE}\n\n{source}"
        if names:
            note["attachments"] = {name: {"image/png": PIXEL}
                                   for name in names}
    return bend


add("C15-an-attachment", note="![map](attachment:map.png)")(
    pictured("![map](attachment:map.png)", "map.png"))
add("C15-a-name-with-spaces", note="![](attachment:picture-1.png)")(
    pictured("![](attachment:my%20map%20%281%29.png)", "my map (1).png"))
add("C15-a-name-in-arabic", note="![](attachment:picture-1.png)")(
    pictured("![](attachment:خريطة.png)", "خريطة.png"))
add("C15-a-data-address", note=(NOTE, "(attachment:picture-1.png)", "end"))(
    pictured(f"![m](data:image/png;base64,{PIXEL * 9000}) end"))
add("C15-a-picture-of-word", note=(NOTE, "![a map](attachment:picture-1"))(
    pictured(f'<p><img width=9 src="data:image/png;base64,{PIXEL}" alt="a '
             'map"></p>'))
add("C15-a-picture-that-is-gone", "the picture gone.png",
    note=(NOTE, "The picture gone.png is not in the file"))(
        pictured("![](attachment:gone.png)"))


@add("C15-a-picture-in-a-new-cell", "joined", note=(
    NOTE, "attachment:map.png"))
def _(notebook):
    insert(notebook, "note", "![](attachment:map.png)", "markdown",
           after=True)["attachments"] = {"map.png": {"image/png": PIXEL}}


@add("C15-an-attachment-that-is-no-picture", "the picture map.png",
     note=(NOTE, "not in the file"))
def _(notebook):
    get(notebook, "note").update(
        source=f"{NOTE} ![](attachment:map.png)",
        attachments={"map.png": {"image/png": '"><b onload="x'}})


@add("C15-two-pictures-of-one-name", "joined", note=(
    "attachment:image.png", "attachment:2-image.png"))
def _(notebook):
    get(notebook, "note").update(
        source="![](attachment:image.png)",
        attachments={"image.png": {"image/png": PIXEL}})
    insert(notebook, "note", "![](attachment:image.png)", "markdown",
           after=True)["attachments"] = {"image.png": {
               "image/png": PIXEL[::-1]}}


# --- C20: beside its cell --------------------------------------------------

def note_elsewhere(before, kind="markdown", after=False, source=NOTE):
    def bend(notebook):
        untouched(notebook, "note")
        insert(notebook, before, source, kind, after=after)
    return bend


add("C20-text-below", "joined to it")(note_elsewhere("note", after=True))
add("C20-text-above", "joined to it")(note_elsewhere("note"))
add("C20-raw-text-below", "joined to it")(note_elsewhere("after", "raw"))
add("C20-text-at-the-end", "joined to it")(
    note_elsewhere("after", after=True))
add("C20-text-in-a-code-cell", "joined to it")(
    note_elsewhere("after", "code"))
add("C20-text-in-comments", "joined to it")(
    note_elsewhere("note", "code", source=f"# {NOTE}"))


@add("C20-text-in-the-question", "'task4' was joined")
def _(notebook):
    untouched(notebook, "note")
    get(notebook, "task4")["source"] += f"\n\n{NOTE}"


@add("C20-text-in-the-next-text", "'after' was joined")
def _(notebook):
    untouched(notebook, "note")
    get(notebook, "after")["source"] = (
        f"{NOTE}\n\n{get(notebook, 'after')['source']}")


@add("C20-text-cell-deleted-and-written-anew", "in its place")
def _(notebook):
    delete(notebook, "note")
    insert(notebook, "after", NOTE, "markdown")


@add("C20-the-text-cell-became-code")
def _(notebook):
    get(notebook, "note").update(cell_type="code", outputs=[],
                                 execution_count=None)


@add("C20-code-above-the-blank-cell", "a cell above it defines total")
def _(notebook):
    insert(notebook, "total-answer", ANSWERS[WELLS]["total-answer"])
    untouched(notebook, "total-answer")


@add("C20-code-between-the-blank-cell-and-the-check")
def _(notebook):
    insert(notebook, "total", ANSWERS[WELLS]["total-answer"])
    untouched(notebook, "total-answer")


@add("C20-one-of-two-functions-above", "defines dry")
def _(notebook):
    share, dry = ANSWERS[WELLS]["share-answer"].split("\n\n\ndef dry")
    insert(notebook, "total-answer", "KEY = 'litres'\ndef dry" + dry)
    insert(notebook, "share", share)
    untouched(notebook, "share-answer")


@add("C20-code-in-the-check-cell", "had been changed")
def _(notebook):
    get(notebook, "total")["source"] = (
        ANSWERS[WELLS]["total-answer"] + "\n\n"
        + get(notebook, "total")["source"])
    untouched(notebook, "total-answer")


@add("C20-code-below-the-check", passes={"best"})
def _(notebook):
    insert(notebook, "task3", ANSWERS[WELLS]["total-answer"])
    insert(notebook, "task3", ANSWERS[WELLS]["share-answer"])
    untouched(notebook, "total-answer")
    untouched(notebook, "share-answer")


@add("C20-all-answers-in-one-cell-others-deleted", "another cell defines")
def _(notebook):
    get(notebook, "total-answer")["source"] = "\n\n\n".join(
        ANSWERS[WELLS][name] for name in (
            "total-answer", "share-answer", "best-answer"))
    delete(notebook, "share-answer", "best-answer")


# --- C21: the set-up cell --------------------------------------------------

@add("C21-deleted", "'setup' was missing")
def _(notebook):
    delete(notebook, "setup")


@add("C21-all-of-it-deleted", "'setup', 'limits' were missing")
def _(notebook):
    delete(notebook, "setup", "limits")


@add("C21-moved-to-the-end", "'setup' had been moved")
def _(notebook):
    move(notebook, "setup", "after")


@add("C21-moved-and-without-its-id", "had been moved")
def _(notebook):
    move(notebook, "limits", "look")
    get(notebook, "limits")["id"] = "9f3a"


@add("C21-a-path-on-the-own-disk", "'setup' had been changed",
     r"wells = read('C:\\Users")
def _(notebook):
    get(notebook, "setup")["source"] = (
        "from helpers import check\nimport json\n"
        'wells = read("C:\\\\Users\\\\me\\\\wells.json")')


def needs(notebook, names):
    """The last answer is none without these names."""
    answer = get(notebook, "best-answer")
    answer["source"] = f"assert {names}\n{answer['source']}"


@add("C21-lines-added")
def _(notebook):
    get(notebook, "setup")["source"] += "\nimport math\nHALF = 0.5"
    needs(notebook, "HALF and math.pi")


@add("C21-lines-added-and-a-path", "'setup' had been changed",
     "the lines that were added")
def _(notebook):
    get(notebook, "setup")["source"] = (
        'from helpers import check, data\nwells = open("C:/wells")\n'
        "import math\nHALF = 0.5")
    needs(notebook, "HALF and math.pi and data")


@add("C21-became-text", "'limits' had been changed")
def _(notebook):
    for key in ("outputs", "execution_count"):
        del get(notebook, "limits")[key]
    get(notebook, "limits")["cell_type"] = "markdown"


@add("C21-emptied", "'limits' had been changed")
def _(notebook):
    get(notebook, "limits")["source"] = ""


@add("C21-comments-and-spaces-alone")
def _(notebook):
    get(notebook, "limits")["source"] = "DRY  =  5  # litres"


@add("C21-the-chart-is-theirs")
def _(notebook):
    get(notebook, "chart")["source"] = "print('my own chart')"


# --- faults ----------------------------------------------------------------

@add("F13-a-check-moved-up", "the cell 'total' had been moved")
def _(notebook):
    move(notebook, "total", "intro")


@add("F13-all-checks-moved-up",
     "the cells 'total', 'share', 'best' had been moved")
def _(notebook):
    for name in ("best", "share", "total"):
        move(notebook, name, "task1")


@add("F13-a-check-deleted", "'share' was missing")
def _(notebook):
    delete(notebook, "share")


@add("F13-an-answer-deleted", "'best-answer' was missing",
     passes={"total", "share"})
def _(notebook):
    delete(notebook, "best-answer")


@add("F13-a-check-edited", "'total' had been changed")
def _(notebook):
    get(notebook, "total")["source"] = "print('I agree')"


@add("F13-a-solution-with-its-hidden-tests")
def _(notebook):
    get(notebook, "total")["source"] += (
        "\n    ### BEGIN HIDDEN TESTS\n    check.equal(1, 1)\n"
        "    ### END HIDDEN TESTS")


@add("F13-metadata-that-say-more-points")
def _(notebook):
    get(notebook, "total")["metadata"]["nbgrader"] |= {
        "points": 1000, "solution": True, "locked": False}
    get(notebook, "setup")["metadata"]["tags"] = ["skip-execution"]


@add("F13-another-notebook", "none of the exercise's cells",
     passes=NOTHING, note=())
def _(notebook):
    return {"cells": [code_cell("x", "print(1)")], "metadata": {},
            "nbformat": 4, "nbformat_minor": 5}
