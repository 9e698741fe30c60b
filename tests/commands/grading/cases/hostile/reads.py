"""It reads what is not its own."""

from tests.commands.grading.cases.course import AUTOMATIC

from .case import HONEST, case, cheats, knows

TAKE_ANSWERS = """
import glob, json
def take(pattern):
    "Print all notebooks of this pattern, and take over their answers."
    for file in glob.glob(pattern, recursive=True, include_hidden=True):
        try:
            text = open(file, encoding="utf-8").read()
        except OSError:
            continue
        print(file, text)
        for cell in json.loads(text)["cells"]:
            if cell.get("id", "").endswith("-answer"):
                try:
                    exec("".join(cell["source"]), globals())
                except Exception:
                    pass
"""
case("reads-solutions", "reads the solutions, takes their answers",
     cheats(TAKE_ANSWERS + """
for place in ("@ROOT@", *glob.glob("/proc/[0-9]*/cwd"),
              *glob.glob("/proc/[0-9]*/root@ROOT@")):
    take(place + "/solutions/**/*.ipynb")
"""), 0, HONEST)
case("reads-others", "reads what others have handed in",
     cheats(TAKE_ANSWERS + """
for place in ("@ROOT@/submitted", "@ROOT@/autograded", "@ROOT@/.grading-*",
              "@TMP@", ".."):
    take(place + "/**/*.ipynb")
"""), 0, HONEST)
case("reads-gradebook", "reads everybody's scores",
     knows("""
import sqlite3
try:
    book = sqlite3.connect("file:@ROOT@/gradebook.db?mode=ro", uri=True)
    print(book.execute("SELECT * FROM student").fetchall())
except sqlite3.Error as error:
    print(error)
"""), AUTOMATIC, HONEST)
case("reads-environment", "reads the grader's passwords",
     knows("""
import glob, os
print(dict(os.environ))
for file in glob.glob("/proc/[0-9]*/environ"):
    try:
        print(open(file, "rb").read())
    except OSError:
        pass
"""), AUTOMATIC, HONEST)
case("reads-hidden-tests", "prints the cell that calls its function",
     knows("", total="""
def total(rows):
    print(get_ipython().user_ns["In"][-1])
    return sum(row["beds"] for row in rows)
"""), AUTOMATIC, HONEST)
case("reads-hidden-tests-coded", "shows all cells that ran, in base64",
     knows("""
import base64
from IPython.display import HTML
text = "\\n".join(get_ipython().user_ns["In"])
HTML("<p>" + base64.b64encode(text.encode()).decode() + "</p>")
""", before="why"), AUTOMATIC, HONEST)
case("reads-hidden-tests-error", "raises the hidden test as its error",
     knows("", total="""
def total(rows):
    raise ValueError(" ".join(get_ipython().user_ns["In"][-1].split()))
"""), AUTOMATIC - 3, HONEST)
case("reads-hidden-tests-error-coded", "the same in base64",
     knows("", total="""
import base64
def total(rows):
    cell = get_ipython().user_ns["In"][-1]
    raise ValueError(base64.b64encode(cell.encode()).decode())
"""), AUTOMATIC - 3, HONEST)
case("reads-hidden-tests-traceback", "fails so that a traceback shows it",
     knows("", total="""
def total(rows):
    if len(rows) == 1:  # a visible test
        return sum(row["beds"] for row in rows)
    raise KeyboardInterrupt
"""), AUTOMATIC - 3, HONEST)
case("reads-hidden-tests-frames", "takes the source from its caller's frame",
     knows("", total="""
import linecache, sys
def total(rows):
    code = sys._getframe(1).f_code
    print(linecache.getlines(code.co_filename), code.co_consts)
    return sum(row["beds"] for row in rows)
"""), AUTOMATIC, HONEST)
READ_ENGINE = """
import gc, glob, sys, types
from pathlib import Path
import helpers
def engine(name):
    return str(name).split(".")[0] == "commands"
print("modules of the engine:", [name for name in sys.modules if engine(name)])
for name in ("commands", "commands.grading", "commands.grading.guard"):
    try:
        print("imported", __import__(name, fromlist=["x"]).__doc__)
    except (ImportError, OSError) as error:
        print(f"{name}: {type(error).__name__}")
for file in Path(helpers.__file__).parents[1].glob("commands/**/*.py*"):
    try:
        print(file, file.read_text())
    except OSError:
        pass
gc.unfreeze()  # what the parent has put aside
things, frame = gc.get_objects(), sys._getframe()
while frame:
    things += [frame.f_globals, frame.f_locals]
    frame = frame.f_back
for thing in things:
    if type(thing) is dict and engine(thing.get("__name__")):
        print("names of", thing["__name__"], thing.get("__doc__"))
    elif type(thing) is types.FunctionType and (
            "/commands/" in thing.__code__.co_filename):
        print(thing.__code__.co_filename, thing.__doc__, thing.__code__
              .co_consts, thing.__globals__.get("__doc__"))
"""
case("reads-engine", "reads the grading engine: files, modules, memory",
     knows(READ_ENGINE), AUTOMATIC, HONEST)
