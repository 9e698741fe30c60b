"""HTML that a trainee wrote, as it may stand in a page.

Words, tables, pictures and links stay. All that could change the look of the
page or cover it is removed: style sheets, classes, ids, frames, forms. Of a
style attribute, only colours and the alignment of words stay. bleach reads
the HTML as a browser does. It is slow, so long parts are left out before.
"""

import re
from collections import Counter
from html import unescape

from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner

LONGEST = 200_000     # characters of a piece, without its pictures
MOST_TAGS = 6_000     # a table of 60 rows and 20 columns has 2,700
MOST_ENTITIES = 20_000
# The time grows with the square of these: tags inside tags; characters from
# one tag to the next, which can be the attributes of the first.
DEEPEST, WIDEST = 60, 8_000
TOO_LONG = "<p><em>(Too long to be shown here.)</em></p>"
A_MAP = ("<p><em>(A map or another page was here. This page shows none: see "
         "it in the notebook.)</em></p>")

TAGS = {
    "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
    "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl",
    "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "samp", "small", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"}
STYLES = ["background-color", "color", "direction", "font-style",
          "font-weight", "text-align", "text-decoration", "unicode-bidi"]
ANYWHERE = {"dir", "lang", "title", "style"}
ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "headers"}, "details": {"open"},
    "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}}
# Classes that nbconvert itself gives to code in a text, to colour it.
_CLASSES = {"div": re.compile(" ?highlight( hl-[a-z0-9]+)?"),
            "span": re.compile("[a-z][a-z0-9]{0,2}")}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,"
                      r"[A-Za-z0-9+/=]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# All that is between these is not text for a reader. Without an end, each
# expression takes the rest, so none is tried twice at one place.
_UNREAD = re.compile(r"<(style|script|template|title)\b.*?(?:</\1\s*>|\Z)",
                     re.DOTALL | re.IGNORECASE)
_FRAME = re.compile(r"<iframe\b.*?(?:</iframe\s*>|\Z)",
                    re.DOTALL | re.IGNORECASE)
_NEVER_CLOSED = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}


def clean(html: str) -> str:
    """HTML with only what is allowed in a page, well-formed; or a sentence in
    its place, if cleaning it would take long."""
    if length(html) > LONGEST:
        return TOO_LONG
    html = _FRAME.sub(A_MAP, _UNREAD.sub("", _CONTROLS.sub("", html)))
    if _is_tangled(_PICTURE.sub("", html)):
        return TOO_LONG
    return _cleaner().clean(html)


def length(html: str) -> int:
    """Characters of HTML without its pictures."""
    return len(_PICTURE.sub("", html))


def _is_tangled(html):
    """Does it have more tags, or deeper ones, than people write?"""
    if html.count("<") > MOST_TAGS or html.count("&") > MOST_ENTITIES or any(
            len(one) > WIDEST for one in html.split("<")[1:]):
        return True
    opened = Counter()
    for count, (closes, name) in enumerate(_TAG.findall(html), 1):
        name = name.lower()
        if not closes and name not in _NEVER_CLOSED:
            opened[name] += 1
        elif closes and opened[name]:
            opened[name] -= 1
        if count % 20 == 0 and opened.total() > DEEPEST:
            return True
    return opened.total() > DEEPEST


def _cleaner():
    return Cleaner(
        tags=TAGS, attributes=_is_allowed, strip=True,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES))


def _is_allowed(tag, name, value):
    """May this attribute stay? A data: address is a picture, in img only."""
    if name == "class":
        return tag in _CLASSES and bool(_CLASSES[tag].fullmatch(value))
    if name in ("src", "href") and _plain(value).startswith("data:"):
        return tag == "img" and bool(_PICTURE.fullmatch(value))
    return name in ANYWHERE or name in ATTRIBUTES.get(tag, ())


def _plain(address):
    """The beginning of an address as a browser reads it."""
    return re.sub(r"[\x00-\x20]+", "", unescape(address[:1000])).lower()
