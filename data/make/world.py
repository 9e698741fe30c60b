"""The small fictional world that the scripts share: chance, names, places.

Everything random comes from `chance(seed, layer)`: each layer has its own
stream, so that a change in one layer leaves the others as they are.
"""

import zlib

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from common import RECEIVED

METRIC = "EPSG:32632"
SEED = 20211202  # the first day of the training that the course re-creates

# Names of the local kind, in French and Arabic: they name fictional places.
EPITHETS = [
    ("El Amel", "الأمل"), ("Ennour", "النور"), ("Essalem", "السلام"),
    ("El Wifak", "الوفاق"), ("Ettadhamoun", "التضامن"),
    ("El Izdihar", "الازدهار"), ("Ennasr", "النصر"), ("El Fajr", "الفجر"),
    ("Ezzitouna", "الزيتونة"), ("El Waha", "الواحة"),
    ("Ennakhil", "النخيل"), ("El Mahrajène", "المهراجان"),
    ("Erriadh", "الرياض"), ("El Bassatine", "البساتين"),
    ("El Ferdaous", "الفردوس"), ("Errabie", "الربيع"),
    ("El Ons", "الأنس"), ("Essaada", "السعادة"), ("El Yasmine", "الياسمين"),
    ("Errawabi", "الروابي"), ("El Manar", "المنار"), ("El Bahr", "البحر"),
    ("El Jabal", "الجبل"), ("El Wadi", "الوادي"), ("Errimel", "الرمال"),
    ("El Hidhab", "الهضاب"), ("El Kasbah", "القصبة"), ("El Borj", "البرج"),
    ("El Aïn", "العين"), ("Sidi Mithal", "سيدي مثال"),
]
# People: first names as they are common, and family names that say
# "example", "imaginary", "trial", "model": nobody is called so.
FIRST_NAMES = [
    ("Amal", "أمل"), ("Sami", "سامي"), ("Leïla", "ليلى"),
    ("Karim", "كريم"), ("Nour", "نور"), ("Hédi", "الهادي"),
    ("Salma", "سلمى"), ("Youssef", "يوسف"), ("Mariem", "مريم"),
    ("Anis", "أنيس"), ("Rim", "ريم"), ("Walid", "وليد"),
    ("Ines", "إيناس"), ("Fathi", "فتحي"), ("Olfa", "ألفة"),
    ("Tarek", "طارق"), ("Hela", "هالة"), ("Mounir", "منير"),
]
FAMILY_NAMES = [
    ("Ben Mithal", "بن مثال"), ("Khayali", "الخيالي"),
    ("Tajribi", "التجريبي"), ("Namoudhaji", "النموذجي"),
    ("Ben Wahm", "بن وهم"), ("Iftiradhi", "الافتراضي"),
]


def chance(seed: int | None, layer: str) -> np.random.Generator:
    """The random numbers of one layer."""
    return np.random.default_rng(
        [SEED if seed is None else seed, zlib.crc32(layer.encode())])


def phone(random: np.random.Generator) -> str:
    """A number that cannot be called: no Tunisian number begins with 0."""
    return f"00 {random.integers(1000):03d} {random.integers(1000):03d}"


def points_in(shape, number: int, random: np.random.Generator) -> list:
    """Points inside a shape, which is in metres."""
    points = gpd.GeoSeries([shape]).sample_points(number, rng=random)
    return list(shapely.get_parts(points.values))


def governorates(out) -> gpd.GeoDataFrame:
    """The training layer with populations, EPSG:32632, by ISO code."""
    layer = gpd.read_file(out / "governorates.geojson").to_crs(METRIC)
    table = pd.read_csv(RECEIVED / "governorates.csv")
    return layer.merge(table[["iso_3166_2", "pop_2014", "pop_2024"]]
                       ).set_index("iso_3166_2")


def sectors(out) -> gpd.GeoDataFrame:
    """The fictional sectors with populations, EPSG:32632, by sector_id."""
    return gpd.read_file(out / "sectors.geojson").to_crs(METRIC).set_index(
        "sector_id")


def share_out(total: int, weights):
    """Whole numbers in proportion to weights that add up to total."""
    weights = np.asarray(weights, dtype=float)
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    rest = total - whole.sum()
    luckiest = np.argsort(-(exact - whole), kind="stable")[:rest]
    whole[luckiest] += 1
    return whole


def truth_table(rows: list[dict]) -> pd.DataFrame:
    """Planted defects: which record, which field, what kind, what is true.

    columns: record (identifier or line in the raw file), field ("" for the
    whole record), kind (a short name), found (as it stands in the raw
    file), true_value ("" when the record should not be there).
    """
    return pd.DataFrame(rows, columns=[
        "record", "field", "kind", "found", "true_value"]).astype(str)
