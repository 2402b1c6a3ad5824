"""The call of who leads (row S36): on a serious case, or to an angry customer, a named manager owes a call by an hour,
and writes down who called, when, and what was said.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.errors import Conflict, NotAllowed, PremuraError
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.loop.promise import duties
from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.escalations import who_leads
from premura.loop.promise.models import Commitment, CommitmentKind
from premura.loop.recover.cases import write_message
from premura.loop.recover.models import Case, Direction, Message, Mood, Severity


def handle_case_opened(event: Event) -> None:
    """Its deadlines, and the call if it is serious from the start."""
    duties.handle_case_opened(event)
    handle_upset(event)


def handle_case_raised(event: Event) -> None:
    """Its deadlines come nearer, and the call is owed if it has become serious."""
    duties.handle_case_raised(event)
    handle_upset(event)


def handle_upset(event: Event) -> None:
    """Somebody who leads owes the call, once a case; not while a leader owes the customer a call anyhow.

    It stays owed when the case is solved before: a solution is no word of apology.
    """
    rows = Case.objects.select_related("owner", "customer", "location", "merged_into")
    case = rows.filter(pk=int(event.subject_id), is_open=True).first()
    if case is None or not deserves_call(case):
        return
    with transaction.atomic():
        # Two workers that read the same case: the row of the case decides
        Case.objects.select_for_update().get(pk=case.pk)
        if not _is_owed(case):
            _owe(case, event.happened_at)


def deserves_call(case: Case) -> bool:
    return case.severity == Severity.HIGH or case.mood == Mood.ANGRY


def _is_owed(case: Case) -> bool:
    made = Commitment.objects.filter(case=case)
    again = made.waiting().filter(kind=CommitmentKind.CALL, made_by=None)
    return made.filter(kind=CommitmentKind.MANAGER_CALL).exists() or again.exists()


def _owe(case: Case, at: datetime) -> None:
    leads = case.owner is not None and case.owner.may(Ability.EDIT_RULES)
    caller = case.owner if leads else who_leads(case.location, besides=None)
    if caller is not None:
        make_commitment(
            str(case),
            owner=caller,
            due=duties.due_after(at, duties.APPROVAL_TIME, case.location),
            by=None,
            kind=CommitmentKind.MANAGER_CALL,
            case=case,
            at=at,
        )


def call_owed(case_duties: list[Commitment]) -> Commitment | None:
    """The call that waits among the duties of a case."""
    waiting = (duty for duty in case_duties if duty.kind == CommitmentKind.MANAGER_CALL and duty.ended_at is None)
    return next(waiting, None)


def may_call(person: Person, call: Commitment) -> bool:
    """Who owes it, or anybody else who leads."""
    return person.pk == call.owner_id or person.may(Ability.EDIT_RULES)


def log_call(call: Commitment, said: str, *, by: Person, reached: bool = True, at: datetime | None = None) -> Message:
    """The call was made: what was said stands in the case, and the duty ends. Not reached: a note, and it stays owed.

    Errors: ``text-needed``; ``call-of-who-leads`` for who may not; ``already-ended``.
    """
    if not said.strip():
        raise PremuraError("text-needed", _("Write down in a few words what was said."))
    if call.case is None or call.kind != CommitmentKind.MANAGER_CALL:
        raise PremuraError("no-call", _("This is no call of who leads."))
    if not may_call(by, call):
        raise NotAllowed(
            "call-of-who-leads", _("This call is owed by %(name)s: who leads makes it.") % {"name": call.owner}
        )
    at = at or timezone.now()
    with transaction.atomic():
        if reached:
            keep_commitment(call, by=by, note=said, at=at)
            message = write_message(call.case, Direction.OUT, said, by=by, channel=Channel.PHONE, at=at)
        else:
            if not Commitment.objects.waiting().filter(pk=call.pk).exists():
                raise Conflict("already-ended", _("This has ended already. Nothing was changed."))
            tried = _("Called and did not reach them. %(note)s") % {"note": said.strip()}
            message = write_message(call.case, Direction.NOTE, tried, by=by, at=at)
        data = {"reached": reached}
        record("call.logged", by=by, about=call, customer=call.customer, location=call.location, at=at, data=data)
    return message
