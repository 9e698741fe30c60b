"""E17: twelve questions to the licence desk. FICTIONAL.

Each seed asks about the same twelve kinds of reuse, with other layers,
producers, dates and, where the answer stays the same, other licences. The
licences and their rules are real; they stand in reuse_situations_cases.py.
"""

from functools import reduce

import pandas as pd

from ..shared.files import write_json
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import chance
from .reuse_situations_cases import (
    APART,
    CASES,
    DERIVED,
    INTERNAL,
    LAYERS,
    NO_ATTRIBUTION,
    OUTPUTS,
    PRODUCED,
    VOLUNTEERS,
    WORK,
)

RESOURCES = [fictional(
    name="reuse_situations",
    path="reuse_situations.json",
    title="situations of reuse for the licence desk",
    description=(
        "Twelve situations, a JSON list of flat objects: which layers are "
        "reused, under which licences, and how. Layers, producers and dates "
        "are in the same order, separated by semicolons. The "
        "desk chooses among the open licences CC0-1.0, CC-BY-4.0, "
        "CC-BY-SA-4.0, etalab-2.0, ODC-By-1.0 and ODbL-1.0. For training: "
        "not legal advice."),
    crs=None,
    planned="E17",
    fields={
        "situation_id": "identifier",
        "title_fr": "short title in French",
        "situation": "what is done, in English",
        "use": "derived database, produced work, side by side or internal "
               "use",
        "inputs": "licences of the layers, SPDX identifiers",
        "layers": "layers that are taken",
        "producers": "their fictional producers",
        "dates": "their dates",
    },
)]


def make(out, seed=None):
    """Write reuse_situations.json; needs nothing else."""
    random = chance(seed, "reuse_situations")
    numbers = random.choice(900, len(CASES), replace=False) + 100
    situations, rows = [], []
    for number, case in zip(numbers, CASES):
        situation = described(f"RS-{number}", case, random, seed is None)
        situations.append(situation)
        rows += answered(situation, case)
    order = random.permutation(len(situations))
    write_json([situations[i] for i in order], out / "reuse_situations.json")
    return {"reuse_situations": truth_table(rows)}


def described(situation_id, case, random, own):
    """A situation as it comes to the desk; own: the course's own seed."""
    _, use, title, text, choices, *_ = case
    licences = [choice[0] if own else str(random.choice(choice))
                for choice in choices]
    picked = random.choice(len(LAYERS), len(licences), replace=False)
    layers, producers = zip(*(LAYERS[i] for i in picked))
    producers = [str(random.choice(VOLUNTEERS))
                 if licence in ("ODbL-1.0", "CC-BY-SA-4.0") else producer
                 for licence, producer in zip(licences, producers)]
    if len(set(producers)) < len(producers):
        producers[0] = next(name for name in VOLUNTEERS
                            if name not in producers)
    days = [pd.Timestamp("2020-01-01") + pd.Timedelta(days=int(day))
            for day in random.integers(690, size=len(licences))]
    order = random.permutation(len(licences))

    def listed(values):
        return "; ".join(str(values[i]) for i in order)

    return {
        "situation_id": situation_id,
        "title_fr": title,
        "situation": text.format(*layers),
        "use": use,
        "inputs": listed(licences),
        "layers": listed(layers),
        "producers": listed(producers),
        "dates": listed([day.date() for day in days]),
    }


def answered(situation, case):
    """Rows of the truth table: allowed, debated (accepted, never required),
    decision, reason, attribution; found are the licences of the inputs.
    """
    kind, use, *_, decision, reason = case
    inputs = situation["inputs"].split("; ")
    allowed, debated = outputs(inputs, use)
    shared = decision not in ("do not publish", "no licence needed")
    attribution = [
        f"{producer}, {date} ({licence})" for producer, date, licence
        in zip(situation["producers"].split("; "),
               situation["dates"].split("; "), inputs)
        if shared and licence not in NO_ATTRIBUTION]
    answers = {"allowed": "; ".join(allowed), "debated": "; ".join(debated),
               "decision": decision, "reason": reason,
               "attribution": "; ".join(attribution)}
    return [Defect(situation["situation_id"], field, kind,
                   situation["inputs"], value)
            for field, value in answers.items()]


def outputs(inputs, use):
    """Licences that the release may carry, and those that are debated."""
    if use == INTERNAL:
        return [], []
    if use == APART:
        return sorted(inputs), []
    rules = PRODUCED if use == WORK else DERIVED
    allowed = reduce(set.intersection,
                     (set(rules[name][0]) for name in inputs))
    possible = reduce(set.intersection,
                      ({*rules[name][0], *rules[name][1]}
                       for name in inputs))
    return tuple([name for name in OUTPUTS if name in names]
                 for names in (allowed, possible - allowed))
