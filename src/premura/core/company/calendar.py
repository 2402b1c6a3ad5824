"""Working time: opening hours with split shifts, holidays, days off, and clocks that change twice a year.

Pure: hours and closed days are given, instants are aware ``datetime`` values, results are in UTC. Everything is
reckoned in UTC: the difference between two times on the wall is wrong in the two nights in which the clocks change.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

Stretch = tuple[time, time]
#: A time on the wall of a day: (0, 18:00), or (1, 00:00) for the midnight that ends it
_Wall = tuple[int, time]
_ZERO = timedelta(0)
_MIDNIGHT: _Wall = (1, time.min)
# A working calendar that is shut for longer than this is a mistake, not a holiday
_PATIENCE_DAYS = 366


class CalendarError(ValueError):
    """The hours never open, or are no hours at all; or an instant without a time zone was given."""


def italian_holidays(
    year: int, province: str | None = None, patron: tuple[int, int] | None = None, language: str = "it"
) -> dict[date, str]:
    """National holidays of ``year`` with their names in ``language``, in order, and the patron saint's day.

    The patron is that of the capital of ``province`` (``"VI"``), or the day given as (month, day): a day that ``year``
    does not have is no holiday. ``CalendarError`` for a province that does not exist.

    >>> italian_holidays(2026)[date(2026, 6, 2)]
    'Festa della Repubblica'
    """
    return dict(_holidays(year, province, patron, language))


@lru_cache(maxsize=256)
def _holidays(
    year: int, province: str | None, patron: tuple[int, int] | None, language: str
) -> tuple[tuple[date, str], ...]:
    locale = "en_US" if language == "en" else "it_IT"
    try:
        days = dict(holidays.country_holidays("IT", subdiv=province, years=year, language=locale).items())
    except NotImplementedError as error:
        raise CalendarError(f"There is no Italian province {province!r}.") from error
    if patron is not None and (saint := _day_of(year, *patron)):
        days.setdefault(saint, "Patron saint" if language == "en" else "Santo patrono")
    return tuple(sorted(days.items()))


def _day_of(year: int, month: int, day: int) -> date | None:
    """29 February is a day of leap years only."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


class WorkingCalendar:
    """Opening hours by weekday (Monday is 0), days that are closed, and the time zone they are told in.

    Stretches of one day that touch or overlap count once. Closing at 00:00 or 23:59 means midnight, for which ``time``
    has no value of its own. ``closed`` is a set of dates or a function that says whether a date is closed.
    """

    def __init__(
        self,
        hours: Mapping[int, Sequence[Stretch]],
        closed: Callable[[date], bool] | AbstractSet[date],
        timezone: str,
    ) -> None:
        if not hours.keys() <= set(range(7)):
            raise CalendarError("Weekdays go from 0 (Monday) to 6.")
        self._hours = {day: _joined(stretches) for day, stretches in hours.items() if stretches}
        self._is_closed = closed if callable(closed) else closed.__contains__
        try:
            self.zone = ZoneInfo(timezone)
        except (KeyError, ValueError, OSError) as error:
            raise CalendarError(f"There is no time zone {timezone!r}.") from error

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on ``day``."""
        return day.weekday() in self._hours and not self._is_closed(day)

    def is_open(self, instant: datetime) -> bool:
        """Whether ``instant`` is inside working time; the instant of closing is outside."""
        instant = _utc(instant)
        return any(opens <= instant < closes for opens, closes in self._stretches(self._day(instant)))

    def end_of_day(self, day: date) -> datetime:
        """The last second of ``day``: a promise for a date without a time is kept until then."""
        return datetime.combine(day, time(23, 59, 59, fold=1), self.zone).astimezone(UTC)

    def next_opening(self, instant: datetime) -> datetime:
        """``instant`` itself when open, else the next moment that is; ``CalendarError`` when nobody ever does."""
        instant = _utc(instant)
        return max(instant, next(self._from(instant))[0])

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The instant at which ``working`` time has passed since ``start``.

        Time that ends exactly at closing is due at that closing, not at the next opening. No working time at all is due
        at the next opening. ``CalendarError`` when ``working`` is negative or nobody works for a whole year.
        """
        if working < _ZERO:
            raise CalendarError("Working time cannot be negative.")
        start, left = _utc(start), working
        for opens, closes in self._from(start):
            begins = max(opens, start)
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
        raise AssertionError("unreachable: _from raises before it ends")

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Working time from ``first`` to ``last``; negative when ``last`` is earlier."""
        first, last = _utc(first), _utc(last)
        if last < first:
            return -self.between(last, first)
        passed, day, end = _ZERO, self._day(first), self._day(last)
        while day <= end:
            for opens, closes in self._stretches(day):
                passed += max(_ZERO, min(closes, last) - max(opens, first))
            day = _day_after(day)
        return passed

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def _from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of working time that end after ``instant``, in order, for ever."""
        if not self._hours:
            raise CalendarError("There are no opening hours: write them down.")
        day, idle = self._day(instant), 0
        while idle <= _PATIENCE_DAYS:
            stretches = [stretch for stretch in self._stretches(day) if stretch[1] > instant]
            yield from stretches
            idle = 0 if stretches else idle + 1
            day = _day_after(day)
        raise CalendarError("Nobody works for a whole year: look at the opening hours and the days off.")

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working time of ``day`` in UTC, in order and without overlaps.

        A time that the clocks skip in spring falls one hour later: so a stretch may begin before the one before it has
        ended, or end before it begins. A time that they show twice in autumn is the first of the two.
        """
        if not self.is_working_day(day):
            return []
        found: list[tuple[datetime, datetime]] = []
        for first, last in self._hours[day.weekday()]:
            opens, closes = self._instant(day, first), self._instant(day, last)
            if found:
                opens = max(opens, found[-1][1])
            if opens < closes:
                found.append((opens, closes))
        return found

    def _instant(self, day: date, wall: _Wall) -> datetime:
        days, hour = wall
        return datetime.combine(_day_after(day) if days else day, hour, self.zone).astimezone(UTC)


def _joined(stretches: Sequence[Stretch]) -> tuple[tuple[_Wall, _Wall], ...]:
    """The stretches of one day in order, those that touch or overlap made one."""
    joined: list[tuple[_Wall, _Wall]] = []
    for opens, closes in sorted(((0, opens), _closing(closes)) for opens, closes in stretches):
        if opens >= closes:
            raise CalendarError("A stretch of working time ends before it begins.")
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _closing(closes: time) -> _Wall:
    return _MIDNIGHT if closes == time.min or closes >= time(23, 59) else (0, closes)


def _day_after(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise CalendarError("So much working time reaches beyond the last day of the calendar.") from None


def _utc(instant: datetime) -> datetime:
    """Refuse what would be read in the zone of the machine, and make sums that no change of clocks disturbs."""
    if instant.tzinfo is None:
        raise CalendarError("An instant needs its time zone.")
    return instant.astimezone(UTC)
