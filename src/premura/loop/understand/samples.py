"""Twenty comments a month for people to judge: most of them where it teaches most, some drawn blindly.

What teaches most is what the machine is unsure of and what is unlike what is already chosen. The blind ones tell how
far to trust it: doubtful comments alone would make it look worse than it is.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from premura.core.company.company import local_date, the_company
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Perspective
from premura.loop.understand.comment_vectors import PLACE
from premura.loop.understand.counting import visible
from premura.loop.understand.judgements import SENTIMENT, current
from premura.loop.understand.models import CommentReading, CommentVector, SampledComment

SAMPLE = "understand.sample_comments"
TEACHING, BLIND = 12, 8
#: Comments of so many days are chosen from; of more than so many, the latest.
DAYS, MOST = 31, 5_000
#: From this day of the month fewer are better than none.
LAST_CALL = 25


def do_sample(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`choose_comments`."""
    choose_comments(timezone.now())


def choose_comments(now: datetime) -> int:
    """Choose this month's comments, once, as soon as there are twenty to choose from; at the end of the month as many
    as there are. Returns how many.
    """
    today = local_date(now)
    month = today.replace(day=1)
    if SampledComment.objects.filter(month_on=month).exists():
        return 0
    readings = list(_candidates(today))
    company = the_company()
    if company is None or not readings or (len(readings) < TEACHING + BLIND and today.day < LAST_CALL):
        return 0
    rows = [
        SampledComment(answer_id=readings[at].answer_id, month_on=month, is_blind=is_blind, chosen_at=now)
        for at, is_blind in _chosen(readings, month)
    ]
    try:
        with transaction.atomic():
            SampledComment.objects.bulk_create(rows)
            record(
                "comments.sampled", by=None, about=company, at=now, data={"month": str(month), "comments": len(rows)}
            )
    except IntegrityError:
        # Another worker has chosen them meanwhile
        return 0
    return len(rows)


def _candidates(today: date) -> QuerySet[CommentReading]:
    """Comments of the last days that nobody has judged, nor was asked to; none of colleagues."""
    known = current().filter(answer=OuterRef("answer"))
    asked = SampledComment.objects.filter(answer=OuterRef("answer"))
    since = today - timedelta(days=DAYS)
    found = CommentReading.objects.filter(answer__response__answered_on__gt=since, is_forgotten=False)
    found = found.exclude(Q(answer__text="") | Q(answer__response__perspective=Perspective.STAFF))
    found = found.filter(~Exists(known), ~Exists(asked))
    return found.order_by("-answer")[:MOST]


def _chosen(readings: list[CommentReading], month: date) -> list[tuple[int, bool]]:
    """(position, whether blindly) of the comments; the same draw for the same month and comments."""
    draws = np.random.default_rng(month.toordinal())
    order = [int(at) for at in draws.permutation(len(readings))]
    blind, rest = order[:BLIND], sorted(order[BLIND:])
    doubt = np.array([1 - readings[at].p for at in rest], dtype=np.float32)
    teaching = [rest[at] for at in teach_most(doubt, _places([readings[at] for at in rest]), TEACHING)]
    return [*((at, True) for at in blind), *((at, False) for at in teaching)]


def _places(readings: list[CommentReading]) -> NDArray[np.float32]:
    kept = dict(CommentVector.objects.filter(answer__reading__in=readings).values_list("answer", "packed"))
    nowhere = bytes(PLACE)
    rows = [np.frombuffer(kept.get(reading.answer_id) or nowhere, dtype=np.int8) for reading in readings]
    return np.array(rows, dtype=np.float32).reshape(-1, PLACE)


def teach_most(doubt: NDArray[np.float32], places: NDArray[np.float32], most: int) -> list[int]:
    """Positions of at most ``most`` texts that teach most: each is the one with the largest doubt × distance (1 minus
    cosine) to the nearest of those before it; the first has the largest doubt.

    >>> teach_most(np.array([0.6, 0.59, 0.3]), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), 2)
    [0, 2]
    """
    if not len(doubt):
        return []
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    unit = places / np.where(lengths > 0, lengths, 1)
    apart = np.ones(len(doubt))
    chosen: list[int] = []
    for _ in range(min(most, len(doubt))):
        worth = doubt * apart
        worth[chosen] = -1
        chosen.append(int(worth.argmax()))
        apart = np.minimum(apart, np.clip(1 - unit @ unit[chosen[-1]], 0, 1))
    return chosen


def to_be_judged(person: Person, now: datetime) -> tuple[int, int]:
    """How many of the month's comments that ``person`` may read wait for somebody's judgement, of how many."""
    month = local_date(now).replace(day=1)
    found = visible(person).filter(sampled__month_on=month).exclude(text="").order_by()
    judged = current().filter(answer=OuterRef("pk"), kind=SENTIMENT)
    counts = found.aggregate(waiting=Count("pk", filter=~Exists(judged)), chosen=Count("pk"))
    return counts["waiting"], counts["chosen"]


def unjudged(found: QuerySet[Answer]) -> QuerySet[Answer]:
    """Those that were chosen to be judged, this month or before, and that nobody has judged yet."""
    judged = current().filter(answer=OuterRef("pk"), kind=SENTIMENT)
    return found.filter(~Exists(judged), sampled__isnull=False)
