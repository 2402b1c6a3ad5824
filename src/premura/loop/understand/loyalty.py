"""Loyalty (rows S31, S32): do customers come back, what are they worth, and does that go with what they had said?

Two windows of equal length lie side by side: *before* and *now*. What a customer said counts only if it was said before
*now* began, so that what they said comes first and what they did comes after. Who said nothing is a group of its own:
silence is no satisfaction. Amounts of different currencies are never added.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from premura.core.customers.models import Customer, Purchase
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer
from premura.loop.understand.gaps import Side
from premura.loop.understand.windows import Window
from premura.stats import compare_means, mean, top_box
from premura.stats.estimate import Estimate

#: metric → scale and its classes, the best first: (code, from which score on)
BANDS = {
    "nps": ("0-10", (("promoter", 9), ("passive", 7), ("detractor", 0))),
    "csat": ("1-5", (("satisfied", 4), ("neutral", 3), ("dissatisfied", 1))),
}
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


@dataclass(frozen=True)
class Group:
    """Some of the buyers and their figures; ``value`` is in whole units of the currency."""

    by: str
    code: str
    buyers: tuple[Buyer, ...]

    @property
    def retention(self) -> Estimate:
        """Of those who bought before, how many bought again now."""
        before = [one for one in self.buyers if one.bought_before]
        return top_box(sum(one.days > 0 for one in before), len(before))

    @property
    def repurchase(self) -> Estimate:
        """Of those who bought now, how many did on two days or more."""
        now = [one for one in self.buyers if one.days]
        return top_box(sum(one.days > 1 for one in now), len(now))

    @property
    def value(self) -> Estimate:
        """What one of those who bought now spent, on average."""
        return mean(_spent(self.buyers))


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
    """All of it for the customers whom ``person`` may see; ``failed`` had a failure in the window before. Three
    queries.

    ``location`` is the customer's; 0 is none.
    """
    people = Customer.objects.visible_to(person)
    if location is not None:
        people = people.filter(location=location or None)
    rows = Purchase.objects.order_by().filter(
        customer__in=people, bought_on__gte=window.previous.first_day, bought_on__lte=window.last_day
    )
    sizes = dict(rows.values_list("currency").annotate(n=Count("pk")))
    currency = min(sizes, key=lambda one: (-sizes[one], one), default="EUR")
    rows = rows.filter(currency=currency)
    bands, silent = _bands(person, rows.values("customer"), window), dict.fromkeys(BANDS, SILENT)
    buyers = [
        Buyer(pk, before > 0, days, spent or 0, bands.get(pk, silent), pk in failed)
        for pk, before, days, spent in _bought(rows, window)
        if before or days
    ]
    groups = tuple(_groups(buyers))
    return Loyalty(currency, groups, tuple(_steps(groups)), sum(sizes.values()) - sizes.get(currency, 0))


def _bought(rows: Any, window: Window) -> Any:
    """(customer, purchases before, days on which they bought now, cents now); money given back is no purchase."""
    now = Q(bought_on__gte=window.first_day)
    return (
        rows.values("customer")
        .annotate(
            before=Count("pk", filter=~now & Q(cents__gt=0)),
            days=Count("bought_on", filter=now & Q(cents__gt=0), distinct=True),
            spent=Sum("cents", filter=now),
        )
        .order_by("customer")
        .values_list("customer", "before", "days", "spent")
    )


def band_of(metric: str, score: int) -> str:
    """The class of a score.

    >>> band_of("nps", 8), band_of("csat", 2)
    ('passive', 'dissatisfied')
    """
    return next(code for code, least in BANDS[metric][1] if score >= least)


def _bands(person: Person, buyers: Any, window: Window) -> dict[int, dict[str, str]]:
    """Customer → metric → class of the last mark they gave before ``window`` began. One query, which looks for the last
    mark of each buyer: what all others ever said is not read.
    """
    marks = Answer.objects.visible_to(person).filter(
        Side().seen(), part="", score__isnull=False, response__customer=OuterRef("pk"),
        response__answered_on__lt=window.first_day,
    ).order_by("-response__answered_at", "-pk")  # fmt: skip
    last = {
        metric: Subquery(marks.filter(kind=metric, scale=scale).values("score")[:1])
        for metric, (scale, _classes) in BANDS.items()
    }
    rows = Customer.objects.filter(pk__in=buyers).order_by().annotate(**last).values_list("pk", *BANDS)
    return {
        pk: {
            metric: SILENT if score is None else band_of(metric, score)
            for metric, score in zip(BANDS, found, strict=True)
        }
        for pk, *found in rows.iterator()
    }


def _groups(buyers: list[Buyer]) -> Iterator[Group]:
    yield Group("all", "all", tuple(buyers))
    for metric, (_scale, classes) in BANDS.items():
        for code in (*(code for code, _least in classes), SILENT):
            yield Group(metric, code, tuple(one for one in buyers if one.bands[metric] == code))
    for code, had in (("failure", True), ("none", False)):
        yield Group("failure", code, tuple(one for one in buyers if one.had_failure is had and one.bought_before))


def _spent(buyers: Iterable[Buyer]) -> dict[float, int]:
    return dict(Counter(one.cents / 100 for one in buyers if one.days))


def _steps(groups: Iterable[Group]) -> Iterator[Step]:
    known = {(one.by, one.code): one for one in groups}
    for metric, (_scale, classes) in BANDS.items():
        for (upper, _a), (lower, _b) in pairwise(classes):
            first, second = (_spent(known[metric, code].buyers) for code in (upper, lower))
            smaller = min(sum(first.values()), sum(second.values()))
            yield Step(metric, upper, lower, compare_means(first, second).difference, smaller)
