"""`hand-out`: the exercises of a day, as one zip per trainee."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

from commands.exercises.notebooks import EXERCISES, known_day
from commands.handing.people import people
from helpers.data import ROOT
from helpers.errors import CourseError, typed

README = "README.txt"
WORDS = """\
Exercises of {day}, for {code}

1. Unpack this zip in the folder of the course: the one that holds start.py.
   Then there is a folder {code}/{day}.
2. You need the course on your computer, installed as its page "Day 0" says.
   Start JupyterLab in the folder of the course:
       python3 start.py lab        (on Windows: py start.py lab)
3. Open the notebooks in {code}/{day}. Answer in the cells that say
   "Your answer here". Run each check. Save.
4. Hand in: send the notebooks to your instructor, as a zip of the folder
   {code} or attached to an e-mail. Do not rename them. They hold your code,
   {code}, so you need not write your name.

En français : décompressez ce fichier dans le dossier du cours (celui qui
contient start.py). Lancez JupyterLab avec « python3 start.py lab » (sous
Windows : « py start.py lab »). Répondez dans les notebooks de {code}/{day},
puis enregistrez. Envoyez-les à votre formateur ou formatrice sans changer
leurs noms.
"""
WHEN = (2000, 1, 1, 0, 0, 0)  # the same zip each time: it can be compared


def hand_out(day: str, trainees: Path, out: Path, root: Path = ROOT,
             force: bool = False) -> list[Path]:
    """Write out/CODE_DAY.zip for each trainee. The notebooks in it lie in
    CODE/DAY/ and hold the code, so that `collect` knows whose they are. A
    README.txt says where to unpack it, and how to hand in."""
    files = sorted((root / EXERCISES / known_day(day, root)).glob("*.ipynb"))
    if not files:
        raise CourseError(f"{EXERCISES}/{day} is empty. Derive it with: "
                          f"{typed('release')}")
    zips = {out / f"{code}_{day}.zip": _packed(files, code, day)
            for code in people(trainees)}
    other = [file.name for file, content in zips.items()
             if file.exists() and file.read_bytes() != content]
    if other and not force:
        raise CourseError(
            f"Nothing was written: {out} holds other versions of "
            f"{', '.join(other[:5])}{' …' if len(other) > 5 else ''}. Give "
            "an empty folder, or use --force.")
    out.mkdir(parents=True, exist_ok=True)
    for file, content in zips.items():
        file.write_bytes(content)
    return list(zips)


def _packed(files, code, day):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            notebook = json.loads(file.read_text("utf-8"))
            notebook["metadata"].setdefault("course", {})["trainee"] = code
            _add(archive, f"{code}/{day}/{file.name}", json.dumps(
                notebook, ensure_ascii=False, indent=1) + "\n")
        _add(archive, README, WORDS.format(code=code, day=day))
    return packed.getvalue()


def _add(archive, name, text):
    entry = zipfile.ZipInfo(name, WHEN)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
