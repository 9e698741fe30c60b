"""Is everything there? `report()` prints one line per check."""

# Packages are imported inside their check: a missing one becomes a sentence.
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from helpers import data
from helpers.errors import CourseError, typed

DO = "What to do: "
REMEDY = (f"stop JupyterLab and run: {typed('')} (the ✗ stays? Delete the "
          "folder .venv of the course, then run it again)")
# In pyproject.toml, and the one place where this range is written.
PYTHONS = r'requires-python = ">=3\.(\d+),<3\.(\d+)"'
# Tunis: longitude and latitude (EPSG:4326), east and north (EPSG:32632).
TUNIS, TUNIS_METRES = (10.1815, 36.8065), (605_393, 4_074_058)
OPTIONAL = {"QGIS": "qgis qgis-bin qgis-ltr-bin", "Java": "java",
            "Chromium": "chromium chromium-browser google-chrome msedge"}


def report() -> None:
    """Print one line per check: ✓ ready, ✗ and what to do, ○ optional."""
    checks = [_python, _packages, _data, _places, _folder, _arabic, _jupyter]
    failure_count = [_passes(check) for check in checks].count(False)
    for name, programs in OPTIONAL.items():
        print(f"✓ {name} is here (optional)"
              if any(map(shutil.which, programs.split())) else
              f"○ {name} was not found: optional, the course works without it")
    print(f"{failure_count} of {len(checks)} checks failed: begin with the "
          "first ✗." if failure_count else
          "Everything is there: you can start.")


def _passes(check: Callable[[], str]) -> bool:
    """Run one check and print its line; any error becomes words."""
    sign = "✗"
    try:
        sign, words = "✓", check()
    except CourseError as error:
        words = str(error)
    except Exception as error:  # a broken installation can fail in many ways
        words = f"No check of {check.__name__[1:]}: {error!r}. {DO}{REMEDY}"
    print(sign, " ".join(words.split()))
    return sign == "✓"


def _need(holds: object, defect: str, remedy: str = REMEDY) -> None:
    if not holds:
        raise CourseError(f"{defect}. {DO}{remedy}")


# --- the checks: each returns its sentence, or raises CourseError ----------

def _python() -> str:
    text = (data.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ((low, end),) = re.findall(PYTHONS, text)
    version = "Python {}.{}".format(*sys.version_info)
    _need((3, int(low)) <= sys.version_info[:2] < (3, int(end)),
          f"This is {version}; the course needs 3.{low} to 3.{int(end) - 1}")
    return version


def _packages() -> str:
    from packaging.requirements import Requirement
    text = (data.ROOT / "requirements.txt").read_text(encoding="utf-8")
    versions: dict[str, str] = {}
    for package in metadata.distributions():  # Python imports the first
        name = re.sub("[-_.]+", "-", package.name).lower()
        versions.setdefault(name, package.version)
    pins = [pin for pin in map(Requirement, text.splitlines())
            if not pin.marker or pin.marker.evaluate()]
    wrong = [f"{pin.name} is {versions.get(pin.name, 'missing')}"
             for pin in pins
             if not pin.specifier.contains(versions.get(pin.name, "0"))]
    _need(not wrong, f"{len(wrong)} of {len(pins)} packages are missing or "
          f"not of the version in requirements.txt: {', '.join(wrong[:3])}")
    return f"{len(pins)} packages, each of the version that the course names"


def _data() -> str:
    files = list(map(data.path, data.layers()))  # path() compares checksums
    return f"{len(files)} data files, none missing, none changed"


def _places() -> str:
    import pyogrio
    import pyproj
    import rasterio.warp
    transformer = pyproj.Transformer.from_crs(4326, 32632, always_xy=True)
    # rasterio brings its own PROJ, with its own tables.
    (x,), (y,) = rasterio.warp.transform(4326, 32632, TUNIS[:1], TUNIS[1:])
    for east, north in (transformer.transform(*TUNIS), (x, y)):
        _need(abs(east - TUNIS_METRES[0]) + abs(north - TUNIS_METRES[1]) < 2,
              f"Tunis lands at {east:.0f}, {north:.0f} in EPSG:32632")
    _need(pyogrio.get_gdal_data_path(), "GDAL lacks its own tables")
    return f"PROJ {pyproj.proj_version_str} and GDAL put Tunis where it is"


def _folder() -> str:
    try:
        tempfile.TemporaryFile(dir=Path.cwd()).close()
    except OSError as error:
        _need(False, f"Nothing can be written in {Path.cwd()} ({error})",
              "move the course to a folder of your own and start it there")
    return f"The folder {Path.cwd().name} can be written"


def _arabic() -> str:
    from matplotlib.textpath import TextPath
    joined, apart, line = (TextPath((0, 0), text) for text in (
        "\u0628" * 3, "\u200c".join("\u0628" * 3), "\u0627\u0628"))
    tallest = line.vertices[line.vertices[:, 1].argmax(), 0]  # alef, the first
    _need(joined.get_extents().width < 0.9 * apart.get_extents().width
          and tallest > line.vertices[:, 0].mean(),
          "Figures do not join Arabic letters from right to left")
    return "Figures join Arabic letters, from right to left: تونس"


def _jupyter() -> str:
    from jupyter_core.paths import jupyter_path
    for name in ("jupyterlab-myst", "@jupyter-widgets/jupyterlab-manager"):
        _need(any(Path(folder, name).is_dir() for folder in jupyter_path(
            "labextensions")), f"JupyterLab lacks {name}")
    _need(shutil.which("alembic", path=str(Path(sys.executable).parent)),
          "nbgrader's helper alembic is not beside this Python")
    return f"JupyterLab {metadata.version('jupyterlab')} with its extensions"
