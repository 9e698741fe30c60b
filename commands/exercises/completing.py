"""Make a notebook valid: add missing keys, drop keys that do not belong.

Editors and exporters omit keys (`outputs`, `metadata`, `id`), put them where
they do not belong, or write an older format. `complete` changes a notebook's
JSON in place into valid format 4.5.
"""

import itertools
import re

_VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JSON = re.compile(r"application/(?:.*\+)?json")
_MIME_OF = {"text": "text/plain", "html": "text/html", "png": "image/png",
            "svg": "image/svg+xml", "jpeg": "image/jpeg",
            "latex": "text/latex"}  # names in format 3


class NoNotebook(ValueError):
    """The JSON is not a notebook's; the text says what it is."""


def complete(data) -> list[str]:
    """Make it valid. Returns a sentence on what was added, and one on what
    was dropped. It does not mention cell ids, which many programs do not
    write. Raises NoNotebook."""
    cells = _cells(data)
    missing, surplus = set(), set()
    data["cells"] = [_cell(cell, missing, surplus) for cell in cells]
    _give_ids(data["cells"])
    data["metadata"] = _of_the_notebook(data.get("metadata"), missing)
    for key in data.keys() - {"cells", "metadata"}:
        del data[key]
    data |= {"nbformat": 4, "nbformat_minor": 5}
    remarks = []
    if missing:
        remarks.append("the file lacked what the notebook format demands "
                       f"({', '.join(sorted(missing))}): it was added")
    if surplus:
        remarks.append("text cells carried what only code cells have "
                       f"({', '.join(sorted(surplus))}): it was left out")
    return remarks


def _cells(data):
    """The cells, also of format 3; or NoNotebook."""
    if not isinstance(data, dict):
        raise NoNotebook("it holds a list or a value, not cells")
    cells = data.get("cells")
    if cells is None and isinstance(data.get("worksheets"), list):
        cells = [cell for sheet in data["worksheets"]
                 if isinstance(sheet, dict)
                 and isinstance(sheet.get("cells"), list)
                 for cell in sheet["cells"]]
    if cells is None and "features" in data:
        raise NoNotebook("it is a GeoJSON file")
    if cells is None:
        keys = ", ".join(f"'{str(key)[:20]}'" for key in list(data)[:3])
        raise NoNotebook("it is JSON without cells" +
                         (f" (its keys are {keys})" if keys else ""))
    if not isinstance(cells, list):
        raise NoNotebook("its cells are not a list")
    return [cell for cell in cells if isinstance(cell, dict)]


def _cell(cell, missing, surplus):
    """A valid cell (but for its id)."""
    kind = _type(cell)
    source = cell.get("source", cell.get("input"))
    if source is None:
        missing.add("source")
    done = {"cell_type": kind, "id": cell.get("id"),
            "metadata": _metadata(cell.get("metadata"), missing),
            "source": _text(source).replace("\r\n", "\n").replace("\r",
                                                                  "\n")}
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        done["source"] = "#" * (level if level in range(1, 7) else 1) + (
            " " + " ".join(done["source"].split()))
    if kind == "code":
        if not isinstance(cell.get("outputs"), list):
            missing.add("outputs")
        if "execution_count" not in cell and "prompt_number" not in cell:
            missing.add("execution_count")
        done["outputs"] = _outputs(cell.get("outputs"))
        done["execution_count"] = _count(cell)
    else:
        surplus |= {key for key in ("outputs", "execution_count")
                    if key in cell}
        attachments = _attachments(cell.get("attachments") or
                                   done["metadata"].get("attachments"))
        if attachments:
            done["attachments"] = attachments
    return done


def _type(cell):
    kind = cell.get("cell_type")
    if kind in ("code", "markdown", "raw"):
        return kind
    if kind in ("heading", "html", "text"):
        return "markdown"
    settings = cell.get("metadata")
    settings = settings.get("nbgrader") if isinstance(settings, dict) else 0
    if isinstance(settings, dict) and settings.get("cell_type") in (
            "code", "markdown"):
        return settings["cell_type"]
    return "code" if kind is None or "outputs" in cell else "markdown"


