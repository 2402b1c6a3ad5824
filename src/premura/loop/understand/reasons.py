"""Reasons for buying (row S21), or any other choice: how many name each option, now and before, segment by segment.

Counted are customers' and prospects' answers to one question of one survey; what they wrote stands beside, word for
word. One answer may name several options, so the shares need not add up to a hundred.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from premura.core.staff.models import Person
from premura.loop.listen.kinds import CHOICES
from premura.loop.listen.models import Answer, Perspective
from premura.loop.listen.subjects import us
from premura.loop.understand.at_work import named_in
from premura.loop.understand.counting import LATEST, visible
from premura.loop.understand.engine_counts import rows_of_facts, seen_in_facts
from premura.loop.understand.windows import Window
from premura.stats.compare import Comparison, compare_shares
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: The code of the built-in question; it is shown first where it was asked
BUILT_IN = "reasons"
WORDS_SHOWN = 30
#: Segment, what one answer names, and how many answers are alike in both.
_Alike = tuple[str | None, Any, int]
_SIDES = (Perspective.CUSTOMER, Perspective.PROSPECT)


@dataclass(frozen=True)
class Question:
    """A choice that was answered: of which survey, how it is answered, by how many."""

    survey: int
    code: str
    kind: str
    n: int

    @property
    def key(self) -> str:
        return f"{self.survey}.{self.code}"


@dataclass(frozen=True)
class Reason:
    """One option: its share now and in the days before, and in each segment (in the order of ``Reasons.segments``)."""

    code: str
    share: Estimate
    before: Estimate
    change: Comparison
    by_segment: tuple[Estimate, ...]


@dataclass(frozen=True)
class Reasons:
    """``segments``: name and answers, the largest first; empty names are customers of no segment, or nobody's name."""

    question: Question
    reasons: tuple[Reason, ...]
    segments: tuple[tuple[str, int], ...]
    before_n: int


def _answers(person: Person, window: Window, location: int | None, survey: int | None) -> QuerySet[Answer]:
    found = visible(person).filter(
        response__answered_on__gte=window.first_day,
        response__answered_on__lte=window.last_day,
        response__perspective__in=_SIDES,
        response__subject__is_us=True,
    )
    if location is not None:
        found = found.filter(response__location=location or None)
    return found.filter(response__survey=survey) if survey is not None else found


def choices_asked(
    person: Person, window: Window, *, location: int | None = None, survey: int | None = None
) -> list[Question]:
    """The choices that were answered in ``window``: reasons first, then the most answered. Two queries at most."""
    found = _asked_in_facts(person, window, location, survey)
    if found is None:
        rows = _answers(person, window, location, survey).filter(kind__in=CHOICES).order_by()
        found = list(rows.values_list("response__survey", "question", "kind").annotate(n=Count("pk")))
    questions = [Question(*row) for row in found]
    return sorted(questions, key=lambda one: (one.code != BUILT_IN, -one.n, one.key))


def _asked_in_facts(
    person: Person, window: Window, location: int | None, survey: int | None
) -> list[tuple[Any, ...]] | None:
    """Survey, question, kind and answers of the same, from the facts; ``None`` when the engine is not filled."""
    sql = f"""SELECT survey, question, kind, count(*) FROM facts AS answers
    WHERE list_contains($kinds, kind) AND ($survey IS NULL OR survey = $survey)
    AND {_seen(person, location)} GROUP BY ALL"""  # noqa: S608 -- parts of our own
    return _rows_of_facts(sql, window, {"survey": survey, "kinds": sorted(CHOICES)})


_SEEN = "list_contains($sides, perspective) AND subject = $us AND answered_on BETWEEN $first AND $last"


def _seen(person: Person, location: int | None) -> str:
    """What :func:`_answers` leaves, of facts."""
    return f"{_SEEN} AND {seen_in_facts(person, location)}"


