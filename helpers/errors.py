"""Errors for people to read: one message, no traceback."""


class CourseError(Exception):
    """Something that the reader can repair. The message says what and how."""

    exit_code = 2  # of the command that it ends

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines in place of a traceback."""
        return str(self).splitlines()
