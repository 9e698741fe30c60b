"""It writes outside its cage, or calls somebody."""

from tests.commands.grading.cases import arena, course
from tests.commands.grading.cases.course import AUTOMATIC, DAY, FILE

from .case import HONEST, case, cheats, knows, with_files
from .reads import TAKE_ANSWERS

# --- it writes -------------------------------------------------------------

case("writes-gradebook", "gives others -396 points",
     knows("""
import sqlite3
try:
    book = sqlite3.connect("@ROOT@/gradebook.db", timeout=1)
    book.execute("UPDATE grade SET auto_score = -396")
    book.commit()
    book.close()
except sqlite3.Error as error:
    print(error)
"""), AUTOMATIC, HONEST)
case("writes-others", "empties what others have handed in",
     knows("""
import glob
for file in glob.glob("@ROOT@/submitted/*/*/*.ipynb"):
    if "@STUDENT@" not in file:
        try:
            open(file, "w").close()
        except OSError:
            pass
"""), AUTOMATIC, HONEST)
case("writes-course", "changes solutions and settings, writes everywhere",
     knows("""
import glob, os, sys
from pathlib import Path
import helpers
places = ["@ROOT@", "@ROOT@/solutions/day1_production", "@ROOT@/submitted",
          "@HOME@", "@TMP@", "@RUNTIME@", os.path.dirname(helpers.__file__),
          sys.prefix, "/tmp", "/var/tmp", "/dev/shm"]
for place in places:
    try:
        Path(place, "@ESCAPED@@STUDENT@").write_text("here")
    except OSError:
        pass
for file in ["@ROOT@/nbgrader_config.py", "@HOME@/.profile",
             "@ROOT@/solutions/day1_production/beds.csv"]:
    try:
        with open(file, "a") as there:
            there.write("# changed")
    except OSError:
        pass
"""), AUTOMATIC, HONEST)


def link(name, target, folder=False):
    """Put a symbolic link into the submission."""
    def files(there, world):
        (there / name).unlink(missing_ok=True)
        (there / name).symlink_to(world.fill(target), folder)
    return files


case("links-to-gradebook", "hands in a link to the gradebook, reads it",
     knows("""
import os
if os.path.exists("notes.db"):
    print(open("notes.db", "rb").read().decode("latin-1"))
""", files=link("notes.db", "@ROOT@/gradebook.db")),
     AUTOMATIC, "link")
case("links-to-solutions", "hands in a link to the folder of solutions",
     with_files(cheats(TAKE_ANSWERS + 'take("more/**/*.ipynb")'),
                link("more", "@ROOT@/solutions", True)), 0, "link")
case("links-as-notebook", "hands in a link to a neighbour's notebook",
     with_files(cheats(""), link(
         FILE, f"@ROOT@/submitted/{arena.FIRST}/{DAY}/{FILE}")), 0, "link")


# --- it calls --------------------------------------------------------------

case("network", "connects to a program on this machine",
     knows("""
import socket
word = b"GET /@STUDENT@ HTTP/1.0\\r\\n\\r\\n"
for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", @PORT@)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", @PORT@)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\\0canary-@PORT@")):
    try:
        with socket.socket(family, kind) as caller:
            caller.settimeout(1)
            caller.connect(address)
            caller.send(word)
    except OSError as error:
        print(error)
"""), AUTOMATIC, HONEST)
case("socket-families", "makes a socket of each family there is",
     knows("""
import socket
for family in range(50):
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as caller:
            assert family == socket.AF_UNIX
            caller.sendto(b"@STUDENT@", "\\0canary-@PORT@")
    except OSError:
        pass
"""), AUTOMATIC, HONEST)
case("sockets-of-others", "looks for other kernels' connections, calls them",
     knows("""
import glob, json, os, socket
from jupyter_core.paths import jupyter_runtime_dir
for file in glob.glob("@RUNTIME@/*.json") + glob.glob(
        jupyter_runtime_dir() + "/*.json"):
    try:
        text = open(file).read()
        print(text)
        with socket.create_connection(
                ("127.0.0.1", json.loads(text)["shell_port"]), 1) as there:
            there.send(b"@STUDENT@: shut down")
    except (OSError, ValueError, KeyError) as error:
        print(error)
"""), AUTOMATIC, HONEST)

SCRIPTS = """\
<script>window.owned = 1; fetch("http://127.0.0.1:@PORT@/@STUDENT@")</script>
<img src="http://127.0.0.1:@PORT@/@STUDENT@" onerror="window.owned = 2">
<svg onload="window.owned = 3"></svg>
<iframe srcdoc="<script>parent.owned = 4</script>"></iframe>
<details open ontoggle="window.owned = 5">x</details>
<a href="javascript:window.owned = 6" id="click">a link</a>
<meta http-equiv="refresh" content="0; url=http://127.0.0.1:@PORT@/@STUDENT@">
<form action="http://127.0.0.1:@PORT@/@STUDENT@"><button id="send">
Send</button></form>
<style>@import url("http://127.0.0.1:@PORT@/@STUDENT@");</style>"""


def scripts(exercise, world):
    """Scripts in outputs of all kinds, in Markdown and in a file's name."""
    notebook = course.answered(exercise)
    bad = world.fill(SCRIPTS)
    course.insert(notebook, "total-answer", "from IPython.display import *\n"
                  f"bad = {bad!r}\n" + """\
display(HTML(bad), Markdown(bad), Javascript("window.owned = 7"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'>"
            "<script>window.owned = 8</script></svg>"))
display({"text/html": bad, "text/latex": bad, "text/plain": bad}, raw=True)
print(bad)""")
    course.insert(notebook, "total-answer", bad, "markdown")
    course.cell(notebook, "why")["source"] = bad
    folder = course.hand_in(world.root, world.student, notebook)
    (folder / "<img src=x onerror='window.owned=9'>.ipynb").write_text("{}")


case("scripts", "puts scripts into the page of feedback", scripts,
     AUTOMATIC, HONEST)
