"""The fictional world of one seed, which tests of data/make look at."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd

from commands import make_data
from helpers.data import DATA

build = make_data.builder()  # tests import data.make after this
METRIC = 32632
HEADERS = {header["name"]: header
           for maker in build.MAKERS for header in maker.RESOURCES}
MAKERS = {header["name"]: maker
          for maker in build.MAKERS for header in maker.RESOURCES}
# What a module reads that others make. All that are not here need sectors.
NEEDS = {
    build.governorates: [], build.sectors: [build.governorates],
    build.control_points: [build.sectors, build.health_centres],
    build.catalogue_records: [], build.licences: [],
    build.reuse_situations: [], build.ministry: [], build.actors: [],
}


def of_kind(truth: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """The rows of a truth table of some kinds."""
    return truth[truth["kind"].isin(kinds)]


class World:
    """Layers and truth tables of one seed, made when a test asks for them."""

    def __init__(self, out: Path, seed: int | None):
        shutil.copytree(DATA / "received", out / "received")
        self.out, self.seed = out, seed
        self._made, self._truth = set(), {}

    def path(self, name: str) -> Path:
        """The file of a layer."""
        self._make(MAKERS[name])
        return self.out / HEADERS[name]["path"]

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """A GeoJSON layer, as it stands in its file."""
        return gpd.read_file(self.path(name))

    def table(self, name: str) -> pd.DataFrame:
        """A table, all of it as text, as it stands in its file."""
        file = self.path(name)
        if file.suffix == ".json":
            return pd.DataFrame(json.loads(file.read_text("utf-8")))
        return pd.read_csv(file, dtype=str, keep_default_na=False)

    def truth(self, name: str) -> pd.DataFrame:
        """The truth table of a layer."""
        self._make(MAKERS[name])
        return self._truth[name]

    def truths(self, maker) -> dict[str, pd.DataFrame]:
        """The truth tables of all layers that a module makes."""
        self._make(maker)
        return {header["name"]: self._truth[header["name"]]
                for header in maker.RESOURCES
                if header["name"] in self._truth}

    def _make(self, maker):
        if maker in self._made:
            return
        for needed in NEEDS.get(maker, [build.sectors]):
            self._make(needed)
        self._truth |= maker.make(self.out, self.seed) or {}
        self._made.add(maker)
