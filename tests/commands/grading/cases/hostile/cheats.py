"""It wants points for no answer."""

from tests.commands.grading.cases import course

from .case import HONEST, case, cheats, knows, with_files

ANYTHING = dict.fromkeys(course.POINTS, "total = share = largest = len")

case("silenced-traceback", "switches off the display of errors",
     cheats("""
get_ipython().showtraceback = lambda *a, **k: None
get_ipython()._showtraceback = lambda *a, **k: None
""", **ANYTHING), 0, HONEST)
case("custom-exception-handler", "handles every error itself, silently",
     cheats("get_ipython().set_custom_exc("
            "(BaseException,), lambda *a, **k: None)", **ANYTHING),
     0, HONEST)
case("errors-dropped", "keeps messages about errors in the kernel",
     cheats("""
session = get_ipython().kernel.session
send = session.send
def quiet(stream, kind, *more, **named):
    if kind != "error":
        return send(stream, kind, *more, **named)
session.send = quiet
""", **ANYTHING), 0, HONEST)
case("errors-cleared", "clears each cell's output after it has run",
     cheats("""
from IPython.display import clear_output
get_ipython().events.register("post_run_cell", lambda *a: clear_output())
""", **ANYTHING), 0, HONEST)
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
""", **ANYTHING), 0, HONEST)
case("asserts-stripped", "takes the checks out of the syntax tree",
     cheats("""
import ast
class Strip(ast.NodeTransformer):
    def visit_With(self, node):
        return ast.Pass()
    visit_Assert = visit_Raise = visit_With
get_ipython().ast_transformers.append(Strip())
"""), 0, HONEST)
case("run-cell-hook", "runs `pass` instead of each cell",
     cheats("""
shell = get_ipython()
run = shell.run_cell_async
def nothing(code, *more, **named):
    named.pop("transformed_cell", None)
    return run("pass", *more, transformed_cell="pass", **named)
shell.run_cell_async = nothing
"""), 0, HONEST)
case("input-hook", "transforms each cell into `pass`",
     cheats("get_ipython().input_transformers_cleanup.append("
            "lambda lines: ['pass\\n'])"), 0, HONEST)
case("input-hook-aimed", "turns only cells with a known title into `pass`",
     cheats("""
def aimed(lines):
    known = ("Task 1 · ", "Task 2 · ", "Task 3 · ")
    graded = any(title in line for line in lines for title in known)
    return ["pass\\n"] if graded else lines
get_ipython().input_transformers_cleanup.append(aimed)
"""), 0, HONEST)
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
"""), 0, HONEST)
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
"""), 0, HONEST)
case("task-patched", "patches helpers.check.task",
     cheats("check.task.__exit__ = lambda *a: True"), 0, HONEST)
case("task-patched-now-and-then", "lets a check fail every second time",
     cheats("""
leave, times = check.task.__exit__, []
def now_and_then(self, *error):
    times.append(error)
    return True if len(times) % 2 else leave(self, *error)
check.task.__exit__ = now_and_then
"""), 0, HONEST)
case("hook-around-each-cell", "patches task before each cell, and puts it "
     "back after it, by cells that leave no trace",
     cheats("""
shell, leave = get_ipython(), check.task.__exit__
def quietly(code):
    shell.run_cell(code, store_history=False)
def before(info):
    if "check.task(" in (info.raw_cell or ""):
        quietly("check.task.__exit__ = lambda *a: True")
def after(result):
    if "check.task(" in (result.info.raw_cell or ""):
        quietly("check.task.__exit__ = leave")
shell.events.register("pre_run_cell", before)
shell.events.register("post_run_cell", after)
"""), 0, HONEST)
case("checks-patched", "patches the single checks",
     cheats("""
check.equal = check.close = lambda *a, **k: None
""", **ANYTHING), 0, HONEST)
ZERO = dict.fromkeys(course.POINTS, "total = share = largest = lambda *a: 0")
case("code-of-checks-swapped", "gives the single checks another code",
     cheats("""
