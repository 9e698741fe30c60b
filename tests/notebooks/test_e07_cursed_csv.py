"""E07's solution against what was planted, in registers of fresh seeds."""

import io

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from commands.exercises import notebooks
from helpers import data
from tests.data.worlds import World, of_kind
from tests.notebooks import solutions
from tests.support import ROOT

pytestmark = pytest.mark.slow

NAME = "e07_cursed_csv"
SEEDS = [3, 11, 2026]  # neither the course's own nor those of tests/data
NO_ROW = ["empty_record", "exact_duplicate", "pasted_block", "totals_row",
          "duplicate_same_code", "duplicate_other_code"]
REASONS = {"empty_record": "no centre", "totals_row": "no centre"}
NUMBERS = ["beds", "staff", "population_served"]


@pytest.fixture(scope="module", params=SEEDS)
def cleaned(request, tmp_path_factory):
    """A fresh register, cleaned by the solution."""
    return Cleaned(World(
        tmp_path_factory.mktemp("world"), request.param))


class Cleaned:
    """raw, kept, log: of the solution; its tools by name; the world's truth
    and checkpoint. line: number of a line → its row in raw."""

    def __init__(self, world):
        self.file = world.path("health_centres_received")
        self.truth = world.truth("health_centres_received")
        self.checkpoint = world.layer("health_centres")
        self.tools = solved(world)
        self.raw = self["with_keys"](self["read_register"](self.file))
        self.kept, self.log = self["clean"](self.raw, names=True)
        self.by_key = {row["key"]: row for row in
                       self.kept.to_dict("records")}
        self.entries = {(row["key"], row["column"]): row for row in
                        self.log.to_dict("records")}

    def __getitem__(self, name):
        return self.tools[name]

    def row(self, record):
        """The row as received that a defect's `line 12` names."""
        return self.raw.iloc[int(record.removeprefix("line ")) - 2]


def solved(world):
    """The names that the solution's cells define, with the world's own
    sectors."""
    names = solutions.run(NAME, world.out)
    sectors = world.layer("sectors")
    names["PEOPLE"] = dict(zip(sectors["sector_id"], sectors["population"]))
    return names


def test_each_defect_of_a_value_is_corrected_or_listed_as_rejected(cleaned):
    defects = cleaned.truth[cleaned.truth["record"] != "file"]
    defects = defects[~defects["kind"].isin(NO_ROW)]
    assert len(defects) == 440 + 8
    nowhere = {cleaned.row(record)["key"] for record in of_kind(
        defects, "missing_position")["record"]}
    assert len(nowhere) == 6
    for defect in defects.itertuples():
        key = cleaned.row(defect.record)["key"]
        if key in nowhere:
            assert cleaned.entries[key, "row"]["rule"] == "no position"
        else:
            assert corrected(cleaned, key, defect), defect


def corrected(cleaned, key, defect):
    """Is the value the true one, and does the log say what it was? A value
    that was empty before stays so."""
    columns = defect.field.split(";")
    found, true = defect.found.split(";"), defect.true_value.split(";")
    return all(cleaned.by_key[key][column] == right and (
        wrong == right or (
            cleaned.entries[key, column]["before"],
            cleaned.entries[key, column]["after"]) == (wrong, right))
        for column, wrong, right in zip(columns, found, true, strict=True))


def test_each_row_that_is_no_centre_of_its_own_left_with_its_reason(cleaned):
    defects = of_kind(cleaned.truth, *NO_ROW)
    assert len(defects) == 62
    for defect in defects.itertuples():
        entry = cleaned.entries[cleaned.row(defect.record)["key"], "row"]
        assert entry["before"] == defect.found
        assert entry["rule"] == REASONS.get(defect.kind, "repeated")


def test_the_defects_of_the_whole_file_are_gone(cleaned):
    kept = cleaned.kept
    assert kept["الاسم"].str.contains("[\u0600-\u06ff]").sum() > 420
    assert not kept[["latitude", "longitude"]].map(
        lambda text: "," in text).any(axis=None)
    for column in ("date_ouverture", "date_maj"):
        assert kept[column].str.fullmatch(r"(\d{4}-\d\d-\d\d)?").all()


def test_nothing_is_invented(cleaned):
    """What the log does not name stands in the layer as it was received."""
    received = {row["key"]: row for row in cleaned.raw.to_dict("records")}
    for key, row in cleaned.by_key.items():
        for column in cleaned["RULES"]:
            entry = cleaned.entries.get((key, column))
            was = received[key][column]
            assert row[column] == (entry["after"] if entry else was)
            if was.strip() in ("", "-", "NULL"):
                assert row[column] == ""
    assert len(cleaned.entries) == len(cleaned.log)


