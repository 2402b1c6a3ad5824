"""Whom to ask, and whom not this time: pure. Queries feed it in bulk; it decides customer by customer and says why."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Over all programmes: at most ``most`` questions in any ``window_days``, and ``days_between`` any two."""

    most: int = 3
    window_days: int = 90
    days_between: int = 14


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that a customer could be asked about at ``ask_at``.

    ``against`` stands in the way whatever the limits say (``opted_out``, ``no_address``, ``bounced``); or empty.
    """

    customer: int
    key: str
    ask_at: datetime
    location: int | None = None
    interaction: int | None = None
    against: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Ask, or not and why: ``reason`` is empty for who is asked."""

    occasion: Occasion
    reason: str

    @property
    def is_asked(self) -> bool:
        return not self.reason


def reason_against(occasion: Occasion, asked: list[datetime], limits: Limits) -> str:
    """Why this customer is not asked on this occasion; empty when they are. ``asked``: when before, in order.

    >>> from datetime import UTC
    >>> day = lambda n: datetime(2026, 3, n, tzinfo=UTC)
    >>> reason_against(Occasion(1, "a", day(19)), [day(10)], Limits(days_between=14))
    'too_soon'
    >>> reason_against(Occasion(1, "a", day(24)), [day(10)], Limits(days_between=14))
    ''
    """
    if occasion.against:
        return occasion.against
    until = bisect_right(asked, occasion.ask_at)
    if until and occasion.ask_at - asked[until - 1] < timedelta(days=limits.days_between):
        return "too_soon"
    since = bisect_right(asked, occasion.ask_at - timedelta(days=limits.window_days), 0, until)
    return "too_many" if until - since >= limits.most else ""


def decide(occasions: Iterable[Occasion], asked: Mapping[int, list[datetime]], limits: Limits) -> list[Decision]:
    """One decision for every occasion, in the order of time; whoever is asked counts for what follows.

    ``asked``: customer → when they were asked before, in order; it is not changed. Cost: one sorting, and two searches
    an occasion.
    """
    own: dict[int, list[datetime]] = {}
    decisions = []
    for occasion in sorted(occasions, key=lambda row: (row.ask_at, row.key, row.customer)):
        before = own.get(occasion.customer)
        if before is None:
            before = own[occasion.customer] = list(asked.get(occasion.customer, ()))
        reason = reason_against(occasion, before, limits)
        if not reason:
            insort(before, occasion.ask_at)
        decisions.append(Decision(occasion, reason))
    return decisions
