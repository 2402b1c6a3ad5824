"""Do we listen, or do we collect compliments? (row S34)

«If one only collects compliments, the listening was probably not deep or critical enough.» Each survey of a period is
looked at: how much praise, how many critical points, how many words, how many answers that look unconsidered. What is
striking is said and never dropped: the answers count as all others do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import median
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet
from premura.loop.listen.models import Answer, AnswerQuerySet, Moment, Perspective, Response, Survey
from premura.loop.understand.engine_counts import USUAL, rows_of_facts, seen_in_facts
from premura.loop.understand.metrics import METRICS
from premura.loop.understand.rules import Listened, Warned, is_fast, usual_seconds, warnings_of
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: What a response may bear: nothing but praise, a critical point, all marks alike, words that another one has too,
#: answered too fast to have read, no words or none that say anything
SIGNS = ("praise", "critical", "straight", "repeated", "fast", "wordless")
#: «Tutto bene» is said by many; more words than this twice are a copy
REPEATED_FROM = 4
#: Fewer marks than this all alike say nothing
STRAIGHT_FROM = 4
_MOST = 200_000
#: SQLite takes 32,766 values in one question
MOST_LISTED = 20_000
_Answers = list[tuple[str, str, int | None, str]]
_BySurvey = dict[int, dict[Any, _Answers]]
_Seconds = Sequence[int | None]
#: kind → (from which mark it is praise, up to which mark it is criticism)
_MARKED = [METRICS[code] for code in ("nps", "csat", "ces")]
_BORDERS = {metric.kinds[0]: (metric.groups[-1].low, metric.groups[0].high) for metric in _MARKED}
_SCALES = {metric.kinds[0]: metric.scale for metric in _MARKED}


@dataclass(frozen=True)
class Quality:
    """One survey in one period. Shares are of its responses; ``words`` is the median of the comments. ``fast`` is of
    those whose time is known.
    """

    survey: Survey
    counts: Listened
    praise: Estimate
    critical: Estimate
    with_words: Estimate
    straight: Estimate
    repeated: Estimate
    fast: Estimate
    warnings: tuple[Warned, ...]


def listening_quality(person: Person, window: Window, *, location: int | None = None) -> list[Quality]:
    """Every survey answered in ``window`` by customers, by name. Marks are counted by the engine where it is filled,
    else at most 200,000 answers are read; of words the latest 200,000 answers. At most six queries.
    """
    counts = _counted(person, window, location)
    surveys = Survey.objects.filter(pk__in=counts)
    found = [_quality(survey, counts[survey.pk]) for survey in surveys]
    return sorted(found, key=lambda quality: str(quality.survey).lower())


def _counted(person: Person, window: Window, location: int | None) -> dict[int, Listened]:
    """Survey → its counts."""
    marks = _marks_in_facts(person, window, location)
    if marks is None:
        by_survey, seconds = _responses(person, window, location)
        return {
            survey: listened(responses.values(), [seconds.get(pk) for pk in responses])
            for survey, responses in by_survey.items()
        }
    said, times = (_words(person, window, location), _times(person, window, location)) if marks else ({}, {})
    found = {}
    for survey, (responses, marked, praise, critical, straight) in marks.items():
        words = listened(said.get(survey, {}).values())
        # The facts are up to a minute behind the words
        n = max(responses, words.responses)
        words = replace(words, responses=n, marked=marked, praise=praise, critical=critical, straight=straight)
        known = times.get(survey, [])
        usual = usual_seconds([seconds for seconds, _answers in known])
        found[survey] = replace(
            words,
            timed=len(known),
            median_seconds=float(median(seconds for seconds, _answers in known)) if known else None,
            fast=sum(is_fast(seconds, answers, usual) for seconds, answers in known),
        )
    return found


#: Whether an answer of the facts is a mark on the usual scale of its kind; of the best class; of the worst
_IS_MARK = " OR ".join(f"(kind = '{kind}' AND scale = '{scale}')" for kind, scale in _SCALES.items())
_IS_GOOD = " OR ".join(f"(kind = '{kind}' AND score >= {good})" for kind, (good, _bad) in _BORDERS.items())
_IS_BAD = " OR ".join(f"(kind = '{kind}' AND score <= {bad})" for kind, (_good, bad) in _BORDERS.items())
_SIGNS_SQL = f"""WITH of_response AS (
    SELECT survey, count(score) FILTER (WHERE {_IS_MARK}) AS marks,
        bool_and({_IS_GOOD}) FILTER (WHERE score IS NOT NULL AND ({_IS_MARK})) AS praise,
        bool_or({_IS_BAD}) FILTER (WHERE score IS NOT NULL AND ({_IS_MARK})) AS critical,
        min((kind, score)) FILTER (WHERE score IS NOT NULL AND ({_IS_MARK}))
            = max((kind, score)) FILTER (WHERE score IS NOT NULL AND ({_IS_MARK})) AS is_one
    FROM facts AS answers WHERE answered_on BETWEEN $first AND $last AND {USUAL} AND %s GROUP BY survey, response
) SELECT survey, count(*), count(*) FILTER (WHERE marks > 0), count(*) FILTER (WHERE praise),
    count(*) FILTER (WHERE critical), count(*) FILTER (WHERE marks >= $straight AND is_one)
