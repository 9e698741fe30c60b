"""The processes of the arena: one grades a batch, one watches it.

They run as `python -m tests.commands.grading.cases.watch`, so that what a
submission leaves behind, kills or uses up is not the tests' own.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from .course import DAY, NAME


def watch(kind: str, root: Path, seconds: float, limits: dict) -> None:
    """Run the batch in a process of its own; write told.json.

    Orphans become children of this process: so it sees what is left.
    """
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    began = time.monotonic()
    log = (root.parent / "log.txt").open("wb")
    worker = subprocess.Popen(
        [sys.executable, "-m", __spec__.name, f"{kind}-worker", str(root),
         str(seconds), json.dumps(limits)], stdout=log, stderr=log,
        start_new_session=True)
    most = 0
    while worker.poll() is None and time.monotonic() - began < seconds:
        time.sleep(0.1)
        most = max(most, len(_descendants(os.getpid())))
    finished = worker.poll() == 0
    told = {"finished": finished, "most": most,
            "seconds": time.monotonic() - began}
    results = root.parent / "results.json"
    if finished and results.is_file():
        told["results"] = json.loads(results.read_text("utf-8"))
    elif worker.poll() is None:
        told["error"] = f"not finished after {seconds:g} s"
        worker.kill()
    else:
        told["error"] = f"ended with code {worker.returncode}: " + (
            (root.parent / "log.txt").read_text(errors="replace")[-2000:])
    told["left"] = _left()
    told["megabytes"] = resource.getrusage(
        resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    (root.parent / "told.json").write_text(json.dumps(told), "utf-8")


def _left(patience=5.0):
    """Command lines of the processes that are still there after a while.
    They are killed."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        there = _descendants(os.getpid())
        if not there:
            return []
        time.sleep(0.1)
    for pid in there:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return list(there.values())


def _descendants(pid):
    """pid → command line of all that this process and its children have
    started and that still runs."""
    parents, names = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            told = Path("/proc", name, "stat").read_text(errors="replace")
            state, parent = told.rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(name)] = int(parent)
    found, news = set(), {pid}
    while news:
        news = {one for one, above in parents.items()
                if above in news and one not in found}
        found |= news
    for one in found:
        with contextlib.suppress(OSError):
            words = Path("/proc", str(one), "cmdline").read_bytes()
            names[one] = words.replace(b"\0", b" ").decode(
                errors="replace")[:200]
    return names


# --- the process that grades -----------------------------------------------

def work(kind: str, root: Path, limits: dict) -> None:
    """Grade; write results.json."""
    results = _plain(root) if kind == "plain" else _engine(root, limits)
    (root.parent / "results.json").write_text(json.dumps(results), "utf-8")


def _engine(root, limits):
    from commands import grading
    from commands.grading.cage.kernels import Limits
    graded = grading.grade(DAY, root, settings=grading.Settings(
        limits=Limits(**limits)))
    scores = Counter()  # of all exercises, as the gradebook adds them
    for one in graded:
        scores[one.student] += one.score
    return [{"student": one.student, "score": scores[one.student],
             "graded": one.graded, "reasons": one.reasons,
             "tasks": {task.grade_id: task.score for task in one.tasks},
             "findings": {task.grade_id: task.found for task in one.tasks}}
            for one in graded if one.notebook in (NAME, "*")] + [
            {"student": f"{one.student}/{one.notebook}",
             "reasons": one.reasons} for one in graded
            if one.notebook not in (NAME, "*")]


def _plain(root):
    """nbgrader as it comes, with the course's own configuration."""
    megabyte = 1 << 20
    resource.setrlimit(resource.RLIMIT_AS, (4096 * megabyte,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400 * megabyte,) * 2)
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", command, DAY,
             *["--force"] * (command == "generate_assignment")],
            cwd=root, check=command == "generate_assignment")
    return []


if __name__ == "__main__":
    told_kind, told_root, told_seconds, told_limits = sys.argv[1:]
    if told_kind.endswith("-worker"):
        work(told_kind.removesuffix("-worker"), Path(told_root),
             json.loads(told_limits))
    else:
        watch(told_kind, Path(told_root), float(told_seconds),
              json.loads(told_limits))
