"""What people say of a reading: they correct it or confirm it, by one click; it holds, and it shows how far to trust.

A judgement belongs to the answer and not to the reading: whenever a model reads the words again, :func:`hold` writes
what people said over what it found, and keeps what it found for the measure of agreement.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, AnswerQuerySet
from premura.loop.understand.counting import comments_seen
from premura.loop.understand.models import CommentAspect, CommentReading, Judgement
from premura.stats.agreement import agreement_table, cohen_kappa
from premura.stats.estimate import Estimate

SENTIMENT, ASPECT, EMOTION, SIGNAL = KINDS = ("sentiment", "aspect", "emotion", "signal")
YES, NO = "yes", "no"
#: An aspect that one comment speaks of well and badly.
BOTH = "both"
#: What can be said of each kind of thing.
VALUES: Mapping[str, tuple[str, ...]] = {
    SENTIMENT: ("negative", "mixed", "neutral", "positive"),
    ASPECT: ("negative", "neutral", "positive", BOTH, NO),
    EMOTION: (YES, NO),
    SIGNAL: (YES, NO),
}
#: What a person says is certain to the machine, and leans all the way.
SURE = 1.0
AS_LIKELY_AS_NOT = 0.5
SCORES = {"negative": -1.0, "positive": 1.0}


@dataclass(frozen=True)
class Told:
    """One thing that a person says of a comment; what does not exist is refused."""

    kind: str
    label: str
    value: str

    def __post_init__(self) -> None:
        if self.value not in VALUES.get(self.kind, ()) or bool(self.label) != (self.kind != SENTIMENT):
            raise PremuraError("judgement-unknown", _("That cannot be said of a comment. Load the page again."))


def comment_for(person: Person, pk: int) -> Answer:
    """The comment ``pk`` that ``person`` may read, with its reading; else :class:`NotFound`, as for colleagues'."""
    found = comments_seen(person).filter(pk=pk)
    answer = found.select_related("reading", "response__location").prefetch_related("reading__aspects").first()
    if answer is None:
        raise NotFound
    return answer


def current() -> QuerySet[Judgement]:
    """The judgements that count."""
    return Judgement.objects.filter(replaced_at__isnull=True)


def said_by(reading: CommentReading, aspects: Iterable[CommentAspect]) -> dict[tuple[str, str], str]:
    """Everything that a reading says: (kind, label) → value."""
    by_aspect: dict[str, set[str]] = defaultdict(set)
    for each in aspects:
        by_aspect[each.aspect].add(each.polarity)
    return {
        (SENTIMENT, ""): reading.sentiment,
        **{(ASPECT, name): _together(polarities) for name, polarities in by_aspect.items()},
        **{(EMOTION, each["label"]): YES for each in reading.emotions},
        **{(SIGNAL, name): YES for name in reading.signals},
    }


def _together(polarities: set[str]) -> str:
    if {"negative", "positive"} <= polarities:
        return BOTH
    return next(iter(sorted(polarities - {"neutral"})), "neutral")


def judge_comment(answer: Answer, told: Iterable[Told], *, by: Person, at: datetime | None = None) -> None:
    """Keep what ``by`` says of a comment, in place of what anybody said before; the reading follows at once."""
    at = at or timezone.now()
    with transaction.atomic():
        reading = CommentReading.objects.select_for_update().filter(answer=answer).first()
        if reading is None:
            raise Conflict("comment-not-read", _("The machine has not read this comment yet. Try again in an hour."))
        before = {(each.kind, each.label): each for each in current().filter(answer=answer)}
        found = said_by(reading, reading.aspects.all())
        rows = []
        for each in {(one.kind, one.label): one for one in told}.values():
            key = each.kind, each.label
            machine = before[key].machine if key in before else found.get(key, NO)
            rows.append(
                Judgement(
                    answer=answer,
                    kind=each.kind,
                    label=each.label,
                    value=each.value,
                    machine=machine,
                    by=by,
                    judged_at=at,
                )
            )
        replaced = [before[each.kind, each.label].pk for each in rows if (each.kind, each.label) in before]
        Judgement.objects.filter(pk__in=replaced).update(replaced_at=at)
        Judgement.objects.bulk_create(rows)
        _write_over([reading], {reading.answer_id: rows})
        data = {"judged": [[each.kind, each.label, each.value] for each in rows]}
        record("comment.judged", by=by, about=answer, location=answer.response.location, at=at, data=data)


def confirm_comment(answer: Answer, *, by: Person, at: datetime | None = None) -> None:
    """Everything that was understood of it is right: nobody need look again."""
    reading = CommentReading.objects.filter(answer=answer).first()
    found = said_by(reading, reading.aspects.all()) if reading else {(SENTIMENT, ""): "neutral"}
    judge_comment(answer, [Told(kind, label, value) for (kind, label), value in found.items()], by=by, at=at)


