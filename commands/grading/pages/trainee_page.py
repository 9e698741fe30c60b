"""feedback/<trainee>/<day>/<notebook>.html: what a trainee may see.

`for_the_trainee` removes from a graded notebook what the trainee may not see,
and what would take too long to convert. nbgrader makes a page of it, with the
trainee's HTML cleaned (`exporter`). `make_offline` removes nbgrader's scripts.
"""

import ast
import re
from copy import deepcopy
from html import escape

from nbconvert.filters import strip_ansi
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearHiddenTests

from commands.grading.examiner import is_check
from commands.grading.handed_in.pictures import leave_out_large
from commands.grading.pages import clean

# Characters of a cell's source, and of all sources: the time to convert
# Markdown can grow with the square of the length, or faster.
LONGEST_CELL, LONGEST = 20_000, 200_000
MOST_SIGNS = 1_000
LONGEST_OUTPUT = 50_000  # characters of words in an output
MOST_OUTPUTS = 2_000_000  # characters of all outputs, see `_cost`
LARGEST_PICTURES = 2_000_000  # characters of a page's pictures, base64
SHORTEST_SECRET = 12  # letters and digits of a line that shows a hidden test
SHOWN = ("text/html", "image/svg+xml", "image/png", "image/jpeg",
         "text/latex", "text/plain")
POLICY = ("default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
          "font-src data:; form-action 'none'; base-uri 'none'")
# nbgrader's blue bar has a fixed height, and its prompt a fixed width: on a
# telephone, a score fell out of the bar, and code had half the page.
LOOK = """<style>
div.nbgrader_cell .panel-heading {height: auto; overflow: hidden;}
div.nbgrader_cell .panel-heading a {color: #fff; text-decoration: underline;}
.rendered_html :is(th, td) {padding: .25em .6em; border: 1px solid #999;
  text-align: left; vertical-align: top;}
.rendered_html table {margin: .5em 0 1em;}
@media (max-width: 40em) {
  div.prompt {display: none;}
  div.input, div.output_area {display: block;}
  div.inner_cell, div.nbgrader_cell, div.output_subarea {max-width: 100%;}
  pre {white-space: pre-wrap !important; overflow-wrap: anywhere;
    word-break: normal;}
  .container {padding: 0 4px;} .panel-body {padding: 6px;}
  .rendered_html table {display: block; overflow-x: auto;}}
</style>
"""


def for_the_trainee(notebook, submission, config):
    """A graded notebook as its trainee may see it: no source of hidden tests;
    of a check, only its verdict; of other cells, the outputs that were handed
    in (in grading, a function could print a hidden test's arguments).

    submission: what `submissions.prepare` gave. config: nbgrader's, which
    says how hidden tests are marked (`ClearHiddenTests`).
    """
    shown, pictures = deepcopy(notebook), LARGEST_PICTURES
    room, room_of_outputs = LONGEST, MOST_OUTPUTS
    clear = ClearHiddenTests(config=config)
    for cell in shown.cells:
        if is_check(cell):
            secrets = _take_hidden_tests(cell, clear)
            cell.outputs = [
                output if output.output_type == "stream" else
                _without(secrets, output) for output in cell.outputs
                if output.output_type == "error" or _is_verdict(output)]
            continue
        room -= _leave_out_long(cell, room)
        if cell.cell_type == "code":
            cell.outputs = _outputs(submission.outputs.get(cell.get("id")),
                                    room_of_outputs)
            room_of_outputs -= sum(map(_cost, cell.outputs))
        else:
            pictures -= leave_out_large(cell, pictures)
    if submission.reasons:
        shown.cells.insert(0, new_markdown_cell(
            "**What grading says about this notebook**\n\n" + "\n".join(
                f"- {escape(reason)}" for reason in submission.reasons)))
    return shown


def _is_verdict(output):
    """Is it the line of a check that holds? It also says whether an earlier,
    wrong task was replaced by a right one."""
    return output.output_type == "stream" and bool(
        re.fullmatch("✓ .+: right\\..*\n?", output.text))


