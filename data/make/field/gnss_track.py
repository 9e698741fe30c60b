"""E05: the track of a morning's drive, as a GNSS receiver saves it. FICTIONAL.

The drive goes straight from place to place inside one rural sector, at 5 to
13 m/s, and stands still four times. There is a fix every 3 seconds, each
about a metre off, except where the receiver was misled (spikes) or off (a
gap; the drive is straight there, so that its length is known).
"""

import xml.etree.ElementTree as ET

from pyproj import Geod

from ..shared.files import write_xml
from ..shared.names import person
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import chance, sectors
from .gnss_track_drive import drive, in_degrees, observe

GPX = "http://www.topografix.com/GPX/1/1"  # names the format
OWN = "https://example.org/gnss"  # names the receiver's own element
RESOURCES = [fictional(
    name="gnss_track",
    path="gnss_track.gpx",
    title="track of a drive in a rural sector, as recorded",
    description=(
        "GPX 1.1, one fix every 3 seconds for 84 minutes: spikes, four "
        "stops, a gap, HDOP and satellites of each fix. It holds a person's "
        "name and a device's serial number: do not publish it as it is."),
    date="2021-11-16",
)]


def make(out, seed=None):
    """Write gnss_track.gpx; needs sectors.geojson in out."""
    random = chance(seed, "gnss_track")
    area = rural_sector(sectors(out), random)
    fixes = drive(area.geometry, random)
    true = in_degrees(fixes)
    observe(fixes, random)
    fixes = fixes.join(in_degrees(fixes))
    recorded = fixes[~fixes["gap"]]
    owner = {
        "name": person(random)[0],
        "device": f"FIC-GNSS {random.integers(10**6, 10**7)}"}
    write_gpx(recorded, area.name_fr, owner, out / "gnss_track.gpx")
    return {"gnss_track": truth_table(planted(fixes, true, owner))}


def rural_sector(areas, random):
    """A thinly populated sector without bays, so that one can go straight
    between any two places of it.
    """
    density = areas["population"] / (areas.area / 1e6)
    compact = areas.area / areas.convex_hull.area > 0.97
    fits = areas[density.between(10, 80) & compact
                 & areas.area.between(300e6, 1500e6)]
    return next(fits.iloc[[random.integers(len(fits))]].itertuples())


def write_gpx(fixes, place, owner, file):
    """Write GPX 1.1; elements in the order that its schema asks for."""
    root = ET.Element("gpx", {
        "xmlns": GPX, "xmlns:own": OWN, "version": "1.1",
        "creator": "fictional receiver"})
    metadata = ET.SubElement(root, "metadata")
    ET.SubElement(metadata, "name").text = f"FICTIONAL track, {place}"
    author = ET.SubElement(metadata, "author")
    ET.SubElement(author, "name").text = owner["name"]
    ET.SubElement(metadata, "time").text = fixes["time"].iloc[-1]
    track = ET.SubElement(root, "trk")
    ET.SubElement(track, "name").text = "Tournée fictive du matin"
    ET.SubElement(track, "src").text = owner["device"]
    extensions = ET.SubElement(track, "extensions")
    ET.SubElement(extensions, "own:serial").text = owner["device"].split()[1]
    segment = ET.SubElement(track, "trkseg")
    for fix in fixes.itertuples():
        point = ET.SubElement(segment, "trkpt", lat=f"{fix.lat:.7f}",
                              lon=f"{fix.lon:.7f}")
        for name in ("ele", "time", "sat", "hdop"):
            ET.SubElement(point, name).text = str(getattr(fix, name))
    write_xml(root, file, indent="")


def planted(fixes, true, owner):
    """Yield the defects; found is text of the GPX file."""
    def geodesic(places):
        length = Geod(ellps="WGS84").line_length(places["lon"], places["lat"])
        return f"{length:.1f}"

    spikes = fixes[fixes["spike"]]
    for place, right in zip(spikes.itertuples(), true[
            fixes["spike"]].itertuples()):
        yield Defect(place.time, "position", "spike",
                     f'lat="{place.lat:.7f}" lon="{place.lon:.7f}"',
                     f'lat="{right.lat:.7f}" lon="{right.lon:.7f}"')
    stops = fixes[fixes["stop"] >= 0].groupby("stop")["time"]
    spans = [("stop", times.iloc[0], times.iloc[-1]) for _, times in stops]
    gap = fixes.index[fixes["gap"]]
    spans.append(("gap in time", fixes["time"][gap[0] - 1],
                  fixes["time"][gap[-1] + 1]))
    for kind, start, end in spans:
        yield Defect(start, "time", kind, start, f"{start}/{end}")
    recorded = fixes[~fixes["gap"]]
    yield Defect("trk", "length in metres", "length with spikes and jitter",
                 geodesic(recorded), geodesic(true[~fixes["gap"]]))
    yield Defect("metadata", "author/name", "name of a person",
                 owner["name"])
    yield Defect("trk", "src", "device id", owner["device"])
    yield Defect("trk", "extensions/serial", "device id",
                 owner["device"].split()[1])
