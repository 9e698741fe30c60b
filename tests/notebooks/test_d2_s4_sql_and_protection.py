"""What lesson 2.4 states, computed again, and what its micro-tasks say to
wrong answers."""

import itertools
import re

import geopandas as gpd
import numpy as np
import pytest

from helpers import postgis
from helpers.errors import CourseError
from tests.notebooks import turns
from tests.support import ROOT, needs

LESSON = ROOT / "course/day2_processing/s4_sql_and_protection.ipynb"
CELLS = ["story-read", "sql-box", "sql-count", "groups-k", "counts-lines",
         "counts-attack", "counts-run", "counts-years", "mask-donut",
         "mask-homes"]
WRONG = [  # micro-task, answer, words of the feedback
    ("sql", "schools_of = counts", "the engine refuses"),
    ("sql", 'schools_of = counts.format("AND")', "schools"),
    ("sql", '''schools_of = """
SELECT s.sector_id, count(k.school_id) AS schools FROM sectors AS s
JOIN schools AS k ON ST_Within(k.geom, s.geom) GROUP BY s.sector_id"""''',
     "a sector without a school counts too"),
    ("sql", '''schools_of = """
SELECT s.sector_id, count(*) AS schools FROM sectors AS s
LEFT JOIN schools AS k ON ST_Within(k.geom, s.geom)
GROUP BY s.sector_id"""''', "not count(*)"),
    ("sql", '''schools_of = """
SELECT s.sector_id, count(k.schol_id) AS schools FROM sectors AS s
LEFT JOIN schools AS k ON ST_Within(k.geom, s.geom)
GROUP BY s.sector_id"""''', "the names: k.school_id"),
    ("sql", '''schools_of = """
SELECT s.sector_id, count(k.school_id) AS schools FROM sectors AS s
LEFT JOIN schools AS k ON ST_Within(s.geom, k.geom)
GROUP BY s.sector_id"""''', "the school is within"),
    ("groups", "exposed = (sizes >= 5).sum()", "everybody in large groups"),
    ("groups", "exposed = (kinds == 1)", "exposed"),
    ("groups", "exposed = groups.ngroups", "people, not groups"),
    ("counts", "also = []", "a sum gives them back"),
    ("counts", "also = [(0, 1), (1, 0)]", "a sum gives them back"),
    ("counts", "also = [(0, 2), (1, 0), (1, 2)]", "smallest corners"),
    ("counts", "also = [9, 11, 7]", "three pairs"),
    ("counts", "also = (0, 1)", "three pairs"),
    ("counts", "also = [(0, 3)]", "(0, 3) is a total"),
]


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What some of the lesson's cells define."""
    yield from turns.defined(LESSON, CELLS,
                             tmp_path_factory.mktemp("lesson"))


@pytest.fixture(scope="module")
def text():
    return turns.prose(LESSON)


# --- SQL -------------------------------------------------------------------

def test_where_drops_the_sectors_that_the_text_counts(names, text):
    kept, dropped = (names["ask"](names["counts"].format(word))
                     for word in ("AND", "WHERE"))
    assert len(kept) == 231 and len(dropped) == 227
    assert "231 sectors; four have no open centre" in text
    assert "227 rows" in text
    assert f"{kept['lines'].sum()} for {kept['centres'].sum()} centres" in (
        text)


def test_two_joins_multiply_and_degrees_make_every_school_near(names, text):
    twice = names["ask"]("""
        SELECT count(k.school_id) AS schools FROM sectors AS s
        LEFT JOIN centres AS c ON ST_Within(c.geom, s.geom)
        LEFT JOIN schools AS k ON ST_Within(k.geom, s.geom)""")
    assert f"{twice['schools'][0]:,} schools for 600" in text
    schools, centres = names["layers"]["schools"], names["layers"]["centres"]
    for epsg, told in [(4326, "**all** 600 schools"),
                       (32632, "in metres, for 396")]:
        near = schools.to_crs(epsg).sjoin(
            centres.to_crs(epsg), predicate="dwithin", distance=3000)
        assert told in text
        assert str(near["school_id"].nunique()) in told


