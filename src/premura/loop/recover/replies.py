"""A reply while it is written: what the margin notes, a first text from a card, and what was suggested and taken.

Counted per template (the card a reply was begun from, or none), never per person: it says which words need better
templates, not who writes badly.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from premura.core.company.company import company_timezone
from premura.core.i18n import in_language
from premura.loop.equip.models import KnowledgeCard
from premura.loop.recover.cases import shortened
from premura.loop.recover.margin import Note, notes
from premura.loop.recover.models import Case, Direction, MarginCount, Resolution
from premura.loop.recover.vague import current_wording

CODES = ("name", "acknowledge", "apology", "blame", "vague", "capitals", "exclamation", "forms", "question")


def notes_for(case: Case, reply: str) -> list[Note]:
    """What the margin notes of a reply to the customer of ``case``. Three queries."""
    thread = list(case.messages.exclude(direction=Direction.NOTE).values_list("direction", "text"))
    answered = max((place for place, (way, _text) in enumerate(thread) if way == Direction.OUT), default=-1)
    told = [text for way, text in thread[answered + 1 :] if way == Direction.IN]
    is_first = answered < 0
    return notes(
        reply,
        told=told,
        name=case.customer.name if case.customer else "",
        apology_due=is_first and not Resolution.objects.filter(case=case, apologised=True).exists(),
        now=timezone.now().astimezone(company_timezone()),
        wording=current_wording(),
    )


def first_text(case: Case, card: KnowledgeCard) -> str:
    """A reply to begin with: their name, their own words said back, and what the card says; in their language."""
    customer: Any = case.customer
    with translation.override(customer.language if customer else translation.get_language()):
        hello = _("Dear %(name)s,") % {"name": customer.name} if customer else _("Good morning,")
        told = (
            case.messages.filter(direction=Direction.IN).order_by("written_at").values_list("text", flat=True).first()
        )
        said = shortened(told or case.title, 120).rstrip(".!?… ")
        sorry = _("I am sorry about what you told us: “%(words)s”.") % {"words": said}
        return f"{hello}\n\n{sorry} {in_language(card.say)}".strip()


def card_from(case: Case) -> dict[str, str]:
    """What a card could say that is made of a solved case: the problem, what was done, what was said. Two queries.

    What names a person is left out: a card is read by everybody.
    """
    told = case.messages.filter(direction=Direction.IN).order_by("written_at").values_list("text", flat=True).first()
    said = case.messages.filter(direction=Direction.OUT).order_by("-written_at").values_list("text", flat=True).first()
    solved = case.resolutions.order_by("-resolved_at").values_list("text", flat=True).first()
    name = case.customer.name if case.customer else ""
    texts = {"title": shortened(case.title), "problem": told or "", "solution": solved or "", "say": said or ""}
    return {part: _without_names(text, name) for part, text in texts.items()}


def _without_names(text: str, name: str) -> str:
    from premura.text import find_personal, mask

    plain = mask(text, find_personal(text))
    return plain.replace(name, "…") if name else plain


def count_margin(card: KnowledgeCard | None, suggested: Iterable[str], left: Iterable[str]) -> None:
    """Count the notes that were ``suggested`` while a reply was written; taken are those not ``left`` in the end."""
    still = set(left)
    for code in set(suggested) & set(CODES):
        with transaction.atomic():
            row, _is_new = MarginCount.objects.get_or_create(card=card, note=code)
            MarginCount.objects.filter(pk=row.pk).update(
                suggested=F("suggested") + 1, taken=F("taken") + (0 if code in still else 1)
            )
