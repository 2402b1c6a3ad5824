"""What a problem costs the customer: how often they had to tell us, how often they were handed on (row S48).

One problem is one case, together with the cases that the same customer had at the same touchpoint in the sixty days
before. A case counts as one contact, or as many as the customer wrote or said in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from premura.core.company.company import company_timezone
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.recover.models import Case, Direction, RepeatAlert
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: Cases of the same customer at the same touchpoint this close together are one problem
SAME_PROBLEM = timedelta(days=60)
#: At this contact somebody who leads is told
TOO_OFTEN = 3


@dataclass(frozen=True)
class Effort:
    """``contacts`` over the whole problem, ``handovers`` of this case, ids of ``earlier`` cases of the same problem."""

    contacts: int
    handovers: int
    earlier: tuple[int, ...]

    @property
    def is_too_much(self) -> bool:
        return self.contacts >= TOO_OFTEN


def with_contacts(cases: Any) -> Any:
    """Adds ``told``: how many messages of the customer a case holds."""
    return cases.annotate(told=Count("messages", filter=Q(messages__direction=Direction.IN), distinct=True))


def effort_of(case: Case) -> Effort:
    """What this problem has cost the customer until now. Three queries."""
    earlier = dict(with_contacts(_earlier(case)).values_list("pk", "told"))
    told = case.messages.filter(direction=Direction.IN).count()
    contacts = max(told, 1) + sum(max(other, 1) for other in earlier.values())
    return Effort(contacts, max(case.assignments.count() - 1, 0), tuple(earlier))


def _earlier(case: Case) -> Any:
    if case.customer_id is None or case.touchpoint_id is None:
        return Case.objects.none()
    return Case.objects.filter(
        customer=case.customer_id,
        touchpoint=case.touchpoint_id,
        opened_at__lte=case.opened_at,
        opened_at__gte=case.opened_at - SAME_PROBLEM,
    ).exclude(pk=case.pk)


def alert_repeat(case: Case, at: datetime) -> RepeatAlert | None:
    """Say once of a case that the customer has told us too often; ``None`` when they have not, or it was said."""
    effort = effort_of(case)
    if not effort.is_too_much:
        return None
    with transaction.atomic():
        alert, is_new = RepeatAlert.objects.get_or_create(
            case=case, defaults={"contacts": effort.contacts, "alerted_at": at}
        )
        if is_new:
            data = {"contacts": effort.contacts}
            record(
                "case.told_again", by=None, about=case, customer=case.customer, location=case.location, at=at, data=data
            )
    return alert if is_new else None


def first_contact_resolution(person: Person, window: Window, **filters: Any) -> Estimate:
    """Of the cases resolved in ``window``, the share in which the customer told us once; Wilson. Two queries.

    Cases that were reopened are told again by their reopening and do not count as solved at first contact.
    """
    start, end = window.instants(company_timezone())
    cases: Any = Case.objects.visible_to(person).filter(resolved_at__gte=start, resolved_at__lt=end, **filters)
    once = Q(told__lte=1) & Q(solutions=1)
    counted = with_contacts(cases).annotate(solutions=Count("resolutions", distinct=True))
    sums = counted.aggregate(n=Count("pk"), hits=Count("pk", filter=once))
    return top_box(sums["hits"], sums["n"])
