"""The kinds of question, as plain constants: what each asks for, on which scale, in which parts.

A kind is *declared*: a scale from 0 to 10 is an NPS only where its author said so, never by its looks.
"""

from typing import Literal

# A rating has the scale it was given on; only files that people bring have it
Kind = Literal[
    "nps",
    "csat",
    "ces",
    "rating",
    "likert",
    "matrix",
    "pair",
    "kano",
    "single",
    "multiple",
    "list",
    "ranking",
    "yesno",
    "solution",
    "emotion",
    "slider",
    "number",
    "date",
    "line",
    "text",
    "contact",
    "photo",
    "signature",
    "statement",
]
# How a satisfaction from 1 to 5 is shown; what is answered is the same number
Look = Literal["", "stars", "smileys", "numbers"]

# The scales that belong to a kind; those of :data:`ADJUSTABLE` may be another one, in ``marks``
SCALES: dict[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "likert": (1, 5),
    "matrix": (1, 5),
    "pair": (1, 7),
    "kano": (1, 5),
    "emotion": (1, 3),
    "slider": (0, 100),
}
ADJUSTABLE = frozenset({"likert", "matrix", "slider"})
# The version of the effort score that is asked: «they made it easy for me», seven points, more is easier
CES_VERSION = "2.0"

# Answered with one number on a scale
SCORED = frozenset({"nps", "csat", "ces", "rating", "likert", "slider"})
# Answered with options that the author wrote
CHOICES = frozenset({"single", "multiple", "list", "ranking"})
# An author may let people answer «other» in their own words
WITH_OTHER = frozenset({"single", "multiple"})
OTHER = "other"
# Several scores under one question, each in a row of its own; of a matrix the author wrote the rows
PARTS: dict[str, tuple[str, ...]] = {
    "pair": ("expectation", "perception"),
    "kano": ("functional", "dysfunctional"),
    "emotion": ("joy", "relief", "surprise", "confusion", "worry", "disappointment", "anger"),
}
PARTED = frozenset({"matrix", *PARTS})
# Options that are always the same
FIXED: dict[str, tuple[str, ...]] = {"yesno": ("yes", "no"), "solution": ("yes", "partly", "no")}
# Answered with a file of its own, or with a drawing; of a signature also with a typed name
FILED = frozenset({"photo", "signature"})
CONTACT = ("name", "email", "phone")
# The five dimensions of service quality; empty where a question belongs to none
DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")

# The kinds that a survey of ours can ask, in the order in which the editor offers them
ASKABLE: tuple[Kind, ...] = (
    "nps",
    "csat",
    "ces",
    "solution",
    "text",
    "single",
    "multiple",
    "yesno",
    "likert",
    "matrix",
    "pair",
    "kano",
    "emotion",
    "ranking",
    "list",
    "slider",
    "number",
    "date",
    "line",
    "contact",
    "photo",
    "signature",
    "statement",
)
