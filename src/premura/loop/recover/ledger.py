"""The ledger read: rows by filter, and totals that reconcile to the cent by case, person, place, remedy and month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.loop.recover.models import Gesture
from premura.loop.recover.rules import summed

GROUPS: Mapping[str, str] = {
    "case": "case",
    "person": "spender",
    "location": "case__location",
    "remedy": "remedy",
    "month": "month",
}


@dataclass(frozen=True, kw_only=True)
class LedgerFilter:
    """Which rows: days are the company's, both included."""

    first_day: date | None = None
    last_day: date | None = None
    location: int | None = None
    person: int | None = None
    remedy: int | None = None
    case: int | None = None
    customer: int | None = None


def ledger(person: Person, chosen: LedgerFilter) -> QuerySet[Gesture]:
    """The rows that ``person`` may see and that fit, newest first. Zone is the company's (one query)."""
    zone = company_timezone()
    rows: Any = Gesture.objects.visible_to(person)
    rows = rows.with_spender().annotate(month=TruncMonth("granted_at", tzinfo=zone))
    if chosen.first_day:
        rows = rows.filter(granted_at__gte=_midnight(chosen.first_day, zone))
    if chosen.last_day:
        rows = rows.filter(granted_at__lt=_midnight(chosen.last_day, zone, days=1))
    exact = {
        "case__location_id": chosen.location,
        "spender": chosen.person,
        "remedy_id": chosen.remedy,
        "case_id": chosen.case,
        "case__customer_id": chosen.customer,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    found: QuerySet[Gesture] = rows.select_related(
        "case__customer", "case__location", "remedy", "granted_by", "reverses__granted_by", "request__asked_by"
    )
    return found


def _midnight(day: date, zone: ZoneInfo, days: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), time.min, zone)


@dataclass(frozen=True)
class Total:
    """What was given in one group: ``key`` is an id, or the first instant of a month."""

    key: Any
    amount: Decimal
    rows: int


def totals(rows: QuerySet[Gesture], by: str) -> list[Total]:
    """Sums of ``rows`` by ``case``, ``person``, ``location``, ``remedy`` or ``month``. One query.

    Whatever the grouping, they add up to ``total(rows)``.
    """
    name = GROUPS[by]
    found = rows.order_by().values(name).annotate(total=Sum("amount"), rows=Count("pk")).order_by(name)
    return [Total(row[name], summed(row["total"]), row["rows"]) for row in found]


def total(rows: QuerySet[Gesture]) -> Decimal:
    """Everything given less what was taken back. One query."""
    return summed(rows.order_by().aggregate(total=Sum("amount"))["total"])
