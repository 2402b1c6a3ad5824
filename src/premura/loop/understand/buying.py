"""What customers bought before and now, and their last marks, as columns: from the files where the engine is filled,
else from the tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Right, Substr
from numpy.typing import NDArray

from premura.core.customers.models import Customer, Purchase
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer
from premura.loop.understand.draws import RESPONSE
from premura.loop.understand.engine_counts import USUAL, columns_of_purchases, months_of_facts, seen_in_facts
from premura.loop.understand.gaps import Side
from premura.loop.understand.windows import Window

Numbers = NDArray[np.signedinteger[Any]]
#: metric → scale and its classes, the best first: (code, from which score on)
BANDS = {
    "nps": ("0-10", (("promoter", 9), ("passive", 7), ("detractor", 0))),
    "csat": ("1-5", (("satisfied", 4), ("neutral", 3), ("dissatisfied", 1))),
}
#: The currency where nobody bought anything
USUAL_CURRENCY = "EUR"
#: The mark of whoever gave none
NO_MARK = -1
_SIZES_SQL = """SELECT currency, sum(purchases)::BIGINT AS n FROM facts AS bought
WHERE bought_on BETWEEN $first AND $last AND %s GROUP BY currency"""
# Money given back is no purchase
_BOUGHT_SQL = """SELECT customer, bool_or(paid > 0 AND bought_on < $now) AS before,
  count(CASE WHEN paid > 0 AND bought_on >= $now THEN 1 END)::INTEGER AS days,
  sum(CASE WHEN bought_on >= $now THEN cents ELSE 0 END)::BIGINT AS cents
