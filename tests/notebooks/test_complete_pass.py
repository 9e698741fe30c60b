"""A complete pass: from what Day 1 leaves to what Day 4 begins with.

All reference solutions run one after the other, in the order of their
sessions, in the course's own world and in another one. In the world of a
pass there is no checkpoint `health_centres`: E07 writes it, and E09 to E15
start from this file; E15 writes the release, and E16, E19 and lesson 4.3
start from that. What they give is compared with what the checkpoint gives.

Their checks are left out: other tests run them (test_exercises.py in the
course's own world, test_any_world.py in another one). No later day loads what
E01, E03 to E06 make; the one result of Day 1 that Day 2 finds again is how a
coordinate is read (E02).
"""

import hashlib
import json
import pickle
import re
import shutil

import geopandas as gpd
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

from commands import make_data
from commands.exercises import notebooks
from helpers import data
from helpers.publish import server
from tests.support import ROOT

pytestmark = pytest.mark.slow

SEEDS = [None, 2021]  # None: the course's own world, as it is committed
REGISTER = "health_centres"
SOLUTIONS = sorted(
    (ROOT / "solutions").glob("day*/*.ipynb"), key=lambda file: tuple(
        notebooks.read(file).metadata.course[key]
        for key in ("session", "exercise")))
BASELINE = ROOT / "course/day4_strategy/s3_governance_and_objectives.ipynb"
# Exercise → the file in its day's folder from which later days start.
WRITES = {"E07": f"output/{REGISTER}.geojson",
          "E15": f"output/release/{REGISTER}.geojson"}
# Exercise → what the tests below ask for, in the notebook's own words.
RESULTS = {
    "E02": ["[read_all(register[name])[0] for name in ('latitude', "
            "'longitude')]"],
    "E07": ["kept", "len(log)"],
    "E08": ["repaired", "official"],
    "E16": ["record", "extent(layer)"],
    "E19": ["record", "record_2", "read_all(centres)",
            "changes.compare(old, new, KEY).to_dict('records')"],
    "C2": ["measured.loc['fresh', 'baseline']"],
    "4.3": ["baseline"]}
BEGIN = """\
def _in_the_world():
    from pathlib import Path
    from helpers import data
    data.DATA = Path({world!r})
    data._resources.cache_clear()
_in_the_world()"""
END = """\
import pickle
from pathlib import Path
Path({file!r}).write_bytes(pickle.dumps([{results}]))"""


class Pass:
    """All solutions, run in a world in which their own files take the place
    of the checkpoint. results: exercise → the values of RESULTS."""

    def __init__(self, checkpoint, folder, kernels):
        self.checkpoint, self.folder, self.kernels = (
            checkpoint, folder, kernels)
        self.world = shutil.copytree(checkpoint, folder / "world")
        self.place(REGISTER).unlink()
        self.results, self.printed = {}, {}
        for file in SOLUTIONS:
            name = notebooks.read(file).metadata.course.exercise
            self.results[name], self.printed[name] = self.run(
                name, file, self.world, file.parent.name)
            if name in WRITES:
                self.install(REGISTER, folder / file.parent.name
                             / WRITES[name])
        self.results["4.3"], _ = self.baseline(self.world)

    def place(self, layer, world=None):
        """The file of a layer in the world of the pass."""
        return (world or self.world) / data.info(layer)["path"]

    def install(self, layer, file):
        """The file becomes the layer that the next exercises load. Where it
        is not the checkpoint's own bytes, the list of layers says so."""
        target = shutil.copy(file, self.place(layer))
        listed = self.world / "datapackage.json"
        package = json.loads(listed.read_text("utf-8"))
        (one,) = [one for one in package["resources"]
                  if one["name"] == layer]
        one["hash"] = f"sha256:{data.sha256(target)}"
        listed.write_text(json.dumps(package), "utf-8")

    def run(self, name, file, world, day, only=None):
        """(results, what each cell printed) of a notebook without checks."""
        notebook = notebooks.read(file)
        work = self.folder / day
        work.mkdir(exist_ok=True)
        notebook.cells = [
            cell for cell in notebook.cells if cell.cell_type == "code"
            and "with check.task(" not in cell.source
            and (only is None or cell.id in only)]
        kept = work / f"{name}.pickle"
        begin = BEGIN.format(world=str(world))
        end = END.format(file=str(kept),
                         results=", ".join(RESULTS.get(name, [])))
        notebook.cells = [nbformat.v4.new_code_cell(begin), *notebook.cells,
                          nbformat.v4.new_code_cell(end)]
        NotebookClient(
            notebook, timeout=120, kernel_name="python3",
            resources={"metadata": {"path": str(work)}},
            **({"kernel_manager_class": self.kernels} if self.kernels else {})
        ).execute()  # a cell that stops raises here
        return pickle.loads(kept.read_bytes()), {
            cell.id: said(cell) for cell in notebook.cells[1:-1]}

    def baseline(self, world):
        """Lesson 4.3's baseline, measured in a world's register."""
        return self.run("4.3", BASELINE, world, "day4_strategy",
                        ["story-table", "smart-baseline"])

    def again(self, exercise):
        """(results, printed) of an exercise that starts from the
        checkpoint."""
        (file,) = [file for file in SOLUTIONS if notebooks.read(
            file).metadata.course.exercise == exercise]
        return self.run(exercise, file, self.checkpoint, "from_checkpoint")


