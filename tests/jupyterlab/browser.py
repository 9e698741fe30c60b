"""What a hand does in JupyterLab, by playwright."""

from tests.support import PICTURES

TOKEN = "lesson"


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
    for _ in range(5):
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        tab.wait_for_timeout(1500)
        if tab.evaluate("[...document.querySelectorAll('.jp-InputPrompt')]"
                        r".some(p => /\[(\*|\d+)\]/.test(p.textContent))"):
            break
    tab.remove_locator_handler(dialog)
    wait_until_idle(tab)


def accept(dialog):
    """What JupyterLab asks while a notebook is opened (which kernel, on a
    busy machine) gets the answer that it proposes, and is told."""
    print("JupyterLab asked:", dialog.inner_text())
    dialog.locator("button.jp-mod-accept").click()


def wait_until_idle(tab):
    """Until no cell waits for its turn any more."""
    tab.wait_for_timeout(500)
    tab.wait_for_function(
        "![...document.querySelectorAll('.jp-InputPrompt')]"
        ".some(prompt => prompt.textContent.includes('*'))")
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
    tab.keyboard.press("Shift+Enter")
    tab.keyboard.press("Shift+Enter")
    wait_until_idle(tab)


def said_by(tab, text):
    """What the cell that holds this text has put out."""
    told = cell_with(tab, text).locator(".jp-OutputArea-output").first
    told.wait_for()
    return told.inner_text()
