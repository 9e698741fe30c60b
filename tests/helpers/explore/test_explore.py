"""Explorers: the widget draws, and the static twin says the same."""

import re

import geopandas as gpd
import ipywidgets
import matplotlib
import matplotlib.pyplot as plt
import pytest

from helpers import data, explore
from helpers.explore import crs, density, openness, show

matplotlib.use("Agg")

# Tunis, and what each mistake costs there: metres, as the lesson rounds them.
TUNIS = (10.1815, 36.8065)
MEASURED = {
    "Carthage degrees read as WGS 84 (datum forgotten)": (170.5, 191.5),
    "Carthage / UTM 32N read as WGS 84 / UTM 32N": (457.5, 461.5),
    "Nord Tunisie read as Sud Tunisie": (299_350, 299_550),
    "Nord Tunisie read as UTM 32N": (3_686_500, 3_687_500),
    "Latitude and longitude swapped": (3_982_500, 3_983_500),
}


@pytest.fixture
def drawn(given):
    """Call an explorer's callback as its menus would: the titles it drew."""
    def call(module, explorer, *choice):
        draw, _ = given(module, explorer)
        draw(*choice)
        figure = plt.gcf()
        figure.canvas.draw()
        return [axes.get_title() for axes in figure.axes]
    return call


# --- how an explorer is shown ----------------------------------------------

