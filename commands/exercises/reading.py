"""Bytes that should be a notebook: read them, or say what they are.

Editors, browsers and other programs change files. `parse` reads what can
still be read and says what it repaired. If a file is not a notebook, the
error says what it is, and what to do.
"""

import ast
import io
import json
import re
import zipfile

import nbformat

from commands.exercises import completing
from helpers.errors import CourseError


class NotebookError(CourseError):
    """A notebook cannot be read, found or graded."""


def parse(content: bytes, name: str) -> tuple[nbformat.NotebookNode,
                                              list[str]]:
    """A notebook (format 4.5, valid), and sentences on what was repaired.

    Raises NotebookError: a sentence that begins with the file's name and
    says what the file is instead, and what to do.
    """
    for is_it, sentence in _BINARY:
        if is_it(content):
            raise NotebookError(f"{name} {sentence}")
    text, remarks = decode(content)
    data, rest = _json(text, name)
    data = _unwrapped(data)
    if rest:
        remarks.append("there was text after the end of the notebook: it "
                       "was left out")
    try:
        remarks += completing.complete(data)
        notebook = nbformat.from_dict(data)
    except completing.NoNotebook as error:
        raise NotebookError(f"{name} is not a notebook: {error}") from None
    except RecursionError:
        raise NotebookError(f"{name} {_NESTED}") from None
    if _ESCAPED_HALF.search(text):
        notebook = _without_half_characters(notebook)
    return notebook, remarks


# --- characters ------------------------------------------------------------

def decode(content: bytes) -> tuple[str, list[str]]:
    """The text, in whatever form of Unicode it was written; remarks."""
    encoding = json.detect_encoding(content)
    if encoding.startswith("utf-8"):
        try:
            text, remarks = content.decode("utf-8"), []
        except UnicodeDecodeError:
            text, remarks = _with_windows_1252(
                content.decode("utf-8", "surrogateescape"))
    else:
        text, remarks = content.decode(encoding, "replace"), []
    text = text.lstrip("\ufeff")
    if encoding != "utf-8" and not remarks:  # as PowerShell writes it
        text, remarks = _once(text)
    return text, remarks


_NO_UTF8 = re.compile("[\udc80-\udcff]+")  # as surrogateescape gives them


def _with_windows_1252(text):
    """Bytes that are not UTF-8 are read as Windows-1252, the character set
    of word processors."""
    first = _NO_UTF8.search(text)

    def as_windows(match):
        return match[0].encode("utf-8", "surrogateescape").decode(
            "cp1252", "replace")

    line = text.count("\n", 0, first.start()) + 1
    around = " ".join(_NO_UTF8.sub(as_windows, text[
        text.rfind("\n", 0, first.start()) + 1:first.end() + 20
        ][-60:].partition("\n")[0]).split())
    text, places = _NO_UTF8.subn(as_windows, text)
    where = f"line {line}, near “{around}”" + (
        f", and {places - 1} more" if places > 1 else "")
    return text, ["the file held characters that are not UTF-8: they were "
                  f"read as Windows-1252 ({where})"]


def _once(text):
    """The right text, where a program has read UTF-8 as a Windows code page
    and written it again ("Ã©" for "é")."""
    if not text.isascii():
        for back in _TO_BYTES:
            try:
                return text.translate(back).encode("latin-1").decode(
                    "utf-8"), ["letters with accents or in Arabic had been "
                               "broken by another program (“Ã©” for “é”): "
                               "they were restored"]
            except UnicodeError:
                continue
    return text, []


def _bytes_of(code_page):
    """Character → the byte that it stands for, both as code points. Windows
    keeps bytes that the code page does not define."""
    back = {}
    for byte in range(0x80, 0x100):
        try:
            back[ord(bytes([byte]).decode(code_page))] = byte
        except UnicodeDecodeError:
            back[byte] = byte
    # Other letters of Latin-1 are not bytes of this code page.
    return {**dict.fromkeys(range(0x80, 0x100), 0xFFFD), **back}


_TO_BYTES = [_bytes_of(page) for page in ("cp1252", "cp1256", "cp850")]
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _without_half_characters(notebook):
    """Lone surrogates, which no file can hold, become question marks."""
    try:
        json.dumps(notebook, ensure_ascii=False).encode("utf-8")
        return notebook
    except UnicodeEncodeError:
        clean = json.dumps(notebook, ensure_ascii=False).encode(
            "utf-8", "replace")
        return nbformat.from_dict(json.loads(clean))


# --- JSON ------------------------------------------------------------------

def _json(text, name):
    """The first value in a text, and what follows it. Line ends inside a
    JSON text, which some programs leave there, are accepted."""
    start = len(text) - len(text.lstrip())
    try:
        data, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        return data, text[end:].strip(" \t\r\n\0")
    except RecursionError:
        raise NotebookError(f"{name} {_NESTED}") from None
    except json.JSONDecodeError as error:
        line = _CONFLICT.search(text)
        if line:
            number = text.count("\n", 0, line.start()) + 1
            raise NotebookError(
                f"{name} holds the marks of an unfinished merge of Git (line "
                f"{number}: {line[0].strip()}). Choose one of the two sides "
                "between the marks, delete the marks, and hand the file in "
                "again.") from None
        for is_it, sentence in _TEXTS:
            if is_it(text):
                raise NotebookError(f"{name} {sentence}") from None
        if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
            raise NotebookError(
                f"{name} is not a notebook: it is cut off at line "
                f"{error.lineno}. A download or a copy was interrupted; take "
                "a fresh copy.") from None
        raise NotebookError(
            f"{name} is not a notebook: line {error.lineno} is not JSON. A "
            "text editor or another program may have changed it; take a "
            "fresh copy.") from None


