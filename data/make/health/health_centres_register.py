"""The register of health centres as it would be without any mistake.

Part of health_centres.py. FICTIONAL. Every sector has a centre; the others
follow the population.
"""

import unicodedata

import geopandas as gpd
import numpy as np
import pandas as pd

from ..shared.names import EPITHETS, phone
from ..shared.world import METRIC, points_well_inside, share_out

CENTRES = 440
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
CLOSED = 15  # for works


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
    centres["type"] = types(centres, random)
    words = centres["type"].map(TYPES)
    centres["name_fr"] = words.str[0] + " fictif " + centres["name_fr"]
    centres["name_ar"] = words.str[1] + " وهمي " + centres["name_ar"]
    centres["beds"] = [random.integers(*word[2]) if word[2][1] else 0
                       for word in words]
    centres["staff"] = [random.integers(*word[3]) for word in words]
    centres["opened"] = days(len(centres), "1950-01-01", "2015-01-01", random)
    centres["updated"] = days(
        len(centres), "2015-01-01", "2021-11-01", random)
    closed = random.choice(len(centres), CLOSED, replace=False)
    centres["status"] = "ouvert"
    centres.loc[closed, "status"] = "en travaux"
    centres["code"] = codes(random)
    centres["centre_id"] = "HC-" + centres["code"]
    centres["phone"] = phones(len(centres), random)
    points = gpd.GeoSeries(centres.pop("geometry"), crs=METRIC).to_crs(4326)
    return gpd.GeoDataFrame(centres, geometry=gpd.points_from_xy(
        to_grid(points.x), to_grid(points.y)), crs="EPSG:4326")


def of_a_sector(place, region, number, random):
    """Its centres: name without the word of the type, population, point."""
    chosen = random.choice(EPITHETS, number, replace=False)
    return pd.DataFrame({
        "name_fr": [f"{french}, {seat(place.place)}" for french, _ in chosen],
        "name_ar": [f"{arabic}، {region['name_ar']} "
                    f"{int(place.Index[-2:])}" for _, arabic in chosen],
        "iso_3166_2": place.iso_3166_2,
        "governorate": region["name_fr"],
        "sector_id": place.Index,
        "population_served": share_out(
            place.population, random.uniform(0.7, 1.3, number)),
        "geometry": points_well_inside(place.geometry, number, random)})


def seat(place):
    """The name of a place without macrons: cp1256 does not have them."""
    decomposed = unicodedata.normalize("NFD", place)
    return unicodedata.normalize("NFC", decomposed.replace("\u0304", ""))


def types(centres, random):
    """One regional hospital per governorate, local ones in other sectors."""
    codes = pd.Series("CSB", index=centres.index)
    first = centres.drop_duplicates("sector_id").index
    main = centres.drop_duplicates("iso_3166_2").index
    local = random.choice(
        first.difference(main), LOCAL_HOSPITALS, replace=False)
    codes[main], codes[local] = "HR", "HC"
    rest = codes.index[codes == "CSB"]
    codes[random.choice(rest, INTERMEDIATE, replace=False)] = "CI"
    return codes


def days(number, start, end, random):
    """Dates as ISO text."""
    start, end = np.datetime64(start), np.datetime64(end)
    return (start + random.integers(
        (end - start).astype(int), size=number)).astype(str)


def codes(random):
    """Four digits, in the order of entry and not in that of places."""
    low = random.choice(np.arange(1, 1000), LOW_CODES, replace=False)
    high = random.choice(
        np.arange(1000, 5000), CENTRES - LOW_CODES, replace=False)
    return [f"{code:04d}" for code in
            random.permutation(np.concatenate([low, high]))]


def phones(number, random):
    """Different telephone numbers, one per centre."""
    numbers = {}
    while len(numbers) < number:
        numbers[phone(random)] = None
    return list(numbers)


def to_grid(degrees):
    """Degrees to a tenth of a second, written with 6 decimals."""
    return (degrees * TENTH_OF_SECOND).round().div(TENTH_OF_SECOND).round(6)
