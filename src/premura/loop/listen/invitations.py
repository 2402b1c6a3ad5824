"""Invitations: we asked this customer. Each counts in the response rate, so a second tap must not make a second one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.models import Location
from premura.core.customers.models import Customer, Interaction
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.listen.models import Invitation, Survey
from premura.loop.listen.surveys import current_version

SAME_MEETING = timedelta(minutes=30)


def invite_customer(
    survey: Survey,
    customer: Customer,
    channel: str,
    by: Person | None,
    interaction: Interaction | None = None,
    location: Location | None = None,
    at: datetime | None = None,
) -> Invitation:
    """Ask ``customer`` to answer ``survey``. Refused: who opted out or is forgotten, and what is not published."""
    at = at or timezone.now()
    if customer.forgotten_at is not None or customer.opted_out_at is not None:
        raise PremuraError(
            "opted-out", _("This customer asked not to be asked again. You can still answer a complaint of theirs.")
        )
    if current_version(survey) is None:
        raise PremuraError("not-published", _("This survey is not published: there is nothing to answer yet."))
    with transaction.atomic():
        invitation = Invitation.objects.create(
            survey=survey,
            customer=customer,
            interaction=interaction,
            location=location,
            channel=channel,
            asked_by=by,
            asked_at=at,
        )
        data = {"survey": survey.pk, "channel": channel}
        record("customer.invited", by=by, about=invitation, customer=customer, location=location, at=at, data=data)
    return invitation


def letter_key(invitation: Invitation) -> str:
    """The key of the letter or text message that carried it, where a trigger asked: the same one goes out once."""
    return f"invitation:{invitation.trigger_id}:{invitation.customer_id}:{invitation.occasion}"


def letter_key_in_sql() -> Concat:
    """What :func:`letter_key` says, of each row of a query on invitations."""
    whose = (Value("invitation:"), Cast("trigger_id", CharField()), Value(":"), Cast("customer_id", CharField()))
    return Concat(*whose, Value(":"), "occasion", output_field=CharField())


REMINDER = "reminder:"


def reminder_key(invitation: Invitation) -> str:
    return f"{REMINDER}{invitation.pk}"


def note_opened(token: str, at: datetime) -> bool:
    """The personal link of ``token`` was opened; only the first time is kept. False where nothing was.

    Said by the page's own script on a visible page, never by fetching it: what scans mails opens no survey.
    """
    with transaction.atomic():
        rows = Invitation.objects.filter(token=token, opened_at__isnull=True, customer__forgotten_at__isnull=True)
        invitation = rows.select_for_update(of=("self",)).select_related("customer").first()
        if invitation is None:
            return False
        Invitation.objects.filter(pk=invitation.pk).update(opened_at=at)
        customer, location = invitation.customer, invitation.location
        record("invitation.opened", by=None, about=invitation, customer=customer, location=location, at=at)
    return True


def open_invitation(survey: Survey, customer: Customer, by: Person, now: datetime) -> Invitation | None:
    """The invitation that ``by`` made in this same meeting and that is not answered yet."""
    invitations = Invitation.objects.filter(
        survey=survey, customer=customer, asked_by=by, asked_at__gte=now - SAME_MEETING, response__isnull=True
    )
    return invitations.order_by("-asked_at").first()
