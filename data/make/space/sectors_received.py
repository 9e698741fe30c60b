"""E08: the sectors of four governorates as a ministry sends them. FICTIONAL.

The layer `sectors` is the truth. A part of it is "digitised from a small
map" (source_scale 200000): these sectors never touch each other, and only
they are displaced. So one rule repairs all: where two sectors disagree,
the one of scale 25000 is right; a gap belongs to the one of 200000.
"""

import geopandas as gpd
import pandas as pd
import shapely

from ..base.sectors import RESOURCES as SECTORS
from ..base.sectors import sector_id
from ..shared.files import write_unrepaired_geojson
from ..shared.names import EPITHETS
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import chance
from .sectors_received_defects import (
    area,
    bow_tie,
    halves,
    inner_blob,
    spike,
    thin_kite,
    wkt,
)
from .sectors_received_displaced import choose_displaced

REGION = ["TN-34", "TN-41", "TN-42", "TN-43"]
BOW_TIES = 2
OVERLAPS = [60, 180, 380]  # greatest width in metres
GAPS = [90, 220, 350]
SLIVERS = [5, 9, 14]
RESOURCES = [fictional(
    name="sectors_received",
    path="sectors_received.geojson",
    title="sectors of four governorates, as received",
    description=(
        "The sectors of Siliana, Kairouan, Kasserine and Sidi Bouzid with "
        "defects of topology: invalid rings, overlaps, gaps, slivers, a "
        "hole, a lake, duplicates, a sector sent in two rows. Where two "
        "sectors disagree, the sector of scale 25000 is right; a gap belongs "
        "to the sector of 200000. The clean version is 'sectors'. Exercise "
        "E08 repairs it."),
    fields=SECTORS[0]["fields"] | {
        "source_scale": "map it was digitised from: 25000 (1:25,000, "
                        "detailed) or 200000 (1:200,000, less exact)"},
)]


def make(out, seed=None):
    """Write sectors_received.geojson; needs sectors.geojson in out."""
    random = chance(seed, "sectors_received")
    clean = gpd.read_file(out / "sectors.geojson")
    clean = clean[clean["iso_3166_2"].isin(REGION)].set_index("sector_id")
    crossed, moved = choose_displaced(
        clean.geometry, BOW_TIES, OVERLAPS, GAPS, random)
    in_place, split, free = choose_others(clean, crossed, moved, random)
    holed, wet, spiked, twice, renamed, *beside_slivers = free

    layer = clean.assign(source_scale=25000)
    defects = plant_displaced(layer, clean, crossed, moved)
    ring, water = (inner_blob(clean.geometry[code], random)
                   for code in (holed, wet))
    with_spike, tip = spike(clean.geometry[spiked])
    put(layer, {spiked: with_spike,
                holed: clean.geometry[holed].difference(ring),
                wet: clean.geometry[wet].difference(water)})
    slivers = [
        nameless(sector, thin_kite(
            clean.geometry[sorted(in_place)], sector, width))
        for sector, width in zip(beside_slivers, SLIVERS)]
    extra = [lake(wet, water, random), *slivers]
    number(extra, clean)
    other_id = renamed.replace("-", "", 1)
    table = as_rows(layer, split, extra, {renamed: other_id, twice: twice})
    write_unrepaired_geojson(table[[*RESOURCES[0]["fields"], "geometry"]],
                             out / "sectors_received.geojson")

    people = clean.loc[split, "population"]
    return {"sectors_received": truth_table([
        *defects,
        Defect(spiked, "geometry", "spike", wkt(tip),
               wkt(clean.geometry[spiked])),
        Defect(holed, "geometry", "hole", area(ring), 0),
        Defect(extra[0]["sector_id"], "", "lake", area(water)),
        *(Defect(row["sector_id"], "", "sliver", area(row["geometry"]))
          for row in slivers),
        Defect(split, "population", "total_repeated", 2 * people, people),
        Defect(other_id, "sector_id", "same_geometry_other_id", other_id,
               renamed),
        Defect(twice, "", "exact_duplicate", "2 features", "1 feature")])}


def choose_others(clean, crossed, moved, random):
    """The sectors that are not displaced; one of them to be split; and the
    others that have no displaced neighbour, in random order.
    """
    in_place = set(clean.index) - {*crossed, *(
        sector for _, sector, _, _ in moved)}
    free = sorted(in_place - {other for _, _, other, _ in moved})
    free = [code for code in random.permutation(free)
            if clean.geometry[code].geom_type == "Polygon"]
    split = next(code for code in free if halves(clean.geometry[code]))
    free.remove(split)
    return in_place, split, free


def plant_displaced(layer, clean, crossed, moved):
    """Change the displaced sectors of the layer; returns the defects."""
    displaced = [*crossed, *(sector for _, sector, _, _ in moved)]
    layer.loc[displaced, "source_scale"] = 200000
    put(layer, {code: bow_tie(clean.geometry[code]) for code in crossed})
    for kind, sector, _, strip in moved:
        change = shapely.union if kind == "overlap" else shapely.difference
        put(layer, {sector: change(layer.geometry[sector], strip)})
    return [
        *(Defect(code, "geometry", "bow_tie", "Self-intersection",
                 wkt(clean.geometry[code])) for code in crossed),
        *(Defect(f"{sector}|{other}", "geometry", kind, area(strip), 0)
          for kind, sector, other, strip in moved)]


def put(layer, shapes):
    """Replace the shapes of some sectors; shapes: by sector."""
    layer.loc[list(shapes), "geometry"] = list(shapes.values())


def nameless(sector, shape):
    """A feature beside a sector that is no sector: no name, no people."""
    return {"iso_3166_2": sector[:5], "name_fr": "", "name_ar": "",
            "population": 0, "source_scale": 25000, "geometry": shape}


def lake(sector, shape, random):
    """A feature with a name that is no sector."""
    french, arabic = EPITHETS[random.integers(len(EPITHETS))]
    return nameless(sector, shape) | {
        "name_fr": f"Lac fictif {french}",
        "name_ar": f"بحيرة وهمية {arabic}"}


def number(rows, clean):
    """Give identifiers that look like those of sectors: the next ones."""
    last = clean["iso_3166_2"].value_counts().to_dict()
    for row in rows:
        code = row["iso_3166_2"]
        last[code] += 1
        row["sector_id"] = sector_id(code, last[code])


def as_rows(layer, split, extra, copies):
    """All rows: the sectors, of which one is split in two rows, the extra
    features, and the copies (sector -> identifier of its copy).
    """
    whole = layer.loc[[split]]
    parts = halves(whole.geometry.iloc[0])
    rows = pd.concat([layer.drop(index=split),
                      *(whole.set_geometry([part]) for part in parts)])
    rows = rows.sort_index(kind="stable").reset_index()
    pasted = [rows[rows["sector_id"] == code].assign(sector_id=copy)
              for code, copy in copies.items()]
    return pd.concat([rows, pd.DataFrame(extra), *pasted])
