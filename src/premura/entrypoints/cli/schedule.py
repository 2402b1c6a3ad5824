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
    """Queue each job whose time has come; a heartbeat row remembers the last time, also over restarts."""
    queued = []
    for kind, pause in EVERY.items():
        if has_come(kind, pause, now):
            add_job(kind, {}, key=kind)
            queued.append(kind)
    return queued


def has_come(kind: str, pause: timedelta, now: datetime) -> bool:
    """Whether it is time again for ``kind``; true for one worker only."""
    last, created = Heartbeat.objects.get_or_create(part=f"schedule:{kind}", defaults={"beat_at": now})
    return created or _moved_on(last, now, pause)


def _moved_on(last: Heartbeat, now: datetime, pause: timedelta) -> bool:
    """Whether the time has come and this schedule saw it first: the conditional update decides between two."""
    due = Heartbeat.objects.filter(part=last.part, beat_at=last.beat_at, beat_at__lte=now - pause)
    return bool(due.update(beat_at=now))
