"""Cards that should be looked at again come up on *Today* of who wrote them, else of who leads."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import company_language, local_date
from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.loop.equip.models import KnowledgeCard
from premura.loop.equip.reads import due_for_review
from premura.loop.promise.commitments import call_off_commitment, keep_commitment, make_commitment
from premura.loop.promise.escalations import who_leads
from premura.loop.promise.models import Commitment, CommitmentKind

CARD_REVIEWS = "promise.card_reviews"
#: Calendar time in which somebody looks at a card
TIME = timedelta(days=14)


def do_card_reviews(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`bring_up_cards`."""
    bring_up_cards(at=timezone.now())


def bring_up_cards(*, at: datetime) -> int:
    """Make a duty of each card whose day has come and which nobody owes yet. Returns how many."""
    owed = set(_waiting().values_list("about", flat=True))
    made = 0
    for card in due_for_review(local_date(at)).select_related("changed_by"):
        owner = _owner(card)
        if f"card:{card.pk}" in owed or owner is None:
            continue
        with company_language():
            what = _("Look at the card again: %(card)s") % {"card": card}
        make_commitment(
            what, owner=owner, due=at + TIME, by=None, kind=CommitmentKind.CARD, about=f"card:{card.pk}", at=at
        )
        made += 1
    return made


def _owner(card: KnowledgeCard) -> Person | None:
    writer = card.changed_by
    return writer if writer is not None and writer.may(Ability.EDIT_KNOWLEDGE) else who_leads(None, besides=None)


def _waiting() -> Any:
    return Commitment.objects.waiting().filter(kind=CommitmentKind.CARD)


def handle_card(event: Event) -> None:
    """Looked at, changed or retired: nobody owes it any more."""
    with transaction.atomic():
        for duty in _waiting().filter(about=f"card:{event.subject_id}").select_related("customer", "location"):
            end = call_off_commitment if event.name == "card.retired" else keep_commitment
            end(duty, by=event.person, at=event.happened_at)
