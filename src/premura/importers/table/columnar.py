"""The same rows column by column: what the careful reader makes of a cell is made once and remembered.

A file has a million rows and a dozen different marks. Each column is read through a memory of the cells that were met;
a row with anything that wants care (a refused or set-aside value, another width) is handed to the reader of rows, so
that there is one place where it is decided what a cell means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol

from premura.importers.table.dates import Moment, parse_moment
from premura.importers.table.plan import ColumnPlan, Plan
from premura.importers.table.profile import BLANKS
from premura.importers.table.reading import Ledger, Table, TableRow
from premura.importers.table.roles import SCALED, Role
from premura.importers.table.rows import Batch, RawRow

_REMEMBERED = 20_000
# The row of this cell wants the reader of rows
CARE: Any = object()
_DAY = re.compile(r"\d{4}([-/.])\d\d\1\d\d|\d\d([-/.])\d\d\2\d{4}", re.ASCII)
_CLOCK = re.compile(r"[ T]([01]\d|2[0-3])[:.]([0-5]\d)(?:[:.]([0-5]\d))?", re.ASCII)
# The longest text that says «nothing» is «blank»
_LONGEST_BLANK = 5
_ONE_EACH = (Role.ID, Role.SUBJECT, Role.LOCATION, Role.TOUCHPOINT, Role.CUSTOMER, Role.EMAIL, Role.LANGUAGE,
             Role.CHANNEL, Role.WEIGHT)  # fmt: skip


class Moments(Protocol):
    """What a caller makes of a moment: a tuple that begins with a text or an instant."""

    def __call__(self, moment: Moment) -> tuple[Any, ...]: ...

    def hour(self, day: date, hour: int) -> tuple[Any, ...] | None:
        """The same of a whole hour, its text without minutes and seconds; None where these cannot be appended."""


class Memory(dict[str, Any]):
    """What ``make`` makes of a text, remembered; ``has_care`` once something wanted care."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self.make = make
        self.has_care = False

    def __missing__(self, cell: str) -> Any:
        value = self.make(cell)
        self.has_care = self.has_care or value is CARE
        if len(self) < _REMEMBERED:
            self[cell] = value
        return value

    def of(self, cells: Sequence[str]) -> list[Any]:
        return list(map(self.__getitem__, cells))


@dataclass
class Columns:
    """Rows that need no care. ``values`` by column name: marks, texts, moments; None where there is nothing."""

    batch: Batch
    values: dict[str, list[Any]] = field(default_factory=dict)

    def without(self, places: set[int]) -> Columns:
        kept = [i for i in range(len(self.batch.cells)) if i not in places]
        return Columns(self.batch.without(places), {n: [v[i] for i in kept] for n, v in self.values.items()})


def can_be_read(plan: Plan) -> bool:
    """Whether a column's cell always means the same, whatever stands beside it, and no two columns say the same."""
    settled = all(c.rule is None or (len(c.rule.parts) == 1 and not c.rule.mixed) for c in plan.with_role(*SCALED))
    single = all(len(list(plan.with_role(role))) < 2 for role in _ONE_EACH)
    return settled and single and not any(c.missing for c in plan.with_role(Role.ID))


