"""Forgetting a customer: the reasoning about their cases may name them, so its words go; which cause it was stays."""

from django.db.models import Q

from premura.core.customers.models import Customer
from premura.core.history.models import Event
from premura.loop.improve.models import CaseCause


def forget(customer: Customer) -> None:
    """Runs after ``recover`` has taken the name off its cases: the history still knows which were theirs."""
    told = Event.objects.filter(customer=customer, subject_type="case").values_list("subject_id", flat=True)
    theirs = Q(case__in={int(pk) for pk in told}) | Q(case__customer=customer) | Q(case__response__customer=customer)
    CaseCause.objects.filter(theirs).update(whys=[])
