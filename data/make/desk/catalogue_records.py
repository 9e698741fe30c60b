"""E01: twelve catalogue records as their publishers wrote them. FICTIONAL.

Each seed makes the same twelve cases, with other titles, publishers,
identifiers and spellings, in another order. A record is open when it meets
all criteria but the metadata. Without complete metadata it is still open,
but hard to find and to trust.
"""

import pandas as pd

from ..shared.files import RECEIVED, write_json
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import chance
from .catalogue_records_cases import CASES, THEMES

# Criterion -> the key that decides, and the reason where it is met.
CRITERIA = {
    "online": ("access", "download for all"),
    "free": ("price", "no price"),
    "machine_readable": ("format", "structured data"),
    "non_proprietary": ("format", "open format"),
    "open_licence": ("licence", "open licence"),
    "no_personal_data": ("personal_fields", "no person named"),
    "metadata": ("updated", "described and dated"),
}
RESOURCES = [fictional(
    name="catalogue_records",
    path="catalogue_records.json",
    title="catalogue records to be audited",
    description=(
        "Twelve records as publishers fill them in, a JSON list of flat "
        "objects. Licences and prices are spelt as they wrote them. A "
        "PDF, a JPEG or TIFF scan of a page is in an open format and has no "
        "structured data; XLS and DWG hold data in formats of one vendor."),
    crs=None,
    fields={
        "record_id": "identifier of the record",
        "title_fr": "title in French",
        "title_ar": "title in Arabic",
        "title_en": "title in English",
        "publisher": "fictional public body",
        "description": "what the dataset holds",
        "fields": "names of all fields, separated by semicolons",
        "personal_fields": "those about people, or empty",
        "format": "file format, as stated",
        "access": "address of the download, with its condition, or on "
                  "request",
        "price": "0, gratuit, free, or an amount in dinars (TND)",
        "licence": "licence as the publisher wrote it, or empty",
        "licence_found_in": "where it is written, or empty",
        "contact": "mailbox of a function, not of a person",
        "updated": "date of the data, or empty",
    },
)]


def make(out, seed=None):
    """Write catalogue_records.json; needs nothing else."""
    random = chance(seed, "catalogue_records")
    others = random.permutation(
        [theme for theme in THEMES if theme not in
         [case[0] for case in CASES]]).tolist()
    places = pd.read_csv(RECEIVED / "governorates.csv").sample(
        len(CASES), random_state=random)
    numbers = random.choice(900, len(CASES), replace=False) + 100
    spell = ((lambda spellings: spellings[0]) if seed is None
             else (lambda spellings: str(random.choice(spellings))))
    records, rows = [], []
    for number, place, (theme, *case, unmet) in zip(
            numbers, places.itertuples(), CASES):
        record = described(f"CAT-{number}", THEMES[theme or others.pop()],
                           place, case, spell, random)
        records.append(record)
        rows += judged(record, unmet)
    order = random.permutation(len(records))
    write_json([records[i] for i in order], out / "catalogue_records.json")
    return {"catalogue_records": truth_table(rows)}


def described(record_id, theme, place, case, spell, random):
    """One record as its publisher fills it in."""
    title_fr, title_ar, title_en, publisher, fields = theme
    formats, licences, rest = case
    format_ = str(random.choice(formats))
    ending = {"GeoPackage": "gpkg"}.get(
        format_, format_.split()[0].lower())
    address = f"https://example.org/data/{record_id.lower()}.{ending}"
    people = spell(rest.get("personal", [""]))
    licence = spell(licences)
    day = pd.Timestamp("2020-01-01") + pd.Timedelta(
        days=int(random.integers(690)))
    return {
        "record_id": record_id,
        "title_fr": f"{title_fr} – {place.name_fr}",
        "title_ar": f"{title_ar} – {place.name_ar}",
        "title_en": f"{title_en} – {place.name_en}",
        "publisher": publisher,
        "description": f"{title_en} of the governorate, "
                       f"{random.integers(40, 400)} of them.",
        "fields": "; ".join(filter(None, [fields, people])),
        "personal_fields": people,
        "format": format_,
        "access": rest.get("access", rest.get("account", "") + address),
        "price": str(random.choice(
            rest.get("price", ["0", "gratuit", "free"]))),
        "licence": licence,
        "licence_found_in": rest.get(
            "stated", "page of the dataset" if licence else ""),
        "contact": "donnees@example.org",
        "updated": rest.get("updated", str(day.date())),
    }


def judged(record, unmet):
    """Rows of the truth table: one per criterion, whose kind is the reason;
    then the verdict, whose found lists the criteria that are not met.

    unmet: criterion -> reason.
    """
    rows = [Defect(record["record_id"], criterion,
                   unmet.get(criterion, reason), record[key],
                   criterion not in unmet)
            for criterion, (key, reason) in CRITERIA.items()]
    verdict = ("open" if not unmet
               else "open, metadata to complete" if list(unmet) == ["metadata"]
               else "not open")
    return [*rows, Defect(record["record_id"], "verdict", "verdict",
                          "; ".join(unmet), verdict)]
