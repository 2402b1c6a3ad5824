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
    """Write that ``name`` happened to ``about``, and queue its delivery to the stages that want it.

    ``by`` is ``None`` when a customer or the clock did it. ``data`` holds ids, codes and amounts, never personal data.
    Runs inside the caller's transaction: the event exists if and only if the change it tells of does.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{name}: an event is recorded in the transaction of the change it tells of")
    event = Event.objects.create(
        name=name,
        happened_at=at or timezone.now(),
        person=by,
        subject_type=about._meta.label_lower.split(".")[1],
        subject_id=str(about.pk),
        customer=customer,
        location=location,
        data=dict(data or {}),
    )
    _deliver([event])
    return event


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What :func:`record` is told of one event, for :func:`record_each`."""

    about: Model
    at: datetime
    by: Person | None = None
    customer: Customer | None = None
    location: Location | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def record_each(name: str, happenings: Iterable[Happened]) -> None:
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
            customer=happened.customer,
            location=happened.location,
            data=dict(happened.data),
        )
        for happened in happenings
    ]
    _deliver(Event.objects.bulk_create(events, batch_size=1000))


def record_all(name: str, abouts: Iterable[Model], *, at: datetime, data: Mapping[str, Any]) -> None:
    """The same event about many rows that have ``customer_id`` and ``location_id``; the clock did it. Two queries.

    Runs inside the caller's transaction, as :func:`record` does.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{name}: an event is recorded in the transaction of the change it tells of")
    events = [
        Event(
            name=name,
            happened_at=at,
            subject_type=about._meta.label_lower.split(".")[1],
            subject_id=str(about.pk),
            customer_id=about.customer_id,  # type: ignore[attr-defined]
            location_id=about.location_id,  # type: ignore[attr-defined]
            data=dict(data),
        )
        for about in abouts
    ]
    _deliver(Event.objects.bulk_create(events, batch_size=1000))
