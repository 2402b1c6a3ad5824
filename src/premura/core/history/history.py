"""The one verb of history: every write of the product calls :func:`record` in its own transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.history.models import Event
from premura.core.jobs.jobs import DELIVER, HANDLE, add_jobs
from premura.core.staff.models import Person

_wanted: Mapping[str, Sequence[str]] | None = None


def deliver_to(wanted: Mapping[str, Sequence[str]] | None) -> None:
    """Say which stages want which event: an event that nobody wants is kept and needs no job. ``None``, the start:
    who wants an event is asked when it is delivered.
    """
    global _wanted  # one process, one wiring
    _wanted = wanted


def _deliver(events: Iterable[Event]) -> None:
    """Queue ``events`` for every stage that wants them, so that one failing stage neither stops nor repeats the
    others.
    """
    if _wanted is None:
        add_jobs((DELIVER, {"event": event.pk}) for event in events)
    else:
        add_jobs(
            (HANDLE, {"event": event.pk, "stage": stage}) for event in events for stage in _wanted.get(event.name, ())
        )


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event. ``by`` is ``None`` when a customer or the clock did it. ``data`` holds ids, codes and amounts, never
    personal data.
    """

    about: Model
    at: datetime
    by: Person | None = None
    customer_id: int | None = None
    location_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def record(
    name: str,
    *,
    by: Person | None,
    about: Model,
    customer: Customer | None = None,
    location: Location | None = None,
    at: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write that ``name`` happened to ``about`` (see :class:`Happened`), and queue its delivery to the stages that want
    it.

    Runs inside the caller's transaction: the event exists if and only if the change it tells of does.
    """
    happened = Happened(
        about=about,
        at=at or timezone.now(),
        by=by,
        customer_id=customer.pk if customer else None,
        location_id=location.pk if location else None,
        data=data or {},
    )
    [event] = record_each(name, [happened])
    return event


def record_each(name: str, happenings: Iterable[Happened]) -> list[Event]:
    """The same event several times, each with its own particulars. Two queries.

    Runs inside the caller's transaction, as :func:`record` does.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{name}: an event is recorded in the transaction of the change it tells of")
    events = [
        Event(
            name=name,
            happened_at=happened.at,
            person=happened.by,
            subject_type=happened.about._meta.label_lower.split(".")[1],
            subject_id=str(happened.about.pk),
            customer_id=happened.customer_id,
            location_id=happened.location_id,
            data=dict(happened.data),
        )
        for happened in happenings
    ]
    kept = Event.objects.bulk_create(events, batch_size=1000)
    _deliver(kept)
    return kept
