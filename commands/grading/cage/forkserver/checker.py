"""The checker: a reference notebook that has run, and its check cells.

A process runs the reference notebook once (`Reference`) and forks a child
for each submission (`Checker`). The child runs check cells against the
answers of that submission, which live in another Python in another cage:
it asks for them through a socket (`helpers.check.answers`), and only data
come back.
"""

import ast
import contextlib
import functools
import io
import json
import select
import threading
import traceback
from multiprocessing.connection import Connection

from helpers.check import answers, codec, feedback

from .ahead import Ahead, Call, Recorder
from .derived import derived_lines
from .serving import receive, send

SECONDS_A_TOOL = 8     # less than a worker waits for a checker (GRACE)
MOST_OUTPUT = 1 << 20  # characters that a check prints


class Reference:
    """A notebook of solutions/, run from top to bottom in this process.

    cells: [{"id", "source", "graded": bool, "answer": bool}, …], code
    cells only. "beside": a check that needs the answer itself. Raises
    RuntimeError when one of them fails: then it cannot grade anybody.
    """

    def __init__(self, cells: list[dict]):
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config
        settings = Config()
        settings.HistoryManager.enabled = False  # it has a thread
        self.shell = InteractiveShell.instance(config=settings,
                                               colors="nocolor")
        namespace = self.shell.user_ns
        feedback.circumstances = feedback.Circumstances()  # no desk
        self.before: dict[str, dict] = {}  # check → names when it is run
        self.own: dict[str, list[str]] = {}   # check → the answers it checks
        self.all: dict[str, list[str]] = {}   # check → also those before it
        self.needs: dict[str, set[str]] = {}  # answer → answers it mentions
        self.known: dict[str, object] = {}    # answers, as they are here
        self.calls: dict[str, list[Call]] = {}  # check → its calls of them
        own: list[str] = []
        for cell in cells:
            if cell["answer"]:
                bound = assigned(cell["source"])
                used = mentioned(cell["source"])
                self.needs |= {name: used & set(self.needs)
                               for name in bound}
                own += bound
            elif cell["graded"]:
                mentioned(cell["source"]), compiled(cell["source"])
                self.before[cell["id"]] = dict(namespace)
                self.own[cell["id"]] = own
                self.all[cell["id"]] = list(self.needs)
                own = []
            if cell["graded"] and not cell.get("beside"):
                self._record(cell)
            else:
                self._run(cell)
            self.known |= {name: namespace[name] for name in own
                           if name in namespace}

    def _record(self, cell):
        """Run a check, and note its calls of answers."""
        names, mentions = self.shell.user_ns, mentioned(cell["source"])
        plain = {name: names[name] for name in self.all[cell["id"]]
                 if name in mentions and callable(names.get(name))}
        recorder = Recorder(names, derived_lines(cell["source"], set(plain)))
        names.update({name: recorder.watch(name, function)
                      for name, function in plain.items()})
        self._run(cell)
        names.update(plain)
        self.calls[cell["id"]] = recorder.calls

    def _run(self, cell):
        with contextlib.redirect_stdout(io.StringIO()) as said, \
                contextlib.redirect_stderr(io.StringIO()):
            done = self.shell.run_cell(cell["source"], store_history=False)
        error = done.error_before_exec or done.error_in_exec
        if error:
            raise RuntimeError(
                f"the solution's cell '{cell['id']}' stops with "
                f"{type(error).__name__}: {error}\n{said.getvalue()}")

    @property
    def can_fork(self) -> bool:
        """Is this the only thread? A fork would lose the others."""
        return threading.active_count() == 1

    def built_on(self, names: list[str]) -> set[str]:
        """The answers that these mention, and what those mention."""
        found, news = set(), set(names)
        while news:
            news = set().union(*(self.needs.get(name, ()) for name in news))
            news -= found
            found |= news
        return found - set(names)


