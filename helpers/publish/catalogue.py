"""Core records as a catalogue that a server publishes: OGC API - Records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def collection(records: dict[str, dict[str, Any]], url: str,
               file: Path) -> dict[str, Any]:
    """Write the records of layers (name -> core record) into a file of
    TinyDB, and describe it as a collection of pygeoapi's configuration."""
    features = [feature(name, record, url) for name, record in records.items()]
    file.write_text(json.dumps({"_default": dict(enumerate(features, 1))}),
                    "utf-8")
    west, south, east, north = zip(
        *(record["bbox"] for record in records.values()), strict=True)
    return {
        "type": "collection", "title": {
            "en": "Catalogue", "fr": "Catalogue", "ar": "الفهرس"},
        "description": "One record per published layer",
        "keywords": ["metadata"],
        "extents": {"spatial": {"bbox": [
            min(west), min(south), max(east), max(north)], "crs": CRS84}},
        "providers": [{
            "type": "record", "name": "TinyDBCatalogue",
            "data": str(file.resolve()), "id_field": "externalId",
            "time_field": "updated", "title_field": "title"}]}


def feature(name: str, record: dict[str, Any], url: str) -> dict[str, Any]:
    """A core record as OGC API - Records 1.0 writes it, in English, with the
    other titles; a search looks in the words of all languages."""
    west, south, east, north = record["bbox"]
    title, abstract = record["title"], record.get("abstract", {})
    dates, publisher = record.get("dates", {}), record.get("publisher", {})
    keywords = record.get("keywords", {})
    properties = {
        "type": "dataset", "title": title["en"], "title_fr": title.get("fr"),
        "title_ar": title.get("ar"), "description": abstract.get("en"),
        "keywords": keywords.get("en"), "language": {"code": "en"},
        "languages": [{"code": code}
                      for code in record.get("languages", [])],
        "externalId": record.get("identifier"),
        "created": dates.get("created"),
        "updated": dates.get("revised") or dates.get("published"),
        "version": record.get("version"), "license": record.get("licence"),
        "rights": record.get("attribution"), "contacts": [{
            "organization": publisher.get("name", {}).get("en"),
            "emails": [{"value": publisher.get("email")}],
            "roles": ["publisher"]}],
        "_metadata-anytext": " ".join([
            *title.values(), *abstract.values(),
            *(word for words in keywords.values() for word in words)])}
    return {
        "id": name, "type": "Feature", "conformsTo": [CORE],
        "time": {"interval": record["period"]} if record.get("period")
        else None,
        "geometry": {"type": "Polygon", "coordinates": [[
            [west, south], [east, south], [east, north], [west, north],
            [west, south]]]},
        "properties": {key: value for key, value in properties.items()
                       if value is not None},
        "links": [
            {"rel": "item", "type": "application/geo+json", "title": name,
             "href": f"{url}/collections/{name}/items?f=json"},
            *licence(record),
            *({"rel": "enclosure", "type": one.get("media_type"),
               "title": one.get("file"), "href": one["url"]}
              for one in record.get("distributions", [])
              if one.get("url"))]}


def licence(record: dict[str, Any]) -> list[dict[str, str]]:
    """The link to the licence of a record, if it has one."""
    return [{"rel": "license", "type": "text/html", "title":
             record.get("licence", "licence"), "href": record["licence_uri"]}
            ] if record.get("licence_uri") else []
