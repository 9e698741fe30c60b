"""What a person does in LibreOffice Writer, made by a macro of its own."""

import os
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from tests import calc
from tests.support import PICTURES, needs

MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC
 "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script"
 script:name="Module1" script:language="StarBasic">{}</script:module>
"""
MACRO = "macro:///Standard.Module1.Work"
# Open a file, find a text in a table, type another one in its place, go there,
# and save the file under another name.
HAND = """
Sub Work
  Dim saved(0) As New com.sun.star.beans.PropertyValue
  document = StarDesktop.loadComponentFromURL( _
    ConvertToURL({source}), "_blank", 0, Array())
  search = document.createSearchDescriptor()
  search.SearchString = {old}
  found = document.findFirst(search)
  found.String = {new}
  view = document.CurrentController
  view.Frame.ContainerWindow.setPosSize(0, 0, 1100, 640, 15)
  view.ViewSettings.ZoomValue = 80
  cursor = view.ViewCursor
  cursor.gotoEnd(False)  ' from below: the table's head is at the top
  cursor.gotoRange(found.TextTable.getCellByName("A1").Start, False)
  cursor.gotoRange(found.End, False)
  saved(0).Name = "FilterName"
  saved(0).Value = "MS Word 2007 XML"
  document.storeAsURL(ConvertToURL({target}), saved())
  {end}
End Sub
"""


def changed(source: Path, target: Path, old: str, new: str,
            profile: str, end: str = "StarDesktop.terminate()") -> None:
    """Change a text of a Word document in Writer, and save it as target."""
    module = Path(profile.removeprefix("file://")) / (
        "user/basic/Standard/Module1.xba")
    if not module.exists():  # the first start makes the folder
        started(profile, "--terminate_after_init")
    quoted = {name: '"' + str(value).replace('"', '""') + '"'
              for name, value in [("source", source), ("target", target),
                                  ("old", old), ("new", new)]}
    module.write_text(MODULE.format(
        escape(HAND.format(**quoted, end=end))), "utf-8")
    if end:
        started(profile, MACRO)


def started(profile: str, *arguments: str) -> None:
    """Start LibreOffice without a window, and wait for its end."""
    subprocess.run(
        [needs("soffice"), "--headless", "--norestore", "--nologo",
         f"-env:UserInstallation={profile}", *arguments],
        check=True, capture_output=True, timeout=240)


def photographed(source: Path, target: Path, old: str, new: str,
                 name: str, profile: str) -> None:
    """As changed; the window stays, and test-output/calc/name.png is a
    picture of it."""
    changed(source, target, old, new, profile, end="")
    folder = PICTURES / "calc"
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"{name}.png"
    subprocess.run(
        [needs("xvfb-run"), "-a", "-s", "-screen 0 1100x640x24",
         sys.executable, "-c", calc.PHOTOGRAPH, needs("soffice"), profile,
         MACRO, picture],
        cwd=source.parent, timeout=240, check=True,
        env=os.environ | {"SAL_USE_VCLPLUGIN": "gen"})
    assert picture.stat().st_size > 20_000
