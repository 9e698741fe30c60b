"""The glossary: its layout, and an explanation at a term's first use.

On each page the first use of a term gets a short explanation, which appears
under the mouse and with the keyboard, and which a screen reader reads after
the term. Escape takes it away (WCAG 2.2, 1.4.13).
"""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes

GLOSSARY = "course/reference/glossary"
# Words with an everyday meaning too: explained only where an author marks
# them as a term.
EVERYDAY = {
    "attribute", "attribution", "baseline", "bias", "buffer", "catalogue",
    "census", "completeness", "coordinates", "coverage", "dataset",
    "duplicate", "ecosystem", "facet", "feature", "governance", "indicator",
    "join", "kernel", "key", "layer", "legend", "lightness", "line",
    "lineage", "milestone", "network", "no data", "objective", "overlay",
    "point", "polygon", "predicate", "query", "slack", "specification",
    "stakeholder", "veto", "view"}
WHERE = ("course/day", "exercises/", "solutions/", "course/own_file")
SEEN = re.compile(r"\{term\}`(.*?)`")
SCRIPT = """
document.addEventListener("keydown", event => {
  if (event.key === "Escape")
    document.querySelectorAll(".term").forEach(
      term => term.classList.add("closed"));
});
const showTip = event => {
  const term = event.target.closest?.(".term");
  if (!term) return;
  term.classList.remove("closed");
  const tip = term.querySelector(".tip");
  tip.style.translate = "";
  const over = tip.getBoundingClientRect().right
    - document.documentElement.clientWidth + 16;
  if (over > 0) tip.style.translate = `${-over}px`;
};
document.addEventListener("mouseover", event => {
  const term = event.target.closest?.(".term");
  if (term && !term.contains(event.relatedTarget)) showTip(event);
});
document.addEventListener("focusin", showTip);
"""
FILTER = """
<div class="term-filter"><label for="term-filter">Find a term in English,
French or Arabic</label><input id="term-filter" type="search"
autocomplete="off"><p role="status"></p></div>
<script>
addEventListener("DOMContentLoaded", () => {
  const plain = text => text.normalize("NFKD").replace(/\\p{M}/gu, "")
    .toLowerCase();
  const entries = [...document.querySelectorAll("dl.glossary > dt")].map(
    dt => [dt, dt.nextElementSibling,
           plain(dt.textContent + dt.nextElementSibling.textContent)]);
  const field = document.getElementById("term-filter");
  const status = document.querySelector(".term-filter [role=status]");
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    let count = 0;
    for (const [dt, dd, text] of entries) {
      const shown = text.includes(wanted);
      dt.hidden = dd.hidden = !shown;
      count += shown;
    }
    status.textContent = wanted ? `${count} of ${entries.length} terms` : "";
  });
});
</script>"""


@dataclass(frozen=True)
class Term:
    """An entry of the glossary."""
    name: str
    definition: str  # Markdown
    french: str
    arabic: str
    reviewed: bool  # the Arabic word


class Explained(nodes.Inline, nodes.Element):
    """A term with its explanation."""


def setup(app):
    """Called by the extension of the design."""
    app.add_node(Explained, html=(_open, _close))
    app.add_js_file(None, body=SCRIPT)
    app.connect("doctree-read", _anchors)
    app.connect("doctree-resolved", explain)


# --- the glossary's page ---------------------------------------------------

def read(text: str) -> list[Term]:
    """The entries of the glossary's Markdown."""
    inner = text.partition(":::{glossary}")[2].rpartition(":::")[0]
    return [_term(entry) for entry in inner.strip().split("\n\n")]


def laid_out(text: str) -> str:
    """The glossary as Sphinx writes one, the languages in cells of their own.
    In the file it is a definition list, which JupyterLab shows as one."""
    head = text.partition(":::{glossary}")[0]
    entries = "\n\n".join(
        f"{term.name}\n  {term.definition}\n\n  {_cells(term)}"
        for term in read(text))
    return (f"{head}``````{{raw}} html\n{FILTER}\n``````\n\n"
            f":::{{glossary}}\n{entries}\n:::\n")


def _term(entry):
    name, _, rest = entry.partition("\n: ")
    rest = re.sub(r"\s+", " ", rest).strip()
    definition, _, words = rest.partition(" *Français :* ")
    arabic = re.search(r'<span lang="ar" dir="rtl">العربية: (.*?)</span>',
                       words)
    french = words.partition(" <span")[0].strip().rstrip(".")
    return Term(name, definition, french, arabic[1] if arabic else "",
                "(to be reviewed)" not in words)


