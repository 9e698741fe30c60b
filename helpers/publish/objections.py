"""What no validator of metadata sees in a core record.

The ten defects of lesson 3.2: a licence that is not open, or the address of
another licence; a bounding box that is swapped, as wide as the world, or not
the layer's; the e-mail of a person; one text under two languages, or a text
in another script than its language; dates in the wrong order; an address
that only one computer opens. Each rule gives sentences that begin with the
name of the element.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

if TYPE_CHECKING:
    import geopandas as gpd

Record = dict[str, Any]
LANGUAGES = {"en": "English", "fr": "French", "ar": "Arabic"}
# SPDX id of an open licence → how its address begins.
OPEN = {"CC-BY-4.0": "creativecommons.org/licenses/by/4.0",
        "CC-BY-SA-4.0": "creativecommons.org/licenses/by-sa/4.0",
        "CC0-1.0": "creativecommons.org/publicdomain/zero/1.0",
        "ODbL-1.0": "opendatacommons.org/licenses/odbl",
        "ODC-By-1.0": "opendatacommons.org/licenses/by",
        "PDDL-1.0": "opendatacommons.org/licenses/pddl",
        "etalab-2.0": "etalab.gouv.fr"}
NEEDED = ["identifier", "title", "abstract", "keywords", "dates", "topic",
          "bbox", "crs", "publisher", "attribution", "distributions"]
FREE_MAIL = r"gmail|googlemail|yahoo|ymail|hotmail|outlook|live|icloud|gmx"
SERVICE = (r"data|donnee|info|contact|service|office|bureau|team|equipe|"
           r"regist|stat|geo|sig|open|direction|secret|commune|mairie|minist|"
           r"support|portail|portal|carto|courrier")
CLOSE = 0.001  # degrees, about 100 m
WORLD = 180  # degrees of longitude: half of the world


def objections(record: Record,
               layer: gpd.GeoDataFrame | None = None) -> list[str]:
    """What is wrong with a core record, in sentences; [] if nothing.

    layer: the data that the record describes; its bounding box is compared
    in degrees of WGS 84. Without it, `bbox` is only looked at by itself.
    """
    found = [f"{name} is missing" for name in NEEDED if not record.get(name)]
    for rule in (_licence, _texts, _dates, _mail, _addresses, _attribution):
        found += rule(record)
    return found + list(_box(record.get("bbox"), layer))


def _part(record: Record, name: str) -> Record:
    """A part of the record that has parts itself; {} if it has none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _licence(record: Record) -> Iterator[str]:
    licence, uri = record.get("licence"), str(record.get("licence_uri"))
    if not licence:
        yield "licence is missing: without one, nobody may reuse the data"
        return
    closed = re.findall(r"\b(NC|ND)\b", str(licence).upper())
    if closed:
        yield (f"licence {licence} is not open: {closed[0]} forbids "
               + ("commercial use" if closed[0] == "NC" else "changes"))
    elif licence not in OPEN:
        yield (f"licence {licence!r} is not the SPDX id of an open licence, "
               "such as CC-BY-4.0")
    address = re.sub(r"^https?://(www\.)?", "", uri)
    if licence in OPEN and not address.startswith(
            (OPEN[licence], f"spdx.org/licenses/{licence}")):
        yield f"licence_uri {uri} is not the address of {licence}"


def _box(box: Any, layer: gpd.GeoDataFrame | None) -> Iterator[str]:
    """Four numbers, in their order, not of the world, those of the layer."""
    if not box:
        return
    if not isinstance(box, list | tuple) or len(box) != 4 or not all(
            isinstance(one, int | float) and one == one for one in box):
        yield f"bbox {box} is no list of four numbers"
        return
    west, south, east, north = box
    if layer is not None:
        right = [float(one) for one in layer.to_crs(4326).total_bounds]
        if all(abs(a - b) <= CLOSE for a, b in zip(box, right)):
            return
        shown = [round(one, 4) for one in right]
        for order, words in ((
                (1, 0, 3, 2), "has longitude and latitude swapped"), (
                (0, 2, 1, 3), "is in the order west, east, south, north")):
            if all(abs(box[place] - right[at]) <= CLOSE
                   for at, place in enumerate(order)):
                yield f"bbox {list(box)} {words}: the layer's is {shown}"
                return
    if abs(west) > 180 or abs(east) > 180 or max(
            abs(south), abs(north)) > 90:
        yield f"bbox {list(box)} is not in degrees"
    elif west > east or south > north:
        yield f"bbox {list(box)} is not in the order west, south, east, north"
    elif east - west >= WORLD:
        yield f"bbox {list(box)} is as wide as the world"
    elif layer is not None:
        yield f"bbox {list(box)} is not that of the layer, {shown}"


