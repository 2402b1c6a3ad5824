"""Interviews and focus groups: who led the talk, who took part, how long it took (row S4). The notes are the answer."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.words import on_one_line
from premura.loop.listen.models import Perspective, Response, Talk

MOST_PEOPLE, LINE_LIMIT, MOST_MINUTES = 30, 120, 600


def is_talk(response: Response) -> bool:
    """Whether the answer is what somebody wrote down who watched or listened."""
    return response.perspective == Perspective.OBSERVER


def note_talk(
    response: Response,
    by: Person,
    *,
    moderator: Person | None,
    participants: str,
    minutes: int | None = None,
    at: datetime | None = None,
) -> Talk:
    """Write down who was there; the same again changes nothing. One participant a line, without names."""
    if not is_talk(response):
        raise PremuraError("no-talk", _("Only notes of an interview or of a group have participants."))
    lines = [on_one_line(line) for line in participants.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > MOST_PEOPLE or any(len(line) > LINE_LIMIT for line in lines):
        text = _("At most %(people)s participants, one a line of at most %(most)s characters: nothing was changed.")
        raise PremuraError("too-many-people", text % {"people": MOST_PEOPLE, "most": LINE_LIMIT})
    if minutes is not None and not 0 < minutes <= MOST_MINUTES:
        raise PremuraError("bad-minutes", _("Write the minutes as a number from 1 to 600: nothing was changed."))
    at = at or timezone.now()
    given = {"moderator": moderator, "participants": "\n".join(lines), "minutes": minutes}
    with transaction.atomic():
        talk, is_new = Talk.objects.select_for_update().get_or_create(
            response=response, defaults={**given, "noted_by": by, "noted_at": at}
        )
        if is_new or any(getattr(talk, name) != value for name, value in given.items()):
            Talk.objects.filter(pk=talk.pk).update(**given, noted_by=by, noted_at=at)
            talk.refresh_from_db()
            record("talk.noted", by=by, about=response, customer=response.customer, location=response.location, at=at)
    return talk


def moderators() -> list[Person]:
    """Who may have led a talk: whoever works here now. One query."""
    return list(Person.objects.filter(is_active=True).order_by("name"))
