"""Reading what people wrote: one reading an answer with words, made by the worker, and made again from the words.

What comes in is read at once (``response.received``); what was imported, and what an older model read, in batches by
:data:`READ`. Where the careful tier is installed, :data:`READ_CAREFULLY` then reads it once more. The models
are loaded where they are first needed, which is the worker and never a page.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from premura.core.company.company import the_company
from premura.core.customers.models import Customer
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.jobs.jobs import add_job
from premura.loop.listen.models import Answer
from premura.loop.understand import comment_vectors, judgements, praise, teaching, theme_making
from premura.loop.understand.company_aspects import aspects_of_our_own, current_aspects
from premura.loop.understand.models import CommentAspect, CommentReading, CompanyAspect, TaughtHead, ThemeMention
from premura.loop.understand.tiers import CAREFUL, QUICK, TIERS, is_careful_here

if TYPE_CHECKING:
    from premura.text import Reading

READ, READ_CAREFULLY = "understand.read_comments", "understand.read_carefully"
#: What a careful reading finds in older comments is shown, and no longer makes anybody hurry
STILL_NEW = timedelta(days=2)
BATCH = 100
# A batch is one transaction, and on SQLite nobody else writes meanwhile: long texts on a busy machine end it early
AT_ONCE = 10
SECONDS = 1.0


@dataclass(frozen=True)
class _Now:
    """What comments are read with: shipped heads and rules, the company's own aspects, what its corrections taught."""

    own: tuple[CompanyAspect, ...]
    taught: TaughtHead | None

    def version(self, tier: str) -> str:
        """The beginning of the digest of all that; of the tier's heads and the rules where there is nothing else."""
        from premura.text.version import reading_digest

        digests = [*(aspect.digest for aspect in self.own), self.taught.digest if self.taught else ""]
        reader = reading_digest(tier)
        return sha256("|".join([reader, *digests]).encode()).hexdigest()[:12] if any(digests) else reader


def _now() -> _Now:
    return _Now(tuple(current_aspects()), teaching.current_head())


def model_version(tier: str = QUICK) -> str:
    """Which model reads now. Two queries."""
    return _now().version(tier)


def handle_response(event: Event) -> None:
    """Read the words of one response, and say so in ``comment.read``; delivered twice it says so once."""
    answers = list(_with_words().filter(response=UUID(event.subject_id)))
    if not answers:
        return
    known = CommentReading.objects.filter(answer__in=answers).exists()
    readings = read_answers(answers)
    if not known:
        response = answers[0].response
        signals = sorted({name for reading in readings for name in reading.signals})
        data = {"answers": [reading.answer_id for reading in readings], "signals": signals}
        praise.find(answers, readings, at=event.happened_at)
        record("comment.read", by=None, about=response, location=response.location, at=event.happened_at, data=data)
    _then_carefully()


def _then_carefully() -> None:
    if is_careful_here():
        add_job(READ_CAREFULLY, {}, key=f"{READ_CAREFULLY}:0")


def wordless(events: Sequence[Event]) -> set[int]:
    """The events about which :func:`handle_response` would do nothing: nobody wrote a word. One query."""
    found = _with_words().filter(response__in=[event.subject_id for event in events])
    written = {str(pk) for pk in found.order_by().values_list("response_id", flat=True)}
    return {event.pk for event in events if event.subject_id not in written}


def handle_imported(event: Event) -> None:
    """A file brought old answers: their words are read in batches."""
    add_job(READ, {}, key=f"{READ}:0")


def do_read_comments(payload: Mapping[str, object]) -> None:
    """Read one batch of what has no reading or an older model's, and queue the next; after the last one, the themes.

    Every batch stands for itself: what was interrupted goes on with what is still unread.
    """
    answers = list(unread()[:BATCH])
    if not answers:
        if payload.get("has_read"):
            add_job(theme_making.MAKE, {}, key=f"{theme_making.MAKE}:read")
        _then_carefully()
        return
    done = _in_steps(answers, read_answers)
    # Not the key of this job, which is still on the list
    add_job(READ, {"has_read": True}, key=f"{READ}:{done[-1].pk}")


def do_read_carefully(_payload: Mapping[str, object]) -> None:
    """Read one batch of what was read quickly once more, with care, and queue the next; nothing where the tier is not
    installed. What is interrupted goes on with what is left, and what is done twice says nothing twice.
    """
    answers = list(to_be_read_carefully()[:BATCH]) if is_careful_here() else []
    if answers:
        done = _in_steps(answers, read_again_carefully)
        add_job(READ_CAREFULLY, {}, key=f"{READ_CAREFULLY}:{done[-1].pk}")


def _in_steps(answers: Sequence[Answer], read: Callable[[Sequence[Answer]], object]) -> Sequence[Answer]:
    """Read them a few at a time, each time in a transaction of its own, for about :data:`SECONDS`; which were read."""
    begun, done = monotonic(), 0
    while done < len(answers) and (not done or monotonic() - begun < SECONDS):
        read(answers[done : done + AT_ONCE])
        done += AT_ONCE
    return answers[:done]


def unread() -> QuerySet[Answer]:
    """Answers with words that no present model has read, the latest first. What a careful model of before has read
    waits for the careful one of now, where that is installed.
    """
    now = _now()
    is_old = ~Q(reading__model_version__in=[now.version(tier) for tier in TIERS])
    if is_careful_here():
        is_old &= ~Q(reading__tier=CAREFUL)
    return _with_words().filter(Q(reading__isnull=True) | Q(vector__isnull=True) | is_old).order_by("-pk")


