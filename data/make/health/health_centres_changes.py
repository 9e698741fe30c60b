"""Version 2 of the health-centre register, a year later. FICTIONAL.

Part of health_centres.py: the known changes for the change log of E19. A
centre that is less than 10 m away was measured again, not moved: the change
log must not count it.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from ..shared.names import EPITHETS
from ..shared.truth import Defect, truth_table
from ..shared.world import METRIC, points_well_inside
from .health_centres_register import TYPES, days, seat

NEW, REMOVED, MOVED, MEASURED_AGAIN, RENAMED = 6, 9, 14, 10, 11
BOTH = 2  # of the moved are renamed too
METRES = {"moved": (15, 95), "moved less than 10 m": (2, 7)}


def second_version(first, located, places, regions, random):
    """Version 2 and its truth table (found is version 2, true_value is
    version 1), with distance_m.

    first: version 1; located: rows that version 1 lacked because their
    position was not known (the producer has answered); places, regions:
    sectors and governorates in EPSG:32632.
    """
    second = first.set_index("centre_id")
    # A sector keeps its first centre.
    spare = second.index[second.duplicated("sector_id")]
    removed = random.choice(spare, REMOVED, replace=False)
    kept = random.permutation(second.index.difference(removed))
    moved, again = kept[:MOVED], kept[MOVED:MOVED + MEASURED_AGAIN]
    rest = kept[MOVED + MEASURED_AGAIN:]
    renamed = [*moved[:BOTH], *rest[:RENAMED - BOTH]]
    changes = [Defect(number, "", "removed", "", second.at[number, "name_fr"])
               for number in sorted(removed)]
    # Located centres come first: their names are not free for others.
    located = located.set_index("centre_id")
    second = pd.concat([second.drop(index=removed), located])
    moves = move(second, moved, "moved", random)
    moves += move(second, again, "moved less than 10 m", random)
    changes += [change for change, _ in moves]
    changes += rename(second, renamed, random)
    new = new_centres(second, places, regions, random)
    second = pd.concat([second, new.set_index("centre_id")])
    changed = [*moved, *again, *renamed]
    added = [*located.index, *new["centre_id"]]
    changes += [Defect(number, "", "added", second.at[number, "name_fr"])
                for number in added]
    for number in dict.fromkeys([*changed, *added]):
        second.at[number, "updated"] = days(
            1, "2022-11-01", "2022-11-30", random)[0]
    distances = dict(moves)
    table = truth_table(changes).assign(
        distance_m=[distances.get(change, "") for change in changes])
    return second.sort_index().reset_index(), table


def move(layer, numbers, kind, random):
    """Move points in layer; pairs of the change and its distance as text.

    The distance is measured between the coordinates as they are written.
    """
    moves = []
    for number in numbers:
        old = layer.at[number, "geometry"]
        away = random.uniform(*METRES[kind])
        angle = random.uniform(0, 2 * np.pi)
        before = gpd.GeoSeries([old], crs=4326).to_crs(METRIC)
        new = before.translate(away * np.cos(angle), away * np.sin(angle))
        new = new.to_crs(4326)
        new = gpd.GeoSeries(gpd.points_from_xy(
            new.x.round(6), new.y.round(6)), crs=4326)
        layer.at[number, "geometry"] = new.iloc[0]
        distance = new.to_crs(METRIC).distance(before).iloc[0]
        moves.append((Defect(number, "geometry", kind,
                             as_written(new.iloc[0]), as_written(old)),
                      f"{distance:.1f}"))
    return moves


def as_written(point):
    """The coordinates as they stand in the GeoJSON file."""
    return f"[ {point.x}, {point.y} ]"


def rename(layer, numbers, random):
    """New epithets in both languages, not used in the same sector."""
    changes = []
    for number in numbers:
        old = layer.loc[number]
        here = layer.loc[layer["sector_id"] == old["sector_id"], "name_fr"]
        i = unused(here, random)
        was, place = old["name_fr"].split(" fictif ")[1].split(", ", 1)
        word = old["name_fr"].split(" fictif ")[0]
        name = f"{word} fictif {EPITHETS[i][0]}, {place}"
        layer.at[number, "name_fr"] = name
        if pd.notna(old["name_ar"]):  # a lost name stays lost
            arabic = dict(EPITHETS)[was]
            layer.at[number, "name_ar"] = old["name_ar"].replace(
                f"{arabic}، ", f"{EPITHETS[i][1]}، ")
        changes.append(Defect(number, "name_fr", "renamed", name,
                              old["name_fr"]))
    return changes


def unused(names, random):
    """The number of an epithet that no name of a sector has."""
    used = {name.split(" fictif ")[1].split(", ")[0] for name in names}
    return random.choice([i for i, (epithet, _) in enumerate(EPITHETS)
                          if epithet not in used])


def new_centres(layer, places, regions, random):
    """Basic centres opened in 2022, in sectors of their own."""
    rows = []
    codes = 6000 + random.choice(1000, NEW, replace=False)
    for code, sector in zip(codes, random.choice(
            places.index, NEW, replace=False)):
        place = places.loc[sector]
        region = regions.loc[place["iso_3166_2"], "name_ar"]
        i = unused(layer.loc[layer["sector_id"] == sector, "name_fr"], random)
        french, arabic, *_ = TYPES["CSB"]
        rows.append({
            "centre_id": f"HC-{code}",
            "name_fr": f"{french} fictif {EPITHETS[i][0]}, "
                       f"{seat(place['place'])}",
            "name_ar": f"{arabic} وهمي {EPITHETS[i][1]}، {region} "
                       f"{int(sector[-2:])}",
            "type": "CSB", "iso_3166_2": place["iso_3166_2"],
            "sector_id": sector, "status": "ouvert", "beds": 0,
            "staff": random.integers(3, 13), "updated": "",
            "population_served": random.integers(1500, 4000),
            "opened": days(1, "2022-01-01", "2022-10-31", random)[0],
            "geometry": points_well_inside(
                place["geometry"], 1, random)[0]})
    new = gpd.GeoDataFrame(rows, crs=METRIC).to_crs(4326)
    return new.set_geometry(gpd.points_from_xy(
        new.geometry.x.round(6), new.geometry.y.round(6)), crs=4326)
