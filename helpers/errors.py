"""Errors for people to read: one message, no traceback."""

import sys


def typed(words: str) -> str:
    """A command of the course, as one types it on this system."""
    python = "py" if sys.platform == "win32" else "python3"
    return f"{python} start.py {words}".rstrip()


class CourseError(Exception):
    """Something that the reader can repair. The message says what and how."""

    exit_code = 2  # of the command that it ends

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines in place of a traceback."""
        return str(self).splitlines()