def _rows_of_facts(sql: str, window: Window, values: Mapping[str, object]) -> list[tuple[Any, ...]] | None:
    days = {"first": window.first_day, "last": window.last_day}
    asked = {**values, **days, "sides": [side.value for side in _SIDES], "us": us()}
    return rows_of_facts(sql, asked, window.first_day, window.last_day, is_usual=False)


def reasons_for(person: Person, window: Window, question: Question, *, location: int | None = None) -> Reasons:
    """How many named each option. Six queries at most."""
    now, before = (_named(person, days, question, location) for days in (window, window.previous))
    n, old_n = (sum(counted.everybody.values()) for counted in (now, before))
    segments = tuple(sorted(now.everybody.items(), key=lambda item: (-item[1], item[0])))
    rows = []
    for code in {*now.named, *before.named}:
        hits, old = now.named[code].total(), before.named[code].total()
        shares = tuple(top_box(now.named[code][segment], size) for segment, size in segments)
        change = compare_shares(hits, n, old, old_n)
        rows.append(Reason(code, top_box(hits, n), top_box(old, old_n), change, shares))
    rows.sort(key=lambda row: (-(row.share.value or 0.0), -(row.before.value or 0.0), row.code))
    return Reasons(question, tuple(rows), segments, old_n)


@dataclass(frozen=True)
class _Named:
    """``named``: option → segment → how many; ``everybody``: segment → how many answered."""

    named: defaultdict[str, Counter[str]]
    everybody: Counter[str]


def _named(person: Person, window: Window, question: Question, location: int | None) -> _Named:
    found = _Named(defaultdict(Counter), Counter())
    rows = _named_in_facts(person, window, question, location)
    if rows is None:
        rows = _named_in_answers(person, window, question, location)
    for segment, choices, n in rows:
        found.everybody[segment or ""] += n
        for code in named_in(question.kind, choices):
            found.named[code][segment or ""] += n
    return found


def _named_in_answers(person: Person, window: Window, question: Question, location: int | None) -> Iterable[_Alike]:
    rows = _answers(person, window, location, question.survey).filter(question=question.code, kind=question.kind)
    columns = ("response__customer__segment", "choices")
    return rows.order_by().values_list(*columns).annotate(n=Count("pk"))


def _named_in_facts(
    person: Person, window: Window, question: Question, location: int | None
) -> Iterable[_Alike] | None:
    """The same from the facts; ``None`` when the engine is not filled."""
    sql = f"""SELECT segment, choice, choices, count(*) FROM facts AS answers
    WHERE kind = $kind AND question = $question AND survey = $survey
    AND {_seen(person, location)} GROUP BY ALL"""  # noqa: S608 -- parts of our own
    asked = {"kind": question.kind, "question": question.code, "survey": question.survey}
    rows = _rows_of_facts(sql, window, asked)
    if rows is None:
        return None
    # Several stand together, one by itself
    return [(segment, json.loads(several) if several else [one] if one else [], n) for segment, one, several, n in rows]


def own_words(person: Person, window: Window, question: Question, *, location: int | None = None) -> list[Answer]:
    """What was written beside the choice, under «other» or in another question of the same survey; the latest first.

    One query, which walks through the answers of the survey from the last ones back until it has enough.
    """
    rows: Any = _answers(person, window, location, question.survey).filter(kind__in=["text", *CHOICES]).exclude(text="")
    # The day is told by instants too, a day wider wherever the company's clocks are: these the index is ordered by
    first = datetime.combine(window.first_day - timedelta(days=1), time.min, UTC)
    last = datetime.combine(window.last_day + timedelta(days=2), time.min, UTC)
    rows = rows.filter(response__answered_at__gte=first, response__answered_at__lt=last)
    asked = Answer.objects.filter(question=question.code, kind=question.kind, response=OuterRef("response"))
    rows = rows.filter(Exists(asked)).select_related("response")
    return list(rows.order_by(*LATEST)[:WORDS_SHOWN])
