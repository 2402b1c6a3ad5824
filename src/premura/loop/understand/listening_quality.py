"""Do we listen, or do we collect compliments? (row S34)

«If one only collects compliments, the listening was probably not deep or critical enough.» Each survey of a period is
looked at: how much praise, how many critical points, how many words, how many answers that look unconsidered. What is
striking is said and never dropped: the answers count as all others do.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, AnswerQuerySet, Moment, Perspective, Survey
from premura.loop.understand.metrics import METRICS
from premura.loop.understand.rules import Listened, Warned, warnings_of
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

_MOST = 200_000
#: kind → (from which mark it is praise, up to which mark it is criticism)
_MARKED = [METRICS[code] for code in ("nps", "csat", "ces")]
_BORDERS = {metric.kinds[0]: (metric.groups[-1].low, metric.groups[0].high) for metric in _MARKED}
_SCALES = {metric.kinds[0]: metric.scale for metric in _MARKED}


@dataclass(frozen=True)
class Quality:
    """One survey in one period. Shares are of its responses; ``words`` is the median of the comments."""

    survey: Survey
    counts: Listened
    praise: Estimate
    critical: Estimate
    with_words: Estimate
    straight: Estimate
    repeated: Estimate
    warnings: tuple[Warned, ...]


def listening_quality(person: Person, window: Window, *, location: int | None = None) -> list[Quality]:
    """Every survey answered in ``window`` by customers, by name. Two queries; at most 200,000 answers are read."""
    rows: Any = cast(AnswerQuerySet, Answer.objects).visible_to(person)
    rows = rows.filter(
        response__answered_on__gte=window.first_day,
        response__answered_on__lte=window.last_day,
        response__perspective=Perspective.CUSTOMER,
        response__moment=Moment.PERCEPTION,
        response__subject__is_us=True,
    )
    if location:
        rows = rows.filter(response__location=location)
    columns = ("response__survey_id", "response_id", "kind", "scale", "score", "text")
    by_survey: dict[int, dict[Any, list[tuple[str, str, int | None, str]]]] = defaultdict(lambda: defaultdict(list))
    for survey, response, *answer in rows.order_by("-response__answered_at", "pk").values_list(*columns)[:_MOST]:
        by_survey[survey][response].append(tuple(answer))
    surveys = Survey.objects.filter(pk__in=by_survey)
    found = [_quality(survey, by_survey[survey.pk]) for survey in surveys]
    return sorted(found, key=lambda quality: str(quality.survey).lower())


def _quality(survey: Survey, responses: Mapping[Any, list[tuple[str, str, int | None, str]]]) -> Quality:
    counts = listened(responses.values())
    n = counts.responses
    return Quality(
        survey,
        counts,
        top_box(counts.praise, n),
        top_box(counts.critical, n),
        top_box(counts.with_words, n),
        top_box(counts.straight, n),
        top_box(counts.repeated, n),
        tuple(warnings_of(counts)),
    )


def listened(responses: Iterable[list[tuple[str, str, int | None, str]]]) -> Listened:
    """Count one survey: each response is its answers as (kind, scale, score, text)."""
    praise = critical = straight = repeated = marked = 0
    words: list[int] = []
    seen: set[str] = set()
    n = 0
    for answers in responses:
        n += 1
        marks = [(kind, score) for kind, scale, score, _ in answers if score is not None and _SCALES.get(kind) == scale]
        marked += bool(marks)
        praise += bool(marks) and all(score >= _BORDERS[kind][0] for kind, score in marks)
        critical += any(score <= _BORDERS[kind][1] for kind, score in marks)
        straight += is_straight(marks)
        text = " ".join(part.strip() for *_, part in answers if part.strip())
        if text:
            words.append(len(text.split()))
            key = " ".join(text.lower().split())
            repeated += len(key.split()) > REPEATED_FROM and key in seen
            seen.add(key)
    words.sort()
    return Listened(n, marked, praise, critical, len(words), words[len(words) // 2] if words else 0, straight, repeated)


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
