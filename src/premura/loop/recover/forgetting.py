"""Forgetting a customer: the words go, the rows, amounts and dates stay."""

from django.db.models import Q

from premura.core.customers.models import Customer
from premura.loop.recover.attachments import drop_files
from premura.loop.recover.letter_files import drop_held
from premura.loop.recover.models import (
    Assignment,
    Case,
    CasePlace,
    Gesture,
    GestureRequest,
    IncomingMail,
    Message,
    Reopening,
    Resolution,
    new_case_token,
)
from premura.loop.recover.reviews import forget_reviews

# The database insists on a reason where nobody apologised
ERASED = "—"


def forget(customer: Customer) -> None:
    """Empty what was written in the customer's cases and take their name off them; run twice it does nothing more."""
    cases = list(
        Case.objects.filter(Q(customer=customer) | Q(response__customer=customer)).values_list("pk", flat=True)
    )
    drop_files(cases)
    CasePlace.objects.filter(case__in=cases).delete()
    Message.objects.filter(case__in=cases).update(text="")
    forget_reviews(cases)
    _forget_left(customer)
    Assignment.objects.filter(case__in=cases).update(reason="")
    # Only the words: the ledger's figures are frozen by the database
    Gesture.objects.filter(case__in=cases).update(words="")
    GestureRequest.objects.filter(case__in=cases).update(words="", reason="")
    Resolution.objects.filter(case__in=cases).update(text="")
    Resolution.objects.filter(case__in=cases, apologised=False).update(no_apology_reason=ERASED)
    Reopening.objects.filter(resolution__case__in=cases).update(reason="")
    letters = Q(case__in=cases) | Q(address=customer.email.lower()) if customer.email else Q(case__in=cases)
    drop_held(IncomingMail.objects.filter(letters, outcome=IncomingMail.Outcome.HELD))
    IncomingMail.objects.filter(letters).update(address="", subject="", text="", files=[])
    for case in cases:
        # Whoever has the address of the progress page finds nothing more
        Case.objects.filter(pk=case).update(title="", customer=None, waiting_since=None, token=new_case_token())


def _forget_left(customer: Customer) -> None:
    """Messages of people unknown to us in which somebody left this customer's address or number."""
    for value in filter(None, (customer.email, customer.phone)):
        Message.objects.filter(case__customer=None, text__icontains=value).update(text="")
