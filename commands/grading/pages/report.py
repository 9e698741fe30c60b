"""reports/<day>.html: where the class struggles, and each trainee's scores.

One page without scripts or anything from the network.
"""

import re
from collections import Counter
from copy import deepcopy
from html import escape
from pathlib import Path
from urllib.parse import quote

from nbformat.v4 import new_markdown_cell

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Results of {day}</title>
<style>
body {{font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 2em auto;
  max-width: 70em; padding: 0 1em; background: #fff;}}
table {{border-collapse: collapse; margin: 1em 0 2em; width: 100%;}}
caption {{text-align: left; color: #444; padding-bottom: .5em;}}
th, td {{border: 1px solid #999; padding: .4em .6em; text-align: left;
  vertical-align: top;}}
thead th {{background: #eef2f6;}}
ul {{margin: 0; padding-left: 1.2em;}}
a {{color: #084594;}}
.wide {{overflow-x: auto;}}
</style>
</head>
<body>
<main>
<h1>Results of {day}</h1>
<p>{summary}</p>
<h2>Where the class struggles</h2>
{tasks}
<h2>Trainees</h2>
{trainees}
</main>
</body>
</html>
"""


def write(file: Path, day: str, titles: dict[str, str], results: list):
    """Write the page of one day.

    titles: notebook → its title. results: what `grading.grade` returns.
    """
    file.parent.mkdir(exist_ok=True)
    trainees = {result.student for result in results}
    waiting = sum(result.waiting for result in results)
    summary = (f"{len(trainees)} {_plural('trainee', trainees)}, {len(titles)}"
               f" {_plural('notebook', titles)}.")
    if waiting:
        summary += (f" {waiting:g} points are still to be given by a person "
                    "(nbgrader's Formgrader).")
    file.write_text(_PAGE.format(
        day=escape(day), summary=escape(summary),
        tasks="\n".join(_overview(name, title, results)
                        for name, title in titles.items()),
        trainees=_trainees(day, results)), encoding="utf-8")


_POLICY = ("default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
           "font-src data:; form-action 'none'; base-uri 'none'")
# Tags that do something by themselves, or that lead a reader elsewhere.
_ACTIVE = re.compile(r"<(?=/?(?:script|meta|form|base|iframe|object|embed|"
                     r"link)\b)", re.IGNORECASE)


def make_offline(page: str) -> str:
    """A feedback page of nbgrader without scripts: its own ask the network
    for a formula typesetter, a trainee's could do anything. What is left of
    active tags in the body is shown as text, and a policy keeps the browser
    from running or fetching anything."""
    page = re.sub(r"<script\b.*?</script\s*>", "", page,
                  flags=re.DOTALL | re.IGNORECASE)
    head, end, body = page.partition("</head>")
    head = re.sub(r"<link\b[^>]*https?://[^>]*>", "", head)
    head = head.replace("<html>", '<html lang="en">', 1).replace(
        "<head>", '<head>\n<meta http-equiv="Content-Security-Policy" '
        f'content="{_POLICY}">', 1)
    return head + end + _ACTIVE.sub("&lt;", body)


def for_the_trainee(notebook, submission):
    """A graded notebook as its trainee may see it: no source of hidden
    tests, of a check only its verdict, of other cells what was handed in.
    (What ran beside the hidden tests could have printed them.)"""
    told, room = deepcopy(notebook), LONGEST
    for cell in told.cells:
        if cell.cell_type != "code":
            if len(cell.source) > min(room, LONGEST_CELL):
                cell.source = "*(Too long to be shown.)*"
            room -= len(cell.source)
            cell.pop("attachments", None)
            continue
        if _is_check(cell):
            hidden = _hidden(cell.source)
            cell.source = _HIDDEN.sub(
                "\n    # … and hidden tests, on other data", cell.source)
            cell.outputs = [_tell(output, hidden) for output in cell.outputs
                            if output.output_type == "error"]
        else:
            cell.outputs = submission.outputs.get(cell.get("id"), [])
            for output in cell.outputs:
                output.get("data", {}).pop("text/markdown", None)
    if submission.reasons:
        told.cells.insert(0, new_markdown_cell(
            "**What the grading says of this notebook**\n\n" + "\n".join(
                f"- {escape(reason)}" for reason in submission.reasons)))
    return told


# Characters of Markdown: its conversion can take the square of the length.
LONGEST_CELL, LONGEST = 20_000, 200_000
_HIDDEN = re.compile(r"\n?[^\n]*### BEGIN HIDDEN TESTS.*?"
                     r"### END HIDDEN TESTS[^\n]*", re.DOTALL)


def _hidden(source):
    """The lines of the hidden tests that would betray them."""
    return {line.strip() for region in _HIDDEN.findall(source)
            for line in region.splitlines() if len(line.strip()) > 15}


def _tell(output, hidden):
    """An error, unless it repeats the source of a hidden test."""
    text = "\n".join([output.evalue, *output.traceback])
    if any(line in text for line in hidden):
        output = output.copy()
        output.evalue = output.ename
        output.traceback = [f"✗ {output.ename}: its text is not shown, for "
                            "it repeats a hidden test"]
    return output


def _is_check(cell):
    settings = cell.metadata.get("nbgrader", {})
    return settings.get("grade") and not settings.get("solution")


def _overview(name, title, results):
    """A table of one notebook: a row for each task, the hardest named."""
    graded = [result for result in results
              if result.notebook == name and result.graded]
    heading = f"<h3>{escape(title or name)}</h3>"
    if not graded:
        return f"{heading}<p>No notebook could be graded.</p>"
    tasks = list(zip(*(result.tasks for result in graded)))
    return heading + _hardest(tasks) + _table(
        f"{len(graded)} graded {_plural('notebook', graded)} of {name}",
        ("Task", "Full points", "Average", "What the checks said most"),
        [_task_row(column) for column in tasks])


def _hardest(tasks):
    """A sentence on the task that the fewest have earned."""
    shares = {column[0].title: sum(map(_earned, column)) / len(column)
              for column in tasks if not any(map(_waits, column))}
    if not shares or min(shares.values()) == 1:
        return "<p>Everybody has earned every task that is marked.</p>"
    hardest = min(shares, key=shares.get)
    return (f"<p>Hardest: <strong>{escape(hardest)}</strong>, earned by "
            f"{shares[hardest]:.0%} of the class.</p>")


def _task_row(column):
    """Title, share that earned it, average, the most frequent words."""
    title, points = column[0].title, column[0].points
    marked = [task.score for task in column if not _waits(task)]
    earned = sum(map(_earned, column))
    share = (f"{earned} of {len(marked)} ({earned / len(marked):.0%})"
             if marked else "–")
    if len(marked) < len(column):
        share += f"; {len(column) - len(marked)} to be marked by a person"
    average = (f"{sum(marked) / len(marked):.1f} of {points:g}"
               if marked else "–")
    words = Counter(t.found for t in column if t.found).most_common(3)
    return (escape(title), share, average, _list(
        f"{text} ({times})" for text, times in words))


def _waits(task):
    return task.score is None


def _earned(task):
    return not _waits(task) and task.score >= task.points


def _trainees(day, results):
    rows = []
    for result in results:
        name = escape(result.notebook)
        if result.graded:
            page = quote(f"{result.student}/{day}/{result.notebook}.html")
            name = f'<a href="../feedback/{page}">{name}</a>'
        points = (f"{result.score:g} of {result.points:g}" if result.tasks
                  else "–")
        wait = f"{result.waiting:g}" if result.waiting else ""
        rows.append((f"<bdi>{escape(result.student)}</bdi>", name, points,
                     wait, _list([*result.reasons, *_open(result)])))
    return _table("Each notebook of each trainee. The name of a notebook "
                  "leads to its feedback page.",
                  ("Trainee", "Notebook", "Points", "Still to be given by a "
                   "person", "Remarks"), rows)


def _open(result):
    """What each task that is not earned lacks, when it was graded."""
    return [f"{task.title}: {task.found}" for task in result.tasks
            if task.found and result.graded]


def _table(caption, heads, rows):
    """Rows of HTML; the first column names the row."""
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>' + "".join(
            f"<td>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows)
    return (f'<div class="wide" role="region" tabindex="0" '
            f'aria-label="{escape(caption, quote=True)}">'
            f"<table><caption>{escape(caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
            "</table></div>")


def _list(texts):
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _plural(word, things):
    return word if len(things) == 1 else word + "s"
