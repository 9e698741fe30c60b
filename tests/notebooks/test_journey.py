"""The register's journey: each number is what the files say, counted here in
another way; each step has its file, its map and its sessions."""

import csv
import json
import re

import pytest
import yaml
from nbclient import NotebookClient

from commands.exercises import minutes, notebooks
from helpers import data
from tests.support import ROOT

pytestmark = pytest.mark.slow
FILE = ROOT / "course" / "reference" / "journey.ipynb"
STEPS = ["Collected", "Cleaned", "Measured", "Protected", "Published",
         "Planned"]


@pytest.fixture(scope="module")
def page():
    """The notebook, executed as the book does it."""
    notebook = notebooks.read(FILE)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={
        "metadata": {"path": str(FILE.parent)}}).execute()
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def numbers(page) -> list[str]:
    """The last column of the table of all six steps."""
    html = page["all-six-table"].outputs[0].data["text/html"]
    return [re.findall("<td>(.*?)</td>", row)[-1]
            for row in html.split("<tr")[2:]]


def records(layer) -> list[dict]:
    """Properties of a GeoJSON file, with its position."""
    content = json.loads(data.path(layer).read_text("utf-8"))
    return [one["properties"] | {"at": one["geometry"]["coordinates"]}
            for one in content["features"]]


# --- numbers ---------------------------------------------------------------

def test_the_register_as_received_is_counted_line_by_line(numbers):
    with data.path("health_centres_received").open(
            encoding="cp1256", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    inside = 0
    for row in rows:
        try:
            lat, lon = (float(row[name].replace(",", "."))
                        for name in ("latitude", "longitude"))
        except ValueError:
            continue
        inside += 30 < lat < 38 and 7 < lon < 12
    assert numbers[0] == f"{inside} of {len(rows)}"


def test_the_clean_register_and_its_people_are_counted(numbers):
    centres = records("health_centres")
    with data.path("governorate_table").open(encoding="utf-8") as file:
        people = sum(int(row["pop_2024"]) for row in csv.DictReader(file))
    working = sum(one["status"] == "ouvert" for one in centres)
    assert numbers[1] == f"{len(centres)}"
    assert numbers[2] == f"{people / working:,.0f}"


def test_nobody_stands_out_in_the_counts_that_are_shown(numbers, page):
    with data.path("beneficiaries").open(encoding="utf-8") as file:
        people = [(row["birth_date"], row["sex"], row["sector_id"])
                  for row in csv.DictReader(file)]
    alone = sum(people.count(one) == 1 for one in people)
    assert numbers[3] == f"{alone} before, 0 after"
    sizes: dict[str, int] = {}
    for *_, sector in people:
        sizes[sector] = sizes.get(sector, 0) + 1
    small = [name for name, count in sizes.items() if count < 5]
    assert small, "the page has nothing to hide"
    said = "".join(one.text for one in page["protected-counts"].outputs)
    shown, least = map(int, re.search(
        r"(\d+) counts shown, the smallest (\d+)", said).groups())
    assert least >= 5
    assert len(sizes) - shown == len(small) + len(
        {name[:5] for name in small}), "a second one in each governorate"


def test_the_version_follows_from_identifiers_that_left(numbers):
    old, new = ({one["centre_id"] for one in records(name)}
                for name in ("health_centres", "health_centres_v2"))
    assert old - new, "so a program may break"
    assert numbers[4] == "2.0.0"


def test_the_baseline_is_that_of_session_4_3(numbers):
    centres = records("health_centres")
    fresh = sum(one["updated"] >= "2020-12-01" for one in centres)
    assert numbers[5] == f"{100 * fresh / len(centres):.0f} %"


def test_the_plan_is_the_example_of_session_4_4(page):
    plan = yaml.safe_load((ROOT / "course/day4_strategy/plan_example.yaml"
                           ).read_text("utf-8"))
    said = " ".join("".join(
        one.text for one in page["planned-number"].outputs).split())
    count = len(plan["milestones"])
    assert f"{count} of {count} milestones with evidence, 0 faults" in said
    cost = sum(one["quantity"] * one["unit_cost"]
               for one in plan["budget"]["lines"])
    assert f"{cost:,.0f} TND" in said


# --- the page --------------------------------------------------------------

def test_each_step_has_a_map_with_a_title_and_words_for_it(page):
    for step in STEPS:
        cell = page[f"{step.lower()}-map"]
        assert any("image/png" in output.get("data", {})
                   for output in cell.outputs), step
        assert "fictional" in cell.metadata.mystnb.image.alt, step
    assert "(FICTIONAL)" in page["country"].source


def test_it_runs_in_silence_in_short_cells(page):
    for cell in page.values():
        if cell.cell_type == "code":
            assert not [one for one in cell.outputs
                        if one.get("name") == "stderr"], cell.id
            lines = cell.source.splitlines()
            assert len(lines) <= 15, cell.id
            assert max(map(len, lines)) <= 75, cell.id


def test_the_table_at_the_top_leads_to_all_sessions_and_steps(page):
    top = page["title"].source
    linked = re.findall(r"\]\(\.\./([\w/]+\.ipynb)\)", top)
    lessons = {file.relative_to(ROOT / "course").as_posix()
               for file in minutes.lessons()}
    assert set(linked) == lessons
    for number, step in enumerate(STEPS, 1):
        assert f"[{number}\u00a0{step}](#journey-{step.lower()})" in top
        assert page[step.lower()].source.startswith(
            f"(journey-{step.lower()})=\n## {number} {step}\n")
    for layer in re.findall("`([a-z_0-9]+)`", top):
        data.path(layer)  # a wrong name is an error