def _unwrapped(data):
    """The notebook, if a program put it into a text or into other JSON."""
    if isinstance(data, str) and data.lstrip().startswith("{"):
        try:
            data = json.loads(data, strict=False)
        except ValueError:
            return data
    if isinstance(data, dict) and "cells" not in data and isinstance(
            data.get("content"), dict) and "cells" in data["content"]:
        return data["content"]  # as Jupyter's contents service sends it
    return data


_NESTED = ("is not a notebook: its JSON is nested too deeply. Take a fresh "
           "copy.")
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?:[ \r].*)?$", re.MULTILINE)


# --- what is no notebook ---------------------------------------------------

def _begins(*starts):
    return lambda content: content.startswith(starts)


def _is_zip_with(*parts):
    """Is it a ZIP archive that holds a file with such a name?"""
    def is_it(content):
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            names = []
        return not parts or any(part in one for one in names[:1000]
                                for part in parts)
    return is_it


def _page_with(*words):
    """Is it an HTML page that holds such a word?"""
    def is_it(text):
        head = text[:200_000].lower()
        start = head.lstrip()[:2000]
        return (start.startswith("<") and ("<html" in start
                                           or "<!doctype html" in start)
                and (not words or any(word in head for word in words)))
    return is_it


def _is_script(text):
    """Is it Python that does something?"""
    try:
        body = ast.parse(text[:200_000]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return re.search(r"^# (?:%%|In ?\[)", text[:200_000],
                         re.MULTILINE) is not None
    return any(isinstance(one, (ast.Import, ast.ImportFrom, ast.Assign,
                                ast.FunctionDef)) for one in body)


_DOWNLOAD = ("Open the notebook there, use the button 'Raw' or 'Download', "
             "and hand in the file that this gives.")
_BINARY = [
    (lambda content: not content.strip(),
     "is not a notebook: it is empty. Copy the file again; the program that "
     "made it may not have saved it."),
    (lambda content: not content.strip(b"\0"),
     "is not a notebook: it holds only zero bytes. A cloud drive or a full "
     "disk has not stored its content; take a fresh copy."),
    (_is_zip_with("word/", "xl/", "ppt/", "mimetype"),
     "is not a notebook but a document of an office program, renamed. Hand "
     "in the notebook itself."),
    (_is_zip_with(),
     "is not a notebook but a ZIP archive, renamed. Give it the ending .zip, "
     "unpack it, and hand in the notebook that is in it."),
    (_begins(b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ"),
     "is not a notebook but a compressed archive, renamed. Unpack it, and "
     "hand in the notebook that is in it."),
    (_begins(b"%PDF"),
     "is not a notebook but a PDF, renamed. Hand in the notebook itself: a "
     "PDF holds only its picture."),
    (_begins(b"{\\rtf", b"\xd0\xcf\x11\xe0"),
     "is not a notebook but a document of a word processor. Hand in the "
     "notebook itself, as JupyterLab saves it."),
    (_begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"),
     "is not a notebook but a picture, renamed. Hand in the notebook "
     "itself."),
    (_begins(b"L\0\0\0\x01\x14\x02\0"),
     "is not a notebook but a shortcut of Windows to a file on another "
     "computer. Hand in the file itself."),
]
_TEXTS = [
    (lambda text: text.lstrip().startswith("version https://git-lfs"),
     "is not the notebook but a pointer of Git LFS to it. Run: git lfs pull "
     "– and hand in the file again."),
    (_page_with("jp-notebook", "nbconvert"),
     "is not the notebook but a web page that was made of it (File → Save "
     "and Export). Hand in the notebook itself: File → Download."),
    (_page_with("github"),
     f"is not the notebook but the web page of GitHub around it. {_DOWNLOAD}"
     ),
    (_page_with(),
     "is not the notebook but a web page (perhaps the one around it, or one "
     f"that asks to log in). {_DOWNLOAD}"),
    (lambda text: text.lstrip().startswith("<"),
     "is not a notebook but a text in XML. Hand in the notebook itself."),
    (lambda text: text.lstrip().startswith("[InternetShortcut]"),
     "is not the notebook but a link to a web page. Open the link, download "
     "the notebook, and hand in that file."),
    (lambda text: "jupytext" in text[:1000],
     "is not a notebook but its text version (jupytext). Open it as a "
     "notebook in JupyterLab, save it as .ipynb, and hand in that file."),
    (lambda text: not text.lstrip().startswith(("{", "[")) and
     _is_script(text),
     "is not a notebook but a Python script. Hand in the notebook itself, "
     "as JupyterLab saves it."),
]
