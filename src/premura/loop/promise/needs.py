"""What a customer needs, what we propose for it, and whether it was met (row S28). Decisions are rows; the state of a
need is a cache of them.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.customers.models import Customer
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.promise.models import Need, NeedOutcome, NeedState, Proposal


def add_need(customer: Customer, what: str, *, by: Person | None, at: datetime | None = None) -> Need:
    """Write down what ``customer`` needs, in their own words where that is possible."""
    what = _words(what, _("Write what the customer needs."))
    at = at or timezone.now()
    with transaction.atomic():
        need = Need.objects.create(
            customer=customer, location=customer.location, what=what, noted_at=at, noted_by=by, state_since=at
        )
        _record("need.added", need, by=by, at=at)
    return need


def _words(text: str, refusal: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise PremuraError("text-needed", refusal)
    return text[:300]


def _record(name: str, need: Need, *, by: Person | None, at: datetime, data: dict[str, Any] | None = None) -> None:
    record(name, by=by, about=need, customer=need.customer, location=need.location, at=at, data=data)


def propose_solution(need: Need, what: str, *, by: Person, at: datetime | None = None) -> Proposal:
    """Propose ``what`` for the need; one may propose again, also after it was not met. A need that is met is closed."""
    what = _words(what, _("Write what you propose."))
    at = at or timezone.now()
    with transaction.atomic():
        _move(need, NeedState.PROPOSED, at, unless=(NeedState.MET,))
        proposal = Proposal.objects.create(need=need, what=what, proposed_at=at, proposed_by=by)
        _record("need.proposed", need, by=by, at=at, data={"proposal": proposal.pk})
    return proposal


def _move(need: Need, state: str, at: datetime, *, unless: tuple[str, ...]) -> None:
    # The conditional update decides between two people who say how it ended at the same moment
    if not Need.objects.filter(pk=need.pk).exclude(state__in=unless).update(state=state, state_since=at):
        raise Conflict("need-settled", _("This has been settled already. Nothing was changed."))
    need.state, need.state_since = state, at


def settle_need(need: Need, *, is_met: bool, by: Person, note: str = "", at: datetime | None = None) -> NeedOutcome:
    """The need is met, or it is not: then ``note`` says what is missing, for whoever looks for a solution."""
    note = " ".join(note.split())[:300]
    if not is_met and not note:
        raise PremuraError("text-needed", _("Say what is missing, so that a colleague can look for it."))
    state = NeedState.MET if is_met else NeedState.NOT_MET
    at = at or timezone.now()
    with transaction.atomic():
        _move(need, state, at, unless=(NeedState.MET, state))
        proposal = need.proposals.last()
        outcome = NeedOutcome.objects.create(
            need=need, proposal=proposal, is_met=is_met, note=note, settled_at=at, settled_by=by
        )
        _record("need.met" if is_met else "need.not_met", need, by=by, at=at)
    return outcome


def rebuild_state(need: Need) -> Need:
    """Work out the cached columns anew from what was proposed and how it ended."""
    moves = [
        (need.noted_at, NeedState.OPEN),
        *((row.proposed_at, NeedState.PROPOSED) for row in need.proposals.all()),
        *((row.settled_at, NeedState.MET if row.is_met else NeedState.NOT_MET) for row in need.outcomes.all()),
    ]
    need.state_since, need.state = sorted(moves, key=lambda move: move[0])[-1]
    need.save(update_fields=["state", "state_since"])
    return need
