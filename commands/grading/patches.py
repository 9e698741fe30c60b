"""Cache work that nbgrader and its libraries repeat for each notebook.

Each replacement gives the library's own result; only the time differs.
`PINNED` is the one table of the versions that patches have been compared
with. Beside each patch, in commands/ and helpers/, an upgrade note names its
library and these versions. A test finds the patches. It fails when one has no
note, when an installed version is outside its range, or when a note and the
table differ.
"""

import contextlib
import functools
import json
import sys
from pathlib import Path
from unittest import mock

# After an upgrade: read the library's new code where the notes say so, run
# the tests that they name, then widen the range here and in the notes.
PINNED = {
    "branca": ">=0.8,<0.9",
    "geopandas": ">=1.2,<1.3",
    "ipykernel": ">=7.4,<7.5",
    "ipython": ">=9.18,<9.19",
    "jsonschema": ">=4.26,<4.27",
    "jupyter-client": ">=8.10,<8.11",
    "nbclient": ">=0.11,<0.12",
    "nbconvert": ">=7.17,<7.18",
    "nbformat": ">=5.11,<5.12",
    "nbgrader": ">=0.9.6,<0.9.7",
    "pandas": ">=3.1,<3.2",
    "pygeoapi": ">=0.21,<0.25",
}


def _import_jsonschema():
    """Import jsonschema without its grammar of international addresses,
    which takes a second to build; no schema of a notebook has an address.
    This must come before nbformat is imported, which imports jsonschema: so
    the package `commands.grading` imports this module first.

    Upgrade note (jsonschema >=4.26,<4.27): `jsonschema._format` imports
    rfc3987_syntax if it is installed. When it imports it only on use, remove
    this function. Test: test_patches, "grammar".
    """
    name = "rfc3987_syntax"
    if "jsonschema" in sys.modules or name in sys.modules:
        return
    sys.modules[name] = None  # reads as: not installed
    try:
        import jsonschema  # noqa: F401 - for those who import it later
    finally:
        del sys.modules[name]


_import_jsonschema()


@contextlib.contextmanager
def gradebooks():
    """While this lasts, a new gradebook gets its version without a process.

    Upgrade note (nbgrader >=0.9.6,<0.9.7): `api.get_alembic_version` starts
    `alembic heads`. When nbgrader asks alembic in its own process, remove
    this function. Test: test_patches, "version".
    """
    from nbgrader import api

    def version():
        from alembic.script import ScriptDirectory
        return ScriptDirectory(str(Path(
            api.__file__).parent / "alembic")).get_current_head()

    with mock.patch.object(api, "get_alembic_version", version):
        yield


@contextlib.contextmanager
def conversions():
    """While this lasts, nbgrader's converters share one session of a
    gradebook, a schema is checked once, and notebooks are copied by a plain
    recursion and written in one line. Use it in one thread, where nothing
    else opens a gradebook."""
    with (_shared_gradebook(), _quick_validation(), _quick_copying(),
          _quick_writing(), _plain_dates()):
        yield


@contextlib.contextmanager
def registration():
    """`conversions` and `one_change`."""
    with conversions(), one_change():
        yield


@contextlib.contextmanager
def one_change():
    """All changes of a gradebook are one change, made at the end; an
    exception leaves the gradebook as it was. nbgrader commits for each cell,
    and each time waits for the disk.

    Upgrade note (nbgrader >=0.9.6,<0.9.7): the methods of `Gradebook` that
    register or grade an assignment must still look for a cell before they
    add it; a commit that fails may not be their way to find out. Tests:
    test_patches, "one change"; test_writer, "row by row".
    """
    from sqlalchemy.orm import Session
    changed = set()

    def commit_later(session):
        session.flush()
        session.expire_all()  # as a commit does
        changed.add(session)

    with mock.patch.object(Session, "commit", commit_later):
        yield
    for session in changed:
        session.commit()


@contextlib.contextmanager
def _shared_gradebook():
    """Each converter and preprocessor opens the gradebook again: they get
    the gradebook that is open.

    Upgrade note (nbgrader >=0.9.6,<0.9.7): compare `Gradebook.__init__` and
    `close`: a gradebook may hold nothing but its attributes, and `api` must
    still look `create_engine` up in its module. Tests: test_patches,
    "session"; test_writer, "row by row".
    """
    from nbgrader import api
    begin, close = api.Gradebook.__init__, api.Gradebook.close
    opened = {}

    def join(self, db_url, course_id="default_course", authenticator=None):
        if db_url not in opened:
            begin(self, db_url, course_id, authenticator)
            opened[db_url] = self
        vars(self).update(vars(opened[db_url]))

    def stay_open(self):
        """Stay open: the next one gets it."""

    with mock.patch.object(api, "create_engine", _engine), \
            mock.patch.object(api.Gradebook, "__init__", join), \
            mock.patch.object(api.Gradebook, "close", stay_open):
        try:
            yield
        finally:
            for gradebook in opened.values():
                close(gradebook)


@contextlib.contextmanager
def quick_finding():
    """While this lasts, the cells of an exercise are read in one question to
    the gradebook, not one by one. For work that only reads them.

    Upgrade note (nbgrader >=0.9.6,<0.9.7): compare `find_source_cell` and
    `find_graded_cell` of Gradebook. Test: test_patches, "finds".
    """
    from nbgrader.api import Gradebook, Notebook

    @functools.cache
    def exercise(session, notebook, assignment):
        return session.query(Notebook).filter_by(name=notebook).join(
            Notebook.assignment).filter_by(name=assignment).one_or_none()

    def quick(find, *kinds):
        def find_quickly(self, name, notebook, assignment):
            known = exercise(self.db, notebook, assignment)
            for kind in kinds:
                for cell in getattr(known, kind, ()):
                    if cell.name == name:
                        return cell
            return find(self, name, notebook, assignment)
        return find_quickly

    with mock.patch.multiple(
            Gradebook,
            find_source_cell=quick(Gradebook.find_source_cell,
                                   "source_cells"),
            find_graded_cell=quick(Gradebook.find_graded_cell,
                                   "grade_cells", "task_cells")):
        yield


