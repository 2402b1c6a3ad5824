"""Cases: opened, handed over, written in, put right, reopened. One verb, one transaction, one event of the history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import people_who_may
from premura.core.words import on_one_line, without_control
from premura.loop.listen.models import Response
from premura.loop.recover import rules
from premura.loop.recover.effort import alert_repeat
from premura.loop.recover.giving import owner_for
from premura.loop.recover.models import (
    Assignment,
    Case,
    Deadline,
    Direction,
    Mention,
    Message,
    Pause,
    Reopening,
    Resolution,
    Severity,
)

TITLE_LENGTH = 80
BY_HAND = "by-hand"


def open_case(
    title: str,
    *,
    by: Person | None,
    why: Sequence[dict[str, Any]],
    channel: str,
    customer: Customer | None = None,
    location: Location | None = None,
    touchpoint: Touchpoint | None = None,
    severity: str = Severity.NORMAL,
    response: Response | None = None,
    at: datetime | None = None,
) -> Case:
    """Open a case and give it to somebody; ``why`` holds the reasons as codes and values (see ``reads.why_opened``)."""
    title = on_one_line(title)
    if not title:
        raise PremuraError("text-needed", _("Say in a few words what happened."))
    at = at or timezone.now()
    with transaction.atomic():
        given = owner_for(severity, location, touchpoint, at)
        owner = given.person if given else None
        case = Case.objects.create(
            title=title[:200],
            why=list(why),
            channel=channel,
            customer=customer,
            location=location,
            touchpoint=touchpoint,
            severity=severity,
            response=response,
            opened_at=at,
            opened_by=by,
            owner=owner,
            waiting_since=at,
        )
        if given is not None:
            Assignment.objects.create(case=case, person=given.person, assigned_at=at, reason=given.why)
        data = {"severity": severity, **deadline_hours(severity), "rules": [reason["code"] for reason in why]}
        _record("case.opened", case, by=by, at=at, data=data)
        alert_repeat(case, at)
    return case


def _record(name: str, case: Case, *, by: Person | None, at: datetime, data: dict[str, Any] | None = None) -> None:
    record(name, by=by, about=case, customer=case.customer, location=case.location, at=at, data=data)


def deadline_hours(severity: str) -> dict[str, str]:
    """The deadlines that hold for ``severity`` now; empty where nobody has set any."""
    deadline = Deadline.objects.filter(severity=severity).first()
    if deadline is None:
        return {"first_answer_hours": "", "solution_hours": ""}
    return {"first_answer_hours": str(deadline.first_answer_hours), "solution_hours": str(deadline.solution_hours)}


def shortened(text: str, length: int = TITLE_LENGTH) -> str:
    """The first words of ``text`` that fit into ``length`` characters, with an ellipsis where words were left out.

    >>> shortened("La betoniera era sporca e non partiva", 25)
    'La betoniera era sporca…'
    """
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[:length]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]).rstrip(" ,;:.-–") + "…"


def assign_case(case: Case, person: Person, *, by: Person | None, reason: str = "", at: datetime | None = None) -> Case:
    """Hand the case over to ``person``, who must be able to work on it and see its place."""
    if not person.may(Ability.WORK_CASES) or not Case.objects.visible_to(person).filter(pk=case.pk).exists():
        raise PremuraError(
            "cannot-take-cases",
            _("%(name)s cannot take this case: another place, or a role without cases.") % {"name": person},
        )
    at = at or timezone.now()
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk).exclude(owner=person).update(owner=person):
            return case
        Assignment.objects.create(case=case, person=person, assigned_by=by, assigned_at=at, reason=reason.strip()[:200])
        case.owner = person
        _record("case.assigned", case, by=by, at=at, data={"person": person.pk})
    return case


def write_message(
    case: Case,
    direction: str,
    text: str,
    *,
    by: Person | None,
    channel: str = "",
    ends_waiting: bool = False,
    at: datetime | None = None,
) -> Message:
    """Add to the case's one thread. The first message to the customer is the first answer.

    ``ends_waiting``: a note that says why what the customer wrote needs no answer.
    """
    text = without_control(text)
    if not text:
        raise PremuraError("text-needed", _("Write something first."))
    at = at or timezone.now()
    with transaction.atomic():
        message = Message.objects.create(
            case=case,
            direction=direction,
            channel=channel,
            person=by,
            text=text,
            written_at=at,
            ends_waiting=ends_waiting and direction == Direction.NOTE,
        )
        is_first = direction == Direction.OUT and _mark_answered(case, at)
        _record("case.answered" if is_first else "case.noted", case, by=by, at=at, data={"direction": direction})
        if direction == Direction.NOTE:
            mention(message, case)
        if direction == Direction.IN:
            end_pause(case, by=None, at=at)
            _mark_waiting(case.merged_into or case, at)
            alert_repeat(case, at)
        elif direction == Direction.OUT or message.ends_waiting:
            _mark_waiting(case, None)
    return message


def pause_case(case: Case, *, by: Person, waiting_for: str, at: datetime | None = None) -> Pause:
    """We need something from the customer and have asked for it: the solution clock stands still until they write."""
    at, waiting_for = at or timezone.now(), waiting_for.strip()
    if not waiting_for:
        raise PremuraError("text-needed", _("Say what you need from the customer."))
    with transaction.atomic():
        if not Case.objects.select_for_update().filter(pk=case.pk, is_open=True).exists():
            raise Conflict("already-resolved", _("This case is resolved already. Nothing was changed."))
        if case.pauses.filter(ended_at=None).exists():
            raise Conflict("already-paused", _("The clock stands still already. Nothing was changed."))
        pause = Pause.objects.create(case=case, waiting_for=waiting_for[:200], paused_at=at, paused_by=by)
        _record("case.paused", case, by=by, at=at, data={"pause": pause.pk})
    return pause


def end_pause(case: Case, *, by: Person | None, at: datetime | None = None) -> bool:
    """The clock runs again: the customer wrote, or somebody says so. False when it was running."""
    at = at or timezone.now()
    with transaction.atomic():
        ended = case.pauses.filter(ended_at=None).update(ended_at=at, ended_by=by)
        if ended:
            _record("case.resumed", case, by=by, at=at)
    return bool(ended)


def _mark_waiting(case: Case, since: datetime | None) -> None:
    """The customer waits ``since`` then, unless they do already; ``None``: the last word is ours."""
    rows = Case.objects.filter(pk=case.pk, waiting_since__isnull=since is not None)
    if rows.update(waiting_since=since):
        case.waiting_since = since


def mention(message: Message, case: Case) -> list[Person]:
    """Tell the colleagues who are named in a note with an @ before their name, if they may see the case. One query."""
    if "@" not in message.text:
        return []
    people = people_who_may(Ability.SEE, case.location)
    wanted = rules.named_in(message.text, {person.pk: person.name for person in people})
    named = [person for person in people if person.pk in wanted and person.pk != message.person_id]
    Mention.objects.bulk_create([Mention(message=message, person=person) for person in named], ignore_conflicts=True)
    return named


def _mark_answered(case: Case, at: datetime) -> bool:
    """True for the one that was first, whoever else answers at the same moment."""
    if not Case.objects.filter(pk=case.pk, first_answered_at__isnull=True).update(first_answered_at=at):
        return False
    case.first_answered_at = at
    return True


def resolve_case(
    case: Case,
    *,
    by: Person,
    text: str,
    apologised: bool,
    no_apology_reason: str = "",
    at: datetime | None = None,
) -> Resolution:
    """Put right: how, and with an apology or thanks, or the reason why none was given (row S40).

    Who resolves without having written before has answered by resolving: nobody is left with a duty that is done.
    """
    text, no_apology_reason = without_control(text), on_one_line(no_apology_reason)
    if not text:
        raise PremuraError("text-needed", _("Say how it was put right."))
    if not apologised and not no_apology_reason:
        raise PremuraError("apology-needed", _("Say that you apologised or thanked, or why there was no need to."))
    at = at or timezone.now()
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk, is_open=True).update(is_open=False, resolved_at=at, waiting_since=None):
            raise Conflict("already-resolved", _("This case is resolved already. Nothing was changed."))
        resolution = Resolution.objects.create(
            case=case,
            resolved_at=at,
            resolved_by=by,
            text=text,
            apologised=apologised,
            no_apology_reason="" if apologised else no_apology_reason[:300],
        )
        _mark_answered(case, at)
        end_pause(case, by=by, at=at)
        case.is_open, case.resolved_at, case.waiting_since = False, at, None
        _record("case.resolved", case, by=by, at=at, data={"apologised": apologised})
    return resolution


def reopen_case(case: Case, *, by: Person | None, reason: str, at: datetime | None = None) -> Reopening:
    """It was not right after all: the same thread goes on."""
    reason = without_control(reason)
    if not reason:
        raise PremuraError("text-needed", _("Say why it is not right yet."))
    at = at or timezone.now()
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk, is_open=False).update(is_open=True, resolved_at=None, waiting_since=at):
            raise Conflict("already-open", _("This case is open. Nothing was changed."))
        resolution = case.resolutions.filter(reopening__isnull=True).latest("resolved_at", "id")
        reopening = Reopening.objects.create(resolution=resolution, reopened_at=at, reopened_by=by, reason=reason[:300])
        case.is_open, case.resolved_at, case.waiting_since = True, None, at
        _record("case.reopened", case, by=by, at=at, data={"severity": case.severity, **deadline_hours(case.severity)})
    return reopening


def rebuild_state(case: Case) -> Case:
    """Work out the cached columns anew from the decision rows."""
    last = case.resolutions.select_related("reopening").last()
    is_open = last is None or hasattr(last, "reopening")
    assignment = case.assignments.last()
    instants = [
        *case.messages.filter(direction=Direction.OUT).values_list("written_at", flat=True),
        *case.resolutions.values_list("resolved_at", flat=True),
    ]
    merge = case.merges.filter(undone_at=None).first()
    case.merged_into = merge.into if merge else None
    is_open = is_open and merge is None
    case.is_open = is_open
    case.resolved_at = None if is_open or last is None else last.resolved_at
    case.owner = assignment.person if assignment else None
    case.first_answered_at = min(instants, default=None)
    case.waiting_since = None if merge else rules.waiting_since(_turns(case))
    case.save(update_fields=["is_open", "resolved_at", "owner", "first_answered_at", "waiting_since", "merged_into"])
    return case


def _turns(case: Case) -> list[tuple[datetime, bool]]:
    """When the customer began to wait (true), or we had spoken (false); with what is said in cases merged into it."""
    said = Q(direction__in=[Direction.IN, Direction.OUT]) | Q(ends_waiting=True)
    columns = ("written_at", "direction")
    return [
        (case.opened_at, True),
        *((at, direction == Direction.IN) for at, direction in case.messages.filter(said).values_list(*columns)),
        *((at, True) for at in _told_elsewhere(case)),
        *((at, False) for at in case.resolutions.values_list("resolved_at", flat=True)),
        *((at, True) for at in case.resolutions.values_list("reopening__reopened_at", flat=True) if at),
    ]


def _told_elsewhere(case: Case) -> list[datetime]:
    """When the customer wrote in a case that is dealt with in this one."""
    rows = Message.objects.filter(case__merges__into=case, case__merges__undone_at=None, direction=Direction.IN)
    return list(rows.filter(written_at__gte=F("case__merges__merged_at")).values_list("written_at", flat=True))