def titles(notebook) -> dict[str, str]:
    """Graded cell, and the answer above it → the name of its task."""
    named, answers = {}, []
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade"):
            title = cell.metadata.get("course", {}).get("title")
            if isinstance(title, str):
                named |= dict.fromkeys([*answers, settings.grade_id], title)
            answers = []
        elif settings.get("solution"):
            answers.append(settings.grade_id)
    return named


def with_titles(page: str, named: dict[str, str]) -> str:
    """A feedback page of nbgrader that calls a task by its name. In its
    list, nothing leads to a comment that nobody wrote."""
    for cell, title in named.items():
        for old, new in (
                (f'<a href="#{cell}">[^<]*</a>',
                 f'<a href="#{cell}">{escape(title)}</a>'),
                (f"Grade cell: <code>{cell}</code>", escape(title)),
                (f'<a href="#comment-{cell}">Comment</a>',
                 f'<a href="#comment-{cell}">Comment on '
                 f"{escape(title)}</a>")):
            page = re.sub(old, lambda _, new=new: new, page, count=1)
    return re.sub(
        r'<li><a href="#(comment-[^"<>]+)">[^<]*</a></li>',
        lambda entry: "" if _is_no_comment(page, entry[1]) else entry[0],
        page)


def _is_no_comment(page, anchor):
    """Is it nbgrader's own sentence for an answer that was left as it was?
    """
    after = page.partition(f'<a name="{anchor}"></a>')[2]
    return bool(re.match(r"\s*<p>No response\.</p>",
                         after.partition("<b>Comments:</b>")[2]))


def make_offline(page: str) -> str:
    """A feedback page of nbgrader without scripts: nbgrader's own load a
    formula typesetter from the network. (A trainee's scripts are removed
    before.) A policy forbids the browser to run or fetch anything."""
    page = re.sub(r"<script\b.*?(?:</script\s*>|\Z)", "", page,
                  flags=re.DOTALL | re.IGNORECASE)
    head, end, body = page.partition("</head>")
    head = re.sub(r"<link\b[^<>]*https?://[^<>]*>", "", head)
    head = head.replace("<html>", '<html lang="en">', 1).replace(
        "<head>", '<head>\n<meta http-equiv="Content-Security-Policy" '
        f'content="{POLICY}">', 1)
    return head + (LOOK if end else "") + end + body


def say_what_waits(page: str, unmarked: dict[str, float],
                   changed: list[str]) -> str:
    """A feedback page of nbgrader, which shows 0 points for what nobody has
    marked yet. unmarked: grade_id → the full points. changed: grade_ids of
    answers that are other ones than those that were marked."""
    for grade_id, points in unmarked.items():
        words = f"Score: not marked yet, of {points:g}"
        page = re.sub(
            rf'(<a href="#{re.escape(grade_id)}">[^<]*</a> \(){_SCORE}',
            rf"\g<1>{words}", page, count=1)
        head, name, cell = page.partition(f'<a name="{grade_id}"></a>')
        page = head + name + re.sub(_SCORE, words, cell, count=1)
    for grade_id in changed:
        page = re.sub(
            rf'(<a href="#{re.escape(grade_id)}">[^<]*</a> \({_SCORE})',
            rf"\1{_EARLIER}", page, count=1)
        head, name, cell = page.partition(f'<a name="{grade_id}"></a>')
        own, top, later = _to_the_next(cell)
        page = head + name + re.sub(
            rf"({_SCORE})", rf"\1{_EARLIER}", own, count=1).replace(
            "<b>Comments:</b>",
            "<b>Comments on your earlier answer:</b>", 1) + top + later
    if unmarked:
        page = re.sub(rf"(<h4>[^<]*{_SCORE})", rf"\1; of these, "
                      f"{sum(unmarked.values()):g} not marked yet",
                      page, count=1)
    return page


def _to_the_next(page):
    """The rest of a graded cell, and what comes from the next one on."""
    heading = '<div class="panel-heading">'
    first = page.find(heading) + len(heading)
    own, top, later = page[first:].partition(heading)
    return page[:first] + own, top, later


_EARLIER = (" for your earlier answer: it has changed since, and a person "
            "will mark it again")
_SCORE = r"Score: [-\d.]+ / [-\d.]+"


# --- what is too long ------------------------------------------------------

