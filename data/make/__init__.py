"""The package that makes data/: `python3 start.py data`.

- `build.py` makes all layers; `describe.py` writes datapackage.json and
  `readme.py` writes README.md about them.
- `receive.py` extracted what others made, once (data/received/).
- `shared/` holds what layers have in common.
- The other folders are families of layers: `base` (the country and its
  fictional sectors), `health` (the register of health centres), `space`
  (shapes and an image), `field` (what is collected outside), `desk` (what
  an officer reads).

A rule tells layers from parts. A module of a family makes layers: it has
RESOURCES (their headers, see shared/resources.py) and `make(out, seed)`,
which writes their files into the folder out and returns truth tables (layer
name -> table, see shared/truth.py) or nothing. A module whose name begins
with that of another one and `_` is a part of it: `gnss_track_drive` is a
part of `gnss_track`, and only `gnss_track` and its parts import it.
"""
