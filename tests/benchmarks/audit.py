"""What `audit` costs beside `geopandas.read_file` alone.

    python tests/benchmarks/audit.py [--million] [--format gpkg]

Points with eight columns, in a GeoPackage, GeoJSON or CSV. Each run is a
Python of its own that first imports both, and reads a small file, so that
neither waits for the other's first steps. They take turns; the fastest of
several runs counts. Seconds are of the processor, so that other work on the
machine is not counted; those of the clock stand in brackets. Memory is the
peak of the process (Linux: VmHWM), less what it had after the small file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = (10_000, 100_000)
RUNS = 3
READ = "gpd.read_file(file)"
AUDIT = "audit(file)"
RUN = """
import json, re, sys, time
import geopandas as gpd
from commands.audit import audit

def peak():
    status = open("/proc/self/status").read()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
small, file = sys.argv[1:3]
file, name = small, file
%(code)s
file, before = name, peak()
began, used = time.perf_counter(), time.process_time()
%(code)s
print(json.dumps([time.process_time() - used, peak() - before, peak(),
                  time.perf_counter() - began]))
"""


def write(count: int, file: Path) -> None:
    """Points in Tunisia with the columns that a register has. FICTIONAL."""
    import geopandas as gpd
    import numpy as np
    chance = np.random.default_rng(count)
    lon, lat = chance.uniform(9, 9.9, count), chance.uniform(34, 36.5, count)
    at = np.arange(count)
    kinds = np.array(["CSB", "HC", "HR", "CI"])
    layer = gpd.GeoDataFrame({
        "point_id": [f"PT-{n:07d}" for n in at],
        "name_fr": [f"Point fictif numéro {n}" for n in at],
        "name_ar": [f"نقطة وهمية {n}" for n in at],
        "type": kinds[chance.integers(0, 4, count)],
        "beds": chance.integers(0, 200, count),
        "depth_m": chance.uniform(1, 300, count).round(1),
        "updated": [f"2021-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in at],
        "remark": [f"remarque {n % 37}" for n in at]},
        geometry=gpd.points_from_xy(lon.round(6), lat.round(6)), crs=4326)
    if file.suffix == ".csv":
        layer.assign(lon=lon.round(6), lat=lat.round(6)).drop(
            columns="geometry").to_csv(file, index=False)
    else:
        layer.to_file(file)


def run(code: str, small: Path, file: Path) -> list[float]:
    """Seconds of the processor, MB more, MB at the peak, seconds."""
    return json.loads(subprocess.run(
        [sys.executable, "-c", RUN % {"code": code}, small, file],
        check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Print a table: the two, their ratio, and how both grow."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--million", action="store_true")
    asked.add_argument("--format", default="gpkg",
                       choices=["gpkg", "geojson", "csv"])
    asked = asked.parse_args()
    sizes = (*SIZES, 1_000_000) if asked.million else SIZES
    each = []
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder) / f"points_{size}.{asked.format}"
                 for size in (100, *sizes)}
        for size, file in files.items():
            write(size, file)
        for size in sizes:
            runs = {code: [] for code in (READ, AUDIT)}
            for _ in range(RUNS if size < 1_000_000 else 1):
                for code, measured in runs.items():
                    measured.append(run(code, files[100], files[size]))
            read, audit = (min(runs[code]) for code in (READ, AUDIT))
            each.append(audit[0] / size * 1e6)
            print(f"{size:9,} points  read_file {read[0]:6.2f} s "
                  f"({read[3]:.2f}) {read[1]:5.0f} MB   "
                  f"audit {audit[0]:6.2f} s ({audit[3]:.2f}) "
                  f"{audit[1]:5.0f} MB (peak {audit[2]:.0f})   "
                  f"×{audit[0] / read[0]:.1f}   {each[-1]:.1f} µs a point",
                  flush=True)
    print(f"A point costs {each[-1] / each[0]:.2f} × as much in the largest "
          "file as in the smallest.")


if __name__ == "__main__":
    main()
