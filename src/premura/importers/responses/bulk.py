"""Rows of responses and answers written as plain tuples: the same columns as the models, without making an object each.

On PostgreSQL with COPY, on SQLite with one prepared statement. The values pass through the model's own fields only
where they differ from row to row in kind, so a change of a column's type shows in the tests at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from premura.loop.listen.models import Answer, Response

RESPONSE = (
    "id", "survey", "version", "perspective", "subject", "moment", "customer", "location", "channel", "language",
    "answered_at", "answered_on", "week_on", "weight", "source", "external_id",
)  # fmt: skip
ANSWER = ("response", "question", "part", "kind", "touchpoint", "scale", "score", "choices", "text")
#: The same with a figure and a day, which few files hold
FIGURES = (*ANSWER, "number", "given_on")
#: What every row of a file has: columns that may not be empty and that no file fills
RESPONSE_DEFAULTS = {"fields": "{}"}
ANSWER_DEFAULTS = {"contact": "{}"}
PAGES_KB = 128 * 1024
#: Rows of one statement: SQLite opens a table and its indexes once for all of them
AT_ONCE = 200
Row = Sequence[Any]


class Prepared:
    """Values as this database's driver takes them; days and lists of options recur and are remembered."""

    def __init__(self) -> None:
        self.is_sqlite = connection.vendor == "sqlite"
        self._days: dict[date, Any] = {}
        self._choices: dict[tuple[str, ...], Any] = {}

    def id(self, value: UUID) -> Any:
        return value.hex if self.is_sqlite else value

    def day(self, value: date) -> Any:
        if value not in self._days:
            self._days[value] = value.isoformat() if self.is_sqlite else value
        return self._days[value]

    def instant(self, value: datetime) -> Any:
        return str(value.astimezone(UTC).replace(tzinfo=None)) if self.is_sqlite else value

    def figures(self, number: Decimal | None, day: date | None) -> tuple[Any, Any]:
        """The last two columns of ``FIGURES``."""
        figure = None if number is None else connection.ops.adapt_decimalfield_value(number, 17, 4)
        return figure, None if day is None else self.day(day)

    def choices(self, value: Iterable[str]) -> Any:
        codes = tuple(value)
        if codes not in self._choices:
            self._choices[codes] = json.dumps(list(codes))
        return self._choices[codes]


@contextmanager
def room_to_write() -> Iterator[None]:
    """More memory for SQLite's pages while many rows go into many indexes; it has 2 MB otherwise."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size = -{PAGES_KB}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -2000")


def write_rows(
    responses: Sequence[Row],
    answers: Sequence[Row],
    response_names: Sequence[str] = RESPONSE,
    same: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert rows in the order of the names. ``same``: what all responses have in common. Runs inside a transaction.

    The rows of ``answers`` are as wide as ``ANSWER`` or as ``FIGURES``.
    """
    _insert(Response, response_names, responses, {**same, **RESPONSE_DEFAULTS})
    width = len(ANSWER)
    figures = [row for row in answers if len(row) != width]
    plain = [row for row in answers if len(row) == width] if figures else answers
    _insert(Answer, ANSWER, plain, ANSWER_DEFAULTS)
    _insert(Answer, FIGURES, figures, ANSWER_DEFAULTS)


def _insert(model: type[Model], names: Sequence[str], rows: Sequence[Row], same: Mapping[str, Any]) -> None:
    if not rows:
        return
    quoted = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in (*same, *names)]
    columns = ", ".join(quoted(str(field.column)) for field in fields)  # type: ignore[union-attr]
    table, always = quoted(model._meta.db_table), tuple(same.values())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*always, *row))
            return
        # The driver's own cursor: Django would rewrite every row's marks and keep every row for its log
        execute = cursor.connection.executemany
        head = f"INSERT INTO {table} ({columns}) VALUES "  # noqa: S608  # names of ours
        whole = len(rows) - len(rows) % AT_ONCE
        if whole:
            flat = list(chain.from_iterable(rows[:whole]))
            step = AT_ONCE * len(names)
            statement = head + ", ".join(_marks(len(same), len(names), AT_ONCE))
            execute(statement, ((*always, *flat[start : start + step]) for start in range(0, len(flat), step)))
        execute(head + _marks(len(same), len(names), 1)[0], ((*always, *row) for row in rows[whole:]))


def _marks(same: int, own: int, rows: int) -> list[str]:
    """Marks of many rows in one statement: the numbers of what they have in common are used by each."""
    always = [f"?{n}" for n in range(1, same + 1)]
    first = same + 1
    return [
        "(" + ", ".join([*always, *(f"?{n}" for n in range(start, start + own))]) + ")"
        for start in range(first, first + rows * own, own)
    ]
