"""An extension of JupyterLab's server: Formgrader is for marking only.

What a trainee wrote is shown there with its HTML cleaned, as on the feedback
page: a script in it would run with the rights of the instructor's JupyterLab.

Formgrader's own buttons would run a trainee's notebook without a sandbox
(Autograde), show the hidden tests to trainees (Generate Feedback), and write
exercises/ without what `release` adds (Generate). Its instructions ask for
all of this. So these requests get a sentence in place of an answer; marks
and comments go on. config/jupyter_server_config.d/formgrader.json switches
it on.

Upgrade note (nbgrader >=0.9.6,<0.9.7): the addresses are those of
nbgrader.server_extensions.formgrader.apihandlers. Of two handlers for one
address, the server asks the first. It loads extensions in the order of their
names: this one before nbgrader's. Test: tests/jupyterlab/test_formgrader.py.
"""

import json

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join

from commands.grading.pages.exporter import html_exporter
from helpers.errors import typed

GRADE = typed("grade DAY")
REMEDIES = {
    "autograde": f"A notebook can contain any program: grade the class in "
                 f"the sandbox with {GRADE}",
    "generate_feedback": f"{GRADE} writes the trainees' pages, without the "
                         "hidden tests",
    "release_feedback": "Give each trainee the pages in feedback/CODE/DAY/ "
                        "(in a training room: classroom --feedback DAY)",
    "assign": f"{typed('release')} makes exercises/",
    "release": f"{typed('hand-out DAY')} packs the exercises (in a "
               "training room: classroom --day DAY)",
    "unrelease": "This course does not use nbgrader's exchange",
    "collect": f"{typed('collect')} takes in what came back (in a "
               "training room: classroom --collect DAY)"}


class Refuse(JupyterHandler):
    """Formgrader's page shows the sentence in a box."""

    auth_resource = "formgrader"

    @authorized
    def post(self, action):
        # "log", because "error" stands under the heading Traceback.
        self.finish(json.dumps({
            "success": False, "error": "",
            "log": "Nothing was done: this course uses Formgrader only to "
                   f"mark.\n{REMEDIES[action]}."}))


def _jupyter_server_extension_points():
    return [{"module": __name__}]


def _load_jupyter_server_extension(server):
    address = url_path_join(
        server.web_app.settings["base_url"],
        rf"/formgrader/api/(?:assignment|submission)/.+/"
        rf"({'|'.join(REMEDIES)})")
    server.web_app.add_handlers(".*$", [(address, Refuse)])
    # The loop begins when nbgrader's extension is loaded, too.
    server.io_loop.add_callback(_clean_submissions, server.web_app.settings)


def _clean_submissions(settings):
    settings["nbgrader_exporter"] = html_exporter()(
        config=settings["nbgrader_exporter"].config)
