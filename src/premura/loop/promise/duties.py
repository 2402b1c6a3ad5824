"""What cases and requests owe: their deadlines as commitments, made and ended by what happens to them.

Every handler may be called twice with the same event, and late: it looks at the case as it stands and brings its
commitments into accord. A commitment born of an event carries the event's instant as ``made_at``: so a second delivery
knows.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from django.db import transaction

from premura.core.company.calendar import CalendarError
from premura.core.company.company import working_calendar
from premura.core.company.models import Location
from premura.core.history.models import Event
from premura.loop.promise.commitments import (
    call_off_commitment,
    hand_over_commitment,
    keep_commitment,
    make_commitment,
)
from premura.loop.promise.escalations import who_leads
from premura.loop.promise.models import Commitment, CommitmentKind, Extension
from premura.loop.promise.urgency import keep_next_due
from premura.loop.recover.models import Case, GestureRequest, Pause

#: Working time in which somebody who is asked says yes or no, or calls a customer who had to tell us again
APPROVAL_TIME = timedelta(hours=4)
#: Stay with whom they were given to, whoever owns the case
_OF_WHO_LEADS = (CommitmentKind.APPROVAL, CommitmentKind.CALL, CommitmentKind.MANAGER_CALL)
_OF_A_CASE = (CommitmentKind.FIRST_ANSWER, CommitmentKind.SOLUTION)


def due_after(start: datetime, hours: timedelta, location: Location | None) -> datetime:
    """``hours`` of working time after ``start`` at ``location``; plain time while nobody has written down any hours."""
    try:
        return working_calendar(location).add(start, hours)
    except CalendarError:
        return start + hours


def _case(event: Event) -> Case | None:
    return Case.objects.select_related("owner", "customer", "location").filter(pk=int(event.subject_id)).first()


def handle_case_opened(event: Event) -> None:
    """Two duties: answer, and put right."""
    case = _case(event)
    if case is None:
        return
    with transaction.atomic():
        for kind in _OF_A_CASE:
            if not _is_known(case, kind, event):
                _owe(case, kind, event)
        _settle(case)


def _is_known(case: Case, kind: str, event: Event) -> bool:
    """Whether the event has made its commitment already."""
    return Commitment.objects.filter(case=case, kind=kind, made_at=event.happened_at).exists()


def _owe(case: Case, kind: str, event: Event, due_at: datetime | None = None) -> None:
    """Make the duty ``kind`` of ``case`` with the event's deadline; none without a deadline or an owner."""
    hours = event.data.get(f"{kind}_hours", "")
    if case.owner is None or not (hours or due_at):
        return
    make_commitment(
        str(case),
        owner=case.owner,
        due=due_at or due_after(event.happened_at, timedelta(seconds=int(Decimal(hours) * 3600)), case.location),
        by=None,
        kind=kind,
        case=case,
        at=event.happened_at,
    )


def _bring_pauses(case: Case) -> None:
    """Clocks stand still while we wait for the customer; a date moves by the working time that a pause took, once."""
    pauses = list(case.pauses.all())
    standing = next((pause.paused_at for pause in pauses if pause.ended_at is None), None)
    waiting = Commitment.objects.waiting().filter(case=case, kind=CommitmentKind.SOLUTION)
    for commitment in waiting.select_related("location"):
        known = set(commitment.extensions.values_list("pause_id", flat=True))
        for pause in pauses:
            if pause.ended_at is not None and pause.pk not in known:
                _extend(commitment, pause)
    if waiting.update(paused_at=standing):
        keep_next_due(case.pk)


def _extend(commitment: Commitment, pause: Pause) -> None:
    start, end = max(pause.paused_at, commitment.made_at), cast(datetime, pause.ended_at)
    # A pause that began after the date has passed, or ended before the duty was made, moves nothing
    if start >= commitment.due_at or end <= start:
        return
    before = commitment.due_at
    after = due_after(before, working_time(start, end, commitment.location), commitment.location)
    commitment.due_at = max(before, after)
    Extension.objects.create(commitment=commitment, pause=pause, due_before=before, due_after=commitment.due_at)
    commitment.save(update_fields=["due_at"])


def working_time(start: datetime, end: datetime, location: Location | None) -> timedelta:
    """Working time between the two at ``location``; plain time while nobody has written down any hours."""
    calendar = working_calendar(location)
    try:
        calendar.next_opening(start)
    except CalendarError:
        return end - start
    return calendar.between(start, end)


def handle_case_pause(event: Event) -> None:
    """The case's clock stands still, or runs again."""
    case = _case(event)
    if case is not None:
        with transaction.atomic():
            _bring_pauses(case)


def handle_case_merged(event: Event) -> None:
    """What was owed in it is owed in the case that it is dealt with in: neither kept nor broken here."""
    case = _case(event)
    if case is None or case.merged_into_id is None:
        return
    kinds = (*_OF_A_CASE, CommitmentKind.CALL, CommitmentKind.MANAGER_CALL)
    for commitment in Commitment.objects.waiting().filter(case=case, kind__in=kinds):
        call_off_commitment(commitment, by=None, at=event.happened_at)


def handle_case_split(event: Event) -> None:
    """It has its own duties again; dates that are still ahead stay as they were."""
    case = _case(event)
    if case is None or case.merged_into_id is not None:
        return
    with transaction.atomic():
        for kind in _OF_A_CASE:
            if not _is_known(case, kind, event):
                before = Commitment.objects.filter(case=case, kind=kind).order_by("made_at", "pk").last()
                is_ahead = before is not None and before.due_at > event.happened_at
                _owe(case, kind, event, before.due_at if before and is_ahead else None)
        _settle(case)


