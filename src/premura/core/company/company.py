"""The company of this installation: found, founded, and its calendar."""

from collections import defaultdict
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from premura.core.company.calendar import WorkingCalendar, italian_holidays
from premura.core.company.models import ClosedDay, Company, Location, OpeningHours


def the_company() -> Company | None:
    """The company, or ``None`` before the first run is over."""
    return Company.objects.filter(pk=1).first()


def company_timezone() -> ZoneInfo:
    company = the_company()
    return ZoneInfo(company.timezone if company else "Europe/Rome")


def local_date(instant: datetime, zone: ZoneInfo | None = None) -> date:
    """The calendar day of ``instant`` where the company is."""
    return timezone.localtime(instant, zone or company_timezone()).date()


def working_calendar(location: Location | None = None) -> WorkingCalendar:
    """Opening hours of ``location`` (its own if it has any, else the company's) less holidays and days off."""
    company = the_company()
    patron = (
        (company.patron_month, company.patron_day) if company and company.patron_month and company.patron_day else None
    )
    place = Q(location__isnull=True) | Q(location=location) if location else Q(location__isnull=True)
    own: dict[int, list[tuple[time, time]]] = defaultdict(list)
    common: dict[int, list[tuple[time, time]]] = defaultdict(list)
    for row in OpeningHours.objects.filter(place):
        (own if row.location_id else common)[row.weekday].append((row.opens, row.closes))
    days_off = set(ClosedDay.objects.filter(place).values_list("closed_on", flat=True))

    celebrates = company is None or not company.works_on_holidays

    def is_closed(day: date) -> bool:
        return day in days_off or (celebrates and day in italian_holidays(day.year, patron=patron))

    return WorkingCalendar(
        hours=own or common, closed=is_closed, timezone=company.timezone if company else "Europe/Rome"
    )


def unused_code(name: str, taken: set[str]) -> str:
    """A short address-safe code for ``name`` that nobody has yet."""
    stem = slugify(name)[:50] or "x"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code
