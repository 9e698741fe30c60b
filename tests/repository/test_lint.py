"""Lint and types: the locked tools run here as pre-commit runs them.

Their settings, each with its reason, are in pyproject.toml.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
import yaml

from tests.support import ROOT

PACKAGES = ("helpers", "commands")
RUFF = [sys.executable, "-m", "ruff", "check", "--no-cache",
        "--output-format", "concise"]
MYPY = [sys.executable, "-m", "mypy", "--no-color-output"]
DEPTRY = [sys.executable, "-m", "deptry", "--no-ansi"]
IMPORTS = [shutil.which("lint-imports", path=str(
    Path(sys.executable).parent)), "--no-cache", "--no-logo"]


def run(*command, cwd=ROOT) -> tuple[int, str]:
    """Exit code, and all that the command wrote."""
    done = subprocess.run(
        command, cwd=cwd, text=True, encoding="utf-8", errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


@pytest.mark.parametrize("command", [
    pytest.param([*RUFF, "."], id="ruff"),
    pytest.param(MYPY, id="mypy"),
    pytest.param(IMPORTS, id="import-linter"),
    pytest.param([*DEPTRY, ".", "--ignore", "DEP002"], id="deptry"),
])
def test_the_tool_has_no_complaint(command):
    code, output = run(*command)
    assert code == 0, output


# --- each tool would complain ----------------------------------------------

@pytest.fixture
def copy(tmp_path) -> Path:
    """Both packages and their settings, to plant a fault in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package,
                        ignore=shutil.ignore_patterns("_*_", "_build"))
    return tmp_path


@pytest.mark.parametrize("command, file, fault, complaint", [
    pytest.param([*RUFF, "helpers"], "helpers/errors.py", "import os",
                 "helpers/errors.py", id="an import that is not used"),
    pytest.param([*RUFF, "helpers"], "helpers/errors.py", "X = [1,2]",
                 "missing-whitespace", id="the hand format"),
    pytest.param([*MYPY, "helpers/errors.py"], "helpers/errors.py",
                 "def close(number, rel=1): return number",
                 "missing a type annotation", id="an untyped function"),
    pytest.param(IMPORTS, "helpers/data.py", "import commands.cli",
                 "helpers is not allowed to import commands",
                 id="helpers imports commands"),
    pytest.param(IMPORTS, "helpers/data.py", "import nbgrader",
                 "helpers is not allowed to import nbgrader",
                 id="helpers imports nbgrader"),
    pytest.param(IMPORTS, "helpers/errors.py", "import helpers.data",
                 "helpers.errors is not allowed to import helpers.data",
                 id="against the layers of helpers"),
    pytest.param(IMPORTS, "commands/exercises/notebooks.py",
                 "import commands.grading.guard", "commands.exercises."
                 "notebooks is not allowed to import commands.grading",
                 id="against the layers of commands"),
    pytest.param(IMPORTS, "helpers/new.py", "",
                 "must be declared as a layer", id="a module without a layer"),
    pytest.param(IMPORTS, "helpers/check/mistakes.py",
                 "import helpers.check.layers",
                 "No cycles are allowed in helpers.check", id="a cycle"),
    pytest.param([*DEPTRY, "."], "helpers/errors.py", "import click",
                 "'click' imported but it is a transitive dependency",
                 id="a dependency that is not declared"),
])
def test_a_planted_fault_is_found(copy, command, file, fault, complaint):
    with (copy / file).open("a", encoding="utf-8") as module:
        module.write(f"\n{fault}\n")
    code, output = run(*command, cwd=copy)
    assert code != 0
    assert complaint in " ".join(output.split())


# --- exceptions from the rules ----------------------------------------------

# A comment that silences a tool, and nothing after it.
SILENT = re.compile(r"#\s*(noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?"
                    r"|type:\s*ignore(\[[\w, -]+\])?)\s*$")


def unexplained(text: str) -> list[str]:
    """The lines of a program that silence a tool and do not say why."""
    return [line for line in text.splitlines() if SILENT.search(line)]


def test_a_comment_that_silences_a_tool_says_why():
    files = [file for place in (*PACKAGES, "tests", "data/make")
             for file in (ROOT / place).rglob("*.py")]
    silent = {file.name: unexplained(file.read_text(encoding="utf-8"))
              for file in [ROOT / "start.py", *files]}
    assert {file: lines for file, lines in silent.items() if lines} == {}


@pytest.mark.parametrize("comment", [
    "noqa", "noqa: F401", "noqa: F401, E402", "type: ignore",
    "type: ignore[union-attr, misc]"])
def test_a_comment_without_a_reason_is_found(comment):
    assert unexplained(f"import os  # {comment}\n")
    assert not unexplained(f"import os  # {comment}  # imported for others\n")
    assert not unexplained(f"import os  # {comment} - for others\n")


LINT = tomllib.loads((ROOT / "pyproject.toml").read_text(
    encoding="utf-8"))["tool"]["ruff"]["lint"]
# Files, and a rule that is ignored in them.
IGNORED = [("*", rule) for rule in LINT["ignore"]] + [
    (files, rule) for files, rules in LINT["per-file-ignores"].items()
    for rule in rules]


