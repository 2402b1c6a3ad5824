"""What every source is turned into: a survey, rows of answers, reviews, as plain values of no system in particular.

In comes a file of any system; out go ``Brought`` values that know neither Django nor a database, and the list of what
could not be carried over. ``safe`` is the one door through which XML, JSON and archives come in.
"""

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import (
    Brought,
    LeftOut,
    Option,
    Question,
    Review,
    Rows,
    Shape,
    Survey,
)

__all__ = [
    "Brought",
    "Head",
    "LeftOut",
    "Option",
    "Question",
    "Review",
    "Rows",
    "Shape",
    "Sight",
    "SourceError",
    "Survey",
]