def said(cell):
    """What a cell printed and showed, less the port of its server."""
    text = "".join(output.get("text") or output.get("data", {}).get(
        "text/plain", "") for output in cell.outputs)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)


@pytest.fixture(scope="module", params=SEEDS, ids=["own world", "2021"])
def done(request, kernels, tmp_path_factory):
    """A pass, done."""
    folder = tmp_path_factory.mktemp("pass")
    checkpoint = folder / "checkpoint"
    if request.param is None:
        shutil.copytree(data.DATA, checkpoint,
                        ignore=shutil.ignore_patterns("make"))
    else:
        make_data.make(checkpoint, request.param)
    passed = Pass(checkpoint, folder, kernels)
    passed.seed = request.param
    return passed


def written(done, day, file):
    """The text of a file that a day's solutions have written."""
    return (done.folder / day / "output" / file).read_text("utf-8")


def same_rows(layer, wanted):
    """All values of a layer, row by row: types may differ as formats do."""
    layer, wanted = (one.set_index("centre_id").sort_index()
                     for one in (layer, wanted))
    assert set(layer.columns) == set(wanted.columns)
    pd.testing.assert_index_equal(layer.index, wanted.index)
    assert layer.geometry.geom_equals_exact(wanted.geometry, 1e-7).all()
    for column in wanted.columns.drop("geometry"):
        mine, theirs = (one[column].astype(object) for one in (layer, wanted))
        differ = ~((mine == theirs) | (mine.isna() & theirs.isna()))
        assert not differ.any(), (column, mine[differ], theirs[differ])


def test_day_2_writes_the_checkpoint_of_day_3(done):
    """Row by row, and then byte by byte: so E09 to E15, which start from the
    file of E07, start from the checkpoint."""
    mine = done.folder / "day2_processing" / WRITES["E07"]
    theirs = done.place(REGISTER, done.checkpoint)
    same_rows(gpd.read_file(mine), gpd.read_file(theirs))
    assert mine.read_bytes() == theirs.read_bytes()
    log = pd.read_csv(mine.with_name("health_centres_log.csv"))
    assert len(log) == done.results["E07"][1] > 2000


def test_day_2_puts_each_centre_where_day_1_reads_it(done):
    """E02 reads every form of a coordinate, E07 those of the register: two
    solutions with nothing in common. E07 also turns what is exchanged."""
    (latitude, longitude), kept = done.results["E02"][0], (
        done.results["E07"][0])
    assert len(kept) == len(gpd.read_file(done.place(REGISTER)))
    exchanged = 0
    for row, mine in zip(kept.index, kept[["latitude", "longitude"]]
                         .astype(float).to_numpy(), strict=True):
        read = [latitude[row], longitude[row]]
        if read[0] < read[1]:  # Tunisia: 30 to 38 north, 7 to 12 east
            read, exchanged = read[::-1], exchanged + 1
        np.testing.assert_allclose(mine, read, rtol=0, atol=6e-7)
    assert exchanged > 20


def test_the_sectors_that_day_2_repairs_are_those_that_it_uses(done):
    """E11 to E14 load `sectors`, not what E08 gives. Both hold the same
    sectors and people. Borders differ where a rule of E08 had to choose
    between two sources: a gap goes to the less detailed one. No centre stands
    in such a gap: each is in the repaired sector that it states."""
    repaired, official = done.results["E08"]
    sectors = gpd.read_file(done.place("sectors")).set_index("sector_id")
    assert sorted(repaired["sector_id"]) == sorted(official)
    repaired = repaired.set_index("sector_id")
    known = sectors.loc[repaired.index]
    assert repaired["population"].astype(int).equals(
        known["population"].astype(int))
    centres = gpd.read_file(done.place(REGISTER)).to_crs(repaired.crs)
    centres = centres[centres["sector_id"].isin(repaired.index)]
    stated = repaired.geometry.loc[centres["sector_id"]]
    assert centres.within(stated, align=False).all()


