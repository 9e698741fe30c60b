"""Is everything there? `report()` prints one line a check, in plain words."""

# All else is imported where it is checked: what is missing is said, not met.
import re
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from helpers import data
from helpers.errors import CourseError

DO = "What to do: "
REMEDY = ("stop JupyterLab and run: python start.py (the ✗ stays? Delete the "
          "folder .venv of the course, then run it again)")
# Tunis: longitude and latitude (EPSG:4326), east and north (EPSG:32632).
TUNIS, TUNIS_METRES = (10.1815, 36.8065), (605_393, 4_074_058)
OPTIONAL = {"QGIS": "qgis qgis-bin qgis-ltr-bin", "Java": "java",
            "Chromium": "chromium chromium-browser google-chrome msedge"}


def report() -> None:
    """Print a line a check: ✓ ready, ✗ and what to do, ○ optional."""
    checks = [_python, _packages, _data, _places, _folder, _arabic, _jupyter]
    wrong = [_line(check) for check in checks].count(False)
    for name, programs in OPTIONAL.items():
        print(f"✓ {name} is here (optional)"
              if any(map(shutil.which, programs.split())) else
              f"○ {name} was not found: optional, the course goes on without")
    print(f"{wrong} of {len(checks)} checks failed: begin with the first ✗."
          if wrong else "Everything is there: you can start.")


def _line(check) -> bool:
    """Run one check and print its line; whatever happens becomes words."""
    sign = "✗"
    try:
        sign, told = "✓", check()
    except CourseError as error:
        told = str(error)
    except Exception as error:  # a broken installation breaks in many ways
        told = f"No check of {check.__name__[1:]}: {error!r}. {DO}{REMEDY}"
    print(sign, " ".join(told.split()))
    return sign == "✓"


def _need(holds, found: str, remedy: str = REMEDY):
    if not holds:
        raise CourseError(f"{found}. {DO}{remedy}")


def _python():
    text = (data.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    low, end = map(int, re.search(r">=3\.(\d+),<3\.(\d+)", text).groups())
    found = "Python {}.{}".format(*sys.version_info)
    _need((3, low) <= sys.version_info[:2] < (3, end),
          f"This is {found}; the course needs 3.{low} to 3.{end - 1}")
    return found


def _packages():
    from packaging.requirements import Requirement
    text = (data.ROOT / "requirements.txt").read_text(encoding="utf-8")
    here = {}
    for one in metadata.distributions():  # the first on sys.path is imported
        here.setdefault(re.sub("[-_.]+", "-", one.name).lower(), one.version)
    wanted = [one for one in map(Requirement, text.splitlines())
              if not one.marker or one.marker.evaluate()]
    wrong = [f"{one.name} is {here.get(one.name, 'missing')}" for one in wanted
             if not one.specifier.contains(here.get(one.name, "0"))]
    _need(not wrong, f"{len(wrong)} of {len(wanted)} packages are missing or "
          f"not of the version in requirements.txt: {', '.join(wrong[:3])}")
    return f"{len(wanted)} packages, each of the version the course names"


def _data():
    files = list(map(data.path, data.layers()))  # path() compares checksums
    return f"{len(files)} data files, none missing, none altered"


def _places():
    import pyogrio  # noqa: E401 - each has own tables
    import pyproj
    import rasterio.warp
    ours = pyproj.Transformer.from_crs(4326, 32632, always_xy=True)
    theirs = rasterio.warp.transform(4326, 32632, TUNIS[:1], TUNIS[1:])
    for east, north in (ours.transform(*TUNIS), sum(theirs, [])):
        _need(abs(east - TUNIS_METRES[0]) + abs(north - TUNIS_METRES[1]) < 2,
              f"Tunis lands at {east:.0f}, {north:.0f} in EPSG:32632")
    _need(pyogrio.get_gdal_data_path(), "GDAL lacks its own tables")
    return f"PROJ {pyproj.proj_version_str} and GDAL put Tunis where it is"


def _folder():
    try:
        tempfile.TemporaryFile(dir=Path.cwd()).close()
    except OSError as error:
        _need(False, f"Nothing can be written in {Path.cwd()} ({error})",
              "move the course to a folder of your own and start it there")
    return f"The folder {Path.cwd().name} can be written"


def _arabic():
    from matplotlib.textpath import TextPath
    joined, apart, line = (TextPath((0, 0), text) for text in (
        "\u0628" * 3, "\u200c".join("\u0628" * 3), "\u0627\u0628"))
    tallest = line.vertices[line.vertices[:, 1].argmax(), 0]  # alef, the first
    _need(joined.get_extents().width < 0.9 * apart.get_extents().width
          and tallest > line.vertices[:, 0].mean(),
          "Figures do not join Arabic letters from right to left")
    return "Figures join Arabic letters, from right to left: تونس"


def _jupyter():
    from jupyter_core.paths import jupyter_path
    for name in ("jupyterlab-myst", "@jupyter-widgets/jupyterlab-manager"):
        _need(any(Path(folder, name).is_dir() for folder in jupyter_path(
            "labextensions")), f"JupyterLab lacks {name}")
    _need(shutil.which("alembic", path=str(Path(sys.executable).parent)),
          "nbgrader's helper alembic is not beside this Python")
    return f"JupyterLab {metadata.version('jupyterlab')}, boxes and sliders"
