"""The values for a cluster parse; they were run on none."""

import yaml

from commands.classroom import layout
from tests.support import ROOT


def test_the_values_agree_with_the_room():
    values = yaml.safe_load(
        (ROOT / "commands/classroom/kubernetes.yaml").read_text("utf-8"))
    settings = yaml.safe_load((
        layout.SETTINGS / "jupyter_server_config.json").read_text("utf-8"))
    assert values["singleuser"]["startTimeout"] == 180
    assert values["cull"]["timeout"] == settings["ServerApp"][
        "shutdown_no_activity_timeout"]
    assert values["hub"]["db"]["type"] == "postgres"
    assert "password" not in str(values["hub"]["db"])
