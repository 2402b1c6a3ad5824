"""Forget a customer: their words go, their scores stay without a name, so that every count stays true."""

from uuid import UUID

from django.db.models import Q

from premura.core.customers.models import Customer
from premura.loop.listen.definition import draft_from, without_words
from premura.loop.listen.models import Answer, Invitation, Quote, Response, Submission, Talk
from premura.loop.listen.panel import forget_member
from premura.loop.listen.stories import forget_stories
from premura.loop.listen.uploads import forget_files


def forget(customer: Customer) -> None:
    """Empty the texts of the customer's answers and raw submissions and unlink the customer. Safe to do twice."""
    tokens = list(Invitation.objects.filter(customer=customer).values_list("token", flat=True))
    responses = list(Response.objects.filter(customer=customer).values_list("pk", flat=True))
    Answer.objects.filter(response__in=responses).exclude(text="", contact={}).update(text="", contact={})
    responses += _left_by(customer)
    Quote.objects.filter(answer__response__in=responses).delete()
    Talk.objects.filter(response__in=responses).update(participants="")
    forget_files(responses)
    # One that waits to be unfolded carries the token of the invitation and nothing else of the customer
    for submission in Submission.objects.select_related("version").filter(Q(pk__in=responses) | Q(token__in=tokens)):
        _forget_words(submission)
    forget_stories(customer)
    forget_member(customer)
    Response.objects.filter(pk__in=responses, customer=customer).update(customer=None, fields={})


def _left_by(customer: Customer) -> list[UUID]:
    """Answers without a name in which somebody left this customer's address or number; emptied, and which they were."""
    left: list[UUID] = []
    for name, value in (("email", customer.email), ("phone", customer.phone)):
        if value:
            rows = Answer.objects.filter(kind="contact", **{f"contact__{name}__iexact": value})
            found = list(rows.values_list("response_id", flat=True))
            Answer.objects.filter(response__in=found, kind="contact").update(contact={})
            left += found
    return left


def _forget_words(submission: Submission) -> None:
    """Scores and choices stay, so that every count stays true."""
    submission.answers = without_words(draft_from(submission.version.definition), submission.answers)
    submission.token = ""
    submission.error = ""
    submission.save(update_fields=["answers", "token", "error"])
