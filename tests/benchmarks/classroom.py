"""A class at work in a real training room: time and memory per trainee.

    sudo .venv/bin/python -m tests.benchmarks.classroom [--trainees 20]

All log in at the same moment, open E03, put the answers of its solution in,
run the notebook and submit. When half of them have opened theirs, the hub is
killed and started again. Then everything is collected, compared with what was
saved, and graded. It makes accounts, and removes them. Needs what
tests/commands/classroom/test_room.py needs.
"""

import argparse
import csv
import json
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import requests
import websocket

from commands.exercises.notebooks import read
from tests.commands.classroom.rooms import DAY, room
from tests.support import ROOT

NAME = "e03_crs_detective.ipynb"
E03 = f"exercises/{DAY}/{NAME}"
AGAIN = (OSError, AssertionError, requests.RequestException,
         websocket.WebSocketException)


def main() -> None:
    """Print one line per figure."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--trainees", type=int, default=20)
    count = words.parse_args().trainees
    began = time.monotonic()
    with room(count) as opened:
        print(f"room opened: {time.monotonic() - began:.0f} s", flush=True)
        half = threading.Semaphore(0)
        work = Class(opened, half)
        with ThreadPoolExecutor(count + 1) as pool:
            done = [pool.submit(work.trainee, user) for user in opened.users]
            for _ in range(count // 2):
                half.acquire()
            killed = time.monotonic()
            opened.kill()
            opened.start()
            print(f"hub killed and back: {time.monotonic() - killed:.0f} s",
                  flush=True)
            told = [one.result() for one in done]
        for number, step in enumerate(("server started", "notebook ran",
                                       "submitted")):
            seconds = sorted(one[number] for one in told)
            print(f"{step}: median {median(seconds):.0f} s, "
                  f"last {seconds[-1]:.0f} s")
        sizes = memory(opened)
        print(f"memory (PSS) per trainee: median {median(sizes):.0f} MB, "
              f"most {max(sizes):.0f} MB; all {sum(sizes) / 1024:.1f} GB")
        began = time.monotonic()
        said = opened.command("classroom", "--collect", DAY, "--folder",
                              str(opened.room.folder))
        print(f"collected in {time.monotonic() - began:.0f} s:",
              said.stdout.splitlines()[-1])
        lost = [user for user in opened.users if not is_whole(opened, user)]
        print(f"lost: {lost or 'nothing'}", flush=True)
        grade(opened)


class Class:
    """What each trainee does. opened_one: released once per trainee who has
    opened the notebook."""

    def __init__(self, opened, opened_one):
        self.room, self.opened_one = opened, opened_one
        self.answers = {
            cell.metadata.nbgrader.grade_id: re.sub(
                r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
            for cell in read(ROOT / "solutions" / DAY / NAME).cells
            if cell.metadata.get("nbgrader", {}).get("solution")}

    def trainee(self, user):
        """Seconds from the start until each step was done."""
        began = time.monotonic()
        browser = again(lambda: self.room.browser(user))
        again(browser.start_server)
        started = time.monotonic() - began
        notebook = again(lambda: browser.notebook(E03))
        self.opened_one.release()
        for cell in notebook["cells"]:
            answer = self.answers.get(
                cell["metadata"].get("nbgrader", {}).get("grade_id"))
            if answer:
                cell["source"] = answer
        notebook["metadata"]["fictional"] = user
        again(lambda: browser.save(E03, notebook))
        again(lambda: run(browser, notebook))
        ran = time.monotonic() - began
        again(lambda: browser.nbgrader("submit", DAY))
        return started, ran, time.monotonic() - began


def run(browser, notebook):
    """Run all cells; a check that fails stops the benchmark."""
    kernel = browser.kernel(E03)
    kernel.run(f"import os; os.chdir(os.path.expanduser('~/exercises/{DAY}'))")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            kernel.run("".join(cell["source"]))
    if kernel.errors:
        raise RuntimeError(f"{browser.user}: {kernel.errors}")


def again(step):
    """A browser tries again while the hub is away."""
    until = time.monotonic() + 600
    while True:
        try:
            return step()
        except AGAIN:
            if time.monotonic() > until:
                raise
            time.sleep(1)


def memory(opened) -> list[float]:
    """MB of each trainee's processes; what they share counts in parts."""
    sizes = Counter()
    for number in opened.programs():
        try:
            owner = Path(f"/proc/{number}").stat().st_uid
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
        except OSError:
            continue
        sizes[owner] += int(re.search(r"Pss:\s+(\d+)", text)[1]) / 1024
    return list(sizes.values())


def grade(opened):
    """Mark E03 alone: the other exercises of the day are as handed out."""
    for file in (opened.course / "submitted").rglob("*.ipynb"):
        if file.name != NAME:
            file.unlink()
    began = time.monotonic()
    done = opened.command("grade", DAY)
    print(f"graded in {time.monotonic() - began:.0f} s: exit code "
          f"{done.returncode}")
    table = (opened.course / "reports" / f"{DAY}.csv").read_text("utf-8")
    scores = Counter(row[Path(NAME).stem] for row in csv.DictReader(
        table.lstrip("\ufeff").splitlines()))
    print("points in E03 (trainees): " + ", ".join(
        f"{score} ({count})" for score, count in scores.items()))


def is_whole(opened, user) -> bool:
    """Is what was collected the notebook that this trainee saved?"""
    file = opened.course / "submitted" / user / DAY / NAME
    try:
        return json.loads(file.read_text())["metadata"]["fictional"] == user
    except (OSError, KeyError):
        return False


if __name__ == "__main__":
    main()