def test_the_package_of_day_3_is_the_register(done):
    """Four formats, the same rows; the checksums and the README are true."""
    release = done.folder / "day3_publication" / "output" / "release"
    wanted = gpd.read_file(done.place(REGISTER, done.checkpoint))
    table = pd.read_csv(release / f"{REGISTER}.csv",
                        parse_dates=["opened", "updated"])
    places = gpd.points_from_xy(table.pop("longitude"),
                                table.pop("latitude"), crs=4326)
    for layer in [gpd.read_file(release / f"{REGISTER}.geojson"),
                  gpd.read_file(release / f"{REGISTER}.gpkg"),
                  gpd.read_parquet(release / f"{REGISTER}.parquet"),
                  gpd.GeoDataFrame(table, geometry=places)]:
        same_rows(layer, wanted)
    lines = (release / "SHA256SUMS").read_text("utf-8").splitlines()
    assert len(lines) == len(list(release.iterdir())) - 1
    for line in lines:
        total, name = line.split("  ")
        assert total == hashlib.sha256(
            (release / name).read_bytes()).hexdigest(), name
    assert f"rows: {len(wanted)}" in written(
        done, "day3_publication", "release/README.md")


def test_the_metadata_of_day_3_describe_the_package(done):
    """E16 starts from the package that E15 wrote. One thing differs from a
    start at the checkpoint: the size of the file. E15 writes what geopandas
    has read, and so dates with a time and numbers with a decimal: the same
    values in more bytes."""
    (record, extent) = done.results["E16"]
    file = done.folder / "day3_publication" / WRITES["E15"]
    layer = gpd.read_file(file)
    assert extent == {"bbox": layer.total_bounds.round(4).tolist(),
                      "crs": 4326}
    assert record["bbox"] == extent["bbox"]
    (listed,) = record["distributions"]
    assert (listed["file"], listed["bytes"]) == (
        file.name, file.stat().st_size)
    readme = written(done, "day3_publication", "release/README.md")
    assert f"date: {record['dates']['published']}" in readme
    assert f"licence: {record['licence']}" in readme

    (other, same_extent), printed = done.again("E16")
    (one,) = other["distributions"]
    assert one["bytes"] < listed["bytes"]
    assert other == record | {"distributions": [
        listed | {"bytes": one["bytes"]}]}
    assert same_extent == extent
    assert printed == done.printed["E16"]
    for name in ("record.xml", "record.ttl"):
        texts = [(done.folder / day / "output/metadata" / name)
                 .read_text("utf-8").replace(str(size), "SIZE")
                 for day, size in (("day3_publication", listed["bytes"]),
                                   ("from_checkpoint", one["bytes"]))]
        assert texts[0] == texts[1]


def test_the_service_of_day_3_gives_what_was_packed_and_described(done):
    """E19 serves the package under the record of E16; its second version, log
    and number are those that the checkpoint gives."""
    record, second, features, log = done.results["E19"]
    before = done.results["E16"][0]
    for name in set(record) - {"bbox", "dates"}:
        assert record[name] == before[name], name
    assert record["dates"].items() <= before["dates"].items()
    assert np.allclose(record["bbox"], before["bbox"], atol=0.00006)
    same_rows(with_dates(gpd.GeoDataFrame.from_features(features, crs=4326)),
              gpd.read_file(done.place(REGISTER, done.checkpoint)))
    later = gpd.read_file(done.place("health_centres_v2"))
    assert second["bbox"] == later.total_bounds.tolist()
    assert second["version"] == "2.0.0"  # some centres are gone
    assert second["identifier"] == before["identifier"]

    results, printed = done.again("E19")
    assert len(log) > 50
    pd.testing.assert_frame_equal(pd.DataFrame(log), pd.DataFrame(results[3]))
    assert results[:2] == [record, second]
    assert printed == done.printed["E19"]


def with_dates(layer):
    """A service gives dates as texts."""
    return layer.assign(**{name: pd.to_datetime(layer[name]).dt.tz_localize(
        None) for name in ("opened", "updated")})


def test_the_package_with_its_record_can_be_served(done, tmp_path):
    """E15's folder and E16's record, as they are."""
    day = done.folder / "day3_publication" / "output"
    package = shutil.copytree(day / "release", tmp_path / "release")
    shutil.copy(day / "metadata" / "metadata.json", package)
    record = done.results["E16"][0]
    made = server.configuration(package)["resources"]
    (provider,) = made[REGISTER]["providers"]
    assert provider["id_field"] == "centre_id"
    entry = json.loads((tmp_path / "served" / "catalogue.json").read_text(
        "utf-8"))["_default"]["1"]["properties"]
    assert (entry["externalId"], entry["version"], entry["license"]) == (
        record["identifier"], record["version"], record["licence"])


def test_day_4_begins_with_the_register_that_was_published(done):
    """The baseline of lesson 4.3 can be counted in the published table. C2
    gives it as a number, that of the course's own world: "anybody can count
    it", says its solution."""
    (baseline,) = done.results["4.3"]
    table = pd.read_csv(done.folder / "day3_publication/output/release"
                        / f"{REGISTER}.csv")
    last_year = table["updated"].str[:10] >= "2020-12-01"
    assert baseline == round(100 * sum(last_year) / len(table))
    assert [baseline] == done.baseline(done.checkpoint)[0]
    if done.seed is None:
        assert done.results["C2"] == [baseline]
