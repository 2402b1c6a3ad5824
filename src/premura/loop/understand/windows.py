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

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """The first instant of the window and the first instant after it, where the company is."""
        return _midnight(self.first_day, zone), _midnight(self.last_day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
