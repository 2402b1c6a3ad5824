"""What became of each invitation, from the asking to the answer; the only door to the list of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from premura.core.mail.models import OutgoingMail
from premura.core.staff.models import Person
from premura.loop.listen.invitations import letter_key, letter_key_in_sql, reminder_key
from premura.loop.listen.models import Invitation

FATES = ("answered", "opened", "silent", "lost")


@dataclass(frozen=True)
class Sent:
    """An invitation with the letter or text message that carried it, and the one that reminded; ``None`` where it was
    shown on the spot, or kept no trace.
    """

    invitation: Invitation
    letter: OutgoingMail | None
    reminder: OutgoingMail | None


def invitations_for(
    person: Person, *, survey: int | None = None, since: datetime | None = None, fate: str = ""
) -> QuerySet[Invitation]:
    """The invitations that ``person`` may see, the latest first. ``fate``: one of :data:`FATES`."""
    rows = Invitation.objects.visible_to(person).order_by("-asked_at", "-pk")
    rows = rows.select_related("customer", "survey", "location", "asked_by", "trigger", "response", "reminder")
    if survey:
        rows = rows.filter(survey=survey)
    if since:
        rows = rows.filter(asked_at__gte=since)
    if fate == "answered":
        return rows.filter(response__isnull=False)
    if fate == "opened":
        return rows.filter(response__isnull=True, opened_at__isnull=False)
    if fate == "silent":
        return rows.filter(response__isnull=True)
    return rows.annotate(letter_key=letter_key_in_sql()).filter(_is_lost()) if fate == "lost" else rows


def _is_lost() -> Exists:
    """Its letter came back, was refused or was given up, and no report says that it arrived after all."""
    lost = Q(bounced_at__isnull=False) | Q(given_up_at__isnull=False)
    return Exists(OutgoingMail.objects.filter(lost, key=OuterRef("letter_key"), delivered_at__isnull=True))


def with_letters(invitations: Iterable[Invitation]) -> list[Sent]:
    """One query, over the unique keys of the letters."""
    rows: Sequence[Invitation] = list(invitations)
    keys = [key for row in rows for key in (letter_key(row), reminder_key(row))]
    found = {mail.key: mail for mail in OutgoingMail.objects.filter(key__in=keys)}
    return [Sent(row, found.get(letter_key(row)), found.get(reminder_key(row))) for row in rows]
