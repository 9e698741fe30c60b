"""How the office writes the register, and which defects it then has.

Part of health_centres.py. Each defect is planted a fixed number of times, at
most one in a field of a row. REMEDY states the rule by which a person can
undo it, or that the row or value must be rejected because the file has lost
the truth.

cp1256 has no Arabic-Indic digits, no Persian yeh (U+06CC), no primes and no
capital A with tilde ("MÃ©denine"): these defects cannot be in this file.
"""

import re
import unicodedata

# column of the file -> column of the register
COLUMNS = {
    "code_centre": "code", "nom": "name_fr", "الاسم": "name_ar",
    "gouvernorat": "governorate", "secteur": "sector_id", "type": "type",
    "latitude;longitude": "position", "date_ouverture": "opened",
    "lits": "beds", "personnel": "staff",
    "population_desservie": "population_served", "téléphone": "phone",
    "statut": "status", "date_maj": "updated",
}
# kind: (times, field, values that can have it, how a value is spoiled; its
# arguments are the value and 0, 1 or 2 for a variation)
FIELD_DEFECTS = {
    "swapped_coordinates": (35, "latitude;longitude", "", lambda v, r:
                            ";".join(v.split(";")[::-1])),
    "dms_coordinates": (30, "latitude;longitude", "", lambda v, r:
                        in_dms(v, r)),
    "missing_position": (6, "latitude;longitude", "", lambda v, r:
                         [";", "NULL;NULL", "-;-"][r]),
    "lost_leading_zero": (40, "code_centre", "^0", lambda v, r:
                          str(int(v))),
    "two_digit_year": (45, "date_ouverture", "", lambda v, r:
                       v[:6].replace("/", "-") + v[8:]),
    "missing_null": (24, "date_ouverture|lits|personnel", "", lambda v, r:
                     "NULL"),
    "missing_dash": (24, "date_ouverture|lits|personnel", "", lambda v, r:
                     "-"),
    "missing_empty": (24, "date_ouverture|lits|personnel", "", lambda v, r:
                      ""),
    "thousands_blank": (60, "population_desservie", r"\d{4}", lambda v, r:
                        f"{int(v):,}".replace(",", " ")),
    "thousands_no_break_space": (
        30, "population_desservie", r"\d{4}", lambda v, r:
        f"{int(v):,}".replace(",", "\u00a0")),
    "thousand_times_too_big": (1, "population_desservie", r"\d{4}",
                               lambda v, r: v + "000"),
    "trailing_space": (30, "nom|gouvernorat", "", lambda v, r:
                       v + " " * (1 + r)),
    "governorate_variant": (
        15, "gouvernorat", "^(L'Ariana|La Manouba|Le Kef|Kébili|Médenine)$",
        lambda v, r: VARIANTS[v]),
    "tatweel": (20, "الاسم", "", lambda v, r:
                v[0] + "ـ" * (2 + r) + v[1:]),
    "persian_heh": (15, "الاسم", "ه", lambda v, r: v.replace("ه", "ھ")),
    "alef_without_hamza": (
        20, "الاسم", "أساسية|أريانة", lambda v, r:
        v.replace("أساسية", "اساسية").replace("أريانة", "اريانة")),
    "heh_for_teh_marbuta": (25, "الاسم", "ة", lambda v, r:
                            v.replace("ة", "ه")),
    "question_marks": (4, "الاسم", "", lambda v, r:
                       re.sub(r"[^\W\d]|،", "?", v)),
}
# The other names that 'governorate_table' has for the same governorates.
VARIANTS = {"L'Ariana": "Ariana", "La Manouba": "Manouba",
            "Le Kef": "Kef", "Kébili": "Kebili", "Médenine": "Medenine"}
# Defects that lose the value or the whole row.
VALUE_LOST = ("missing_null", "missing_dash", "missing_empty",
              "question_marks")
ROW_LOST = "missing_position"
REMEDY = {
    "encoding_cp1256": "rule: read as cp1256, whatever the label says",
    "semicolon": "rule: the separator is the semicolon",
    "decimal_comma": "rule: comma to point in latitude and longitude",
    "day_first_date": "rule: day, month, year",
    "swapped_coordinates": "rule: latitude is 30 to 38, longitude 7 to 12",
    "dms_coordinates": "rule: degrees + minutes / 60 + seconds / 3600, "
                       "rounded to 6 decimals; Nord, Est are N, E",
    "missing_position": "reject: the row has no position",
    "lost_leading_zero": "rule: codes have four digits",
    "two_digit_year": "rule: 50 to 99 are 19xx, 00 to 21 are 20xx",
    "missing_null": "rule: missing; a value is not invented",
    "missing_dash": "rule: missing; a value is not invented",
    "missing_empty": "rule: missing; a value is not invented",
    "thousands_blank": "rule: drop blanks between digits",
    "thousands_no_break_space": "rule: drop blanks between digits",
    "thousand_times_too_big": "rule: more than its sector has; divided by "
                              "1000, the sector's sum is its population",
    "trailing_space": "rule: strip",
    "governorate_variant": "rule: name_en to name_fr of governorate_table",
    "tatweel": "rule: drop U+0640",
    "persian_heh": "rule: U+06BE to U+0647",
    "alef_without_hamza": "rule: words of the type and of the governorate "
                          "as in the code list and in governorate_table",
    "heh_for_teh_marbuta": "rule: no word of this register ends in heh",
    "question_marks": "reject: the value cannot be recovered",
    "exact_duplicate": "rule: keep the first of equal lines",
    "pasted_block": "rule: keep the first of equal lines",
    "duplicate_same_code": "rule: same code; keep the first line",
    "duplicate_other_code": "rule: same telephone; keep the first line",
    "totals_row": "reject: a sum, not a centre",
    "empty_record": "reject: not a centre",
}


def as_text(centre):
    """One centre as the office writes it: decimal commas, day first."""
    row = {column: str(centre[name]) for column, name in COLUMNS.items()}
    row["latitude;longitude"] = row["latitude;longitude"].replace(".", ",")
    for column in ("date_ouverture", "date_maj"):
        row[column] = "/".join(reversed(row[column].split("-")))
    return row


def in_dms(position, style):
    """Two decimal-comma degrees as people write them, in three styles."""
    texts = []
    for text, letter, word in zip(position.split(";"), "NE", ("Nord", "Est")):
        tenths = round(float(text.replace(",", ".")) * 36_000)
        degrees, rest = divmod(tenths, 36_000)
        minutes, seconds = divmod(rest, 600)
        whole, tenth = divmod(seconds, 10)
        texts.append([
            f"{degrees}°{minutes:02d}'{whole:02d}.{tenth}''{letter}",
            f"{degrees}° {minutes:02d}’ {whole:02d},{tenth}” {word}",
            f"{letter} {degrees} {minutes:02d} {whole:02d},{tenth}",
        ][style])
    return ";".join(texts)


def other_spelling(name):
    """A name in capitals without accents, and with Al for the article."""
    name = re.sub(r"\bE([nrstz])\1", r"Al \1", name.replace(" El ", " Al "))
    bare = unicodedata.normalize("NFD", name.replace("Sidi M", "Sidy M"))
    return re.sub("[\u0300-\u036f]", "", bare).upper()
