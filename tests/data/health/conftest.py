"""The register of health centres of two seeds, as the tests read it."""

import pytest


@pytest.fixture(scope="session", params=[None, 46])
def world(request, worlds):
    """The world of each of two seeds; 46 renames a centre whose Arabic name
    was lost.
    """
    return worlds(request.param)


@pytest.fixture(scope="session")
def register(world):
    """The files of the register and what is planted in them."""
    return Register(world)


class Register:
    """The register as received, its two versions, and their truth tables.

    lines: of the file as received, the header first; planted, changes: truth
    tables of the defects and of version 2; first, second: the two versions
    by centre_id; sectors: in degrees, as the versions.
    """

    def __init__(self, world):
        self.file = world.path("health_centres_received")
        text = self.file.read_bytes().decode("cp1256")
        self.lines = text.split("\r\n")[:-1]
        self.planted = world.truth("health_centres_received")
        self.changes = world.truth("health_centres_v2")
        self.first_text, self.second_text = (
            world.path(name).read_text("utf-8")
            for name in ("health_centres", "health_centres_v2"))
        self.first, self.second = (
            world.layer(name).set_index("centre_id")
            for name in ("health_centres", "health_centres_v2"))
        self.sectors = world.layer("sectors")

    def value(self, line, field):
        """The text in a line under a field (or two neighbours)."""
        header = self.lines[0].split(";")
        values = self.lines[line - 1].split(";")
        return ";".join(values[header.index(name)]
                        for name in field.split(";"))
