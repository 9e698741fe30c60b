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

    @property
    def anchor(self) -> str:
        """The id that Sphinx gives to it."""
        return "term-" + nodes.make_id(self.name)


class Explained(nodes.Inline, nodes.Element):
    """A term with its explanation."""


def setup(app):
    """Called by the extension of the design."""
    app.add_node(Explained, html=(_open, _close))
    app.add_js_file(None, body=SCRIPT)
    app.connect("doctree-resolved", explain)


# --- the glossary's page ---------------------------------------------------

def read(text: str) -> list[Term]:
    """The entries of the glossary's Markdown."""
    inner = text.partition(":::{glossary}")[2].rpartition(":::")[0]
    return [_term(entry) for entry in inner.strip().split("\n\n")]


def laid_out(text: str) -> str:
    """The glossary's Markdown with its languages in cells of their own."""
    head = text.partition(":::{glossary}")[0]
    entries = "\n\n".join(
        f"{term.name}\n  {term.definition}\n\n  {_cells(term)}"
        for term in read(text))
    return (f"{head}``````{{raw}} html\n{FILTER}\n``````\n\n"
            f":::{{glossary}}\n{entries}\n:::\n")


def _term(entry):
    name, _, rest = entry.partition("\n")
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


# --- the first use of a term -----------------------------------------------

def explain(app, doctree, page):
    """Sphinx calls this for each page when its links are known."""
    known = _known(str(Path(app.srcdir, f"{GLOSSARY}.md")))
    if not known or page == GLOSSARY or app.builder.format != "html":
        return
    used = {nodes.make_id(name) for name in _marked(doctree, known)}
    if page.startswith(WHERE) and GLOSSARY in app.env.found_docs:
        url = app.builder.get_relative_uri(page, GLOSSARY)
        _unmarked(doctree, known, used, url)


@cache
def _known(file):
    """Words -> their term, from the glossary's file."""
    if not Path(file).is_file():
        return {}
    found = {}
    for term in read(Path(file).read_text(encoding="utf-8")):
        found[term.name] = term
        long, bracket, short = term.name.partition(" (")
        if bracket:
            found[long] = term
            found[short.rstrip(")")] = term
    return found


def _marked(doctree, known):
    """Explain the terms that authors have marked; yields their names."""
    done = set()
    for link in list(doctree.findall(nodes.reference)):
        anchor = link.get("refuri", "").partition(f"{GLOSSARY}.html#")[2] or (
            link.get("refuri", "").partition("glossary.html#")[2])
        term = next((term for term in known.values()
                     if term.anchor == anchor), None)
        if term is None or term.name in done or _inside(link, nodes.entry):
            continue
        done.add(term.name)
        link.replace_self(_explained(term, link["refuri"], link.astext()))
    return done


def _unmarked(doctree, known, used, url):
    """Explain the first use of terms that nobody has marked."""
    for text in list(doctree.findall(nodes.Text)):
        if not _inside(text, nodes.paragraph) or _inside(
                text, nodes.reference, nodes.literal, nodes.title,
                nodes.entry, nodes.raw, Explained, nodes.strong):
            continue
        rest, parts = str(text), []
        while match := _first(rest, known, used):
            term = known[match[1]]
            used.add(nodes.make_id(term.name))
            start, end = match[0].span()
            parts += [nodes.Text(rest[:start]), _explained(
                term, f"{url}#{term.anchor}", match[0][0])]
            rest = rest[end:]
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(rest)])


def _first(text, known, used):
    """The first term in a text that is not explained yet."""
    found = []
    for name, term in known.items():
        if name in EVERYDAY or nodes.make_id(term.name) in used or (
                " / " in name or "(" in name or term.name.startswith("tag ")):
            continue
        if match := _pattern(name).search(text):
            found.append((match, name))
    return min(found, key=lambda pair: (pair[0].start(), -len(pair[1])),
               default=None)


@cache
def _pattern(name):
    """The word itself, also with a capital letter or in the plural."""
    first = re.escape(name[0])
    if name[0].islower():
        first = f"[{name[0]}{name[0].upper()}]"
    return re.compile(rf"(?<![\w-]){first}{re.escape(name[1:])}s?(?![\w-])")


def _inside(node, *kinds):
    while node := node.parent:
        if isinstance(node, kinds):
            return True
    return False


def _explained(term, url, words):
    return Explained("", term=term, url=url, words=words)


def _open(writer, node):
    """In attributes and a node of its own, so that the search does not find
    every page that explains a term."""
    term, tip = node["term"], f"tip-{node['term'].anchor}"
    arabic = (f'<span lang="ar" dir="rtl">{escape(term.arabic)}</span>'
              if term.arabic else "")
    writer.body.append(
        f'<span class="term"><a class="reference internal" '
        f'href="{escape(node["url"])}" aria-describedby="{tip}">'
        f'{escape(node["words"])}</a><span class="tip" role="tooltip" '
        f'id="{tip}"><b>{escape(term.name)}</b> '
        f"{escape(_plain(term.definition))} "
        f'<span class="languages"><span lang="fr">{escape(term.french)}'
        f"</span>{arabic}</span></span></span>")


def _close(writer, node):
    """The whole is written when it is opened."""


def _plain(markdown):
    markdown = SEEN.sub(r"\1", markdown)
    markdown = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", markdown)
    return re.sub(r"[*`]|<.*?>", "", markdown)
