"""Rows that need no care become responses and answers column by column; the others go the careful way.

What a cell means is decided elsewhere (``importers.table.columnar`` remembers what the reader of rows makes of it);
here whole columns of it are put side by side as rows of the database.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import blake2b
from itertools import repeat
from operator import itemgetter
from typing import Any

from django.db import transaction

from premura.importers.responses.bulk import Row, write_rows
from premura.importers.responses.careful import (
    CHANNELS,
    Said,
    already_here,
    customers_by_email,
    held_answers,
    is_given,
    said_of,
    write_careful,
)
from premura.importers.responses.choices import Chosen
from premura.importers.responses.columns import Asked
from premura.importers.responses.ids import hex_ids, ids_of
from premura.importers.responses.under_way import Writing
from premura.importers.table import Plan, RejectionFile, Table, TableRow
from premura.importers.table.columnar import CARE, ColumnReader, Columns, Memory
from premura.importers.table.dates import Moment
from premura.importers.table.plan import body_batches
from premura.importers.table.roles import SCALED, Role
from premura.importers.table.rows import Batch
from premura.loop.listen.definition import TEXT_LIMIT
from premura.loop.understand.whole_months import whole_months

# A file of fewer rows is marked row by row: the engine then takes in the rows and no whole months
MANY = 20_000
_NAMES = ("id", "subject", "customer", "location", "channel", "language", "answered_at", "answered_on", "week_on",
          "weight", "external_id")  # fmt: skip
Values = Sequence[Any]
_ALMOST_AN_HOUR = timedelta(minutes=59, seconds=59)
Keyed = list[tuple[str, TableRow]]


def marking_of(rows: int) -> AbstractContextManager[set[date]]:
    """How the engine learns of a file of so many rows."""
    return whole_months("a large file") if rows >= MANY else nullcontext(set())


@contextmanager
def no_collecting() -> Iterator[None]:
    """Hundreds of thousands of small tuples hold no circles, but each few hundred would have some looked for."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class ColumnWriter:
    """One import under way, a batch of rows at a time."""

    def __init__(self, writing: Writing, table: Table) -> None:
        self.writing = writing
        self.table = table
        self.clock = Clock(writing)
        self.reader = ColumnReader(table, self.clock)
        self.columns = {column.role: column.name for column in table.plan.columns}
        self.when = table.plan.date_column or ""
        self.undated = self.clock(Moment(writing.default_day)) if writing.default_day else None
        self.questions = list(_questions(writing, table.plan))
        self.chosen = [(asked, one.places, Memory(_chosen_of(one))) for one, asked in writing.chosen]
        self.subject_of = Memory(lambda name: writing.subject(name).pk)
        self.location_of = Memory(lambda name: found.pk if (found := writing.location(name)) else None)
        self.place_of = Memory(lambda name: writing.touchpoint(name).pk)

    def write(self, rejections: RejectionFile, progress: Callable[[int, int], None]) -> None:
        """All rows of the table, one transaction a batch."""
        plan = self.table.plan
        with no_collecting():
            for batch in body_batches(plan.source, plan.header):
                with transaction.atomic(), marking_of(plan.rows) as days:
                    self._write_batch(batch, rejections, days)
                progress(self.table.rows_read, plan.rows)

    def _write_batch(self, batch: Batch, rejections: RejectionFile, days: set[date]) -> None:
        columns, careful = self.reader.read(batch)
        columns, keys, answers, keyed = self._settled(columns)
        keyed += [(self.writing.keys.of(row), row) for row in careful]
        write_rows(*self._rows(columns, keys, answers, days))
        write_careful(self.writing, sorted(keyed, key=lambda pair: pair[1].line), rejections, days)

    def _settled(self, columns: Columns) -> tuple[Columns, list[str], list[Values], Keyed]:
        """Without the rows that were here before, have no day, answer nothing, or chose what is no option."""
        keys = self._keys(columns)
        answers = self._answers(columns)
        wanting = {i for values in answers for i, value in enumerate(values) if value is CARE}
        if self.undated is None:
            days = columns.values.get(self.when, [None] * len(keys))
            wanting.update(i for i, value in enumerate(days) if value is None)
        here = already_here(self.writing.source, keys) if self.writing.is_known_source else {}
        wanting |= _unanswered(answers, len(keys))
        unchanged = self._unchanged({i: here[key] for i, key in enumerate(keys) if key in here}, answers)
        # The others that were here before say something else now, and are refused with care
        wanting.update(i for i, key in enumerate(keys) if key in here and i not in unchanged)
        wanting -= unchanged
        if not wanting and not unchanged:
            return columns, keys, answers, []
        places = sorted(wanting)
        wanting |= unchanged
        rows = zip([keys[i] for i in places], self.reader.as_rows(columns, places), strict=True)
        kept = [i for i in range(len(keys)) if i not in wanting]
        return (columns.without(wanting), [keys[i] for i in kept],
                [[values[i] for i in kept] for values in answers], list(rows))  # fmt: skip

    def _unchanged(self, here: dict[int, Any], answers: list[Values]) -> set[int]:
        """The rows (place → response) that came before and say now what they said then.

        They are counted, unless this very import wrote them before it was cut off.
        """
        if not here:
            return set()
        first, last = ids_of(self.writing.imported.pk)
        held = held_answers(list(here.values()))
        codes = [asked.question.code for asked in self._asked()]
        found: set[int] = set()
        for place, response in here.items():
            before = held.get(response, {})
            now = [(code, values[place]) for code, values in zip(codes, answers, strict=True)]
            if all(_is_said(value, before.get(code)) for code, value in now if value is not None):
                found.add(place)
                self.writing.imported.already_there += not first <= response <= last
        return found

    def _asked(self) -> list[Asked]:
        columns = [asked for _name, _as_said, asked in self.questions]
        return columns + [asked for asked, _places, _memory in self.chosen]

    def _keys(self, columns: Columns) -> list[str]:
        """The file's own ids, else fingerprints, as ``TableRow.fingerprint`` makes them."""
        if Role.ID in self.columns:
            return columns.values[self.columns[Role.ID]]
        numbered = self.writing.keys.numbered
        texts = ("\x1f".join(cells).encode("utf-8", "surrogatepass") for cells in columns.batch.cells)
        return [numbered(blake2b(text, digest_size=16).hexdigest()) for text in texts]

    def _answers(self, columns: Columns) -> list[Values]:
        """The values of each question: those of columns first, then the ones that are read from several cells."""
        answers: list[Values] = [as_said(columns.values[name]) for name, as_said, _asked in self.questions]
        rows = columns.batch.cells
        for _asked, places, memory in self.chosen:
            pick = itemgetter(*places)
            answers.append(memory.of(list(map(pick, rows))))
        return answers

    def _texts(self, columns: Columns, role: Role) -> Values | None:
        name = self.columns.get(role)
        return columns.values[name] if name else None

    def _rows(
        self, columns: Columns, keys: list[str], answers: list[Values], days: set[date]
    ) -> tuple[list[Row], list[Row], Sequence[str], dict[str, Any]]:
        writing, count = self.writing, len(keys)
        ids = hex_ids(writing.imported.pk, writing.number + 1, count)
        writing.number += count
        writing.imported.accepted += count
        moments = columns.values.get(self.when) or [None] * count
        moments = [moment or self.undated for moment in moments]
        met = set(map(itemgetter(3), moments))
        writing.spans(met)
        days |= met
        texts = partial(self._texts, columns)
        subjects = texts(Role.SUBJECT) or repeat("", count)
        languages = texts(Role.LANGUAGE)
        channels = texts(Role.CHANNEL)
        responses: list[Row] = list(zip(
            ids,
            [self.subject_of[name or ""] for name in subjects],
            self._customers(texts(Role.EMAIL), count),
            [self.location_of[name or ""] for name in texts(Role.LOCATION) or repeat("", count)],
            [c if c in CHANNELS else "import" for c in channels] if channels else repeat("import", count),
            [(said or "")[:2].lower() for said in languages] if languages else repeat("", count),
            map(itemgetter(0), moments), map(itemgetter(1), moments), map(itemgetter(2), moments),
            texts(Role.WEIGHT) or repeat(None, count),
            keys, strict=True,
        ))  # fmt: skip
        same = {"survey": writing.version.survey_id, "version": writing.version.pk, "perspective": "customer",
                "moment": "perception", "source": writing.source}  # fmt: skip
        return responses, self._answer_rows(ids, answers, texts(Role.TOUCHPOINT)), _NAMES, same

    def _customers(self, emails: Values | None, count: int) -> Any:
        if emails is None:
            return repeat(None, count)
        lower = [email.lower() if email else "" for email in emails]
        known = customers_by_email(set(lower) - {""})
        return [found.pk if (found := known.get(email)) else None for email in lower]

    def _answer_rows(self, ids: list[str], answers: list[Values], places: Values | None) -> list[Row]:
        own = [self.place_of[name] if name else None for name in places] if places else [None] * len(ids)
        rows: list[Row] = []
        none = self.writing.prepared.choices(())
        for asked, values in zip(self._asked(), answers, strict=True):
            question = asked.question
            code, kind, scale = question.code, question.kind, question.scale
            fixed = asked.touchpoint.pk if asked.touchpoint else None
            first = next((value for value in values if value is not None), None)
            if isinstance(first, int):
                rows += [(r, code, "", kind, fixed or p, scale, value, none, "")
                         for r, value, p in zip(ids, values, own, strict=True) if value is not None]  # fmt: skip
            elif isinstance(first, str):
                rows += [(r, code, "", kind, fixed or p, scale, None, none, value)
                         for r, value, p in zip(ids, values, own, strict=True) if value is not None]  # fmt: skip
            elif isinstance(first, Decimal | date):
                rows += self._figures(asked, fixed, ids, values, own)
            else:
                codes = self.writing.prepared.choices
                rows += [(r, code, "", kind, fixed or p, scale, None, codes(value), "")
                         for r, value, p in zip(ids, values, own, strict=True) if value is not None]  # fmt: skip
        # A response's answers are read together, so they should stand together
        rows.sort(key=itemgetter(0))
        return rows

    def _figures(self, asked: Asked, fixed: int | None, ids: list[str], values: Values, own: Values) -> Iterator[Row]:
        """Rows with a figure or a day, in the order of ``bulk.FIGURES``."""
        question, none, figures = asked.question, self.writing.prepared.choices(()), self.writing.prepared.figures
        for r, value, p in zip(ids, values, own, strict=True):
            if value is not None:
                said = said_of(value)
                yield (r, question.code, "", question.kind, fixed or p, question.scale, None, none, "",
                       *figures(said.number, said.day))  # fmt: skip


