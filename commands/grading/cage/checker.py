"""The checker: a reference notebook that has run, and its check cells.

A process runs the reference notebook once (`Reference`) and forks a child
for each submission (`Checker`). The child runs check cells against the
answers of that submission, which live in another Python in another cage:
it asks for them through a socket (`helpers.check.answers`), and only data
come back.
"""

import ast
import contextlib
import io
import json
import os
import select
import socket
import threading
import traceback
from pathlib import Path

from helpers.check import answers, codec, feedback

MOST_OUTPUT = 1 << 20  # characters that a check prints


class Reference:
    """A notebook of solutions/, run from top to bottom in this process.

    cells: [{"id", "source", "graded": bool, "answer": bool}, …], code
    cells only. Raises RuntimeError when one of them fails: then nobody can
    be graded with it.
    """

    def __init__(self, cells: list[dict]):
        from IPython.core.interactiveshell import InteractiveShell
        self.shell = InteractiveShell.instance(colors="nocolor")
        self.namespace = self.shell.user_ns
        self.before: dict[str, dict] = {}   # check → names when it is run
        self.under_test: dict[str, list[str]] = {}  # check → its answers
        self.known: dict[str, object] = {}  # all answers, as they are here
        names: list[str] = []
        seen: list[str] = []
        for cell in cells:
            if cell["answer"]:
                names += assigned(cell["source"])
            elif cell["graded"]:
                seen += [name for name in names if name not in seen]
                self.before[cell["id"]] = dict(self.namespace)
                self.under_test[cell["id"]] = list(dict.fromkeys(seen))
                names = []
            self._run(cell)
        self.known = {name: self.namespace[name] for name in seen + names
                      if name in self.namespace}

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
        """No thread but this one: a fork would lose the others."""
        return threading.active_count() == 1


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

    control: a socket to the worker; wire: one to the Python that holds the
    answers.
    """

    def __init__(self, reference: Reference, control: socket.socket,
                 wire: socket.socket):
        self.reference, self.control, self.wire = reference, control, wire
        self.replaced: set[str] = set()

    def run(self) -> None:
        answers.in_a_checker = True
        while True:
            ready, _, _ = select.select([self.control, self.wire], [], [])
            if self.wire in ready:
                request = answers.receive(self.wire)
                if request is None:  # the other Python has ended
                    self._only_the_worker()
                    return
                self._serve_tool(request)
            elif not self._serve_worker():
                return

    def _only_the_worker(self):
        while self._serve_worker():
            pass

    def _serve_worker(self):
        task = answers.receive(self.control)
        if task is None:
            return False
        answers.send(self.control, self.check(task))
        return True

    def check(self, task: dict) -> dict:
        """Run one check cell. task: {"cell": id, "source": its code,
        "seconds": for each call, …: see `feedback.Circumstances`}."""
        name = task["cell"]
        namespace = self.reference.namespace
        namespace.clear()
        namespace.update(self.reference.before[name])
        try:
            feedback.circumstances = feedback.Circumstances(
                **task.get("circumstances", {}))
            namespace.update(self._bound(task))
            outputs = run_cell(task["source"], namespace)
            failed = any(one["output_type"] == "error" for one in outputs)
            if failed:
                self._replace(task["replace"])
        except answers.Stopped as stop:
            outputs = [_error(stop, [f"✗ {stop}"])]
        with contextlib.suppress(OSError):
            answers.send(self.wire, {"do": "end"})
        return {"outputs": json.dumps(outputs)}

    # --- the answers -------------------------------------------------------

    def _bound(self, task):
        """The answers that this check may use, as it sees them."""
        names = self.reference.under_test[task["cell"]]
        used = [name for name in names if name in task["names"]]
        for name in used:
            self.reference.namespace.pop(name, None)
        own = {name: self.reference.known[name] for name in used
               if name in self.replaced}
        asked = [name for name in used if name not in own]
        found = self._ask({"do": "describe", "names": asked})["names"]
        for name in asked:
            told = found[name]
            if told["is"] == "function":
                own[name] = answers.Answer(
                    name, self._ask, told["stub"], task["seconds"])
            elif told["is"] == "value":
                own[name] = codec.decode(told["value"])
            else:
                feedback.circumstances.missing[name] = told.get("near", "")
        return own

    def _replace(self, names):
        """From now on these answers are the reference's."""
        functions = [name for name in names
                     if callable(self.reference.known.get(name))]
        values = {name: self.reference.known[name] for name in names
                  if name in self.reference.known and name not in functions}
        self._ask({"do": "replace", "functions": functions,
                   "values": {name: codec.decode(answers.encoded(value))
                              for name, value in values.items()}})
        self.replaced.update(names)

    def _ask(self, request):
        """One question to the answers' Python; it may ask back for tools
        that were replaced."""
        try:
            answers.send(self.wire, request)
        except OSError:
            raise answers.Stopped(_STOPPED) from None
        while True:
            reply = answers.receive(self.wire)
            if reply is None:
                raise answers.Stopped(_STOPPED)
            if reply.get("do") != "tool":
                return reply
            self._serve_tool(reply)

    def _serve_tool(self, request):
        """Call the reference in the place of an answer that was wrong."""
        name = request.get("name")
        reply = (answers.perform(request, self.reference.known)
                 if name in self.replaced else {"raised": {
                     "name": "NameError", "bases": ["NameError"],
                     "text": f"there is no tool {name}"}})
        with contextlib.suppress(OSError):
            answers.send(self.wire, reply)


_STOPPED = ("Python itself stopped while your code was tested (exit() in a "
            "function, or too little memory?)")


def run_cell(source: str, namespace: dict) -> list[dict]:
    """The outputs of a check cell, as nbformat has them: what it printed,
    the value of its last line, its error."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(
        tree.body[-1], ast.Expr) else None
    said, outputs, value = io.StringIO(), [], None
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(tree, "<check>", "exec"), namespace)
            if last:
                value = eval(compile(ast.Expression(last.value), "<check>",
                                     "eval"), namespace)
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


def read_reference(file: Path) -> list[dict]:
    """The cells of a reference, as a worker has written them."""
    return json.loads(Path(file).read_text(encoding="utf-8"))


def end_with(number: int = 0) -> None:
    """End this process at once, without what its parent registered."""
    os._exit(number)