def test_the_layer_is_the_checkpoint(cleaned):
    layer = cleaned["to_layer"](cleaned.kept).set_index("centre_id")
    wanted = cleaned.checkpoint.set_index("centre_id").loc[layer.index]
    assert len(layer) == len(cleaned.checkpoint)
    assert layer.geom_equals_exact(wanted.geometry, 1e-9).all()
    for column in layer.columns.drop("geometry"):
        mine, theirs = layer[column], wanted[column]
        if column in ("opened", "updated"):
            theirs = theirs.dt.strftime("%Y-%m-%d")
        if column in NUMBERS:
            theirs = theirs.astype("Int64")
        else:
            theirs = theirs.fillna("")
        assert mine.isna().eq(theirs.isna()).all(), column
        assert mine.eq(theirs).fillna(True).all(), column


def test_cleaning_twice_changes_nothing(cleaned):
    again, log = cleaned["clean"](cleaned.kept, names=True)
    assert len(log) == 0
    pd.testing.assert_frame_equal(
        again, cleaned.kept.reset_index(drop=True))


def test_the_log_applied_to_the_raw_file_gives_the_same_layer(cleaned):
    applied = cleaned["apply_log"](cleaned.raw, cleaned.log)
    pd.testing.assert_frame_equal(
        applied, cleaned.kept.reset_index(drop=True))
    assert_geodataframe_equal(
        cleaned["to_layer"](applied),
        cleaned["to_layer"](cleaned.kept).reset_index(drop=True))


def test_the_log_survives_a_file_and_fits_next_months_register(cleaned):
    """Read back from CSV; a new row at the top, a corrected value, a repeat
    that the producer has removed: nothing else differs."""
    text = cleaned.log.to_csv(index=False)
    log = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(
        log, cleaned.log, check_dtype=False)
    known = next(key for key, column in cleaned.entries
                 if column == "lits")
    repeats = log.loc[log["rule"] == "repeated", "key"]
    raw = cleaned.raw.drop(columns="key")
    raw = raw[cleaned.raw["key"] != repeats.iloc[0]]
    raw.loc[cleaned.raw.loc[raw.index, "key"] == known, "lits"] = "77"
    new = raw.head(1).assign(code_centre="7001", téléphone="00 999 999")
    month = cleaned["with_keys"](pd.concat([new, raw], ignore_index=True))
    applied = cleaned["apply_log"](month, log)
    assert len(applied) == len(cleaned.kept) + 1
    assert applied.iloc[0]["latitude"] == month.iloc[0]["latitude"]
    after = applied.iloc[1:].set_index("key")
    before = cleaned.kept.set_index("key")
    differ = [(key, column) for column in cleaned["RULES"]
              for key in before.index
              if after.at[key, column] != before.at[key, column]]
    assert differ == [(known, "lits")]
    assert after.at[known, "lits"] == "77"
    left = cleaned["clean"](applied, names=True)[1]
    assert set(left["key"]) <= {"7001/1"}


def test_the_solutions_letter_says_what_the_log_says():
    """Numbers and codes of the model answer, in the course's own file."""
    (letter,) = [cell.source for cell in notebooks.read(
        solutions.FILES[NAME]).cells
                 if cell.id == "note"]
    truth = pd.read_csv(ROOT / "solutions" / "truth"
                        / "health_centres_received.csv",
                        dtype=str, keep_default_na=False)
    times = truth["kind"].value_counts()
    assert f"{len(gpd.read_file(data.path('health_centres')))} of its" in (
        letter)
    assert f"{times['lost_leading_zero']} codes" in letter
    assert f"{times['swapped_coordinates']} positions" in letter
    assert f"{times['two_digit_year']} years" in letter
    missing = sum(times[f"missing_{name}"] for name in (
        "null", "dash", "empty"))
    assert f"{missing} dates, beds and staff" in letter
    assert f"{truth['kind'].isin(NO_ROW[1:3] + NO_ROW[4:]).sum()} rows" in (
        letter)
    for kind, code in [("missing_position", "0355"),
                       ("missing_position", "1635"),
                       ("question_marks", "0526"),
                       ("swapped_coordinates", "0086")]:
        assert f"HC-{code}" in set(
            of_kind(truth, kind)["centre_id"]), (kind, code)
    assert "HC-3548" in set(
        of_kind(truth, "duplicate_other_code")["centre_id"])
