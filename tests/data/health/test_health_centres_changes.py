"""E19: the changes from version 1 to version 2 of the register."""

import numpy as np
import pandas as pd

from tests.data.worlds import METRIC, of_kind


def test_the_planted_changes_are_the_difference(register):
    kinds = {kind: set(rows["record"]) for kind, rows
             in register.changes.groupby("kind")}
    old, new = register.first, register.second
    assert kinds["added"] == set(new.index) - set(old.index)
    assert kinds["removed"] == set(old.index) - set(new.index)
    both = old.index.intersection(new.index)
    old, new = old.loc[both], new.loc[both]
    away = new.to_crs(METRIC).distance(old.to_crs(METRIC))
    assert kinds["moved"] == set(both[away > 10])
    assert kinds["moved less than 10 m"] == set(
        both[(away > 0.01) & (away <= 10)])
    assert kinds["renamed"] == set(both[new["name_fr"] != old["name_fr"]])
    others = new.columns.difference(
        ["name_fr", "name_ar", "geometry", "updated"])
    pd.testing.assert_frame_equal(pd.DataFrame(new[others]),
                                  pd.DataFrame(old[others]))


def test_no_move_is_near_the_limit_of_10_m(register):
    metres = register.changes["distance_m"].replace("", np.nan)
    metres = metres.astype(float).dropna()
    assert ((metres < 8) | (metres > 14)).all()


def test_every_change_stands_in_both_files(register):
    first = register.first_text.splitlines()
    second = register.second_text.splitlines()
    for row in register.changes.itertuples():
        for lines, text in ((second, row.found), (first, row.true_value)):
            line = [line for line in lines if f'"{row.record}"' in line]
            assert len(line) == (1 if text else 0), row
            assert all(text in found for found in line), row


def test_a_renamed_centre_has_a_new_name_in_both_languages(register):
    for number in of_kind(register.changes, "renamed")["record"]:
        old, new = register.first.loc[number], register.second.loc[number]
        assert pd.isna(old["name_ar"]) or old["name_ar"] != new["name_ar"]


def test_a_centre_without_a_position_is_located_in_version_2(register):
    rejected = of_kind(register.planted, "missing_position")["centre_id"]
    assert set(rejected) < set(register.second.index)
