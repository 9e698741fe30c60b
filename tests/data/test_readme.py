"""data/README.md: each layer has its place, and what is absent its reason."""

import re

from helpers import data

LAYERS = data.layers()


# No notebook loads them: an aside of session 1.4 names the one, the others
# show self-learners what a form of session 1.3 sends.
FOR_SELF_LEARNERS = {"osm_change", *(
    f"water_point_submission_{number}" for number in (1, 2, 3))}


def test_the_readme_of_the_data_lists_every_layer():
    text = (data.DATA / "README.md").read_text("utf-8")
    for name in LAYERS:
        assert f"## {name}\n" in text
        row = re.search(rf"^\| `{name}` \| (.+) \|$", text, re.MULTILINE)[1]
        used_by, amount, crs, *_ = row.split(" | ")
        assert (used_by == "–") == (name in FOR_SELF_LEARNERS), row
        assert re.search("[1-9]", amount) and crs, row


def test_the_readme_of_the_data_says_what_is_absent_and_why():
    text = (data.DATA / "README.md").read_text("utf-8")
    absent = " ".join(text.partition("## What is not here")[2].partition(
        "\n## ")[0].split())
    assert "Heritage sites and airports" in absent
    assert "found no source" in absent
    real = [name for name in LAYERS if not data.info(name)["fictional"]]
    assert not [name for name in real if "heritage" in name or "air" in name]