def _settle(case: Case) -> None:
    """End what is done: the first answer once the customer has one, a solution by the first resolution after it."""
    _bring_pauses(case)
    for commitment in Commitment.objects.waiting().filter(case=case, kind__in=_OF_A_CASE):
        ended_at = _done_at(case, commitment)
        if ended_at is not None:
            keep_commitment(commitment, by=None, at=ended_at)


def _done_at(case: Case, commitment: Commitment) -> datetime | None:
    if commitment.kind == CommitmentKind.FIRST_ANSWER:
        return case.first_answered_at
    resolution = case.resolutions.filter(resolved_at__gte=commitment.made_at).first()
    return resolution.resolved_at if resolution else None


def handle_case_progress(event: Event) -> None:
    """The case was answered or resolved: what was owed ends."""
    case = _case(event)
    if case is not None:
        _settle(case)


def handle_case_assigned(event: Event) -> None:
    """What is still owed in the case is owed by its new owner; decisions on gestures stay with who was asked."""
    case = _case(event)
    if case is None or case.owner is None:
        return
    waiting = Commitment.objects.waiting().filter(case=case).exclude(kind__in=_OF_WHO_LEADS)
    for commitment in waiting.select_related("customer", "location"):
        hand_over_commitment(commitment, case.owner, by=None, at=event.happened_at)


#: When nothing of the time was left as it was resolved, there is this much to begin again
LEAST_TIME = timedelta(hours=1)


def handle_case_reopened(event: Event) -> None:
    """A new duty to put it right; reopening does not restart the clock.

    The original date stays if it is still ahead. If it has passed, there is only what was left of the working time when
    the case was resolved, and at least an hour.
    """
    case = _case(event)
    if case is None or _is_known(case, CommitmentKind.SOLUTION, event):
        return
    with transaction.atomic():
        _settle(case)
        _owe(case, CommitmentKind.SOLUTION, event, _due_again(case, event.happened_at))
        _settle(case)


def _due_again(case: Case, at: datetime) -> datetime | None:
    before = Commitment.objects.filter(case=case, kind=CommitmentKind.SOLUTION, made_at__lt=at)
    last = before.order_by("made_at", "pk").last()
    if last is None or last.due_at > at:
        return last.due_at if last else None
    resolved_at = last.ended_at or last.due_at
    left = working_time(resolved_at, last.due_at, case.location) if resolved_at < last.due_at else timedelta(0)
    return due_after(at, max(left, LEAST_TIME), case.location)


def handle_case_raised(event: Event) -> None:
    """A case is more serious: what is owed is owed sooner, counted from when it was owed; never later."""
    case = _case(event)
    if case is None or not case.is_open:
        return
    with transaction.atomic():
        for duty in Commitment.objects.waiting().filter(case=case, kind__in=_OF_A_CASE).select_related("location"):
            hours = event.data.get(f"{duty.kind}_hours") or "0"
            due = due_after(duty.made_at, timedelta(seconds=int(Decimal(hours) * 3600)), duty.location)
            if hours != "0" and due < duty.due_at:
                duty.due_at = due
                duty.save(update_fields=["due_at"])
        keep_next_due(case.pk)


def handle_told_again(event: Event) -> None:
    """Somebody who leads calls the customer themselves, within four working hours (row S48)."""
    case = _case(event)
    if case is None or not case.is_open or _is_known(case, CommitmentKind.CALL, event):
        return
    # Who leads calls them anyhow: one apology, not two
    if Commitment.objects.waiting().filter(case=case, kind=CommitmentKind.MANAGER_CALL).exists():
        return
    caller = who_leads(case.location, besides=case.owner) or case.owner
    if caller is None:
        return
    make_commitment(
        str(case),
        owner=caller,
        due=due_after(event.happened_at, APPROVAL_TIME, case.location),
        by=None,
        kind=CommitmentKind.CALL,
        case=case,
        at=event.happened_at,
    )


def handle_gesture_requested(event: Event) -> None:
    """Who is asked owes an answer within four working hours."""
    request = _request(event)
    if request is None or Commitment.objects.filter(request=request).exists():
        return
    with transaction.atomic():
        make_commitment(
            str(request.case),
            owner=request.routed_to,
            due=due_after(event.happened_at, APPROVAL_TIME, request.case.location),
            by=None,
            kind=CommitmentKind.APPROVAL,
            case=request.case,
            request=request,
            at=event.happened_at,
        )
        _settle_request(request)


def handle_gesture_rerouted(event: Event) -> None:
    """Somebody else is asked now, until the same hour: the customer has waited enough."""
    request = _request(event)
    if request is None:
        return
    for duty in Commitment.objects.waiting().filter(request=request).select_related("customer", "location"):
        hand_over_commitment(duty, request.routed_to, by=None, at=event.happened_at)


def _request(event: Event) -> GestureRequest | None:
    rows = GestureRequest.objects.select_related("case__customer", "case__location", "routed_to", "decided_by")
    return rows.filter(pk=int(event.subject_id)).first()


def handle_gesture_decided(event: Event) -> None:
    """Yes or no was said, by whoever it was."""
    request = _request(event)
    if request is not None:
        _settle_request(request)


def _settle_request(request: GestureRequest) -> None:
    waiting = Commitment.objects.waiting().filter(request=request).first()
    if waiting is not None and request.decided_at is not None:
        keep_commitment(waiting, by=request.decided_by, at=request.decided_at)
