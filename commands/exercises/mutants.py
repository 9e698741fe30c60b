"""How well the checks of an exercise test: its mutants, graded.

    python -m commands.exercises.mutants [EXERCISE …] [--sample N]

makes mutants of each reference answer (`mutating`): the same code with one
small mistake. The solution runs as a trainee's notebook does; where a mutant
stands, a copy of this Python (a fork) goes on with it, down to the first
check that does not hold. Then the mutant is "killed". One that keeps all
points survives: a trainee who makes this mistake would never hear of it.

tests/mutants/eNN_name.yaml lists the equivalent mutants, each with a reason:
the mistake changes nothing that the task asks for. An entry that names no
mutant, or one that a check kills, is an error.
"""

import argparse
import ast
import contextlib
import os
import random
import re
import resource
import signal
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from commands.exercises import notebooks
from commands.exercises.mutating import Mutant, mutants
from helpers.data import ROOT

EQUIVALENT = ROOT / "tests" / "mutants"
SHARE = 0.05  # of the mutants that are not equivalent: this many may survive
SECONDS_A_CELL = 10  # of computing; a check of a right answer needs 1
MEMORY = 4 << 30  # bytes
SEED = 12
REGION = re.compile("### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


@dataclass
class Result:
    """What became of an exercise's mutants."""
    name: str
    survivors: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    killed: list[Mutant] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # entries of the list

    @property
    def share(self) -> float:
        """The survivors' share of the mutants that are not equivalent."""
        rest = len(self.survivors) + len(self.killed)
        return len(self.survivors) / rest if rest else 0.0


def mutants_of(notebook) -> list[Mutant]:
    """The mutants of all answers of a solution, in order."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    modules = frozenset(
        (alias.asname or alias.name).split(".")[0] for cell in code
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names)
    found = []
    for cell in code:
        lines: set[int] = set()
        for region in REGION.finditer(cell.source):
            first = cell.source.count("\n", 0, region.start()) + 1
            lines |= set(range(first, first + region[0].count("\n") + 1))
        if lines:
            found += mutants(cell.id, cell.source, lines.__contains__,
                             modules)
    return found


def sample(some: list[Mutant], size: int | None) -> list[Mutant]:
    """So many of them, always the same ones, in their order."""
    if size is None or size >= len(some):
        return some
    chosen = random.Random(SEED).sample(range(len(some)), size)
    return [some[place] for place in sorted(chosen)]


# --- graded ----------------------------------------------------------------

def survivors(notebook, some: list[Mutant]) -> list[Mutant]:
    """Those that keep all points. Execute the solution in this Python; at
    each answer, copies of it go on with the mutants. (They end there.) At
    the first one, a copy with the right answer goes on too, and must keep all
    points: else a mutant would be killed by the way in which it is tried."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    world = {"__name__": "__main__", "__builtins__": __builtins__}
    living: list[Mutant] = []
    for place, cell in enumerate(cells):
        waiting = [one for one in some if one.cell == cell.id]
        right = Mutant(cell.id, "none", "", "", cell.source)
        if waiting and waiting[0] is some[0]:
            waiting.insert(0, right)
        running: dict[int, Mutant] = {}
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                mutant = waiting.pop(0)
                running[_start(mutant, cells[place:], world)] = mutant
            number, status = os.wait()
            mutant = running.pop(number)
            if status == 0:
                living.append(mutant)
            elif mutant is right:
                raise RuntimeError(f"the right {cell.id} loses points")
        error = _run(cell, cell.source, world)
        if error:
            raise RuntimeError(f"the solution itself fails in {cell.id}: "
                               f"{error}") from error
    return [one for one in some if one in living]


def _start(mutant: Mutant, cells, world: dict) -> int:
    """The number of a new process that ends with 0 if the mutant keeps all
    points."""
    number = os.fork()
    if number:
        return number
    status = 1
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(
                nowhere), contextlib.redirect_stderr(nowhere):
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            os.chdir(tempfile.mkdtemp(dir="."))
            status = _loses_points(mutant, cells, world)
    finally:
        os._exit(status)


def _loses_points(mutant: Mutant, cells, world: dict) -> bool:
    for cell in cells:
        signal.setitimer(signal.ITIMER_PROF, SECONDS_A_CELL)
        signal.setitimer(signal.ITIMER_REAL, SECONDS_A_CELL * 12)
        code = mutant.code if cell.id == mutant.cell else cell.source
        error = _run(cell, code, world)
        graded = cell.metadata.get("nbgrader", {})
        if error and graded.get("grade") and not graded.get("solution"):
            return True
    return False


def _run(cell, code: str, world: dict) -> BaseException | None:
    """Execute a cell; returns the error that it ended with, if it did."""
    try:
        exec(compile(code, f"<{cell.id}>", "exec"), world)
    except BaseException as error:
        return error
    return None


def judge(file: Path, size: int | None = None) -> Result:
    """Grade the mutants of one solution, or a sample of them."""
    notebook = notebooks.read(file)
    everyone = mutants_of(notebook)
    listed = equivalent(file.stem)
    chosen = everyone if size is None else sample(
        [one for one in everyone if not any(map(_names(one), listed))], size)
    with (tempfile.TemporaryDirectory() as folder,
          contextlib.chdir(folder),
          contextlib.redirect_stdout(open(os.devnull, "w"))):
        living = survivors(notebook, chosen)
    result = Result(file.stem, wrong=wrong_entries(
        listed, everyone, [one for one in chosen if one not in living]))
    for one in chosen:
        (result.killed if one not in living else
         result.equivalent if any(map(_names(one), listed)) else
         result.survivors).append(one)
    return result


# --- equivalent mutants ----------------------------------------------------

def equivalent(name: str) -> list[dict[str, str]]:
    """The list of an exercise's equivalent mutants."""
    file = EQUIVALENT / f"{name}.yaml"
    return (yaml.safe_load(file.read_text(encoding="utf-8")) or []
            if file.is_file() else [])


def wrong_entries(listed: list[dict[str, str]], everyone: Iterable[Mutant],
                  killed: Iterable[Mutant]) -> list[str]:
    """What is wrong with the list, in words; [] if nothing is."""
    wrong = []
    for entry in listed:
        if set(entry) != {"cell", "before", "after", "reason"} or not all(
                isinstance(text, str) for text in entry.values()):
            wrong.append(f"{entry} needs cell, before, after and reason")
            continue
        said = f"{entry['cell']}: {entry['before']!r} → {entry['after']!r}"
        if not entry["reason"].strip():
            wrong.append(f"{said} has no reason")
        if not any(_names(one)(entry) for one in everyone):
            wrong.append(f"{said} names no mutant")
        if any(_names(one)(entry) for one in killed):
            wrong.append(f"{said} is killed by a check")
    return wrong


def _names(mutant: Mutant):
    """Does an entry of the list name this mutant?"""
    return lambda entry: (entry["cell"], entry["before"], entry["after"]) == (
        mutant.cell, mutant.before, mutant.after)


# --- the command -----------------------------------------------------------

def solutions(names: list[str]) -> list[Path]:
    """The solutions of these names ("e02"), all without a name."""
    return [file for file in sorted((ROOT / "solutions").glob(
        "day*/*.ipynb")) if not names or any(
            file.stem.startswith(name.lower()) for name in names)]


def main(arguments: list[str] | None = None) -> int:
    """Print a line per exercise and each survivor; 1 if too many."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.exercises.mutants",
        description="Grade mutants of the reference answers.")
    parser.add_argument("exercise", nargs="*", help="for example e02")
    parser.add_argument("--sample", type=int, metavar="N",
                        help="N mutants of each exercise, chosen by a fixed "
                        "seed; all of these must be killed or listed")
    chosen = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        print("This needs Linux or macOS: Windows has no os.fork.")
        return 2
    failed = False
    row = "{:24} {:>8} {:>11} {:>10} {:>7}".format
    print(row("exercise", "mutants", "equivalent", "survivors", "share"))
    for file in solutions(chosen.exercise):
        result = _in_its_own_python(file, chosen.sample)
        print(row(result.name, len(result.survivors) + len(
            result.equivalent) + len(result.killed), len(result.equivalent),
            len(result.survivors), f"{result.share:.1%}"), flush=True)
        for line in [*result.wrong, *(one.name for one in result.survivors)]:
            print(f"    {line}", flush=True)
        most = 0 if chosen.sample else SHARE
        failed |= bool(result.wrong) or result.share > most
    return int(failed)


def _in_its_own_python(file: Path, size: int | None) -> Result:
    """judge(), so that an exercise leaves nothing behind for the next."""
    import multiprocessing
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def work():
        there.send(judge(file, size))
    process = context.Process(target=work)
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        raise SystemExit(f"{file.stem}: its solution did not run") from None
    finally:
        process.join()


if __name__ == "__main__":
    sys.exit(main())
