"""What has been graded: reports/<day>.jsonl, so that a run goes on where the
one before it stopped."""

import contextlib
import json
from pathlib import Path


class Notes:
    """What has been graded, and of which files: one line of JSON per
    student; the last one counts."""

    def __init__(self, file: Path):
        self.file = file

    def read(self) -> dict[str, dict]:
        """student → note."""
        notes = {}
        if self.file.exists():
            for line in self.file.read_text("utf-8").splitlines():
                with contextlib.suppress(ValueError):  # cut at its end
                    note = json.loads(line)
                    notes[note["student"]] = note
        return notes

    def add(self, note: dict) -> None:
        """Note one student."""
        with self.file.open("a", encoding="utf-8") as notes:
            # Begin a new line, also after a line that was cut.
            notes.write("\n" + json.dumps(note, ensure_ascii=False))
