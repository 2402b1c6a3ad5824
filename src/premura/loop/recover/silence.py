"""Customers who fell silent after a failure: the case was closed, and nothing was heard since (row S49).

Silence is no satisfaction: who left without a word says so by not coming back. Heard counts what comes from the
customer: an answer, a meeting, a message, another case.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from premura.core.customers.models import Interaction
from premura.loop.listen.models import Response
from premura.loop.recover.models import Case, CaseLink, Direction, Message
from premura.loop.recover.rules import Rule


@dataclass(frozen=True)
class Silent:
    """A closed case of a customer, and since when nothing was heard: the instant it had lasted long enough."""

    case_id: int
    customer_id: int
    since: datetime


def silent_after(rule: Rule, since: datetime, now: datetime) -> list[Silent]:
    """Whose silence became ``rule.at_least`` days long between ``since`` and ``now``. Five queries.

    The last closed case of each customer speaks, and only once: one from which a case followed already is left out.
    """
    days = timedelta(days=rule.at_least)
    closed: Any = Case.objects.filter(
        is_open=False, resolved_at__gt=since - days, resolved_at__lte=now - days, customer__forgotten_at__isnull=True
    )
    if rule.touchpoint:
        closed = closed.filter(touchpoint__code=rule.touchpoint)
    closed = closed.exclude(customer=None).exclude(linked_from__kind=CaseLink.Kind.FOLLOWS)
    columns = ("customer_id", "pk", "resolved_at")
    last = {customer: (pk, ended) for customer, pk, ended in closed.order_by("resolved_at").values_list(*columns)}
    heard = _heard(last, since - days)
    found = []
    for customer, (pk, ended) in last.items():
        moments = heard.get(customer, [])
        place = bisect_right(moments, ended)
        if place == len(moments) or moments[place] > ended + days:
            found.append(Silent(pk, customer, ended + days))
    return found


def _heard(customers: Iterable[int], since: datetime) -> dict[int, list[datetime]]:
    """When each customer was heard of, in order. Four queries of all customers: a list of ids could be too long."""
    wanted = set(customers)
    sources: list[Any] = [
        Response.objects.filter(answered_at__gt=since).values_list("customer_id", "answered_at"),
        Interaction.objects.filter(happened_at__gt=since).values_list("customer_id", "happened_at"),
        Case.objects.filter(opened_at__gt=since).values_list("customer_id", "opened_at"),
        Message.objects.filter(direction=Direction.IN, written_at__gt=since).values_list(
            "case__customer_id", "written_at"
        ),
    ]
    heard: dict[int, list[datetime]] = {}
    for rows in sources:
        for customer, moment in rows.order_by().iterator():
            if customer in wanted:
                heard.setdefault(customer, []).append(moment)
    return {customer: sorted(moments) for customer, moments in heard.items()}
