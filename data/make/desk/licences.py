"""What ten licences ask: our reading of their texts. REAL.

The licence desk of E17 derives from it which licence a result may carry.
ODC-By-1.0 is not here: its section 4.2 is read in two ways.
"""

import pandas as pd

from ..shared.files import write_csv
from ..shared.resources import real
from ..shared.world import FIRST_DAY

RESOURCES = [real(
    name="licences",
    path="licences.csv",
    title="What ten licences ask",
    description=(
        "One row per licence of data: six that are open, four that are not. "
        "Each property is our reading of the licence's text, shortened for "
        "training: not legal advice. The page of sources names the "
        "sections."),
    date=FIRST_DAY,
    crs=None,
    sources=["licences"],
    licence="CC-BY-4.0",
    fields={
        "licence": "SPDX identifier",
        "title": "name",
        "attribution": "asks to name the producer",
        "share_alike": "a published adaptation stays under this licence",
        "no_commerce": "forbids commercial use",
        "no_derivatives": "forbids to publish an adaptation",
        "no_locks": "forbids technical locks, without exception",
        "for_databases": "is written for databases alone",
        "url": "its text",
    },
)]
CC = "https://creativecommons.org/"
ODC = "https://opendatacommons.org/licenses/"
ETALAB = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
ROWS = [
    ("CC0-1.0", "Creative Commons Zero 1.0", "",
     f"{CC}publicdomain/zero/1.0/legalcode"),
    ("PDDL-1.0", "ODC Public Domain Dedication and Licence 1.0",
     "for_databases", f"{ODC}pddl/1-0/"),
    ("etalab-2.0", "Licence Ouverte 2.0", "attribution", ETALAB),
    ("CC-BY-4.0", "Creative Commons Attribution 4.0",
     "attribution no_locks", f"{CC}licenses/by/4.0/legalcode"),
    ("CC-BY-SA-4.0", "Creative Commons Attribution ShareAlike 4.0",
     "attribution share_alike no_locks",
     f"{CC}licenses/by-sa/4.0/legalcode"),
    ("ODbL-1.0", "ODC Open Database License 1.0",
     "attribution share_alike for_databases", f"{ODC}odbl/1-0/"),
    ("CC-BY-NC-4.0", "Creative Commons Attribution NonCommercial 4.0",
     "attribution no_commerce no_locks",
     f"{CC}licenses/by-nc/4.0/legalcode"),
    ("CC-BY-NC-SA-4.0",
     "Creative Commons Attribution NonCommercial ShareAlike 4.0",
     "attribution share_alike no_commerce no_locks",
     f"{CC}licenses/by-nc-sa/4.0/legalcode"),
    ("CC-BY-ND-4.0", "Creative Commons Attribution NoDerivatives 4.0",
     "attribution no_derivatives no_locks",
     f"{CC}licenses/by-nd/4.0/legalcode"),
    ("CC-BY-NC-ND-4.0",
     "Creative Commons Attribution NonCommercial NoDerivatives 4.0",
     "attribution no_commerce no_derivatives no_locks",
     f"{CC}licenses/by-nc-nd/4.0/legalcode"),
]
PROPERTIES = [name for name in RESOURCES[0]["fields"]
              if name not in ("licence", "title", "url")]


def make(out, seed=None):
    """Write licences.csv, the same for each seed; needs nothing else."""
    write_csv(pd.DataFrame(table()), out / "licences.csv")


def table():
    """One dict per licence."""
    return [{"licence": licence, "title": title,
             **{name: name in asked.split() for name in PROPERTIES},
             "url": url} for licence, title, asked, url in ROWS]
