"""Who has answered is thanked by the same way by which we asked, once; that is no question and counts to no limit."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from premura.core.history.models import Event
from premura.core.mail.mail import Letter, queue_letters
from premura.core.mail.models import Way
from premura.core.mail.unsubscribing import unsubscribe_url
from premura.loop.listen.letters import Letters
from premura.loop.listen.links import wish_link
from premura.loop.listen.models import Response
from premura.loop.listen.surveys import current_version


def handle_answered(event: Event) -> None:
    """Thank for an answer to what a trigger asked, if it says thanks; delivered twice it thanks once."""
    rows = Response.objects.select_related("customer", "location", "invitation__trigger", "survey__programme__owner")
    response = rows.filter(pk=event.subject_id, invitation__trigger__says_thanks=True).first()
    if response is None or response.customer is None or current_version(response.survey) is None:
        return
    if response.customer.opted_out_at is None:
        queue_letters(_letters(response), timezone.now())


def nobody_to_thank(events: Sequence[Event]) -> set[int]:
    """The events about which :func:`handle_answered` would do nothing: no trigger asked that says thanks. One query."""
    answered = [event.subject_id for event in events]
    rows = Response.objects.filter(pk__in=answered, invitation__trigger__says_thanks=True)
    thanked = {str(pk) for pk in rows.values_list("pk", flat=True)}
    return {event.pk for event in events if event.subject_id not in thanked}


def _letters(response: Response) -> list[Letter]:
    """The same words for everybody, whatever they answered; none where there is no way any more."""
    customer, letters = response.customer, Letters(response.survey)
    assert customer is not None
    way, address = letters.way_to(customer)
    if not way:
        return []
    unsubscribe = unsubscribe_url(customer.pk)
    with override(letters.language_of(customer)):
        context = {
            "name": customer.name,
            "company": letters.company,
            "signed_by": letters.signature(customer),
            "review": letters.review_link(response.location),
            "wish": wish_link(str(response.pk)),
            "unsubscribe": unsubscribe,
            "is_letter": way == Way.EMAIL,
        }
        letter = Letter(
            key=f"thanks:{response.invitation_id}",
            channel=way,
            address=address,
            customer_id=customer.pk,
            subject=_("Thank you from %(company)s") % {"company": letters.company},
            text=render_to_string("listen/thanks.txt", context).strip(),
            unsubscribe_url=unsubscribe,
        )
    return [letter]
