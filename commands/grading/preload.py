"""What a worker of the pool imports once, before it is forked."""

import gc
import logging

import nbgrader.apps  # noqa: F401
import nbgrader.converters  # noqa: F401

from commands.grading import guard  # noqa: F401

# A kernel that is killed leaves tasks of asyncio behind: nothing to report.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
gc.collect()
gc.freeze()  # thousands of modules that no worker has to look through
