"""Typed rows, one at a time: scores on their scale, days, texts; what cannot be taken is rejected with its reason.

For every column that is read, and every row that is accepted: counted + missing + set aside + rejected = rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import TypeVar

from premura.importers.table.dates import Moment, parse_moment
from premura.importers.table.notes import Note, Rejection
from premura.importers.table.numbers import parse_number, parse_rating, parse_yes_no
from premura.importers.table.plan import ColumnPlan, Plan, body
from premura.importers.table.profile import is_missing
from premura.importers.table.roles import SCALED, Role
from premura.importers.table.rows import RawRow
from premura.importers.table.scales import ZERO_TEN, Scale
from premura.importers.table.seen import SeenIds

_CACHE = 20_000
# Options are known only when the whole column is: whoever writes them reads them from the cells
_UNREAD = frozenset({Role.IGNORE, Role.CHOICE, Role.NUMBER, Role.REPLY, Role.REPLIED})
_TEXTS = {
    Role.SUBJECT: "subject",
    Role.LOCATION: "location",
    Role.TOUCHPOINT: "touchpoint",
    Role.CUSTOMER: "customer",
    Role.EMAIL: "email",
    Role.LANGUAGE: "language",
    Role.CHANNEL: "channel",
}


@dataclass(frozen=True, slots=True)
class Score:
    """One mark and the scale it was given on."""

    value: float
    scale: Scale


@dataclass(slots=True)
class TableRow:
    """One accepted record. ``day`` is the day of the answer as written, ``instant`` its time where the file has one.

    ``scores`` holds overall, NPS, CSAT, CES and touchpoint marks by column; ``recommended`` yes and no by column;
    ``comments`` texts by column; ``dates`` every readable date by column. Absent means missing, set aside or rejected;
    ``unplaced`` keeps the marks whose scale could not be told, which no figure may use.
    """

    line: int
    day: date | None = None
    instant: datetime | None = None
    scores: dict[str, Score] = field(default_factory=dict)
    unplaced: dict[str, float] = field(default_factory=dict)
    recommended: dict[str, bool] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    dates: dict[str, Moment] = field(default_factory=dict)
    id: str | None = None
    subject: str | None = None
    location: str | None = None
    touchpoint: str | None = None
    customer: str | None = None
    email: str | None = None
    language: str | None = None
    channel: str | None = None
    weight: float | None = None
    cells: list[str] = field(default_factory=list, repr=False)

    @property
    def fingerprint(self) -> str:
        """The same for the same cells, whatever was declared about them: tells a row of a file without ids again."""
        return blake2b("\x1f".join(self.cells).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass
class Ledger:
    """What became of one column's cells; ``aside`` counts by reason code."""

    counted: int = 0
    missing: int = 0
    rejected: int = 0
    aside: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.counted + self.missing + self.rejected + sum(self.aside.values())


