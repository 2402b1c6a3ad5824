"""Reading what people wrote: one reading an answer with words, made by the worker, and made again from the words.

What comes in is read at once (``response.received``); what was imported, and what an older model read, in batches by
:data:`READ`. The models are loaded where they are first needed, which is the worker and never a page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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

if TYPE_CHECKING:
    from premura.text import Reading

READ = "understand.read_comments"
BATCH = 100
# A batch is one transaction, and on SQLite nobody else writes meanwhile: long texts on a busy machine end it early
AT_ONCE = 10
SECONDS = 1.0


@dataclass(frozen=True)
class _Now:
    """What comments are read with: the shipped heads, the company's own aspects, and what its corrections taught."""

    own: tuple[CompanyAspect, ...]
    taught: TaughtHead | None

    @property
    def version(self) -> str:
        """The beginning of the digest of all that; of the heads' file alone where there is nothing else."""
        from premura.text.own_head import heads_digest

        digests = [*(aspect.digest for aspect in self.own), self.taught.digest if self.taught else ""]
        heads = heads_digest()
        return sha256("|".join([heads, *digests]).encode()).hexdigest()[:12] if any(digests) else heads


def _now() -> _Now:
    return _Now(tuple(current_aspects()), teaching.current_head())


def model_version() -> str:
    """Which model reads now. Two queries."""
    return _now().version


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
        return
    begun, done = monotonic(), 0
    while done < len(answers) and (not done or monotonic() - begun < SECONDS):
        read_answers(answers[done : done + AT_ONCE])
        done += AT_ONCE
    # Not the key of this job, which is still on the list
    add_job(READ, {"has_read": True}, key=f"{READ}:{answers[:done][-1].pk}")


def unread() -> QuerySet[Answer]:
    """Answers with words that the present model has not read, the latest first."""
    old = Q(reading__isnull=True) | Q(vector__isnull=True) | ~Q(reading__model_version=model_version())
    return _with_words().filter(old).order_by("-pk")


def _with_words() -> QuerySet[Answer]:
    found = Answer.objects.filter(kind="text").exclude(text="").select_related("response__location")
    return found.order_by("pk")


def read_answers(answers: Iterable[Answer]) -> list[CommentReading]:
    """Read these answers now and keep what was read, in place of any earlier reading; what people said of it holds.
    Queries fixed.
    """
    company, now = the_company(), _now()
    version = now.version
    read = list(_readings(list(answers), company.language if company else "it", now))
    with transaction.atomic():
        CommentReading.objects.filter(answer__in=answers).delete()
        rows = CommentReading.objects.bulk_create([_row(answer, reading, version) for answer, reading in read])
        CommentAspect.objects.bulk_create(
            aspect for row, (_, reading) in zip(rows, read, strict=True) for aspect in _aspects(row, reading)
        )
        judgements.hold(rows)
        comment_vectors.keep(read)
    return rows


def _readings(answers: Iterable[Answer], company_language: str, now: _Now) -> Iterator[tuple[Answer, "Reading"]]:
    """Each answer with its reading, language by language: a batch is read several times faster than one by one."""
    from premura.text import Context, understand_all

    own, head = aspects_of_our_own(now.own), teaching.head_of(now.taught)
    by_language: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_language[answer.response.language or company_language].append(answer)
    for language, group in by_language.items():
        texts = [answer.text for answer in group]
        context = Context(expected_language=language, own_aspects=own, own_head=head)
        yield from zip(group, understand_all(texts, context=context), strict=True)


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
