"""nbgrader's settings for a trainee's server: a copy is made for all."""

import os
import pwd
from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader gives it

room = Path(__file__).resolve().parents[1]
me = pwd.getpwuid(os.getuid())
c.Exchange.root = str(room / "exchange" / me.pw_name / "box")
# Absolute: JupyterLab's Assignment List goes there and then adds it again.
c.Exchange.assignment_dir = str(Path(me.pw_dir) / "exercises")
# Times stay in UTC, and say so: "+" separates the parts of a submission's
# name, so nbgrader cannot read a time that ends with "+0100". The room shows
# deadlines and hand-in times by the server's clock.
c.CourseDirectory.course_id = "open-geodata"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "__pycache__", "*.pyc", "output", "feedback"]
