"""Fixtures that tests of the engine share."""

import pytest

from commands.grading.cage.kernels import WarmKernels
from tests.commands.grading.cases import course as tiny
from tests.commands.grading.support import FAST


@pytest.fixture(scope="module")
def free():
    """Warm kernels without a sandbox."""
    with WarmKernels(limits=FAST) as warm:
        yield warm


@pytest.fixture
def small_class(tmp_path):
    """A tiny course and six who have handed in the right answers."""
    root = tiny.make(tmp_path / "course")
    right = tiny.answered(tiny.blank(root))
    for number in range(6):
        tiny.hand_in(root, f"s{number}", right)
    return root
