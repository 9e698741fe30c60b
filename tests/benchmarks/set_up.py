"""The first start, until JupyterLab answers: with uv and with pip, in turn.

    python tests/benchmarks/set_up.py [ROUNDS]

Each start has a new clone of the last commit, and empty caches. Where pip
installs, start.py asks for a version of uv that does not exist, as if this
machine had no wheel of it. Run it while the machine does nothing else.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
MISSING = "uv==0.0.0"


@dataclass
class SetUp:
    """What one first start took."""

    seconds: float  # until JupyterLab answered
    disk: int  # bytes of .venv with its bytecode
    most_disk: int  # bytes of the disk in use at the worst moment


def set_up(installer: str, folder: Path) -> SetUp:
    """Start the course in a new clone in folder, which is empty."""
    clone = folder / "open-geodata-course"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    if installer == "pip":
        _ask_for_a_missing_uv(clone / "start.py")
    port = _free_port()
    free = least_free = shutil.disk_usage(folder).free
    began = time.perf_counter()
    with subprocess.Popen(
            [sys._base_executable, "start.py", "lab", "--no-browser",
             f"--port={port}", "--ServerApp.port_retries=0"], cwd=clone,
            env=_environment(folder), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL) as process:
        while not _answers(port):
            if process.poll() is not None:
                sys.exit(f"The start with {installer} failed: run it by hand.")
            least_free = min(least_free, shutil.disk_usage(folder).free)
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        process.terminate()
    log = (clone / ".venv" / "pip.log").read_text("utf-8")
    if ("Successfully installed" in log) != (installer == "pip"):
        sys.exit(f"{installer} was to install, and the other did.")
    return SetUp(seconds, _disk(clone / ".venv"), free - least_free)


def _ask_for_a_missing_uv(start: Path) -> None:
    lines = start.read_text("utf-8").splitlines()
    changed = [f'UV = "{MISSING}"' if line.startswith("UV = ") else line
               for line in lines]
    assert changed != lines
    start.write_text("\n".join(changed) + "\n", "utf-8")


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the environment that runs this; caches and temporary files
    in folder. The settings of pip stay: there may be a mirror."""
    own = str(Path(sys.executable).parent)
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("VIRTUAL_ENV", "PYTHON", "JUPYTER", "UV_"))}
    environment["PATH"] = os.pathsep.join(
        part for part in os.environ["PATH"].split(os.pathsep) if part != own)
    for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR", "TMPDIR",
                 "JUPYTER_CONFIG_DIR"):
        (folder / name).mkdir()
        environment[name] = str(folder / name)
    return environment


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/lab"):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def _disk(venv: Path) -> int:
    """The bytes of .venv once the work in the background has ended. A file
    with two names counts once."""
    while list(venv.glob("cache-*")):
        time.sleep(0.5)
    subprocess.run([next(venv.glob("[bS]*/python*")), "-m", "compileall",
                    "-qq", venv], stderr=subprocess.DEVNULL)
    files = [path.lstat() for path in venv.rglob("*")]
    return sum({file.st_ino: file.st_blocks * 512 for file in files}.values())


def main(rounds: int) -> None:
    """Print each round, then the medians."""
    results: dict[str, list[SetUp]] = {"uv": [], "pip": []}
    for number in range(1, rounds + 1):
        for installer, so_far in results.items():
            with tempfile.TemporaryDirectory() as folder:
                so_far.append(set_up(installer, Path(folder)))
            print(f"round {number}  {installer:3}  "
                  f"{so_far[-1].seconds:6.1f} s", flush=True)
    medians = {installer: statistics.median(one.seconds for one in so_far)
               for installer, so_far in results.items()}
    for installer, so_far in results.items():
        print(f"median   {installer:3}  {medians[installer]:6.1f} s  "
              f"×{medians[installer] / medians['pip']:.2f}  "
              f"{so_far[-1].disk / 1e9:.2f} GB of disk, "
              f"{so_far[-1].most_disk / 1e9:.2f} GB before JupyterLab opens")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
