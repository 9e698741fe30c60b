"""feedback/<trainee>/<day>/<notebook>.html: what a trainee may see.

`for_the_trainee` takes out of a graded notebook what is not theirs to see;
nbgrader makes a page of it; `make_offline` makes the page harmless.
"""

import re
from copy import deepcopy
from html import escape

from nbconvert.filters import strip_ansi
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution

from commands.grading.handed_in.pictures import leave_out_large

# Characters of Markdown: its conversion can take the square of the length.
LONGEST_CELL, LONGEST = 20_000, 200_000
LARGEST_PICTURES = 2_000_000  # characters of a page's pictures, base64
SHORTEST_SECRET = 16  # characters of a line that tells a hidden test
POLICY = ("default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
          "font-src data:; form-action 'none'; base-uri 'none'")
# Tags that do something by themselves, or that lead a reader elsewhere.
_ACTIVE = re.compile(r"<(?=/?(?:script|meta|form|base|iframe|object|embed|"
                     r"link)\b)", re.IGNORECASE)


def for_the_trainee(notebook, submission, config):
    """A graded notebook as its trainee may see it: no source of hidden
    tests; of a check only its verdict; of other cells the outputs that were
    handed in (what ran beside the hidden tests could have printed them).

    submission: what `submissions.prepare` gave. config: nbgrader's, which
    says how hidden tests are marked (`ClearHiddenTests`).
    """
    shown, room, pictures = deepcopy(notebook), LONGEST, LARGEST_PICTURES
    clear = ClearHiddenTests(config=config)
    for cell in shown.cells:
        if cell.cell_type != "code":
            if len(cell.source) > min(room, LONGEST_CELL):
                cell.source = "*(Too long to be shown.)*"
            room -= len(cell.source)
            pictures -= leave_out_large(cell, pictures)
        elif is_grade(cell) and not is_solution(cell):
            secrets = _take_hidden_tests(cell, clear)
            cell.outputs = [_without(secrets, output)
                            for output in cell.outputs
                            if output.output_type == "error"]
        else:
            cell.outputs = submission.outputs.get(cell.get("id"), [])
            for output in cell.outputs:
                output.get("data", {}).pop("text/markdown", None)
    if submission.reasons:
        shown.cells.insert(0, new_markdown_cell(
            "**What grading says about this notebook**\n\n" + "\n".join(
                f"- {escape(reason)}" for reason in submission.reasons)))
    return shown


def make_offline(page: str) -> str:
    """A feedback page of nbgrader without scripts: its own ask the network
    for a formula typesetter, a trainee's could do anything. Active tags that
    are left in the body are shown as text, and a policy keeps the browser
    from running or fetching anything."""
    page = re.sub(r"<script\b.*?</script\s*>", "", page,
                  flags=re.DOTALL | re.IGNORECASE)
    head, end, body = page.partition("</head>")
    head = re.sub(r"<link\b[^>]*https?://[^>]*>", "", head)
    head = head.replace("<html>", '<html lang="en">', 1).replace(
        "<head>", '<head>\n<meta http-equiv="Content-Security-Policy" '
        f'content="{POLICY}">', 1)
    return head + end + _ACTIVE.sub("&lt;", body)


def _take_hidden_tests(cell, clear):
    """Take the hidden tests out of a check cell, as nbgrader does when it
    releases an exercise. Returns the lines that would betray them."""
    lines = cell.source.split("\n")
    clear.preprocess_cell(cell, {}, 0)
    visible = set(cell.source.split("\n"))
    hidden = [line for line in lines if line not in visible]
    if hidden:
        indent = re.match(r"\s*", hidden[0])[0]
        cell.source = (f"{cell.source.rstrip()}\n{indent}"
                       "# … and hidden tests, on other data")
    return {_words(line) for line in hidden
            if len(_words(line)) >= SHORTEST_SECRET}


def _without(secrets, output):
    """An error, unless it repeats a line of a hidden test."""
    text = _words("\n".join([output.ename, output.evalue,
                             *output.traceback]))
    if not any(line in text for line in secrets):
        return output
    name = output.ename if output.ename.isidentifier() else "Error"
    return new_output("error", ename=name, evalue=name, traceback=[
        f"✗ {name}: its text is not shown, because it repeats a hidden test"])


def _words(text):
    """Text as it is compared: without colours, with single spaces."""
    return " ".join(strip_ansi(text).split())