class ColumnReader:
    """Reads batches of ``table``; the table's counts and refusals are kept as if its rows were iterated.

    ``moment`` makes of the main date whatever the caller wants to have of it.
    """

    def __init__(self, table: Table, moment: Moments) -> None:
        self.table = table
        self.plan = table.plan
        self.width = len(table.plan.header.names)
        self._probe = Table(table.plan)
        self._columns = [(column, table.ledger[column.name], self._memory(column, read, moment))
                         for column, _ledger, read in self._probe.readers]  # fmt: skip

    def read(self, batch: Batch) -> tuple[Columns, list[TableRow]]:
        """The rows that need no care, and those that were read with care, in the order of the file."""
        table = self.table
        table.rows_read += len(batch.cells) + len(batch.odd)
        for raw in batch.odd:
            table.refuses(raw, self.width)
            table.rows_rejected += 1
        batch = self._without_repeated(self._without_too_long(batch))
        table.rows_accepted += len(batch.cells)
        other = {i for i, cells in enumerate(batch.cells) if len(cells) != self.width}
        table.short_rows += sum(len(batch.cells[i]) < self.width for i in other)
        careful = [(batch.lines[i], batch.cells[i]) for i in other]
        columns = Columns(batch.without(other))
        wants_care = self._fill(columns)
        careful += [(columns.batch.lines[i], columns.batch.cells[i]) for i in wants_care]
        if wants_care:
            columns = columns.without(wants_care)
        self._count(columns)
        return columns, [table.row(RawRow(line, cells)) for line, cells in sorted(careful)]

    def as_rows(self, columns: Columns, places: Sequence[int]) -> list[TableRow]:
        """Rows that were read and counted already, as the reader of rows would give them."""
        batch = columns.batch
        return [self._probe.row(RawRow(batch.lines[i], batch.cells[i])) for i in places]

    def _fill(self, columns: Columns) -> set[int]:
        wants_care: set[int] = set()
        cells = list(zip(*columns.batch.cells, strict=True)) or [()] * self.width
        for column, _ledger, memory in self._columns:
            values = self._ids(cells[column.index]) if memory is None else memory.of(cells[column.index])
            if memory is None or memory.has_care:
                wants_care.update(i for i, value in enumerate(values) if value is CARE)
            columns.values[column.name] = values
        return wants_care

    def _count(self, columns: Columns) -> None:
        for column, ledger, _memory in self._columns:
            values = columns.values[column.name]
            missing = values.count(None)
            ledger.missing += missing
            if column.role in SCALED and column.rule is None:
                ledger.aside["unclear-scale"] += len(values) - missing
            else:
                ledger.counted += len(values) - missing

    def _without_too_long(self, batch: Batch) -> Batch:
        places = {i for i, c in enumerate(batch.cells) if len(c) > self.width and any(map(str.strip, c[self.width :]))}
        for i in sorted(places):
            self.table.refuses(RawRow(batch.lines[i], batch.cells[i]), self.width)
        self.table.rows_rejected += len(places)
        return batch.without(places)

    def _without_repeated(self, batch: Batch) -> Batch:
        column = self.table.id_column
        if column is None:
            return batch.without(set())
        index = column.index
        texts = [cells[index].strip() if index < len(cells) else "" for cells in batch.cells]
        filled = [i for i, text in enumerate(texts) if len(text) > _LONGEST_BLANK or not _is_blank(text)]
        new = self.table.seen.are_new([texts[i] for i in filled])
        repeated = [i for i, is_new in zip(filled, new, strict=True) if not is_new]
        for i in repeated:
            self.table.reject(batch.lines[i], column.name, texts[i], "duplicate-id", {})
        self.table.rows_rejected += len(repeated)
        return batch.without(set(repeated))

    @staticmethod
    def _ids(cells: Sequence[str]) -> list[Any]:
        """All different, so nothing is remembered; one that is missing or too long for its column wants care."""
        texts = map(str.strip, cells)
        return [text if _LONGEST_BLANK < len(text) <= 120 or _is_short_id(text) else CARE for text in texts]

    def _memory(
        self, column: ColumnPlan, read: Callable[[TableRow, str, Ledger], None], moment: Moments
    ) -> Memory | None:
        if column.role is Role.ID:
            return None
        is_main = column.name == self.plan.date_column
        value_of = _value_of(column, moment if is_main else None)

        def make(cell: str) -> Any:
            row, ledger = TableRow(0), Ledger()
            if not cell:
                return None
            read(row, cell, ledger)
            if ledger.missing:
                return None
            if ledger.counted:
                return value_of(row)
            return True if column.role in SCALED and column.rule is None and ledger.aside else CARE

        return Memory(_by_day_and_clock(column, make, moment) if is_main and not column.missing else make)


def _is_short_id(text: str) -> bool:
    return len(text) <= _LONGEST_BLANK and not _is_blank(text)


def _is_blank(text: str) -> bool:
    return len(text) <= _LONGEST_BLANK and text.lower() in BLANKS


def _value_of(column: ColumnPlan, moment: Callable[[Moment], Any] | None) -> Callable[[TableRow], Any]:
    name, role = column.name, column.role
    if role in SCALED or role is Role.NPS:

        def mark(row: TableRow) -> Any:
            value = row.scores[name].value
            return int(value) if value == int(value) else CARE

        return mark
    if role is Role.DATE:
        return (lambda row: moment(row.dates[name])) if moment else (lambda row: True)
    if role is Role.RECOMMENDED:
        return lambda row: row.recommended[name]
    if role is Role.COMMENT:
        return lambda row: row.comments[name]
    return lambda row: getattr(row, str(role))


def _by_day_and_clock(
    column: ColumnPlan, slowly: Callable[[str], Any], moment: Moments
) -> Callable[[str], tuple[Any, ...] | None]:
    """A day of ten signs and a clock, each remembered: instants hardly come again, their halves all the time."""
    days: dict[str, date | None] = {}
    clocks: dict[str, tuple[time, str] | None] = {}
    hours: dict[tuple[str, int], tuple[Any, ...] | None] = {}

    def make(cell: str) -> Any:
        head, tail = cell[:10], cell[10:]
        if not tail:
            return slowly(cell)
        if tail not in clocks and len(clocks) < 4 * _REMEMBERED:
            clocks[tail] = _clock(tail)
        if (said := clocks.get(tail)) is None:
            return slowly(cell)
        clock, minutes = said
        key = (head, clock.hour)
        if key not in hours:
            if head not in days:
                found = parse_moment(head, day_first=column.day_first) if _DAY.fullmatch(head) else None
                days[head] = found.day if found else None
            day = days[head]
            hours[key] = moment.hour(day, clock.hour) if day else None
        if hour := hours[key]:
            return (hour[0] + minutes, *hour[1:])
        day = days[head]
        return moment(Moment(day, datetime.combine(day, clock))) if day else slowly(cell)

    return make


def _clock(text: str) -> tuple[time, str] | None:
    said = _CLOCK.fullmatch(text)
    return (time(int(said[1]), int(said[2]), int(said[3] or 0)), f":{said[2]}:{said[3] or '00'}") if said else None
