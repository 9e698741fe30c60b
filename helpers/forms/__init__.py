"""Field forms: a page to fill in a form, its rules, and what it sent.

>>> from helpers import forms
>>> forms.page(xform, "output/form.html")
>>> sent = forms.submission("output/submission.xml")

`forms.dataset_page` writes a form that describes a dataset, as CKAN's does.
`forms.metadata` shows a record as a form that validates while one types;
`forms.plan_editor` does so with a plan. `forms.peer_review` judges one.
`forms.xforms` evaluates a form's rules.
"""

from helpers.forms.metadata import metadata
from helpers.forms.pages import dataset_page, page
from helpers.forms.peer_review import peer_review
from helpers.forms.plan_editor import plan_editor
from helpers.forms.submissions import FormError, submission

__all__ = ["FormError", "dataset_page", "metadata", "page", "peer_review",
           "plan_editor", "submission"]
