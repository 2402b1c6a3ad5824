"""Loyalty (rows S31, S32): do customers come back, what are they worth, and does that go with what they had said?

Two windows of equal length lie side by side: *before* and *now*. What a customer said counts only if it was said before
*now* began, so that what they said comes first and what they did comes after. Who said nothing is a group of its own:
silence is no satisfaction. Amounts of different currencies are never added.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

from premura.core.staff.models import Person
from premura.loop.understand.buying import BANDS, NO_MARK, Bought, Numbers, bought
from premura.loop.understand.windows import Window
from premura.stats import Counted, compare_means, mean, top_box
from premura.stats.estimate import Estimate

SILENT = "silent"


@dataclass(frozen=True)
class Buyer:
    """One customer who bought in either window. ``days``: on how many days they bought now; ``cents``: what they spent
    now, less what was given back; ``bands``: metric → class of their last mark before now.
    """

    customer: int
    bought_before: bool
    days: int
    cents: int
    bands: dict[str, str]
    had_failure: bool


class Buyers(Sequence[Buyer]):
    """Many of them, as columns: a company has hundreds of thousands. ``at`` are the places of these among all ``rows``,
    so that groups of them keep no columns of their own.
    """

    def __init__(self, rows: Bought, failed: NDArray[np.bool_], at: Numbers) -> None:
        self.rows, self.failed, self.at = rows, failed, at

    def where(self, which: NDArray[np.bool_]) -> "Buyers":
        """Those of all to whom ``which`` applies."""
        return Buyers(self.rows, self.failed, np.flatnonzero(which).astype(np.int32))

    def __len__(self) -> int:
        return len(self.at)

    @overload
    def __getitem__(self, at: int) -> Buyer: ...

    @overload
    def __getitem__(self, at: slice) -> "Buyers": ...

    def __getitem__(self, at: int | slice) -> "Buyer | Buyers":
        if isinstance(at, slice):
            return Buyers(self.rows, self.failed, self.at[at])
        rows, place = self.rows, self.at[at]
        bands = {metric: _band(metric, int(scores[place])) for metric, scores in rows.marks.items()}
        return Buyer(
            int(rows.customers[place]), bool(rows.before[place]), int(rows.days[place]), int(rows.cents[place]), bands,
            bool(self.failed[place]),
        )  # fmt: skip

    @cached_property
    def before(self) -> int:
        """How many bought in the time before."""
        return int(self.rows.before[self.at].sum())

    @cached_property
    def now(self) -> int:
        """How many bought now."""
        return int((self._days > 0).sum())

    @cached_property
    def again(self) -> int:
        """How many bought in both."""
        return int((self.rows.before[self.at] & (self._days > 0)).sum())

    @cached_property
    def often(self) -> int:
        """How many bought now on two days or more."""
        return int((self._days > 1).sum())

    @cached_property
    def spent(self) -> Counted:
        """How many of those who bought now spent how much."""
        return Counted(self.rows.cents[self.at[self._days > 0]] / 100)

    @property
    def _days(self) -> Numbers:
        return self.rows.days[self.at]


@dataclass(frozen=True)
class Group:
    """Some of the buyers and their figures; ``value`` is in whole units of the currency."""

    by: str
    code: str
    buyers: Buyers

    @property
    def retention(self) -> Estimate:
        """Of those who bought before, how many bought again now."""
        return top_box(self.buyers.again, self.buyers.before)

    @property
    def repurchase(self) -> Estimate:
        """Of those who bought now, how many did on two days or more."""
        return top_box(self.buyers.often, self.buyers.now)

    @property
    def value(self) -> Estimate:
        """What one of those who bought now spent, on average."""
        return mean(self.buyers.spent)


@dataclass(frozen=True)
class Step:
    """How much more a customer of the class ``upper`` spent than one of the next class below."""

    by: str
    upper: str
    lower: str
    difference: Estimate
    smaller: int


@dataclass(frozen=True)
class Loyalty:
    """``groups``: all; each class of each metric; with a failure before, or without. ``other`` purchases are in other
    currencies than ``currency`` and are left out.
    """

    currency: str
    groups: tuple[Group, ...]
    steps: tuple[Step, ...]
    other: int

    def group(self, by: str, code: str) -> Group | None:
        return next((one for one in self.groups if (one.by, one.code) == (by, code)), None)

    @property
    def whole(self) -> Group:
        return self.groups[0]


def loyalty(
    person: Person, window: Window, *, failed: Collection[int] = frozenset(), location: int | None = None
) -> Loyalty:
    """All of it for the customers whom ``person`` may see; ``failed`` had a failure in the window before. At most seven
    queries.

    ``location`` is the customer's; 0 is none.
    """
    rows = bought(person, window, location=location)
    had_failure = np.isin(rows.customers, np.array(list(failed), dtype=np.int64))
    buyers = Buyers(rows, had_failure, np.arange(len(rows.customers), dtype=np.int32))
    groups = tuple(_groups(buyers))
    return Loyalty(rows.currency, groups, tuple(_steps(groups)), rows.other)


def band_of(metric: str, score: int) -> str:
    """The class of a score.

    >>> band_of("nps", 8), band_of("csat", 2)
    ('passive', 'dissatisfied')
    """
    return next(code for code, least in BANDS[metric][1] if score >= least)


def _band(metric: str, score: int) -> str:
    return SILENT if score == NO_MARK else band_of(metric, score)


def _groups(buyers: Buyers) -> Iterator[Group]:
    yield Group("all", "all", buyers)
    for metric, (_scale, classes) in BANDS.items():
        scores = buyers.rows.marks[metric]
        below = np.iinfo(scores.dtype).max
        for code, least in (*classes, (SILENT, NO_MARK)):
            yield Group(metric, code, buyers.where((scores >= least) & (scores < below)))
            below = least
    for code, had in (("failure", True), ("none", False)):
        yield Group("failure", code, buyers.where((buyers.failed == had) & buyers.rows.before))


def _steps(groups: Iterable[Group]) -> Iterator[Step]:
    known = {(one.by, one.code): one for one in groups}
    for metric, (_scale, classes) in BANDS.items():
        for (upper, _a), (lower, _b) in pairwise(classes):
            first, second = (known[metric, code].buyers.spent for code in (upper, lower))
            yield Step(metric, upper, lower, compare_means(first, second).difference, min(first.n, second.n))
