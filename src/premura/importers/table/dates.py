"""Dates and instants as people write them, in Italian and English, and which comes first, the day or the month."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

_ISO = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s]+(.+))?$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:[T\s]?(\d{6}))?$")
_NUMERIC = re.compile(r"^(\d{1,2})([-/.\s])(\d{1,2})\2(\d{4}|\d{2})(?:[,T\s]+(.+))?$")
_DAY_NAMED = re.compile(
    r"^(?:[^\W\d]+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th|º|°|o)?[\s\-]+([^\W\d]+)\.?,?[\s\-]+(\d{4})(?:[,\s]+(.+))?$"
)
_MONTH_NAMED = re.compile(
    r"^(?:[^\W\d]+\.?,?\s+)?([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[,\s]+(.+))?$"
)
_CLOCK = re.compile(
    r"^(?:alle\s+|ore\s+|at\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*"
    r"(Z|UTC|GMT|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|CES?T)?$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"^\d{5}(?:[.,]\d+)?$")
_UNIX = re.compile(r"^1\d{9}(?:\d{3})?$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "gennaio gen january jan",
            "febbraio feb february",
            "marzo mar march",
            "aprile apr april",
            "maggio mag may",
            "giugno giu june jun",
            "luglio lug july jul",
            "agosto ago august aug",
            "settembre set sett september sep sept",
            "ottobre ott october oct",
            "novembre nov november",
            "dicembre dic december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "cet": 60, "cest": 120}
EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)
_SERIAL_FROM, _SERIAL_TO = 36_526, 54_789
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no zone


@dataclass(frozen=True)
class Moment:
    """When: the calendar day as written, and the instant when the cell also holds a time (aware if it names a zone)."""

    day: date
    instant: datetime | None = None


@dataclass
class OrderEvidence:
    """How many numeric dates can only be day/month, only month/day, or either; mergeable by adding."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    dotted: int = 0
    am_pm: int = 0
    samples: list[str] = field(default_factory=list)

    def see(self, text: str, count: int = 1) -> None:
        """Take a date that stands there ``count`` times."""
        found = _NUMERIC.match(text)
        if not found:
            return
        first, second = int(found.group(1)), int(found.group(3))
        if first > 12 >= second:
            self.day_first += count
        elif second > 12 >= first:
            self.month_first += count
        elif first <= 12 and second <= 12 and first != second:
            self.either += count
            if len(self.samples) < 3 and text not in self.samples:
                self.samples.append(text)
        self.dotted += count * (found.group(2) == ".")
        self.am_pm += count * text.rstrip(". ").lower().endswith(("am", "pm"))

    @property
    def verdict(self) -> str:
        """``none`` (no numeric dates to order), ``day``, ``month``, ``both`` (they contradict) or ``unknown``."""
        if self.day_first and self.month_first:
            return "both"
        if self.day_first:
            return "day"
        if self.month_first:
            return "month"
        return "unknown" if self.either else "none"

    def likely_day_first(self) -> bool:
        """The best guess where the dates themselves do not tell: an English clock speaks for the month first."""
        if self.day_first != self.month_first:
            return self.day_first > self.month_first
        return not self.am_pm


def parse_moment(text: str, *, day_first: bool = True, serial: bool = False) -> Moment | None:
    """The moment written in ``text``, or None.

    ``day_first`` orders ``03/04/2026``; ``serial`` also accepts spreadsheet day numbers and Unix seconds. Days before
    1970 or after 2100 are not believed.

    >>> parse_moment("12/02/2026 19.07.17").instant
    datetime.datetime(2026, 2, 12, 19, 7, 17)
    >>> parse_moment("giovedì 19 marzo 2026").day, parse_moment("Mar 19, 2026").day
    (datetime.date(2026, 3, 19), datetime.date(2026, 3, 19))
    >>> parse_moment("03/04/2026", day_first=False).day, parse_moment("46100", serial=True).day
    (datetime.date(2026, 3, 4), datetime.date(2026, 3, 19))
    >>> parse_moment("31/02/2026") is None
    True
    """
    text = text.strip()
    if serial and (_SERIAL.match(text) or _UNIX.match(text)):
        return _from_count(text)
    parts = _parts(text, day_first)
    if parts is None:
        return None
    year, month, day, clock = parts
    try:
        on = date(year, month, day)
        instant = _at(on, clock) if clock else None
    except ValueError:
        return None
    if clock and instant is None:
        return None
    return Moment(on, instant) if EARLIEST <= on <= LATEST else None


def _parts(text: str, day_first: bool) -> tuple[int, int, int, str | None] | None:
    if found := _ISO.match(text):
        return int(found[1]), int(found[3]), int(found[4]), found[5]
    if found := _NUMERIC.match(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day, month = (first, second) if day_first else (second, first)
        return year + (2000 if year < 70 else 1900 if year < 100 else 0), month, day, found[5]
    if found := _COMPACT.match(text):
        clock = found[4]
        return int(found[1]), int(found[2]), int(found[3]), clock and f"{clock[:2]}:{clock[2:4]}:{clock[4:]}"
    if found := _DAY_NAMED.match(text):
        named = _MONTHS.get(found[2].lower())
        return (int(found[3]), named, int(found[1]), found[4]) if named else None
    if found := _MONTH_NAMED.match(text):
        named = _MONTHS.get(found[1].lower())
        return (int(found[3]), named, int(found[2]), found[4]) if named else None
    return None


def _at(on: date, clock: str) -> datetime | None:
    found = _CLOCK.match(clock.strip())
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5].lower().startswith("p") else 0)
    micro = int((found[4] or "0")[:6].ljust(6, "0"))
    return datetime.combine(on, time(hour, minute, second, micro), tzinfo=_zone(found[6]))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    folded = text.lower()
    if folded in _ZONES:
        return timezone(timedelta(minutes=_ZONES[folded]))
    digits = re.sub(r"[^\d]", "", folded)
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return timezone((-1 if "-" in folded else 1) * timedelta(hours=hours, minutes=minutes))


def is_serial(text: str) -> bool:
    """Whether a text may be a day as a spreadsheet numbers it, from 2000 to 2050.

    >>> is_serial("46100"), is_serial("46100.5"), is_serial("12345"), is_serial("461000")
    (True, True, False, False)
    """
    return bool(_SERIAL.match(text)) and _SERIAL_FROM <= float(text.replace(",", ".")) < _SERIAL_TO


def _from_count(text: str) -> Moment | None:
    if _UNIX.match(text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        instant = datetime.fromtimestamp(seconds, tz=UTC)
        return Moment(instant.date(), instant)
    whole = float(text.replace(",", "."))
    moment = _EXCEL_EPOCH + timedelta(days=whole)
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    if not EARLIEST <= moment.date() <= LATEST:
        return None
    return Moment(moment.date(), moment if whole != int(whole) else None)
