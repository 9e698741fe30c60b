"""A built page is there sooner: what it does not need is taken out, and it
waits for no script.

The theme's icons are one script of 1.5 MB with 2,000 drawings. Each page
loads it, and uses some fifteen of them. A script in the head of a page is run
before the page is painted, unless it is deferred.
"""

import re
from pathlib import Path

SCRIPT = "_static/scripts/fontawesome.js"
# "magnifying-glass":[512,512,[128269,"search"],"f002","M416 208c0…"]
ICON = re.compile(
    r'"?(?P<name>[a-z0-9-]+)"?:'
    r'\[\d+,\d+,\[(?P<other_names>[^\]]*)\],"[0-9a-f]+",'
    r'(?:"[^"]*"|\[(?:"[^"]*",?)*\])\],?')
NOT_DEFERRED = "documentation_options.js"  # a line of the page changes them
LOADED = re.compile(r'<script(?![^>]*\b(?:defer|async)\b)(?=[^>]*\bsrc=")'
                    rf'(?![^>]*{re.escape(NOT_DEFERRED)})')
USED = re.compile(r"\bfa-([a-z0-9-]+)")


def slim(html: Path) -> None:
    """Defer scripts; keep the icons that a page or a script names; remove
    source maps."""
    for page in html.rglob("*.html"):
        text = page.read_text("utf-8")
        page.write_text(LOADED.sub("<script defer", text), "utf-8")
    for source_map in html.glob("_static/**/*.map"):
        source_map.unlink()
    script = html / SCRIPT
    if not script.is_file():
        return
    texts = [*html.rglob("*.html"), *(
        file for file in html.glob("_static/**/*.js") if file != script)]
    used = {name for file in texts
            for name in USED.findall(file.read_text("utf-8"))}

    def kept(icon):
        names = {icon["name"], *re.findall(r'"([^"]+)"', icon["other_names"])}
        return icon[0] if names & used else ""
    script.write_text(ICON.sub(kept, script.read_text("utf-8")), "utf-8")
