"""Quarters of the calendar as words of an address and as words of a page. Pure."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

#: Quarters that can be chosen, this one included.
BACK = 8


def code_of(day: date) -> str:
    """«2026-1».

    >>> code_of(date(2026, 3, 31))
    '2026-1'
    """
    return f"{day.year}-{(day.month + 2) // 3}"


def quarter_of(code: str, today: date) -> tuple[date, date]:
    """First and last day of the quarter ``code``; of the one of ``today`` where there is no such quarter.

    >>> quarter_of("2025-4", date(2026, 3, 31))
    (datetime.date(2025, 10, 1), datetime.date(2025, 12, 31))
    """
    year, _dash, number = (code or code_of(today)).partition("-")
    first = date(int(year), 3 * int(number) - 2, 1)
    return first, (first + timedelta(days=93)).replace(day=1) - timedelta(days=1)


def quarters_back(today: date) -> list[str]:
    """This quarter and those before it, the latest first.

    >>> quarters_back(date(2026, 3, 31))[:3]
    ['2026-1', '2025-4', '2025-3']
    """
    index = 4 * today.year + (today.month - 1) // 3
    return [f"{number // 4}-{number % 4 + 1}" for number in range(index, index - BACK, -1)]


def quarter_name(code: str) -> str:
    """«1° trimestre 2026»."""
    year, _dash, number = code.partition("-")
    names = {"1": _("1st quarter %(year)s"), "2": _("2nd quarter %(year)s"), "3": _("3rd quarter %(year)s")}
    return names.get(number, _("4th quarter %(year)s")) % {"year": year}
