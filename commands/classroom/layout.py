"""What trainees may read, and their homes. All but the homes belongs to root
and is made again when the course has changed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from commands.classroom.accounts import as_trainee
from commands.classroom.room import ClassroomError, Room
from commands.exercises.notebooks import nbgrader_config

HERE = Path(__file__).parent
SETTINGS = HERE / "settings"
LAB_SETTINGS = HERE.parent / "lab" / "config" / "labconfig"
# Of the course: not solutions, tests, .git, what a class hands in, the book.
SHOWN = ("course", "helpers", "data", "commands", "LICENSE",
         "LICENSE-content")
# Answers and rubrics; how the data were made, with their planted defects;
# how work is marked; what is not the trainees' business.
CLOSED = ("course/instructors", "course/template", "data/make",
          "commands/grading", "commands/classroom", "commands/handing",
          "commands/rehearsal.py", "commands/rehearsal_shown.py",
          "commands/exercises/mutants.py", "commands/exercises/mutating.py")
STAMP = "copied.txt"


def environment(room: Room) -> dict[str, str]:
    """Variables of a trainee's server."""
    return {"PATH": f"{room.env}/bin:/usr/local/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": str(room.env), "PYTHONUTF8": "1",
            "JUPYTER_CONFIG_PATH": str(room.folder / "settings")}


def make(room: Room) -> None:
    """Write env/, course/ and settings/; close what is not for trainees."""
    previous = os.umask(0o022)
    try:
        for folder in (room.folder, room.homes, room.exchange):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        room.hub.mkdir(exist_ok=True)
        room.hub.chmod(0o700)
        _copy_environment(room)
        _copy_course(room)
        _replace(room.folder / "settings", lambda new: (
            shutil.copytree(SETTINGS, new),
            shutil.copytree(LAB_SETTINGS, new / "labconfig",
                            dirs_exist_ok=True)))
    finally:
        os.umask(previous)


def close(folder: Path) -> None:
    """Only the owner and root may enter."""
    folder.chmod(folder.stat().st_mode & 0o700)


def _replace(folder, write):
    """Write a folder beside the old one, then exchange them."""
    new, old = (folder.with_name(f"{folder.name}.{word}")
                for word in ("new", "old"))
    for one in (new, old):
        shutil.rmtree(one, ignore_errors=True)
    write(new)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


# --- the environment -------------------------------------------------------

def python_for_all(venv: Path) -> Path:
    """The Python that a copy of venv can use: its own, or the system's of
    the same version, if its own lies where only root may go."""
    own = (venv / "bin" / "python").resolve()
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for python in (own, *(Path(folder) / version for folder in (
            "/usr/local/bin", "/usr/bin"))):
        if python.exists() and open_to_all(python):
            return python
    raise ClassroomError(
        f"Trainees cannot use the Python of the course, {own}: it lies in a "
        f"folder that is closed to them. Install {version} for everybody "
        f"(on Debian: apt install {version} python3-venv).")


def open_to_all(path: Path) -> bool:
    """May everybody go there and read it?"""
    return path.stat().st_mode & 0o004 != 0 and all(
        folder.stat().st_mode & 0o001 for folder in path.parents)


def stamp(room: Room) -> str:
    """What the copied environment depends on."""
    packages = room.venv / "lib"
    return (f"{room.venv} {python_for_all(room.venv)} " + " ".join(
        str(one.stat().st_mtime_ns)
        for one in sorted(packages.glob("*/site-packages"))))


def is_copied(room: Room) -> bool:
    """Is env/ what would be copied now?"""
    file = room.env / STAMP
    return file.exists() and file.read_text() == stamp(room)


def _copy_environment(room):
    """Copy the venv, with links to the same files where the disk is the
    same. The copy knows nothing of the course's own folder."""
    if is_copied(room):
        return
    wanted = stamp(room)

    def write(new):
        shutil.copytree(
            room.venv, new, symlinks=True, copy_function=_link,
            ignore=shutil.ignore_patterns(
                "__editable__*", "_editable_impl_*", "open_geodata_course*",
                "cache-*", "*.log", ".lock"))
        python = python_for_all(room.venv)
        for link in (new / "bin").glob("python*"):
            if link.is_symlink():
                link.unlink()
                link.symlink_to(python)
        _rewrite(new / "pyvenv.cfg", "home = .*", f"home = {python.parent}")
        packages, = new.glob("lib/*/site-packages")
        (packages / "course.pth").write_text(f"{room.course}\n")
        for script in (new / "bin").iterdir():
            _rewrite(script, r"\A#!.*\bpython[0-9.]*$",
                     f"#!{room.env}/bin/python")
        (new / STAMP).write_text(wanted)
    _replace(room.env, write)


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _rewrite(file, pattern, text):
    """Change the copy alone: it shares its bytes with the original."""
    if file.is_symlink() or not file.is_file():
        return
    try:
        before = file.read_text("utf-8")
    except UnicodeDecodeError:  # a program, not a script
        return
    after = re.sub(pattern, lambda m: text, before, count=1,
                   flags=re.MULTILINE)
    if after != before:
        mode = file.stat().st_mode
        file.unlink()
        file.write_text(after, encoding="utf-8")
        file.chmod(mode)


# --- the course ------------------------------------------------------------

def _copy_course(room):
    def ignored(folder, names):
        return [name for name in names
                if name in ("__pycache__", "output", ".ipynb_checkpoints")
                or str((Path(folder) / name).relative_to(room.root))
                in CLOSED]

    def write(new):
        new.mkdir()
        for name in SHOWN:
            source = room.root / name
            if source.is_dir():
                shutil.copytree(source, new / name, ignore=ignored)
            elif source.exists():
                shutil.copy(source, new / name)
        for folder, _, files in os.walk(new):
            os.chmod(folder, 0o755)
            for name in files:
                os.chmod(os.path.join(folder, name), 0o644)
    _replace(room.course, write)


def fill_home(room: Room, user: str) -> bool:
    """Put lessons and exercises into a home, and never over a file that is
    there: it may hold work. False if something stands in the way."""
    course_id = nbgrader_config(room.root).CourseDirectory.course_id

    def write():
        home = Path.cwd()
        _add(room.course / "course", home / "course")
        for day in room.days:
            released = room.box(user) / course_id / "outbound" / day
            _add(released, home / "exercises" / day)
        if not os.path.lexists(home / "data"):
            (home / "data").symlink_to(room.course / "data")
    return as_trainee(user, write) == 0


def verify(room: Room, user: str) -> None:
    """Try, with a trainee's rights, what must and what must not work."""
    def programs():
        subprocess.run(
            [room.env / "bin" / "python", "-c",
             "import jupyterhub, nbgrader, helpers.data as d; "
             "list(map(d.path, d.layers()))"],
            env=environment(room), check=True)

    def secrets():
        for path in (room.root / "solutions", room.hub,
                     room.root / "nbgrader_config.py",
                     *(room.homes / other for other in room.names
                       if other != user)):
            if os.access(path, os.R_OK):
                raise ClassroomError(f"{path} can be read")

    if as_trainee(user, programs):
        raise ClassroomError(
            f"The account {user} cannot run the copied packages: see above. "
            f"Delete {room.env} and start again.")
    if as_trainee(user, secrets):
        raise ClassroomError("The account of a trainee can read what it must "
                             "not: see above. The room stays closed.")


def _add(source, target):
    for folder, _, files in os.walk(source):
        there = target / Path(folder).relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not os.path.lexists(there / name):
                shutil.copyfile(Path(folder) / name, there / name)
