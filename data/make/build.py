"""Make every layer, then datapackage.json and README.md about them."""

import shutil
from pathlib import Path
from types import ModuleType

from .base import (
    chief_towns,
    crs_detective,
    governorates,
    received_layers,
    sectors,
)
from .describe import package, resource
from .desk import (
    actors,
    beneficiaries,
    catalogue_records,
    licences,
    ministry,
    reuse_situations,
)
from .field import (
    bus_stops,
    gnss_track,
    heritage_sites,
    osm_clinics,
    water_points,
)
from .health import control_points, health_centres
from .readme import readme
from .shared.files import RECEIVED, write_csv, write_json, write_text
from .space import flood_zone, green_areas, parcels, schools, sectors_received

# In this order, because some read what others have written.
MAKERS = [
    received_layers, governorates, chief_towns, crs_detective,
    # the ministry's world: sectors first, most others stand on them
    sectors, sectors_received, health_centres, control_points,
    schools, green_areas, flood_zone, parcels,
    water_points, bus_stops, heritage_sites, gnss_track,
    osm_clinics, beneficiaries, catalogue_records, licences,
    reuse_situations, ministry, actors,
]


def build(out: Path, truth: Path, seed: int | None = None,
          used_by: dict[str, str] | None = None) -> None:
    """Write all layers and their description into out, truth tables into
    truth; seed None is the course's own. used_by: layer -> the sessions and
    exercises that load it.
    """
    out.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    received = out / RECEIVED.name
    if received.resolve() != RECEIVED:
        shutil.copytree(RECEIVED, received, dirs_exist_ok=True)
    resources, planted = [], {}
    for maker in MAKERS:
        planted |= maker.make(out, seed) or {}
        resources += [resource(out, header, script(maker),
                               (used_by or {}).get(header["name"], ""))
                      for header in maker.RESOURCES]
    for layer, table in planted.items():
        write_csv(table, truth / f"{layer}.csv")
    write_json(package(resources), out / "datapackage.json")
    write_text(readme(resources, planted, seed), out / "README.md")


def script(maker: ModuleType) -> str:
    """The path of a module in data/make, e.g. "space/parcels.py"."""
    name = maker.__name__.removeprefix(f"{__package__}.")
    return f"{name.replace('.', '/')}.py"
