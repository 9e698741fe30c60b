"""E20: a ministry's evidence of openness, and the datasets it could open."""

import itertools

import pytest

from tests.data.worlds import of_kind

CRITERIA = ["value", "demand", "readiness", "cost", "risk"]


def evidence(world):
    """The items of evidence, points as whole numbers."""
    layer = world.table("ministry_evidence")
    numbers = ["points_max", "points_claimed", "points_supported"]
    return layer.astype(dict.fromkeys(numbers, int))


def candidates(world):
    """The points of each criterion, 5 is good in all; and the vetoes."""
    layer = world.table("candidate_datasets").set_index("dataset_id")
    good = layer[CRITERIA].astype(int)
    assert good.isin(range(1, 6)).all(axis=None)
    good[["cost", "risk"]] = 6 - good[["cost", "risk"]]
    vetoed = (layer[["personal_data_open", "security_open"]]
              == "yes").any(axis=1)
    return good, vetoed


def test_the_items_add_up_to_the_grid_and_cover_all_frames(world):
    items = evidence(world)
    assert len(items) == 30
    assert items.groupby("criterion", sort=False)[
        "points_max"].sum().to_dict() == {
            "publication by default": 20, "metadata": 15,
            "open licence": 10, "access to information": 15,
            "impact and reuse": 20, "personal data protection": 10,
            "accessibility and ergonomics": 10}
    assert items["pathway"].nunique() == 9
    assert items["dimension"].nunique() == 8
    assert items["points_claimed"].between(1, items["points_max"]).all()


def test_no_evidence_gives_no_points(world):
    items = evidence(world).set_index("item_id")
    truth = world.truth("ministry_evidence").set_index("record")
    planted = truth[truth["field"] == "points_claimed"]
    for record, row in planted.iterrows():
        assert row["found"] == str(items.at[record, "points_claimed"])
        assert row["true_value"] == str(items.at[record, "points_supported"])
    proved = items["evidence"].str.contains(r" n° \d+/20(?:19|20|21)$")
    nothing = planted.index[planted["kind"] != "evidence supports less"]
    assert sorted(items.index[~proved]) == sorted(nothing)
    assert (items.loc[nothing, "points_supported"] == 0).all()
    honest = items.drop(planted.index)
    assert (honest["points_claimed"] == honest["points_supported"]).all()


def test_the_totals_of_the_truth_are_sums_of_the_items(world):
    items, truth = evidence(world), world.truth("ministry_evidence")
    sums = truth.set_index(["record", "field"])
    for name, group in items.groupby("criterion"):
        row = sums.loc[(name, "points")]
        assert row["found"] == str(group["points_claimed"].sum())
        assert row["true_value"] == str(group["points_supported"].sum())
    for name, group in items.groupby("pathway"):
        share = (100 * group["points_supported"].sum()
                 / group["points_max"].sum())
        assert float(sums.loc[(name, "per cent"), "true_value"]
                     ) == pytest.approx(share, abs=0.05)
    assert sums.loc[("all", "points"), "true_value"] == str(
        items["points_supported"].sum())


def test_no_two_datasets_have_the_same_score(world):
    good, _ = candidates(world)
    ranks = good.sum(axis=1).sort_values(ascending=False)
    assert len(ranks) == ranks.nunique() == 12
    truth = of_kind(world.truth("candidate_datasets"),
                    "rank under equal weights")
    assert list(truth["record"]) == list(ranks.index)
    assert list(truth["true_value"]) == [str(i) for i in range(1, 13)]
    assert [float(score) for score in truth["found"]] == list(ranks / 5)


def test_the_veto_changes_the_top_three(world):
    good, vetoed = candidates(world)
    truth = world.truth("candidate_datasets")
    assert set(of_kind(truth, "veto")["record"]) == set(good.index[vetoed])
    assert vetoed.sum() == 4
    scores = good.sum(axis=1)
    before = "; ".join(scores.nlargest(3).index)
    after = "; ".join(scores[~vetoed].nlargest(3).index)
    assert before != after
    assert of_kind(truth, "before the veto")["true_value"].item() == before
    assert of_kind(truth, "after the veto")["true_value"].item() == after


def test_some_shifts_of_weight_flip_the_top_three_and_none_is_a_draw(world):
    good, vetoed = candidates(world)
    good = good[~vetoed]
    top = set(good.sum(axis=1).nlargest(3).index)
    truth = world.truth("candidate_datasets").set_index("record")
    flips = 0
    for source, target in itertools.permutations(CRITERIA, 2):
        scores = 2 * good.sum(axis=1) + good[target] - good[source]
        best = scores.nlargest(4)
        assert best.iloc[2] > best.iloc[3]
        row = truth.loc[f"{source} to {target}"]
        now = set(best.index[:3])
        assert set(row["true_value"].split("; ")) == now
        assert row["kind"] == ("holds" if now == top else "flips")
        flips += now != top
    assert flips == 4
