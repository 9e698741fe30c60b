"""What a worker of the pool imports once, before it is forked."""

import gc
import logging

import nbformat
import nbgrader.apps  # noqa: F401 - to have it imported
import nbgrader.converters  # noqa: F401 - as above
from nbformat import v4
from sqlalchemy.orm import configure_mappers

from commands.grading import (
    guard,  # noqa: F401 - as above
    patches,
)

# What libraries make at its first use: once, not in each worker.
configure_mappers()
with patches.conversions():
    nbformat.validate(v4.new_notebook(cells=[
        v4.new_markdown_cell(), v4.new_raw_cell(), v4.new_code_cell(outputs=[
            v4.new_output(kind) for kind in (
                "stream", "error", "display_data", "execute_result")])]))

# A killed kernel leaves tasks of asyncio: nothing to report.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
gc.collect()
gc.freeze()  # workers need not look through thousands of modules
