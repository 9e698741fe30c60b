"""Where the parts of a training room are, and what is known of it."""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from helpers.data import ROOT
from helpers.errors import CourseError

FOLDER = Path("/srv/open-geodata")
PORT = 8000


class ClassroomError(CourseError):
    """The training room cannot be opened."""


@dataclass
class Room:
    """folder: all that the room writes. root: the course, closed to
    trainees. venv: the environment that is copied for them. names: account →
    the name shown. due: a day → when it is due, in local time."""
    folder: Path = FOLDER
    port: int = PORT
    root: Path = ROOT
    venv: Path = Path(sys.prefix)
    names: dict[str, str] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)
    due: dict[str, str] = field(default_factory=dict)
    proxy: str = ""

    @property
    def env(self) -> Path:
        return self.folder / "env"

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def homes(self) -> Path:
        return self.folder / "homes"

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    @property
    def hub(self) -> Path:
        return self.folder / "hub"

    @property
    def file(self) -> Path:
        return self.hub / "classroom.json"

    def box(self, user: str) -> Path:
        """nbgrader's exchange of one trainee: its parent is closed to the
        others, because nbgrader opens the exchange itself to everybody."""
        return self.exchange / user / "box"

    def save(self) -> None:
        """Write it down, for JupyterHub and for --collect."""
        self.file.write_text(json.dumps(asdict(self), default=str, indent=1),
                             encoding="utf-8")


def saved(folder: Path) -> Room:
    """The room that was opened in a folder."""
    file = Room(folder).file
    try:
        known = json.loads(file.read_text("utf-8"))
    except PermissionError:
        raise ClassroomError(f"{file} is closed to you: use sudo.") from None
    except (OSError, ValueError):
        raise ClassroomError(
            f"There is no training room in {folder}. Open it first: python "
            "start.py classroom --trainees trainees.csv") from None
    return Room(**known | {name: Path(known[name])
                           for name in ("folder", "root", "venv")})
