"""Session 3.2: its micro-tasks name what a beginner gets wrong; what it says
of validators and of licences is so."""

import copy
from types import SimpleNamespace

import geopandas as gpd
import pytest
import yaml

from commands.exercises import notebooks
from helpers import data, publish
from tests.notebooks import turns
from tests.support import ROOT, SHARED

LESSON = ROOT / "course/day3_publication/s2_metadata_and_licences.ipynb"
RECORD = LESSON.with_name("received_record.yaml")
OFFICIAL = SHARED / "validators"
CELLS = ["story-record", "story-verdict", "story-box", "bbox-turn",
         "form-rules", "record-right", "dcat-begin", "dcat-nodes",
         "shapes-run", "unseen-defects", "credit-turn"]
WRONG = [  # micro-task, answer, words of the feedback
    ("bbox", "bbox = metric.total_bounds", "not in degrees"),
    ("bbox", "bbox = received['bbox']", "swapped"),
    ("bbox", "bbox = layer.total_bounds[[0, 2, 1, 3]]",
     "west, east, south, north"),
    ("bbox", "bbox = layer.total_bounds[:2]", "how many numbers"),
    ("bbox", "bbox = [-180, -90, 180, 90]", "as wide as the world"),
    ("agent", 'agent_class, agent_name = FOAF.Agent, "Direction"',
     "agent_name"),
    ("agent", "agent_class, agent_name = FOAF.Person, Literal("
     'record["publisher"]["name"]["fr"], lang="fr")', "agent_class"),
    ("agent", "agent_class, agent_name = FOAF.Agent, Literal("
     'record["publisher"]["name"]["fr"])', "the language of the name"),
    ("agent", "agent_class, agent_name = FOAF.Agent, Literal("
     'record["publisher"]["name"]["en"], lang="fr")', "the name"),
    ("unseen", "unseen = list(defects)", "'no abstract'"),
    ("unseen", 'unseen = ["licence NC"]', "'box of the world'"),
    ("unseen", "unseen = []", "'box of the world'"),
    ("credit", 'credit = "Sources: INS, 2021"', "is not in credit"),
    ("credit", 'credit = f"Sources: {producer}, health centres, CC-BY-4.0"',
     "'2021-12-02' is not in credit"),
    ("credit", 'credit = f"{producer}, health centres, 2021-12-02, '
     'CC-BY-4.0"', "credit is"),
    ("credit", 'credit = ["Sources"]', "credit"),
]
RIGHT = [
    ("bbox", "bbox = layer.total_bounds"),
    ("bbox", "bbox = tuple(metric.to_crs(4326).total_bounds.round(4))"),
    ("unseen", 'unseen = {"a person", "no licence", "one text twice", '
     '"licence NC", "box of the world"}'),
]


@pytest.fixture(scope="module")
def lesson(kernels, tmp_path_factory):
    """What the check of a micro-task says about an answer."""
    with turns.opened(LESSON, tmp_path_factory.mktemp("lesson"), kernels,
                      CELLS) as said:
        yield said


@pytest.mark.parametrize("task, answer, words", WRONG)
def test_a_wrong_answer_is_named(lesson, task, answer, words):
    turns.is_named(lesson(task, answer), words)


@pytest.mark.parametrize("task, answer", RIGHT)
def test_a_right_answer_of_another_form_is_right(lesson, task, answer):
    assert "✓ Your turn" in lesson(task, answer)


# --- what the lesson states ------------------------------------------------

@pytest.fixture(scope="module")
def received():
    return yaml.safe_load(RECORD.read_text("utf-8"))


def objections_of_the_official_shapes(graph) -> list[str]:
    """Violations of DCAT-AP 2.1.1; skipped where the shapes are not."""
    import pyshacl
    from rdflib import Graph
    from rdflib.namespace import RDF, SH
    if not OFFICIAL.is_dir():
        pytest.skip("there is no folder shared/validators with the official "
                    "shapes")
    shapes = Graph()
    for name in ("shapes", "range"):
        shapes.parse(OFFICIAL / f"dcat-ap-2.1.1-{name}.ttl")
    report = pyshacl.validate(graph, shacl_graph=shapes)[1]
    return [str(report.value(one, SH.resultPath)) for one in
            report.subjects(RDF.type, SH.ValidationResult)
            if report.value(one, SH.resultSeverity) == SH.Violation]


def test_the_record_as_received_passes_the_official_shapes(received):
    graph = publish.record.dcat(received)
    assert objections_of_the_official_shapes(graph) == []


@pytest.mark.parametrize("change", [
    {"bbox": [-180, -90, 180, 90]}, {"licence_uri": None},
    {"licence_uri": "https://creativecommons.org/licenses/by-nc/4.0/"}])
def test_what_our_shapes_do_not_see_the_official_ones_do_not_see(
        received, change):
    graph = publish.record.dcat(received | change)
    assert objections_of_the_official_shapes(graph) == []


def test_the_official_shapes_can_object(received):
    spoilt = copy.deepcopy(received) | {"title": {}}
    assert objections_of_the_official_shapes(publish.record.dcat(spoilt)) == [
        "http://purl.org/dc/terms/title"]


def test_the_record_as_received_has_the_four_mistakes_of_the_story(received):
    layer = gpd.read_file(data.path("health_centres"))
    said = publish.record.objections(received, layer)
    assert [one.split()[0] for one in said] == [
        "licence", "title", "publisher.email", "bbox"]


def test_pygeometa_writes_no_box_when_crs_is_a_text(received):
    from pygeometa.schemas.iso19139 import ISO19139OutputSchema
    mcf = publish.record.mcf(received)
    box = "EX_GeographicBoundingBox"
    assert box in ISO19139OutputSchema().write(mcf)
    mcf["identification"]["extents"]["spatial"][0]["crs"] = "4326"
    assert box not in ISO19139OutputSchema().write(mcf)


def test_of_fifteen_pairs_one_has_no_licence_and_one_is_contested():
    space = SimpleNamespace(lines=[])
    names = {"data": data, "print": lambda *words: space.lines.append(words)}
    for cell in notebooks.read(LESSON).cells:
        if cell.id in ("licence-rules", "licence-pairs"):
            exec(cell.source, names)
    first, count, *others = space.lines
    assert count[0] == 15 and "CC0-1.0" not in first[0]
    assert [line[0] for line in others].count("none:") == 1
    assert [line[0] for line in others].count("contested:") == 1
