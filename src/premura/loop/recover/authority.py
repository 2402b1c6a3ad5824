"""Who may spend how much, and has: limits against the ledger.

A row counts against the person whose authority covered it, in the calendar month (the company's) in which it was given.
Taking a gesture back gives room again where the gesture had taken it: last month's reversal does not enlarge this
month's limit.
"""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from premura.core.company.company import company_timezone
from premura.core.staff.models import AuthorityLimit, Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import people_who_may
from premura.loop.recover.models import Case, Gesture
from premura.loop.recover.rules import Authority, is_above, summed


def month_of(instant: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The calendar month of ``instant`` where the company is, as [start, end)."""
    first = instant.astimezone(zone).date().replace(day=1)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return datetime.combine(first, time.min, zone), datetime.combine(following, time.min, zone)


def authority_on(case: Case | None, person: Person, at: datetime) -> Authority:
    """What ``person`` may spend and has spent, on ``case`` and in the month of ``at``."""
    return authorities_on(case, [person], at)[person.pk]


def authorities_on(case: Case | None, people: Iterable[Person], at: datetime) -> dict[int, Authority]:
    """The same of several people. Three queries."""
    people = list(people)
    limits = list(AuthorityLimit.objects.filter(Q(person__in=people) | Q(person__isnull=True)))
    own = {limit.person_id: limit for limit in limits if limit.person_id}
    of_role = {limit.role: limit for limit in limits if not limit.person_id}
    on_case, in_month = _spent(case, people, at)
    result = {}
    for person in people:
        limit = own.get(person.pk) or of_role.get(person.role)
        result[person.pk] = Authority(
            person_id=person.pk,
            may_spend=limit is not None,
            per_case=limit.per_case if limit else None,
            per_month=limit.per_month if limit else None,
            spent_on_case=on_case.get(person.pk, Decimal(0)),
            spent_in_month=in_month.get(person.pk, Decimal(0)),
            rank=1 if person.may(Ability.MANAGE_COMPANY) else 0,
        )
    return result


def _spent(case: Case | None, people: list[Person], at: datetime) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What each of ``people`` has spent on ``case`` and in the month of ``at``. Two queries."""
    start, end = month_of(at, company_timezone())
    rows: Any = Gesture.objects.with_spender()
    # A reversal belongs to the month of the gesture that it takes back
    given_at = Coalesce(F("reverses__granted_at"), F("granted_at"))
    in_month = Q(given_at__gte=start, given_at__lt=end)
    on_case = Q(case=case) if case else Q(pk__in=[])
    sums = (
        rows.annotate(given_at=given_at)
        .filter(spender__in=[person.pk for person in people])
        .filter(in_month | on_case)
        .order_by()
        .values("spender")
        .annotate(on_case=Sum("amount", filter=on_case), in_month=Sum("amount", filter=in_month))
    )
    found = list(sums)
    return (
        {row["spender"]: summed(row["on_case"]) for row in found},
        {row["spender"]: summed(row["in_month"]) for row in found},
    )


def people_to_ask(case: Case, at: datetime, *, besides: Person) -> tuple[dict[int, Person], list[Authority]]:
    """Who may work on ``case`` and has a higher limit than ``besides``, with what they may spend. Five queries."""
    people = people_who_may(Ability.WORK_CASES, case.location)
    known = authorities_on(case, {person.pk: person for person in [*people, besides]}.values(), at)
    above = [authority for authority in known.values() if is_above(authority, known[besides.pk])]
    return {person.pk: person for person in people}, above
