"""Damaged KML and GPX."""

from tests.commands.audit.damaged.case import case, towns, twin
from tests.commands.audit.damaged.layers import write

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>d</name>
{}</Document></kml>"""


def placemarks(extra=lambda row: ""):
    return [f"<Placemark><name>{row.name_fr}</name>{extra(row)}<Point>"
            f"<coordinates>{row.geometry.x},{row.geometry.y}</coordinates>"
            "</Point></Placemark>\n" for row in towns().itertuples()]


def kml(folder, body):
    return write(folder, KML.format(body), "towns.kml")


@twin("kml")
def _(folder):
    return kml(folder, "".join(placemarks()))


def extended(row):
    return ('<ExtendedData><Data name="code"><value>'
            f"{row.iso_3166_2}</value></Data></ExtendedData>")


def described(row):
    return ("<description><![CDATA[<table><tr><td>code</td><td>"
            f"{row.iso_3166_2}</td></tr><tr><td>arabic</td><td>{row.name_ar}"
            "</td></tr></table>]]></description>")


@case("kml: ExtendedData", "kml-extended", twin="kml", kind="C36")
def _(folder):
    return kml(folder, "".join(placemarks(extended)))


@case("kml: a table of HTML", "kml-html", twin="kml", kind="C36")
def _(folder):
    return kml(folder, "".join(placemarks(described)))


@case("kml: folders", "kml-folders", twin="kml", kind="C36")
def _(folder):
    places = placemarks()
    return kml(folder, "<Folder><name>north</name>{}</Folder><Folder>"
               "<name>south</name>{}</Folder>".format(
                   "".join(places[:12]), "".join(places[12:])))


@case("kml: folders, ExtendedData and HTML", "kml-folders", "kml-extended",
      "kml-html", twin="kml", kind="C36")
def _(folder):
    places = placemarks(lambda row: described(row) + extended(row))
    return kml(folder, "<Folder><name>north</name>{}</Folder><Folder>"
               "<name>south</name>{}</Folder>".format(
                   "".join(places[:12]), "".join(places[12:])))


@case("kml: a link", "kml-links", twin="kml", kind="C36")
def _(folder):
    return kml(folder, "".join(placemarks()) + "<NetworkLink><Link><href>"
               "http://example.org/x.kml</href></Link></NetworkLink>")


@case("kml: cut off", "file-truncated", twin="kml", kind="C36")
def _(folder):
    content = KML.format("".join(placemarks()))
    return write(folder, content[:len(content) * 2 // 3], "towns.kml")


@twin("gpx")
def _(folder):
    towns()[["name_fr", "geometry"]].rename(
        columns={"name_fr": "name"}).to_file(
            folder / "towns.gpx", driver="GPX", layer="waypoints")
    return folder / "towns.gpx"


@case("gpx: cut off", "file-truncated", twin="gpx")
def _(folder):
    towns()[["name_fr", "geometry"]].rename(
        columns={"name_fr": "name"}).to_file(
            folder / "towns.gpx", driver="GPX", layer="waypoints")
    content = (folder / "towns.gpx").read_bytes()
    return write(folder, content[:len(content) // 2], "towns.gpx")
