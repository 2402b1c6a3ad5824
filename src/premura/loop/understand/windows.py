"""A stretch of calendar days of the company, first and last included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, order=True)
class Window:
    """Days from ``first_day`` to ``last_day``, both included; ``ValueError`` when they are the wrong way round."""

    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"{self.first_day} is after {self.last_day}")

    @classmethod
    def ending(cls, last_day: date, days: int) -> "Window":
        """The ``days`` days that end with ``last_day``.

        >>> Window.ending(date(2026, 3, 31), 31).first_day
        datetime.date(2026, 3, 1)
        """
        return cls(last_day - timedelta(days=days - 1), last_day)

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def previous(self) -> "Window":
        """The window of equal length that ends the day before this one begins.

        >>> Window(date(2026, 3, 1), date(2026, 3, 31)).previous
        Window(first_day=datetime.date(2026, 1, 29), last_day=datetime.date(2026, 2, 28))
        """
        return Window.ending(self.first_day - timedelta(days=1), self.days)

    @property
    def year_before(self) -> "Window":
        """The same days of the year before; 29 February becomes the 28th.

        >>> Window(date(2024, 2, 29), date(2024, 3, 31)).year_before
        Window(first_day=datetime.date(2023, 2, 28), last_day=datetime.date(2023, 3, 31))
        """
        return Window(_year_before(self.first_day), _year_before(self.last_day))

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """The first instant of the window and the first instant after it, where the company is."""
        return _midnight(self.first_day, zone), _midnight(self.last_day + timedelta(days=1), zone)


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=max(1, day.year - 1), day=28 if is_leap_day else day.day)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
