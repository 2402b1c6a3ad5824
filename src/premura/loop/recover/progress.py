"""What a customer sees of their case, by a token and without an account, and what they can say there (row S14).

Received, being looked at by NAME, answer by DATE, resolved. Of the thread they see what they wrote and what was
written to them; of a call only that there was one: its note is ours. Notes and colleagues' words never leave the house.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import company_language
from premura.core.errors import NotFound, PremuraError
from premura.core.staff.models import Person
from premura.loop.recover.attachments import Given, attach, check_for
from premura.loop.recover.cases import reopen_case, write_message
from premura.loop.recover.models import Attachment, Case, Direction, Message

#: What was written, word by word; the rest was said, and what we noted of it is ours
WRITTEN = (Channel.WEB, Channel.EMAIL, Channel.LINK, Channel.QR)
#: Shown at once; the page says how many there are in all
MOST_SHOWN = 100
#: One person writes less; a machine is told to wait
MOST_AN_HOUR = 12


@dataclass(frozen=True)
class Line:
    """One line of the thread as the customer sees it; without ``text`` when it was said and not written."""

    said_at: datetime
    is_ours: bool
    by: Person | None
    channel: str
    text: str
    files: Sequence[Attachment] = ()


def case_by_token(token: str) -> Case:
    """The case of whoever has this token, or :class:`NotFound`. One query."""
    rows = Case.objects.select_related("customer", "location", "owner", "merged_into__owner")
    case = rows.filter(token=token).exclude(title="").first()
    if case is None:
        raise NotFound("no-such-case", _("There is nothing at this address. Was the link copied whole?"))
    return case


def thread_of(case: Case) -> tuple[list[Line], int]:
    """The latest lines of the thread, oldest first, and how many there are in all. Three queries, however long."""
    rows = Message.objects.filter(_own_cases(case)).exclude(direction=Direction.NOTE)
    latest = rows.select_related("person").prefetch_related("attachments").order_by("-written_at", "-id")[:MOST_SHOWN]
    return [_line(message) for message in reversed(latest)], rows.count()


def _own_cases(case: Case) -> Q:
    """The case and, of the same known customer, those that are dealt with together with it."""
    near = Q(case=case)
    if case.customer_id is None:
        return near
    lead = case.merged_into_id or case.pk
    return near | (Q(case__customer=case.customer_id) & (Q(case=lead) | Q(case__merged_into=lead)))


def dealt_with_in(case: Case) -> Case:
    """Where it is dealt with: in the case that it was merged into, or in itself."""
    return case.merged_into or case


def _line(message: Message) -> Line:
    is_ours = message.direction == Direction.OUT
    is_written = message.channel in WRITTEN
    return Line(
        message.written_at,
        is_ours,
        message.person if is_ours else None,
        message.channel,
        message.text if is_written else "",
        list(message.attachments.all()) if is_written else (),
    )


def hear_customer(
    case: Case, text: str, *, files: Sequence[Given] = (), not_solved: bool = False, at: datetime | None = None
) -> Message:
    """What the customer writes on their page. ``not_solved`` reopens a case that we thought was put right."""
    at = at or timezone.now()
    lately = case.messages.filter(direction=Direction.IN, channel=Channel.WEB, written_at__gt=at - timedelta(hours=1))
    if lately.count() >= MOST_AN_HOUR:
        raise PremuraError("too-often", _("We have your messages and read them all. Please wait before writing again."))
    found = check_for(case, files)
    with transaction.atomic():
        lead = dealt_with_in(case)
        if not_solved and not lead.is_open:
            with company_language():
                reason = _("The customer says that it is not solved")
            reopen_case(lead, by=None, reason=reason, at=at)
        message = write_message(case, Direction.IN, text, by=None, channel=Channel.WEB, at=at)
        attach(message, found)
    return message
