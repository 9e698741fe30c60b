"""What a person does in LibreOffice Calc, made by scripts."""

import os
import re
import subprocess
import sys
from pathlib import Path

from commands.exercises import notebooks
from tests.support import PICTURES, needs

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop
 oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop
 oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.9</value></prop></item>
</oor:items>
"""
# Runs under Xvfb: opens the file and waits until the window is the same for
# two seconds; a cursor may blink.
PHOTOGRAPH = """
import subprocess, sys, time
from PIL import ImageChops, ImageGrab
program, profile, file, picture = sys.argv[1:]
office = subprocess.Popen([program, f"-env:UserInstallation={profile}",
                           "--norestore", "--nologo", "--calc", file])
seen, same, until = None, 0, time.time() + 150
while same < 4 and time.time() < until:
    time.sleep(0.5)
    screen = ImageGrab.grab()
    full = len(set(screen.tobytes()[::997])) > 20  # not the empty screen
    left, top, right, bottom = seen and ImageChops.difference(
        screen, seen).getbbox() or (0, 0, 0, 0)
    still = seen and (right - left) * (bottom - top) < 100
    same = same + 1 if full and still else 0
    seen = screen
office.terminate()
screen.save(picture)
sys.exit(same < 4)
"""


def profile(folder: Path) -> str:
    """The settings of a person who opens Calc for the first time, as an
    address; in folder."""
    needs("soffice")
    (folder / "user").mkdir()
    (folder / "user/registrymodifications.xcu").write_text(SETTINGS, "utf-8")
    return folder.as_uri()


def formulas(lesson: Path) -> list[str]:
    """Those of the steps of a lab, with the commas that a file has."""
    text = next(cell.source for cell in notebooks.read(lesson).cells
                if cell.id == "lab-steps")
    found = re.findall(r"`(=[^`]+)`", text)
    assert len(found) == 2
    return [formula.replace(";", ",") for formula in found]


def computed(files: list[Path], out: Path, profile: str) -> None:
    """Open the files in Calc, and save them in the folder out."""
    subprocess.run(
        [needs("soffice"), "--headless", f"-env:UserInstallation={profile}",
         "--convert-to", "xlsx", "--outdir", out, *files],
        check=True, capture_output=True, timeout=300)


def photographed(file: Path, name: str, profile: str) -> None:
    """A picture of Calc with a file: test-output/calc/name.png."""
    folder = PICTURES / "calc"
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"{name}.png"
    subprocess.run(
        [needs("xvfb-run"), "-a", "-s", "-screen 0 800x600x24",
         sys.executable, "-c", PHOTOGRAPH, needs("soffice"), profile,
         file.name, picture],
        cwd=file.parent, timeout=240, check=True,
        env=os.environ | {"SAL_USE_VCLPLUGIN": "gen"})
    assert picture.stat().st_size > 20_000
