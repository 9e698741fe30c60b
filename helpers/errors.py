"""Errors that speak to people: one message, no traceback."""


class CourseError(Exception):
    """Something the reader can mend. The message says what and how."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines in place of a traceback."""
        return str(self).splitlines()
