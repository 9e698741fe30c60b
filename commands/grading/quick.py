"""What nbgrader and its libraries do each time anew, done once.

Each function gives what the library's own gives; only the time differs.
"""

import contextlib
import functools
import json
import sys
from pathlib import Path
from unittest import mock


def _import_jsonschema():
    """jsonschema, on its import, makes a grammar of international addresses
    for nearly a second; no schema of a notebook has one."""
    name = "rfc3987_syntax"
    if "jsonschema" in sys.modules or name in sys.modules:
        return
    sys.modules[name] = None  # reads as: not installed
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[name]


_import_jsonschema()


@contextlib.contextmanager
def gradebooks():
    """Meanwhile a new gradebook.db learns its version without a process."""
    from nbgrader import api

    def version():
        from alembic.script import ScriptDirectory
        return ScriptDirectory(str(Path(
            api.__file__).parent / "alembic")).get_current_head()

    with mock.patch.object(api, "get_alembic_version", version):
        yield


@contextlib.contextmanager
def conversions():
    """Meanwhile nbgrader's converters share one session of a gradebook, and
    a schema is checked once. For one thread, in which nothing else opens a
    gradebook."""
    import jsonschema
    from nbformat.v4 import nbbase
    from nbgrader import api
    begin, shared = api.Gradebook.__init__, {}

    def join(self, db_url, course_id="default_course", authenticator=None):
        if db_url not in shared:
            begin(self, db_url, course_id, authenticator)
            shared[db_url] = self
        vars(self).update(vars(shared[db_url]))

    with mock.patch.object(api, "create_engine", _engine), \
            mock.patch.object(api.Gradebook, "__init__", join), \
            mock.patch.object(jsonschema, "validate", _validate), \
            mock.patch.object(nbbase, "validate", functools.partial(
                _validate_part, nbbase.validate)):
        close = api.Gradebook.close
        with mock.patch.object(api.Gradebook, "close", lambda self: None):
            try:
                yield
            finally:
                for book in shared.values():
                    close(book)


@functools.lru_cache(maxsize=2)
def _engine(db_url, **settings):
    """One engine for a URL: it keeps its compiled queries."""
    from sqlalchemy import create_engine
    return create_engine(db_url, **settings)


def _validate(instance, schema):
    from jsonschema.exceptions import best_match
    error = best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error:
        raise error


def _validate_part(validate, part, ref=None):
    """A cell or an output; what is not valid, nbformat itself tells."""
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


@functools.lru_cache(maxsize=8)
def _validator(schema):
    """The validator of a schema that has been checked."""
    from jsonschema.validators import validator_for
    schema = json.loads(schema)
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
