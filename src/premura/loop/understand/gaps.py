"""A gap is the same question seen from two sides: one mechanism for all of them.

A side says whose answers, about whom, of which moment. Expectation and perception (row S7), the company and its
customers (S20), us and a competitor (S30): each is two sides laid beside one another, item by item. Scores of
different scales never meet, because the scale is part of the item.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from django.db.models import Q, QuerySet

from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, AnswerQuerySet, Moment
from premura.loop.understand.metrics import Counts, ends_of
from premura.loop.understand.questions import Item
from premura.loop.understand.tallies import ASIDE, ITEM, about_us, is_perceived, tally
from premura.loop.understand.windows import Window
from premura.stats import compare_means, compare_shares, mean, ratio_of, top_box
from premura.stats.estimate import Estimate

Measure = Literal["mean", "share"]
#: (survey, code) of the questions that are worded the other way round
Turned = Collection[tuple[int, str]]
#: From which score on an answer is favourable, on the scales of our own questions.
FAVOURABLE_FROM = {"0-10": 9, "1-5": 4, "1-7": 5}


def favourable_from(scale: str) -> int:
    """The lowest favourable score: 9 of 10, 4 of 5, 5 of 7; on other scales the upper quarter.

    >>> favourable_from("1-5"), favourable_from("1-10")
    (4, 8)
    """
    low, high = ends_of(scale)
    return FAVOURABLE_FROM.get(scale, -(-(4 * low + 3 * (high - low)) // 4))


@lru_cache(maxsize=256)
def is_scale(scale: str) -> bool:
    """Whether ``scale`` has two ends that are numbers, the lower first.

    >>> is_scale("1-5"), is_scale(""), is_scale("a-b")
    (True, False, False)
    """
    low, dash, high = scale.partition("-")
    return bool(dash) and low.isdecimal() and high.isdecimal() and int(low) < int(high)


def expected() -> Q:
    """Answers about what people expect: the half of a pair, or the whole of a survey that asks beforehand."""
    return Q(part="expectation") | (Q(response__moment=Moment.EXPECTATION) & ~Q(part="perception"))


def perceived() -> Q:
    """Answers about what people found."""
    return Q(response__moment=Moment.PERCEPTION) & ~Q(part__in=ASIDE)


@dataclass(frozen=True)
class Side:
    """From where a question is seen. ``perspectives``: who speaks; ``subject``: of whom, ``None`` is us; ``moment``:
    what was expected or what was found.
    """

    perspectives: tuple[str, ...] = ("customer",)
    subject: int | None = None
    moment: str = Moment.PERCEPTION

    def seen(self) -> Q:
        about = Q(response__subject__is_us=True) if self.subject is None else Q(response__subject=self.subject)
        spoken = Q(response__perspective__in=self.perspectives) & about
        return spoken & (expected() if self.moment == Moment.EXPECTATION else perceived())


def scored(person: Person, window: Window, *, location: int | None = None, survey: int | None = None) -> QuerySet[Any]:
    """Every score given in ``window`` that ``person`` may see; ``location`` 0 is no location.

    How strongly an emotion was felt is no score of how well something went.
    """
    rows = cast(AnswerQuerySet, Answer.objects).visible_to(person)
    rows = rows.filter(
        response__answered_on__gte=window.first_day, response__answered_on__lte=window.last_day, score__isnull=False
    )
    rows = rows.exclude(kind="emotion")
    if location is not None:
        rows = rows.filter(response__location=location or None)
    return rows.filter(response__survey=survey) if survey is not None else rows


def found_by_item(
    person: Person, window: Window, *, location: int | None = None, turn: Turned = frozenset()
) -> dict[Item, Counts]:
    """How many customers gave each score to what they found with us, item by item; the questions in ``turn`` are worded
    the other way round. At most three queries.
    """
    counted: dict[Item, Counts] = defaultdict(Counts)
    found = tally(person, window, ("survey", *ITEM, "score"), location=location, **about_us())
    for survey, question, part, scale, kind, touchpoint, score, n, _latest in found:
        if is_scale(scale) and is_perceived(part):
            counts = counted[Item.of(question, part, scale, kind, touchpoint)]
            given = upright(score, scale, (survey, question) in turn)
            counts[given] = counts.get(given, 0) + n
    return dict(counted)


def upright(score: int, scale: str, is_turned: bool) -> int:
    """The score as it would be had the question been worded the usual way round.

    >>> upright(1, "1-7", True), upright(1, "1-7", False)
    (7, 1)
    """
    return sum(ends_of(scale)) - score if is_turned else score


@dataclass(frozen=True)
class Gap:
    """One item from two sides; ``difference`` is ``second`` minus ``first``, ``p`` how easily chance would do it."""

    item: Item
    first: Estimate
    second: Estimate
    difference: Estimate
    p: float | None

    @property
    def ratio(self) -> Estimate:
        """``second`` divided by ``first``: the relative index is 100 times this; no value where ``first`` is 0."""
        if not self.first.value:
            return Estimate(None, None, None, self.first.n + self.second.n, "mover-ratio")
        return ratio_of(self.second, self.first)

    def is_enough(self, least: int) -> bool:
        """Whether both sides have enough answers to be read."""
        return min(self.first.n, self.second.n) >= least


def gap_of(item: Item, first: Counts, second: Counts, measure: Measure) -> Gap:
    """The gap of one item between two independent groups, as means of the scale or shares of favourable answers."""
    if measure == "mean":
        ends = ends_of(item.scale)
        comparison = compare_means(second, first)
        sides = (mean(first, scale=ends), mean(second, scale=ends))
    else:
        shares = [favourable(counts, item.scale) for counts in (first, second)]
        comparison = compare_shares(*shares[1], *shares[0])
        sides = (top_box(*shares[0]), top_box(*shares[1]))
    return Gap(item, *sides, comparison.difference, comparison.p)


def favourable(counts: Counts, scale: str) -> tuple[int, int]:
    """Favourable answers and all answers."""
    return counts.between(favourable_from(scale), ends_of(scale)[1]), counts.n


def gaps_between(first: Mapping[Item, Counts], second: Mapping[Item, Counts], measure: Measure) -> list[Gap]:
    """The gap of every item that both sides answered, the widest to the disadvantage of ``second`` first."""
    both: Iterable[Item] = first.keys() & second.keys()
    gaps = [gap_of(item, first[item], second[item], measure) for item in both]
    return sorted(gaps, key=lambda gap: (gap.difference.value or 0.0, gap.item))
