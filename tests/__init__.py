"""Tests. This file makes `tests` the folder here: a package that is
installed beside (pygeoapi) brings a folder of this name along, too."""
