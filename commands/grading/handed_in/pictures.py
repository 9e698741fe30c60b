"""Pictures in text cells: as attachments that every page can show.

A pasted picture becomes a data address of a megabyte in the text, which hides
the words around it; or an attachment with a name that nbconvert cannot find.
If a picture is missing, nbconvert stops.
"""

import re
from urllib.parse import quote

from nbformat import NotebookNode

_ADDRESS = re.compile(r"data:(image/[a-z+.-]{1,20});base64,([A-Za-z0-9+/=]*)")
_REFERENCE = re.compile(r"attachment:([^\s)>\"'\]]{1,300})")
_SIMPLE = re.compile(r"[A-Za-z0-9._-]+")
MOST = 50  # attachments of a cell


def tidy(cell: NotebookNode) -> list[str]:
    """Make the pictures of a text cell plain attachments. Returns the names
    of those that the text shows and the file does not hold."""
    attachments = _images(cell)
    if "data:image/" in cell.source:
        _take_addresses(cell, attachments)
    if "attachment:" in cell.source:
        _rename(cell, attachments)
    missing = sorted({name for name in _REFERENCE.findall(cell.source)
                      if name not in attachments})
    if missing:
        cell.source = _REFERENCE.sub(
            lambda match: match[0] if match[1] in attachments else match[1],
            cell.source) + "".join(
                f"\n\n*(The picture {name} is not in the file.)*"
                for name in missing)
    cell.pop("attachments", None)
    if attachments:
        cell.attachments = NotebookNode(attachments)
    return missing


def leave_out_large(cell: NotebookNode, room: int) -> int:
    """Replace the pictures of a text cell by words, if they have more than so
    many characters. Returns how many characters they now have."""
    attachments = cell.get("attachments", {})
    size = sum(len(str(bundle)) for bundle in attachments.values())
    if size <= room:
        return size
    cell.source = _REFERENCE.sub(lambda match: match[1], cell.source) + (
        "\n\n*(Its pictures are too large to be shown here.)*")
    del cell["attachments"]
    return 0


def _images(cell):
    """The attachments that are images, as nbconvert can show them."""
    images = {}
    for name, bundle in list(cell.get("attachments", {}).items())[:MOST]:
        good = {mime: "".join(content.split())
                for mime, content in bundle.items()
                if re.fullmatch(r"image/[a-z+.-]{1,20}", mime)
                and re.fullmatch(r"[A-Za-z0-9+/=\s]+", content)}
        if good:
            images[name] = good
    return images


def _take_addresses(cell, attachments):
    """Data addresses become attachments."""
    source, done, place = cell.source, [], 0
    for match in _ADDRESS.finditer(source):
        if match.start() < place or len(attachments) >= MOST:
            continue
        mime, content = match.groups()
        name = _free_name(attachments, mime.partition("/")[2])
        attachments[name] = {mime: content}
        start, end, shown = _shown(source, match, name)
        done += [source[place:max(place, start)], shown]
        place = end
    cell.source = "".join([*done, source[place:]])


def _shown(source, match, name):
    """The replaced place (start, end), and its new text."""
    start, end = match.span()
    before = source[max(0, start - 3):start]
    if before.endswith(("](", "](<", "]: ", "]:")):  # Markdown's own
        return start, end, f"attachment:{name}"
    tag = source.rfind("<img", max(0, start - 500), start)
    close = source.find(">", end, end + 500)
    if tag >= 0 and close >= 0 and ">" not in source[tag:start]:
        words = re.search(r"alt=[\"']([^\"']{0,200})",
                          source[tag:start] + source[end:close])
        return tag, close + 1, (
            f"\n\n![{words[1] if words else 'picture'}]"
            f"(attachment:{name})\n\n")
    return start, end, f"![picture](attachment:{name})"


def _rename(cell, attachments):
    """Names that work in pages: nbconvert does not know %20."""
    for name in sorted(attachments, key=len, reverse=True):
        if _SIMPLE.fullmatch(name):
            continue
        simple = _free_name(attachments, name.rpartition(".")[2])
        for written in {name, quote(name), quote(name, safe="()!'*~")}:
            cell.source = cell.source.replace(f"attachment:{written}",
                                              f"attachment:{simple}")
        attachments[simple] = attachments.pop(name)


def _free_name(attachments, ending):
    ending = re.sub("[^a-z0-9]", "", ending.partition("+")[0].lower())[:5]
    number = 1
    while f"picture-{number}.{ending or 'png'}" in attachments:
        number += 1
    return f"picture-{number}.{ending or 'png'}"
