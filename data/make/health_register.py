"""The register of health centres as it would be without any mistake.

FICTIONAL. health_centres.py spoils it into the file as received, and what
can be known from that file is the checkpoint. Every sector has a centre;
the others follow the population.
"""

import unicodedata

import geopandas as gpd
import numpy as np
import pandas as pd
from world import EPITHETS, METRIC, phone, points_in, share_out

CENTRES = 440
FROM_BORDER = 100  # metres, so that a point is in no doubt inside
TENTH_OF_SECOND = 36_000  # a degree: 3 m, as surveyors write DMS
LOW_CODES = 140  # codes that begin with 0
# code -> words in French and Arabic, beds and staff (from, to)
TYPES = {
    "CSB": ("Centre de santé de base", "مركز صحة أساسية", (0, 0), (3, 13)),
    "CI": ("Centre intermédiaire", "مركز وسيط", (0, 6), (10, 26)),
    "HC": ("Hôpital de circonscription", "مستشفى محلي", (15, 61), (25, 81)),
    "HR": ("Hôpital régional", "مستشفى جهوي", (90, 251), (150, 401)),
}
LOCAL_HOSPITALS, INTERMEDIATE = 60, 36


def register(places, regions, random):
    """All centres, in the order of sectors; columns as in the checkpoint,
    and code (four digits), phone.

    places: sectors by sector_id, regions: governorates by ISO code, both
    EPSG:32632. The result is in EPSG:4326, to a tenth of a second.
    """
    numbers = 1 + share_out(CENTRES - len(places), places["population"])
    centres = pd.concat([
        of_a_sector(place, regions.loc[place.iso_3166_2], number, random)
        for place, number in zip(places.itertuples(), numbers)],
        ignore_index=True)
    centres["type"] = types(centres, places, random)
    words = centres["type"].map(TYPES)
    centres["name_fr"] = words.str[0] + " fictif " + centres["name_fr"]
    centres["name_ar"] = words.str[1] + " وهمي " + centres["name_ar"]
    centres["beds"] = [random.integers(*word[2]) if word[2][1] else 0
                       for word in words]
    centres["staff"] = [random.integers(*word[3]) for word in words]
    centres["opened"] = days(len(centres), "1950-01-01", "2015-01-01", random)
    centres["updated"] = days(
        len(centres), "2015-01-01", "2021-11-01", random)
    working = random.choice(len(centres), 15, replace=False)
    centres["status"] = "ouvert"
    centres.loc[working, "status"] = "en travaux"
    centres["code"] = codes(random)
    centres["centre_id"] = "HC-" + centres["code"]
    centres["phone"] = phones(len(centres), random)
    points = gpd.GeoSeries(centres.pop("geometry"), crs=METRIC).to_crs(4326)
    return gpd.GeoDataFrame(centres, geometry=gpd.points_from_xy(
        to_grid(points.x), to_grid(points.y)), crs="EPSG:4326")


def of_a_sector(place, region, number, random):
    """Its centres: names without the word of the type, people, point."""
    epithets = random.choice(len(EPITHETS), number, replace=False)
    return pd.DataFrame({
        "name_fr": [f"{EPITHETS[i][0]}, {seat(place.name_fr)}"
                    for i in epithets],
        "name_ar": [f"{EPITHETS[i][1]}، {region['name_ar']} "
                    f"{int(place.Index[-2:])}" for i in epithets],
        "iso_3166_2": place.iso_3166_2,
        "governorate": region["name_fr"],
        "sector_id": place.Index,
        "population_served": share_out(
            place.population, random.uniform(0.7, 1.3, number)),
        "geometry": points_in(
            place.geometry.buffer(-FROM_BORDER), number, random)})


def seat(sector_name):
    """The place of a sector, without macrons: cp1256 does not have them."""
    place = unicodedata.normalize(
        "NFD", sector_name.removeprefix("Secteur fictif de "))
    return unicodedata.normalize("NFC", place.replace("\u0304", ""))


def types(centres, places, random):
    """A regional hospital a governorate, local ones in other sectors."""
    kinds = pd.Series("CSB", index=centres.index)
    first = centres.drop_duplicates("sector_id").index
    main = centres.drop_duplicates("iso_3166_2").index
    local = random.choice(
        first.difference(main), LOCAL_HOSPITALS, replace=False)
    kinds[main], kinds[local] = "HR", "HC"
    rest = kinds.index[kinds == "CSB"]
    kinds[random.choice(rest, INTERMEDIATE, replace=False)] = "CI"
    return kinds


def days(number, start, end, random):
    """Dates as ISO text."""
    start, end = np.datetime64(start), np.datetime64(end)
    return (start + random.integers(
        (end - start).astype(int), size=number)).astype(str)


def codes(random):
    """Four digits, not in the order of places: they follow entry."""
    low = random.choice(np.arange(1, 1000), LOW_CODES, replace=False)
    high = random.choice(
        np.arange(1000, 5000), CENTRES - LOW_CODES, replace=False)
    return [f"{code:04d}" for code in
            random.permutation(np.concatenate([low, high]))]


def phones(number, random):
    """A number for each centre: two centres never share one."""
    found = {}
    while len(found) < number:
        found[phone(random)] = None
    return list(found)


def to_grid(degrees):
    """Degrees to a tenth of a second, written with 6 decimals."""
    return (degrees * TENTH_OF_SECOND).round().div(TENTH_OF_SECOND).round(6)
