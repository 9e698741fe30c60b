"""Write OpenStreetMap's three file formats: PBF, osmChange, Overpass JSON.

Part of osm_clinics.py. An element is a dict: type, id, version, timestamp,
tags, and lat and lon (node), nodes (way) or members (relation).
"""

import xml.etree.ElementTree as ET

import osmium
from osmium.osm import mutable

from ..shared.files import write_json, write_xml
from ..shared.world import FIRST_DAY

GENERATOR = "open-geodata-course, fictional"
ORDER = {"node": 0, "way": 1, "relation": 2}


def write_pbf(elements, file):
    """Write PBF, the same bytes each time: it holds only the elements."""
    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    header.set("sorting", "Type_then_ID")
    file.unlink(missing_ok=True)
    # Compressed bytes would depend on the zlib of the system.
    target = osmium.io.File(str(file), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(target, header=header) as writer:
        for element in sorted(elements, key=lambda element: (
                ORDER[element["type"]], element["id"])):
            common = {key: element[key] for key in (
                "id", "version", "timestamp", "tags")}
            if element["type"] == "node":
                writer.add_node(mutable.Node(
                    location=(element["lon"], element["lat"]), **common))
            elif element["type"] == "way":
                writer.add_way(mutable.Way(nodes=element["nodes"], **common))
            else:
                writer.add_relation(mutable.Relation(
                    members=[(member["type"][0], member["ref"],
                              member["role"])
                             for member in element["members"]], **common))


def write_change(changes, file):
    """Write osmChange XML of (action, node) pairs."""
    root = ET.Element("osmChange", version="0.6", generator=GENERATOR)
    for action, node in changes:
        parent = ET.SubElement(root, action)
        kept = ET.SubElement(parent, "node", {
            key: str(node[key]) for key in (
                "id", "version", "timestamp", "lat", "lon")})
        for key, value in node["tags"].items():
            ET.SubElement(kept, "tag", k=key, v=value)
    write_xml(root, file)


def write_overpass(elements, file):
    """Write what an Overpass query for amenity=* and 'out center' answers.
    """
    nodes = {element["id"]: element for element in elements
             if element["type"] == "node"}
    ways = {element["id"]: element for element in elements
            if element["type"] == "way"}
    answer = []
    for element in elements:
        if "amenity" not in element["tags"]:
            continue
        about = {"type": element["type"], "id": element["id"]}
        if element["type"] == "node":
            about |= {"lat": element["lat"], "lon": element["lon"]}
        else:
            outline = element if element["type"] == "way" else ways[
                element["members"][0]["ref"]]
            about["center"] = {
                axis: round((min(values) + max(values)) / 2, 7)
                for axis in ("lat", "lon")
                for values in [[nodes[node][axis]
                                for node in outline["nodes"]]]}
            part = "nodes" if element["type"] == "way" else "members"
            about[part] = element[part]
        answer.append(about | {"tags": element["tags"]})
    answer.sort(key=lambda element: (ORDER[element["type"]], element["id"]))
    write_json({
        "version": 0.6, "generator": GENERATOR,
        "osm3s": {
            "timestamp_osm_base": f"{FIRST_DAY}T00:00:00Z",
            "copyright": "FICTIONAL, not from OpenStreetMap. ODbL-1.0."},
        "elements": answer}, file)
