"""Damaged shapefiles and archives, and files of the wrong kind."""

import shutil
import zipfile
from pathlib import Path

import geopandas as gpd

from helpers import data
from tests.commands.audit.damaged.case import areas, case, towns, twin


def shapefile(folder, layer=None, encoding="utf-8", name="towns"):
    layer = towns() if layer is None else layer
    layer = layer.rename(columns={"iso_3166_2": "iso_code"})
    layer.to_file(folder / f"{name}.shp", encoding=encoding)
    return folder / f"{name}.shp"


@twin("shp")
def _(folder):
    return shapefile(folder)


def shp_case(name, *codes, kind, encoding="utf-8", **more):
    def keep(change):
        @case(f"shp: {name}", *codes, twin="shp", kind=kind, **more)
        def _(folder):
            file = shapefile(folder, encoding=encoding)
            return change(file) or file
        return change
    return keep


def _byte_29(file, value=0):
    dbf = bytearray(file.with_suffix(".dbf").read_bytes())
    dbf[29] = value
    file.with_suffix(".dbf").write_bytes(bytes(dbf))


@shp_case("cp1256 without a .cpg", "encoding-undeclared", kind="C25",
          encoding="cp1256")
def _(file):
    file.with_suffix(".cpg").unlink()
    _byte_29(file)


@shp_case("cp1256 and the code page of a PC", "encoding-undeclared",
          kind="C25", encoding="cp1256")
def _(file):
    file.with_suffix(".cpg").unlink()
    _byte_29(file, 0x57)


@shp_case("UTF-8, and a .cpg that says 1252", "encoding-wrong", kind="C25")
def _(file):
    file.with_suffix(".cpg").write_text("1252")
    _byte_29(file)


@shp_case("cp1256, and a .cpg that says UTF-8", "encoding-wrong",
          kind="C25", encoding="cp1256")
def _(file):
    file.with_suffix(".cpg").write_text("UTF-8")
    _byte_29(file)


@case("shp: full of ???", "text-destroyed", twin="shp", kind="C25")
def _(folder):
    layer = towns()
    layer["name_ar"] = ["?" * len(name) for name in layer.name_ar]
    return shapefile(folder, layer)


for gone, more in ((".shx", ()), (".dbf", ()), (".prj", ("crs-missing",))):
    @shp_case(f"no {gone}", "shapefile-parts", *more, kind="C26")
    def _(file, gone=gone):
        file.with_suffix(gone).unlink()


@shp_case("a .prj of another planet", "crs-unreadable", "crs-missing",
          kind="C26")
def _(file):
    prj = file.with_suffix(".prj")
    text = prj.read_text()
    assert "6378137.0" in text
    prj.write_text(text.replace("6378137.0", "378137.0"))


@shp_case("only the .shp", "shapefile-parts", "crs-missing", kind="C26")
def _(file):
    for end in (".shx", ".dbf", ".prj", ".cpg"):
        file.with_suffix(end).unlink()


@shp_case("only the .dbf", "shapefile-parts", kind="C26")
def _(file):
    for end in (".shx", ".shp", ".prj"):
        file.with_suffix(end).unlink()
    return file.with_suffix(".dbf")


@shp_case("only the .prj", kind="C26", unreadable="one part")
def _(file):
    for end in (".shx", ".shp", ".dbf"):
        file.with_suffix(end).unlink()
    return file.with_suffix(".prj")


@shp_case("a table with fewer rows", "file-truncated", kind="C26")
def _(file):
    dbf = file.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[:-400])


# --- archives --------------------------------------------------------------

def packed(folder, names, extra=()):
    """A .zip of a shapefile; names: part -> its place in the archive."""
    file = shapefile(folder)
    with zipfile.ZipFile(folder / "towns.zip", "w") as archive:
        for part in sorted(folder.glob("towns.*")):
            if part.suffix != ".zip" and names(part.name):
                archive.write(part, names(part.name))
        for name, content in extra:
            archive.writestr(name, content)
    for part in folder.glob(f"{file.stem}.*"):
        if part.suffix != ".zip":
            part.unlink()
    return folder / "towns.zip"


@twin("zip")
def _(folder):
    return packed(folder, str)


@case("zip: in a folder with accents, and ghosts", "zip-nested",
      "zip-ghosts", twin="zip", kind="C26")
def _(folder):
    return packed(folder, lambda name: f"Données/{name}", [
        ("__MACOSX/Données/._towns.shp", b"\0\5\26\7"),
        ("Données/.DS_Store", b"\0")])


@case("zip: in a folder, without .prj", "zip-nested", "shapefile-parts",
      "crs-missing", twin="zip", kind="C26")
def _(folder):
    return packed(folder, lambda name: None if name.endswith(".prj")
                  else f"a/b/{name}")


@case("zip: an archive in the archive", "zip-nested", twin="zip",
      kind="C26")
def _(folder):
    file = packed(folder, str)
    content = file.read_bytes()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("towns.zip", content)
    return file


@case("zip: two layers", "layers-several", twin="zip", kind="C26")
def _(folder):
    return packed(folder, str, [("areas.geojson", areas().to_json(
        drop_id=True, ensure_ascii=False))])


@case("zip: a layer, and one that is broken", "file-damaged", twin="zip",
      kind="C26")
def _(folder):
    return packed(folder, str, [("areas.geojson", "{}")])


@case("zip: no layer", twin="zip", kind="C26", unreadable="no layer")
def _(folder):
    with zipfile.ZipFile(folder / "towns.zip", "w") as archive:
        archive.writestr("letter.docx", "x")
    return folder / "towns.zip"


@case("zip: made to fill a disk", twin="zip", kind="C26",
      unreadable="fill a disk")
def _(folder):
    with (zipfile.ZipFile(folder / "towns.zip", "w",
                          zipfile.ZIP_DEFLATED) as archive,
          archive.open("big.csv", "w", force_zip64=True) as file):
        for _ in range(60):
            file.write(b"0," * 500_000)
    return folder / "towns.zip"


# --- other kinds -----------------------------------------------------------

@twin("osm")
def _(folder):
    return Path(shutil.copy(data.path("osm_clinics"), folder))


@case("an empty file", twin="csv", unreadable="is empty")
def _(folder):
    (folder / "empty.csv").touch()
    return folder / "empty.csv"


@case("Excel 97", twin="xlsx", kind="C31", unreadable="save it as .xlsx")
def _(folder):
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    return folder / "old.xls"


@case("changes of OpenStreetMap", twin="osm", unreadable="changes")
def _(folder):
    return data.path("osm_change")


@case("a raster", twin="geojson", unreadable="raster")
def _(folder):
    return data.path("ndvi")


@case("a text that is no table", twin="csv", unreadable="no table")
def _(folder):
    (folder / "readme.txt").write_text(
        "A note; with a mark.\nAnother one.\n" * 9 + "a;b;c\n" * 8)
    return folder / "readme.txt"


@twin("fgb")
def _(folder):
    gpd.GeoDataFrame(towns()).to_file(folder / "towns.fgb")
    return folder / "towns.fgb"
