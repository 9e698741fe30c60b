"""The core record of a release: from a file, from answers, from the data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from commands.publish.preparing import Prepared
from helpers.errors import CourseError
from helpers.publish.objections import LANGUAGES, OPEN

Record = dict[str, Any]
TOPICS = [
    "farming", "biota", "boundaries", "climatologyMeteorologyAtmosphere",
    "economy", "elevation", "environment", "geoscientificInformation",
    "health", "imageryBaseMapsEarthCover", "intelligenceMilitary",
    "inlandWaters", "location", "oceans", "planningCadastre", "society",
    "structure", "transportation", "utilitiesCommunication"]
# What nobody but the producer knows → what to write.
FIELDS = {
    "identifier": "an address that stays, such as "
    "https://data.example.org/id/wells",
    **{f"title.{code}": f"in {words}" for code, words in LANGUAGES.items()},
    **{f"abstract.{code}": f"in {words}: what, where, when, how"
       for code, words in LANGUAGES.items()},
    **{f"keywords.{code}": f"in {words}, with commas between"
       for code, words in LANGUAGES.items()},
    "topic": "one of ISO 19115: health, inlandWaters, transportation, …",
    **{f"publisher.name.{code}": f"the office, in {words}"
       for code, words in LANGUAGES.items()},
    "publisher.email": "that of a service, not of a person",
    "publisher.url": "the website of the office",
    "licence": "an SPDX id: " + ", ".join(OPEN)}
# Elements that may stand in the file too.
OTHERS = ("attribution", "dates", "languages", "period", "frequency",
          "lineage", "licence_uri", "download_url")
# The fields whose values have a form, their form, and its words.
ADDRESS = re.compile(r"[a-zA-Z][\w+.-]*:[^\s<>\"{}|\\^`]+")
WEB = re.compile(r"https?://[^\s<>\"{}|\\^`/]+[^\s<>\"{}|\\^`]*")
MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
FORMS = {
    "identifier": (ADDRESS, "is no address without spaces, such as "
                   "https://data.example.org/id/wells"),
    "publisher.url": (WEB, "is no address such as https://maps.example.org"),
    "publisher.email": (MAIL, "is no e-mail address such as "
                        "open.data@maps.example"),
    "licence_uri": (WEB, "is no address such as "
                    "https://creativecommons.org/licenses/by/4.0/"),
    "download_url": (WEB, "is no address such as "
                     "https://data.example.org/files")}
GIVEN = ("identifier", "title", "abstract", "keywords", "topic", "publisher",
         "licence", *OTHERS)


def read(file: Path) -> Record:
    """Metadata in YAML or JSON. CourseError if it is none."""
    try:
        found = yaml.safe_load(file.read_text("utf-8"))
    except FileNotFoundError:
        raise CourseError(f"There is no file {file}.") from None
    except (ValueError, yaml.YAMLError) as error:
        raise CourseError(f"{file} is no YAML in UTF-8: {error}") from None
    if not isinstance(found, dict):
        raise CourseError(f"{file} has no fields such as title: …")
    unknown = set(found) - {*GIVEN, "bbox", "crs", "version",
                            "distributions"}
    if unknown:
        raise CourseError(f"{file} has unknown fields: "
                          f"{', '.join(sorted(map(str, unknown)))}. There "
                          f"are: {', '.join(GIVEN)}.")
    # days of YAML are text in a record
    return {name: value for name, value in json.loads(
        json.dumps(found, default=str)).items() if name in GIVEN}


def missing(given: Record) -> list[str]:
    """The fields that have no value yet."""
    return [name for name in FIELDS if not _value(given, name)]


def complete(given: Record, ask: Callable[[str], str] | None) -> Record:
    """The metadata with all fields. ask: asks a person for one; without it,
    CourseError names all that are missing."""
    lacking = missing(given)
    if lacking and ask is None:
        raise CourseError(
            "Metadata are missing. Write them into a file, and give it with "
            "--meta FILE:\n" + "\n".join(
                f"- {name}: {FIELDS[name]}" for name in lacking))
    made: Record = json.loads(json.dumps(given))
    for name in lacking:
        assert ask
        answer, wrong = "", ""
        while not answer or wrong:
            answer = ask(f"{wrong}{name} ({FIELDS[name]})").strip()
            wrong = objection(name, answer)
            if not wrong and name == "licence" and answer not in OPEN:
                wrong = f"{answer!r} is not in this list"
            wrong = wrong and f"{wrong}.\n"
        _put(made, name, [word.strip() for word in answer.split(",")]
             if name.startswith("keywords") else answer)
    wrong = [found for name in ("topic", *FORMS)
             if (value := _value(made, name))
             and (found := objection(name, value))]
    if wrong:
        raise CourseError("The metadata cannot be written as they are: "
                          f"{'; '.join(wrong)}.")
    return made


def objection(name: str, value: Any) -> str:
    """Why a value cannot be that of a field; "" if it can."""
    if name == "topic" and value not in TOPICS:
        return (f"topic {value!r} is not one of ISO 19115: "
                f"{', '.join(TOPICS)}")
    form, words = FORMS.get(name, (None, ""))
    if form and not (isinstance(value, str) and form.fullmatch(value)):
        return f"{name} {value!r} {words}"
    return ""


def _value(given: Record, name: str) -> Any:
    found: Any = given
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _put(given: Record, name: str, value: Any) -> None:
    *way, last = name.split(".")
    place = given
    for part in way:
        if not isinstance(place.get(part), dict):
            place[part] = {}
        place = place[part]
    place[last] = value


def record(given: Record, layer: Prepared, version: str, day: str,
           first: str, lineage: list[str]) -> Record:
    """The core record of a release without its files. first: the day of the
    first release."""
    box = layer.table.to_crs(4326).total_bounds
    licence = given["licence"]
    who = given["publisher"]["name"]["en"]
    return {
        **{name: given[name] for name in GIVEN if name in given},
        "version": version,
        "dates": {"created": (given.get("dates") or {}).get("created"),
                  "published": first,
                  "revised": day if day != first else None},
        "languages": given.get("languages") or [],
        "bbox": [round(float(one), 7) for one in box],
        "crs": layer.table.crs.to_epsg(),
        "licence_uri": given.get("licence_uri") or (
            f"https://{OPEN[licence]}/" if licence.startswith("CC")
            and licence in OPEN else f"https://spdx.org/licenses/{licence}"),
        "attribution": given.get("attribution") or f"{who}, {day}",
        "lineage": " ".join([given.get("lineage") or "", *lineage]).strip()}
