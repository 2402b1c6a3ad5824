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
from typing import Any

import numpy as np
from django.db.models import Count, Max, Q, Sum

from premura.core.customers.models import Customer, Purchase
from premura.core.staff.models import Person
from premura.loop.understand.courses import after, first_of
from premura.loop.understand.engine_counts import columns_of_purchases, seen_in_facts
from premura.loop.understand.windows import Window
from premura.stats import Counted, mean, top_box
from premura.stats.estimate import Estimate

#: So many days after their last purchase of a month people have to buy again.
DAYS = 90
_FIRST = date(1970, 1, 1)
#: So many parts of the customers are gone through one after the other: what they bought in each month is much at once.
_PARTS = 2
_LATEST_SQL = """SELECT count(*) AS n, coalesce(max(bought_on) - DATE '1970-01-01', 0) AS latest FROM facts AS bought
WHERE currency = $currency AND %s"""
# What each customer bought in each month, and the first day on which they bought in a later one. Money given back is no
# purchase, and less is spent.
_MONTHS_SQL = f"""WITH months AS (
  SELECT customer, 12 * year(bought_on) + month(bought_on) - 1 AS month, sum(cents) AS cents,
    min(bought_on) FILTER (WHERE paid > 0) AS first, max(bought_on) FILTER (WHERE paid > 0) AS last
  FROM facts AS bought WHERE currency = $currency AND bought_on >= $first AND bought_on < $until AND %s GROUP BY 1, 2),
told AS (
  SELECT month, cents, lead(first) OVER (PARTITION BY customer ORDER BY month) - last <= {DAYS} AS is_again
  FROM months WHERE last IS NOT NULL)
SELECT month::BIGINT AS month, cents::BIGINT AS cents, count(*) AS n, count(*) FILTER (WHERE is_again) AS again
FROM told GROUP BY 1, 2"""  # noqa: S608 -- a number of our own


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
    """The whole months of ``window`` for the customers whom ``person`` may see. At most four queries."""
    found = _from_files(person, window, currency, location)
    return of_tables(person, window, currency, location) if found is None else found


def _from_files(person: Person, window: Window, currency: str, location: int | None) -> Returning | None:
    seen = seen_in_facts(person, location)
    latest = columns_of_purchases(_LATEST_SQL % seen, {"currency": currency})
    if latest is None:
        return None
    heard = _FIRST + timedelta(days=int(latest["latest"][0])) if latest and latest["n"][0] else None
    months = list(_whole_months(window, heard)) if heard else []
    if heard is None or not months:
        return Returning({}, {})
    until = after(months[-1], "month") + timedelta(days=DAYS)
    values = {"currency": currency, "first": months[0], "until": until}
    parts = [
        columns_of_purchases(_MONTHS_SQL % f"{seen} AND customer % {_PARTS} = {part}", values, months[0], until)
        for part in range(_PARTS)
    ]
    known = [part for part in parts if part is not None]
    if len(known) < _PARTS:
        return None
    return _told({name: np.concatenate([part[name] for part in known]) for name in known[0]}, months, heard)


def _told(rows: dict[str, Any], months: list[date], heard: date) -> Returning:
    again: dict[date, tuple[int, int]] = {}
    spent: dict[date, Estimate] = {}
    for month in months:
        mine = np.asarray(rows["month"]) == 12 * month.year + month.month - 1 if rows else np.zeros(0, dtype=bool)
        if mine.any():
            spent[month] = mean(Counted(rows["cents"][mine] / 100, rows["n"][mine]))
            if _is_ripe(month, heard):
                again[month] = int(rows["again"][mine].sum()), int(rows["n"][mine].sum())
    return Returning(again, spent)


def of_tables(person: Person, window: Window, currency: str, location: int | None) -> Returning:
    """The same from the purchases themselves. Two queries."""
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
    ripe = [month for month in months if _is_ripe(month, heard)]
    return Returning(
        {month: (again[month][True], again[month].total()) for month in ripe if month in again},
        {month: mean(spent[month]) for month in months if month in spent},
    )


def _is_ripe(month: date, heard: date) -> bool:
    """Whether everybody who bought in the month has had the time to come back."""
    return after(month, "month") + timedelta(days=DAYS - 1) <= heard


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
