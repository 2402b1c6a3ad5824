"""Do we listen, or do we collect compliments? (row S34)

«If one only collects compliments, the listening was probably not deep or critical enough.» Each survey of a period is
looked at: how much praise, how many critical points, how many words, how many answers that look unconsidered. What is
striking is said and never dropped: the answers count as all others do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median
from typing import Any, cast
from uuid import UUID

from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, AnswerQuerySet, Moment, Perspective, Survey
from premura.loop.understand.metrics import METRICS
from premura.loop.understand.rules import Listened, Warned, is_fast, usual_seconds, warnings_of
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: What a response may bear: nothing but praise, a critical point, all marks alike, words that another one has too,
#: answered too fast to have read
SIGNS = ("praise", "critical", "straight", "repeated", "fast")
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
    """Every survey answered in ``window`` by customers, by name. Two queries; at most 200,000 answers are read."""
    by_survey, seconds = _responses(person, window, location)
    surveys = Survey.objects.filter(pk__in=by_survey)
    found = [_quality(survey, by_survey[survey.pk], seconds) for survey in surveys]
    return sorted(found, key=lambda quality: str(quality.survey).lower())


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
    rows: Any = cast(AnswerQuerySet, Answer.objects).visible_to(person)
    rows = rows.filter(
        response__answered_on__gte=window.first_day,
        response__answered_on__lte=window.last_day,
        response__perspective=Perspective.CUSTOMER,
        response__moment=Moment.PERCEPTION,
        response__subject__is_us=True,
    )
    if location is not None:
        rows = rows.filter(response__location=location or None)
    columns = ("response__survey_id", "response_id", "response__seconds", "kind", "scale", "score", "text")
    by_survey: _BySurvey = defaultdict(lambda: defaultdict(list))
    seconds: dict[Any, int] = {}
    newest = rows.order_by("-response__answered_at", "pk").values_list(*columns)[:_MOST]
    for survey, response, measured, *answer in newest:
        by_survey[survey][response].append(tuple(answer))
        if measured is not None:
            seconds[response] = measured
    return by_survey, seconds


def _quality(survey: Survey, responses: Mapping[Any, _Answers], seconds: Mapping[Any, int]) -> Quality:
    counts = listened(responses.values(), [seconds.get(pk) for pk in responses])
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
    [['praise'], [], ['repeated']]
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
        }
        seen.add(key)
        yield frozenset(sign for sign, holds in found.items() if holds)


def _marks(answers: _Answers) -> list[tuple[str, int]]:
    return [(kind, score) for kind, scale, score, _ in answers if score is not None and _SCALES.get(kind) == scale]


def _text(answers: _Answers) -> str:
    return " ".join(part.strip() for *_, part in answers if part.strip())


#: «Tutto bene» is said by many; more words than this twice are a copy
REPEATED_FROM = 4
#: Fewer marks than this all alike say nothing
STRAIGHT_FROM = 4


def is_straight(marks: list[tuple[str, int]]) -> bool:
    """Whether every mark of one kind is the same although there are several: perhaps nobody read the questions.

    >>> is_straight([("csat", 3)] * 4), is_straight([("csat", 3)] * 3), is_straight([("csat", 3)] * 3 + [("csat", 4)])
    (True, False, False)
    """
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, score in marks:
        by_kind[kind].add(score)
    return len(marks) >= STRAIGHT_FROM and len(by_kind) == 1 and all(len(scores) == 1 for scores in by_kind.values())
