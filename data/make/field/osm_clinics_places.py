"""The clinics in OSM and those in the ministry's list. FICTIONAL.

Part of osm_clinics.py. A place is a dict: code (governorate), type, epithet
(number of its name), city, point (metres), and kind: how the list writes
its name. A place without kind is not in the list.
"""

import numpy as np

from ..shared.names import EPITHETS
from ..shared.world import points_well_inside, share_out
from .osm_clinics_names import OF_CENTRES, VARIATIONS

PLACES = {"csb": 125, "clinic": 35, "hospital": 25}
ONLY_IN_OSM, ONLY_IN_LIST, HOMONYMS, OTHER_TYPES = 20, 20, 10, 5
BESIDES = {"pharmacy": 55, "doctors": 20}
NEAR = 15  # pharmacies with the name of the clinic next door
FROM_BORDER = 300  # metres, so that a point is clearly inside


def plan(areas, random):
    """The places that OSM has, and those that the list alone has."""
    people = areas.groupby("iso_3166_2")["population"].sum()
    numbers = 3 + share_out(sum(PLACES.values()) - 3 * len(people), people)
    types = list(random.permutation(np.repeat(
        list(PLACES), list(PLACES.values()))))
    places, free = [], {}
    for code, number in zip(people.index, numbers):
        names = list(random.permutation(len(EPITHETS)))
        places += [place(areas, code, types.pop(), names.pop(), random)
                   for _ in range(number)]
        free[code] = names  # no clinic of this governorate has them
    give_kinds(places, random)
    alone = []
    codes = random.permutation(list(free) * 2)[:ONLY_IN_LIST + HOMONYMS]
    for number, code in enumerate(codes):
        kind, twin = "only in the list", {"type": "csb"}
        name = free[code][0]
        if number >= ONLY_IN_LIST:
            kind, twins = "homonym in another governorate", [
                place for place in places if place["code"] != code
                and "kind" in place and place["epithet"] in free[code]]
            twin = twins[random.integers(len(twins))]
            name = twin["epithet"]
        free[code].remove(name)
        alone.append(place(areas, code, twin["type"], name, random)
                     | {"kind": kind})
    centres = [place for place in places
               if place["type"] == "csb" and "kind" in place]
    alone += [centres[i] | {"type": "clinic", "kind": "another kind of place"}
              for i in random.choice(
                  len(centres), OTHER_TYPES, replace=False)]
    return places, alone


def place(areas, code, type_, name, random):
    """A place in a governorate, where people live."""
    here = areas[areas["iso_3166_2"] == code]
    share = here["population"] / here["population"].sum()
    area = here.iloc[random.choice(len(here), p=share)]
    point, = points_well_inside(area.geometry, 1, random, FROM_BORDER)
    return {"code": code, "type": str(type_), "epithet": int(name),
            "city": area["place"], "point": point}


def give_kinds(places, random):
    """Give each place that is in the list the kind of its variation."""
    shuffled = [places[i] for i in random.permutation(len(places))]
    centres = [place for place in shuffled if place["type"] == "csb"]
    kinds = np.repeat(list(OF_CENTRES), list(OF_CENTRES.values()))
    for centre, kind in zip(centres, kinds):
        centre["kind"] = str(kind)
    rest = [place for place in shuffled if "kind" not in place]
    kinds = np.repeat(list(VARIATIONS), list(VARIATIONS.values()))
    for other, kind in zip(rest[ONLY_IN_OSM:], kinds):
        other["kind"] = str(kind)


def besides(places, areas, random):
    """Pharmacies and doctors: some have the name of a clinic close by."""
    types = np.repeat(list(BESIDES), list(BESIDES.values()))
    near = random.choice(len(places), NEAR, replace=False)
    for number, type_ in enumerate(types):
        if number < NEAR:
            clinic = dict(places[near[number]])
            clinic.pop("kind", None)
            yield clinic | {"type": str(type_), "shift": 120}
        else:
            code = areas["iso_3166_2"].iloc[random.integers(len(areas))]
            yield place(areas, code, type_, random.integers(len(EPITHETS)),
                        random)
