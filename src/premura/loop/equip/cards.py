"""Knowledge cards: written, changed, retired, read, used. What is read counts for the card as it stood then."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date, unused_code
from premura.core.company.pack import Pack
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.i18n import in_language
from premura.core.journeys.journeys import touchpoint_by_code
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.equip.models import CardReading, CardUse, KnowledgeCard

Texts = dict[str, str]


def a_year_after(day: date) -> date:
    """The day by which a card written on ``day`` is looked at again; 29 February leads to 28 February.

    >>> a_year_after(date(2028, 2, 29))
    datetime.date(2029, 2, 28)
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def add_card(
    *,
    by: Person | None,
    title: Texts,
    problem: Texts,
    solution: Texts,
    say: Texts,
    touchpoint: Touchpoint | None = None,
    at: datetime | None = None,
) -> KnowledgeCard:
    """Write a card: the problem, what to do, what to say; it is looked at again within a year."""
    if not in_language(title).strip() or not in_language(solution).strip():
        raise PremuraError("text-needed", _("A card needs a title and what to do."))
    at = at or timezone.now()
    with transaction.atomic():
        card = KnowledgeCard.objects.create(
            code=unused_code(in_language(title), set(KnowledgeCard.objects.values_list("code", flat=True))),
            title=title,
            problem=problem,
            solution=solution,
            say=say,
            touchpoint=touchpoint,
            review_on=a_year_after(local_date(at)),
            changed_at=at,
            changed_by=by,
        )
        record("card.added", by=by, about=card, at=at)
    return card


def change_card(card: KnowledgeCard, *, by: Person | None, at: datetime | None = None, **fields: Any) -> KnowledgeCard:
    """Change the given columns. Who had read the card has not read it as it stands now."""
    changed = [name for name, value in fields.items() if getattr(card, name) != value]
    if not changed:
        return card
    at = at or timezone.now()
    with transaction.atomic():
        for name in changed:
            setattr(card, name, fields[name])
        card.changed_at, card.changed_by, card.place = at, by, None
        if "review_on" not in changed:
            card.review_on = a_year_after(local_date(at))
        card.save()
        record("card.changed", by=by, about=card, at=at, data={"fields": changed})
    return card


def review_card(card: KnowledgeCard, *, by: Person, at: datetime | None = None) -> KnowledgeCard:
    """``by`` has looked at the card and it is still right: it comes up again in a year, and stays as it was read."""
    at = at or timezone.now()
    with transaction.atomic():
        card.review_on = a_year_after(local_date(at))
        card.save(update_fields=["review_on"])
        record("card.reviewed", by=by, about=card, at=at)
    return card


def retire_card(card: KnowledgeCard, *, by: Person | None, at: datetime | None = None) -> KnowledgeCard:
    """It is no longer offered; what it was used for stays."""
    at = at or timezone.now()
    with transaction.atomic():
        if KnowledgeCard.objects.current().filter(pk=card.pk).update(retired_at=at):
            card.retired_at = at
            record("card.retired", by=by, about=card, at=at)
    return card


def read_card(card: KnowledgeCard, *, by: Person, at: datetime | None = None) -> CardReading:
    """``by`` has read the card as it stands; reading it again moves the date on."""
    at = at or timezone.now()
    with transaction.atomic():
        reading, _created = CardReading.objects.update_or_create(card=card, person=by, defaults={"read_at": at})
        record("card.read", by=by, about=card, at=at)
    return reading


def use_card(
    card: KnowledgeCard, *, by: Person, about: str, helped: bool = True, at: datetime | None = None
) -> CardUse:
    """``by`` used the card for ``about`` (``case:12``) and says whether it helped; the last word counts."""
    at = at or timezone.now()
    with transaction.atomic():
        use, _created = CardUse.objects.update_or_create(
            card=card, person=by, about=about, defaults={"helped": helped, "used_at": at}
        )
        record("card.used", by=by, about=card, at=at, data={"about": about, "helped": helped})
    return use


def install_pack(pack: Pack, *, by: Person) -> None:
    """The pack's cards; cards that exist already stay as they are."""
    now = timezone.now()
    for given in pack.cards:
        KnowledgeCard.objects.get_or_create(
            code=given.code,
            defaults={
                "title": given.title,
                "problem": given.problem,
                "solution": given.solution,
                "say": given.say,
                "touchpoint": touchpoint_by_code(given.touchpoint),
                "review_on": a_year_after(local_date(now)),
                "changed_at": now,
            },
        )
