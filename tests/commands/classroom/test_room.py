"""A real JupyterHub with three trainees: they work, and cannot spy.

It needs root and configurable-http-proxy. All tests share one room; they run
in the order of this file.
"""

import json
import pwd

import pytest
import requests

from tests.commands.classroom.browser import Browser
from tests.commands.classroom.rooms import DAY, room

pytestmark = pytest.mark.slow
E03 = f"exercises/{DAY}/e03_crs_detective.ipynb"
# Prints those of the paths that can be listed or read.
PROBE = """
import os, sys
for path in {paths!r}:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).read(1)
        print("CAN READ", path)
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        pass
print("probed")
"""


@pytest.fixture(scope="module")
def opened():
    with room(3) as opened:
        yield opened


@pytest.fixture(scope="module")
def amina(opened):
    """The first trainee, with a server."""
    browser = opened.browser(opened.users[0])
    browser.start_server()
    return browser


@pytest.fixture(scope="module")
def karim(opened):
    browser = opened.browser(opened.users[1])
    browser.start_server()
    return browser


def secrets(opened) -> list[str]:
    """What the first trainee must not read."""
    _, other, _ = opened.users
    place = opened.room
    made = place.homes / other / "exercises" / DAY
    assert made.is_dir()
    paths = [
        place.homes / other, made, place.exchange / other, place.box(other),
        place.root, place.root / "solutions" / DAY / "e03_crs_detective.ipynb",
        place.root / "gradebook.db", place.root / "commands" / "grading",
        place.root / "tests" / "mistakes", place.hub,
        place.hub / "jupyterhub.sqlite", place.hub / "cookie_secret",
        place.hub / "codes.json", place.folder / "codes.html"]
    for path in paths:  # a path that is not there would prove nothing
        assert path.exists(), path
    return [str(path) for path in paths]


def test_only_the_own_code_opens_the_own_server(opened):
    one, two, _ = opened.users
    codes = opened.codes
    assert opened.browser(one).logged_in
    for user, code in ((one, codes[two]), (one, ""), ("root", ""),
                       ("root", codes[one])):
        assert not Browser(opened.address, user, code).logged_in, user


def test_the_login_page_shows_the_deadline(opened):
    page = requests.get(f"{opened.address}/hub/login").text
    assert f"{DAY}: hand in before 2026-12-01 16:35" in page


def test_a_name_may_be_typed_in_capitals(opened):
    user = opened.users[2]
    assert Browser(opened.address, user.upper(),
                   opened.codes[user]).logged_in


def test_homes_hold_lessons_and_exercises_but_nothing_closed(opened, amina):
    home = opened.room.homes / amina.user
    assert (home / E03).is_file() and (home / "course/index.md").is_file()
    assert (home / "data" / "datapackage.json").is_file()
    for folder in (home, opened.room.course):
        for file in folder.rglob("*"):
            assert "instructors" not in file.parts, file
            assert "solutions" not in file.parts, file
            if file.suffix == ".ipynb":
                assert "BEGIN HIDDEN TESTS" not in file.read_text(), file
    for name in ("commands/grading", "data/make", "tests", ".git"):
        assert not (opened.room.course / name).exists(), name


def test_sources_are_read_only(opened):
    tried = opened.as_trainee(opened.users[0], f"""
import os
for folder, _, files in os.walk({str(opened.room.folder)!r}):
    for path in [folder, *(os.path.join(folder, one) for one in files)]:
        if os.access(path, os.W_OK) and not os.path.islink(path):
            print(path)
""").splitlines()
    own = tuple(str(one / opened.users[0]) for one in (
        opened.room.homes, opened.room.exchange))
    assert tried and [one for one in tried if not one.startswith(own)] == []


def test_a_kernel_has_the_trainees_rights_and_the_course(opened, amina):
    said = amina.kernel().run("""
import os, geopandas
from helpers import data
print(os.getuid(), len(geopandas.read_file(data.path("governorates"))))
""")
    assert said.split() == [str(pwd.getpwnam(amina.user).pw_uid), "24"]


class TestOneTraineeCannotRead:
    def test_with_runuser(self, opened):
        paths = secrets(opened)
        probe = PROBE.format(paths=[*paths, str(opened.room.course)])
        assert opened.as_trainee(opened.users[0], probe).splitlines() == [
            f"CAN READ {opened.room.course}", "probed"]

    def test_from_a_notebook(self, opened, amina):
        probe = PROBE.format(paths=secrets(opened))
        assert amina.kernel().run(probe) == "probed\n"

    def test_the_environment_of_the_hub_or_of_another_server(
            self, opened, amina, karim):
        numbers = [opened.process.pid, *(
            number for number in opened.programs())]
        paths = [f"/proc/{number}/environ" for number in numbers]
        said = amina.kernel().run(PROBE.format(paths=paths))
        read = {int(line.split("/")[2]) for line in said.splitlines()
                if line.startswith("CAN READ")}
        mine = pwd.getpwnam(amina.user).pw_uid
        for number in read:  # her own
            with open(f"/proc/{number}/status") as status:
                assert f"Uid:\t{mine}" in status.read()

    def test_the_kernels_of_another_trainee(self, karim):
        """Kernels talk through files of the closed home: a port of this
        machine would tell their outputs to any account."""
        karim.kernel()
        said = karim.kernel().run("""
import json
from ipykernel import get_connection_info
print(json.loads(get_connection_info())["transport"])""")
        assert said.strip() == "ipc"

    def test_the_server_of_another_trainee(self, opened, amina, karim):
        answer = amina.session.get(
            f"{opened.address}/user/{karim.user}/api/contents")
        assert answer.status_code in (403, 404), answer.text[:300]


