"""How many answers gave each score: by up to two breakdowns, narrowed by filters, one query whatever their number.

Everything that is a number on a page of results comes out of :func:`histograms`, the one place where scores are
counted. Unless asked otherwise the answers are those of customers, about us, of what they perceived; scores of
different scales never meet. A filter knows itself as SQL here; in words in :mod:`premura.loop.understand.dimensions`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, cast

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from premura.core.company.company import the_company
from premura.core.staff.models import Person
from premura.engine.questions import NO_SCORE, CountQuestion
from premura.engine.tallies import Tally
from premura.loop.listen.models import Answer, AnswerQuerySet, Moment, Perspective
from premura.loop.understand.courses import after, first_of
from premura.loop.understand.engine_counts import counted, responses_counted, tallied, with_defaults
from premura.loop.understand.metrics import METRICS, Counts, Metric
from premura.loop.understand.questions import asked_of_customers, question_book
from premura.loop.understand.windows import Window

Key = Any
#: No, one or several breakdowns; one alone may be given by its name.
By = str | Sequence[str] | None

#: What figures can be broken down by → the path from an answer.
BREAKDOWNS: Mapping[str, str] = {
    "touchpoint": "touchpoint",
    "location": "response__location",
    "channel": "response__channel",
    "week": "response__week_on",
    "month": "month",
    "survey": "response__survey",
    "question": "question",
    "subject": "response__subject",
    "language": "response__language",
    "perspective": "response__perspective",
    "moment": "response__moment",
    "segment": "response__customer__segment",
    "band": "recommending",
}
#: At most so many breakdowns at once: three could not be read, nor drawn.
MOST = 2
#: As a filter: those that have no touchpoint, or no location.
NONE = 0
#: The same where the values are words: customers of no segment, people who were not asked about recommending.
NO_WORD = "-"
#: The classes of people by what the same response says of recommending us; the lowest where it says it twice.
BANDS = METRICS["nps"].groups
#: The latest answers first: by their day, which has an index, and within it by the instant.
LATEST = ("-response__answered_on", "-response__answered_at", "pk")
#: A breakdown by one of these shows everything that it divides, unless a single one is asked for.
OPENED = ("subject", "perspective", "moment")


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Which answers: ``None`` and empty mean all, ``NONE`` (``NO_WORD``) those that have none.

    ``scale`` is asked for to read a question of an unusual scale; ``band`` keeps what promoters, passives or
    detractors said; ``is_mine`` keeps meetings of the person who asks, and nobody can ask for another's.
    """

    touchpoint: int | None = None
    location: int | None = None
    survey: int | None = None
    subject: int | None = None
    channel: str = ""
    language: str = ""
    question: str = ""
    segment: str = ""
    band: str = ""
    scale: str = ""
    is_mine: bool = False
    perspective: str = Perspective.CUSTOMER
    moment: str = Moment.PERCEPTION

    @classmethod
    def of(cls, filters: Mapping[str, Any]) -> "Slice":
        """From keywords whose values may be rows of the database."""
        return cls(**{name: getattr(value, "pk", value) for name, value in filters.items()})

    def without(self, name: str) -> dict[str, Any]:
        """The same filters as keywords, without ``name``."""
        return {key: value for key, value in asdict(self).items() if key != name}


def names_of(by: By) -> tuple[str, ...]:
    """The breakdowns, each once.

    >>> names_of("week"), names_of(None), names_of(("week", "location"))
    (('week',), (), ('week', 'location'))
    """
    names = (by,) if isinstance(by, str) else tuple(by or ())
    if len(set(names)) != len(names) or len(names) > MOST:
        raise ValueError(f"{names}: at most {MOST} different breakdowns")
    return names


def visible(person: Person) -> QuerySet[Answer]:
    return cast(AnswerQuerySet, Answer.objects).visible_to(person)


def comments_seen(person: Person) -> QuerySet[Answer]:
    """The words that ``person`` may read; what colleagues wrote in confidence is read on no page."""
    words = visible(person).filter(kind="text").exclude(text="")
    return words.exclude(response__perspective=Perspective.STAFF)


