"""The worker: unfolds what came in, does what is due, keeps the clockwork and the engine going; stops cleanly when told
to.
"""

import argparse
import logging
import signal
import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.utils import timezone, translation

from premura.core.company.company import the_company
from premura.core.jobs.jobs import WORKER, beat, do_due_jobs
from premura.core.statistics import refresh_statistics
from premura.entrypoints.cli.freshness import Freshness, export_once
from premura.entrypoints.cli.postman import Postman, deliver_once
from premura.entrypoints.cli.schedule import STATISTICS_JOB, queue_what_is_due
from premura.importers.demo.fill import fill_demo
from premura.importers.demo.progress import DEMO_JOB
from premura.importers.waiting import do_waiting_imports
from premura.loop import wiring
from premura.loop.listen.submissions import unfold_waiting
from premura.loop.understand.export import Exporter

logger = logging.getLogger("premura.worker")
PAUSE_SECONDS = 0.3
# How long a connection is kept, and looked at before it is used again
KEPT_SECONDS = 60
# A round that found less is followed by a pause: what comes in meanwhile is done together, which costs less
PLENTY = 100
# Then the round goes on to answers that came in and files that wait, though there be jobs left; sooner while answers
# are coming in, for everybody waits to see those counted
SECONDS, SECONDS_BETWEEN_ANSWERS = 2.0, 0.3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due now and stop")


def run(args: argparse.Namespace) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not args.once:
        _keep_connections()
    exporting = None if args.once else Freshness(stop)
    delivering = None if args.once else Postman(stop)
    if exporting and delivering:
        exporting.start()
        delivering.start()
    while not stop.is_set():
        busy = _round()
        if args.once and not busy:
            break
        if not args.once and busy < PLENTY:
            stop.wait(PAUSE_SECONDS)
    if exporting and delivering:
        exporting.join(timeout=10)
        delivering.join(timeout=10)
    else:
        while deliver_once():
            pass
        _export_all()
    return 0


def _keep_connections() -> None:
    """The worker's three threads live long and ask a few times a second: opening costs more than what they ask."""
    connections.settings[DEFAULT_DB_ALIAS] |= {"CONN_MAX_AGE": KEPT_SECONDS, "CONN_HEALTH_CHECKS": True}


def _export_all() -> None:
    exporter = Exporter()
    while export_once(exporter):
        pass
    exporter.close()


def do(kind: str, payload: Mapping[str, Any]) -> None:
    """Do a job of the loop, or one that is no stage's: the demo company, the database's statistics."""
    if kind == DEMO_JOB:
        fill_demo(language=payload["language"])
    elif kind == STATISTICS_JOB:
        refresh_statistics()
    else:
        wiring.do(kind, payload)


def _round() -> int:
    """One round; returns how much was done. A database that is away for a moment does not end the worker."""
    try:
        close_old_connections()
        beat(WORKER)
        queue_what_is_due(timezone.now())
        company = the_company()
        # What the worker writes by itself, such as the title of a case, is in the company's language
        with translation.override(company.language if company else settings.LANGUAGE_CODE):
            unfolded = unfold_waiting(limit=200)
            seconds = SECONDS_BETWEEN_ANSWERS if unfolded else SECONDS
            done = do_due_jobs(do, limit=200, seconds=seconds, idle=wiring.idle)
            return unfolded + done + do_waiting_imports(_pulse)
    except Exception:  # the worker outlives whatever happens to the database
        logger.exception("a round of the worker failed; trying again")
        threading.Event().wait(2)
        return 0


def _pulse() -> None:
    """Between two chunks of a long import: customers' answers are not kept waiting."""
    beat(WORKER)
    unfold_waiting(limit=50)