def to_be_read_carefully() -> QuerySet[Answer]:
    """Answers whose words were read, and not by the careful model of now, the latest first."""
    return _with_words().exclude(reading=None).exclude(reading__model_version=model_version(CAREFUL)).order_by("-pk")


def _with_words() -> QuerySet[Answer]:
    found = Answer.objects.filter(kind="text").exclude(text="").select_related("response__location")
    return found.order_by("pk")


def read_again_carefully(answers: Sequence[Answer], at: datetime | None = None) -> None:
    """Read these answers with care; where a new comment says more than the quick reading saw, ``comment.reread`` tells
    whoever must hurry. Queries fixed, but for those comments.
    """
    at = at or timezone.now()
    before = {row.answer_id: row for row in CommentReading.objects.filter(answer__in=answers)}
    rows = read_answers(answers, tier=CAREFUL)
    texts = {answer.pk: answer for answer in answers}
    fresh = _just_arrived([answer.response_id for answer in answers], at)
    for row in rows:
        answer, old = texts[row.answer_id], before.get(row.answer_id)
        more = sorted(set(row.signals) - set(old.signals if old else ()))
        if more and str(answer.response_id) in fresh:
            response, data = answer.response, {"answers": [answer.pk], "signals": more}
            with transaction.atomic():
                praise.find([answer], [row], at=at)
                record("comment.reread", by=None, about=response, location=response.location, at=at, data=data)


def _just_arrived(responses: Iterable[UUID], at: datetime) -> set[str]:
    """Which of these came in by themselves, and not long ago. One query."""
    ids = [str(response) for response in responses]
    found = Event.objects.filter(name="comment.read", happened_at__gte=at - STILL_NEW, subject_id__in=ids)
    return set(found.order_by().values_list("subject_id", flat=True))


def read_answers(answers: Iterable[Answer], *, tier: str = QUICK) -> list[CommentReading]:
    """Read these answers now and keep what was read, in place of any earlier reading; what people said of it holds.
    Queries fixed.
    """
    company, now = the_company(), _now()
    version = now.version(tier)
    read = list(_readings(list(answers), company.language if company else "it", now, tier))
    with transaction.atomic():
        CommentReading.objects.filter(answer__in=answers).delete()
        rows = CommentReading.objects.bulk_create([_row(answer, reading, version) for answer, reading in read])
        CommentAspect.objects.bulk_create(
            aspect for row, (_, reading) in zip(rows, read, strict=True) for aspect in _aspects(row, reading)
        )
        judgements.hold(rows)
        comment_vectors.keep(read)
    return rows


def _readings(
    answers: Iterable[Answer], company_language: str, now: _Now, tier: str
) -> Iterator[tuple[Answer, "Reading"]]:
    """Each answer with its reading, language by language: a batch is read several times faster than one by one."""
    from premura.text import Context, understand_all

    own, head = aspects_of_our_own(now.own), teaching.head_of(now.taught)
    by_language: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_language[answer.response.language or company_language].append(answer)
    for language, group in by_language.items():
        texts = [answer.text for answer in group]
        context = Context(expected_language=language, own_aspects=own, own_head=head)
        yield from zip(group, understand_all(texts, context=context, tier=tier), strict=True)


def _row(answer: Answer, reading: "Reading", version: str) -> CommentReading:
    return CommentReading(
        answer=answer,
        language=reading.language,
        sentiment=reading.sentiment.label,
        score=reading.sentiment.score,
        p=reading.sentiment.p,
        is_uncertain=reading.uncertain,
        emotions=[{"label": each.label, "p": each.p, "span": list(each.span)} for each in reading.emotions],
        signals={
            name: {"p": signal.p, "span": list(signal.span) if signal.span else None}
            for name, signal in reading.signals.items()
            if signal.p >= judgements.AS_LIKELY_AS_NOT
        },
        felt=judgements.felt_of({"label": each.label, "p": each.p} for each in reading.emotions),
        has_personal_data=bool(reading.pii),
        model_version=version,
        tier=reading.tier,
        read_at=timezone.now(),
    )


def _aspects(row: CommentReading, reading: "Reading") -> list[CommentAspect]:
    return [
        CommentAspect(
            reading=row, aspect=each.aspect, polarity=each.polarity, start=each.span[0], end=each.span[1], p=each.p
        )
        for each in reading.aspects
    ]


def forget(customer: Customer) -> None:
    """Listening has emptied the customer's words before: what pointed into them goes, what was counted stays."""
    comment_vectors.forget_emptied()
    emptied = CommentReading.objects.filter(answer__text="", is_forgotten=False)
    rows = list(emptied)
    for row in rows:
        row.emotions = [{**each, "span": None} for each in row.emotions]
        row.signals = {name: {**each, "span": None} for name, each in row.signals.items()}
        row.has_personal_data = False
        row.is_forgotten = True
    CommentAspect.objects.filter(reading__in=rows).update(start=0, end=0)
    ThemeMention.objects.filter(answer__reading__in=rows).update(start=0, end=0)
    CommentReading.objects.bulk_update(rows, ["emotions", "signals", "has_personal_data", "is_forgotten"])