def test_each_rule_that_is_ignored_has_a_reason():
    """A comment on its line, in the two tables of pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = text.partition("\nignore = [\n")[2].partition("\n]\n")[0] + (
        text.partition("[tool.ruff.lint.per-file-ignores]")[2]
        .partition("[tool.")[0])
    told = {rule for line in lists.splitlines() if "#" in line
            for rule in re.findall(r'"(\w+)"', line.partition("#")[0])}
    assert {rule for _, rule in IGNORED} - told == set()


def test_each_rule_that_is_ignored_would_complain():
    """Else nobody needs the exception, and it hides what comes later."""
    rules = {rule for _, rule in IGNORED if rule.startswith(
        tuple(LINT["select"]))}
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", ".",
         "--config", "lint.per-file-ignores={}", "--output-format", "json",
         "--select", ",".join(sorted(rules))],
        cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    complaints = {(Path(one["filename"]).relative_to(ROOT).as_posix(),
                   one["code"]) for one in json.loads(done.stdout)}
    assert [(files, rule) for files, rule in IGNORED if not any(
        fnmatch(file, files) and code.startswith(rule)
        for file, code in complaints)] == []


# --- what no tool says -----------------------------------------------------

def cycle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle, or an empty list."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_itself_in_a_circle(package):
    """import-linter compares neighbours; this sees a package and its own
    modules too."""
    graph = grimp.build_graph(package, cache_dir=None)
    circle = cycle({module: graph.find_modules_directly_imported_by(module)
                    for module in graph.modules})
    assert not circle, " imports ".join(reversed(circle))


def test_a_circle_is_found():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert not cycle({"a": {"b", "c"}, "b": {"c"}})


def strangers(imports: dict[str, set[str]], package: str) -> set[str]:
    """What modules of a package import of commands outside it."""
    return {other for module, used in imports.items()
            if f"{module}.".startswith(f"{package}.") for other in used
            if f"{other}.".startswith("commands.")
            and not f"{other}.".startswith(f"{package}.")}


FORK_SERVER = "commands.grading.cage.forkserver"


def test_the_fork_server_imports_nothing_else_of_the_commands():
    """It is the parent of each trainee's Python, which can read all that it
    has in memory. (helpers imports no commands: a contract.)"""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module)
               for module in graph.modules}
    assert "helpers.check.codec" in imports[f"{FORK_SERVER}.checker"]
    assert not strangers(imports, FORK_SERVER)


@pytest.mark.parametrize("module, other, is_found", [
    (f"{FORK_SERVER}.rights", "commands.grading.guard", True),
    (FORK_SERVER, "commands", True),
    (f"{FORK_SERVER}.rights", f"{FORK_SERVER}_of_another", True),
    (f"{FORK_SERVER}.checker", f"{FORK_SERVER}.serving", False),
    (f"{FORK_SERVER}.checker", "helpers.check", False),
    ("commands.grading.examiner", "commands.grading.guard", False)])
def test_an_import_of_the_fork_server_is_found(module, other, is_found):
    assert bool(strangers({module: {other}}, FORK_SERVER)) == is_found


def lengths(package: str) -> dict[str, int]:
    """Module -> its number of lines."""
    return {file.relative_to(ROOT).as_posix(): len(
        file.read_text(encoding="utf-8").splitlines())
        for file in (ROOT / package).rglob("*.py")}


def test_helpers_stays_small():
    """What notebooks import, without what a check needs to call an answer
    as data (codec, places, answers, desk): 3,000 lines were planned. The
    explorers are a fifth. publish/ (record, validators, service, changes),
    strategy/ (evidence, ranking, the plan with its rules, chart and four
    exports) and forms/ are a half: lessons, exercises and the commands for
    one's own files share them. Who adds to helpers says what leaves."""
    calls = sum(lines for name, lines in lengths("helpers").items()
                if name.endswith(("/codec.py", "/places.py", "/answers.py",
                                  "/desk.py")))
    assert sum(lengths("helpers").values()) - calls <= 6_983


@pytest.mark.parametrize("package", PACKAGES)
def test_a_module_can_be_read_in_a_coffee_break(package):
    assert not {name: count for name, count in lengths(package).items()
                if count > 400}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_class_does_the_work_of_many(package):
    """One that grows has taken in what functions could do beside it."""
    assert not {f"{name}: {node.name}": count
                for name in lengths(package)
                for node in ast.walk(ast.parse((ROOT / name).read_text(
                    encoding="utf-8"))) if isinstance(node, ast.ClassDef)
                if (count := node.end_lineno - node.lineno + 1) > 220}


@pytest.mark.parametrize("file", ["start.py", "tests/commands/test_start.py"])
def test_the_files_that_ruff_lets_be_wider_have_lines_up_to_100(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 100] == []


def test_the_hooks_of_pre_commit_run_the_same_commands():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml")
                                   .read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"  # nothing is fetched
    entries = {hook["id"]: hook["entry"] for hook in repository["hooks"]}
    assert entries == {
        "ruff": "python -m ruff check --force-exclude",
        "mypy": "python -m mypy",
        "import-linter": "lint-imports",
        "deptry": "python -m deptry .",
        "release": "python -m commands release --check"}
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