def answers_of(
    rows: QuerySet[Answer],
    window: Window,
    where: Slice,
    *,
    by: By = None,
    person: Person | None = None,
    only_counted: bool = False,
) -> QuerySet[Answer]:
    """The answers of ``rows`` that lie in ``window`` and ``where``; scales are the metric's business.

    What colleagues said is found only by whoever promises that it is ``only_counted``: their words are shown nowhere,
    and figures of fewer than the minimum are held back by :func:`histograms`.

    ``person`` is who asks: without one ``is_mine`` finds nothing. A breakdown ``by`` who is spoken of, from which
    side or when, opens what is otherwise left out.
    """
    if where.perspective == Perspective.STAFF and not only_counted:
        return rows.none()
    opened = [name for name in OPENED if name in ((by,) if isinstance(by, str) else by or ())]
    found = rows.filter(response__answered_on__gte=window.first_day, response__answered_on__lte=window.last_day)
    for name in ("perspective", "moment"):
        if name not in opened:
            found = found.filter(**{BREAKDOWNS[name]: getattr(where, name)})
    if where.subject is not None:
        found = found.filter(response__subject=where.subject)
    elif "subject" not in opened:
        found = found.filter(response__subject__is_us=True)
    for name in ("touchpoint", "location", "survey", "channel", "language", "question"):
        value = getattr(where, name)
        if value not in (None, ""):
            found = found.filter(**{BREAKDOWNS[name]: None if value == NONE else value})
    if where.segment:
        found = found.filter(_of_segment(where.segment))
    if where.band:
        found = _recommending(found).filter(_of_band(where.band))
    if where.is_mine:
        found = found.filter(response__interaction__person=person) if person else found.none()
    return found


def _of_segment(segment: str) -> Q:
    if segment == NO_WORD:
        return Q(response__customer__isnull=True) | Q(response__customer__segment="")
    return Q(response__customer__segment=segment)


def _of_band(band: str) -> Q:
    group = next((group for group in BANDS if group.code == band), None)
    if group is None:
        return Q(recommending__isnull=True)
    return Q(recommending__gte=group.low, recommending__lte=group.high)


