"""The vocabulary of feedback: what an exercise's check cells are made of.

>>> from helpers import check
>>> with check.task("Task 1 · Place the points"):
...     check.crs(points, 4326)
...     check.inside(points, areas)

A check that holds returns the value it looked at and says nothing. A check
that does not hold raises `Feedback`, an AssertionError whose text says what
was found, what was expected, why it matters, a hint and where to read again.
`None` and `...` are answers that were not given yet: they raise `NotAnswered`,
one calm sentence. The checks look at the exact type before the value.

`feedback` holds the messages, `values` and `layers` the checks, `mistakes`
the classic mistakes, which are recognised by their measured effect.
"""

from helpers.check.feedback import (
    Feedback,
    NotAnswered,
    own_file,
    task,
    your_turn,
)
from helpers.check.layers import (
    columns,
    crs,
    distance_m,
    geometry_type,
    inside,
    layer,
    rows,
    same_layer,
    same_place,
    unique,
)
from helpers.check.portable import both_engines
from helpers.check.values import answered, close, equal, kind, refuses

__all__ = [
    "Feedback", "NotAnswered", "answered", "both_engines", "close", "columns",
    "crs", "distance_m", "equal", "geometry_type", "inside", "kind", "layer",
    "own_file", "refuses", "rows", "same_layer", "same_place", "task",
    "unique", "your_turn",
]
