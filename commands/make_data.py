"""Make data/ again from data/make, or compare without writing.

data/make is the package data.make. It is loaded from its place in this copy
of the course, not from the path: there, Python prefers any installed package
called `data` to a folder `data` without `__init__.py`. (pygeoapi, for
example, installs a package called `tests`.)
"""

import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from commands.exercises import uses
from helpers.data import DATA, ROOT, sha256
from helpers.errors import CourseError, typed

PACKAGE = "data.make"
TRUTH = ROOT / "solutions" / "truth"  # which the exercises do not ship


def make(out: Path = DATA, seed: int | None = None,
         force: bool = False) -> list[str]:
    """Make all layers in out; returns their paths, relative to it.

    A folder other than data/ must be empty, or force must be given; its truth
    tables go to out/truth. Another seed makes another, equally valid world.
    The course's own folder takes only its own seed; there, a layer that
    somebody has changed is not overwritten without force.
    """
    out = Path(out)
    is_own = out.resolve() == DATA.resolve()
    if is_own:
        _refuse_to_change_the_course(seed, force)
    else:
        _refuse_to_overwrite(out, force)
    try:
        builder().build(out, TRUTH if is_own else out / "truth", seed,
                        uses.used_by())
    except (OSError, ValueError) as error:
        raise CourseError(f"data/ cannot be made: {error}") from None
    return [*(resource["path"] for resource in _resources(out)),
            "datapackage.json", "README.md"]


def differences(data: Path = DATA, truth: Path = TRUTH) -> list[str]:
    """What `make` would change in data and in the truth tables: one line
    per file.
    """
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        make(fresh)
        return compare(fresh, data, truth)


def compare(fresh: Path, data: Path = DATA, truth: Path = TRUTH
            ) -> list[str]:
    """How data and truth differ from what `make` wrote into fresh: one line
    per file.
    """
    names = [*(resource["path"] for resource in _resources(fresh)),
             "datapackage.json", "README.md"]
    pairs = [(f"data/{name}", data / name, fresh / name) for name in names]
    pairs += [(f"solutions/truth/{file.name}", truth / file.name, file)
              for file in sorted((fresh / "truth").glob("*.csv"))]
    lines = []
    for name, present, made in pairs:
        if not present.is_file():
            lines.append(f"{name} is missing")
        elif sha256(present) != sha256(made):
            lines.append(f"{name} is not what data/make makes")
    return lines


def builder() -> ModuleType:
    """The module data.make.build of this copy of the course.

    Afterwards, `from data.make.family import module` gives modules of this
    copy, too.
    """
    if PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PACKAGE, DATA / "make" / "__init__.py")
        sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[PACKAGE])
    return importlib.import_module(f"{PACKAGE}.build")


def _refuse_to_change_the_course(seed, force):
    """Raise CourseError where data/ would become another world, or would
    lose changes.
    """
    if seed is not None:
        raise CourseError(
            "Another seed would change the course's own data. Name a "
            f"folder: {typed(f'data --seed {seed} --out FOLDER')}")
    changed = [] if force else _changed(DATA)
    if changed:
        raise CourseError("\n".join([
            "These files hold changes of yours, so nothing was written:",
            *(f"  data/{name}" for name in changed),
            "Keep a copy of them outside data/, then use --force."]))


def _refuse_to_overwrite(out, force):
    """Raise CourseError where out is not a folder or holds files."""
    if out.is_file():
        raise CourseError(f"{out} is a file, not a folder")
    if out.is_dir() and any(out.iterdir()) and not force:
        raise CourseError(f"{out} is not empty, so nothing was written. "
                          "Choose another folder, or use --force.")


def _changed(folder):
    """Files that differ from datapackage.json. Received files are only read,
    so they are not compared.
    """
    return [resource["path"] for resource in _resources(folder)
            if not resource["path"].startswith("received/")
            and (folder / resource["path"]).is_file()
            and f"sha256:{sha256(folder / resource['path'])}"
            != resource["hash"]]


def _resources(folder):
    package = folder / "datapackage.json"
    if not package.is_file():  # it is made too
        return []
    return json.loads(package.read_text(encoding="utf-8"))["resources"]
