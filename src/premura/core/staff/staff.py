"""People: invited, changed, gone; limits: set."""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from premura.core.company.models import Location
from premura.core.company.pack import Pack
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import AuthorityLimit, LimitAcknowledgement, Person, Shift


def invite_person(*, by: Person, email: str, name: str, locations: Iterable[Location] = (), **fields: Any) -> Person:
    """Add somebody to the team without a password: they choose one through their link."""
    with transaction.atomic():
        person = Person.objects.create_user(email, None, name=name, **fields)
        person.locations.set(locations)
        record("person.invited", by=by, about=person, data={"role": person.role})
    return person


def change_person(person: Person, *, by: Person, locations: Iterable[Location], **fields: Any) -> Person:
    """Change the given columns and the places; which columns changed is kept, the values are not."""
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    with transaction.atomic():
        for name in changed:
            setattr(person, name, fields[name])
        if changed:
            person.save(update_fields=changed)
        person.locations.set(locations)
        record("person.changed", by=by, about=person, data={"fields": changed})
    return person


def set_rota(
    person: Person, *, by: Person, shifts: Iterable[tuple[int, time, time]], touchpoints: Iterable[Touchpoint]
) -> None:
    """When ``person`` is on duty in a week (weekday, from, to) and what they know well, instead of what stood there."""
    with transaction.atomic():
        person.shifts.all().delete()
        rows = [Shift(person=person, weekday=day, begins=begins, ends=ends) for day, begins, ends in shifts]
        Shift.objects.bulk_create(rows)
        person.touchpoints.set(touchpoints)
        record("person.rota_set", by=by, about=person, data={"shifts": len(rows)})


def deactivate_person(person: Person, *, by: Person) -> None:
    """They can no longer sign in; what they did stays."""
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(is_active=False)
        record("person.left", by=by, about=person)


def install_authority(pack: Pack) -> None:
    """The pack's limits by role; limits that exist already stay."""
    for given in pack.authority:
        AuthorityLimit.objects.get_or_create(
            role=given.role, person=None, defaults={"per_case": given.per_case, "per_month": given.per_month}
        )


def people_who_may(ability: str, location: Location | None = None) -> list[Person]:
    """Active people with ``ability`` who see ``location``; those of that place before those of all places. Two
    queries.
    """
    everybody = Person.objects.filter(is_active=True).prefetch_related("locations").order_by("pk")
    able = [person for person in everybody if person.may(ability)]
    if location is None:
        return able
    of_the_place = [person for person in able if location in person.locations.all()]
    return of_the_place + [person for person in able if not person.locations.all()]


def set_limit(
    *, role: str = "", person: Person | None = None, per_case: Decimal | None, per_month: Decimal | None, by: Person
) -> AuthorityLimit:
    """Set what a role, or one person instead of their role, may spend; ``None`` is no limit."""
    with transaction.atomic():
        limit, _ = AuthorityLimit.objects.update_or_create(
            role=role, person=person, defaults={"per_case": per_case, "per_month": per_month}
        )
        amounts = {"per_case": str(per_case), "per_month": str(per_month)}
        record("limit.set", by=by, about=limit, data=amounts)
    return limit


def acknowledge_limit(person: Person, *, at: datetime | None = None) -> LimitAcknowledgement:
    """``person`` has read what they may spend now. Saying it twice of the same limit keeps the first time."""
    with transaction.atomic():
        limit, last = AuthorityLimit.of(person), _last_acknowledgement(person)
        if last is not None and last.covers(limit):
            return last
        row = LimitAcknowledgement.objects.create(
            person=person,
            may_spend=limit is not None,
            per_case=limit.per_case if limit else None,
            per_month=limit.per_month if limit else None,
            acknowledged_at=at or timezone.now(),
        )
        data = {"per_case": str(row.per_case), "per_month": str(row.per_month)}
        record("limit.acknowledged", by=person, about=row, at=row.acknowledged_at, data=data)
    return row


def acknowledged_at(person: Person) -> datetime | None:
    """When ``person`` acknowledged the limit that holds for them now; ``None`` when they have not. Two queries."""
    last = _last_acknowledgement(person)
    return last.acknowledged_at if last is not None and last.covers(AuthorityLimit.of(person)) else None


def _last_acknowledgement(person: Person) -> LimitAcknowledgement | None:
    return LimitAcknowledgement.objects.filter(person=person).last()


def acknowledgements() -> dict[int, LimitAcknowledgement]:
    """The last acknowledgement of everybody, by person. One query."""
    return {row.person_id: row for row in LimitAcknowledgement.objects.all()}
