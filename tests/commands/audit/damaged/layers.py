"""Damaged GeoJSON, GeoPackage and GeoParquet."""

import json
import shutil
import sqlite3

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from tests.commands.audit.damaged.case import areas, case, towns, twin

# --- GeoJSON ---------------------------------------------------------------


def text(layer=None):
    return (towns() if layer is None else layer).to_json(
        drop_id=True, ensure_ascii=False)


def write(folder, content, name="towns.geojson"):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes)
                     else content.encode())
    return file


@twin("geojson")
def _(folder):
    return write(folder, text())


@twin("areas")
def _(folder):
    return write(folder, text(areas()), "areas.geojson")


def bom(content):
    return "\ufeff" + content


def prefix(content):
    return f"var towns = {content};"


def nan(content):
    whole = json.loads(content)
    for at, value in ((1, float("nan")), (2, float("-inf"))):
        whole["features"][at]["properties"]["depth_m"] = value
    return json.dumps(whole, ensure_ascii=False)


def null_properties(content):
    whole = json.loads(content)
    whole["features"][3]["properties"] = None
    return json.dumps(whole, ensure_ascii=False)


def no_feature(content):
    whole = json.loads(content)
    whole["features"][4]["geometry"] = {"type": "Pint", "coordinates": [1]}
    return json.dumps(whole, ensure_ascii=False)


def as_text(content):
    whole = json.loads(content)
    for feature in whole["features"][2:5]:
        feature["geometry"]["coordinates"] = [
            str(one) for one in feature["geometry"]["coordinates"]]
    return json.dumps(whole, ensure_ascii=False)


JSON = {
    "coordinates as text": (as_text, {"json-coordinates"}, "C29"),
    "a byte order mark": (bom, {"json-bom"}, "C40"),
    "var x =": (prefix, {"json-prefix"}, "C43"),
    "NaN": (nan, {"json-nan"}, "C29"),
    "properties null": (null_properties, {"json-properties"}, "C29"),
    "a geometry that is none": (no_feature, {
        "json-features", "geometry-empty"}, "C34"),
}
ORDER = ("NaN", "coordinates as text", "properties null",
         "a geometry that is none", "var x =",
         "a byte order mark")  # the text is changed last


def _register(names):
    @case("geojson: " + " and ".join(names),
          *set().union(*(JSON[name][1] for name in names)),
          twin="geojson", kind=JSON[names[0]][2])
    def _(folder):
        content = text()
        for name in names:
            content = JSON[name][0](content)
        return write(folder, content)


for at, one in enumerate(ORDER):
    _register([one])
    for other in ORDER[at + 1:]:
        _register([one, other])


@case("geojson: a coordinate NaN", "json-nan", "geometry-empty",
      twin="geojson", kind="C29")
def _(folder):
    whole = json.loads(text())
    whole["features"][3]["geometry"]["coordinates"] = [float("nan"), 36.0]
    return write(folder, json.dumps(whole))


@case("geojson: a ring that is not closed", "ring-open", twin="areas",
      rows={"ring-open": [3]})
def _(folder):
    whole = json.loads(text(areas()))
    shape = whole["features"][2]["geometry"]
    ring = shape["coordinates"][0]
    (ring if shape["type"] == "Polygon" else ring[0]).pop()
    return write(folder, json.dumps(whole), "areas.geojson")


@case("geojson: one feature per line", "json-lines", twin="geojson",
      kind="C29")
def _(folder):
    return write(folder, "\n".join(
        json.dumps(each, ensure_ascii=False)
        for each in json.loads(text())["features"]))


@case("geojson: cut off", "file-truncated", twin="geojson",
      rows={"file-truncated": [13]})
def _(folder):
    content = text()
    at = content.index(towns().name_fr[12])
    return write(folder, content[:at + 3])


@case("geojson: cut off in the first feature", twin="geojson",
      unreadable="not JSON")
def _(folder):
    return write(folder, text()[:120])


@case("geojson: cp1252", "encoding-not-utf8", twin="geojson", kind="C25")
def _(folder):
    return write(folder, text(towns().drop(columns="name_ar")
                              ).encode("cp1252"))


def member(content, name):
    whole = json.loads(content)
    whole["crs"] = {"type": "name", "properties": {"name": name}}
    return json.dumps(whole)


@case("geojson: UTM with the crs member", "crs-member", twin="geojson",
      kind="C27")
def _(folder):
    return write(folder, member(text(towns().to_crs(32632)),
                                "urn:ogc:def:crs:EPSG::32632"))


@case("geojson: Nord Tunisie with the crs member", "crs-member",
      twin="geojson", kind="C27")
def _(folder):
    return write(folder, member(text(towns().to_crs(22391)),
                                "urn:ogc:def:crs:EPSG::22391"))


@case("geojson: a crs member of no CRS", "crs-unreadable", "crs-missing",
      twin="geojson", kind="C27")
def _(folder):
    return write(folder, member(text(), "urn:ogc:def:crs:EPSG::999999"))


@case("geojson: UTM without the member", "crs-wrong", twin="geojson",
      kind="C27")
def _(folder):
    return write(folder, text(towns().to_crs(32632).set_crs(
        4326, allow_override=True)))


@case("geojson: an invalid polygon", "geometry-invalid", twin="areas",
      rows={"geometry-invalid": [2]}, kind="C34")
def _(folder):
    layer = areas()
    west, south, east, north = layer.geometry[1].bounds
    layer.loc[1, "geometry"] = shapely.Polygon(
        [(west, south), (east, north), (east, south), (west, north)])
    return write(folder, text(layer), "areas.geojson")


@case("geojson: mixed and empty geometries", "geometry-mixed",
      "geometry-empty", twin="geojson", rows={"geometry-empty": [3, 4]},
      kind="C34")
