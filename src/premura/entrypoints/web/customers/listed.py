"""The list of customers: which ones, in which order, and what stands beside each name.

The order is looked for first, and only among those that can come first; what stands beside the names is read for the
page alone. So a page costs the same however many customers there are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from premura.core.customers.models import Customer, Interaction
from premura.core.staff.models import Person
from premura.loop.listen.models import Response
from premura.loop.recover.models import Case

#: Who we met last is among those of the latest meetings; whoever turns further than these waits for all to be sorted.
LATEST_MEETINGS = 5_000
_OF = OuterRef("pk")


def customers_found(
    person: Person, text: str = "", location: str = "", state: str = "", *, silent_since: datetime
) -> QuerySet[Customer]:
    """The customers that ``person`` may see, narrowed; ``state`` is ``"silent"``, ``"case"`` or nothing."""
    rows: Any = Customer.objects.visible_to(person).filter(forgotten_at__isnull=True)
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(email__icontains=text)
            | Q(phone__icontains=text)
            | Q(account__name__icontains=text)
        )
    if location.isdigit():
        rows = rows.filter(location_id=int(location))
    if state == "silent":
        heard = Response.objects.filter(customer=_OF, answered_at__gte=silent_since)
        rows = rows.filter(Exists(Interaction.objects.filter(customer=_OF)), ~Exists(heard))
    elif state == "case":
        rows = rows.filter(Exists(Case.objects.filter(customer=_OF, is_open=True)))
    return rows  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Listed:
    """``found`` in the order ``sort``: ``"name"``, ``"recent"`` (met last) or ``"cases"`` (most open cases). A slice of
    it is a list of customers, each with ``last_met``, ``last_heard`` and ``open_cases``; two queries, or three for the
    end of an order.
    """

    found: QuerySet[Customer]
    sort: str = "name"

    def count_to(self, most: int) -> int:
        return self.found.order_by()[:most].count()

    def __getitem__(self, part: slice) -> list[Customer]:
        keys = self._keys(part)
        known = {row.pk: row for row in _with_figures(Customer.objects.filter(pk__in=keys))}
        return [known[pk] for pk in keys]

    def _keys(self, part: slice) -> list[int]:
        if self.sort == "recent":
            latest = Interaction.objects.order_by("-happened_at").values("customer")[:LATEST_MEETINGS]
            return self._first(Q(pk__in=latest), _last_met(), part)
        if self.sort == "cases":
            return self._first(Q(pk__in=Case.objects.filter(is_open=True).values("customer")), _open_cases(), part)
        return list(self.found.order_by("name", "pk").values_list("pk", flat=True)[part])

    def _first(self, can_be_first: Q, by: Any, part: slice) -> list[int]:
        """The part of the order by ``by``, the greatest first; all are sorted only for what lies behind those that can
        be first.
        """
        rows = self.found.annotate(by=by).order_by(F("by").desc(nulls_last=True), "name", "pk")
        keys = list(rows.filter(can_be_first).values_list("pk", flat=True)[part])
        if len(keys) < part.stop - part.start:
            keys = list(rows.values_list("pk", flat=True)[part])
        return keys


def _last_met() -> Subquery:
    met = Interaction.objects.filter(customer=_OF).order_by("-happened_at")
    return Subquery(met.values("happened_at")[:1])


def _open_cases() -> Coalesce:
    cases = Case.objects.filter(customer=_OF, is_open=True).order_by().values("customer")
    return Coalesce(Subquery(cases.annotate(n=Count("pk")).values("n")), 0)


def _with_figures(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    heard = Response.objects.filter(customer=_OF).order_by("-answered_at")
    figured: Any = rows.annotate(
        last_met=_last_met(), last_heard=Subquery(heard.values("answered_at")[:1]), open_cases=_open_cases()
    )
    return figured.select_related("location", "account")  # type: ignore[no-any-return]