FROM facts AS bought WHERE bought_on BETWEEN $first AND $last AND currency = $currency AND %s GROUP BY customer"""
# Grows with the instant, and for those given at the same one with the order of their responses and within them: one
# number is compared faster than three. A response of so many marks is none.
_ORDER = "(epoch_us(answered_at) * (1::HUGEINT << 60) + response) * 4096 + least(place, 4095)"
_LAST = ", ".join(
    f"coalesce(arg_max(score, {_ORDER}) FILTER (WHERE kind = '{kind}'), {NO_MARK})::TINYINT AS {kind}" for kind in BANDS
)
_ASKED = " OR ".join(f"kind = '{kind}' AND scale = '{scale}'" for kind, (scale, _classes) in BANDS.items())
_SAID_SQL = f"""SELECT customer, {_LAST} FROM facts AS answers WHERE answered_on <= $last AND {USUAL}
AND part = '' AND score IS NOT NULL AND customer IS NOT NULL AND kind IN ('nps', 'csat') AND ({_ASKED}) AND %s
GROUP BY customer"""  # noqa: S608 -- words of our own


@dataclass(frozen=True)
class Bought:
    """One position each customer who bought in either window, by their ids: whether they bought before, on how many
    days now, the cents spent now, and metric → their last mark before now, or :data:`NO_MARK`. ``other`` purchases are
    in other currencies.
    """

    currency: str
    other: int
    customers: Numbers
    before: NDArray[np.bool_]
    days: Numbers
    cents: Numbers
    marks: dict[str, Numbers]


def bought(person: Person, window: Window, *, location: int | None = None) -> Bought:
    """The customers whom ``person`` may see; ``location`` is theirs, 0 is none. At most seven queries."""
    return _from_files(person, window, location) or of_tables(person, window, location)


def _from_files(person: Person, window: Window, location: int | None) -> Bought | None:
    seen, first, last = seen_in_facts(person, location), window.previous.first_day, window.last_day
    days = {"first": first, "last": last}
    sizes = columns_of_purchases(_SIZES_SQL % seen, days, first, last)
    if sizes is None:
        return None
    currency, other = _usual(dict(zip(*map(list, sizes.values()), strict=True)) if sizes else {})
    values = {**days, "now": window.first_day, "currency": currency}
    rows = columns_of_purchases(_BOUGHT_SQL % seen, values, first, last)
    before_now = window.first_day - timedelta(days=1)
    said = months_of_facts(_SAID_SQL % seen_in_facts(person, None), {"last": before_now}, date.min, before_now)
    if rows is None or said is None:
        return None
    names = ("customer", "before", "days", "cents")
    customers, before, days_now, cents = _ordered([_numbers(rows, name) for name in names])
    # Who only gave something back bought nothing
    buys = before | (days_now > 0)
    customers = customers[buys]
    marks = dict(zip(BANDS, _marks(said, customers), strict=True))
    return Bought(currency, other, customers, before[buys].astype(bool), days_now[buys], cents[buys], marks)


def _usual(sizes: dict[str, int]) -> tuple[str, int]:
    """The currency of most purchases, and how many are in others."""
    currency = min(sizes, key=lambda one: (-sizes[one], one), default=USUAL_CURRENCY)
    return currency, int(sum(sizes.values()) - sizes.get(currency, 0))


def _numbers(columns: dict[str, Any], name: str) -> Numbers:
    return np.asarray(columns[name]) if columns else np.zeros(0, dtype=np.int64)


def _ordered(columns: list[Numbers]) -> list[Numbers]:
    """The rows by the first of their columns."""
    order = np.argsort(columns[0])
    return [column[order] for column in columns]


def _marks(said: Iterable[dict[str, Any]], customers: Numbers) -> list[Numbers]:
    """The marks of each metric in the order of ``customers``, which are sorted; what was ``said`` last comes first."""
    scores = [np.full(len(customers), NO_MARK, dtype=np.int8) for _metric in BANDS]
    for columns in said:
        # In order they are looked up much faster
        whose, *given = _ordered([_numbers(columns, name) for name in ("customer", *BANDS)])
        if not len(whose) or not len(customers):
            continue
        at = np.minimum(np.searchsorted(customers, whose), len(customers) - 1)
        known = customers[at] == whose
        for into, marks in zip(scores, given, strict=True):
            first = np.flatnonzero(known & (into[at] == NO_MARK))
            into[at[first]] = marks[first]
    return scores


# The tables


def of_tables(person: Person, window: Window, location: int | None) -> Bought:
    """The same from the purchases and answers themselves. Three queries."""
    people = Customer.objects.visible_to(person)
    if location is not None:
        people = people.filter(location=location or None)
    rows = Purchase.objects.order_by().filter(
        customer__in=people, bought_on__gte=window.previous.first_day, bought_on__lte=window.last_day
    )
    currency, other = _usual(dict(rows.values_list("currency").annotate(n=Count("pk"))))
    rows = rows.filter(currency=currency)
    marks = _last_marks(person, rows.values("customer"), window)
    told = [(pk, before > 0, days, cents or 0) for pk, before, days, cents in _bought(rows, window) if before or days]
    customers, before, days, cents = (np.array(column, dtype=np.int64) for column in _columns(told, 4))
    silent = (None,) * len(BANDS)
    said = _columns([marks.get(pk, silent) for pk, *_rest in told], len(BANDS))
    given = {
        metric: np.array([NO_MARK if score is None else score for score in column], dtype=np.int64)
        for metric, column in zip(BANDS, said, strict=True)
    }
    return Bought(currency, other, customers, before.astype(bool), days, cents, given)


def _columns(rows: list[Any], width: int) -> Iterable[Any]:
    return zip(*rows, strict=True) if rows else [()] * width


def _bought(rows: QuerySet[Purchase], window: Window) -> QuerySet[Any]:
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


def _last_marks(person: Person, buyers: Any, window: Window) -> dict[int, tuple[int | None, ...]]:
    """Customer → the last mark of each metric before ``window`` began. One query, which looks for the last mark of each
    buyer: what all others ever said is not read.
    """
    marks = Answer.objects.visible_to(person).filter(
        Side().seen(), part="", score__isnull=False, response__customer=OuterRef("pk"),
        response__answered_on__lt=window.first_day,
    )  # fmt: skip
    # Of responses of one instant the one whose key is higher, which is all that the facts know of them
    marks = marks.order_by("-response__answered_at", Substr(RESPONSE, 4, 5).desc(), Right(RESPONSE, 10).desc(), "-pk")
    last = {
        metric: Subquery(marks.filter(kind=metric, scale=scale).values("score")[:1])
        for metric, (scale, _classes) in BANDS.items()
    }
    rows = Customer.objects.filter(pk__in=buyers).order_by().annotate(**last).values_list("pk", *BANDS)
    return {pk: tuple(found) for pk, *found in rows.iterator()}
