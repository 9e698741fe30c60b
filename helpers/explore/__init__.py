"""Things to move: ipywidgets explorers, each with a static twin.

In JupyterLab an explorer is a widget. Where no kernel runs (the book), it
shows its *static twin*: the same figures side by side, as pictures with a
text that says what they show. There is one module per explorer.
"""

from helpers.explore.baselines import moving_baseline
from helpers.explore.classes import classifying
from helpers.explore.crs import crs_mistakes
from helpers.explore.delays import moving_milestones
from helpers.explore.density import dense_governorates
from helpers.explore.digitise import digitising
from helpers.explore.disclose import disclosing
from helpers.explore.encoding import decodings
from helpers.explore.gnss import gnss_precision
from helpers.explore.measure import measuring
from helpers.explore.network import ecosystem
from helpers.explore.openness import record_openness
from helpers.explore.priorities import weighing
from helpers.explore.repair import repairs
from helpers.explore.request import asking

__all__ = [
    "asking", "classifying", "crs_mistakes", "decodings",
    "dense_governorates", "digitising", "disclosing", "ecosystem",
    "gnss_precision", "measuring", "moving_baseline", "moving_milestones",
    "record_openness", "repairs", "weighing"]
