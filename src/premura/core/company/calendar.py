"""Working time: opening hours with split shifts, holidays, days off, and clocks that change twice a year.

Pure: hours and closed days are given, instants are aware ``datetime`` values, results are in UTC.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

Stretch = tuple[time, time]
_ZERO = timedelta(0)
# A working calendar that is shut for longer than this is a mistake, not a holiday
_PATIENCE_DAYS = 366


class CalendarError(ValueError):
    """The hours never open, or are no hours at all."""


@lru_cache(maxsize=64)
def italian_holidays(year: int, patron: tuple[int, int] | None = None, language: str = "it") -> dict[date, str]:
    """National holidays of ``year`` with their names in ``language``, and the patron saint's day, given as (month,
    day).

    >>> italian_holidays(2026)[date(2026, 6, 2)]
    'Festa della Repubblica'
    """
    locale = "en_US" if language == "en" else "it_IT"
    days = dict(holidays.country_holidays("IT", years=year, language=locale).items())
    if patron is not None:
        month, day = patron
        if (month, day) != (2, 29) or _is_leap(year):
            days.setdefault(date(year, month, day), "Patron saint" if language == "en" else "Santo patrono")
    return days


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


class WorkingCalendar:
    """Opening hours by weekday (Monday is 0), days that are closed, and the time zone they are told in.

    ``closed`` is a set of dates or a function that says whether a date is closed.
    """

    def __init__(
        self,
        hours: Mapping[int, Sequence[Stretch]],
        closed: Callable[[date], bool] | frozenset[date] | set[date],
        timezone: str,
    ) -> None:
        self.hours = {day: sorted(stretches) for day, stretches in hours.items() if stretches}
        self.zone = ZoneInfo(timezone)
        self._is_closed = closed if callable(closed) else closed.__contains__
        for stretches in self.hours.values():
            if any(opens >= closes for opens, closes in stretches):
                raise CalendarError("A stretch of working time ends before it begins.")

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on ``day``."""
        return day.weekday() in self.hours and not self._is_closed(day)

    def is_open(self, instant: datetime) -> bool:
        """Whether ``instant`` is inside working time; the second of closing is outside."""
        day = instant.astimezone(self.zone).date()
        return any(opens <= instant < closes for opens, closes in self._stretches(day))

    def end_of_day(self, day: date) -> datetime:
        """The last second of ``day``: a promise for a date without a time is kept until then."""
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def next_opening(self, instant: datetime) -> datetime:
        """``instant`` itself when open, else the next moment somebody works."""
        return max(instant.astimezone(UTC), next(self._from(instant))[0])

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The instant at which ``working`` time has passed since ``start``.

        Time that ends exactly at closing is due at that closing, not at the next opening. ``CalendarError`` when
        nothing opens within a year.
        """
        if working < _ZERO:
            raise CalendarError("Working time cannot be negative.")
        left = working
        for opens, closes in self._from(start):
            begins = max(opens, start)
            if left <= closes - begins:
                return (begins + left).astimezone(UTC)
            left -= closes - begins
        raise AssertionError("unreachable: _from raises before it ends")

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Working time from ``first`` to ``last``; negative when ``last`` is earlier."""
        if last < first:
            return -self.between(last, first)
        passed, day, end = _ZERO, first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        while day <= end:
            for opens, closes in self._stretches(day):
                passed += max(_ZERO, min(closes, last) - max(opens, first))
            day += timedelta(days=1)
        return passed

    def _from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of working time that end after ``instant``, in order, for ever."""
        day, idle = instant.astimezone(self.zone).date(), 0
        while True:
            stretches = [(opens, closes) for opens, closes in self._stretches(day) if closes > instant]
            yield from stretches
            idle = 0 if stretches else idle + 1
            if idle > _PATIENCE_DAYS:
                raise CalendarError("Nobody works for a whole year: write down the opening hours.")
            day += timedelta(days=1)

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working time of ``day`` as instants in UTC; the missing hour of spring makes a stretch shorter, never
        negative.
        """
        if not self.is_working_day(day):
            return []
        pairs = (
            (
                datetime.combine(day, opens, self.zone).astimezone(UTC),
                datetime.combine(day, closes, self.zone).astimezone(UTC),
            )
            for opens, closes in self.hours[day.weekday()]
        )
        return [(opens, closes) for opens, closes in pairs if opens < closes]
