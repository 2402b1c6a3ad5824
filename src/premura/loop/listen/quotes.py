"""Coded quotes: what somebody said in an interview, a focus group or anywhere else, word for word, under a theme."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.core.words import on_one_line
from premura.loop.listen.models import Answer, Perspective, Quote

TEXT_LIMIT, THEME_LIMIT, SPEAKER_LIMIT = 1_000, 80, 60
_SHOWN = 2_000


def code_quote(
    answer: Answer, text: str, theme: str, by: Person, *, speaker: str = "", at: datetime | None = None
) -> Quote:
    """Mark ``text`` under ``theme``; it must stand in the answer as it is: nobody is made to say anything."""
    text, theme, speaker = (on_one_line(words) for words in (text, theme, speaker))
    if not text or not theme:
        raise PremuraError("quote-empty", _("A quote needs the words and a theme: nothing was marked."))
    if len(text) > TEXT_LIMIT or len(theme) > THEME_LIMIT or len(speaker) > SPEAKER_LIMIT:
        raise PremuraError("quote-too-long", _("This is too long: shorten the quote or the theme."))
    if text not in " ".join(answer.text.split()):
        raise PremuraError("not-said", _("These words do not stand in the answer: copy them as they were said."))
    with transaction.atomic():
        # The same words twice under one theme are one quote
        quote, is_new = Quote.objects.get_or_create(
            answer=answer,
            text=text,
            theme=_known_theme(theme),
            defaults={"speaker": speaker, "coded_by": by, "coded_at": at or timezone.now()},
        )
        if is_new:
            _record("quote.coded", quote, by)
    return quote


def _known_theme(theme: str) -> str:
    """The theme as it was written first, whatever its capitals: two spellings would be two themes."""
    known = Quote.objects.filter(theme__iexact=theme).values_list("theme", flat=True).first()
    return known or theme


def remove_quote(quote: Quote, by: Person) -> None:
    """Take the mark away; the answer stays as it was."""
    with transaction.atomic():
        _record("quote.removed", quote, by)
        quote.delete()


def _record(name: str, quote: Quote, by: Person) -> None:
    response = quote.answer.response
    record(name, by=by, about=response, customer=response.customer, location=response.location)


# Reads


@dataclass(frozen=True)
class Theme:
    """``talks``: how many answered surveys, interviews or groups it was heard in; never a share of all customers."""

    name: str
    quotes: list[Quote]
    talks: int


def quote_for(person: Person, pk: int) -> Quote:
    rows = Quote.objects.exclude(answer__response__perspective=Perspective.STAFF)
    return seen_by(person, rows.select_related("answer__response__customer", "answer__response__location"), pk=pk)


def themes_for(person: Person, survey: int | None = None) -> list[Theme]:
    """What was heard, the theme of the most talks first. What staff say of their work is not among it. One query."""
    rows = Quote.objects.visible_to(person).exclude(answer__response__perspective=Perspective.STAFF)
    if survey is not None:
        rows = rows.filter(answer__response__survey=survey)
    found: dict[str, list[Quote]] = defaultdict(list)
    for quote in rows.select_related("answer__response__survey")[:_SHOWN]:
        found[quote.theme].append(quote)
    themes = [
        Theme(name, quotes, len({quote.answer.response_id for quote in quotes})) for name, quotes in found.items()
    ]
    return sorted(themes, key=lambda theme: (-theme.talks, -len(theme.quotes), theme.name))


def theme_names() -> list[str]:
    return list(Quote.objects.order_by("theme").values_list("theme", flat=True).distinct()[:200])