def _leave_out_long(cell, room):
    """Replace a source that is too long by words. Returns the length of the
    source afterwards."""
    is_code = cell.cell_type == "code"
    signs = 0 if is_code else len(_SIGNS.findall(cell.source))
    if len(cell.source) > min(room, LONGEST_CELL) or signs > MOST_SIGNS:
        cell.source = "# (Too long to be shown.)" if is_code else (
            "*(Too long to be shown.)*")
    return len(cell.source)


_SIGNS = re.compile(r"[\[\]()<>*_`$\\!~|]")


def _outputs(handed_in, room):
    """Outputs as they were handed in, as far as a page can show them."""
    outputs = []
    for output in deepcopy(handed_in or []):
        if output.output_type == "stream":
            output.text = _cut(output.text)
        elif output.output_type == "error":
            output.traceback = [_cut("\n".join(output.traceback))]
        else:
            output.metadata = {}
            output.data = {kind: content if kind.startswith("image/") or (
                               kind == "text/html") else _cut(content)
                           for kind, content in output.data.items()
                           if kind in SHOWN and isinstance(content, str)}
        room -= _cost(output)
        if room < 0:
            return [*outputs, new_output("stream", text=(
                "(The outputs from here on are too long to be shown.)"))]
        outputs.append(output)
    return outputs


def _cost(output):
    """Characters of an output. HTML counts more: cleaning it is slow."""
    html = output.get("data", {}).get("text/html", "")
    return len(str(output)) + 4 * clean.length(html)


def _cut(text):
    return text if len(text) <= LONGEST_OUTPUT else (
        text[:LONGEST_OUTPUT] + "\n(… too long to be shown)")


# --- hidden tests ----------------------------------------------------------

def _take_hidden_tests(cell, clear):
    """Remove the hidden tests from a check cell, as nbgrader does when it
    releases an exercise. Returns the lines that would show them. A line that
    only gives a text a name is none: a sentence may have both by chance."""
    lines = cell.source.split("\n")
    code = _without_texts(cell.source).split("\n")
    clear.preprocess_cell(cell, {}, 0)
    visible = set(cell.source.split("\n"))
    hidden = [number for number, line in enumerate(lines)
              if line not in visible]
    if hidden:
        indent = re.match(r"\s*", lines[hidden[0]])[0]
        cell.source = (f"{cell.source.rstrip()}\n{indent}"
                       "# … and hidden tests, on other data")
    return {_words(lines[number]) for number in hidden
            if len(_words(lines[number])) >= SHORTEST_SECRET
            and _words(code[number])
            and not re.fullmatch(r"\s*\w+ =\W*", code[number])}


def _without_texts(source):
    """Code with spaces for its texts: they are what a check says to the
    trainee, too."""
    try:
        waiting = [ast.parse(source)]
    except SyntaxError:  # no check of the course
        return source
    rows = [line.encode() for line in source.split("\n")]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.JoinedStr) or (isinstance(
                node, ast.Constant) and isinstance(node.value, str))):
            waiting += ast.iter_child_nodes(node)
            continue
        for row in range(node.lineno - 1, node.end_lineno):
            start = node.col_offset if row == node.lineno - 1 else 0
            end = (node.end_col_offset if row == node.end_lineno - 1
                   else len(rows[row]))
            rows[row] = (rows[row][:start] + b" " * (end - start)
                         + rows[row][end:])
    return b"\n".join(rows).decode()


def _without(secrets, output):
    """An error, unless it repeats a line of code of a hidden test.

    A checker never does, and no other Python has the hidden tests. Without a
    checker (a system that cannot fork), the trainee's code can read them.
    There, this hides only what is printed by accident.
    """
    text = _words("\n".join([output.ename, output.evalue,
                             *output.traceback]))
    if not any(line in text for line in secrets):
        return output
    name = output.ename if output.ename.isidentifier() else "Error"
    return new_output("error", ename=name, evalue=name, traceback=[
        f"✗ {name}: its text is not shown, because it repeats a hidden test"])


def _words(text):
    """Text as it is compared: without colours, only letters and digits."""
    return re.sub(r"[\W_]+", "", strip_ansi(text))
