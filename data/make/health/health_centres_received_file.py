"""The register as the ministry received it: lines of text, and the truth.

Part of health_centres.py. `health_centres_defects` lists the defects and
how the office writes.
"""

import re

from ..shared.truth import Defect, truth_table
from .health_centres_defects import (
    COLUMNS,
    FIELD_DEFECTS,
    REMEDY,
    ROW_LOST,
    VALUE_LOST,
    as_text,
    other_spelling,
)

BLOCK, SINGLES = 20, 10  # equal lines: pasted together, and here and there
SAME_CODE, OTHER_CODE = 15, 15  # other lines about the same centre
FILE_DEFECTS = [
    Defect("file", "", "encoding_cp1256", "windows-1256", "utf-8"),
    Defect("file", "", "semicolon", ";", ","),
    Defect("file", "latitude;longitude", "decimal_comma", ",", "."),
    Defect("file", "date_ouverture, date_maj", "day_first_date",
           "dd/mm/yyyy", "yyyy-mm-dd"),
]


def received_file(centres, random):
    """Lines of the file, the truth table, and what the file has lost:
    (lines, truth, {row number: lost columns, or None for the whole row}).

    centres: the true register, EPSG:4326.
    """
    centres = centres.assign(position=[
        f"{point.y:.6f};{point.x:.6f}" for point in centres.geometry])
    rows = [as_text(centre) for centre in centres.to_dict("records")]
    copied, block = rows_to_copy(len(rows), random)
    first_of_sector = set(centres.drop_duplicates("sector_id").index)
    planted = spoil(rows, centres, set(copied) | set(block),
                    first_of_sector, random)
    lines, copies = with_copies(rows, copied, block, random)
    lines += [totals(centres, planted), ";" * (len(lines[0].split(";")) - 1)]
    return lines, truth(lines, planted, copies, centres), lost(planted)


def rows_to_copy(number, random):
    """Rows that will have a copy (they have no other defect): rows here
    and there, and a block of neighbours.
    """
    start = int(random.integers(number - BLOCK))
    block = list(range(start, start + BLOCK))
    others = [i for i in range(number) if i not in block]
    return [int(i) for i in random.choice(
        others, SINGLES + SAME_CODE + OTHER_CODE, replace=False)], block


def spoil(rows, centres, untouched, first_of_sector, random):
    """Plant FIELD_DEFECTS in rows; list them: row number, field, kind,
    found value, true value.
    """
    planted, taken = [], set()
    for kind, (times, fields, suits, change) in FIELD_DEFECTS.items():
        fields = fields.split("|")
        for number in range(times):
            field = fields[number % len(fields)]
            column = COLUMNS[field]
            avoid = untouched | {i for i, name in taken if name == field}
            # A sector never loses its only centre.
            avoid |= first_of_sector if kind == ROW_LOST else set()
            i = int(random.choice([
                i for i, row in enumerate(rows)
                if i not in avoid and re.search(suits, row[field])]))
            rows[i][field] = change(rows[i][field], number % 3)
            taken.add((i, field))
            true = "" if kind in (*VALUE_LOST, ROW_LOST) else (
                str(centres.at[i, column]))
            planted.append((i, field, kind, rows[i][field], true))
    return planted


def with_copies(rows, copied, block, random):
    """Lines (header first), and [(line number, row, kind)] of the copies.

    A copy comes after its original, so that the first line is the true one.
    """
    order = [(i, rows[i], "") for i in range(len(rows))]
    kinds = (["exact_duplicate"] * SINGLES + ["duplicate_same_code"]
             * SAME_CODE + ["duplicate_other_code"] * OTHER_CODE)
    new_codes = 5000 + random.choice(1000, len(copied), replace=False)
    for i, kind, code in zip(copied, kinds, new_codes):
        copy = dict(rows[i])
        if kind != "exact_duplicate":
            copy["nom"] = other_spelling(copy["nom"])
            # Entered a second time, to 4 decimals (10 m).
            copy["latitude;longitude"] = ";".join(
                part[:-2] for part in copy["latitude;longitude"].split(";"))
        if kind == "duplicate_other_code":
            copy["code_centre"] = str(code)
        after = next(n for n, item in enumerate(order)
                     if item[0] == i and not item[2])
        order.insert(int(random.integers(after + 1, len(order) + 1)),
                     (i, copy, kind))
    order += [(i, dict(rows[i]), "pasted_block") for i in block]
    lines = [";".join(COLUMNS)] + [";".join(row.values())
                                   for _, row, _ in order]
    # Line 1 is the header.
    return lines, [(number, i, kind) for number, (i, _, kind)
                   in enumerate(order, start=2)]


def totals(centres, planted):
    """The line of sums over the centres, of the values in the file."""
    row = dict.fromkeys(COLUMNS, "") | {
        "nom": "TOTAL", "الاسم": "المجموع", "latitude;longitude": ";"}
    for field in ("lits", "personnel", "population_desservie"):
        missing = [i for i, name, kind, *_ in planted
                   if name == field and kind in VALUE_LOST]
        total = centres[COLUMNS[field]].drop(missing).sum()
        row[field] = f"{total:,}".replace(",", " ")
    return ";".join(row.values())


def truth(lines, planted, copies, centres):
    """The truth table, with centre_id and remedy (rule or reject)."""
    ids = centres["centre_id"]
    line_of = {i: number for number, i, kind in copies if not kind}
    rows = [(defect, "") for defect in FILE_DEFECTS]
    rows += [(Defect(f"line {line_of[i]}", *defect), ids[i])
             for i, *defect in planted]
    rows += [(Defect(f"line {number}", "", kind, lines[number - 1]), ids[i])
             for number, i, kind in copies if kind]
    rows += [(Defect(f"line {number}", "", kind, lines[number - 1]), "")
             for number, kind in ((len(lines) - 1, "totals_row"),
                                  (len(lines), "empty_record"))]
    defects, centre_ids = zip(*rows)
    table = truth_table(defects)
    return table.assign(centre_id=centre_ids,
                        remedy=table["kind"].map(REMEDY))


def lost(planted):
    """Row number -> columns that the file lost; None for the whole row."""
    columns = {}
    for i, field, kind, *_ in planted:
        if kind == ROW_LOST:
            columns[i] = None
        elif kind in VALUE_LOST and columns.get(i, []) is not None:
            columns.setdefault(i, []).append(COLUMNS[field])
    return columns
