"""The company of this installation: found, founded, and its calendar."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import slugify

from premura.core.company.calendar import WorkingCalendar, italian_holidays
from premura.core.company.models import ClosedDay, Company, Location, OpeningHours


def the_company() -> Company | None:
    """The company, or ``None`` before the first run is over."""
    return Company.objects.filter(pk=1).first()


def review_link(company: Company | None, place: Location | None) -> str:
    """The page where anybody who was at ``place`` may say in public what they think: its own, else the company's.

    Whoever shows it shows it to everybody: to lead only the happy there is what the platforms forbid.
    """
    return (place.review_url if place else "") or (company.review_url if company else "")


@contextmanager
def company_language() -> Iterator[None]:
    """What is stored is written in the company's language, whoever caused it."""
    company = the_company()
    with translation.override(company.language if company else "it"):
        yield


def company_timezone() -> ZoneInfo:
    company = the_company()
    return ZoneInfo(company.timezone if company else "Europe/Rome")


def local_date(instant: datetime, zone: ZoneInfo | None = None) -> date:
    """The calendar day of ``instant`` where the company is."""
    return timezone.localtime(instant, zone or company_timezone()).date()


def working_calendar(location: Location | None = None) -> WorkingCalendar:
    """Opening hours of ``location`` (its own if it has any, else the company's) less holidays and days off."""
    place = location.pk if location else None
    return working_calendars([place])[place]


def working_calendars(places: Iterable[int | None]) -> dict[int | None, WorkingCalendar]:
    """The calendar of each place (``None``: the company's). Three queries, however many places there are."""
    company = the_company()
    hours: dict[int | None, dict[int, list[tuple[time, time]]]] = defaultdict(lambda: defaultdict(list))
    wanted = set(places)
    known = Q(location__isnull=True) | Q(location__in=[place for place in wanted if place])
    for row in OpeningHours.objects.filter(known):
        hours[row.location_id][row.weekday].append((row.opens, row.closes))
    days_off: dict[int | None, set[date]] = defaultdict(set)
    for place, day in ClosedDay.objects.filter(known).values_list("location_id", "closed_on"):
        days_off[place].add(day)
    return {
        place: WorkingCalendar(
            hours=hours.get(place) or hours.get(None, {}),
            closed=_closed_days(company, days_off[None] | days_off[place]),
            timezone=company.timezone if company else "Europe/Rome",
        )
        for place in wanted
    }


def _closed_days(company: Company | None, days_off: set[date]) -> Callable[[date], bool]:
    """Days off, and holidays unless the company works on them."""
    patron = (
        (company.patron_month, company.patron_day) if company and company.patron_month and company.patron_day else None
    )
    celebrates = company is None or not company.works_on_holidays
    return lambda day: day in days_off or (celebrates and day in italian_holidays(day.year, patron=patron))


def unused_code(name: str, taken: set[str]) -> str:
    """A short address-safe code for ``name`` that nobody has yet."""
    stem = slugify(name)[:50] or "x"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code