def equal(value, expected, name="", why=None, hint=None):
    return value
def close(value, expected, rel=0, name="", unit="", why=None, hint=None):
    return value
check.equal.__code__ = equal.__code__
check.close.__code__ = close.__code__
""", **ZERO), 0, HONEST)
case("feedback-patched", "makes the error of a check one that passes",
     cheats("""
class Quiet(Exception):
    def __new__(cls, *a, **k): raise StopIteration
def leave(self, kind, error, traceback): return True
check.Feedback, check.task.__exit__ = Quiet, leave
""", **ANYTHING), 0, HONEST)
case("feedback-raised", "raises feedback in words of praise",
     cheats("""
def total(*a):
    raise check.Feedback("✓ right", "○ not answered", "✓", "✓")
share = largest = total
"""), 0, HONEST)

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
     cheats(ALWAYS_EQUAL), 0, HONEST)
case("builtins-patched", "patches `abs` and `type`, answers with such one",
     cheats(ALWAYS_EQUAL + """
import builtins
builtins.abs = lambda value: 0.0
check.type = lambda value: int
share = lambda *a: 1
"""), 0, HONEST)
GUESS = """
import ast, sys
def expected(frame):
    "The value that stands after the call, in the check's code."
    while frame.f_code.co_name != "<module>":
        frame = frame.f_back
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
"""), 0, HONEST)
case("constants-remembered", "the same, once, and remembers them",
     cheats(GUESS + """
seen = {}
def guess(*arguments):
    asked = repr(arguments)
    if asked not in seen:
        seen[asked] = expected(sys._getframe(1))
    return seen[asked]
total = share = largest = guess
"""), 0, HONEST)
case("globals-read", "takes what a hidden test has left among the globals",
     cheats("""
class Total:  # a desk's check calls it in its own namespace
    def __call__(self, rows):
        return globals().get("expected", 4)
""", total="total = Total()"), 0, HONEST)
case("frames-scanned", "looks through frames for the names that checks use",
     cheats("""
import sys
def found(name, frame):
    while frame:
        for names in (frame.f_globals, frame.f_locals):
            for known in (names, *names.values()):
                if type(known) is dict and type(known.get(name)) is int:
                    return known[name]
        frame = frame.f_back
    return 4
""", total="total = lambda rows: found('expected', sys._getframe(1))"),
     0, HONEST)

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
     0, HONEST)
case("partial-credit-word", "publishes a result that is no number",
     cheats(PUBLISH + "total = share = largest = "
            "lambda *a: publish('full')"), 0, HONEST)
case("partial-credit-too-much", "publishes a million points",
     cheats(PUBLISH + "total = share = largest = lambda *a: publish('1e6')"),
     0, HONEST, "could not be graded")
case("partial-credit-none", "publishes a result without a text",
     cheats(PUBLISH.replace('"text/plain": text', '"text/html": text')
            + "total = share = largest = lambda *a: publish('3')"),
     0, HONEST, "could not be graded")


def skipped(notebook):
    """The check cells say that they are not to be run, and have passed."""
    for name in course.POINTS:
        course.cell(notebook, f"{name}-answer")["source"] = "pass"
        checked = course.cell(notebook, name)
        checked["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        checked["outputs"] = [{"output_type": "stream", "name": "stdout",
                               "text": "right."}]


case("skip-execution", "tags the check cells so that they are not run",
     knows("", change=skipped), 0, HONEST)


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
                shadows("helpers/check/")), 0, HONEST)
case("startup-handed-in", "hands in files that Python or IPython start with",
     with_files(cheats(""), lambda folder, world: [
         (folder / name).write_text(world.fill(
             "open('@ROOT@/@ESCAPED@@STUDENT@', 'w').close()\n"))
         for name in ("sitecustomize.py", "usercustomize.py", "csv.py",
                      "ipython_config.py", "nbgrader_config.py",
                      "jupyter_config.py")]), 0, HONEST)
