"""Judgement of listening, pure: when a programme is silent, which group a score is in, what a spreadsheet may get."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

Loyalty = Literal["promoter", "passive", "detractor"]
# Reichheld's groups on the scale from 0 to 10, both ends included
LOYALTY: dict[Loyalty, tuple[int, int]] = {"promoter": (9, 10), "passive": (7, 8), "detractor": (0, 6)}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def loyalty_of(score: int) -> Loyalty:
    """The loyalty group of an answer from 0 to 10.

    >>> loyalty_of(9), loyalty_of(8), loyalty_of(6)
    ('promoter', 'passive', 'detractor')
    """
    return next(name for name, (low, high) in LOYALTY.items() if low <= score <= high)


#: Up to which score of its kind somebody is plainly unhappy
UNHAPPY = {"nps": 6, "csat": 2, "ces": 3}


def is_unhappy(kind: str, score: int | None, choices: Sequence[str]) -> bool:
    """Whether one answer says plainly that it went badly: a detractor, two of five, a lot of effort, not solved.

    >>> is_unhappy("nps", 6, ()), is_unhappy("csat", 3, ()), is_unhappy("solution", None, ["no"])
    (True, False, True)
    """
    if kind == "solution":
        return "no" in choices
    return score is not None and score <= UNHAPPY.get(kind, -1)


def silent_days(listening_since: date | None, last_answer_on: date | None, today: date) -> int | None:
    """Days without an answer; ``None`` for a programme that never asked anybody: it is not silent, it has not begun."""
    since = max((day for day in (listening_since, last_answer_on) if day is not None), default=None)
    return (today - since).days if since is not None else None


def is_silent(days: int | None, cadence_days: int) -> bool:
    """A programme is silent when nobody answered for longer than it expects (row S16).

    >>> is_silent(31, 30), is_silent(30, 30), is_silent(None, 30)
    (True, False, False)
    """
    return days is not None and timedelta(days=days) > timedelta(days=cadence_days)


def harmless_cell(value: object) -> object:
    """``value`` so that a spreadsheet shows it and never computes it: an apostrophe before what would begin a formula.

    Numbers stay numbers. Source: OWASP, CSV Injection.

    >>> harmless_cell("=1+1"), harmless_cell(-5), harmless_cell("bene")
    ("'=1+1", -5, 'bene')
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
