"""Changes to the company: its facts, places, hours and days off. Each leaves a history event."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from premura.core.company.company import unused_code
from premura.core.company.models import ClosedDay, Company, Location, OpeningHours
from premura.core.history.history import record
from premura.core.staff.models import Person


def change_company(company: Company, *, by: Person, **fields: Any) -> Company:
    """Change the given columns."""
    changed = [name for name, value in fields.items() if getattr(company, name) != value]
    with transaction.atomic():
        for name in changed:
            setattr(company, name, fields[name])
        if changed:
            company.save(update_fields=changed)
            record("company.changed", by=by, about=company, data={"fields": changed})
    return company


def add_location(name: str, *, by: Person, address: str = "", phone: str = "", review_url: str = "") -> Location:
    """A new place, with a code for its links and posters."""
    with transaction.atomic():
        code = unused_code(name, set(Location.objects.values_list("code", flat=True)))
        location = Location.objects.create(name=name, code=code, address=address, phone=phone, review_url=review_url)
        record("location.added", by=by, about=location, location=location)
    return location


def change_location(location: Location, *, by: Person, **fields: Any) -> Location:
    """Change name, address, phone or page of reviews; the code stays, because posters with it hang on walls."""
    changed = [name for name, value in fields.items() if getattr(location, name) != value]
    with transaction.atomic():
        for name in changed:
            setattr(location, name, fields[name])
        if changed:
            location.save(update_fields=changed)
            record("location.changed", by=by, about=location, location=location, data={"fields": changed})
    return location


def close_location(location: Location, *, by: Person) -> None:
    """The place is no longer ours; its answers and cases stay."""
    with transaction.atomic():
        Location.objects.filter(pk=location.pk).update(closed_on=timezone.localdate())
        record("location.closed", by=by, about=location, location=location)


def set_hours(
    rows: Iterable[tuple[int, time, time]], *, by: Person, company: Company, location: Location | None = None
) -> None:
    """Replace the opening hours of the company, or of one place: (weekday, opens, closes), Monday is 0."""
    with transaction.atomic():
        OpeningHours.objects.filter(location=location).delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(location=location, weekday=day, opens=opens, closes=closes) for day, opens, closes in rows
        )
        record("hours.set", by=by, about=company, location=location)


def add_closed_day(day: date, reason: str, *, by: Person, company: Company) -> None:
    """A day off of the whole company."""
    with transaction.atomic():
        ClosedDay.objects.get_or_create(location=None, closed_on=day, defaults={"reason": reason})
        record("closed_day.added", by=by, about=company, data={"day": day.isoformat()})


def remove_closed_day(closed: ClosedDay, *, by: Person, company: Company) -> None:
    with transaction.atomic():
        record("closed_day.removed", by=by, about=company, data={"day": closed.closed_on.isoformat()})
        closed.delete()
