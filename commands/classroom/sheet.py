"""The sheet of access codes, to print and cut: one slip per trainee."""

import os
from pathlib import Path

import jinja2

from commands import printing
from commands.terminal import printable_name

TEMPLATES = Path(__file__).parent / "templates"


def html(address: str, names: dict[str, str], codes: dict[str, str]) -> str:
    """The whole page. names: account → the name shown."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True).get_template("sheet.html.j2").render(
            address=address, slips=[
                {"user": user, "name": printable_name(name),
                 "code": codes[user]} for user, name in names.items()])


def write(folder: Path, page: str) -> list[Path]:
    """codes.html and, where a Chromium is found, codes.pdf. They belong to
    the person who called sudo, and nobody else may read them. Files of the
    same codes stay."""
    files = [folder / "codes.html"]
    if files[0].exists() and files[0].read_bytes() == page.encode() and (
            folder / "codes.pdf").exists():
        return [*files, folder / "codes.pdf"]
    _put(files[0], page.encode())
    pdf = printed(page)
    if pdf:
        files.append(folder / "codes.pdf")
        _put(files[1], pdf)
    return files


def printed(page: str) -> bytes:
    """The page as PDF; empty where there is no Chromium."""
    with printing.printer() as to_pdf:
        return to_pdf(page) if to_pdf else b""


def _put(file, content):
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
              "wb") as opened:
        opened.write(content)
    if os.environ.get("SUDO_UID", "").isdecimal():
        os.chown(file, int(os.environ["SUDO_UID"]), -1)
