"""Forgetting a customer: what was promised loses its words and its name, the dates and outcomes stay."""

from django.db.models import Q

from premura.core.customers.models import Customer
from premura.loop.promise.models import Commitment, CommitmentKind, CommitmentOutcome, Need, NeedOutcome, Proposal

# Duties of a case carry its title, which the customer may have written
_OF_CASES = (CommitmentKind.FIRST_ANSWER, CommitmentKind.SOLUTION, CommitmentKind.APPROVAL, CommitmentKind.MANAGER_CALL)


def forget(customer: Customer) -> None:
    """Runs after ``recover`` has taken the name off its cases: a case's duties are found by its empty title too."""
    theirs = Q(customer=customer) | Q(case__customer=customer) | Q(case__response__customer=customer)
    orphans = Q(case__title="", kind__in=_OF_CASES)
    found = list(Commitment.objects.filter(theirs | orphans).values_list("pk", flat=True))
    CommitmentOutcome.objects.filter(commitment__in=found).update(note="")
    Commitment.objects.filter(pk__in=found).update(what="", customer=None)
    needs = list(Need.objects.filter(customer=customer).values_list("pk", flat=True))
    Proposal.objects.filter(need__in=needs).update(what="")
    NeedOutcome.objects.filter(need__in=needs).update(note="")
    Need.objects.filter(pk__in=needs).update(what="", customer=None)
