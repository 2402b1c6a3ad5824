"""What makes them happy, what makes them angry (row S25): aspect by aspect, praise and blame side by side.

For each aspect and side: how many comments, how many of them with joy (with anger), the difference it makes to the
score of the same response, and the clearest quotes. Scores of different scales never meet: one metric at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from premura.core.staff.models import Person
from premura.loop.listen.models import Answer
from premura.loop.understand.comment_reads import may_read_personal_data
from premura.loop.understand.counting import Slice, answers_of, visible
from premura.loop.understand.metrics import Counts, Metric, total
from premura.loop.understand.models import CommentAspect, CommentReading
from premura.loop.understand.once_each import counted_by, counts_of, score_of_each
from premura.loop.understand.windows import Window
from premura.stats.compare import benjamini_hochberg
from premura.stats.effects import BeforeAfter

POSITIVE, NEGATIVE = "positive", "negative"
#: The emotion that goes with each side.
FELT = {POSITIVE: "joy", NEGATIVE: "anger"}
QUOTES = 3
LONGEST_QUOTE = 300


@dataclass(frozen=True)
class Quote:
    """A stretch of a comment, as the person may read it, and the response it is from."""

    words: str
    answer: Answer


@dataclass(frozen=True)
class Side:
    """Comments that speak of one aspect well (or badly).

    ``scored`` and ``others`` are the scores of their responses, and of all other responses with a comment, each
    response once (:mod:`premura.loop.understand.once_each`); ``effect`` is the first minus the second in the metric's
    unit. ``p`` is corrected for all the differences of the page (Benjamini and Hochberg); ``None`` where either has
    fewer scores than the least.
    """

    n: int
    felt: int
    scored: Counts
    others: Counts
    effect: BeforeAfter | None
    p: float | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Sides:
    aspect: str
    praise: Side
    blame: Side

    @property
    def n(self) -> int:
        return self.praise.n + self.blame.n


def aspect_sides(person: Person, window: Window, metric: Metric, least: int, **filters: Any) -> list[Sides]:
    """Every aspect that is praised or blamed, the most spoken of first. Four queries and those of the quotes' rows.

    A metric that is not asked with numbers has no differences: scores are what responses gave on its scale.
    """
    asked = answers_of(visible(person), window, Slice.of(filters), person=person).order_by()
    comments = asked.filter(kind="text", reading__isnull=False)
    scores = asked.filter(kind__in=metric.kinds, scale=metric.scale, score__isnull=False)
    spoken = CommentAspect.objects.filter(reading__answer__in=comments.values("pk"), polarity__in=FELT).order_by()
    given = score_of_each(scores.filter(response__in=comments.values("response")), metric) if metric.scale else {}
    everyone, scored = counts_of(given.values()), counted_by(_said(spoken), given)
    quotes = _quotes(person, spoken)
    sides = {}
    for aspect, polarity, n, joy, anger in _counted(spoken):
        key = aspect, polarity
        mine = scored.get(key, Counts())
        rest = Counts({score: everyone[score] - mine.get(score, 0) for score in everyone})
        enough = metric.scale and min(mine.n, rest.n) >= least
        effect = metric.compare(rest, mine, least) if enough else None
        felt = joy if polarity == POSITIVE else anger
        sides[key] = Side(n, felt, mine, rest, effect, None, tuple(quotes.get(key, ())))
    return _side_by_side(_corrected(sides))


def _counted(spoken: QuerySet[CommentAspect]) -> Iterable[tuple[str, str, int, int, int]]:
    felt = {
        name: Count("reading", distinct=True, filter=Q(reading__felt__contains=f"|{name}|")) for name in FELT.values()
    }
    rows = spoken.values("aspect", "polarity").annotate(n=Count("reading", distinct=True), **felt)
    return rows.values_list("aspect", "polarity", "n", *FELT.values())


def _said(spoken: QuerySet[CommentAspect]) -> Iterator[tuple[tuple[str, str], Any]]:
    """What each response speaks of, and how; each once."""
    for aspect, polarity, response in spoken.values_list("aspect", "polarity", "reading__answer__response").distinct():
        yield (aspect, polarity), response


def _corrected(sides: Mapping[tuple[str, str], Side]) -> dict[tuple[str, str], Side]:
    known = {key: side.effect.p for key, side in sides.items() if side.effect and side.effect.p is not None}
    corrected = dict(zip(known, benjamini_hochberg(known.values()), strict=True)) if known else {}
    return {key: replace(side, p=corrected.get(key)) for key, side in sides.items()}


def _side_by_side(sides: Mapping[tuple[str, str], Side]) -> list[Sides]:
    nothing = Side(0, 0, Counts(), total([]), None, None, ())
    names = dict.fromkeys(aspect for aspect, _ in sides)
    rows = [Sides(name, sides.get((name, POSITIVE), nothing), sides.get((name, NEGATIVE), nothing)) for name in names]
    return sorted(rows, key=lambda row: (-row.n, row.aspect))


def _quotes(person: Person, spoken: QuerySet[CommentAspect]) -> dict[tuple[str, str], list[Quote]]:
    """The clearest stretches of each aspect and side, each in other words; erased words say nothing."""
    clearest = Over(RowNumber(), partition_by=[F("aspect"), F("polarity")], order_by=[F("p").desc(), F("pk").desc()])
    ranked = spoken.exclude(reading__answer__text="").annotate(rank=clearest).filter(rank__lte=4 * QUOTES)
    # Only what they are put in order by is carried along while all of them are
    rows = CommentAspect.objects.filter(pk__in=[pk for pk, _rank in ranked.values_list("pk", "rank")])
    found: dict[tuple[str, str], list[Quote]] = defaultdict(list)
    related = ("reading__answer__response__location", "reading__answer__touchpoint")
    for row in rows.select_related(*related).order_by("-p", "-pk"):
        quote, kept = Quote(quoted(person, row), row.reading.answer), found[row.aspect, row.polarity]
        if len(kept) < QUOTES and quote.words not in {each.words for each in kept}:
            kept.append(quote)
    return found


def quoted(person: Person, row: CommentAspect) -> str:
    """The stretch of the comment that says it, personal data masked for whoever may not read it."""
    text = row.reading.answer.text
    start, end = (row.start, row.end) if row.end > row.start else (0, len(text))
    return stretch(person, row.reading, text, start, end)


def stretch(person: Person, reading: CommentReading, text: str, start: int, end: int) -> str:
    """``text[start:end]`` as the person may read it, and no more of it than a quote may hold."""
    from premura.text import Personal, find_personal, mask

    end = min(end, start + LONGEST_QUOTE)
    if may_read_personal_data(person) or not reading.has_personal_data:
        return text[start:end]
    within = [
        Personal(each.kind, (max(each.span[0], start) - start, min(each.span[1], end) - start))
        for each in find_personal(text)
        if each.span[0] < end and start < each.span[1]
    ]
    return mask(text[start:end], within)