def felt_of(emotions: Iterable[Mapping[str, Any]]) -> str:
    """The emotions that are at least as likely as not, as the database counts them.

    >>> felt_of([{"label": "anger", "p": 0.8}, {"label": "fear", "p": 0.1}])
    '|anger|'
    """
    names = sorted(each["label"] for each in emotions if each["p"] >= AS_LIKELY_AS_NOT)
    return f"|{'|'.join(names)}|" if names else ""


def hold(readings: Sequence[CommentReading]) -> None:
    """Let what people said stand over what a model has read just now; what it read is kept beside theirs."""
    by_answer: dict[int, list[Judgement]] = defaultdict(list)
    for judgement in current().filter(answer__in=[reading.answer_id for reading in readings]):
        by_answer[judgement.answer_id].append(judgement)
    if not by_answer:
        return
    touched = [reading for reading in readings if reading.answer_id in by_answer]
    aspects = _aspects_of(touched)
    for reading in touched:
        found = said_by(reading, aspects[reading.pk])
        for judgement in by_answer[reading.answer_id]:
            judgement.machine = found.get((judgement.kind, judgement.label), NO)
    Judgement.objects.bulk_update([row for rows in by_answer.values() for row in rows], ["machine"])
    _write_over(touched, by_answer)


def _aspects_of(readings: Sequence[CommentReading]) -> dict[int, list[CommentAspect]]:
    found: dict[int, list[CommentAspect]] = defaultdict(list)
    for aspect in CommentAspect.objects.filter(reading__in=readings):
        found[aspect.reading_id].append(aspect)
    return found


def _write_over(readings: Sequence[CommentReading], judged: Mapping[int, Sequence[Judgement]]) -> None:
    """Readings as people see them. Queries fixed, but for the aspects: one for each value."""
    new: list[CommentAspect] = []
    gone: list[int] = []
    aspects = _aspects_of(readings)
    for reading in readings:
        for judgement in judged[reading.answer_id]:
            if judgement.kind == ASPECT:
                old = [each for each in aspects[reading.pk] if each.aspect == judgement.label]
                gone += [each.pk for each in old]
                new += _as_judged(reading, judgement, old)
            else:
                _judge_reading(reading, judgement)
    CommentAspect.objects.filter(pk__in=gone).delete()
    CommentAspect.objects.bulk_create(new)
    fields = ["sentiment", "score", "p", "is_uncertain", "emotions", "felt", "signals"]
    CommentReading.objects.bulk_update(readings, fields, batch_size=100)


def _as_judged(reading: CommentReading, judgement: Judgement, old: Sequence[CommentAspect]) -> list[CommentAspect]:
    if judgement.value == NO:
        return []
    polarities = ("negative", "positive") if judgement.value == BOTH else (judgement.value,)
    places = {each.polarity: (each.start, each.end) for each in old}
    anywhere = next(iter(places.values()), (0, 0))
    made = []
    for polarity in polarities:
        start, end = places.get(polarity, anywhere)
        place = {"start": start, "end": end}
        made.append(CommentAspect(reading=reading, aspect=judgement.label, polarity=polarity, p=SURE, **place))
    return made


def _judge_reading(reading: CommentReading, judgement: Judgement) -> None:
    if judgement.kind == SENTIMENT:
        reading.sentiment, reading.p, reading.is_uncertain = judgement.value, SURE, False
        reading.score = SCORES.get(judgement.value, 0.0)
    elif judgement.kind == EMOTION:
        old = next((each for each in reading.emotions if each["label"] == judgement.label), {"span": None})
        rest = [each for each in reading.emotions if each["label"] != judgement.label]
        mine = [{"label": judgement.label, "p": SURE, "span": old["span"]}] if judgement.value == YES else []
        reading.emotions = mine + rest
        reading.felt = felt_of(reading.emotions)
    else:
        signals = dict(reading.signals)
        place = signals.pop(judgement.label, {"span": None})["span"]
        if judgement.value == YES:
            signals[judgement.label] = {"p": SURE, "span": place}
        reading.signals = signals


@dataclass(frozen=True)
class Agreement:
    """How often people and the machine say the same of one kind of thing, and the same without chance (Cohen's κ)."""

    kind: str
    same: int
    n: int
    kappa: Estimate


def agreements(person: Person, *, is_blind: bool = False) -> list[Agreement]:
    """What people said beside what the present model says by itself, of the comments that ``person`` may read; kinds
    of which nothing was said are left out. ``is_blind``: only of comments drawn without looking. One query.
    """
    answers = cast(AnswerQuerySet, Answer.objects).visible_to(person)
    if is_blind:
        answers = answers.filter(sampled__is_blind=True)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, machine, value in current().filter(answer__in=answers).values_list("kind", "machine", "value").order_by():
        found[kind].append((machine, value))
    return [
        Agreement(kind, sum(a == b for a, b in pairs), len(pairs), _kappa(pairs))
        for kind in KINDS
        if (pairs := found[kind])
    ]


def _kappa(pairs: Sequence[tuple[str, str]]) -> Estimate:
    _categories, table = agreement_table([a for a, _ in pairs], [b for _, b in pairs])
    return cohen_kappa(table)
