"""Themes as a person sees them: how many comments, what changed, the score beside the words, quotes, and what rises."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from premura.core.staff.models import Person
from premura.loop.listen.models import Answer
from premura.loop.understand.comment_sides import Quote, stretch
from premura.loop.understand.counting import Slice, answers_of, minimum_n, visible
from premura.loop.understand.metrics import Counts, Metric
from premura.loop.understand.models import Theme, ThemeMention, ThemeRise
from premura.loop.understand.once_each import counted_by, score_of_each
from premura.loop.understand.rules import Rise
from premura.loop.understand.theme_making import (
    HEAD,
    TOLD_FOR,
    mentions_in,
    new_and_before,
    rises_in,
    shown_themes,
)
from premura.loop.understand.windows import Window
from premura.stats.compare import Comparison, benjamini_hochberg, compare_shares
from premura.stats.estimate import Estimate
from premura.stats.intervals import wilson

QUOTES = 2
#: So many letters of a comment stand around the word that makes the theme.
AROUND = 110


@dataclass(frozen=True)
class ThemeSeen:
    """A theme in ``n`` of ``of`` comments. ``change`` is of that share against the days before, ``p`` corrected for all
    themes; ``scored`` and ``score`` are what the responses gave beside the words, in the metric asked for, each
    response once.
    """

    theme: Theme
    n: int
    of: int
    change: Comparison | None
    p: float | None
    scored: Counts
    score: Estimate
    quotes: tuple[Quote, ...]

    @property
    def share(self) -> tuple[float, float, float]:
        """The share of comments (0…1), with Wilson's interval at 95 %."""
        return self.n / self.of, *wilson(self.n, self.of)


def themes_seen(
    person: Person, window: Window, metric: Metric, least: int, *, compare: bool = True, **filters: Any
) -> list[ThemeSeen]:
    """Every theme that these comments speak of: the pinned ones first, then the most spoken of. Nine queries."""
    comments, before = (comments_of(person, days, filters) for days in (window, window.previous))
    counts = mentions_in(comments)
    themes = {theme.pk: theme for theme in shown_themes().filter(pk__in=counts).prefetch_related("merged")}
    if not themes:
        return []
    of, of_before = comments.count(), before.count()
    earlier = mentions_in(before) if compare and of_before >= least else {}
    changes = {pk: compare_shares(counts[pk], of, earlier.get(pk, 0), of_before) for pk in themes} if earlier else {}
    corrected = dict(zip(changes, benjamini_hochberg(each.p or 0.0 for each in changes.values()), strict=True))
    scored = _scored(person, window, metric, comments, filters)
    quotes = _quotes(person, comments)
    seen = [
        ThemeSeen(
            theme,
            counts[pk],
            of,
            changes.get(pk),
            corrected.get(pk),
            scored.get(pk, Counts()),
            metric.estimate(scored.get(pk, Counts())),
            tuple(quotes.get(pk, ())),
        )
        for pk, theme in themes.items()
    ]
    return sorted(seen, key=lambda row: (not row.theme.is_pinned, -row.n, row.theme.pk))


def comments_of(person: Person, window: Window, filters: Mapping[str, Any]) -> QuerySet[Answer]:
    found = answers_of(visible(person), window, Slice.of(filters), person=person)
    return found.filter(kind="text", reading__isnull=False).order_by()


def _scored(
    person: Person, window: Window, metric: Metric, comments: QuerySet[Answer], filters: Mapping[str, Any]
) -> dict[int, Counts]:
    """The scores that were given beside the words, each response once a theme; one scale, as always. Two queries."""
    if not metric.scale:
        return {}
    asked = answers_of(visible(person), window, Slice.of(filters), person=person).order_by()
    scores = asked.filter(kind__in=metric.kinds, scale=metric.scale, score__isnull=False)
    given = score_of_each(scores.filter(response__in=comments.values("response")), metric)
    said = ThemeMention.objects.filter(answer__in=comments.values("pk")).values_list(HEAD, "answer__response")
    return counted_by(said.distinct(), given)


def _quotes(person: Person, comments: QuerySet[Answer]) -> dict[int, list[Quote]]:
    """The latest stretches about each theme, each in other words; erased words say nothing."""
    latest = Over(RowNumber(), partition_by=[F("head")], order_by=[F("answer").desc(), F("pk").asc()])
    rows = ThemeMention.objects.filter(answer__in=comments.exclude(text="").values("pk"), end__gt=0)
    rows = rows.annotate(head=HEAD).annotate(rank=latest).filter(rank__lte=4 * QUOTES).order_by("rank")
    found: dict[int, list[Quote]] = defaultdict(list)
    for row in rows.select_related("answer__reading", "answer__response__location", "answer__touchpoint"):
        quote, kept = Quote(_around(person, row), row.answer), found[row.head]
        if len(kept) < QUOTES and quote.words not in {each.words for each in kept}:
            kept.append(quote)
    return found


def _around(person: Person, row: ThemeMention) -> str:
    start, end = whole_words(row.answer.text, row.start - AROUND, row.end + AROUND)
    words = stretch(person, row.answer.reading, row.answer.text, start, end).strip()
    before, after = "… " if start else "", " …" if end < len(row.answer.text) else ""
    return f"{before}{words}{after}"


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of the text that cuts no word in two.

    >>> whole_words("una camera pulita", 2, 9)
    (4, 10)
    """
    start, end = max(0, start), min(len(text), end)
    while 0 < start < len(text) and not text[start - 1].isspace():
        start += 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


@dataclass(frozen=True)
class Risen:
    theme: Theme
    rise: Rise


def risen(person: Person, now: datetime) -> list[Risen]:
    """What rises in the comments that ``person`` may read, the least likely to be chance first. Six queries."""
    new, before = (comments_of(person, days, {}) for days in new_and_before(now))
    rises = rises_in(new, before, minimum_n())
    themes = {theme.pk: theme for theme in Theme.objects.filter(pk__in=rises)}
    return [Risen(themes[pk], rise) for pk, rise in sorted(rises.items(), key=lambda item: (item[1].p, item[0]))]


def risen_lately(person: Person, now: datetime) -> list[Risen]:
    """The same for *Today*, which asks often: one query as long as nothing rose in the whole company."""
    lately = ThemeRise.objects.filter(found_at__gt=now - TOLD_FOR, found_at__lte=now)
    return risen(person, now) if lately.exists() else []


def hidden_themes() -> Sequence[Theme]:
    """Those that somebody put out of sight, to be brought back."""
    return list(Theme.objects.filter(is_hidden=True, merged_into=None))
