"""Programmes: why we listen. Incomplete ones may be kept, but nothing of theirs can be published (row S3)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.listen.models import Programme


def add_programme(
    by: Person | None,
    name: str,
    objective: str = "",
    decision: str = "",
    owner: Person | None = None,
    cadence_days: int = 30,
    at: datetime | None = None,
) -> Programme:
    """A new programme; it never ends, and expects an answer at least every ``cadence_days``."""
    at = at or timezone.now()
    with transaction.atomic():
        programme = Programme.objects.create(
            name=name, objective=objective, decision=decision, owner=owner, cadence_days=cadence_days, created_at=at
        )
        record("programme.added", by=by, about=programme, at=at)
    return programme


def change_programme(programme: Programme, by: Person | None, at: datetime | None = None, **fields: Any) -> Programme:
    """Change the given columns; history keeps which ones. Nothing changed, nothing recorded."""
    with transaction.atomic():
        row = Programme.objects.select_for_update().get(pk=programme.pk)
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, fields[name])
        if changed:
            row.save(update_fields=changed)
            record("programme.changed", by=by, about=row, at=at, data={"fields": changed})
    return row
