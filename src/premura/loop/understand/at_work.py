"""What colleagues say about their work (row S18): would they recommend working here, what is in the way.

Read are questions of staff surveys that customers are not asked: those stand in ``delivery``. Colleagues answer in
confidence. First only *how many* answered is counted; what they said leaves the database for the questions alone that
at least the company's minimum answered, one place apart only where no smaller group can be had by subtraction, one
whole quarter at a time. What they wrote in their own words is not read here at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from premura.core.staff.models import Person
from premura.loop.listen.models import Perspective
from premura.loop.understand.counting import visible
from premura.loop.understand.delivery import is_safe
from premura.loop.understand.gaps import favourable_from, is_scale
from premura.loop.understand.metrics import METRICS, Counts, ends_of
from premura.loop.understand.questions import QuestionBook, asked_of_customers, question_book
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

_ASKED = ("response__survey", "question", "part", "kind", "scale")
_NPS = METRICS["nps"]
_LISTS = frozenset({"single", "multiple", "list", "ranking", "yesno", "solution"})


@dataclass(frozen=True, order=True)
class Asked:
    """One question of one survey; surveys are never thrown together, for their options need not be the same."""

    survey: int
    question: str
    part: str
    kind: str
    scale: str

    @property
    def is_loyalty(self) -> bool:
        return self.kind == "nps" and self.scale == _NPS.scale


@dataclass(frozen=True)
class Place:
    """The answers to one question at one place (``None``: at none)."""

    location: int | None
    figure: Estimate


@dataclass(frozen=True)
class Score:
    """Of a loyalty question the net score, of any other the share of favourable answers; apart by place where safe."""

    asked: Asked
    figure: Estimate
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Choices:
    """How many named each option, the most named first: (code, share). Of a ranking: how many put it first."""

    asked: Asked
    options: tuple[tuple[str, Estimate], ...]


@dataclass(frozen=True)
class AtWork:
    """``hidden``: the questions that too few answered, or whose small groups could be worked out."""

    loyalty: tuple[Score, ...]
    choices: tuple[Choices, ...]
    others: tuple[Score, ...]
    hidden: tuple[Asked, ...]
    book: QuestionBook

    @property
    def is_asked(self) -> bool:
        return bool(self.loyalty or self.choices or self.others or self.hidden)

    @property
    def is_empty(self) -> bool:
        return not (self.loyalty or self.choices or self.others)


def at_work(person: Person, window: Window, *, least: int, location: int | None = None) -> AtWork:
    """What colleagues said in ``window``, of ``location`` or of all places. At most seven queries."""
    rows = visible(person).filter(
        response__perspective=Perspective.STAFF,
        response__subject__is_us=True,
        response__answered_on__gte=window.first_day,
        response__answered_on__lte=window.last_day,
    )
    book = question_book()
    shared = asked_of_customers(book)
    sizes = {one: places for one, places in _sizes(rows).items() if (one.question, one.kind) not in shared}
    here = [one for one in sizes if location is None or sizes[one].get(location or None)]
    shown = [one for one in here if is_safe(sizes[one], location, least)]
    rows = rows if location is None else rows.filter(response__location=location or None)
    apart = [one for one in shown if location is None and len(sizes[one]) > 1 and min(sizes[one].values()) >= least]
    scores = _scores(rows, shown, apart, least, book)
    return AtWork(
        tuple(score for score in scores if score.asked.is_loyalty),
        tuple(_choices(rows, shown, least)),
        # The worst first: it is what is in the way
        tuple(sorted((s for s in scores if not s.asked.is_loyalty), key=lambda s: (s.figure.value or 0.0, s.asked))),
        tuple(sorted(set(here) - set(shown))),
        book,
    )


def _sizes(rows: QuerySet[Any]) -> dict[Asked, dict[int | None, int]]:
    """How many answered each question at each place: numbers of answers, never what they said."""
    sizes: dict[Asked, dict[int | None, int]] = defaultdict(dict)
    found = rows.order_by().values_list(*_ASKED, "response__location").annotate(n=Count("response", distinct=True))
    for *asked, place, n in found:
        one = Asked(*asked)
        if one.kind in _LISTS or (is_scale(one.scale) and one.kind != "emotion"):
            sizes[one][place] = n
    return dict(sizes)


def _only(asked: Iterable[Asked]) -> Q:
    """The answers to these questions; with none of them no answer."""
    same = (dict(zip(_ASKED, (a.survey, a.question, a.part, a.kind, a.scale), strict=True)) for a in asked)
    return reduce(or_, (Q(**one) for one in same), Q(pk=None))


def _scores(rows: QuerySet[Any], shown: list[Asked], apart: list[Asked], least: int, book: QuestionBook) -> list[Score]:
    scored = rows.filter(score__isnull=False).order_by()
    whole: dict[Asked, Counts] = defaultdict(Counts)
    for *asked, score, n in scored.filter(_only(shown)).values_list(*_ASKED, "score").annotate(n=Count("pk")):
        whole[Asked(*asked)] += Counts({score: n})
    placed: dict[Asked, dict[int | None, Counts]] = defaultdict(lambda: defaultdict(Counts))
    found = scored.filter(_only(apart)).values_list(*_ASKED, "response__location", "score").annotate(n=Count("pk"))
    for *asked, place, score, n in found:
        placed[Asked(*asked)][place] += Counts({score: n})
    return [
        Score(
            one,
            _figure(one, counts, book),
            tuple(
                Place(place, _figure(one, own, book))
                for place, own in sorted(placed.get(one, {}).items(), key=lambda item: item[0] or 0)
            ),
        )
        for one, counts in sorted(whole.items())
        if counts.n >= least
    ]


def _figure(asked: Asked, counts: Counts, book: QuestionBook) -> Estimate:
    if asked.is_loyalty:
        return _NPS.estimate(counts)
    least, ends = favourable_from(asked.scale), ends_of(asked.scale)
    if book.is_reversed(asked.survey, asked.question):
        counts = Counts({sum(ends) - score: n for score, n in counts.items()})
    return top_box(counts.between(least, ends[1]), counts.n)


def _choices(rows: QuerySet[Any], shown: list[Asked], least: int) -> Iterable[Choices]:
    lists = [one for one in shown if one.kind in _LISTS]
    named: dict[Asked, Counter[str]] = defaultdict(Counter)
    everybody: Counter[Asked] = Counter()
    for *asked, choices, n in (
        rows.filter(_only(lists)).order_by().values_list(*_ASKED, "choices").annotate(n=Count("pk"))
    ):
        one = Asked(*asked)
        everybody[one] += n
        for code in named_in(one.kind, choices):
            named[one][code] += n
    for one, n in sorted(everybody.items()):
        if n >= least:
            yield Choices(one, tuple((code, top_box(hits, n)) for code, hits in named[one].most_common()))


def named_in(kind: str, choices: Any) -> list[str]:
    """The options that one answer names, each once; of a ranking the one it puts first.

    >>> named_in("multiple", ["a", "b", "a"]), named_in("ranking", ["b", "a"]), named_in("single", None)
    (['a', 'b'], ['b'], [])
    """
    codes = list(dict.fromkeys(str(code) for code in choices or ()))
    return codes[:1] if kind == "ranking" else codes
