"""A second reading of the rules that clean the register as received."""

import re

import numpy as np
import pandas as pd

from data.make.shared.files import RECEIVED

MISSING = ["", "-", "NULL"]


def cleaned(register, with_rejected=False):
    """The file as received after the rules, by centre_id.

    Missing numbers are NaN. Rows without a position are rejected, unless
    with_rejected.
    """
    header, *rows = [line.split(";") for line in register.lines]
    table = pd.DataFrame(rows, columns=header)
    table = table.apply(lambda column: column.str.strip())
    table = table[table["code_centre"] != ""]  # totals row, empty record
    table["code_centre"] = table["code_centre"].str.zfill(4)
    table = table.drop_duplicates("code_centre").drop_duplicates("téléphone")
    places = [position(*pair) for pair in zip(
        table["latitude"], table["longitude"])]
    people = number(table["population_desservie"])
    most = table["secteur"].map(
        register.sectors.set_index("sector_id")["population"])
    clean = pd.DataFrame({
        "centre_id": "HC-" + table["code_centre"],
        "code": table["code_centre"],
        "name_fr": table["nom"], "name_ar": table["الاسم"].map(arabic),
        "type": table["type"], "sector_id": table["secteur"],
        "iso_3166_2": table["gouvernorat"].map(iso_codes()),
        "opened": table["date_ouverture"].map(date),
        "updated": table["date_maj"].map(date),
        "beds": number(table["lits"]), "staff": number(table["personnel"]),
        "population_served": people.where(people <= most, people / 1000),
        "status": table["statut"], "phone": table["téléphone"],
        "latitude": [lat for lat, _ in places],
        "longitude": [lon for _, lon in places],
    }).set_index("centre_id")
    return clean if with_rejected else clean.dropna(subset="latitude")


def position(latitude, longitude):
    """Latitude and longitude in degrees; the larger one is the latitude."""
    if latitude in MISSING:
        return np.nan, np.nan
    pair = degrees(latitude), degrees(longitude)
    return max(pair), min(pair)


def degrees(text):
    """Degrees of a text in degrees, or in degrees, minutes, seconds."""
    parts = re.findall(r"\d+(?:[.,]\d+)?", text)
    parts = [float(part.replace(",", ".")) for part in parts]
    return round(sum(part / 60 ** n for n, part in enumerate(parts)), 6)


def number(column):
    """Numbers of a column of text without their spaces."""
    bare = column.replace(MISSING, None).str.replace(r"\s", "", regex=True)
    return bare.astype(float)


def date(text):
    """The day of a text; a year of two digits is 1950 to 2049."""
    if text in MISSING:
        return pd.NaT
    day, month, year = re.split("[-/]", text)
    if len(year) == 2:
        year = ("19" if int(year) >= 50 else "20") + year
    return pd.Timestamp(f"{year}-{month}-{day}")


def arabic(name):
    """An Arabic name in its right spelling; empty where it is lost."""
    if "?" in name:
        return ""
    name = name.replace("ـ", "").replace("ھ", "ه")
    name = re.sub(r"ه\b", "ة", name)
    for word in ("أساسية", "أريانة"):
        name = name.replace(word.replace("أ", "ا"), word)
    return name


def iso_codes():
    """Name of a governorate, in English or French -> ISO code."""
    table = pd.read_csv(RECEIVED / "governorates.csv")
    return {name: code for language in ("name_en", "name_fr")
            for name, code in zip(table[language], table["iso_3166_2"])}
