"""Commitments: made for an exact instant, then kept, broken or called off. A new date is a new commitment."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import company_timezone, working_calendar
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.promise.models import Commitment, CommitmentKind, CommitmentOutcome, Outcome
from premura.loop.promise.rules import outcome_of_keeping
from premura.loop.promise.urgency import keep_next_due
from premura.loop.recover.models import Case, GestureRequest


def make_commitment(
    what: str,
    *,
    owner: Person,
    due: datetime | date,
    by: Person | None,
    kind: str = CommitmentKind.PROMISE,
    customer: Customer | None = None,
    location: Location | None = None,
    case: Case | None = None,
    request: GestureRequest | None = None,
    about: str = "",
    at: datetime | None = None,
) -> Commitment:
    """Promise ``what`` for an exact instant, or for a day (kept until 23:59:59 where the company is).

    Errors: ``text-needed``; ``date-needed`` for what is not a date; ``date-past`` when somebody promises the past;
    ``time-skipped`` for an hour that the clocks leave out.
    """
    what = " ".join(what.split())
    if not what:
        raise PremuraError("text-needed", _("Say what you promise."))
    at = at or timezone.now()
    due_at, is_date_only = _instant(due)
    if by is not None and due_at < at:
        raise PremuraError("date-past", _("This date is past: promise a day that is still to come."))
    with transaction.atomic():
        commitment = Commitment.objects.create(
            kind=kind,
            what=what[:300],
            owner=owner,
            customer=customer or (case.customer if case else None),
            location=location or (case.location if case else None),
            case=case,
            request=request,
            about=about,
            due_at=due_at,
            is_date_only=is_date_only,
            made_at=at,
            made_by=by,
        )
        keep_next_due(commitment.case_id)
        data = {"kind": kind, "owner": owner.pk, "due_at": due_at.isoformat()}
        _record("commitment.made", commitment, by=by, at=at, data=data)
    return commitment


def _instant(due: datetime | date) -> tuple[datetime, bool]:
    """The last instant at which ``due`` is kept, and whether only a day was named."""
    if isinstance(due, datetime):
        return (due if due.tzinfo else _where_we_are(due)), False
    if isinstance(due, date):
        return working_calendar().end_of_day(due), True
    raise PremuraError(
        "date-needed", _("Name a day: “as soon as possible” is not a date, and nobody could say whether it was kept.")
    )


def _where_we_are(wall: datetime) -> datetime:
    """A time on the wall as an instant. An hour that comes twice is the first of the two: so it is never late by one.

    Error: ``time-skipped`` for an hour that the clocks leave out.
    """
    due = wall.replace(tzinfo=company_timezone(), fold=0)
    # PEP 495: in the gap, and only there, the offset before it is the smaller one
    before, after = due.utcoffset(), due.replace(fold=1).utcoffset()
    if before is not None and after is not None and before < after:
        told = _("In that night the clocks go forward: %(time)s does not exist. Name another time.")
        raise PremuraError("time-skipped", told % {"time": f"{wall:%H:%M}"})
    return due


def _record(
    name: str, commitment: Commitment, *, by: Person | None, at: datetime, data: dict[str, Any] | None = None
) -> None:
    record(name, by=by, about=commitment, customer=commitment.customer, location=commitment.location, at=at, data=data)


def keep_commitment(
    commitment: Commitment, *, by: Person | None, note: str = "", at: datetime | None = None
) -> CommitmentOutcome:
    """Done: kept when it is done by the instant it was due, else late."""
    at = at or timezone.now()
    return _end(commitment, outcome_of_keeping(commitment.due_at, at), by=by, note=note, at=at)


def break_commitment(
    commitment: Commitment, *, by: Person | None, note: str, at: datetime | None = None
) -> CommitmentOutcome:
    """It will not be done as promised; ``note`` says why, for whoever has to explain it."""
    if not note.strip():
        raise PremuraError("text-needed", _("Say why it could not be kept."))
    return _end(commitment, Outcome.BROKEN, by=by, note=note, at=at)


def call_off_commitment(
    commitment: Commitment, *, by: Person | None, note: str = "", at: datetime | None = None
) -> CommitmentOutcome:
    """Its reason went away, or who it was promised to agreed to drop it: neither kept nor broken."""
    return _end(commitment, Outcome.CALLED_OFF, by=by, note=note, at=at)


_EVENTS = {Outcome.KEPT: "kept", Outcome.LATE: "kept", Outcome.BROKEN: "broken", Outcome.CALLED_OFF: "called_off"}


def _end(
    commitment: Commitment, outcome: str, *, by: Person | None, note: str, at: datetime | None
) -> CommitmentOutcome:
    at = at or timezone.now()
    with transaction.atomic():
        # The conditional update decides between two people who end it at the same moment
        if not Commitment.objects.filter(pk=commitment.pk, ended_at__isnull=True).update(ended_at=at):
            raise Conflict("already-ended", _("This has ended already. Nothing was changed."))
        commitment.ended_at = at
        row = CommitmentOutcome.objects.create(
            commitment=commitment, outcome=outcome, ended_at=at, ended_by=by, note=note.strip()[:300]
        )
        keep_next_due(commitment.case_id)
        name = f"commitment.{_EVENTS[Outcome(outcome)]}"
        _record(name, commitment, by=by, at=at, data={"kind": commitment.kind, "outcome": outcome})
    return row


def hand_over_commitment(
    commitment: Commitment, person: Person, *, by: Person | None, at: datetime | None = None
) -> Commitment:
    """From now on ``person`` owes it; nothing happens when they do already, or it has ended."""
    at = at or timezone.now()
    with transaction.atomic():
        waiting = Commitment.objects.waiting().filter(pk=commitment.pk).exclude(owner=person)
        if waiting.update(owner=person):
            data = {"from": commitment.owner_id, "person": person.pk}
            commitment.owner = person
            _record("commitment.handed_over", commitment, by=by, at=at, data=data)
    return commitment


def rebuild_state(commitment: Commitment) -> Commitment:
    """Work out the cached column anew from the outcome."""
    outcome = CommitmentOutcome.objects.filter(commitment=commitment).first()
    commitment.ended_at = outcome.ended_at if outcome else None
    commitment.save(update_fields=["ended_at"])
    return commitment
