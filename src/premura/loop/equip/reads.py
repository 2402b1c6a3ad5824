"""What the pages show of knowledge cards."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q

from premura.core.errors import NotFound
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.equip.models import CardQuerySet, CardUse, KnowledgeCard
from premura.loop.equip.places import near_first


def _counted(rows: Any) -> Any:
    return rows.select_related("touchpoint").annotate(
        helped=Count("uses", filter=Q(uses__helped=True), distinct=True), used=Count("uses", distinct=True)
    )


def cards(*, search: str = "", touchpoint: int | None = None) -> CardQuerySet:
    """Current cards, each with how often it was ``used`` and ``helped``; the journey's order, then the code."""
    rows: Any = KnowledgeCard.objects.current()
    if touchpoint:
        rows = rows.filter(touchpoint_id=touchpoint)
    if search:
        rows = rows.filter(_says(search))
    return _counted(rows).order_by(F("touchpoint__position").asc(nulls_last=True), "code")  # type: ignore[no-any-return]


def _says(search: str) -> Q:
    """Any text of the card, in any language, holds ``search``."""
    found = Q()
    for field in ("title", "problem", "solution", "say"):
        for language, _name in settings.LANGUAGES:
            found |= Q(**{f"{field}__{language}__icontains": search})
    return found


def cards_for(touchpoint: Touchpoint | None, place: bytes | None = None) -> list[KnowledgeCard]:
    """What helps there: cards near in meaning to what was told (at ``place``) first, wherever they belong; then the
    cards of ``touchpoint`` before those for everywhere, the most helpful first. One query.
    """
    rows = _counted(KnowledgeCard.objects.current())
    near = [card for card in near_first(rows, place) if card.is_near]
    here = {None, touchpoint.pk} if touchpoint else None
    others = (card for card in rows if not card.is_near and (here is None or card.touchpoint_id in here))
    return near + sorted(others, key=lambda card: (card.touchpoint_id is None, -card.helped, card.code))


def card_for(person: Person, pk: int) -> KnowledgeCard:
    """The card (retired ones too: links stay true), with ``used`` and ``helped``, or :class:`NotFound`. One query."""
    card: KnowledgeCard | None = _counted(KnowledgeCard.objects.filter(pk=pk)).first()
    if card is None:
        raise NotFound
    return card


def uses_of(person: Person, about: str) -> dict[int, bool]:
    """Which cards ``person`` used for ``about``, and whether they helped. One query."""
    return dict(CardUse.objects.filter(person=person, about=about).values_list("card_id", "helped"))


def has_helped(about: str) -> bool:
    """Whether somebody says that a card helped with it. One query."""
    return CardUse.objects.filter(about=about, helped=True).exists()


def due_for_review(day: date) -> CardQuerySet:
    """Current cards that should have been looked at again by ``day``."""
    return KnowledgeCard.objects.current().filter(review_on__lte=day)
