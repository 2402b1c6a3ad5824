"""Escalation before the breach: when three quarters of the time for a case are gone, somebody who leads is told.

Told in time to help, not afterwards to blame: *Today* shows them what is about to be late, with its owner.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from premura.core.company.calendar import WorkingCalendar
from premura.core.company.company import working_calendars
from premura.core.company.models import Location
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import people_who_may
from premura.loop.promise.models import Commitment, CommitmentKind, Escalation
from premura.loop.promise.rules import is_nearly_due, person_to_tell

ESCALATE = "promise.escalate"
_KINDS = (CommitmentKind.FIRST_ANSWER, CommitmentKind.SOLUTION)


def do_escalations(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`escalate_nearly_due`."""
    escalate_nearly_due(at=timezone.now())


def escalate_nearly_due(*, at: datetime) -> int:
    """Tell somebody who leads of every duty of a case that is nearly or already late; once each. Returns how many."""
    rows = Commitment.objects.running().filter(kind__in=_KINDS, escalation__isnull=True)
    waiting = list(rows.select_related("owner", "location", "customer").order_by("due_at", "pk"))
    calendars = working_calendars(commitment.location_id for commitment in waiting)
    told = 0
    for commitment in waiting:
        if is_nearly_due(*_worked(calendars[commitment.location_id], commitment, at)):
            told += _tell(commitment, at)
    return told


def _worked(calendar: WorkingCalendar, commitment: Commitment, at: datetime) -> tuple[float, float]:
    """Seconds of working time that have passed, and that there are in all; plain time where nobody wrote hours down."""
    whole = calendar.between(commitment.made_at, commitment.due_at)
    passed = calendar.between(commitment.made_at, at)
    if not whole:
        whole, passed = commitment.due_at - commitment.made_at, at - commitment.made_at
    return passed.total_seconds(), whole.total_seconds()


def _tell(commitment: Commitment, at: datetime) -> int:
    person = who_leads(commitment.location, besides=commitment.owner)
    if person is None:
        return 0
    try:
        with transaction.atomic():
            Escalation.objects.create(commitment=commitment, told=person, escalated_at=at)
            data = {"kind": commitment.kind, "owner": commitment.owner_id, "told": person.pk}
            record(
                "commitment.escalated",
                by=None,
                about=commitment,
                customer=commitment.customer,
                location=commitment.location,
                at=at,
                data=data,
            )
    except IntegrityError:  # another worker told them a moment ago
        return 0
    return 1


def who_leads(location: Location | None, *, besides: Person | None) -> Person | None:
    """Somebody who leads at ``location`` and is not the one who owes it; ``None`` where nobody else does."""
    leaders = people_who_may(Ability.EDIT_RULES, location)
    known = [(person.pk, person.may(Ability.MANAGE_COMPANY)) for person in leaders]
    chosen = person_to_tell(known, owner_id=besides.pk if besides else None)
    return next((person for person in leaders if person.pk == chosen), None)


def told_to(person: Person) -> QuerySet[Commitment]:
    """What ``person`` was told of and what still waits, the soonest first. One query."""
    rows: Any = Commitment.objects.running().visible_to(person).filter(escalation__told=person)
    return rows.select_related("owner", "customer", "case", "escalation").order_by("due_at", "pk")  # type: ignore[no-any-return]
