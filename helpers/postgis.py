"""A PostGIS of one's own, for as long as a notebook runs.

>>> from helpers import postgis
>>> with postgis.start() as server:
...     server.write(schools, "schools")
...     server.read("SELECT count(*) AS schools FROM schools")

A real PostgreSQL, on no network, only on a socket in a temporary folder that
nobody else may enter. Both are gone after `stop` and when the kernel ends.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from glob import glob
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast

import geopandas as gpd
import pandas as pd
import psycopg
import pyogrio
import shapely
from psycopg.types.numeric import FloatLoader

from helpers.errors import CourseError

# A process of its own keeps the server until its input ends. That happens when
# the kernel closes the pipe, and also when somebody kills the kernel.
_KEEPER = """
trap '' PIPE; cd "$1" || exit
if initdb -D data -U geodata -A trust -E UTF8 --locale="$2" -N >log 2>&1 &&
   pg_ctl -D data -l log -o "-k '$1' -c listen_addresses=''" start >>log 2>&1
then echo ready; cat; else tail -n 5 log; fi
pg_ctl -D data -m fast stop >log 2>&1
cd /; rm -rf "$1"
"""


def installed() -> Path | None:
    """The programs of the newest PostgreSQL that has PostGIS, if any. On
    Windows there are none that `Server` could start."""
    if sys.platform == "win32":
        return None
    folders = sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for place in [*os.environ["PATH"].split(os.pathsep), *folders]:
        if initdb := shutil.which("initdb", path=place):
            folder = Path(initdb).resolve().parent
            share = subprocess.check_output(
                [folder / "pg_config", "--sharedir"], text=True).strip()
            if Path(share, "extension/postgis.control").exists():
                return folder
    return None


class Server(AbstractContextManager["Server"]):
    """A running server. `with` stops it at the end of the block."""

    def __init__(self, programs: Path) -> None:
        self.folder = tempfile.mkdtemp(prefix="postgis_")
        self.uri = f"postgresql://geodata@/postgres?host={self.folder}"
        user: dict[str, Any] = {}
        if os.geteuid() == 0:  # in a container; PostgreSQL refuses root
            shutil.chown(self.folder, "nobody")
            user = {"user": "nobody", "group": 65534, "extra_groups": []}
        # C.UTF-8 sorts as SQLite does; macOS has none.
        locale = "C.UTF-8" if os.uname().sysname == "Linux" else "en_US.UTF-8"
        self._keeper = subprocess.Popen(
            ["sh", "-c", _KEEPER, "keeper", self.folder, locale], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, env=os.environ
            | {"PATH": f"{programs}:{os.environ['PATH']}"}, **user)
        answer = cast(IO[str], self._keeper.stdout).readline()
        if answer != "ready\n":
            raise CourseError("PostgreSQL did not start. It says:\n" + answer
                              + self._keeper.communicate()[0])
        self._connection = psycopg.connect(self.uri, autocommit=True)
        # Its sum of whole numbers is `numeric`; as in SQLite, a plain number.
        self._connection.adapters.register_loader("numeric", FloatLoader)
        self.execute("CREATE EXTENSION postgis")

    def execute(self, statement: str) -> psycopg.Cursor[Any]:
        """Run SQL that gives no rows: CREATE VIEW, CREATE INDEX …"""
        try:
            return self._connection.execute(statement.encode())
        except psycopg.Error as error:  # with the line, and a ^ below the word
            raise CourseError(f"PostgreSQL refuses: {error}") from None

    def read(self, query: str, geometry: str | None = None) -> pd.DataFrame:
        """The rows of a query; a layer, if `geometry` names its column."""
        cursor = self.execute(query)
        table = pd.DataFrame(cursor.fetchall(), columns=[
            column.name for column in cursor.description or ()])
        if geometry is None:
            return table
        shapes = shapely.from_wkb([code if isinstance(code, str) else None
                                   for code in table[geometry]])
        epsg = max(shapely.get_srid(shapes), default=0)
        return gpd.GeoDataFrame(table.assign(**{geometry: shapes}),
                                geometry=geometry, crs=epsg or None)

    def write(self, layer: pd.DataFrame, name: str) -> None:
        """Make or replace a table, as GDAL does: with the columns `fid` and,
        as in a GeoPackage, `geom`, which keeps EPSG code and type."""
        dump, mixed = BytesIO(), (isinstance(layer, gpd.GeoDataFrame)
                                  and layer.geom_type.nunique() > 1)
        pyogrio.write_dataframe(
            layer, dump, driver="PGDUMP", layer=name, GEOMETRY_NAME="geom",
            FID="fid", LAUNDER="NO", SPATIAL_INDEX="NONE",
            promote_to_multi=mixed)
        self.execute(dump.getvalue().decode())

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._connection.close()
        self._keeper.communicate()

    def __exit__(self, *_: object) -> None:
        self.stop()


def start() -> Server:
    """A new, empty server; CourseError if PostGIS is not installed."""
    if programs := installed():
        return Server(programs)
    raise CourseError(
        "The course starts no PostGIS on Windows. It works without it."
        if sys.platform == "win32" else
        "This computer has no PostgreSQL with PostGIS. The course works "
        "without it. On\nDebian: apt install postgresql postgresql-postgis")