def _of_the_notebook(metadata, missing):
    if not isinstance(metadata, dict):
        missing.add("metadata")
        return {}
    _keep_types(metadata, kernelspec=dict, language_info=dict, title=str,
                authors=list, orig_nbformat=int)
    for key, names in (("kernelspec", ("name", "display_name")),
                       ("language_info", ("name",))):
        if key in metadata and not all(isinstance(metadata[key].get(
                name), str) for name in names):
            del metadata[key]
    return metadata


def _metadata(metadata, missing):
    """Those of a cell."""
    if not isinstance(metadata, dict):
        missing.add("metadata")
        return {}
    metadata.pop("execution", None)  # when it ran
    _keep_types(metadata, collapsed=bool, scrolled=bool, tags=list,
                name=str, format=str, jupyter=dict)
    if "tags" in metadata:
        metadata["tags"] = list(dict.fromkeys(
            tag for tag in metadata["tags"]
            if isinstance(tag, str) and tag and "," not in tag))
    if metadata.get("name") == "":
        del metadata["name"]
    for key in ("source_hidden", "outputs_hidden"):
        if not isinstance(metadata.get("jupyter", {}).get(key, True), bool):
            del metadata["jupyter"][key]
    return metadata


def _keep_types(metadata, **types):
    """Drop these keys where their value has another type."""
    for key, wanted in types.items():
        if key in metadata and not isinstance(metadata[key], wanted):
            del metadata[key]


def _give_ids(cells):
    """Each cell gets a valid id that no other cell has: its own; the id that
    Colab puts into the metadata; or its number."""
    taken, spare = set(), itertools.count(len(cells) + 1)
    for number, cell in enumerate(cells, 1):
        own = [name for name in (cell["id"], cell["metadata"].get("id"))
               if isinstance(name, str) and _VALID_ID.fullmatch(name)]
        # Both halves of a split cell have its id: both must be found.
        cell["metadata"].pop("copy_of", None)
        if own and own[0] in taken:
            cell["metadata"]["copy_of"] = own[0]
        name = own[0] if own else f"cell-{number}"
        while name in taken:
            name = f"cell-{next(spare)}"
        taken.add(name)
        cell["id"] = name


def _attachments(attachments):
    """Name → {MIME type: base64}, of the attachments of this form."""
    if not isinstance(attachments, dict):
        return {}
    return {name: good for name, bundle in attachments.items()
            if isinstance(bundle, dict) and (good := {
                mime: _text(content) for mime, content in bundle.items()
                if isinstance(content, (str, list))})}


# --- outputs ---------------------------------------------------------------

def _outputs(outputs):
    found = map(_output, outputs if isinstance(outputs, list) else [])
    return [output for output in found if output]


def _output(output):
    """A valid output; None for an output that nothing can show."""
    if not isinstance(output, dict):
        return None
    kind = output.get("output_type")
    if kind == "stream":
        name = output.get("name", output.get("stream"))
        return {"output_type": "stream", "text": _text(output.get("text")),
                "name": name if name in ("stdout", "stderr") else "stdout"}
    if kind in ("error", "pyerr"):
        lines = output.get("traceback")
        return {"output_type": "error",
                "ename": _text(output.get("ename")) or "Error",
                "evalue": _text(output.get("evalue")),
                "traceback": [_text(line) for line in lines]
                if isinstance(lines, list) else []}
    if kind in ("display_data", "execute_result", "pyout"):
        done = {"output_type": "execute_result" if kind == "pyout" else kind,
                "data": _data(output), "metadata": output["metadata"]
                if isinstance(output.get("metadata"), dict) else {}}
        if done["output_type"] == "execute_result":
            done["execution_count"] = _count(output)
        return done if done["data"] else None
    return None


def _data(output):
    """MIME type → content."""
    data = output.get("data")
    if not isinstance(data, dict):  # format 3
        data = {mime: output[name] for name, mime in _MIME_OF.items()
                if name in output}
    return {mime: content if _JSON.fullmatch(mime) else _text(content)
            for mime, content in data.items()
            if _JSON.fullmatch(mime) or isinstance(content, (str, list))}


def _count(thing):
    count = thing.get("execution_count", thing.get("prompt_number"))
    if isinstance(count, str) and count.isascii() and count.isdigit():
        count = int(count[:9])
    is_count = isinstance(count, int) and not isinstance(count, bool)
    return count if is_count and count >= 0 else None


def _text(content):
    """A text, or the lines that make one."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part for part in content if isinstance(part, str))
    return ""
