"""What is published: the verdicts of validators on a release package.

>>> from helpers import publish
>>> publish.verdicts(Path("output/release"))

Each format has a validator of its own, and each says yes or no in other
words. `verdicts` asks all of them and gives one table. `record` writes the
metadata of a layer twice, and says what no validator sees in them.
"""

from helpers.publish import record
from helpers.publish.own import own_layer
from helpers.publish.verdicts import (
    checksums,
    file_name,
    gdal_geopackage,
    geojson,
    geopackage,
    geoparquet,
    table,
    verdicts,
)

__all__ = ["checksums", "file_name", "gdal_geopackage", "geojson",
           "geopackage", "geoparquet", "own_layer", "record", "table",
           "verdicts"]