FROM of_response GROUP BY survey"""  # noqa: S608 -- kinds, scales and borders of our own


def _marks_in_facts(
    person: Person, window: Window, location: int | None
) -> dict[int, tuple[int, int, int, int, int]] | None:
    """Survey → responses, with marks, nothing but praise, critical, straight; ``None`` when the engine is not filled.
    The same as :func:`signs_of` says of each response, counted on the facts. Two queries.
    """
    values = {"first": window.first_day, "last": window.last_day, "straight": STRAIGHT_FROM}
    sql = _SIGNS_SQL % seen_in_facts(person, location)
    rows = rows_of_facts(sql, values, window.first_day, window.last_day)
    return None if rows is None else {survey: (n, *counts) for survey, n, *counts in rows}


def _words(person: Person, window: Window, location: int | None) -> _BySurvey:
    """Survey → response → its words, the newest first. What was written beside a choice counts as a comment does. Two
    queries.
    """
    found: list[tuple[Any, ...]] = []
    # Two questions, for each of which there is an index of the few answers that hold words
    for of_kind in (Q(kind="text"), ~Q(kind="text")):
        rows = _answers(person, window, location).filter(of_kind & ~Q(text=""))
        columns = ("response__answered_at", "pk", "response__survey_id", "response_id", "kind", "text")
        found += rows.order_by("-response__answered_at", "pk").values_list(*columns)[:_MOST]
    by_survey: _BySurvey = defaultdict(lambda: defaultdict(list))
    for _answered_at, _pk, survey, response, kind, text in sorted(found, key=lambda row: (-row[0].timestamp(), row[1])):
        by_survey[survey][response].append((kind, "", None, text))
    return by_survey


def _times(person: Person, window: Window, location: int | None) -> dict[int, list[tuple[int, int]]]:
    """Survey → seconds and answers of the responses whose time is known, the latest 200,000. One query."""
    rows: Any = cast(ScopedQuerySet[Response], Response.objects).visible_to(person)
    rows = rows.filter(
        seconds__isnull=False,
        answered_on__gte=window.first_day,
        answered_on__lte=window.last_day,
        perspective=Perspective.CUSTOMER,
        moment=Moment.PERCEPTION,
        subject__is_us=True,
    )
    if location is not None:
        rows = rows.filter(location=location or None)
    # Counted response by response: grouped, the database would go through all there are, whatever the days
    answers = Answer.objects.filter(response=OuterRef("pk")).order_by()
    of_each = answers.values("response").annotate(n=Count("pk")).values("n")
    counted = rows.filter(Exists(answers)).annotate(n=Subquery(of_each)).order_by("-answered_on", "pk")
    times: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for survey, seconds, n in counted.values_list("survey", "seconds", "n")[:_MOST]:
        times[survey].append((seconds, n))
    return times


def responses_with(
    person: Person, window: Window, sign: str, *, location: int | None = None, survey: int | None = None
) -> list[UUID]:
    """The responses that bear ``sign``, one of :data:`SIGNS`: those that :func:`listening_quality` counted, survey by
    survey, the newest first. At most 20,000, so that a list can be asked for them. One query.
    """
    found: list[UUID] = []
    by_survey, seconds = _responses(person, window, location)
    for one, responses in by_survey.items():
        if survey in (None, one):
            signs = signs_of(responses.values(), [seconds.get(pk) for pk in responses])
            found += [pk for pk, known in zip(responses, signs, strict=True) if sign in known]
    return found[:MOST_LISTED]


def _responses(person: Person, window: Window, location: int | None) -> tuple[_BySurvey, dict[Any, int]]:
    """Survey → response → its answers, the newest response first, and the seconds of those that were measured.
    ``location`` 0 is no location. One query.
    """
    rows = _answers(person, window, location)
    columns = ("response__survey_id", "response_id", "response__seconds", "kind", "scale", "score", "text")
    by_survey: _BySurvey = defaultdict(lambda: defaultdict(list))
    seconds: dict[Any, int] = {}
    newest = rows.order_by("-response__answered_at", "pk").values_list(*columns)[:_MOST]
    for survey, response, measured, *answer in newest:
        by_survey[survey][response].append(tuple(answer))
        if measured is not None:
            seconds[response] = measured
    return by_survey, seconds


def _answers(person: Person, window: Window, location: int | None) -> Any:
    """The answers of customers about us in these days; ``location`` 0 is no location."""
    rows: Any = cast(AnswerQuerySet, Answer.objects).visible_to(person)
    rows = rows.filter(
        response__answered_on__gte=window.first_day,
        response__answered_on__lte=window.last_day,
        response__perspective=Perspective.CUSTOMER,
        response__moment=Moment.PERCEPTION,
        response__subject__is_us=True,
    )
    return rows if location is None else rows.filter(response__location=location or None)


def _quality(survey: Survey, counts: Listened) -> Quality:
    n = counts.responses
    return Quality(
        survey,
        counts,
        top_box(counts.praise, n),
        top_box(counts.critical, n),
        top_box(counts.with_words, n),
        top_box(counts.straight, n),
        top_box(counts.repeated, n),
        top_box(counts.fast, counts.timed),
        tuple(warnings_of(counts)),
    )


def listened(responses: Iterable[_Answers], seconds: _Seconds = ()) -> Listened:
    """Count one survey: each response is its answers as (kind, scale, score, text), and took ``seconds``."""
    kept, known = list(responses), [one for one in seconds if one is not None]
    counted = Counter(sign for signs in signs_of(kept, seconds) for sign in signs)
    words = sorted(len(text.split()) for answers in kept if (text := _text(answers)))
    return Listened(
        len(kept),
        sum(bool(_marks(answers)) for answers in kept),
        counted["praise"],
        counted["critical"],
        len(words),
        words[len(words) // 2] if words else 0,
        counted["straight"],
        counted["repeated"],
        len(known),
        float(median(known)) if known else None,
        counted["fast"],
    )


def signs_of(responses: Iterable[_Answers], seconds: _Seconds = ()) -> Iterator[frozenset[str]]:
    """What each response of one survey bears of :data:`SIGNS`. Words come again where an earlier one in the row has
    them. ``seconds`` says how long each took; nothing where it was not measured, or of any.

    >>> copy = [("text", "", None, "we waited far too long today")]
    >>> [sorted(signs) for signs in signs_of([[("nps", "0-10", 10, "")], copy, copy])]
    [['praise', 'wordless'], [], ['repeated']]
    """
    seen: set[str] = set()
    usual = usual_seconds([one for one in seconds if one is not None])
    for answers, took in zip_longest(responses, seconds):
        marks, key = _marks(answers), " ".join(_text(answers).lower().split())
        found = {
            "praise": bool(marks) and all(score >= _BORDERS[kind][0] for kind, score in marks),
            "critical": any(score <= _BORDERS[kind][1] for kind, score in marks),
            "straight": is_straight(marks),
            "repeated": len(key.split()) > REPEATED_FROM and key in seen,
            "fast": is_fast(took, len(answers), usual),
            "wordless": not key,
        }
        seen.add(key)
        yield frozenset(sign for sign, holds in found.items() if holds)


def _marks(answers: _Answers) -> list[tuple[str, int]]:
    return [(kind, score) for kind, scale, score, _ in answers if score is not None and _SCALES.get(kind) == scale]


def _text(answers: _Answers) -> str:
    """What was written; a dash, dots or a single letter, typed to get on, say nothing."""
    return " ".join(part.strip() for *_, part in answers if sum(sign.isalnum() for sign in part) > 1)


def is_straight(marks: list[tuple[str, int]]) -> bool:
    """Whether every mark of one kind is the same although there are several: perhaps nobody read the questions.

    >>> is_straight([("csat", 3)] * 4), is_straight([("csat", 3)] * 3), is_straight([("csat", 3)] * 3 + [("csat", 4)])
    (True, False, False)
    """
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, score in marks:
        by_kind[kind].add(score)
    return len(marks) >= STRAIGHT_FROM and len(by_kind) == 1 and all(len(scores) == 1 for scores in by_kind.values())
