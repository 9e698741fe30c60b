"""Damaged files, each with what must be found and its sound twin.

`python -m tests.commands.audit.corpus FOLDER` writes all of them and
corpus.json, which says what they hold.
"""

import json
import sys
from pathlib import Path

from tests.commands.audit.damaged import (  # noqa: F401  they register
    content,
    layers,
    shapefiles,
    sheets,
    tables,
    xml,
)
from tests.commands.audit.damaged.case import CASES, TWINS, Case

__all__ = ["CASES", "TWINS", "Case", "write"]


def write(folder: Path) -> list[dict]:
    """All files, each in a folder of its own."""
    listed = []
    for number, each in enumerate(CASES.values(), 1):
        places = {}
        for kind, make in (("damaged", each.make),
                           ("twin", TWINS[each.twin])):
            place = folder / f"{number:03}" / kind
            place.mkdir(parents=True)
            places[kind] = str(make(place))
        listed.append({
            "name": each.name, "kind": each.kind, "rows": each.rows,
            "codes": None if each.codes is None else sorted(each.codes),
            **places})
    (folder / "corpus.json").write_text(json.dumps(
        listed, indent=1, ensure_ascii=False), "utf-8")
    return listed


if __name__ == "__main__":
    print(len(write(Path(sys.argv[1]))), "damaged files")
