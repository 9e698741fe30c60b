"""The workflows of GitHub are short, and name commands that exist."""

import os
import shlex

import pytest
import typer
import yaml

from commands import cli
from tests.support import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMANDS = typer.main.get_command(cli.app).commands


def read(file):
    """The workflow. YAML 1.1 reads the word `on` as true."""
    workflow = yaml.safe_load(file.read_text("utf-8"))
    return workflow | {"on": workflow.pop(True)}


def steps(file):
    return [step for job in read(file)["jobs"].values()
            for step in job["steps"]]


def test_there_are_three():
    assert [file.stem for file in WORKFLOWS] == ["links", "newest", "pages"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
class TestAWorkflow:
    def test_is_short_and_complete(self, file):
        assert 10 <= len(file.read_text("utf-8").splitlines()) <= 30
        workflow = read(file)
        assert workflow["name"] and workflow["permissions"]
        for job in workflow["jobs"].values():
            assert job["runs-on"] == "ubuntu-latest"
            assert set(job.get("needs", "").split()) <= set(workflow["jobs"])
        for step in steps(file):
            assert {"run", "uses"} & set(step), step
            assert "@v" in step.get("uses", "@v"), "an action has a version"

    def test_names_commands_that_exist(self, file):
        for line in [step["run"] for step in steps(file) if "run" in step]:
            program, *words = shlex.split(line)
            if program == "python3":
                assert words[0] == "start.py" and words[1] in COMMANDS
            elif program == "pip":
                assert words == ["install", "uv"]
            elif program == "uv":  # the line of CONTRIBUTING, and newer
                known = " ".join(["uv", *words]).removesuffix(" --upgrade")
                assert f"`{known}`" in (
                    ROOT / "CONTRIBUTING.md").read_text("utf-8")
            else:
                assert os.access(ROOT / program, os.X_OK) and not words

    def test_contributing_says_what_it_does(self, file):
        text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
        assert f".github/workflows/{file.name}" in text


def test_the_book_is_published_after_the_tests_on_each_push():
    workflow = read(ROOT / ".github/workflows/pages.yml")
    assert "push" in workflow["on"]
    assert workflow["jobs"]["publish"]["needs"] == "test"
    assert {"run": ".ci/run"} in workflow["jobs"]["test"]["steps"]


@pytest.mark.parametrize("name", ["links", "newest"])
def test_an_early_warning_comes_each_week(name):
    when = read(ROOT / f".github/workflows/{name}.yml")["on"]["schedule"]
    _, _, day, month, weekday = when[0]["cron"].split()
    assert (day, month) == ("*", "*") and weekday.isdigit()