def _(folder):
    layer = towns()
    layer.loc[1, "geometry"] = shapely.LineString([(9, 36), (9.5, 36)])
    layer.loc[2, "geometry"] = None
    layer.loc[3, "geometry"] = shapely.Point()
    return write(folder, text(layer))


@case("geojson: names in other spellings", "names-misspelt",
      twin="geojson", kind="C47")
def _(folder):
    layer = towns()[["iso_3166_2", "name_fr", "geometry"]]
    layer = layer.rename(columns={"name_fr": "governorate"})
    layer.loc[3, "governorate"] = "Mannouba"
    layer.loc[layer.governorate == "Béja", "governorate"] = "Beja"
    return write(folder, text(layer))


# --- GeoPackage ------------------------------------------------------------

@twin("gpkg")
def _(folder):
    towns().to_file(folder / "towns.gpkg", layer="towns")
    return folder / "towns.gpkg"


@case("gpkg: open, with its log", "gpkg-wal", twin="gpkg", kind="C32")
def _(folder):
    (folder / "pc").mkdir()
    here = folder / "pc" / "towns.gpkg"
    towns().to_file(here, layer="towns")
    base = sqlite3.connect(here)
    base.execute("PRAGMA journal_mode=WAL")
    for name in ("IsEmpty", "MinX", "MaxX", "MinY", "MaxY"):  # its triggers
        base.create_function(f"ST_{name}", 1, lambda shape: 0)
    base.execute("UPDATE towns SET name_en = 'last edit' WHERE fid = 1")
    base.commit()
    for end in ("", "-wal"):
        shutil.copy(f"{here}{end}", folder / f"towns.gpkg{end}")
    base.close()
    return folder / "towns.gpkg"


@case("gpkg: open, without its log", "gpkg-wal", twin="gpkg", kind="C32")
def _(folder):
    towns().to_file(folder / "towns.gpkg", layer="towns")
    base = sqlite3.connect(folder / "towns.gpkg")
    base.execute("PRAGMA journal_mode=WAL")
    base.close()
    return folder / "towns.gpkg"


@case("gpkg: several layers, one a table", "layers-several", "layer-table",
      twin="gpkg", kind="C32")
def _(folder):
    file = folder / "towns.gpkg"
    towns().to_file(file, layer="towns")
    areas().to_file(file, layer="areas")
    pyogrio.write_dataframe(pd.DataFrame(
        {"code": ["a", "b"], "text": ["one", "two"]}), file, layer="words")
    return file


@case("gpkg: a table that is not in its list", "gpkg-unregistered",
      "layers-several", "layer-table", twin="gpkg", kind="C32")
def _(folder):
    towns().to_file(folder / "towns.gpkg", layer="towns")
    with sqlite3.connect(folder / "towns.gpkg") as base:
        base.execute("CREATE TABLE remarks (code TEXT, text TEXT)")
        base.execute("INSERT INTO remarks VALUES ('a', 'b'), ('c', 'd')")
    base.close()
    return folder / "towns.gpkg"


@case("gpkg: no layer", twin="gpkg", kind="C32", unreadable="no layer")
def _(folder):
    towns().to_file(folder / "towns.gpkg", layer="towns")
    with sqlite3.connect(folder / "towns.gpkg") as base:
        for table in ("gpkg_contents", "gpkg_geometry_columns",
                      "gpkg_ogr_contents"):
            base.execute(f"DELETE FROM {table}")
        base.execute("DROP TABLE towns")
    base.close()
    return folder / "towns.gpkg"


@case("gpkg: no CRS", "crs-missing", twin="gpkg", kind="C35")
def _(folder):
    lost = towns().to_crs(32632).set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="'crs' was not provided"):  # meant
        lost.to_file(folder / "towns.gpkg", layer="towns")
    return folder / "towns.gpkg"


@case("gpkg: a layer without rows", "layer-empty", twin="gpkg", kind="C32")
def _(folder):
    towns().head(0).to_file(folder / "towns.gpkg", layer="towns")
    return folder / "towns.gpkg"


# --- GeoParquet ------------------------------------------------------------

@twin("parquet")
def _(folder):
    towns().to_parquet(folder / "towns.parquet")
    return folder / "towns.parquet"


def parquet_case(name, *codes, layer=towns):
    def keep(change):
        @case(f"parquet: {name}", *codes, twin="parquet", kind="C35")
        def _(folder):
            file = folder / "towns.parquet"
            layer().to_parquet(file)
            table = pq.read_table(file)
            geo = json.loads(table.schema.metadata[b"geo"])
            geo = change(geo["columns"]["geometry"], geo)
            pq.write_table(table.replace_schema_metadata(
                {"geo": geo if isinstance(geo, str) else json.dumps(geo)}
                if geo else None), file)
            return file
        return change
    return keep


@parquet_case("no key crs", "crs-absent")
def _(column, geo):
    del column["crs"]
    return geo


@parquet_case("crs null", "crs-null", "crs-missing")
def _(column, geo):
    column["crs"] = None
    return geo


@parquet_case("no geo metadata", "parquet-no-geo", "crs-missing")
def _(column, geo):
    return None


@parquet_case("metres and no key crs", "crs-absent", "crs-wrong",
              layer=lambda: towns().to_crs(32632))
def _(column, geo):
    del column["crs"]
    return geo


@parquet_case("geo metadata that is no JSON", "file-damaged",
              "parquet-no-geo", "crs-missing")
def _(column, geo):
    return "{"


@case("parquet: a table", twin="parquet", kind="C35")
def _(folder):
    table = pd.DataFrame(towns().drop(columns="geometry"))
    pq.write_table(pa.Table.from_pandas(table), folder / "t.parquet")
    return folder / "t.parquet"
