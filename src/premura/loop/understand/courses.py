"""A figure of a reading through time, with the limits of its everyday variation: noise is neither praised nor punished.

Periods are weeks, months or quarters that do not overlap, so that each point stands for answers, or purchases, of its
own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from premura.stats import ControlChart, p_chart, xmr
from premura.stats.estimate import Estimate, nothing

Step = Literal["week", "month", "quarter"]
#: As on the pages of results: fewer periods tell nothing of what is usual.
POINTS_FOR_LIMITS = 8


@dataclass(frozen=True)
class Moment:
    """One period by its first day; an estimate without value where nobody answered."""

    day: date
    estimate: Estimate


@dataclass(frozen=True)
class Course:
    """``charted`` are the positions in ``moments`` that the entries of the chart stand for: those with enough answers.

    ``chart`` is ``None`` where fewer than eight have enough.
    """

    step: Step
    moments: tuple[Moment, ...]
    chart: ControlChart | None
    charted: tuple[int, ...]

    @property
    def is_told(self) -> bool:
        """Whether there is more than one period with enough answers to look at."""
        return len(self.charted) > 1


def first_of(day: date, step: Step) -> date:
    """The first day of the period of ``day``.

    >>> first_of(date(2026, 5, 9), "quarter"), first_of(date(2026, 5, 9), "month")
    (datetime.date(2026, 4, 1), datetime.date(2026, 5, 1))
    """
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1, month=day.month if step == "month" else 3 * ((day.month - 1) // 3) + 1)


def after(first: date, step: Step) -> date:
    """The first day of the next period.

    >>> after(date(2026, 10, 1), "quarter")
    datetime.date(2027, 1, 1)
    """
    if step == "week":
        return first + timedelta(days=7)
    months = first.month - 1 + (1 if step == "month" else 3)
    return date(first.year + months // 12, months % 12 + 1, 1)


def course_of(
    estimates: Mapping[date, Estimate], step: Step, *, least: int, shares: Mapping[date, tuple[int, int]] | None = None
) -> Course:
    """The periods from the first to the last of ``estimates``, those without answers included.

    ``shares`` (period → hits, answers) has the limits follow the answers of each period (p-chart); without them each
    value is one point (XmR). Periods with fewer than ``least`` answers have no part in the limits and give no signal.
    """
    moments: list[Moment] = []
    day = min(estimates, default=None)
    while day is not None and day <= max(estimates):
        moments.append(Moment(day, estimates.get(day, nothing("none"))))
        day = after(day, step)
    charted = [i for i, one in enumerate(moments) if one.estimate.value is not None and one.estimate.n >= least]
    chart = None
    if len(charted) >= POINTS_FOR_LIMITS:
        if shares is None:
            chart = xmr([moments[i].estimate.value or 0.0 for i in charted])
        else:
            hits, ns = zip(*(shares[moments[i].day] for i in charted), strict=True)
            chart = p_chart(hits, ns)
    return Course(step, tuple(moments), chart, tuple(charted))