def _cells(term):
    """French and Arabic, each written in its own direction."""
    arabic = ""
    if term.arabic:
        doubt = ("" if term.reviewed
                 else '<em lang="en" dir="ltr">to be reviewed</em>')
        arabic = (f'<span class="word" lang="ar" dir="rtl"><b>العربية</b> '
                  f"<span>{escape(term.arabic)}</span> {doubt}</span>")
    return ('<span class="translations"><span class="word" lang="fr">'
            f"<b>Français</b> <span>{escape(term.french)}</span></span>"
            f"{arabic}</span>")


def _anchors(app, doctree):
    """Pages link to a term as JupyterLab follows a link, `glossary.md#term-x`.
    MyST finds only headings in such an address; here it learns the terms."""
    if app.env.docname == GLOSSARY:
        app.env.metadata[GLOSSARY].setdefault("myst_slugs", {}).update({
            anchor.lower(): (term.line or 0, anchor, term.astext())
            for term in doctree.findall(nodes.term) for anchor in term["ids"]})


# --- the first use of a term -----------------------------------------------

def explain(app, doctree, page):
    """Sphinx calls this for each page when its links are known."""
    known = _known(str(Path(app.srcdir, f"{GLOSSARY}.md")))
    if not known or page == GLOSSARY or app.builder.format != "html":
        return
    url = app.builder.get_relative_uri(page, GLOSSARY)
    urls = {name: f"{url}#{anchor}" for (kind, name), (_, anchor)
            in app.env.get_domain("std").objects.items() if kind == "term"}
    used = _marked(doctree, known, urls)
    if page.startswith(WHERE):
        _unmarked(doctree, known, used, urls)


@cache
def _known(file):
    """Words -> their term, from the glossary's file."""
    if not Path(file).is_file():
        return {}
    terms = read(Path(file).read_text(encoding="utf-8"))
    found = {term.name: term for term in terms}
    for term in terms:  # a term of its own comes before a part of another
        long, bracket, short = term.name.partition(" (")
        if bracket:
            found.setdefault(long, term)
            found.setdefault(short.rstrip(")"), term)
    return found


def _marked(doctree, known, urls):
    """Explain the terms that authors have marked; returns their names."""
    names = {url: name for name, url in urls.items()}
    done = set()
    for link in list(doctree.findall(nodes.reference)):
        name = names.get(link.get("refuri"))
        if name not in known or _inside(link, nodes.entry) or (
                known[name].name in done):
            continue
        done.add(known[name].name)
        link.replace_self(_explained(known[name], urls, link.astext()))
    return done


def _unmarked(doctree, known, used, urls):
    """Explain the first use of terms that nobody has marked."""
    written, pattern = _written(frozenset(known.items()))
    for text in list(doctree.findall(nodes.Text)):
        if not pattern.search(text) or not _inside(
                text, nodes.paragraph) or _inside(
                text, nodes.reference, nodes.literal, nodes.title,
                nodes.entry, nodes.raw, Explained, nodes.strong):
            continue
        parts, done = [], 0
        for match in pattern.finditer(text):
            term = written[match[0]]
            if term.name in used or term.name not in urls:
                continue
            used.add(term.name)
            parts += [nodes.Text(text[done:match.start()]),
                      _explained(term, urls, match[0])]
            done = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[done:])])


@cache
def _written(known):
    """How the terms are written in a sentence -> term; a pattern of all."""
    found = {}
    for name, term in known:
        if name in EVERYDAY or " / " in name or "(" in name or (
                term.name.startswith("tag ")):
            continue
        for first in {name[0], name[0].upper()}:
            found[first + name[1:]] = found[f"{first}{name[1:]}s"] = term
    longest_first = sorted(found, key=lambda name: (-len(name), name))
    return found, re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


def _inside(node, *kinds):
    while node := node.parent:
        if isinstance(node, kinds):
            return True
    return False


def _explained(term, urls, words):
    return Explained("", nodes.Text(words), term=term, url=urls[term.name])


def _open(writer, node):
    """The words of the sentence follow: the search finds them."""
    writer.body.append(
        f'<span class="term"><a class="reference internal" '
        f'href="{escape(node["url"])}" aria-describedby="{_tip(node)}">')


def _close(writer, node):
    """The explanation is no node, so that the search does not find every
    page that explains a term."""
    term = node["term"]
    arabic = (f'<span lang="ar" dir="rtl">{escape(term.arabic)}</span>'
              if term.arabic else "")
    writer.body.append(
        f'</a><span class="tip" role="tooltip" id="{_tip(node)}">'
        f"<b>{escape(term.name)}</b> {escape(_plain(term.definition))} "
        f'<span class="languages"><span lang="fr">{escape(term.french)}'
        f"</span>{arabic}</span></span></span>")


def _tip(node):
    return "tip-" + nodes.make_id(node["term"].name)


def _plain(markdown):
    markdown = SEEN.sub(r"\1", markdown)
    markdown = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", markdown)
    return re.sub(r"[*`]|<.*?>", "", markdown)
