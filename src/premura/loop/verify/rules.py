"""Judgement of the stage, pure: the two windows of a check, and whether the effect reached the size that was
expected.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Reached = Literal["surely", "reached", "not reached", "unknown"]


@dataclass(frozen=True)
class Windows:
    """As many days before the change as after it; the day of the change itself belongs to neither."""

    before_from: date
    before_to: date
    after_from: date
    after_to: date


def windows_around(completed_on: date, days: int) -> Windows:
    """``days`` days that end the day before, and as many that begin the day after.

    >>> windows_around(date(2026, 3, 19), 7)
    Windows(before_from=datetime.date(2026, 3, 12), before_to=datetime.date(2026, 3, 18), \
after_from=datetime.date(2026, 3, 20), after_to=datetime.date(2026, 3, 26))
    """
    one, length = timedelta(days=1), timedelta(days=days)
    return Windows(completed_on - length, completed_on - one, completed_on + one, completed_on + length)


def expected_reached(expected: float, effect: float | None, low: float | None, high: float | None) -> Reached:
    """Whether the effect is as large as expected: ``surely`` when the whole interval is.

    >>> expected_reached(0.1, 0.16, 0.05, 0.27), expected_reached(0.1, 0.16, 0.12, 0.2), expected_reached(-2, -1, -3, 1)
    ('reached', 'surely', 'not reached')
    """
    if effect is None or expected == 0:
        return "unknown"
    sign = 1 if expected > 0 else -1
    nearest = low if sign > 0 else high
    if nearest is not None and nearest * sign >= expected * sign:
        return "surely"
    return "reached" if effect * sign >= expected * sign else "not reached"
