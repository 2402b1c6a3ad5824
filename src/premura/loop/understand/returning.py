"""Who comes back, month by month (row S31): the customers of each month, whether they bought again, what they spent.

Each month has customers of its own, so that months can be told apart from chance; a month counts only when everybody
in it has had the same time to come back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Max, Q, Sum

from premura.core.customers.models import Customer, Purchase
from premura.core.staff.models import Person
from premura.loop.understand.courses import after, first_of
from premura.loop.understand.windows import Window
from premura.stats import mean, top_box
from premura.stats.estimate import Estimate

#: So many days after their last purchase of a month people have to buy again.
DAYS = 90


@dataclass(frozen=True)
class Returning:
    """Month → of those who bought in it, how many bought again within :data:`DAYS` days (hits, customers), and what
    one of them spent in it, in whole units of the currency.
    """

    again: dict[date, tuple[int, int]]
    spent: dict[date, Estimate]

    @property
    def again_estimates(self) -> dict[date, Estimate]:
        return {month: top_box(*pair) for month, pair in self.again.items()}


def returning(person: Person, window: Window, currency: str, *, location: int | None = None) -> Returning:
    """The whole months of ``window`` for the customers whom ``person`` may see. Two queries."""
    people = Customer.objects.visible_to(person)
    if location is not None:
        people = people.filter(location=location or None)
    rows = Purchase.objects.order_by().filter(customer__in=people, currency=currency)
    heard = rows.aggregate(last=Max("bought_on"))["last"]
    months = list(_whole_months(window, heard)) if heard else []
    if not months:
        return Returning({}, {})
    until = after(months[-1], "month") + timedelta(days=DAYS)
    days = rows.filter(bought_on__gte=months[0], bought_on__lt=until).values("customer", "bought_on")
    days = days.annotate(spent=Sum("cents"), times=Count("pk", filter=Q(cents__gt=0))).order_by("customer", "bought_on")
    return count_months(days.values_list("customer", "bought_on", "spent", "times"), months, heard)


def count_months(rows: Iterable[tuple[int, date, int, int]], months: list[date], heard: date) -> Returning:
    """``rows``: (customer, day, cents, purchases), by customer and day; ``heard`` is the last day that is known."""
    again: dict[date, Counter[bool]] = defaultdict(Counter)
    spent: dict[date, Counter[float]] = defaultdict(Counter)
    for _customer, days in groupby(rows, key=itemgetter(0)):
        known = list(days)
        cents: Counter[date] = Counter()
        for _same, day, amount, _times in known:
            cents[first_of(day, "month")] += amount
        bought = [day for _same, day, _amount, times in known if times]
        # The last purchase of each month, and the first one after it
        for month, (last, following) in _lasts(bought).items():
            spent[month][cents[month] / 100] += 1
            again[month][following is not None and following - last <= timedelta(days=DAYS)] += 1
    ripe = [month for month in months if after(month, "month") + timedelta(days=DAYS - 1) <= heard]
    return Returning(
        {month: (again[month][True], again[month].total()) for month in ripe if month in again},
        {month: mean(spent[month]) for month in months if month in spent},
    )


def _lasts(bought: list[date]) -> dict[date, tuple[date, date | None]]:
    found: dict[date, tuple[date, date | None]] = {}
    following: date | None = None
    for day in reversed(bought):
        found.setdefault(first_of(day, "month"), (day, following))
        following = day
    return found


def _whole_months(window: Window, heard: date) -> Iterator[date]:
    """The first days of the months that lie wholly in the window and before the last day that is known."""
    month = first_of(window.first_day, "month")
    month = month if month == window.first_day else after(month, "month")
    while after(month, "month") - timedelta(days=1) <= min(window.last_day, heard):
        yield month
        month = after(month, "month")
