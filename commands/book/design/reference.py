"""Pages to look things up: applications, layers, how to cite, licences."""

import json
import re
from html import escape
from pathlib import Path

import yaml

from commands.book.design import plan
from commands.book.design.links import Links

APPLICATIONS = "course/reference/applications.yml"
KINDS = {"application": "Programs", "library": "Libraries for Python"}


# --- applications ----------------------------------------------------------

def applications(root: Path, links: Links, text: str) -> str:
    """Which application is used in which lab, session and exercise."""
    listed = yaml.safe_load(
        (root / APPLICATIONS).read_text(encoding="utf-8"))
    sessions = plan.sessions(root)
    texts = {page: _words_of(root, page) for session in sessions
             for page in [session.page, *(each.page for each
                                          in session.exercises)]}
    html = []
    for kind, heading in KINDS.items():
        cards = "".join(_application(each, sessions, texts, links)
                        for each in listed if each["kind"] == kind)
        html.append(f"<h2>{heading}</h2><div class='applications'>{cards}"
                    "</div>")
    return "".join(html)


def _application(each, sessions, texts, links):
    labs, others = [], []
    for session in sessions:
        day = f"day-{session.number[0]}"
        if _named(each, session.lab):
            number = links.to(session.page, session.number)
            lab = escape(session.lab.replace("*", ""))
            labs.append(f"<li class='{day}'><span class='number'>{number}"
                        f"</span> {lab}</li>")
        elif _named(each, texts[session.page]):
            others.append(links.to(session.page, session.number))
        others += [links.to(exercise.page, exercise.name)
                   for exercise in session.exercises
                   if _named(each, texts[exercise.page])]
    labs = f"<ul class='labs'>{''.join(labs)}</ul>" if labs else ""
    others = (f"<p class='also'>{'Also' if labs else 'Used'} in "
              f"{', '.join(others)}</p>" if others else "")
    does = each["does"][0].upper() + each["does"][1:]
    return (f"<section class='application'><h3>{escape(each['name'])}</h3>"
            f"<p>{escape(does)}</p>{labs}{others}</section>")


def _named(application, text):
    return any(re.search(rf"\b{re.escape(word)}\b", text)
               for word in application["words"])


def _words_of(root, page):
    notebook = json.loads(
        (root / f"{page}.ipynb").read_text(encoding="utf-8"))
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"])


# --- layers ----------------------------------------------------------------

def layers(root: Path, links: Links, text: str) -> str:
    """Every layer with its title, licence and a file to download."""
    package = json.loads(
        (root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    rows = "".join(_layer(resource) for resource in package["resources"])
    return (
        '<div class="pst-scrollable-table-container">'
        '<table class="table layers"><thead><tr><th>layer</th><th>records'
        "</th><th>licence</th><th>source, date</th><th>download</th>"
        f"</tr></thead><tbody>{rows}</tbody></table></div>")


def _layer(resource):
    licences = ", ".join(
        f'<a href="{escape(licence["path"])}">{escape(licence["title"])}</a>'
        if "path" in licence else escape(
            licence.get("title") or licence["name"])
        for licence in resource["licenses"])
    truth = ("<strong class='fictional'>fictional</strong>"
             if resource["fictional"] else "<span>real</span>")
    source = "; ".join(escape(source["title"])
                       for source in resource.get("sources", []))
    file = Path(resource["path"])
    date = escape(str(resource.get("date") or ""))
    return (
        f"<tr id='layer-{resource['name']}'><th scope='row'>"
        f"<code>{resource['name']}</code> {truth}"
        f"<span class='title'>{escape(resource['title'])}</span></th>"
        f"<td data-label='records'>{resource.get('records', '–')}</td>"
        f"<td data-label='licence'>{licences}</td>"
        f"<td data-label='source'>{source}<br>{date}</td>"
        f"<td data-label='file'><a class='download' download "
        f"href='{file.as_posix()}'>"
        f"{file.suffix[1:].upper()} <span>{_size(resource['bytes'])}</span>"
        "</a></td></tr>")


def _size(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else (
        f"{max(count / 1e3, 0.1):.0f} kB" if count >= 1e3
        else f"{count} bytes")


def copy_layers(root: Path, html: Path) -> None:
    """Puts the files that `layers` links into the book, beside its page."""
    import shutil
    package = root / "data" / "datapackage.json"
    if not package.is_file():
        return
    for resource in json.loads(
            package.read_text(encoding="utf-8"))["resources"]:
        copy = html / "data" / resource["path"]
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / "data" / resource["path"], copy)


# --- citing ----------------------------------------------------------------

def citation(root: Path, links: Links, text: str) -> str:
    """How to cite, from CITATION.cff: as a sentence and as BibTeX."""
    about = yaml.safe_load(
        (root / "CITATION.cff").read_text(encoding="utf-8"))
    authors = [author.get("name") or ", ".join(
        filter(None, [author.get("family-names"), author.get("given-names")]))
        for author in about["authors"]]
    year = str(about["date-released"])[:4]
    sentence = (f"{'; '.join(authors)} ({year}): {about['title']}. "
                f"Version {about['version']}.")
    bibtex = "\n".join([
        "@misc{open_geodata_course,",
        f"  title = {{{about['title']}}},",
        f"  author = {{{' and '.join(f'{{{name}}}' for name in authors)}}},",
        f"  year = {{{year}}},",
        f"  note = {{Version {about['version']}, released on "
        f"{about['date-released']}}}",
        "}"])
    return (f"<blockquote class='cite'><p>{escape(sentence)}</p></blockquote>"
            "<p>For a bibliography, as BibTeX:</p>"
            f"<pre tabindex='0'>{escape(bibtex)}</pre>")


def licences(root: Path, links: Links, text: str) -> str:
    """What is under which licence, and the words of both files."""
    cards = []
    for name, what, licence, may in [
            ("LICENSE", "Code", "MIT licence",
             "Code cells of the notebooks, helpers/, commands/ and tests/. "
             "Keep the notice of the licence in copies."),
            ("LICENSE-content", "Texts and the course's own data",
             "CC BY 4.0",
             "What the pages say, figures, and the layers marked CC BY 4.0. "
             "Name the course, link to the licence, say what you "
             "changed.")]:
        words = (root / name).read_text(encoding="utf-8").strip()
        cards.append(
            f"<section class='licence'><h3>{what}: {licence}</h3>"
            f"<p>{may}</p><details><summary>The words of the file "
            f"<code>{name}</code></summary><pre tabindex='0'>"
            f"{escape(words)}</pre></details></section>")
    return f"<div class='licences'>{''.join(cards)}</div>"