def _questions(writing: Writing, plan: Plan) -> Iterator[tuple[str, Callable[[Values], Values], Asked]]:
    """Each column that is a question, and how its values are said."""
    by_column = writing.questions.by_column
    for column in plan.columns:
        if column.role is Role.NPS:
            yield column.name, _as_they_are, by_column[(column.name, "0-10")]
        elif column.role in SCALED and column.rule:
            yield column.name, _as_they_are, by_column[(column.name, str(column.rule.parts[0][0]))]
        elif column.role is Role.RECOMMENDED:
            yield column.name, _as_options, by_column[(column.name, "")]
        elif column.role is Role.COMMENT:
            yield column.name, _cut, by_column[(column.name, "")]


def _is_said(value: Any, before: Said | None) -> bool:
    """Whether an answer of then is this value now; a question that was not answered then says nothing against it."""
    if value is CARE:
        return False
    if before is None:
        return True
    return before == said_of(value)


def _as_they_are(values: Values) -> Values:
    return values


def _as_options(values: Values) -> Values:
    return [None if said is None else ("yes",) if said else ("no",) for said in values]


def _cut(values: Values) -> Values:
    return [text and text[:TEXT_LIMIT] for text in values]


def _chosen_of(chosen: Chosen) -> Callable[[Any], Any]:
    """What a question reads from its cells alone; ``CARE`` where they are no answer to it."""
    places = chosen.places
    row = [""] * (max(places) + 1)

    def read(cells: Any) -> Any:
        for place, cell in zip(places, (cells,) if len(places) == 1 else cells, strict=True):
            row[place] = cell
        try:
            value = chosen.read(row)
        except ValueError:
            return CARE
        if isinstance(value, str):
            return value[:TEXT_LIMIT] or None
        return value if is_given(value) else None

    return read


