"""A value that cannot be written is told when it is given, not by a
traceback in the middle of the release."""

import copy
from pathlib import Path

import pytest

from commands.audit.model import Source
from commands.publish import command, metadata
from helpers.errors import CourseError
from tests.commands.publish.record import META

WRONG = {"identifier": "Wells of the north",
         "publisher.url": "the website", "publisher.email": "the office",
         "topic": "wells"}


def given(name, value):
    made = copy.deepcopy(META)
    place = made
    *way, last = name.split(".")
    for part in way:
        place = place[part]
    place[last] = value
    return made


@pytest.mark.parametrize("name, value", [
    *WRONG.items(), ("identifier", 7), ("topic", ["health"]),
    ("publisher.url", "maps.example.org"), ("licence_uri", "by 4.0"),
    ("identifier", "https://data.example.org/id/my wells")])
def test_a_value_of_a_wrong_form_is_named_with_its_field(name, value):
    with pytest.raises(CourseError) as caught:
        metadata.complete(given(name, value), None)
    assert name in str(caught.value) and repr(value) in str(caught.value)


@pytest.mark.parametrize("name, value", [
    ("identifier", "urn:uuid:12345678-1234-1234-1234-123456789abc"),
    ("identifier", "https://data.example.org/id/آبار"),
    ("publisher.url", "http://localhost:8000"),
    ("publisher.email", "donnees.ouvertes@sig.maps.example")])
def test_a_value_of_a_right_form_is_taken(name, value):
    made = given(name, value)
    assert metadata.complete(made, None) == made


@pytest.mark.parametrize("name, wrong", [
    *WRONG.items(), ("licence", "free of charge")])
def test_a_person_is_asked_again_after_a_wrong_answer(name, wrong):
    last = name.split(".")[-1]
    right = (META["publisher"] if "." in name else META)[last]
    answers, asked = [wrong, "", right], []

    def ask(question):
        asked.append(question)
        return answers[len(asked) - 1]
    assert metadata.complete(given(name, None), ask) == META
    assert len(asked) == 3
    assert repr(wrong) in asked[1] and metadata.FIELDS[name] in asked[1]


@pytest.mark.parametrize("file, layer, name", [
    ("wells.zip", "wells.shp", "wells"), ("wells.zip", "Wells.SHP",
                                          "wells_Wells"),
    ("data.zip", "wells.shp", "data_wells"), ("wells.gpkg", "wells", "wells"),
    ("wells.gpkg", "v1.2", "wells_v1.2"), ("wells.csv", None, "wells"),
    ("wells.xlsx", "Feuil1", "wells_Feuil1")])
def test_a_layer_has_the_name_of_its_file_once(file, layer, name):
    source = Source(Path(file), layer, "any", table=None)
    assert command._name(Path(file), source) == name
