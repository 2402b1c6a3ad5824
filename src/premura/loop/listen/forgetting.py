"""Forget a customer: their words go, their scores stay without a name, so that every count stays true."""

from django.db.models import Q

from premura.core.customers.models import Customer
from premura.loop.listen.models import Answer, Invitation, Response, Submission


def forget(customer: Customer) -> None:
    """Empty the texts of the customer's answers and raw submissions and unlink the customer. Safe to do twice."""
    tokens = list(Invitation.objects.filter(customer=customer).values_list("token", flat=True))
    responses = list(Response.objects.filter(customer=customer).values_list("pk", flat=True))
    Answer.objects.filter(response__in=responses).exclude(text="").update(text="")
    # One that waits to be unfolded carries the token of the invitation and nothing else of the customer
    for submission in Submission.objects.filter(Q(pk__in=responses) | Q(token__in=tokens)):
        _forget_words(submission)
    Response.objects.filter(pk__in=responses).update(customer=None)


def _forget_words(submission: Submission) -> None:
    """Scores are numbers and choices are lists: what is left as a string is what the customer wrote."""
    submission.answers = {code: value for code, value in submission.answers.items() if not isinstance(value, str)}
    submission.token = ""
    submission.error = ""
    submission.save(update_fields=["answers", "token", "error"])