def _texts(record: Record) -> Iterator[str]:
    """Each text is there in each language, once, in the right script."""
    publisher = _part(record, "publisher")
    texts = {"title": record.get("title"), "abstract": record.get("abstract"),
             "publisher.name": publisher.get("name"),
             "keywords": record.get("keywords")}
    for name, value in texts.items():
        if not value:
            continue
        if not isinstance(value, dict):
            yield f"{name} has no languages: write {{en: …, fr: …, ar: …}}"
            continue
        seen: dict[str, str] = {}
        for language, words in LANGUAGES.items():
            text = value.get(language) or ""
            text = " ".join(text if isinstance(text, list) else [str(text)])
            if not text.strip():
                yield f"{name} is missing in {words}"
            elif text in seen and name != "publisher.name":  # a proper one
                yield (f"{name} is the same text in {seen[text]} and in "
                       f"{words}")
            elif (language == "ar") != _is_arabic(text):
                yield f"{name} in {words} is in another script: {text[:40]}"
            seen.setdefault(text, words)
    if texts["title"] and texts["title"] == texts["abstract"]:
        yield "abstract repeats the title"


def _is_arabic(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    arabic = sum("\u0600" <= sign <= "\u06ff" for sign in letters)
    return 2 * arabic > len(letters)


def _dates(record: Record) -> Iterator[str]:
    """Dates of ISO 8601; created, then published, then revised."""
    dates = _part(record, "dates")
    for series in ([(f"dates.{name}", dates.get(name)) for name in
                    ("created", "published", "revised")],
                   [("period's begin", (record.get("period") or [None])[0]),
                    ("period's end", (record.get("period") or [None])[-1])]):
        read = []
        for name, text in series:
            if text in (None, ""):
                continue
            try:
                if not re.fullmatch(r"\d{4}-\d\d-\d\d.*", str(text)):
                    raise ValueError
                read.append((dt.date.fromisoformat(str(text)[:10]), name))
            except ValueError:
                yield (f"{name} {text!r} is no date of ISO 8601, such as "
                       "2021-12-02")
        for (before, first), (after, second) in pairwise(read):
            if after < before:
                yield f"{second} {after} is before {first} {before}"
    if dates and not dates.get("published"):
        yield "dates.published is missing"


def _mail(record: Record) -> Iterator[str]:
    """A service answers for years; a person moves, and has a private life."""
    mail = str(_part(record, "publisher").get("email") or "")
    user, _, host = mail.lower().removeprefix("mailto:").partition("@")
    if not host:
        yield "publisher.email is missing: write the address of a service"
    elif re.search(rf"(^|\.)({FREE_MAIL})\.", host) or re.fullmatch(
            r"\w*mail\.\w+", host):
        yield f"publisher.email {mail} is a private mailbox of a person"
    elif re.fullmatch(r"[^\W\d]+[._][^\W\d]+[\d]*", user) and not re.search(
            SERVICE, user):
        yield (f"publisher.email {mail} looks like the name of a person: "
               "write the address of a service")


def _addresses(record: Record) -> Iterator[str]:
    """Addresses that everybody can open."""
    places = [("identifier", record.get("identifier")),
              ("publisher.url", _part(record, "publisher").get("url"))]
    places += [("a distribution's url", one.get("url")
                if isinstance(one, dict) else one)
               for one in record.get("distributions") or []]
    for name, address in places:
        parts = urlparse(str(address or ""))
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            yield f"{name} {address!r} is no address that begins with https"
        elif "." not in host or re.match(
                r"(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.", host):
            yield f"{name} {address} opens on your own network only"


def _attribution(record: Record) -> Iterator[str]:
    text = str(record.get("attribution") or "")
    names = _part(record, "publisher").get("name") or {}
    names = names.values() if isinstance(names, dict) else [names]
    if text and not any(name and name in text for name in names):
        yield f"attribution {text!r} does not name the producer"
    if text and not re.search(r"\b(19|20)\d\d\b", text):
        yield f"attribution {text!r} has no date"
