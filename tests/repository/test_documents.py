"""What the documents say is true, and what is committed is ours alone."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import typer
import yaml

from commands import cli
from helpers import data
from tests.support import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
             *(["commands/grading/README.md"] if (
                 ROOT / "commands/grading/README.md").is_file() else [])]
BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
E03 = "day1_production/e03_crs_detective.ipynb"


def committed() -> list[Path]:
    """Files that git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines()
            if (ROOT / name).is_file()]


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


# --- the README's commands, in a fresh clone -------------------------------

@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The committed course in a folder with a space and an accent."""
    folder = tmp_path_factory.mktemp("dépôt neuf") / "open-geodata-course"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """The environment of somebody who has none of our settings: an empty
    home, an empty package cache, no browser."""
    home = tmp_path_factory.mktemp("home")
    settings = home / ".jupyter"
    settings.mkdir()
    (settings / "jupyter_server_config.json").write_text(json.dumps(
        {"ServerApp": {"open_browser": False, "port": 0}}))
    # No trace of the environment that runs this test.
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("VIRTUAL_ENV", "PYTEST", "JUPYTER",
                                           "PYTHON", "COURSE_", "UV_"))}
    own = str(Path(sys.prefix) / "bin")
    environment["PATH"] = os.pathsep.join(
        part for part in environment["PATH"].split(os.pathsep)
        if part != own)
    return environment | {"HOME": str(home), "PIP_NO_CACHE_DIR": "1"}


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    return [line for block in BLOCK.findall(text)
            for line in block.splitlines()]


def run(command, folder, environment):
    return subprocess.run(command, shell=True, cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=1500)


@pytest.mark.slow
def test_the_two_commands_serve_jupyterlab(clone, newcomer):
    enter, start = readme_commands()[:2]
    assert enter == f"cd {clone.name}"
    process = subprocess.Popen(
        f"{enter} && exec {start}", shell=True, cwd=clone.parent,
        env=newcomer, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        url = _wait_for_url(process)
        assert "jupyter-config-data" in _get(url)
        welcome = _get(url.replace("/lab/tree/", "/api/contents/"))
        assert "Open geographic data" in json.loads(welcome)["content"]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _get(url):
    """The page's text; the server says its address before it answers."""
    for _ in range(60):
        try:
            with urllib.request.urlopen(url) as page:
                return page.read().decode()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.5)
    pytest.fail(f"there is no answer at {url}")


def _wait_for_url(process):
    said = []
    until = time.time() + 1200
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S+", line)
        if found:
            return found[0]
        assert time.time() < until
    pytest.fail("JupyterLab did not start:\n" + "".join(said[-30:]))


@pytest.mark.slow
def test_each_command_of_the_readme_does_what_it_says(clone, newcomer, book):
    """After the first start, which made the environment. The book is built
    once for all tests, by the same command."""
    submitted = clone / "submitted" / "amal" / "day1_production"
    submitted.mkdir(parents=True)
    shutil.copy(clone / "solutions" / E03, submitted)
    expected = {
        "check": (1, None),  # nothing is answered yet
        "grade": (0, "reports/day1_production.html"),
        "book": None,
    }
    commands = readme_commands()[2:]
    assert [line.split()[2] for line in commands] == list(expected)
    assert (book / "index.html").is_file()
    for line in commands[:-1]:
        code, file = expected[line.split()[2]]
        done = run(line, clone, newcomer)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        assert file is None or (clone / file).is_file()
    status = run("git status --porcelain", clone, newcomer)
    assert status.stdout == "", "the commands changed what is committed"


# --- names in the documents ------------------------------------------------

def named_paths(text: str) -> set[str]:
    """What looks like a path of the course in `code` or in a link."""
    words = re.findall(r"`([^`\n]+)`", text)
    words += re.findall(r"\]\(([^)#\s]+)\)", text)
    found = {part for word in words for part in word.split()
             if re.fullmatch(r"[\w.\-]+(/[\w.\-]+)*/?", part)
             and ("/" in part or re.search(r"\.(md|py|ya?ml|txt|toml|ipynb|"
                                           r"cff|gpkg)$", part))}
    return {part.rstrip("/") for part in found}


# Made by a command, or a name that the reader chooses.
MADE_OR_FREE = re.compile(
    r"(^|/)(_build|submitted|autograded|feedback|reports|gradebook\.db|output"
    r"|test-output|\.venv)(/|$)|eNN_name|sN_name|DAY|NAME")


@pytest.mark.parametrize("name", [
    *DOCUMENTS, "course/index.md", "course/day0_ready/index.md",
    *(f"course/{day}/index.md" for day in (
        "day1_production", "day2_processing", "day3_publication",
        "day4_strategy"))])