def _unanswered(answers: list[Values], count: int) -> set[int]:
    """The rows in which no question has an answer."""
    left = set(range(count))
    for values in answers:
        left = {i for i in left if values[i] is None}
        if not left:
            break
    return left


class Clock:
    """A moment as (instant, day, week) for the database, and the day: local time of the company, kept as UTC."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self.is_sqlite = writing.prepared.is_sqlite
        self._offsets: dict[datetime, timedelta | None] = {}

    def __call__(self, moment: Moment) -> tuple[Any, Any, Any, date]:
        writing, day, naive = self.writing, moment.day, moment.instant
        prepared = writing.prepared
        offset = self._offset(naive) if self.is_sqlite and naive is not None and naive.tzinfo is None else None
        if naive is not None and offset is not None:
            at: Any = str(naive - offset)
        else:
            instant = writing.instant(day, naive)
            day, at = instant.astimezone(writing.zone).date(), prepared.instant(instant)
        return at, prepared.day(day), prepared.day(writing.week(day)), day

    def hour(self, day: date, hour: int) -> tuple[str, Any, Any, date] | None:
        """The same without minutes and seconds, where an hour here is an hour there."""
        naive = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001  # of the company's clock
        offset = self._offset(naive) if self.is_sqlite else None
        if offset is None or offset.seconds % 3600:
            return None
        prepared = self.writing.prepared
        return str(naive - offset)[:13], prepared.day(day), prepared.day(self.writing.week(day)), day

    def _offset(self, naive: datetime) -> timedelta | None:
        """What is between local time and UTC, asked once an hour; None in an hour in which that changes."""
        hour = naive.replace(minute=0, second=0, microsecond=0)
        if hour not in self._offsets:
            first, last = (at.replace(tzinfo=self.writing.zone).utcoffset() for at in (hour, hour + _ALMOST_AN_HOUR))
            self._offsets[hour] = first if first == last else None
        return self._offsets[hour]
