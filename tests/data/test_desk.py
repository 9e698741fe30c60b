"""data/: what the officer's desk gets is as its truth tables say."""

import importlib
import itertools
import json
import re
import sys
from collections import Counter

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from license_expression import get_spdx_licensing

from tests.support import ROOT

SCRIPTS = ["governorates", "sectors", "beneficiaries", "catalogue_records",
           "reuse_situations", "ministry", "actors"]
CATEGORIES = ["disability", "chronic_illness", "lone_parent", "old_age"]
CRITERIA = ["value", "demand", "readiness", "cost", "risk"]


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Makes the layers with a seed: (folder, truth tables)."""
    sys.path.insert(0, str(ROOT / "data" / "make"))
    made = {}

    def once(seed, again=False):
        if (seed, again) not in made:
            out, truth = tmp_path_factory.mktemp("desk"), {}
            for name in SCRIPTS:
                truth |= importlib.import_module(name).make(out, seed) or {}
            made[seed, again] = out, truth
        return made[seed, again]
    yield once
    sys.path.remove(str(ROOT / "data" / "make"))


@pytest.fixture(scope="module", params=[None, 1, 2])
def made(make, request):
    return make(request.param)


def resources():
    return [resource for name in SCRIPTS[2:]
            for resource in importlib.import_module(name).RESOURCES]


def table(out, name):
    """A layer as text, as it stands in its file."""
    file = next(out.glob(f"{name}.*"))
    if file.suffix == ".json":
        return pd.DataFrame(json.loads(file.read_text("utf-8")))
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def of_kind(truth, *kinds):
    return truth[truth["kind"].isin(kinds)]


# --- all layers ------------------------------------------------------------

def test_the_same_seed_gives_the_same_bytes(make):
    for seed in (None, 1):
        (one, truth), (other, truth_again) = make(seed), make(seed, True)
        for resource in resources():
            path = resource["path"]
            assert (one / path).read_bytes() == (other / path).read_bytes()
        for name in truth:
            pd.testing.assert_frame_equal(truth[name], truth_again[name])


def test_another_seed_gives_other_records_with_the_same_defects(make):
    (one, truth), (other, truth_other) = make(None), make(1)
    for resource in resources():
        ours, theirs = (table(out, resource["name"]) for out in (one, other))
        assert list(ours) == list(theirs) == list(resource["fields"])
        assert not ours.equals(theirs)
    assert list(truth) == list(truth_other)
    for name in truth:
        assert (Counter(truth[name]["kind"])
                == Counter(truth_other[name]["kind"])), name
        assert not truth[name].equals(truth_other[name]), name


def test_every_layer_calls_itself_fictional():
    for resource in resources():
        assert "FICTIONAL" in resource["title"]
        assert resource["fictional"] is True


def test_addresses_and_arabic_are_those_of_fiction(made):
    out, _ = made
    for resource in resources():
        text = (out / resource["path"]).read_text("utf-8")
        for place in re.findall(r"(?:https?://|@)([\w.-]+)", text):
            assert place == "example.org"
        for column, values in table(out, resource["name"]).items():
            if column.endswith("_ar"):
                assert not values.str.contains("[A-Za-z]").any()


# --- E14 beneficiaries -----------------------------------------------------

@pytest.fixture
def people(made):
    register = table(made[0], "beneficiaries")
    born = pd.to_datetime(register["birth_date"])
    register["age"] = 2021 - born.dt.year - (
        born.dt.strftime("%m-%d") > "12-02")
    register["age_class"] = age_class(register["age"])
    return register


def age_class(ages):
    return pd.cut(ages, [-1, 17, 39, 64, 120],
                  labels=["0-17", "18-39", "40-64", "65+"]).astype(str)


def test_the_register_has_1200_people_whom_nobody_can_be(people):
    from world import FAMILY_NAMES, FIRST_NAMES
    assert len(people) == people["national_id"].nunique() == 1200
    assert people["national_id"].str.fullmatch(r"XX-\d{6}-FIC").all()
    for number, column in enumerate(("name_fr", "name_ar")):
        names = {f"{first[number]} {family[number]}"
                 for first in FIRST_NAMES for family in FAMILY_NAMES}
        assert set(people[column]) <= names


def test_any_way_to_reckon_the_age_gives_the_same_class(people):
    years = 2021 - people["birth_date"].str[:4].astype(int)
    assert (age_class(years) == people["age_class"]).all()
    assert (age_class(years - 1) == people["age_class"]).all()


def test_each_home_lies_in_its_sector(made, people):
    homes = gpd.GeoDataFrame(people, crs=4326, geometry=gpd.points_from_xy(
        people["lon"].astype(float), people["lat"].astype(float)))
    sectors = gpd.read_file(made[0] / "sectors.geojson")
    joined = homes.sjoin(sectors, how="left")
    assert len(joined) == len(homes)
    assert (joined["sector_id_left"] == joined["sector_id_right"]).all()


def test_the_truth_lists_every_small_cell_and_who_stands_in_it(made, people):
    cells = people.groupby(["sector_id", "age_class", "sex", "category"])
    small = {" / ".join(cell): group for cell, group in cells
             if len(group) < 5}
    truth = of_kind(made[1]["beneficiaries"], "small cell")
    assert sorted(truth["record"]) == sorted(small)
    assert Counter(truth["true_value"]) == {"1": 6, "2": 6, "3": 6, "4": 6}
    for row in truth.itertuples():
        assert row.found == "; ".join(small[row.record]["national_id"])
        assert row.true_value == str(len(small[row.record]))


def test_one_sector_has_a_single_beneficiary(made, people):
    sizes = people["sector_id"].value_counts()
    truth = of_kind(made[1]["beneficiaries"], "only beneficiary of a sector")
    assert list(sizes.index[sizes == 1]) == list(truth["record"])
    assert sizes.drop(truth["record"]).min() >= 12


def test_three_people_are_singled_out(made, people):
    truth = of_kind(made[1]["beneficiaries"], "unique combination")
    assert len(truth) == 3
    for row in truth.itertuples():
        columns = row.field.split("; ")
        person = people[people["national_id"] == row.record]
        assert row.found == "; ".join(person[columns].iloc[0])
        # A birth date tells the age class, or an age beyond all others.
        alike = people["age"] >= person["age"].item()
        if columns != ["birth_date"]:
            keys = [{"birth_date": "age_class"}.get(name, name)
                    for name in columns]
            alike = (people[keys] == person[keys].iloc[0]).all(axis=1)
        assert alike.sum() == 1, row


@pytest.fixture
def published(made):
    return table(made[0], "beneficiaries_published")


def test_the_published_table_counts_those_of_the_year_before(
        published, people):
    before = people[people["enrolled_on"] <= "2020-12-31"]
    counts = pd.crosstab(before["sector_id"], before["category"])
    for row in published[published["sector_id"] != "TOTAL"].itertuples():
        for field in CATEGORIES + ["total"]:
            number = (counts.loc[row.sector_id].sum() if field == "total"
                      else counts.at[row.sector_id, field])
            shown = "<5" if 1 <= number <= 4 else str(number)
            assert getattr(row, field) == shown
    totals = published[published["sector_id"] == "TOTAL"]
    assert totals["total"].astype(int).sum() == len(before)


def test_only_what_the_truth_says_can_be_got_back(made, published):
    """An attacker tries every way to fill the hidden numbers in."""
    truth = of_kind(made[1]["beneficiaries_published"],
                    "recoverable by subtraction", "hidden and safe")
    truth = truth.set_index(["record", "field"])
    met = 0
    for _, part in published.groupby("iso_3166_2"):
        part = part.set_index("sector_id")[CATEGORIES + ["total"]]
        hidden = list(zip(*np.nonzero(part.to_numpy() == "<5")))
        numbers = part.replace("<5", "0").astype(int).to_numpy()
        numbers[-1] *= -1
        numbers[:, -1] *= -1  # every row and column adds up to zero
        fits = []
        for guess in itertools.product(range(1, 5), repeat=len(hidden)):
            for (row, column), value in zip(hidden, guess):
                last = column == part.shape[1] - 1
                numbers[row, column] = -value if last else value
            if not numbers.sum(0).any() and not numbers.sum(1).any():
                fits.append(guess)
        for (row, column), values in zip(hidden, zip(*fits)):
            planted = truth.loc[(part.index[row], part.columns[column])]
            assert int(planted["true_value"]) in values
            assert (len(set(values)) == 1) == (
                planted["kind"] == "recoverable by subtraction")
            met += 1
    assert met == len(truth) == 15


def test_one_newcomer_shows_in_the_next_table(made, published, people):
    truth = of_kind(made[1]["beneficiaries_published"],
                    "recoverable by difference").set_index(
                        ["record", "field"])
    now = pd.crosstab(people["sector_id"], people["category"])
    now["total"] = now.sum(axis=1)
    then = published.set_index("sector_id")
    few = set()
    for sector, field in itertools.product(now.index, now.columns):
        shown = then.at[sector, field]
        if shown != "<5" and 1 <= now.at[sector, field] - int(shown) <= 4:
            few.add((sector, field))
            planted = truth.loc[(sector, field)]
            assert planted["found"] == shown
            assert planted["true_value"] == str(
                now.at[sector, field] - int(shown))
    assert few == set(truth.index) and len(few) == 6


# --- E01 catalogue records -------------------------------------------------

def test_each_record_has_a_row_for_each_criterion_and_a_verdict(made):
    records = table(made[0], "catalogue_records")
    truth = made[1]["catalogue_records"]
    assert len(records) == records["record_id"].nunique() == 12
    assert set(truth["record"]) == set(records["record_id"])
    assert (truth.groupby("record").size() == 8).all()
    assert not truth.duplicated(["record", "field"]).any()


def test_a_criterion_is_decided_by_what_stands_in_the_record(made):
    from catalogue_records import CRITERIA as keys
    records = table(made[0], "catalogue_records").set_index("record_id")
    truth = made[1]["catalogue_records"].set_index(["record", "field"])
    open_licence = re.compile(
        r"cc.?by.4|attribution 4|odbl|licence ouverte", re.I)
    rules = {
        "online": lambda text: text.startswith("https://example.org/"),
        "free": lambda text: text in ("0", "gratuit", "free"),
        "machine_readable": lambda text: not re.search("PDF|scan", text),
        "non_proprietary": lambda text: text not in ("XLS", "DWG"),
        "open_licence": lambda text: bool(open_licence.search(text)),
        "no_personal_data": lambda text: text == "",
        "metadata": lambda text: text != "",
    }
    for record, row in records.iterrows():
        unmet = []
        for criterion, (key, _) in keys.items():
            planted = truth.loc[(record, criterion)]
            assert planted["found"] == row[key]
            met = rules[criterion](row[key])
            assert planted["true_value"] == str(met), (record, criterion)
            unmet += [] if met else [criterion]
        verdict = truth.loc[(record, "verdict")]
        assert verdict["found"].split("; ") == (unmet or [""])
        assert verdict["true_value"].startswith("open") == (
            unmet in ([], ["metadata"]))


def test_the_cases_of_the_syllabus_are_there(made):
    truth = made[1]["catalogue_records"]
    verdicts = truth.loc[truth["field"] == "verdict", "true_value"]
    assert Counter(verdicts) == {
        "open": 2, "open, metadata to complete": 1, "not open": 9}
    records = table(made[0], "catalogue_records")
    mit = records[records["licence"] == "MIT"]
    assert "code repository" in mit["licence_found_in"].item()
    odbl = records[records["licence"].str.startswith("ODbL")]
    assert odbl["title_en"].item().startswith("Fictional bus stops")
    for row in records[records["personal_fields"] != ""].itertuples():
        assert row.title_en.startswith("Fictional water points")
        assert row.fields.endswith(row.personal_fields)


# --- E17 reuse situations --------------------------------------------------

def answers(made):
    truth = made[1]["reuse_situations"]
    assert not truth.duplicated(["record", "field"]).any()
    answer = truth.pivot(index="record", columns="field",
                         values="true_value")
    kinds = truth.drop_duplicates("record").set_index("record")["kind"]
    situations = table(made[0], "reuse_situations")
    inputs = situations.set_index("situation_id")["inputs"]
    assert list(truth["found"]) == list(inputs[truth["record"]])
    return situations.set_index("situation_id").join(answer).join(kinds)


def test_there_are_twelve_situations_one_of_them_contested(made):
    desk = answers(made)
    assert len(desk) == desk["kind"].nunique() == 12
    contested = desk[desk["kind"] == "contested"].iloc[0]
    assert contested["allowed"] == ""
    assert contested["debated"] == "ODbL-1.0"
    assert (desk["decision"] == "ask first").sum() == 1
    assert (desk["reason"].str.len() > 40).all()


def test_every_licence_is_a_valid_spdx_identifier(made):
    spdx = get_spdx_licensing()
    desk = answers(made)
    for column in ("inputs", "allowed", "debated"):
        for name in "; ".join(filter(None, desk[column])).split("; "):
            result = spdx.validate(name, strict=True)
            assert not result.errors, name
            assert result.normalized_expression == name


def test_conditions_of_the_inputs_bind_the_output(made):
    for row in answers(made).itertuples():
        inputs, allowed = row.inputs.split("; "), row.allowed.split("; ")
        assert not set(allowed) & set(row.debated.split("; ")) - {""}
        if row.use == "internal use":
            assert (row.decision, row.allowed) == ("no licence needed", "")
        elif row.use == "side by side":
            assert sorted(allowed) == sorted(inputs)
        elif any(re.search("-N[CD]", name) for name in inputs):
            assert (row.decision, row.allowed + row.debated) == (
                "do not publish", "")
        elif row.decision == "publish":
            if "CC-BY-SA-4.0" in inputs:
                assert allowed == ["CC-BY-SA-4.0"]
            if "ODbL-1.0" in inputs and row.use == "derived database":
                assert allowed == ["ODbL-1.0"]
            if "ODbL-1.0" in inputs and row.use == "produced work":
                assert "CC-BY-4.0" in allowed
            if set(inputs) - {"CC0-1.0", "PDDL-1.0"}:
                assert "CC0-1.0" not in allowed


@pytest.mark.parametrize("inputs, use, allowed, debated", [
    (["CC0-1.0"], "derived database",
     "CC0-1.0 CC-BY-4.0 CC-BY-SA-4.0 etalab-2.0 ODC-By-1.0 ODbL-1.0", ""),
    (["etalab-2.0"], "derived database",
     "CC-BY-4.0 CC-BY-SA-4.0 etalab-2.0 ODC-By-1.0 ODbL-1.0", ""),
    (["CC-BY-4.0", "CC0-1.0"], "derived database",
     "CC-BY-4.0 CC-BY-SA-4.0", "etalab-2.0 ODC-By-1.0 ODbL-1.0"),
    (["ODbL-1.0", "PDDL-1.0"], "derived database", "ODbL-1.0", ""),
    (["ODbL-1.0", "CC-BY-SA-4.0"], "derived database", "", ""),
    (["ODbL-1.0", "CC-BY-SA-4.0"], "produced work", "CC-BY-SA-4.0", ""),
    (["ODbL-1.0", "CC-BY-4.0"], "derived database", "", "ODbL-1.0"),
    (["CC-BY-4.0", "CC-BY-NC-4.0"], "derived database", "", ""),
])
def test_the_rules_give_what_the_licences_say(
        make, inputs, use, allowed, debated):
    make(None)
    from reuse_situations import outputs
    assert outputs(inputs, use) == (allowed.split(), debated.split())


def test_the_attribution_names_producer_and_date(made):
    for row in answers(made).itertuples():
        assert len(set(row.producers.split("; "))) == len(
            row.layers.split("; "))
        shared = row.decision in (
            "publish", "ask first", "publish each part under its own licence")
        expected = [f"{producer}, {date} ({licence})"
                    for producer, date, licence in zip(*(
                        text.split("; ") for text in
                        (row.producers, row.dates, row.inputs)))
                    if shared and licence not in ("CC0-1.0", "PDDL-1.0")]
        assert row.attribution == "; ".join(expected)
        for layer in row.layers.split("; "):
            assert layer in row.situation or "ND" in row.inputs


# --- E20 the ministry ------------------------------------------------------

def evidence(made):
    layer = table(made[0], "ministry_evidence")
    numbers = ["points_max", "points_claimed", "points_supported"]
    return layer.astype({name: int for name in numbers})


def test_the_items_add_up_to_the_grid_and_cover_all_pathways(made):
    items = evidence(made)
    assert len(items) == 30
    assert items.groupby("criterion", sort=False)[
        "points_max"].sum().to_dict() == {
            "publication by default": 20, "metadata": 15,
            "open licence": 10, "access to information": 15,
            "impact and reuse": 20, "personal data protection": 10,
            "accessibility and ergonomics": 10}
    assert items["pathway"].nunique() == 9
    assert items["points_claimed"].between(1, items["points_max"]).all()


def test_no_evidence_gives_no_points(made):
    items = evidence(made).set_index("item_id")
    truth = made[1]["ministry_evidence"].set_index("record")
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


def test_the_totals_of_the_truth_are_sums_of_the_items(made):
    items, truth = evidence(made), made[1]["ministry_evidence"]
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


def candidates(made):
    """Ten times the score under equal weights, in whole numbers; vetoes."""
    layer = table(made[0], "candidate_datasets").set_index("dataset_id")
    good = layer[CRITERIA].astype(int)
    assert good.isin(range(1, 6)).all(axis=None)
    good[["cost", "risk"]] = 6 - good[["cost", "risk"]]
    vetoed = (layer[["personal_data_open", "security_open"]]
              == "yes").any(axis=1)
    return good, vetoed


def test_no_two_datasets_have_the_same_score(made):
    good, _ = candidates(made)
    ranks = good.sum(axis=1).sort_values(ascending=False)
    assert len(ranks) == ranks.nunique() == 12
    truth = of_kind(made[1]["candidate_datasets"], "rank under equal weights")
    assert list(truth["record"]) == list(ranks.index)
    assert list(truth["true_value"]) == [str(i) for i in range(1, 13)]
    assert [float(score) for score in truth["found"]] == list(ranks / 5)


def test_the_veto_changes_the_top_three(made):
    good, vetoed = candidates(made)
    truth = made[1]["candidate_datasets"]
    assert set(of_kind(truth, "veto")["record"]) == set(good.index[vetoed])
    assert vetoed.sum() == 4
    scores = good.sum(axis=1)
    before = "; ".join(scores.nlargest(3).index)
    after = "; ".join(scores[~vetoed].nlargest(3).index)
    assert before != after
    assert of_kind(truth, "before the veto")["true_value"].item() == before
    assert of_kind(truth, "after the veto")["true_value"].item() == after


def test_some_shifts_of_weight_flip_the_top_three_and_none_is_a_draw(made):
    good, vetoed = candidates(made)
    good = good[~vetoed]
    top = set(good.sum(axis=1).nlargest(3).index)
    truth = made[1]["candidate_datasets"].set_index("record")
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


# --- C1 the ecosystem ------------------------------------------------------

def ecosystem(made):
    actors = table(made[0], "actors").set_index("actor_id")
    links = table(made[0], "actor_links")
    return actors, links, nx.from_pandas_edgelist(links, "from_id", "to_id")


def test_every_link_serves_a_need_with_an_offer(made):
    actors, links, _ = ecosystem(made)
    assert len(actors) == 14
    for link in links.itertuples():
        assert link.flow in actors.at[link.from_id, "offers"].split("; ")
        assert link.flow in actors.at[link.to_id, "needs"].split("; ")
    for column in ("interest", "power"):
        assert actors[column].isin(list("12345")).all()


def test_one_need_that_somebody_could_serve_has_no_link(made):
    actors, links, _ = ecosystem(made)
    needs = {(actor, need) for actor, text in actors["needs"].items()
             for need in text.split("; ")}
    (needer, flow), = needs - set(zip(links["to_id"], links["flow"]))
    giver, = [actor for actor, text in actors["offers"].items()
              if flow in text.split("; ")]
    truth = of_kind(made[1]["actor_links"], "missing link").iloc[0]
    assert (truth["record"], truth["found"], truth["true_value"]) == (
        f"{giver} to {needer}", "", flow)


@pytest.mark.parametrize("seed", [None, *range(1, 13)])
def test_one_actor_holds_the_map_together_until_the_link_is_added(
        make, tmp_path, seed):
    make(None)
    truth = importlib.import_module("actors").make(tmp_path, seed)
    actors, _, graph = ecosystem((tmp_path, truth))
    assert set(graph) == set(actors.index)
    assert nx.is_connected(graph)
    single = of_kind(truth["actor_links"],
                     "single point without a backup").iloc[0]
    assert list(nx.articulation_points(graph)) == [single["record"]]
    assert single["found"] == single["record"]
    link, = of_kind(truth["actor_links"], "missing link")["record"]
    assert single["true_value"] == f"{link} is its backup"
    graph.add_edge(*link.split(" to "))
    assert nx.is_biconnected(graph)
