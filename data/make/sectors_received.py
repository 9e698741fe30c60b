"""E08: the sectors of four governorates as a ministry sends them. FICTIONAL.

The layer `sectors` is the truth. A part of it is "digitised from a small
map" (source_scale 200000): these sectors never touch each other, and only
they are displaced. So one rule repairs all: where two sectors disagree,
the one of scale 25000 is right; a gap belongs to the one of 200000.
"""

import geopandas as gpd
import pandas as pd
import shapely
from common import SOURCES
from displaced_sectors import choose_displaced
from sectors import RESOURCES as SECTORS
from shapes import write_as_it_is
from topology_defects import (
    area, bow_tie, halves, inner_blob, spike, thin_kite, wkt)
from world import EPITHETS, chance, truth_table

REGION = ["TN-34", "TN-41", "TN-42", "TN-43"]
BOW_TIES = 2
OVERLAPS = [60, 180, 380]  # greatest width in metres
GAPS = [90, 220, 350]
SLIVERS = [5, 9, 14]
RESOURCES = [{
    "name": "sectors_received",
    "path": "sectors_received.geojson",
    "title": "FICTIONAL sectors of four governorates, as received",
    "description": (
        "The sectors of Siliana, Kairouan, Kasserine and Sidi Bouzid with "
        "defects of topology: invalid rings, overlaps, gaps, slivers, a "
        "hole, a lake, duplicates, a sector sent in two rows. Where two "
        "sectors disagree, the one of scale 25000 is right; a gap belongs "
        "to the one of 200000. The clean version is 'sectors'. Exercise "
        "E08 repairs it."),
    "date": "2021-12-02",
    "crs": "EPSG:4326",
    "fictional": True,
    "sources": [SOURCES["course"]],
    "licenses": [{"name": "CC-BY-4.0"}],
    "used_by": "E08",
    "fields": SECTORS[0]["fields"] | {
        "source_scale": "map it was digitised from: 25000 (1:25,000, "
                        "detailed) or 200000 (1:200,000, less exact)"},
}]


def make(out, seed=None):
    """Write sectors_received.geojson; needs sectors.geojson in out."""
    random = chance(seed, "sectors_received")
    clean = gpd.read_file(out / "sectors.geojson")
    clean = clean[clean["iso_3166_2"].isin(REGION)].set_index("sector_id")
    crossed, moved = choose_displaced(
        clean.geometry, BOW_TIES, OVERLAPS, GAPS, random)
    displaced = [*crossed, *(sector for _, sector, _, _ in moved)]
    at_peace = set(clean.index) - set(displaced)
    free = sorted(at_peace - {other for _, _, other, _ in moved})
    free = [code for code in random.permutation(free)
            if clean.geometry[code].geom_type == "Polygon"]
    split = next(code for code in free if halves(clean.geometry[code]))
    free.remove(split)
    holed, wet, spiked, twice, renamed, *beside_slivers = free

    layer = clean.assign(source_scale=25000)
    layer.loc[displaced, "source_scale"] = 200000
    ring, water = (inner_blob(clean.geometry[code], random)
                   for code in (holed, wet))
    put(layer, {code: bow_tie(clean.geometry[code]) for code in crossed})
    with_spike, tip = spike(clean.geometry[spiked])
    put(layer, {spiked: with_spike})
    for kind, sector, _, strip in moved:
        change = shapely.union if kind == "overlap" else shapely.difference
        put(layer, {sector: change(layer.geometry[sector], strip)})
    put(layer, {holed: clean.geometry[holed].difference(ring),
                wet: clean.geometry[wet].difference(water)})
    lines = [thin_kite(clean.geometry[sorted(at_peace)], sector, width)
             for sector, width in zip(beside_slivers, SLIVERS)]
    extra = [lake(wet, water, random),
             *(nameless(sector, line)
               for sector, line in zip(beside_slivers, lines))]
    number(extra, clean)
    other_id = renamed.replace("-", "", 1)
    table = as_rows(layer, split, extra, {renamed: other_id, twice: twice})
    write_as_it_is(table[[*RESOURCES[0]["fields"], "geometry"]],
                   out / "sectors_received.geojson")

    people = clean.loc[split, "population"]
    rows = [(code, "geometry", "bow_tie", "Self-intersection",
             wkt(clean.geometry[code])) for code in crossed]
    rows += [(f"{sector}|{other}", "geometry", kind, area(strip), 0)
             for kind, sector, other, strip in moved]
    rows += [
        (spiked, "geometry", "spike", wkt(tip), wkt(clean.geometry[spiked])),
        (holed, "geometry", "hole", area(ring), 0),
        (extra[0]["sector_id"], "", "lake", area(water), ""),
        *((row["sector_id"], "", "sliver", area(row["geometry"]), "")
          for row in extra[1:]),
        (split, "population", "total_repeated", 2 * people, people),
        (other_id, "sector_id", "same_geometry_other_id", other_id, renamed),
        (twice, "", "exact_duplicate", "2 features", "1 feature")]
    names = ("record", "field", "kind", "found", "true_value")
    return {"sectors_received": truth_table(
        [dict(zip(names, row)) for row in rows])}


def put(layer, shapes):
    """Put other shapes in the place of those of some sectors."""
    layer.loc[list(shapes), "geometry"] = list(shapes.values())


def nameless(sector, shape):
    return {"iso_3166_2": sector[:5], "name_fr": "", "name_ar": "",
            "population": 0, "source_scale": 25000, "geometry": shape}


def lake(sector, shape, random):
    french, arabic = EPITHETS[random.integers(len(EPITHETS))]
    return nameless(sector, shape) | {
        "name_fr": f"Lac fictif {french}",
        "name_ar": f"بحيرة وهمية {arabic}"}


def number(rows, clean):
    """Give identifiers that look like those of sectors: the next ones."""
    last = clean["iso_3166_2"].value_counts().to_dict()
    for row in rows:
        last[row["iso_3166_2"]] += 1
        row["sector_id"] = f"{row['iso_3166_2']}-{last[row['iso_3166_2']]}"


def as_rows(layer, split, extra, copies):
    """All rows: one sector in two rows, then what should not be there."""
    one = layer.loc[[split]]
    parts = halves(one.geometry.iloc[0])
    rows = pd.concat([layer.drop(index=split),
                      *(one.set_geometry([part]) for part in parts)])
    rows = rows.sort_index(kind="stable").reset_index()
    pasted = [rows[rows["sector_id"] == code].assign(sector_id=copy)
              for code, copy in copies.items()]
    return pd.concat([rows, pd.DataFrame(extra), *pasted])
