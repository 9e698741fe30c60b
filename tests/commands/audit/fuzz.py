"""Random damage of bytes: the audit may only refuse or find.

`python -m tests.commands.audit.fuzz SEED COUNT` damages sound files of ten
formats COUNT times in all. A file that takes longer than LIMIT seconds ends
the process (faulthandler writes where it was), also within GDAL; so does a
crash. The last line names the file in work.
"""

import faulthandler
import io
import json
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from commands.audit import audit
from commands.audit.model import UnreadableFile
from commands.audit.reading import read
from tests.commands.audit.corpus import TWINS

FORMATS = ("csv", "xlsx", "ods", "geojson", "gpkg", "shp", "zip", "kml",
           "gpx", "parquet", "osm")
LIMIT = 60  # of the clock; the test asks for 10 s of the processor
WHOLE = 20  # one file of so many is audited as a whole


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut out, put in, doubled, or cut off."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out) + 1)
        if chance.random() < 0.3:  # heads hold the sizes
            at = chance.randrange(min(len(out), 200) + 1)
        length = chance.choice((1, 1, 2, 4, 16, 200))
        kind = chance.randrange(6)
        if kind == 0:
            out[at:at + length] = chance.randbytes(len(out[at:at + length]))
        elif kind == 1:
            del out[at:at + length]
        elif kind == 2:
            out[at:at] = chance.randbytes(length)
        elif kind == 3:
            out[at:at] = out[at:at + length] * chance.randint(1, 30)
        elif kind == 4:
            out[at:at + length] = chance.choice((b"\0", b"\xff")) * len(
                out[at:at + length])
        elif chance.random() < 0.3:
            del out[at:]
    return bytes(out)


def run(seed: int, count: int, progress=lambda text: None) -> dict:
    """What became of COUNT damaged files, and the slowest."""
    came, slowest = Counter(), (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        sound = _sound(Path(folder) / "sound")
        for number in range(count):
            kind = FORMATS[number % len(FORMATS)]
            place = Path(folder) / "damaged"
            shutil.copytree(sound[kind].parent, place)
            chance = random.Random(f"{seed} {number}")
            part = chance.choice(sorted(place.iterdir()))
            data = part.read_bytes()
            if zipfile.is_zipfile(part) and chance.random() < 0.6:
                part.write_bytes(_inside(data, chance))  # its sums are right
            else:
                part.write_bytes(damaged(data, chance))
            progress(f"seed {seed}, file {number}: {kind} ({part.name})")
            faulthandler.dump_traceback_later(LIMIT, exit=True)
            start = time.process_time()
            outcome = _outcome(place / sound[kind].name,
                               whole=number % WHOLE == 0)
            came[f"{kind}: {outcome}"] += 1
            slowest = max(slowest, (time.process_time() - start,
                                    f"{kind} {number}"))
            faulthandler.cancel_dump_traceback_later()
            beside = {each.name for each in place.iterdir()} - {
                each.name for each in sound[kind].parent.iterdir()}
            assert not beside, f"written beside the file: {beside}"
            shutil.rmtree(place)
    return {"came": dict(sorted(came.items())), "slowest": slowest,
            "files": sum(came.values())}


def _inside(data: bytes, chance: random.Random) -> bytes:
    """An archive with one damaged member, packed again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    victim = chance.choice(sorted(members))
    members[victim] = damaged(members[victim], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _outcome(file: Path, whole: bool) -> str:
    """whole: with the findings about the content, which take longer."""
    try:
        found = audit(file).findings if whole else [
            one for source in read(file) for one in source.findings]
    except UnreadableFile:
        return "refused"
    return "found" if any(one.severity != "note" for one in found) else "read"


def _sound(folder: Path) -> dict[str, Path]:
    files = {}
    for kind in FORMATS:
        place = folder / kind
        place.mkdir(parents=True)
        file = TWINS[kind](place)
        files[kind] = file if file.parent == place else Path(
            shutil.copy(file, place))
    return files


if __name__ == "__main__":
    faulthandler.enable()
    print(json.dumps(run(
        int(sys.argv[1]), int(sys.argv[2]),
        lambda text: print(text, file=sys.stderr, flush=True))))
