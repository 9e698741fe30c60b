"""Pictures of the real QGIS, made by a script that drives it."""

import os
import subprocess
import textwrap

from tests.support import PICTURES, needs

# Runs inside QGIS. `shoot(name, widget)` keeps a picture of a window;
# `dialog(open_it, name, before)` one of a dialog that blocks while it is
# open: before(window) fills it in, then it is closed. `accepted(open_it,
# (name, before), ...)` says OK to dialogs that open one after the other.
# `play(generator)` goes on after the milliseconds that it yields. `done()`
# ends QGIS.
BEGIN = """
import os, sys, traceback
from qgis.core import *
from qgis.gui import *
from qgis.utils import iface
from qgis.PyQt.QtCore import QTimer, Qt
from qgis.PyQt.QtWidgets import QApplication, QWidget
FOLDER = os.environ["COURSE_PICTURES"]

def shoot(name, widget=None):
    (widget or iface.mainWindow()).grab().save(f"{FOLDER}/{name}.png")

def dialog(open_it, name, before=lambda window: None):
    def look():
        window = QApplication.activeModalWidget()
        if window is None:
            return QTimer.singleShot(300, look)
        before(window)
        QTimer.singleShot(800, lambda: (shoot(name, window), window.close()))
    QTimer.singleShot(300, look)
    open_it()

def accepted(open_it, *dialogs):
    def look(name, before, *others, last=None):
        window = QApplication.activeModalWidget()
        if window is None or window is last:
            return QTimer.singleShot(
                300, lambda: look(name, before, *others, last=last))
        before(window)
        def end():
            shoot(name, window)
            if others:
                QTimer.singleShot(
                    300, lambda: look(*others, last=window))
            window.accept()
        QTimer.singleShot(1200, end)
    pairs = [one for pair in dialogs for one in pair]
    QTimer.singleShot(300, lambda: look(*pairs))
    open_it()

def play(scenes):
    QTimer.singleShot(next(scenes), lambda: play(scenes))

def done():
    sys.stdout.flush()
    os._exit(0)

def stop(*error):
    traceback.print_exception(*error)
    sys.stderr.flush()
    os._exit(1)

# QGIS would show an error of a timer in a dialog, and wait for ever.
sys.excepthook = stop

def steps():
"""
END = """
def guarded():
    try:
        steps()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)

iface.mainWindow().resize(1280, 800)
QTimer.singleShot(3000, guarded)
"""


def qgis(steps: str, folder, here=None, **variables: str) -> str:
    """Run Python in a QGIS with a window, and give what it printed.

    steps: lines of code, which may call `shoot`, `dialog` and end with
    `done()`; pictures go to test-output/qgis. folder: an empty one, the
    home of a person without settings. here: the folder in which QGIS starts,
    so that a picture shows a short path. variables: for os.environ.
    """
    needs("qgis"), needs("xvfb-run")
    pictures = PICTURES / "qgis"
    pictures.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # as a runtime directory has to be
    script = folder / "steps.py"
    script.write_text(BEGIN + textwrap.indent(steps, "    ") + END, "utf-8")
    done = subprocess.run(
        ["timeout", "240", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24",
         "qgis", "--nologo", "--noversioncheck", "--code", script],
        # The system's programs first: QGIS asks PATH for its own Python.
        env={"PATH": f"/usr/bin:/bin:{os.environ['PATH']}", "LANG": "C.UTF-8",
             "HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
             "XDG_RUNTIME_DIR": str(folder),
             "COURSE_PICTURES": str(pictures), **variables},
        cwd=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
