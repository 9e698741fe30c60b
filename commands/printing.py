"""HTML → PDF with the Chromium, Chrome or Edge of this computer."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator

from helpers.environment import OPTIONAL

CHANNELS = ("chrome", "msedge")  # where they are installed, not in the PATH
Print = Callable[[str], bytes]


def program() -> str | None:
    """The path of the first that the PATH has."""
    return next(_programs(), None)


@contextlib.contextmanager
def printer() -> Iterator[Print | None]:
    """A function from a page to its PDF; None where no Chromium starts."""
    from playwright.sync_api import Error, sync_playwright
    with contextlib.ExitStack() as stack:
        browser = None
        try:
            playwright = stack.enter_context(sync_playwright())
            browser = _browser(playwright)
        except (Error, OSError):
            pass  # playwright itself does not start here
        if browser is None:
            yield None
            return
        stack.callback(browser.close)
        tab = browser.new_context(offline=True,
                                  java_script_enabled=False).new_page()

        def to_pdf(page):
            tab.set_content(page)
            return tab.pdf(prefer_css_page_size=True, print_background=True,
                           tagged=True)
        yield to_pdf


def _programs():
    return filter(None, map(shutil.which, OPTIONAL["Chromium"].split()))


def _browser(playwright):
    """The first that starts."""
    from playwright.sync_api import Error
    flags = ["--disable-background-networking", "--no-first-run"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        flags.append("--no-sandbox")  # Chromium's own refuses root
    ways: list[dict[str, str]] = [
        {"executable_path": path} for path in _programs()]
    ways += [{"channel": name} for name in CHANNELS]
    for way in ways:
        with contextlib.suppress(Error):
            return playwright.chromium.launch(args=flags, **way)
    return None
