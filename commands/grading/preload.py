"""What a worker of the pool imports once, before it is forked."""

import gc
import logging

import nbgrader.apps  # noqa: F401 - to have it imported
import nbgrader.converters  # noqa: F401 - as above

from commands.grading import guard  # noqa: F401 - as above

# A killed kernel leaves tasks of asyncio: nothing to report.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
gc.collect()
gc.freeze()  # workers need not look through thousands of modules
