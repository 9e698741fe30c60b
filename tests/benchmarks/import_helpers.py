"""What `import helpers` adds to `import geopandas`, side by side.

    python tests/benchmarks/import_helpers.py

Each import runs in a Python of its own, in turn. The fastest of several
runs counts: the others waited for what else the machine did.
"""

import subprocess
import sys
import time

RUNS = 9
PLAIN = "import geopandas"
OURS = "import geopandas, helpers"
NAMED = "import geopandas; from helpers import check, data"


def seconds(code: str) -> float:
    """Wall time of a new Python that runs code."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def measure(runs: int = RUNS) -> dict[str, float]:
    """Code -> fastest run, in seconds; the codes take turns."""
    seconds(NAMED)  # once, to fill the disk cache
    times: dict[str, list[float]] = {code: [] for code in (PLAIN, OURS, NAMED)}
    for _ in range(runs):
        for code, measured in times.items():
            measured.append(seconds(code))
    return {code: min(measured) for code, measured in times.items()}


if __name__ == "__main__":
    fastest = measure()
    plain = fastest[PLAIN]
    for code, time_ in fastest.items():
        print(f"{time_ * 1000:7.0f} ms  ×{time_ / plain:.3f}  "
              f"{(time_ - plain) * 1000:+5.0f} ms  {code}")
