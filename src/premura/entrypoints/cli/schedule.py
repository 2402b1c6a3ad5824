"""All the clockwork on one page: what happens by itself, and how often."""

from datetime import datetime, timedelta

from premura.core.jobs.jobs import add_job
from premura.core.jobs.models import Heartbeat

STATISTICS_JOB = "database.statistics"

# job kind → how often; the job itself belongs to the stage that declares it in its contract, or to the worker
EVERY: dict[str, timedelta] = {
    STATISTICS_JOB: timedelta(hours=1),
    "verify.due_checks": timedelta(hours=6),
    "understand.read_comments": timedelta(hours=1),
    "understand.read_carefully": timedelta(hours=1),
    "understand.sample_comments": timedelta(hours=12),
    "understand.learn_corrections": timedelta(days=1),
    "understand.make_themes": timedelta(days=1),
    "listen.loose_files": timedelta(days=1),
    "promise.escalate": timedelta(minutes=5),
    "equip.places": timedelta(hours=6),
    "promise.card_reviews": timedelta(days=1),
    "promise.forewarn": timedelta(minutes=30),
    "recover.silence": timedelta(hours=12),
}
# What the worker's postman does, in a thread of its own: triggers ask, and who has not answered is reminded
ASKING = "listen.ask"
ASKS_EVERY = timedelta(minutes=5)
# It reads the mailbox, too
FETCHING = "mail.fetch"
FETCHES_EVERY = timedelta(minutes=1)


def queue_what_is_due(now: datetime) -> list[str]:
    """Queue each job whose time has come; a heartbeat row remembers the last time, also over restarts. One query where
    none has, for a worker asks three times a second.
    """
    last = dict(Heartbeat.objects.filter(part__startswith=_part("")).values_list("part", "beat_at"))
    queued = []
    for kind, pause in EVERY.items():
        if _may_come(last.get(_part(kind)), now, pause) and has_come(kind, pause, now):
            add_job(kind, {}, key=kind)
            queued.append(kind)
    return queued


def has_come(kind: str, pause: timedelta, now: datetime) -> bool:
    """Whether it is time again for ``kind``; true for one worker only."""
    last, created = Heartbeat.objects.get_or_create(part=_part(kind), defaults={"beat_at": now})
    return created or (_may_come(last.beat_at, now, pause) and _moved_on(last, now))


def _part(kind: str) -> str:
    return f"schedule:{kind}"


def _may_come(last: datetime | None, now: datetime, pause: timedelta) -> bool:
    return last is None or last <= now - pause


def _moved_on(last: Heartbeat, now: datetime) -> bool:
    """Whether this schedule saw it first: the conditional update decides between two."""
    return bool(Heartbeat.objects.filter(part=last.part, beat_at=last.beat_at).update(beat_at=now))
