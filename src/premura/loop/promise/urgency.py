"""The first deadline that runs in a case, kept beside the case: one index orders an inbox of 100,000 cases."""

from django.db.models import Min

from premura.loop.promise.models import Commitment, CommitmentKind
from premura.loop.recover.models import NEVER, Case

_OF_A_CASE = (CommitmentKind.FIRST_ANSWER, CommitmentKind.SOLUTION)


def keep_next_due(case_id: int | None) -> None:
    """Bring the case's first deadline up to date; called by whatever makes, ends, pauses or moves a duty."""
    if case_id is None:
        return
    running = Commitment.objects.running().filter(case=case_id, kind__in=_OF_A_CASE).order_by()
    first = running.aggregate(first=Min("due_at"))["first"]
    Case.objects.filter(pk=case_id).update(next_due_at=first or NEVER)
