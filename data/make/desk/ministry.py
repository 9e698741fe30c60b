"""E20: a ministry's claims of openness, and datasets to open. FICTIONAL.

The grid of 100 points is real (State of the Open Data Ecosystem in Tunisia
2021), so are the nine pathways and the eight dimensions; the ministry, its
claims, its points and its datasets are not.
"""

import re

import pandas as pd

from ..shared.files import write_csv
from ..shared.resources import fictional
from ..shared.truth import Defect
from ..shared.world import chance
from .ministry_cases import (
    CRITERIA,
    DATASETS,
    DIMENSIONS,
    ITEMS,
    NO_EVIDENCE,
    OVERSTATED,
    PATHWAYS,
    PROFILES,
    PROMISES,
)
from .ministry_truth import rankings, totals

RESOURCES = [fictional(
    name="ministry_evidence",
    path="ministry_evidence.csv",
    title="evidence of a ministry's openness",
    description=(
        "Thirty items of a ministry that does not exist, for the seven "
        "criteria of the 100-point grid, the nine pathways of IGIF and "
        "the eight dimensions of ODRA. An item without a document, or with "
        "the promise of one, gives 0."),
    crs=None,
    fields={
        "item_id": "identifier",
        "criterion": "criterion of the grid",
        "pathway": "strategic pathway of IGIF",
        "dimension": "dimension of the Open Data Readiness Assessment",
        "points_max": "most points; 100 in all",
        "claim": "what the ministry says",
        "evidence": "document that proves it, or nothing, or a promise",
        "points_claimed": "points that the ministry gives itself",
        "points_supported": "points that the document supports",
    },
), fictional(
    name="candidate_datasets",
    path="candidate_datasets.csv",
    title="datasets that a ministry could open",
    description=(
        "Twelve datasets with invented scores from 1 (low) to 5 (high). "
        "High value, demand and readiness are reasons to open a dataset; "
        "high cost and risk are reasons against it (use 6 minus the score)."),
    crs=None,
    fields={
        "dataset_id": "identifier",
        "name_en": "name in English",
        "name_fr": "name in French",
        "owner_unit": "fictional unit that keeps it",
        "value": "use to society, 1-5",
        "demand": "how much it is asked for, 1-5",
        "readiness": "how ready the file is, 1-5",
        "cost": "cost of opening, 1 cheap - 5 dear",
        "risk": "risk of opening, 1 low - 5 high",
        "personal_data_open": "is a question of personal data open? yes, no",
        "security_open": "is a question of security open? yes, no",
    },
)]


def make(out, seed=None):
    """Write both tables; needs nothing else."""
    evidence, planted = evidence_table(chance(seed, "ministry_evidence"))
    write_csv(evidence, out / "ministry_evidence.csv")
    datasets = datasets_table(chance(seed, "candidate_datasets"))
    write_csv(datasets, out / "candidate_datasets.csv")
    return {"ministry_evidence": totals(evidence, planted),
            "candidate_datasets": rankings(datasets)}


def evidence_table(random):
    """The items, and the rows of truth about those that claim too much."""
    pathways, dimensions = ({re.split("[ /]", name)[0]: name for name in some}
                            for some in (PATHWAYS, DIMENSIONS))
    items = [(criterion, pathways[pathway], dimensions[dimension], *rest)
             for criterion, group in ITEMS.items()
             for pathway, dimension, *rest in group]
    defects = ["no evidence"] * NO_EVIDENCE
    defects += ["promise, not evidence"] * len(PROMISES)
    defects += ["evidence supports less"] * OVERSTATED
    defects += [""] * (len(items) - len(defects))
    promises = list(PROMISES)
    rows, planted = [], []
    for number, (item, defect) in enumerate(
            zip(items, random.permutation(defects)), start=1):
        criterion, pathway, dimension, most, claim, document = item
        evidence = (f"{document} n° {random.integers(1, 90)}/"
                    f"{random.integers(2019, 2022)}")
        claimed = supported = random.integers(2, most + 1)
        if defect == "evidence supports less":
            supported = random.integers(1, claimed)
        elif defect:
            supported = 0
            evidence = promises.pop() if "promise" in defect else ""
        rows.append((f"E{number:02d}", criterion, pathway, dimension, most,
                     claim, evidence, claimed, supported))
        if defect:
            planted.append(Defect(f"E{number:02d}", "points_claimed", defect,
                                  claimed, supported))
    return pd.DataFrame(rows, columns=list(RESOURCES[0]["fields"])), planted


def datasets_table(random):
    """Datasets in random order; a dataset with a constraint has a profile
    with the same constraint.
    """
    columns = [*random.permutation(len(CRITERIA) - 1), -1]
    names = {constraint: random.permutation(group).tolist()
             for constraint, group in DATASETS.items()}
    rows = []
    for profile, constraint in PROFILES:
        good = {name: profile[i] for name, i in zip(CRITERIA, columns)}
        name_en, name_fr, unit = names[constraint].pop()
        rows.append({
            "name_en": name_en, "name_fr": name_fr,
            "owner_unit": f"Direction fictive {unit}", **good,
            "cost": 6 - good["cost"], "risk": 6 - good["risk"],
            "personal_data_open": yes(constraint == "personal"),
            "security_open": yes(constraint == "security")})
    table = pd.DataFrame(rows).iloc[random.permutation(len(rows))]
    table.insert(0, "dataset_id",
                 [f"D{i:02d}" for i in range(1, len(rows) + 1)])
    return table


def yes(condition):
    """A truth value as the table writes it."""
    return "yes" if condition else "no"