class Table:
    """The rows of a planned file. Iterate once; the counts are complete when the iteration is.

    ``rows_read`` = ``rows_accepted`` + ``rows_rejected``; every rejection, of cell or row, goes to ``on_reject``.
    """

    def __init__(self, plan: Plan, on_reject: Callable[[Rejection], None] | None = None) -> None:
        self.plan = plan
        self.on_reject = on_reject
        self.rows_read = 0
        self.rows_accepted = 0
        self.rows_rejected = 0
        self.rejections = 0
        self.short_rows = 0
        self.codes: Counter[tuple[str | None, str, str]] = Counter()
        self.ledger: dict[str, Ledger] = {c.name: Ledger() for c in plan.columns if c.role not in _UNREAD}
        self.seen = SeenIds()
        # Dates first: a scale that changed on some day needs the day of the row.
        ordered = sorted(plan.with_role(*(set(Role) - _UNREAD)), key=lambda c: (c.role is not Role.DATE, c.index))
        self.readers = [(column, self.ledger[column.name], self._reader(column)) for column in ordered]
        self.id_column = next(iter(plan.with_role(Role.ID)), None)

    def __iter__(self) -> Iterator[TableRow]:
        width = len(self.plan.header.names)
        for raw in body(self.plan.source, self.plan.header):
            self.rows_read += 1
            if self.refuses(raw, width):
                self.rows_rejected += 1
                continue
            self.rows_accepted += 1
            self.short_rows += len(raw.cells) < width
            yield self.row(raw)

    def closing_notes(self) -> list[Note]:
        """What only the whole reading shows: codes that nobody declared, rows cut short. Call after iterating."""
        notes = [
            Note("probable-code", column, {"count": count, "value": value})
            for (column, code, value), count in self.codes.most_common()
            if code == "out-of-scale" and count >= 5 and count >= 0.005 * self.rows_read
        ]
        if self.short_rows:
            notes.append(Note("short-rows", None, {"count": self.short_rows}))
        return notes

    def refuses(self, raw: RawRow, width: int) -> bool:
        if raw.broken:
            self.reject(raw.line, None, " ".join(raw.cells)[:200], raw.broken, {"last": raw.last})
        elif len(raw.cells) > width and any(cell.strip() for cell in raw.cells[width:]):
            values = {"count": len(raw.cells), "width": width}
            self.reject(raw.line, None, " ".join(raw.cells[width:])[:200], "too-many-cells", values)
        elif self.id_column and self._is_repeated(raw, self.id_column):
            self.reject(raw.line, self.id_column.name, raw.cells[self.id_column.index].strip(), "duplicate-id", {})
        else:
            return False
        return True

    def _is_repeated(self, raw: RawRow, column: ColumnPlan) -> bool:
        text = raw.cells[column.index].strip() if column.index < len(raw.cells) else ""
        return not is_missing(text, set(column.missing)) and not self.seen.is_new(text)

    def row(self, raw: RawRow) -> TableRow:
        row = TableRow(raw.line, cells=raw.cells)
        cells = raw.cells
        width = len(cells)
        for column, ledger, read in self.readers:
            cell = cells[column.index] if column.index < width else ""
            if not cell:
                ledger.missing += 1
            else:
                read(row, cell, ledger)
        return row

    def reject(self, line: int, column: str | None, value: str, code: str, values: Mapping[str, object]) -> None:
        self.rejections += 1
        key = (column, code, value[:40])
        if key in self.codes or len(self.codes) < 5000:
            self.codes[key] += 1
        if self.on_reject:
            self.on_reject(Rejection(line, column, value[:200], code, values))

    def _reader(self, column: ColumnPlan) -> Callable[[TableRow, str, Ledger], None]:
        if column.role in SCALED or column.role is Role.NPS:
            return self._score_reader(column)
        if column.role is Role.DATE:
            return self._date_reader(column)
        if column.role is Role.RECOMMENDED:
            return self._yes_no_reader(column)
        if column.role is Role.WEIGHT:
            return self._weight_reader(column)
        return self._text_reader(column)

    def _score_reader(self, column: ColumnPlan) -> Callable[[TableRow, str, Ledger], None]:
        number_of = _cached(parse_rating, column)
        name, rule, whole = column.name, column.rule, column.role is Role.NPS
        # Where the scale never changes, the same text is always the same score.
        settled = whole or (rule is not None and len(rule.parts) == 1)
        known: dict[str, Score] = {}

        def read(row: TableRow, cell: str, ledger: Ledger) -> None:
            if cell in known:
                ledger.counted += 1
                row.scores[name] = known[cell]
                return
            value = number_of(cell)
            if isinstance(value, _Missing):
                ledger.missing += 1
            elif value is None:
                self._cell(row, ledger, name, cell, "not-a-number", {})
            elif whole:
                self._nps(row, ledger, name, cell, value)
            elif rule is None:
                ledger.aside["unclear-scale"] += 1
            else:
                placed = rule.place(value, row.day)
                if placed.scale:
                    ledger.counted += 1
                    row.scores[name] = Score(value, placed.scale)
                elif placed.aside:
                    ledger.aside[placed.aside] += 1
                    if placed.aside == "scale-unknown":
                        row.unplaced[name] = value
                else:
                    self._cell(row, ledger, name, cell, "out-of-scale", {"scale": str(placed.outside)})
            if settled and name in row.scores and len(known) < _CACHE:
                known[cell] = row.scores[name]

        return read

    def _nps(self, row: TableRow, ledger: Ledger, name: str, cell: str, value: float) -> None:
        if not ZERO_TEN.holds(value):
            self._cell(row, ledger, name, cell, "out-of-scale", {"scale": str(ZERO_TEN)})
        elif value != int(value):
            self._cell(row, ledger, name, cell, "not-whole", {})
        else:
            ledger.counted += 1
            row.scores[name] = Score(value, ZERO_TEN)

    def _date_reader(self, column: ColumnPlan) -> Callable[[TableRow, str, Ledger], None]:
        moment_of = _cached(lambda text: parse_moment(text, day_first=column.day_first, serial=column.serial), column)
        is_main = column.name == self.plan.date_column

        def read(row: TableRow, cell: str, ledger: Ledger) -> None:
            moment = moment_of(cell)
            if isinstance(moment, _Missing):
                ledger.missing += 1
            elif moment is None:
                self._cell(row, ledger, column.name, cell, "unreadable-date", {"day_first": column.day_first})
            else:
                ledger.counted += 1
                row.dates[column.name] = moment
                if is_main:
                    row.day, row.instant = moment.day, moment.instant

        return read

    def _yes_no_reader(self, column: ColumnPlan) -> Callable[[TableRow, str, Ledger], None]:
        answer_of = _cached(parse_yes_no, column)

        def read(row: TableRow, cell: str, ledger: Ledger) -> None:
            answer = answer_of(cell)
            if isinstance(answer, _Missing):
                ledger.missing += 1
            elif answer is None:
                self._cell(row, ledger, column.name, cell, "not-yes-no", {})
            else:
                ledger.counted += 1
                row.recommended[column.name] = answer

        return read

    def _weight_reader(self, column: ColumnPlan) -> Callable[[TableRow, str, Ledger], None]:
        number_of = _cached(parse_number, column)

        def read(row: TableRow, cell: str, ledger: Ledger) -> None:
            weight = number_of(cell)
            if isinstance(weight, _Missing):
                ledger.missing += 1
            elif weight is None or not 0 <= weight < 1e9:
                self._cell(row, ledger, column.name, cell, "bad-weight", {})
            else:
                ledger.counted += 1
                row.weight = weight

        return read

    def _text_reader(self, column: ColumnPlan) -> Callable[[TableRow, str, Ledger], None]:
        codes = set(column.missing)
        attribute = _TEXTS.get(column.role, "id")
        is_comment = column.role is Role.COMMENT

        def read(row: TableRow, cell: str, ledger: Ledger) -> None:
            text = cell.strip()
            if is_missing(text, codes):
                ledger.missing += 1
                return
            ledger.counted += 1
            if is_comment:
                row.comments[column.name] = text
            elif getattr(row, attribute) is None:
                setattr(row, attribute, text)

        return read

    def _cell(
        self, row: TableRow, ledger: Ledger, column: str, cell: str, code: str, values: Mapping[str, object]
    ) -> None:
        ledger.rejected += 1
        self.reject(row.line, column, cell.strip(), code, values)


class _Missing:
    """The cell holds nothing, as opposed to something that cannot be read (None)."""


_MISSING = _Missing()


T = TypeVar("T")


def _cached(parse: Callable[[str], T | None], column: ColumnPlan) -> Callable[[str], T | _Missing | None]:
    """``parse`` with a memory of the values met: a column of marks holds a dozen, a column of days a few thousand."""
    codes = set(column.missing)
    met: dict[str, T | _Missing | None] = {}

    def look(cell: str) -> T | _Missing | None:
        if cell in met:
            return met[cell]
        value = _MISSING if is_missing(cell, codes) else parse(cell.strip())
        if len(met) < _CACHE:
            met[cell] = value
        return value

    return look