def test_a_menu_is_no_wider_than_its_page(shown):
    """JupyterLab in a window of 820 pixels cuts off what is wider."""
    show.show(lambda *_: "", {"map": ["today"], "weeks": [0, 1]}, (3, 2),
              (3, 2))
    *menus, _ = shown[0].children
    assert [menu.layout.max_width for menu in menus] == ["100%", "100%"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_twin_may_be_several_figures_each_with_its_text(twin, count):
    def draw(figure, number):
        assert tuple(figure.get_size_inches()) == (2, 1)
        return f"what figure {number} says"

    texts = twin(show.show, draw, {}, (3, 2), (2, 1),
                 [(number,) for number in range(count)])
    assert texts == [f"what figure {number} says" for number in range(count)]


def test_a_twin_may_be_drawn_in_a_way_of_its_own(twin):
    assert twin(show.show, None, {}, (3, 2), (2, 1), [()],
                lambda figure: "<all> at once") == ["<all> at once"]


# --- mistakes of reference systems -----------------------------------------

@pytest.mark.parametrize("mistake", crs.CRS_MISTAKES)
def test_each_mistake_costs_what_the_course_says(mistake):
    low, high = MEASURED[mistake]
    landed = crs.mistaken(*TUNIS, mistake)
    assert low <= crs.shift_m(TUNIS, landed) <= high


def test_every_mistake_has_a_measured_effect():
    assert set(MEASURED) == set(crs.CRS_MISTAKES)


def test_a_swapped_tunis_lands_in_ethiopia():
    landed = crs.mistaken(*TUNIS, "Latitude and longitude swapped")
    assert landed == pytest.approx((36.8065, 10.1815))


@pytest.mark.parametrize("mistake", crs.CRS_MISTAKES)
def test_the_map_of_a_mistake_says_how_far(drawn, mistake):
    (title,) = drawn(crs, explore.crs_mistakes, mistake, "Tunis")
    number, unit, accuracy = re.fullmatch(
        r"([\d,]+) (m|km)( \(± 14 m\))? away", title).groups()
    assert bool(accuracy) == (unit == "m")  # what a datum costs
    metres = float(number.replace(",", "")) * {"m": 1, "km": 1000}[unit]
    low, high = MEASURED[mistake]
    assert low - 500 * (unit == "km") <= metres <= high + 500 * (unit == "km")


def test_moving_the_menus_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(crs, "_draw",
                        lambda figure, mistake, town: calls.append(town))
    explore.crs_mistakes()
    (box,) = shown
    mistake, town, _ = box.children
    assert list(mistake.options) == list(crs.CRS_MISTAKES)
    assert len(town.options) == 24
    before = len(calls)
    town.value = "Sfax"
    assert len(calls) == before + 1 and calls[-1] == "Sfax"


def test_the_twin_of_the_mistakes_says_five_distances(twin):
    text = "\n".join(twin(explore.crs_mistakes))
    distances = [
        float(number.replace(",", "")) * {"m": 1, "km": 1000}[unit]
        for number, unit in re.findall(r": ([\d,]+) (k?m)\b", text)]
    assert len(distances) == 5
    for metres, (low, high) in zip(distances, MEASURED.values()):
        assert low - 500 * (low > 1_000) <= metres
        assert metres <= high + 500 * (low > 1_000)


# --- a threshold of density ------------------------------------------------

def test_half_of_the_governorates_hold_most_of_the_people():
    layer = density.dense(100)
    held = layer[layer["dense"]]
    assert (len(layer), len(held)) == (24, 11)
    assert held["pop_2024"].sum() / layer["pop_2024"].sum() == (
        pytest.approx(0.636, abs=5e-4))


def test_each_threshold_leaves_fewer_governorates():
    counts = [density.dense(threshold)["dense"].sum()
              for threshold in density.DENSITIES]
    assert counts[0] == 24 and counts[-1] == 1
    assert counts == sorted(set(counts), reverse=True)


def test_the_map_of_a_threshold_counts_its_governorates(drawn):
    title, _ = drawn(density, explore.dense_governorates, 1000)
    assert title.startswith("2 of 24 governorates")
    assert "1,000 people per km²" in title


def test_numbers_give_a_slider_that_draws_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(density, "_draw",
                        lambda figure, threshold: calls.append(threshold))
    explore.dense_governorates()
    (box,) = shown
    slider, _ = box.children
    assert isinstance(slider, ipywidgets.SelectionSlider)
    slider.value = 500
    assert calls[-1] == 500


def test_the_twin_of_the_thresholds_says_what_its_bars_show(twin):
    text = "\n".join(twin(explore.dense_governorates))
    assert ("More than 100: 11 governorates, 17.0 % of the land, "
            "63.6 % of the people") in text
    assert text.count("% of the people") == 4


# --- in every chief town ---------------------------------------------------

# Metres, over all 24 chief towns.
ANYWHERE = dict(zip(crs.CRS_MISTAKES, [
    (170, 191.5), (457.5, 461.5), (299_350, 299_550),
    (3_684_500, 3_687_500), (3_390_000, 4_157_000)]))


@pytest.mark.parametrize("mistake", ANYWHERE)
def test_each_mistake_costs_as_much_in_every_chief_town(mistake):
    low, high = ANYWHERE[mistake]
    for town in gpd.read_file(data.path("chief_towns")).geometry:
        start = (town.x, town.y)
        landed = crs.mistaken(*start, mistake)
        assert low < crs.shift_m(start, landed) < high


def test_only_tunis_is_above_the_last_threshold():
    few = density.dense(2000)
    assert list(few.loc[few["dense"], "name_en"]) == ["Tunis"]


# --- how open a record is --------------------------------------------------

OPEN_RECORD = {"licence": "CC BY 4.0", "file_format": "CSV",
               "access": "download for all", "price": "free",
               "people": "nobody"}


def judged(**switched):
    """Stars, then whether the definition and article 3 call it open."""
    graded = openness.grade(**OPEN_RECORD | switched)
    return (graded.stars, all(met for met, _ in graded.definition),
            all(met for met, _ in graded.article_3))


@pytest.mark.parametrize("switched, verdicts", [
    ({}, (3, True, True)),
    ({"licence": "nothing is written"}, (0, False, False)),
    ({"licence": "for consultation only"}, (0, False, False)),
    ({"licence": "CC BY-NC 4.0"}, (0, False, False)),
    ({"licence": "CC BY-ND 4.0"}, (0, False, False)),
    ({"licence": "ODbL 1.0"}, (3, True, True)),
    ({"file_format": "PDF"}, (1, False, False)),
    ({"file_format": "scan (JPEG)"}, (1, False, False)),
    ({"file_format": "XLS"}, (2, False, False)),
    ({"file_format": "RDF, things have addresses"}, (4, True, True)),
    ({"file_format": "RDF, linked to other data"}, (5, True, True)),
    ({"access": "on request"}, (0, False, False)),
    ({"access": "account required"}, (3, True, False)),
    ({"price": "150 TND"}, (3, False, False)),
    # The law sees what stars and definition do not: people.
    ({"people": "guards' telephones"}, (3, True, False)),
])
def test_each_property_counts_where_it_is_asked(switched, verdicts):
    assert judged(**switched) == verdicts


def test_what_is_not_met_gives_its_reason():
    asked = openness.grade(**OPEN_RECORD | {
        "price": "150 TND", "licence": "CC BY-NC 4.0"}).article_3
    assert [words for met, words in asked if not met] == [
        "freely accessible: 150 TND", "reusable: CC BY-NC 4.0"]


def test_the_boxes_of_a_record_say_its_three_verdicts(drawn):
    record = OPEN_RECORD | {"people": openness.PEOPLE[1]}
    assert drawn(openness, explore.record_openness, *record.values()) == [
        "3 of 5 stars", "Open Definition: open", "Article 3: not open"]


def test_switching_a_property_judges_again(shown, monkeypatch):
    calls = []
    monkeypatch.setattr(
        openness, "_draw", lambda figure, *record: calls.append(
            openness.grade(*record).stars))
    explore.record_openness()
    (box,) = shown
    licence, file_format, *_ = box.children
    assert calls == [0]  # it opens with no licence, on a scanned page
    licence.value = "CC BY 4.0"
    file_format.value = "RDF, linked to other data"
    assert calls == [0, 1, 5]


def test_the_twin_of_the_records_says_their_verdicts(twin):
    (text,) = twin(explore.record_openness)
    assert text.count("stars") == 1 + len(openness.CASES)
    assert ("Water points with their guards: 3 stars, Open Definition open, "
            "article 3 not open (not met: no right of others: guards") in text
    assert text.endswith("without the guards: 3 stars, Open Definition "
                         "open, article 3 open.")
