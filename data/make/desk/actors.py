"""C1: what actors of an open-data ecosystem need from others. FICTIONAL.

The institutions exist; their scores, offers, needs and links are invented
for training. A link serves a need with what another actor offers. All needs
but one are served: the missing link. Without it, others depend on a single
actor, the point without a backup. With it, the map stays connected when any
one actor is left out.
"""

import pandas as pd

from ..shared.files import write_csv
from ..shared.resources import fictional
from ..shared.truth import Defect, truth_table
from ..shared.world import chance

# Identifier -> names, kind, role, usual interest and power, offers, needs.
ACTORS = {
    "CIT": ("Citoyen", "Citizen", "society", "uses services", 3, 2,
            ["reports of errors"], ["applications", "street addresses"]),
    "STU": ("Start-up", "Start-up", "business", "builds applications", 5, 2,
            ["applications"], ["sector registers", "portal"]),
    "JRN": ("Journaliste", "Journalist", "media", "explains and checks", 4, 3,
            ["public questions"], ["activity reports", "census tables"]),
    "ASS": ("Association de cartographie", "Mapping association", "society",
            "maps with volunteers", 5, 2,
            ["community maps"], ["lists of works", "satellite images"]),
    "RES": ("Université", "University", "research", "studies and teaches", 4,
            2, ["studies"], ["census tables", "satellite images"]),
    "MIN": ("Ministère fictif", "Fictional ministry", "ministry",
            "keeps sector registers", 3, 4,
            ["sector registers", "activity reports"],
            ["census tables", "portal", "publication rules",
             "opinions on personal data"]),
    "EGU": ("Unité de l'administration électronique", "e-Government Unit",
            "government", "leads open data", 5, 4, ["publication rules"],
            ["funding", "opinions on personal data"]),
    "INS": ("INS", "INS", "institution", "statistics and censuses", 3, 4,
            ["census tables"], ["sector registers", "street addresses"]),
    "OTC": ("OTC", "OTC", "institution", "topography and cadastre", 2, 4,
            ["cadastral plans", "geodetic points"],
            ["lists of works", "satellite images"]),
    "CNCT": ("CNCT", "CNCT", "institution", "cartography, remote sensing", 2,
             4, ["satellite images"], ["geodetic points", "studies"]),
    "CNI": ("CNI", "CNI", "institution", "state IT operator", 3, 3,
            ["portal"], ["publication rules", "sector registers"]),
    "MUN": ("Municipalité", "Municipality", "municipality",
            "runs local services", 3, 3,
            ["street addresses", "lists of works"],
            ["cadastral plans", "community maps", "reports of errors"]),
    "INP": ("INPDP", "INPDP", "authority", "protects personal data", 3, 4,
            ["opinions on personal data"],
            ["activity reports", "publication rules"]),
    "DON": ("Bailleur de fonds", "Donor", "partner", "pays for projects", 4,
            3, ["funding"], ["activity reports"]),
}
# Needer and flow of each link that may be left out -> the one actor on whom
# others then depend.
REMOVABLE = {
    ("JRN", "activity reports"): "INS", ("JRN", "census tables"): "MIN",
    ("ASS", "satellite images"): "MUN", ("STU", "portal"): "MIN",
    ("EGU", "funding"): "MIN", ("CNI", "publication rules"): "MIN",
    ("DON", "activity reports"): "EGU",
}
RESOURCES = [fictional(
    name="actors",
    path="actors.csv",
    title="scores of the actors of an ecosystem",
    description=(
        "Fourteen actors. The institutions exist. Their interest, power, "
        "offers and needs are invented for training: they are no judgement."),
    crs=None,
    fields={
        "actor_id": "identifier",
        "name_fr": "actor in French",
        "name_en": "actor in English",
        "kind": "kind of actor",
        "role": "what it does",
        "interest": "invented interest in open data, 1 low - 5 high",
        "power": "invented power over it, 1 low - 5 high",
        "offers": "data and services offered, separated by semicolons",
        "needs": "data and services needed, separated by semicolons",
    },
), fictional(
    name="actor_links",
    path="actor_links.csv",
    title="links between the actors of an ecosystem",
    description=(
        "What flows from an actor who offers it to an actor who needs it; "
        "invented. The offers and needs ask for one link that is missing."),
    crs=None,
    fields={
        "from_id": "actor who offers",
        "to_id": "actor who needs",
        "flow": "what flows",
    },
)]


def make(out, seed=None):
    """Write both tables; needs nothing else."""
    random = chance(seed, "actors")
    rows = []
    for actor, (*words, interest, power, offers, needs) in ACTORS.items():
        scores = [min(5, max(1, score + random.integers(-1, 2)))
                  for score in (interest, power)]
        rows.append((actor, *words, *scores,
                     "; ".join(offers), "; ".join(needs)))
    write_csv(pd.DataFrame(rows, columns=list(RESOURCES[0]["fields"])),
              out / "actors.csv")
    (needer, flow), hub = list(REMOVABLE.items())[
        random.integers(len(REMOVABLE))]
    links = all_links().sample(frac=1, random_state=random)
    missing = (links["to_id"] == needer) & (links["flow"] == flow)
    write_csv(links[~missing], out / "actor_links.csv")
    link = f"{links.loc[missing, 'from_id'].item()} to {needer}"
    return {"actor_links": truth_table([
        Defect(hub, "from_id; to_id", "single point without a backup", hub,
               f"{link} is its backup"),
        Defect(link, "flow", "missing link", "", flow)])}


def all_links():
    """A link for each need, from the one actor who offers it."""
    givers = {flow: actor for actor, (*_, offers, _) in ACTORS.items()
              for flow in offers}
    return pd.DataFrame(
        [(givers[flow], actor, flow)
         for actor, (*_, needs) in ACTORS.items() for flow in needs],
        columns=list(RESOURCES[1]["fields"]))
