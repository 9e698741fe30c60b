"""2,000 files with random damage: refused in words, or read."""

import json
import random
import subprocess
import sys

import pytest

from tests.commands.audit.fuzz import FORMATS, damaged
from tests.support import ROOT


@pytest.mark.slow
def test_no_damage_ends_in_a_traceback_or_hangs():
    done = subprocess.run(
        [sys.executable, "-m", "tests.commands.audit.fuzz", "16", "2000"],
        cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, "\n".join(
        done.stderr.splitlines()[-30:])
    report = json.loads(done.stdout)
    assert report["files"] == 2000
    assert report["slowest"][0] < 10
    for kind in FORMATS:  # the damage is felt in each format
        assert any(report["came"].get(f"{kind}: {outcome}")
                   for outcome in ("refused", "found")), kind


def test_damage_is_the_same_for_the_same_seed():
    data = bytes(range(256)) * 4
    first, second, other = (damaged(data, random.Random(seed))
                            for seed in (1, 1, 2))
    assert first == second
    assert first != data
    assert other != first
