"""nbgrader's settings: which folder is what, and how a stub reads."""

c = get_config()  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "open-geodata"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "__pycache__", "*.pyc", "output", ".gitkeep"]

# nbgrader's own stub raises NotImplementedError, which frightens beginners.
c.ClearSolutions.code_stub = {"python": "# Your answer here"}
c.ClearSolutions.text_stub = "*Your answer here.*"

# A warning of a library in a check cell must not cost its points.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r".*[Ww]arning.*"
# A deleted check cell comes back.
c.OverwriteCells.add_missing_cells = True
c.Execute.timeout = 120
