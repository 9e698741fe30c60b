"""E07: the defects of the register as received, and their remedies."""

import re

import pytest

from tests.data.health.cleaning import cleaned
from tests.data.worlds import HEADERS, of_kind


def test_the_label_utf_8_is_wrong(register):
    header = HEADERS["health_centres_received"]
    assert "labelled UTF-8" in header["description"]
    with pytest.raises(UnicodeDecodeError):
        register.file.read_text("utf-8")


def test_seven_per_cent_of_the_rows_are_swapped(register):
    rows = register.lines[1:-2]  # without header, totals row, empty record
    assert len(rows) == 500
    latitude = [register.value(n, "latitude").replace(",", ".")
                for n in range(2, 502)]
    swapped = [text for text in latitude
               if re.fullmatch(r"[\d.]+", text) and float(text) < 12]
    assert len(swapped) == 35


def test_every_planted_defect_stands_in_its_line(register):
    for defect in register.planted.itertuples():
        if defect.record == "file":
            continue
        line = int(defect.record.removeprefix("line "))
        if defect.field:
            found = register.value(line, defect.field)
            assert found != defect.true_value or found == "", defect
        else:
            found = register.lines[line - 1]
        assert found == defect.found, defect


def test_the_defects_of_the_whole_file_are_in_each_line(register):
    whole = register.planted.query("record == 'file'")
    assert set(whole["kind"]) == {"encoding_cp1256", "semicolon",
                                  "decimal_comma", "day_first_date"}
    for line in range(2, 502):
        assert register.value(line, "latitude;longitude").count(".") in (0, 2)
        assert re.fullmatch(r"\d\d/\d\d/\d{4}",
                            register.value(line, "date_maj"))


def test_each_defect_looks_like_its_kind(register):
    looks = {
        "dms_coordinates": "[°NE]", "missing_position": "^(?:|NULL|-);",
        "lost_leading_zero": r"^\d{1,3}$", "trailing_space": " $",
        "two_digit_year": r"^\d\d-\d\d-\d\d$", "missing_null": "^NULL$",
        "missing_dash": "^-$", "missing_empty": "^$", "tatweel": "ـ",
        "thousands_blank": r"\d \d", "persian_heh": "ھ",
        "thousands_no_break_space": "\\d\u00a0\\d",
        "thousand_times_too_big": "^[1-9][0-9]{3,}000$",
        "heh_for_teh_marbuta": r"ه\b", "question_marks": r"\?\?",
        "alef_without_hamza": "اساسية|اريانة",
        "governorate_variant":
            "^(?:Ariana|Manouba|Kef|Kebili|Medenine)$",
    }
    for kind, pattern in looks.items():
        found = of_kind(register.planted, kind)["found"]
        assert len(found) and found.str.contains(pattern).all(), kind


def test_every_defect_has_a_rule_or_is_to_be_rejected(register):
    planted = register.planted
    assert planted["remedy"].str.match("(rule|reject): ").all()
    rejected = planted[planted["remedy"].str.startswith("reject")]
    assert set(rejected["kind"]) == {
        "missing_position", "question_marks", "totals_row", "empty_record"}
    assert (rejected["true_value"] == "").all()


def test_no_field_has_two_defects(register):
    planted = register.planted[register.planted["record"] != "file"]
    assert not planted.duplicated(["record", "field"]).any()


def test_the_total_is_that_of_the_centres_and_of_the_country(register):
    table = cleaned(register, with_rejected=True)
    for field, column in (("lits", "beds"), ("personnel", "staff"),
                          ("population_desservie", "population_served")):
        total = register.value(502, field).replace(" ", "")
        assert int(total) == table[column].sum()
    assert table["population_served"].sum() == 11_972_169


def test_a_telephone_cannot_be_called_and_belongs_to_one_centre(register):
    table = cleaned(register, with_rejected=True)
    assert table["phone"].str.match(r"00 \d{3} \d{3}$").all()
    assert table["phone"].is_unique