def test_each_file_that_a_document_names_exists(name):
    document = ROOT / name
    missing = [path for path in named_paths(document.read_text("utf-8"))
               if not MADE_OR_FREE.search(path)
               and not (ROOT / path).exists()
               and not (document.parent / path).exists()]
    assert not missing, f"{name} names what does not exist"


def walks() -> dict[str, list[str]]:
    """title → its numbered steps, of the walks in CONTRIBUTING.md."""
    text = text_of(ROOT / "CONTRIBUTING.md").partition("\n## Two walks\n")[2]
    return {part.splitlines()[0]: re.findall(
                r"^\d+\. (.+(?:\n +.+)*)", part, re.MULTILINE)
            for part in text.split("\n## ")[0].split("\n### ")[1:]}


def test_a_walk_names_a_file_at_each_step_and_takes_no_step_back():
    assert len(walks()) == 2
    for title, steps in walks().items():
        passed: set[str] = set()
        for step in steps:
            files = named_paths(step)
            assert files, f"{title}: no file in this step: {step}"
            assert not files & passed, f"{title}, a step back: {step}"
            passed |= files


def test_the_map_of_the_engine_names_each_of_its_modules():
    engine = ROOT / "commands" / "grading"
    text = text_of(engine / "README.md").partition("\n## The modules\n")[2]
    named = {word.rpartition("/")[2].removesuffix(".py")
             for word in re.findall(r"`([\w/.]+)`", text.split("\n## ")[0])}
    assert {file.stem for file in engine.rglob("*.py")
            if not file.stem.startswith("__")} - named == set()


def named_commands(text: str) -> dict[str, set[str]]:
    """command → its options, as a text names them after start.py: in the
    same piece of code, or in the same row of a table of commands."""
    found: dict[str, set[str]] = {}
    for row, command, rest in re.findall(
            r"(^\| `python3? )?start\.py ([a-z][a-z-]*)\b(.*)", text,
            re.MULTILINE):
        own = rest if row else rest.partition("`")[0].partition(" -- ")[0]
        found.setdefault(command, set()).update(
            re.findall(r"--[a-z]+", own))  # after " -- " they are pytest's
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_command_and_option_that_a_document_names_exists(name):
    text = (ROOT / name).read_text("utf-8")
    for command, options in named_commands(text).items():
        shown = subprocess.run(
            [sys.executable, "-m", "commands", command, "--help"], cwd=ROOT,
            env=os.environ | {"COLUMNS": "200", "TERM": "dumb"},
            capture_output=True, text=True, encoding="utf-8")
        assert shown.returncode == 0, f"{name} names the command {command}"
        unknown = options - set(re.findall(r"--[a-z]+", shown.stdout))
        assert not unknown, f"{name}: {command} has no such option"


def test_the_readme_names_each_command_once():
    table = re.findall(r"^\| `python3 start\.py ([a-z][a-z-]*)",
                       text_of(ROOT / "README.md"), re.MULTILINE)
    assert sorted(table) == sorted(typer.main.get_command(cli.app).commands)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_module_that_a_document_runs_exists(name):
    for module in re.findall(r"python3? -m ([a-z_.]+)", text_of(ROOT / name)):
        assert importlib.util.find_spec(module), f"{name} runs {module}"


# As code of a notebook calls it, also as JSON writes it.
CALLED = re.compile(r"data\.(?:path|credit|info)\(\\?[\"'](\w+)\\?[\"']\)")


def test_each_layer_that_a_notebook_names_exists():
    used = {name for file in committed() if file.suffix == ".ipynb"
            for name in CALLED.findall(text_of(file))}
    assert used and used <= set(data.layers())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_layer_that_a_document_names_exists(name):
    text = text_of(ROOT / name)
    used = {*CALLED.findall(text), *re.findall(r"\blayer `(\w+)`", text)}
    assert used <= set(data.layers())


# --- versions, weaknesses, reports -----------------------------------------

def test_the_newest_release_of_the_changelog_is_the_version():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    citation = yaml.safe_load(text_of(ROOT / "CITATION.cff"))
    heads = re.findall(r"^## (.+)$", text_of(ROOT / "CHANGELOG.md"),
                       re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert heads[1] == f"[{project['version']}] - {citation['date-released']}"
    assert citation["version"] == project["version"]


def test_the_changelog_keeps_its_form():
    for head in re.findall(r"^### (.+)$", text_of(ROOT / "CHANGELOG.md"),
                           re.MULTILINE):
        assert head in ("Added", "Changed", "Deprecated", "Removed", "Fixed",
                        "Security")


def test_no_document_has_an_address_of_a_person():
    forms = (ROOT / ".github").rglob("*.yml")
    for file in [*(ROOT / name for name in DOCUMENTS), *forms]:
        assert not re.search(r"[\w.]+@[\w.]+\.\w+|mailto:", text_of(file)), (
            file.name)


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]_*.yml"))


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_a_form_for_reports_asks_at_least_one_question(file):
    form = yaml.safe_load(text_of(file))
    assert set(form) == {"name", "description", "labels", "body"}
    questions = [field for field in form["body"]
                 if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required")
               for field in questions)
    for field in questions:
        assert field["type"] in ("input", "textarea", "dropdown")
        assert field["attributes"]["label"]
    names = [field["id"] for field in questions]
    assert len(set(names)) == len(names)