def _recommending(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    """With the lowest score that the same response gives to recommending."""
    metric = METRICS["nps"]
    scores = Answer.objects.filter(
        response=OuterRef("response"), kind__in=metric.kinds, scale=metric.scale, score__isnull=False
    ).order_by()
    return rows.annotate(recommending=Subquery(scores.values("response").annotate(low=Min("score")).values("low")))


def of_metric(metric: Metric, scale: str = "") -> Q:
    """The answers that ``metric`` counts."""
    if metric.choices:
        return Q(kind__in=metric.kinds, question=metric.question) & _chose(metric.choices)
    return Q(kind__in=metric.kinds, scale=scale or metric.scale, score__isnull=False)


def _chose(options: Iterable[str]) -> Q:
    return reduce(or_, (Q(choices=[option]) for option in options))


def score_for(metric: Metric, score: int | None, choices: list[str] | None) -> int | None:
    """The score of one answer for ``metric``; ``None`` where an option is none of its own."""
    if not metric.choices:
        return score
    return metric.choices.get(choices[0]) if choices else None


def histograms(
    person: Person | None, metrics: Iterable[Metric], window: Window, by: By, where: Slice
) -> dict[tuple[Key, ...], Counts]:
    """(metric code, \\*keys of ``by``) → counts; groups without answers are absent. No ``person`` sees everything.

    The one way to counts of scores. The engine is asked first; what it does not know, or while it is not filled, is
    counted on the answers themselves. What fewer colleagues than the minimum said does not leave this function.
    """
    asked = _Asked(person, tuple(metrics), window, names_of(by), where)
    if where.perspective != Perspective.STAFF and "perspective" not in asked.by:
        return _histograms(asked)
    found: dict[tuple[Key, ...], Counts] = {}
    if "perspective" in asked.by:
        at = asked.by.index("perspective") + 1
        found = {key: counts for key, counts in _histograms(asked).items() if key[at] != Perspective.STAFF}
    return found | _of_colleagues(asked, minimum_n() if person else 0)


@dataclass(frozen=True)
class _Asked:
    """What is counted, for whom; ``of_staff``: only what colleagues said, to questions of these codes."""

    person: Person | None
    metrics: tuple[Metric, ...]
    window: Window
    by: tuple[str, ...]
    where: Slice
    of_staff: frozenset[str] = frozenset()


def _of_colleagues(asked: _Asked, least: int) -> dict[tuple[Key, ...], Counts]:
    """What colleagues said to the questions that customers are asked too: how the company sees itself. Whether they
    would recommend working here is another figure (``at_work``), and is added to nothing. Three queries and up to six
    a metric.
    """
    shared = asked_of_customers(question_book())
    found: dict[tuple[Key, ...], Counts] = {}
    for metric in asked.metrics:
        codes = frozenset(code for code, kind in shared if kind in metric.kinds and asked.where.question in ("", code))
        staff = replace(asked, metrics=(metric,), of_staff=codes)
        if codes and least:
            staff = replace(staff, of_staff=frozenset(_safe_questions(staff, least)))
        if staff.of_staff:
            found |= _histograms(staff)
    return found


#: What narrows answers down, as a filter or as a breakdown
_NARROWING = ("touchpoint", "location", "survey", "channel", "language", "segment", "band")


def _safe_questions(asked: _Asked, least: int) -> list[str]:
    """The questions of which nothing that colleagues said can be had of fewer than ``least`` of them.

    Whoever sees a figure of 31 and one of 30 knows what the 31st said. So a question is told only where every part is
    large enough, by whatever the answers are narrowed down or broken down to, and only in whole quarters. One answers a
    question once, so that its answers are people; those of several questions are not.
    """
    where = asked.where
    if where.is_mine:
        return []
    narrowed = [name for name in _NARROWING if getattr(where, name) not in (None, "") and name not in asked.by]
    parts = tuple(name for name in (*asked.by, *narrowed) if name not in ("perspective", "question", "month"))
    open_ = Slice(
        question=where.question,
        scale=where.scale,
        subject=where.subject,
        moment=where.moment,
        perspective=Perspective.STAFF,
    )
    plain = replace(asked, where=open_)
    here = _histograms(replace(plain, by=("question", "month", *parts)))
    opened = tuple(name for name in parts if name in OPENED)
    whole = _histograms(replace(plain, by=("question", "month", *opened), window=_whole_quarters(asked.window)))
    sizes: dict[str, Counter[tuple[Key, ...]]] = defaultdict(Counter)
    quarters: dict[str, Counter[date]] = defaultdict(Counter)
    for (_code, question, month, *rest), counts in here.items():
        quarter = first_of(month, "quarter")
        sizes[question][month if "month" in asked.by else quarter, *rest] += counts.n
        quarters[question][quarter] += counts.n
    for (_code, question, month, *_opened), counts in whole.items():
        if first_of(month, "quarter") in quarters[question]:
            quarters[question][first_of(month, "quarter")] -= counts.n
    return [q for q in sizes if min(sizes[q].values()) >= least and not any(quarters[q].values())]


def _whole_quarters(window: Window) -> Window:
    """The quarters that ``window`` touches.

    >>> _whole_quarters(Window(date(2026, 2, 3), date(2026, 5, 9)))
    Window(first_day=datetime.date(2026, 1, 1), last_day=datetime.date(2026, 6, 30))
    """
    end = after(first_of(window.last_day, "quarter"), "quarter")
    return Window(first_of(window.first_day, "quarter"), end - timedelta(days=1))


def minimum_n() -> int:
    """Below this many answers a figure is grey, and what colleagues said is not told. One query."""
    company = the_company()
    return company.minimum_n if company else 30


def _histograms(asked: _Asked) -> dict[tuple[Key, ...], Counts]:
    question = _for_engine(asked)
    answer = counted(question) if question else None
    if answer is None:
        return _counted_by_rows(asked)
    if answer.stale_since and (heard := _STALENESS.get()):
        heard.since = min(filter(None, (heard.since, answer.stale_since)))
    found: dict[tuple[Key, ...], Counts] = {}
    for (code, *values), histogram in answer.counts.items():
        # The engine knows what was said of recommending, pages the classes that it falls into
        key = (code, *map(_key, asked.by, values))
        found[key] = found[key] + histogram if key in found else Counts(histogram)
    return found


#: Fields of a slice that the engine's facts have a column for
_IN_FACTS = ("touchpoint", "location", "survey", "subject", "channel", "language", "question", "perspective", "moment")
_ASKED_OF_FACTS = (*_IN_FACTS, "scale")
_KNOWN = frozenset({*_IN_FACTS, "week", "month", "segment", "band"})
_NOBODY = -1


def _for_engine(asked: _Asked) -> CountQuestion | None:
    """The same question as the engine understands it; ``None`` where it asks for what facts do not hold."""
    person, window, by, where = asked.person, asked.window, asked.by, asked.where
    if not _KNOWN.issuperset(by):
        return None
    # A breakdown by who is spoken of, from which side or when opens what is otherwise narrowed
    left = {"perspective", "moment"} & set(by)
    narrowed = {name: getattr(where, name) for name in _ASKED_OF_FACTS if name not in left}
    filters = {name: value for name, value in narrowed.items() if value not in (None, "")}
    if asked.of_staff:
        filters |= {"perspective": Perspective.STAFF.value, "question": asked.of_staff}
    if where.segment:
        filters["segment"] = NONE if where.segment == NO_WORD else where.segment
    if where.band:
        group = next((group for group in BANDS if group.code == where.band), None)
        filters["recommending"] = tuple(range(group.low, group.high + 1)) if group else NO_SCORE
    if where.is_mine:
        filters["staff"] = person.pk if person else _NOBODY
    names = tuple("recommending" if name == "band" else name for name in by)
    codes = tuple(metric.code for metric in asked.metrics)
    locations = person.location_ids() if person else None
    return CountQuestion(codes, window.first_day, window.last_day, names, filters, locations)


@dataclass
class Staleness:
    """Since when numbers are the last good ones, because the engine that should count is away; ``None``: they are
    fresh.
    """

    since: datetime | None = None


_STALENESS: ContextVar[Staleness | None] = ContextVar("staleness", default=None)


def stale_since() -> datetime | None:
    """Since when the numbers of the page that is being made are old; ``None``: they are fresh."""
    heard = _STALENESS.get()
    return heard.since if heard else None


@contextmanager
def staleness() -> Iterator[Staleness]:
    """Hear, while a page is made, whether any of its numbers are old."""
    heard = Staleness()
    token = _STALENESS.set(heard)
    try:
        yield heard
    finally:
        _STALENESS.reset(token)


def _counted_by_rows(asked: _Asked) -> dict[tuple[Key, ...], Counts]:
    """The answers themselves, counted in one query."""
    person, metrics, by, where = asked.person, asked.metrics, asked.by, asked.where
    rows = visible(person) if person else Answer.objects.all()
    found = answers_of(rows, asked.window, where, by=by, person=person, only_counted=True)
    found = found.filter(reduce(or_, (of_metric(metric, where.scale) for metric in metrics)))
    if asked.of_staff:
        found = found.filter(response__perspective=Perspective.STAFF, question__in=asked.of_staff)
    if "month" in by:
        found = found.annotate(month=TruncMonth("response__answered_on"))
    if "band" in by and not where.band:
        found = _recommending(found)
    with_choices = any(metric.choices for metric in metrics)
    columns = [*(BREAKDOWNS[name] for name in by), "kind", "score", *(["choices"] if with_choices else [])]
    result: dict[tuple[Key, ...], Counts] = defaultdict(Counts)
    for row in found.order_by().values_list(*columns).annotate(n=Count("pk")):
        keys, (kind, raw, *rest) = tuple(map(_key, by, row)), row[len(by) :]
        choices, n = (rest[0], rest[1]) if with_choices else (None, rest[0])
        for metric in metrics:
            score = score_for(metric, raw, choices) if kind in metric.kinds else None
            if score is not None:
                counts = result[metric.code, *keys]
                counts[score] = counts.get(score, 0) + n
    return dict(result)


def _key(name: str, value: Key) -> Key:
    if name == "segment":
        return value or None
    if name == "band":
        return next((group.code for group in BANDS if value is not None and group.low <= value <= group.high), None)
    return value


def count_scores(person: Person, metric: Metric, window: Window, by: By = None, **filters: Any) -> dict[Key, Counts]:
    """How many answers gave each score, by ``by`` (see ``BREAKDOWNS``; without it the only key is ``None``). One query.

    ``filters`` are the fields of :class:`Slice`. Keys are ids for touchpoint, location, survey and subject, the
    Monday for week, the first day for month, ``None`` for those that have none; with two breakdowns pairs of them.
    """
    found = histograms(person, [metric], window, by, Slice.of(filters))
    if isinstance(by, str):
        return {keys[0]: counts for (_code, *keys), counts in found.items()}
    return {tuple(keys) or None: counts for (_code, *keys), counts in found.items()}


def responses_behind(person: Person, metric: Metric, window: Window, **filters: Any) -> tuple[int, int] | None:
    """From how many responses the counted answers come, and how many of these are weighted; ``None`` when the engine is
    not filled. Three queries at most.
    """
    question = _for_engine(_Asked(person, (metric,), window, (), Slice.of(filters)))
    return responses_counted(question) if question else None


def scales_given(person: Person, metric: Metric, window: Window, **filters: Any) -> dict[str, int]:
    """How many scores questions of the metric's kinds were given, by scale. Three queries at most."""
    question = _for_engine(_Asked(person, (metric,), window, (), Slice.of({**filters, "scale": ""})))
    if question is None:
        return {}
    asked = Tally.of(
        with_defaults(replace(question, by=("scale",), filters={**question.filters, "kind": metric.kinds}))
    )
    return {scale: n for scale, n, _latest in tallied(asked)} if asked else {}


def behind(person: Person, metric: Metric, window: Window, group: str = "", **filters: Any) -> QuerySet[Answer]:
    """The answers that a count counts; ``group`` keeps one class, e.g. detractors. Never those of colleagues."""
    where = Slice.of(filters)
    found = answers_of(visible(person), window, where, person=person).filter(of_metric(metric, where.scale))
    chosen = next((part for part in metric.groups if part.code == group), None)
    if chosen and metric.choices:
        codes = [code for code, score in metric.choices.items() if chosen.low <= score <= chosen.high]
        return found.filter(_chose(codes))
    if chosen:
        return found.filter(score__gte=chosen.low, score__lte=chosen.high)
    return found
