"""Say what is wrong, in words. Each finding has a stable id; exit code 1 when anything needs somebody."""

import argparse
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from premura.core.history.models import Event
from premura.core.jobs.jobs import worker_is_alive
from premura.core.jobs.models import Job
from premura.engine.purchases import PurchaseStore
from premura.loop.listen.models import Submission
from premura.loop.understand import marks
from premura.loop.understand.comments import to_be_read_carefully
from premura.loop.understand.engine_counts import BEHIND, engine_state
from premura.loop.understand.export import the_store
from premura.loop.understand.models import DirtyMonth, Mark, PurchaseMark
from premura.loop.understand.tiers import is_careful_here, is_careful_installed

LOW_DISK = 1_000_000_000
SUBMISSION_LATE = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``is_well`` False needs somebody; the sentence says what to do."""

    id: str
    is_well: bool
    sentence: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:
    findings = list(examine())
    for finding in findings:
        print(f"{'ok   ' if finding.is_well else 'WRONG'} {finding.id:<10} {finding.sentence}")
    return 0 if all(finding.is_well for finding in findings) else 1


def examine() -> Iterator[Finding]:
    """Look at everything; what needs the database is left out while it cannot be reached."""
    yield _data_folder()
    yield _disk()
    yield _settings()
    database = _database()
    yield database
    if not database.is_well:
        return
    migrations = _migrations()
    yield migrations
    if migrations.is_well:
        looks: list[Callable[[], Finding]] = [
            _clock,
            _worker,
            _jobs,
            _submissions,
            _engine,
            _purchases,
            _reading,
            _mail,
        ]
        yield from (look() for look in looks)


def _data_folder() -> Finding:
    probe = settings.DATA / ".doctor"
    try:
        probe.write_text("", encoding="ascii")
        probe.unlink()
    except OSError as error:
        return Finding(
            "data", False, f"The data folder {settings.DATA} cannot be written: {error.strerror}. Correct its owner."
        )
    return Finding("data", True, f"The data folder {settings.DATA} can be written.")


def _disk() -> Finding:
    folder = next(path for path in (settings.DATA, *settings.DATA.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    sentence = f"{free / 1e9:.1f} GB are free on the disk of the data folder."
    return Finding(
        "disk", free > LOW_DISK, sentence if free > LOW_DISK else sentence + " Make room: at least 1 GB is needed."
    )


def _settings() -> Finding:
    if settings.DEBUG and settings.BIND not in {"127.0.0.1", "localhost", "::1"}:
        return Finding("settings", False, "PREMURA_DEBUG is on at an address others reach. Switch it off.")
    problems = [message for message in run_checks() if message.is_serious()]
    if problems:
        return Finding("settings", False, "; ".join(str(message.msg) for message in problems))
    return Finding("settings", True, "The settings are consistent.")


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(
            "database", False, f"The database cannot be reached: {error}. Start it, or correct PREMURA_DATABASE."
        )
    return Finding("database", True, f"The database answers ({connection.vendor}).")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding("schema", False, f"{len(plan)} changes of the database are missing. Run: premura prepare")
    return Finding("schema", True, "The database is up to date.")


def _clock() -> Finding:
    newest = Event.objects.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    if newest and newest > timezone.now() + timedelta(minutes=2):
        return Finding(
            "clock",
            False,
            f"The newest event was written at {newest:%Y-%m-%d %H:%M}, which is still to come. Set the clock.",
        )
    return Finding("clock", True, "The clock agrees with the history.")


def _worker() -> Finding:
    if worker_is_alive():
        return Finding("worker", True, "The worker is at work.")
    return Finding("worker", False, "The worker has not shown itself for 30 seconds. Start it: premura serve")


def _jobs() -> Finding:
    aside = Job.objects.filter(set_aside_at__isnull=False)
    if count := aside.count():
        kinds = ", ".join(sorted(set(aside.values_list("kind", flat=True))))
        return Finding(
            "jobs",
            False,
            f"{count} jobs kept failing and stepped aside ({kinds}). Their errors are in the table jobs_job.",
        )
    return Finding("jobs", True, "No job has stepped aside.")


def _submissions() -> Finding:
    late = Submission.objects.filter(unfolded_at__isnull=True, received_at__lt=timezone.now() - SUBMISSION_LATE).count()
    if late:
        return Finding("answers", False, f"{late} answers have waited for more than 30 seconds. Is the worker running?")
    return Finding("answers", True, "No answer is waiting.")


def _engine() -> Finding:
    if gone := marks.missing():
        names = ", ".join(gone)
        return Finding("engine", False, f"Changes of answers are not noted: {names} are missing. Run: premura prepare")
    oldest = Mark.objects.order_by("pk").values_list("marked_at", flat=True).first()
    behind = timezone.now() - oldest if oldest else timedelta()
    if behind > BEHIND:
        sentence = f"The numbers are {behind.total_seconds():.0f} seconds behind the answers. Is the worker running?"
        return Finding("engine", False, sentence)
    if dirty := DirtyMonth.objects.count():
        return Finding(
            "engine", True, f"{dirty} months are being made anew; until then answers are counted one by one."
        )
    if engine_state() is None:
        return Finding(
            "engine", True, "The engine is not filled yet: answers are counted one by one. The worker fills it."
        )
    return Finding("engine", True, f"The engine is {max(behind.total_seconds(), 0):.1f} seconds behind the answers.")


def _purchases() -> Finding:
    oldest = PurchaseMark.objects.order_by("pk").values_list("marked_at", flat=True).first()
    behind = timezone.now() - oldest if oldest else timedelta()
    if behind > BEHIND:
        sentence = f"Loyalty is {behind.total_seconds():.0f} seconds behind the purchases. Is the worker running?"
        return Finding("purchases", False, sentence)
    listed = PurchaseStore(the_store().folder).listed()
    if listed is None or listed.waiting:
        return Finding("purchases", True, "Purchases are being brought in; until then they are counted one by one.")
    sentence = f"{listed.purchases} purchases are brought in, {max(behind.total_seconds(), 0):.1f} seconds behind."
    return Finding("purchases", True, sentence)


def _reading() -> Finding:
    if not is_careful_installed():
        sentence = "Comments are read quickly. To have them read again, and better: pip install 'premura[careful]'"
        return Finding("reading", True, sentence)
    if not is_careful_here():
        return Finding("reading", True, "Comments are read quickly: PREMURA_CAREFUL is 0.")
    waiting = to_be_read_carefully().count()
    return Finding("reading", True, f"Comments are read quickly, then again with care; {waiting} wait for that.")


def _mail() -> Finding:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        count = len(list((settings.DATA / "mail").glob("*.log")))
        return Finding(
            "mail",
            True,
            f"No mail server is set (PREMURA_MAIL): {count} letters wait as files in {settings.DATA / 'mail'}.",
        )
    return Finding("mail", True, f"Mail goes through {settings.EMAIL_HOST}.")