def test_memory_is_limited(amina):
    kernel = amina.kernel()
    assert kernel.run("print(len(b'1' * 2 ** 28))").strip() == str(2 ** 28)
    try:
        said = kernel.run("print(len(b'1' * (1700 * 2 ** 20)))")
    except EOFError:  # the control group ended it
        return
    assert "MemoryError" in said


def test_work_is_fetched_saved_submitted_and_collected(opened, amina, karim):
    exercise, = [one for one in amina.assignments()
                 if one["assignment_id"] == DAY]
    assert exercise["status"] == "fetched" and "e03_crs_detective" in {
        one["notebook_id"] for one in exercise["notebooks"]}
    notebook = amina.notebook(E03)
    notebook["cells"][0]["source"] += "\n\nSaved by a trainee."
    amina.save(E03, notebook)
    amina.nbgrader("submit", DAY)
    listed = amina.api("GET", "assignments", params={
        "course_id": "open-geodata"}).json()["value"]
    assert any(one["status"] == "submitted" for one in listed)

    done = opened.command("classroom", "--collect", DAY, "--folder",
                          str(opened.room.folder))
    assert done.returncode == 0, done.stderr
    assert "1 of 3 have handed in" in done.stdout
    submitted = opened.course / "submitted" / amina.user / DAY
    assert "Saved by a trainee." in json.loads(
        (submitted / "e03_crs_detective.ipynb").read_text())[
        "cells"][0]["source"]


def test_a_deleted_exercise_is_fetched_again(karim):
    karim.kernel().run(
        f"import shutil; shutil.rmtree('exercises/{DAY}')")
    karim.nbgrader("fetch", DAY)
    assert karim.notebook(E03)["cells"]


def test_a_link_in_a_submission_leads_nowhere(opened, karim):
    """Collecting runs as root: it must not follow what a trainee names."""
    solution = opened.course / "solutions" / DAY / "e03_crs_detective.ipynb"
    karim.nbgrader("submit", DAY)
    karim.kernel().run(f"""
import glob, os
box, = glob.glob({str(opened.room.box(karim.user))!r} + "/*/inbound")
made = f"{{box}}/{karim.user}+{DAY}+2030-01-01 00:00:00 UTC+x"
os.mkdir(made)
os.symlink({str(solution)!r}, made + "/e03_crs_detective.ipynb")
open(made + "/timestamp.txt", "w").write("2030-01-01 00:00:00 UTC")
""")
    done = opened.command("classroom", "--collect", DAY, "--folder",
                          str(opened.room.folder))
    assert done.returncode == 0, done.stderr
    submitted = opened.course / "submitted" / karim.user / DAY
    assert (submitted / "timestamp.txt").read_text().startswith("2030")
    line, = [one for one in done.stdout.splitlines()
             if one.startswith(karim.user)]
    assert "after the deadline" in line
    assert not (submitted / "e03_crs_detective.ipynb").exists()


def test_marked_pages_reach_their_trainee_only(opened, amina, karim):
    pages = opened.course / "feedback" / amina.user / DAY
    pages.mkdir(parents=True)
    (pages / "e03_crs_detective.html").write_text("Well done (fictional)")
    done = opened.command("classroom", "--feedback", DAY, "--folder",
                          str(opened.room.folder))
    assert done.returncode == 0 and "1 of 3 trainees" in done.stdout
    amina.nbgrader("fetch_feedback", DAY)
    found = list((opened.room.homes / amina.user).rglob(
        "feedback/*/e03_crs_detective.html"))
    assert [one.read_text() for one in found] == ["Well done (fictional)"]
    assert PROBE and "CAN READ" not in karim.kernel().run(PROBE.format(
        paths=[str(one) for one in
               opened.room.box(amina.user).glob("*/feedback/*")]))


def test_killed_stopped_and_started_again_nothing_is_lost(opened, amina):
    amina.kernel(E03).run("answer = 41 + 1")
    opened.kill()
    opened.start()
    # The notebook's kernel never stopped; a browser connects again.
    assert amina.kernel(E03).run("print(answer)").strip() == "42"
    assert "Saved by a trainee." in amina.notebook(E03)["cells"][0]["source"]

    assert opened.stop() == 0
    assert opened.programs() == []
    opened.start()
    again = opened.browser(amina.user)  # the same code
    again.start_server()
    assert "Saved by a trainee." in again.notebook(E03)["cells"][0]["source"]
