"""What the tests of explorers share."""

import html
import re

import matplotlib.pyplot as plt
import pytest

from helpers.explore import show


@pytest.fixture
def twin(monkeypatch, shown):
    """Call an explorer as the book does: the texts of its pictures."""
    def texts(explorer, *arguments):
        monkeypatch.setenv(show.STATIC, "1")
        plt.close("all")  # what another test left open
        explorer(*arguments)
        page = shown[-1].data
        assert page.startswith("<img")
        assert not plt.get_fignums(), "each figure is closed once it is shown"
        return list(map(html.unescape, re.findall(r'alt="([^"]+)"', page)))
    return texts


@pytest.fixture
def given(monkeypatch):
    """What an explorer gives to `show`: its function that draws, as one that
    makes the figure itself, and its menus."""
    def call(module, explorer, *arguments):
        kept = {}
        with monkeypatch.context() as patch:
            patch.setattr(
                module, "show", lambda draw, menus, size, *_, **__:
                kept.update(draw=lambda *choice: draw(
                    show.empty(size), *choice), menus=menus))
            explorer(*arguments)
        return kept["draw"], kept["menus"]
    yield call
    plt.close("all")
