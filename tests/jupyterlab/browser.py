"""What a hand does in JupyterLab, by playwright."""

import contextlib
import re
import time

from tests.support import PICTURES

TOKEN = "lesson"
IDLE = re.compile(rb'"execution_state": ?"idle"')
ASKED = re.compile(rb'"msg_type": ?"execute_request"')
A_CELL_HAS_ITS_TURN = """[...document.querySelectorAll('.jp-InputPrompt')]
    .some(prompt => /\\[(\\*|\\d+)\\]/.test(prompt.textContent))"""
NO_CELL_WAITS = """![...document.querySelectorAll('.jp-InputPrompt')]
    .some(prompt => prompt.textContent.includes('*'))"""


def look(tab, name):
    tab.screenshot(path=PICTURES / "lab" / f"{name}.png")


def open_notebook(tab, lab, path):
    tab.goto(f"{lab}/lab/tree/{path}?token={TOKEN}&reset")
    tab.locator(".jp-Notebook .jp-Cell").first.wait_for()
    tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]"
                ).first.wait_for()


def run_all(tab):
    """Run → Run All Cells; again while JupyterLab lets it fall, which it
    does when the kernel only seems to be ready."""
    dialog = tab.locator("dialog.jp-Dialog")
    # It may ask twice: the handler is called again while it asks.
    tab.add_locator_handler(dialog, accept, no_wait_after=True)
    before = tab.asked
    for _ in range(5):
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        if until(tab, lambda: tab.evaluate(A_CELL_HAS_ITS_TURN), 3):
            break
    tab.remove_locator_handler(dialog)
    assert until(tab, lambda: tab.asked > before), "nothing runs"
    wait_until_idle(tab)


def accept(dialog):
    """What JupyterLab asks while a notebook is opened (which kernel, on a
    busy machine) gets the answer that it proposes, and is told."""
    print("JupyterLab asked:", dialog.inner_text())
    dialog.locator("button.jp-mod-accept").click()


def count_runs(tab):
    """Let tab.asked count the cells that the kernel was to run, and tab.done
    those that have put out all that they had."""
    tab.asked = tab.done = 0

    def sent(frame):
        tab.asked += bool(ASKED.search(as_bytes(frame)))

    def received(frame):
        said = as_bytes(frame)
        tab.done += bool(ASKED.search(said) and IDLE.search(said))

    def listen(socket):
        socket.on("framesent", sent)
        socket.on("framereceived", received)
    tab.on("websocket", listen)


def as_bytes(frame):
    return frame.encode() if isinstance(frame, str) else frame


def until(tab, question, seconds=60) -> bool:
    """Does the question become true within some seconds? What the tab tells
    meanwhile is heard, as it is not while Python sleeps."""
    end = time.monotonic() + seconds
    while not question() and time.monotonic() < end:
        tab.wait_for_timeout(50)
    return question()


@contextlib.contextmanager
def runs(tab, cells=1):
    """The keys that are pressed meanwhile run so many cells: until they have
    run."""
    before = tab.done
    yield
    assert until(tab, lambda: tab.done >= before + cells), "nothing ran"
    wait_until_idle(tab)


def wait_until_idle(tab):
    """Until no cell waits for its turn any more."""
    assert until(tab, lambda: tab.done >= tab.asked and tab.evaluate(
        NO_CELL_WAITS)), "a cell still runs"
    tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]"
                ).first.wait_for()


def wait_until_redrawn(tab, before):
    """Until no output shows the picture with the source before any more."""
    tab.wait_for_function(
        "old => [...document.querySelectorAll('.jp-OutputArea img')]"
        ".every(image => image.src !== old)", arg=before)


def cell_with(tab, text):
    """The code cell that holds this text, scrolled into view. Of a folded
    cell the first line counts."""
    cell = tab.locator(".jp-CodeCell").filter(has=tab.locator(
        ".jp-Cell-inputWrapper", has_text=text)).first
    cell.scroll_into_view_if_needed()
    return cell


def answer(tab, starter, code):
    """Replace a cell by code, as if typed, and run it and its check."""
    cell = cell_with(tab, starter)
    cell.locator(".cm-content").click()
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(code)
    with runs(tab, 2):
        tab.keyboard.press("Shift+Enter")
        tab.keyboard.press("Shift+Enter")


def said_by(tab, text):
    """What the cell that holds this text has put out."""
    told = cell_with(tab, text).locator(".jp-OutputArea-output").first
    told.wait_for()
    return told.inner_text()