def test_only_sqlite_accepts_a_bare_column_and_dwithin_uses_an_index(names):
    bare = """SELECT k.school_id, c.centre_id,
        min(ST_Distance(k.geom, c.geom)) AS metres
        FROM schools AS k CROSS JOIN centres AS c GROUP BY k.school_id"""
    few = "SELECT * FROM (" + bare + ") AS nearest LIMIT 3"
    assert len(names["ask"](few)) == 3
    if not postgis.installed():
        needs("postgres")
    with postgis.start() as server:
        for name in ("schools", "centres"):
            server.write(names["layers"][name], name)
        with pytest.raises(CourseError, match="GROUP BY"):
            server.read(bare)
        server.execute("CREATE INDEX ON centres USING gist (geom)")
        server.execute("ANALYZE")
        plan = server.read("""EXPLAIN SELECT count(*) FROM schools AS k
            JOIN centres AS c ON ST_DWithin(k.geom, c.geom, 3000)""")
    assert "Index Scan using centres_geom_idx" in plan.to_string()


# --- protection ------------------------------------------------------------

def test_nearly_all_are_alone_and_no_large_group_hides_the_children(names):
    sent = names["sent"]
    sizes = sent.groupby(["birth_date", "sex", "sector_id"])[
        "category"].transform("size")
    assert (sizes == 1).sum() > 0.99 * len(sent)
    exposed = names["people"][(names["sizes"] >= 5) & (names["kinds"] == 1)]
    assert set(exposed["age"]) == {"0-17"}
    assert set(exposed["category"]) == {"disability"}
    assert len(exposed) == 113  # as the instructor's page says


def test_the_amount_tells_the_category(names):
    people = names["people"]
    rest = people["monthly_amount"] - 10 * people["household_size"]
    assert rest.nunique() == 4
    assert (people.groupby(rest)["category"].nunique() == 1).all()


def test_the_attacker_knows_what_the_text_says(names, text):
    ranges = names["ranges"]
    exact = [pair for pair in ranges if pair[0] == pair[1]]
    assert f"**{len(exact)} of {len(ranges)}** are exact" in text
    assert [high - low for low, high in ranges if low < high] == [2] * 4


def test_the_attacker_finds_what_trying_all_values_finds(names):
    random = np.random.default_rng(3)
    cells = random.integers(1, 6, (3, 3)).astype(float)
    table = np.block([[cells, cells.sum(1, keepdims=True)],
                      [cells.sum(0, keepdims=True), cells.sum()]])
    hidden = [(0, 0), (0, 2), (1, 0), (1, 2), (2, 1)]
    shown = table.copy()
    shown[tuple(zip(*hidden))] = np.nan
    fitting = []
    for values in itertools.product(range(8), repeat=5):
        trial = table[:3, :3].copy()
        trial[tuple(zip(*hidden))] = values
        if (trial.sum(0) == table[3, :3]).all() and (
                trial.sum(1) == table[:3, 3]).all():
            fitting.append(values)
    assert names["possible"](shown, 0, 7) == [
        (min(column), max(column)) for column in zip(*fitting)]


def test_one_person_has_joined_each_of_three_sectors(names):
    small = names["small"]
    assert small.any(axis=1).sum() == small.sum().sum() == 3
    assert (names["change"][small].stack().dropna() == 1).all()


def test_a_mask_wears_off_as_the_text_says(names, text):
    told = re.search(r"About (\d+) m, then (\d+), then (\d+)\.", text)
    for seed, near in ((2021, 0.02), (1, 0.2), (2, 0.2)):  # 2021: the lesson's
        random = np.random.default_rng(seed)
        for releases, metres in zip((1, 10, 100), told.groups()):
            off = []
            for home, area in zip(names["homes"], names["areas"]):
                points = [names["donut"](home, area, random)
                          for _ in range(releases)]
                assert all(map(area.contains, points))
                assert 200 <= home.distance(points[0]) <= 500
                off.append(home.distance(
                    gpd.points_from_xy([p.x for p in points],
                                       [p.y for p in points]
                                       ).union_all().centroid))
            assert np.median(off) == pytest.approx(int(metres), rel=near)


# --- micro-tasks -----------------------------------------------------------

@pytest.fixture(scope="module")
def lesson(kernels, tmp_path_factory):
    """A function: run a micro-task with an answer, give what it says."""
    folder = tmp_path_factory.mktemp("turns")
    with turns.opened(LESSON, folder, kernels, CELLS) as said:
        yield said


@pytest.mark.parametrize("task, answer, words", WRONG)
def test_a_wrong_answer_is_named(lesson, task, answer, words):
    turns.is_named(lesson(task, answer), words)
