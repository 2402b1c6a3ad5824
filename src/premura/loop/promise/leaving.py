"""What somebody who left had promised is owed by a colleague from then on: a promise is the company's."""

from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.loop.promise.commitments import hand_over_commitment
from premura.loop.promise.escalations import who_leads
from premura.loop.promise.models import Commitment, CommitmentKind

#: Follow what they are about: the case to its new owner, the decision to who is asked
_ELSEWHERE = (CommitmentKind.FIRST_ANSWER, CommitmentKind.SOLUTION, CommitmentKind.APPROVAL)


def handle_person_left(event: Event) -> None:
    """To who looks after the customer, else to who leads at the place."""
    left = Person.objects.get(pk=int(event.subject_id))
    if left.is_active:
        return
    rows = Commitment.objects.waiting().filter(owner=left).exclude(kind__in=_ELSEWHERE)
    for duty in rows.select_related("customer__keeper", "location", "case__owner"):
        person = _heir(duty)
        if person is not None:
            hand_over_commitment(duty, person, by=None, at=event.happened_at)


def _heir(duty: Commitment) -> Person | None:
    keeper = duty.customer.keeper if duty.customer else None
    if duty.kind == CommitmentKind.PROMISE and keeper is not None and keeper.is_active:
        return keeper
    return who_leads(duty.location, besides=None)