@functools.lru_cache(maxsize=2)
def _engine(db_url, **settings):
    """One engine for a URL: it keeps its compiled queries."""
    from sqlalchemy import create_engine
    return create_engine(db_url, **settings)


@contextlib.contextmanager
def _quick_validation():
    """nbgrader's schema of a cell is checked for each cell, nbformat's is
    read for each output.

    Upgrade note (nbgrader >=0.9.6,<0.9.7; nbformat >=5.11,<5.12): nbgrader's
    `nbgraderformat.common` must still call `jsonschema.validate(metadata,
    schema)`, and `nbformat.v4.nbbase` its own `validate(node, ref)`. Test:
    test_patches, "valid".
    """
    import jsonschema
    from nbformat.v4 import nbbase
    with mock.patch.object(jsonschema, "validate", _validate), \
            mock.patch.object(nbbase, "validate", functools.partial(
                _validate_part, nbbase.validate)):
        yield


def _validate(instance, schema):
    """Where it is not valid, jsonschema says why."""
    from jsonschema.exceptions import best_match
    schema = json.dumps(schema)
    try:
        _compiled(schema)(instance)
        return
    except Exception:
        error = best_match(_validator(schema).iter_errors(instance))
    if error:
        raise error


@functools.lru_cache(maxsize=8)
def _compiled(schema):
    import fastjsonschema
    return fastjsonschema.compile(json.loads(schema))


@functools.lru_cache(maxsize=8)
def _validator(schema):
    """The validator of a schema that has been checked."""
    from jsonschema.validators import validator_for
    schema = json.loads(schema)
    validator = validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


def _validate_part(validate, part, ref=None):
    """A cell or an output. Where it is not valid, nbformat says why."""
    try:
        _quick_validator(ref)(part)
    except Exception:
        validate(part, ref=ref)


@functools.cache
def _quick_validator(ref):
    import fastjsonschema
    from nbformat.validator import get_validator
    return fastjsonschema.compile({
        **get_validator(4)._schema, "$ref": f"#/definitions/{ref}"})


@contextlib.contextmanager
def _quick_copying():
    """A notebook is a tree of JSON values: its copy needs no list of what
    has been copied.

    Upgrade note (nbformat >=5.11,<5.12): `NotebookNode.__deepcopy__` makes
    nodes of dicts in dicts, and leaves dicts in lists. Test: test_patches,
    "copy".
    """
    from nbformat.notebooknode import NotebookNode
    with mock.patch.object(NotebookNode, "__deepcopy__", _copied):
        yield


def _copied(node, memo=None):
    from nbformat.notebooknode import from_dict
    copy = type(node)()
    vars(copy).update(vars(node))
    for key, value in node.items():
        # A dict in a node becomes a node.
        dict.__setitem__(copy, key, from_dict(value) if type(value) is dict
                         else _copied_value(value))
    return copy


def _copied_value(value):
    if type(value) is list:
        return [_copied_value(one) for one in value]
    if type(value) is dict:
        return {key: _copied_value(one) for key, one in value.items()}
    return _copied(value) if isinstance(value, dict) else value


@contextlib.contextmanager
def _quick_writing():
    """Python writes JSON ten times as fast without indents.

    Upgrade note (nbformat >=5.11,<5.12): `nbformat.v4.nbjson` must still call
    `json.dumps(nb, **kwargs)` and `json.loads`. Test: test_patches, "line".
    """
    from nbformat.v4 import nbjson

    class OneLine:
        loads = json.loads

        @staticmethod
        def dumps(notebook, **settings):
            return json.dumps(notebook, **settings | {"indent": None})

    with mock.patch.object(nbjson, "json", OneLine):
        yield


@contextlib.contextmanager
def of_valid_notebooks():
    """While this lasts, nbformat reads and writes notebooks without a look
    whether they are valid; otherwise it looks each time, and logs it. For
    notebooks that were written without this before; nbconvert looks at them
    after the steps of each conversion.

    Upgrade note (nbformat >=5.11,<5.12): compare `nbformat.reads` and
    `writes`. Test: test_patches, "read".
    """
    import nbformat

    def reads(text, as_version, capture_validation_error=None, **settings):
        notebook = nbformat.reader.reads(text, **settings)
        return (notebook if as_version is nbformat.NO_CONVERT else
                nbformat.convert(notebook, as_version))

    def writes(notebook, version=nbformat.NO_CONVERT,
               capture_validation_error=None, **settings):
        if version is nbformat.NO_CONVERT:
            version, _ = nbformat.reader.get_version(notebook)
        else:
            notebook = nbformat.convert(notebook, version)
        return nbformat.versions[version].writes_json(notebook, **settings)

    with mock.patch.object(nbformat, "reads", reads), \
            mock.patch.object(nbformat, "writes", writes):
        yield


@contextlib.contextmanager
def _plain_dates():
    """The date of a kernel's message stays a text: nobody asks for it, and
    it is looked for in each value of two headers of each message.

    Upgrade note (jupyter-client >=8.10,<8.11): `jupyter_client.session` must
    still use `extract_dates` for headers only. Test: test_patches, "date".
    """
    from jupyter_client import session
    with mock.patch.object(session, "extract_dates", lambda header: header):
        yield
