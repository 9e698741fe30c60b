"""The built book as one zip: it opens from a disk, with its search."""

import zipfile
from pathlib import Path

NAME = "open-geodata-book"
LEFT_OUT = {".buildinfo"}  # _sources: its notebooks are downloads


def zip_book(html: Path, to: Path | None = None) -> str:
    """Write the zip; without to, beside the folder html. Returns what is
    said about it."""
    to = to or html.parent / f"{NAME}.zip"
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(html.rglob("*")):
            path = file.relative_to(html)
            if file.is_file() and not LEFT_OUT & set(path.parts):
                packed.write(file, f"{NAME}/{path.as_posix()}")
    return (f"{to}: {to.stat().st_size / 1e6:.1f} MB. Unzip it, then open "
            f"{NAME}/index.html.")