# What is compiled before the forks need not be compiled in each of them.
@functools.cache
def mentioned(source: str) -> set[str]:
    """All names that some code reads."""
    return {node.id for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def assigned(source: str) -> list[str]:
    """The names that a cell binds at its top level."""
    names = []
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
            continue
        names += [one.id for one in ast.walk(node) if isinstance(
            one, ast.Name) and isinstance(one.ctx, ast.Store)]
    return list(dict.fromkeys(names))


class Checker:
    """Runs check cells of one submission until its worker has no more.

    control, wire: file numbers of the socket to the worker (JSON) and of the
    one to the Python that holds the answers (`codec`).
    """

    def __init__(self, reference: Reference, control: int, wire: int):
        self.reference = reference
        self.control, self.wire = Connection(control), Connection(wire)
        self.replaced: set[str] = set()
        self._number = 0  # of the last question
        self._unanswered = False  # was the last cell left without an answer?

    def serve(self) -> None:
        """Serve the worker, and tools to the answers' Python, until the
        worker has ended."""
        sockets = [self.control, self.wire]
        while True:
            ready, _, _ = select.select(sockets, [], [])
            if self.control in ready:
                try:
                    task = json.loads(self.control.recv_bytes())
                except (OSError, EOFError):
                    return
                if "cell" in task:
                    self.control.send_bytes(json.dumps(
                        self._answered(task)).encode())
            else:
                request = receive(self.wire)
                if request is None:  # that Python has ended
                    sockets.remove(self.wire)
                else:
                    self._serve_tool(request)

    def _answered(self, task):
        """What the worker is told of one check cell."""
        try:
            return {"outputs": self.check(task),
                    "unanswered": self._unanswered}
        except Exception as error:  # a fault of the checker, not a verdict
            return {"failed": f"{type(error).__name__}: {error}"}

    def check(self, task: dict) -> list[dict]:
        """The outputs of one check cell. task: see `examiner.Question`."""
        cell, self._unanswered = task["cell"], False
        # A copy: the reference's own functions see their own names.
        namespace = dict(self.reference.before[cell])
        mentions = mentioned(task["source"])
        used = [name for name in self.reference.all[cell]
                if name in mentions]
        feedback.circumstances = known = feedback.Circumstances(
            **task["circumstances"])
        known.replaced = sorted(
            name for name in self.replaced & self.reference.built_on(
                self.reference.own[cell])
            if callable(self.reference.known[name]))
        try:
            for name in used:
                namespace.pop(name, None)
            namespace.update(self._bound(cell, used, task["seconds"],
                                         known))
            outputs = run_cell(task["source"], namespace)
            if task["replaces"] and any(
                    one["output_type"] == "error" for one in outputs):
                with contextlib.suppress(answers.Stopped):
                    self._replace(self.reference.own[cell], mentions)
        except answers.Stopped as stop:
            outputs = [_error(stop, [f"✗ {stop}"])]
        with contextlib.suppress(OSError):
            send(self.wire, {"do": "end"})
        return outputs

    # --- the answers -------------------------------------------------------

    def _bound(self, cell, names, seconds, known):
        """The answers that a check mentions, as it sees them."""
        bound = {name: self.reference.known[name] for name in names
                 if name in self.replaced}
        asked = [name for name in names if name not in bound]
        ahead = Ahead([call for call in self.reference.calls[cell]
                       if call[0] in asked], self._ask)
        described = self._ask({"do": "describe", "names": asked}).get("names")
        with _understood():
            for name in asked:
                answer = described[name]
                if answer["is"] == "function":
                    bound[name] = answers.Answer(
                        name, ahead, answer["stub"], seconds=seconds)
                    known.functions.append(bound[name])
                elif answer["is"] == "value":
                    bound[name] = answers.as_read(
                        codec.decode(answer["value"]))
                else:
                    known.missing[name] = str(answer.get("near", ""))
        return bound

    def _replace(self, names, mentioned_names):
        """From now on these answers are the reference's. Functions stay here
        and are called from there; checked values are sent."""
        known = {name: self.reference.known[name] for name in names
                 if name in self.reference.known}
        functions = [name for name in known if callable(known[name])]
        values = {name: value for name, value in known.items()
                  if name not in functions and name in mentioned_names}
        self._ask({"do": "replace", "functions": functions,
                   "values": values})
        self.replaced.update([*functions, *values])

    def _ask(self, request):
        """One question to the answers' Python; it may ask back for tools
        that were replaced. Raises Stopped when it has ended, or when its
        worker says that it does not answer any more."""
        self._number += 1
        with contextlib.suppress(OSError):
            if not self._unanswered:
                send(self.wire, {**request, "number": self._number})
                while reply := self._reply():
                    if reply.get("do") == "tool":
                        self._serve_tool(reply)
                    elif reply.get("number") == self._number:
                        return reply
        self._unanswered = True
        raise answers.Stopped(_STOPPED)

    def _reply(self):
        """The next message of the answers' Python; None when none will
        come."""
        ready, _, _ = select.select([self.wire, self.control], [], [])
        if self.wire in ready:
            return receive(self.wire)
        with contextlib.suppress(OSError, EOFError):
            self.control.recv_bytes()
        return None

    def _serve_tool(self, request):
        """Call the reference's function in place of a wrong answer."""
        name = request.get("name")
        asked = {**request, "seconds": SECONDS_A_TOOL}
        reply = (answers.perform(asked, self.reference.known)
                 if name in list(self.replaced) else {"raised": {
                     "name": "NameError", "bases": ["NameError"],
                     "text": f"there is no tool {name}"}})
        with contextlib.suppress(OSError):
            send(self.wire, reply)


@contextlib.contextmanager
def _understood():
    """What the answers' Python says has a form. If it has not, this is no
    fault of the checker's."""
    try:
        yield
    except Exception:
        raise answers.Stopped(_STOPPED) from None


_STOPPED = ("Python stopped, or did not answer, while your code was tested "
            "(exit() in a function, or too little memory?)")


@functools.cache
def compiled(source: str) -> tuple:
    """The code of a cell, and that of its last line if this has a value."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(
        tree.body[-1], ast.Expr) else None
    return compile(tree, "<check>", "exec"), last and compile(
        ast.Expression(last.value), "<check>", "eval")


def run_cell(source: str, namespace: dict) -> list[dict]:
    """The outputs of a check cell, as nbformat has them: what it printed,
    the value of its last line, its error."""
    cell, last = compiled(source)
    said, outputs, value = io.StringIO(), [], None
    try:
        with contextlib.redirect_stdout(said):
            exec(cell, namespace)
            if last:
                value = eval(last, namespace)
    except Exception as error:
        outputs.append(_error(error, _lines(error)))
    if said.getvalue():
        outputs.insert(0, {"output_type": "stream", "name": "stdout",
                           "text": said.getvalue()[:MOST_OUTPUT]})
    if value is not None:
        outputs.append({
            "output_type": "execute_result", "execution_count": None,
            "metadata": {}, "data": {"text/plain": repr(value)}})
    return outputs


def _lines(error):
    told = getattr(error, "_render_traceback_", None)
    return told() if told else traceback.format_exception_only(error)


def _error(error, lines):
    return {"output_type": "error", "ename": type(error).__name__,
            "evalue": str(error), "traceback": list(lines)}
