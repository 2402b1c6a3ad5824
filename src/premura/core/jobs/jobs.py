"""Queue a job, claim it, do it. At least once: what a job does must be safe to do twice."""

import logging
import math
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from premura.core.jobs.models import Heartbeat, Job

logger = logging.getLogger("premura.jobs")

Do = Callable[[str, Mapping[str, Any]], None]
# What an event calls for; every other kind is a job of the clockwork, or the next part of long work
DELIVER, HANDLE = "deliver", "handle"
#: Which of several jobs would do nothing, by their ids
Idle = Callable[[Sequence[Job]], Collection[int]]
WORKER = "worker"
WORKER_SILENT = timedelta(seconds=30)
BEATS_EVERY = timedelta(seconds=5)
LEASE = timedelta(minutes=5)
BATCH = 50
PAUSES = [timedelta(seconds=s) for s in (2, 10, 60, 600, 3600)]


def add_job(kind: str, payload: Mapping[str, Any], *, key: str | None = None, due_at: datetime | None = None) -> None:
    """Queue ``kind``; with a ``key`` that already waits nothing is added. Part of the caller's transaction."""
    fields = {"kind": kind, "payload": dict(payload), "due_at": due_at or timezone.now()}
    if key is None:
        Job.objects.create(**fields)
    else:
        Job.objects.get_or_create(key=key, defaults=fields)


def add_jobs(jobs: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Queue several at once, each (kind, payload), due now and without a key. One query."""
    now = timezone.now()
    rows = [Job(kind=kind, payload=dict(payload), due_at=now) for kind, payload in jobs]
    if rows:
        Job.objects.bulk_create(rows, batch_size=1000)


def _is_free(now: datetime) -> Q:
    return Q(due_at__lte=now, set_aside_at__isnull=True) & (Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))


def claim_jobs(now: datetime, limit: int = BATCH) -> list[Job]:
    """Due jobs, claimed for this worker, in the order they were due; two queries and an update, however many."""
    free = Job.objects.filter(_is_free(now)).order_by("due_at", "id").values_list("pk", flat=True)[:limit]
    ids = list(free)
    if not ids:
        return []
    claim = uuid4()
    # The conditional update decides between two workers that saw the same rows
    Job.objects.filter(_is_free(now), pk__in=ids).update(
        claim=claim, claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    return list(Job.objects.filter(claim=claim).order_by("due_at", "id"))


def do_job(job: Job, do: Do) -> bool:
    """Do one claimed job and take it off the list; a failing one steps aside. True when done.

    What an event calls for happens whole or not at all. Other work may read for minutes: in a transaction it would keep
    everybody else from writing so long, customers' answers included, so it writes in steps that each stand for
    themselves; whoever asks for it meanwhile has it done again.
    """
    is_whole = job.kind in {DELIVER, HANDLE}
    try:
        if job.key and not is_whole:
            Job.objects.filter(pk=job.pk).update(key=None)
        with transaction.atomic() if is_whole else nullcontext():
            do(job.kind, job.payload)
            Job.objects.filter(pk=job.pk).delete()
    except Exception:  # a job may fail in any way; the line must go on
        _step_aside(job, traceback.format_exc())
        return False
    return True


def _step_aside(job: Job, error: str) -> None:
    logger.exception("job %s (%s) failed, attempt %s", job.pk, job.kind, job.attempts)
    fields: dict[str, Any] = {"claim": None, "claimed_until": None, "error": error[-4000:]}
    if job.attempts > len(PAUSES):
        fields["set_aside_at"] = timezone.now()
    else:
        fields["due_at"] = timezone.now() + PAUSES[job.attempts - 1]
    with transaction.atomic():
        if job.key and not Job.objects.filter(key=job.key).exclude(pk=job.pk).exists():
            fields["key"] = job.key
        Job.objects.filter(pk=job.pk).update(**fields)


def _without_idle(jobs: list[Job], idle: Idle) -> list[Job]:
    """Take off the list what would do nothing, all at once; what cannot be told is done like any other."""
    try:
        with transaction.atomic():
            spared = set(idle(jobs))
            if spared:
                Job.objects.filter(pk__in=spared).delete()
    except Exception:  # whoever is to blame fails by itself
        logger.exception("which jobs would do nothing could not be told; each is done")
        return jobs
    return [job for job in jobs if job.pk not in spared]


def do_due_jobs(do: Do, *, limit: int = 10_000, seconds: float = math.inf, idle: Idle | None = None) -> int:
    """Do what is due now, jobs that these cause included; returns how many were tried or needed nothing.

    After ``seconds`` no more are claimed: a job that queues its next part would keep the caller from everything else.
    """
    count, begun = 0, monotonic()
    while count < limit and monotonic() - begun < seconds:
        if not (jobs := claim_jobs(timezone.now(), min(BATCH, limit - count))):
            break
        for job in _without_idle(jobs, idle) if idle else jobs:
            do_job(job, do)
        count += len(jobs)
    return count


def beat(part: str) -> None:
    """Show that ``part`` lives, where that was not shown a moment ago: a write is dearer than a look."""
    now = timezone.now()
    if not Heartbeat.objects.filter(part=part, beat_at__range=(now - BEATS_EVERY, now)).exists():
        Heartbeat.objects.update_or_create(part=part, defaults={"beat_at": now})


def worker_is_alive() -> bool:
    """Whether the worker showed itself in the last half minute."""
    return Heartbeat.objects.filter(part=WORKER, beat_at__gte=timezone.now() - WORKER_SILENT).exists()
