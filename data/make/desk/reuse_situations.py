"""E17: twelve questions to the licence desk. FICTIONAL.

Each seed asks about the same twelve kinds of reuse, with other layers,
producers, dates and, where the answer stays the same, other licences. The
licences are real: licences.py says what they ask.
"""

import pandas as pd

from ..shared.files import write_json
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import chance
from .licences import table
from .reuse_situations_cases import (
    APART,
    CASES,
    DATABASE,
    INTERNAL,
    LAYERS,
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
        "are in the same order, separated by semicolons. What the licences "
        "ask is in 'licences'. For training: not legal advice."),
    crs=None,
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
    """Rows of the truth table: allowed, contested, decision, reason,
    attribution; found are the licences of the inputs.
    """
    kind, use, *_, decision, reason = case
    inputs = situation["inputs"].split("; ")
    allowed, contested = outputs(inputs, use)
    answers = {"allowed": "; ".join(allowed),
               "contested": "; ".join(contested),
               "decision": decision, "reason": reason,
               "attribution": attribution(situation)}
    return [Defect(situation["situation_id"], field, kind,
                   situation["inputs"], value)
            for field, value in answers.items()]


def attribution(situation):
    """The text that names all sources; none is needed for internal use."""
    if situation["use"] == INTERNAL:
        return ""
    start = "Adapted from" if situation["use"] == DATABASE else "Sources"
    rows = zip(*(situation[name].split("; ") for name in
                 ("producers", "layers", "dates", "inputs")))
    return f"{start}: {'; '.join(map(', '.join, rows))}"


def outputs(inputs, use):
    """Licences that the release may carry, and those that are contested."""
    if use == INTERNAL:
        return [], []
    if use == APART:
        return sorted(inputs), []
    asked = {row["licence"]: row for row in table()}
    found = {target: [objection(asked[source], asked[target], use == WORK)
                      for source in inputs] for target in asked}
    return ([target for target, words in found.items() if not any(words)],
            [target for target, words in found.items()
             if "contested" in words and set(words) <= {"", "contested"}])


def objection(source, target, is_work):
    """Why what is made from source may not be released under target: a
    word; "contested" where lawyers disagree, "" if it may."""
    alike = source["share_alike"] and not (
        is_work and source["for_databases"])
    reasons = {
        "not open": any(one["no_commerce"] or one["no_derivatives"]
                        for one in (source, target)),
        "no database": is_work and target["for_databases"],
        "share-alike": alike and source["licence"] != target["licence"],
        "attribution": source["attribution"] and not target["attribution"],
        "contested": source["no_locks"] and not target["no_locks"],
    }
    return next((word for word, holds in reasons.items() if holds), "")
