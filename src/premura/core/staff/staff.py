"""People: founded, invited, changed; limits: set."""

from decimal import Decimal

from django.db import transaction

from premura.core.company.models import Location
from premura.core.company.pack import Pack
from premura.core.staff.models import AuthorityLimit, Person


def install_authority(pack: Pack) -> None:
    """The pack's limits by role; limits that exist already stay."""
    for given in pack.authority:
        AuthorityLimit.objects.get_or_create(
            role=given.role, person=None, defaults={"per_case": given.per_case, "per_month": given.per_month}
        )


def people_who_may(ability: str, location: Location | None = None) -> list[Person]:
    """Active people with ``ability`` who see ``location``; those of that place before those of all places."""
    everybody = Person.objects.filter(is_active=True).prefetch_related("locations").order_by("pk")
    able = [person for person in everybody if person.may(ability)]
    if location is None:
        return able
    placed = [(location.pk in {place.pk for place in person.locations.all()}, person) for person in able]
    return [p for here, p in placed if here] + [p for here, p in placed if not here and not p.locations.all()]


def set_limit(
    *, role: str = "", person: Person | None = None, per_case: Decimal | None, per_month: Decimal | None, by: Person
) -> AuthorityLimit:
    """Set what a role, or one person, may spend; ``None`` is no limit."""
    from premura.core.history.history import record

    with transaction.atomic():
        limit, _ = AuthorityLimit.objects.update_or_create(
            role=role, person=person, defaults={"per_case": per_case, "per_month": per_month}
        )
        amounts = {"per_case": str(per_case), "per_month": str(per_month)}
        record("limit.set", by=by, about=limit, data=amounts)
    return limit
