"""The one verb of history: every write of the product calls :func:`record` in its own transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.history.models import Event
from premura.core.jobs.jobs import add_job
from premura.core.staff.models import Person

DELIVER = "deliver"
_wanted: frozenset[str] | None = None


def deliver_only(names: Iterable[str] | None) -> None:
    """Say which events somebody wants: the others are kept and need no delivery. ``None``, the start: deliver all."""
    global _wanted  # one process, one wiring
    _wanted = None if names is None else frozenset(names)


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
    if _wanted is None or name in _wanted:
        add_job(DELIVER, {"event": event.pk})
    return event


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
    kept = Event.objects.bulk_create(events, batch_size=1000)
    if _wanted is None or name in _wanted:
        for event in kept:
            add_job(DELIVER, {"event": event.pk})
