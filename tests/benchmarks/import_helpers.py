"""What `import helpers` adds to `import geopandas`, side by side.

    python tests/benchmarks/import_helpers.py

Each import runs in a Python of its own, in turn, and the median of several
runs is printed.
"""

import statistics
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
    """Code -> median seconds; the codes take turns."""
    seconds(OURS)  # once, to fill the disk cache
    times = {code: [] for code in (PLAIN, OURS, NAMED)}
    for _ in range(runs):
        for code in times:
            times[code].append(seconds(code))
    return {code: statistics.median(all_) for code, all_ in times.items()}


if __name__ == "__main__":
    told = measure()
    for code, median in told.items():
        print(f"{median * 1000:7.0f} ms  ×{median / told[PLAIN]:.3f}  "
              f"{(median - told[PLAIN]) * 1000:+5.0f} ms  {code}")
