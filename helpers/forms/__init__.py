"""Field forms: a page to fill in a form, its rules, and what it sent.

>>> from helpers import forms
>>> forms.page("water_points.xml", "output/form.html")
>>> sent = forms.submission("output/submission.xml")
>>> forms.layer([sent], "location")

`forms.dataset_page` writes a form that describes a dataset, as CKAN's does.
`forms.metadata` shows a record as a form that validates while one types;
`forms.plan_editor` does so with a plan. `forms.peer_review` judges one.
`forms.xforms` evaluates a form's rules. `python -m helpers.forms` builds the
page once. It needs Node and npm on this machine, and the internet.
"""

from helpers.forms.dataset_page import dataset_page
from helpers.forms.form_page import build, page
from helpers.forms.metadata import metadata
from helpers.forms.peer_review import peer_review
from helpers.forms.plan_editor import plan_editor
from helpers.forms.submissions import layer, submission
from helpers.forms.xml_source import FormError

__all__ = ["FormError", "build", "dataset_page", "layer", "metadata", "page",
           "peer_review", "plan_editor", "submission"]
