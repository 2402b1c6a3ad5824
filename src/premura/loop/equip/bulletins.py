"""Bulletins (row S70 e): what everybody of a place must know, published, read by each with the date, withdrawn.

A bulletin is never changed: what somebody read is what stands there. A correction is a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.models import Location
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.scope import seen_by
from premura.core.staff.staff import people_who_may
from premura.loop.equip.models import Bulletin, BulletinReading

LONGEST = 5000


def publish_bulletin(
    title: str, text: str, *, by: Person, location: Location | None = None, at: datetime | None = None
) -> Bulletin:
    """Everybody of ``location``, or everybody, finds it on their page Today until they say that they have read it.

    Errors: ``text-needed``; ``place-needed`` when who sees some places only would speak to all of them.
    """
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    if not title or not text:
        raise PremuraError("text-needed", _("Give it a title, and say what everybody must know."))
    if not may_speak(by, location):
        raise PremuraError("place-needed", _("Choose one of your places: only who sees all of them speaks to all."))
    at = at or timezone.now()
    with transaction.atomic():
        row = Bulletin.objects.create(
            title=title[:160], text=text[:LONGEST], location=location, published_at=at, published_by=by
        )
        record("bulletin.published", by=by, about=row, location=location, at=at)
    return row


def may_speak(person: Person, location: Location | None) -> bool:
    """Whether ``person`` sees every place that the bulletin is for."""
    ids = person.location_ids()
    return ids is None or (location is not None and location.pk in ids)


def withdraw_bulletin(bulletin: Bulletin, *, by: Person, at: datetime | None = None) -> bool:
    """Nobody is asked to read it any more; who had read it stays. Twice changes nothing, and says so: ``False``.

    Error: ``place-needed`` as above.
    """
    if not may_speak(by, bulletin.location):
        raise PremuraError("place-needed", _("It is for all places: only who sees all of them can withdraw it."))
    at = at or timezone.now()
    with transaction.atomic():
        if not Bulletin.objects.filter(pk=bulletin.pk, withdrawn_at=None).update(withdrawn_at=at):
            return False
        bulletin.withdrawn_at = at
        record("bulletin.withdrawn", by=by, about=bulletin, location=bulletin.location, at=at)
    return True


def read_bulletin(bulletin: Bulletin, *, by: Person, at: datetime | None = None) -> BulletinReading:
    """``by`` says that they have read it. The first time counts."""
    at = at or timezone.now()
    with transaction.atomic():
        row, is_new = BulletinReading.objects.get_or_create(bulletin=bulletin, person=by, defaults={"read_at": at})
        if is_new:
            record("bulletin.read", by=by, about=bulletin, location=bulletin.location, at=at)
    return row


def bulletins(person: Person) -> QuerySet[Any]:
    """Those that ``person`` may see, the latest first, each with ``is_read`` by them and ``readers``. One query."""
    rows: Any = Bulletin.objects.visible_to(person).select_related("location", "published_by")
    mine = BulletinReading.objects.filter(bulletin=OuterRef("pk"), person=person)
    # Counting the readings loses the model's own order
    found: QuerySet[Any] = rows.annotate(is_read=Exists(mine), readers=Count("readings"))
    return found.order_by("-published_at", "-pk")


def unread(person: Person) -> QuerySet[Any]:
    """What ``person`` has still to read, the oldest first. What they wrote themselves they know. One query."""
    rows = bulletins(person).filter(withdrawn_at=None, is_read=False)
    return rows.exclude(published_by=person).order_by("published_at", "pk")


def bulletin_for(person: Person, pk: int) -> Bulletin:
    """The bulletin, withdrawn ones too: links stay true; or :class:`NotFound`."""
    return seen_by(person, Bulletin.objects.select_related("location", "published_by"), pk=pk)


@dataclass(frozen=True)
class Receipts:
    """Who has read it and when, and whom nobody has heard of: people of its places who are here now, by name."""

    read: Sequence[BulletinReading]
    missing: Sequence[Person]


def receipts(bulletin: Bulletin) -> Receipts:
    """Three queries."""
    read = list(bulletin.readings.select_related("person").order_by("person__name"))
    done = {row.person_id for row in read} | {bulletin.published_by_id}
    asked = people_who_may(Ability.SEE, bulletin.location)
    missing = sorted((person for person in asked if person.pk not in done), key=lambda person: person.name)
    return Receipts(read, missing)
