"""The roster of a training room, and its plan: nothing is done yet."""

import io
import pwd

import pytest
from pypdf import PdfReader

from commands.classroom import accounts, layout, memory, plan, sheet
from commands.classroom.people import trainees
from commands.classroom.room import ClassroomError, Room
from commands.grading import roster
from tests.commands.test_cli import run, told


def class_of(folder, *lines, head="code,name,password"):
    file = folder / "trainees.csv"
    file.write_text("\n".join([head, *lines]), encoding="utf-8")
    return file


@pytest.fixture
def proxy(tmp_path, monkeypatch):
    """A folder with a program of the proxy's name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / plan.PROXY
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv(plan.VARIABLE, str(folder))
    return program


class TestRoster:
    def test_accounts_are_codes_in_small_letters(self, tmp_path):
        one, two = trainees(class_of(
            tmp_path, "T01,Amina,", "t02,Karim,a-long-word"))
        assert (one.user, one.name, one.renamed) == ("t01", "Amina", True)
        assert (two.user, two.password) == ("t02", "a-long-word")

    def test_the_column_password_may_be_missing(self, tmp_path):
        one, = trainees(class_of(tmp_path, "t01;Amina", head="code;name"))
        assert one.password == ""

    @pytest.mark.parametrize("line, words", [
        ("1a,Karim,", "line 3: '1a' cannot be the name of an account"),
        ("t 2,Karim,", "line 3: 't 2' cannot be"),
        ("a.b,Karim,", "line 3: 'a.b' cannot be"),
        ("علي,Karim,", "line 3: 'علي' cannot be"),
        ("x" * 21 + ",Karim,", "at most 20"),
        ("$(id),Karim,", "cannot be the name"),
        ("t01,Karim,", "line 3: the code t01 is there twice"),
        ("T01,Karim,", "t01 and T01 differ in capitals only"),
        ("t02,Karim,short", "line 3: the password of t02 has 5 characters"),
        (",Karim,", "line 3: Karim has no code")])
    def test_a_bad_row_is_named(self, tmp_path, line, words):
        with pytest.raises(roster.RosterError) as error:
            trainees(class_of(tmp_path, "t01,Amina,", line))
        assert words in str(error.value)

    def test_an_account_of_somebody_else_is_refused(self, tmp_path):
        file = class_of(tmp_path, "daemon,Amina,")
        pwd.getpwnam("daemon")  # each Linux has it
        with pytest.raises(ClassroomError, match="line 2: this server has "
                                                 "an account daemon already"):
            accounts.missing(Room(tmp_path), trainees(file))


class TestCommand:
    @pytest.mark.parametrize("user, ends", [
        (0, "without --dry-run does it"), (1000, "needs root: with sudo")])
    def test_a_dry_run_says_the_plan_and_does_nothing(
            self, tmp_path, proxy, monkeypatch, user, ends):
        monkeypatch.setattr("os.geteuid", lambda: user)
        accounts_before = [one.pw_name for one in pwd.getpwall()]
        mode, files = Room().root.stat().st_mode, set(tmp_path.rglob("*"))
        file = class_of(tmp_path, "zzcls-plan,Amina,")

        done = run("classroom", "--trainees", str(file), "--dry-run",
                   "--folder", str(tmp_path / "room"), "--port", "18200",
                   "--due", "2026-12-01 16:35")

        assert done.returncode == 0, done.stdout + done.stderr
        for words in ("make 1 Linux account,", "zzcls-plan", "day1_production",
                      "no solutions", "18200", "Nothing was done", ends):
            assert words in done.stdout
        assert [one.pw_name for one in pwd.getpwall()] == accounts_before
        assert set(tmp_path.rglob("*")) == files | {file}
        assert Room().root.stat().st_mode == mode

    def test_without_a_class_it_asks_for_one(self):
        assert "--trainees trainees.csv" in told(run("classroom"))

    @pytest.mark.parametrize("words, says", [
        (["--day", "day9"], "The days are: day1_production"),
        (["--due", "noon"], "--due noon is not a time"),
        (["--port", "70000"], "Port 70000 cannot be used")])
    def test_bad_input_is_explained(self, tmp_path, proxy, words, says):
        file = class_of(tmp_path, "zzcls-plan,Amina,")
        assert says in told(run("classroom", "--trainees", str(file),
                                "--dry-run", *words))

    def test_a_missing_proxy_is_named_with_its_remedies(
            self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv(plan.VARIABLE, raising=False)
        said = told(run("classroom", "--dry-run", "--trainees", str(
            class_of(tmp_path, "zzcls-plan,Amina,"))))
        assert "apt install node-configurable-http-proxy" in said
        assert "npm install" in said and plan.VARIABLE in said
        assert "Without internet" in said

    def test_collecting_needs_a_room(self, tmp_path, monkeypatch):
        monkeypatch.setattr("os.geteuid", lambda: 0)
        assert "There is no training room" in told(run(
            "classroom", "--collect", "day1_production", "--folder",
            str(tmp_path)))

    def test_it_needs_root(self, tmp_path, monkeypatch):
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        said = told(run("classroom", "--collect", "day1_production"))
        assert "needs root" in said and "sudo" in said


def test_too_little_memory_is_said_before(tmp_path):
    many = trainees(class_of(tmp_path, *(
        f"t{number:04},Amina," for number in range(3000))))
    need = 1 + 3000 * memory.WORKING
    assert any(f"{need:.0f} GB" in one for one in plan.warnings(many))
    assert list(plan.warnings(many[:1])) == []


def test_codes_differ_and_have_no_letters_that_look_alike():
    codes = {accounts.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("il1o0")


def test_what_is_closed_to_trainees_exists():
    """A renamed folder would be shown."""
    for name in layout.CLOSED:
        assert (Room().root / name).exists(), name


class TestSheet:
    def test_each_trainee_has_a_slip(self):
        names = {f"t{number:02}": f"Amina {number} <b>"
                 for number in range(30)}
        page = sheet.html("http://room:8000", names,
                          {user: f"code-{user}" for user in names})
        assert page.count("http://room:8000") == page.count("<li>") == 30
        assert page.count("Amina 7 &lt;b&gt;") == 1 and "<b>" not in page
        assert "code-t29" in page and "http" not in page.replace(
            "http://room:8000", "")

    def test_only_its_owner_may_read_the_files(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sheet, "printed", lambda page: b"%PDF")
        files = sheet.write(tmp_path, "page")
        assert [file.name for file in files] == ["codes.html", "codes.pdf"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    def test_it_is_printed_again_only_if_the_codes_have_changed(
            self, tmp_path, monkeypatch):
        prints = []
        monkeypatch.setattr(sheet, "printed", lambda page: (
            prints.append(page), b"%PDF")[1])
        for page in ("one", "one", "two"):
            sheet.write(tmp_path, page)
        assert prints == ["one", "two"]
        assert (tmp_path / "codes.html").read_text() == "two"

    @pytest.mark.slow
    @pytest.mark.parametrize("count", [3, 30])
    def test_it_is_accessible_asks_for_nothing_and_is_printed(
            self, count, tmp_path, chromium):
        from axe_core_python.sync_playwright import Axe
        names = {f"t{at:02}": "سلمى بن مثال" if at % 2 else "Amina Exemple"
                 for at in range(count)}
        page = sheet.html("http://room:8000", names,
                          dict.fromkeys(names, "abcd-efgh"))
        file = tmp_path / "codes.html"
        file.write_text(page, encoding="utf-8")
        tab, asked = chromium.new_page(), []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri())
        found = Axe().run(tab)["violations"]
        pdf = tab.pdf(prefer_css_page_size=True)
        tab.close()
        assert [rule["id"] for rule in found] == []
        assert asked == [file.as_uri()]
        text = "".join(one.extract_text()
                       for one in PdfReader(io.BytesIO(pdf)).pages)
        assert text.count("Username") == count  # nobody is cut off