def test_there_is_a_form_for_each_kind_of_report():
    assert [file.stem[2:] for file in FORMS] == [
        "fault", "right_answer_refused", "fact_without_source", "idea"]


# --- what is committed -----------------------------------------------------

# Terms whose Arabic has no source.
WITHOUT_ARABIC = (
    "area weighting\n", "bias\n", "bow-tie\n", "CEP\n", "checksum\n",
    "class limits\n", "layout template\n", "lightness\n",
    "symbol map\n",
    "control total\n", "coverage\n", "crosswalk\n", "EPSG code\n", "facet\n",
    "gazetteer\n", "geodesic\n", "GeoJSON\n", "GeoPackage\n",
    "GeoParquet\n", "gross error\n", "HDOP\n", "join\n", "kappa\n",
    "kernel\n", "key\n", "NDVI\n", "no data\n", "predicate\n",
    "regular expression\n", "RMSE\n", "round trip\n", "Shapefile\n",
    "SPDX ", "specification\n", "Table Schema\n", "valid geometry\n",
    "deprecation notice\n", "semantic version\n", "web service\n",
    "core record\n", "DCAT-AP\n", "derivative database\n", "MCF\n",
    "PMTiles\n", "produced work\n", "RDF\n", "SHACL\n")


def test_the_glossary_writes_its_languages_as_each_is_written():
    """French has a no-break space before a colon; Arabic has no italics,
    and its label stands with the word, to be read from the right."""
    text = text_of(ROOT / "course" / "reference" / "glossary.md")
    entries = text.partition(":::{glossary}")[2].strip(" :\n").split("\n\n")
    for entry in entries:
        assert entry.count("*Français\u00a0:* ") == 1, entry
        if entry.startswith(WITHOUT_ARABIC):
            continue
        assert entry.count('<span lang="ar" dir="rtl">العربية: ') == 1, entry
        assert not re.search(r"\*[^*]*[\u0600-\u06ff][^*]*\*", entry), entry


def test_the_top_level_is_clean():
    there = {file.relative_to(ROOT).parts[0] for file in committed()}
    assert there <= {
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
        "LICENSE", "LICENSE-content", "CITATION.cff", "start.py",
        "pyproject.toml", "requirements.txt", "environment.yml",
        "_config.yml", "_toc.yml", "nbgrader_config.py", "course",
        "exercises", "solutions", "data", "helpers", "commands", "tests",
        ".ci", ".github", ".gitignore", ".gitattributes",
        ".pre-commit-config.yaml"}


# Spelled in pieces, so that this file does not find itself.
REGISTRIES = re.compile("|".join([
    r"pypi\." + "org", r"files\.python" + "hosted", r"registry\." + "npmjs",
    r"deb\." + "debian", r"conda\." + "anaconda", "artifact" + "ory"]))
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home/\w+|farm|Users/\w+)/")


def test_no_registry_and_no_path_of_a_machine_is_committed():
    for file in committed():
        text = text_of(file)
        for pattern in (REGISTRIES, MACHINE_PATH):
            found = pattern.search(text)
            assert not found, f"{file.relative_to(ROOT)}: {found[0]}"


OWN_SCRIPTS = {f"course/_static/{name}.js" for name in (
    "explorers", "progress", "rounds", "selfcheck")}


def test_no_third_party_code_is_committed():
    for file in committed():
        assert file.suffix not in (".whl", ".jar", ".map", ".min.css")
        assert file.stat().st_size < 2e6, file.name
    scripts = [file for file in committed() if file.suffix == ".js"]
    assert {str(file.relative_to(ROOT)) for file in scripts} == OWN_SCRIPTS
    for file in scripts:  # written by hand, to be read
        assert max(map(len, text_of(file).splitlines())) < 100


def test_notebooks_are_stored_without_outputs():
    for file in committed():
        if file.suffix == ".ipynb":
            for cell in json.loads(text_of(file))["cells"]:
                assert not cell.get("outputs"), f"{file.name}: {cell['id']}"
                assert cell.get("execution_count") is None


def test_importing_helpers_imports_nothing():
    """The benchmark measures it; this says why it is so little."""
    code = ("import sys; before = set(sys.modules); import helpers; "
            "print(len(set(sys.modules) - before))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True,
                          capture_output=True, check=True)
    assert done.stdout.strip() == "1"
