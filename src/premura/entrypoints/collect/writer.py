"""The one writer: everything that waits goes into one transaction, and only after its commit are all answered.

One thread with one connection. On SQLite one commit is one fsync, however many share it; on PostgreSQL one statement
writes all.
"""

import asyncio
import logging
import threading
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from premura.loop.listen.models import Submission

logger = logging.getLogger("premura.collect")
BATCH = 400
_COLUMNS = (
    *("id", "version_id", "key", "received_at", "language", "channel", "location_code", "token", "answers"),
    *("failures", "error"),
)


class Row(NamedTuple):
    """One submission on its way to the table; ``answers`` is JSON text."""

    id: UUID
    version_id: int
    key: str
    received_at: datetime
    language: str
    channel: str
    location_code: str
    token: str
    answers: str


class Stored(NamedTuple):
    """Where a submission is now: its own id, or the id of the one that had the same key before."""

    id: UUID
    is_new: bool


class BusyError(Exception):
    """More waits than can be written soon, or the database is away: nothing was kept, try again."""


class _Waiting(NamedTuple):
    row: Row
    future: asyncio.Future[Stored]


class Writer:
    """Started and used on one event loop; ``most`` submissions may wait, the next ones are refused at once."""

    def __init__(self, most: int = 2_000) -> None:
        self.most = most
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._under_way = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="submission-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write what waits, then end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(thread.join)

    def submit(self, row: Row) -> asyncio.Future[Stored]:
        """A future that is done when ``row`` is on disk; :class:`BusyError` when it will not be."""
        if self._thread is None or self._loop is None or self._under_way >= self.most:
            raise BusyError
        future: asyncio.Future[Stored] = self._loop.create_future()
        self._under_way += 1
        self._queue.put(_Waiting(row, future))
        return future

    def _run(self) -> None:
        goes_on = True
        try:
            while goes_on:
                batch, goes_on = self._next_batch()
                if batch:
                    outcomes = _write([waiting.row for waiting in batch])
                    self._tell(batch, outcomes)
        finally:
            connection.close()

    def _next_batch(self) -> tuple[list[_Waiting], bool]:
        """Wait for one, take along whatever else is there; False when told to stop."""
        batch: list[_Waiting] = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) == BATCH:
                return batch, True
            try:
                item = self._queue.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _tell(self, batch: list[_Waiting], outcomes: list[Stored | Exception]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._answer, batch, outcomes)
        except RuntimeError:  # the loop is closed: nobody waits any more, and what was written is written
            logger.warning("%s submissions were written after the server had stopped answering", len(batch))

    def _answer(self, batch: list[_Waiting], outcomes: list[Stored | Exception]) -> None:
        self._under_way -= len(batch)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            # Whoever asked may have gone away in the meantime
            if waiting.future.done():
                continue
            if isinstance(outcome, Exception):
                waiting.future.set_exception(outcome)
            else:
                waiting.future.set_result(outcome)


def _write(rows: list[Row]) -> list[Stored | Exception]:
    """Write ``rows`` in one transaction and say where each is; never raises."""
    try:
        return [*_write_together(rows)]
    except (OperationalError, InterfaceError):
        return _write_once_more(rows)
    except DatabaseError as error:
        if len(rows) == 1:
            logger.exception("a submission was refused by the database")
            return [error]
        # One row that the database refuses must not cost the others
        return [outcome for row in rows for outcome in _write([row])]


def _write_once_more(rows: list[Row]) -> list[Stored | Exception]:
    """After a lost connection; the keys make it harmless when the first try had reached the disk after all."""
    connection.close()
    try:
        return [*_write_together(rows)]
    except DatabaseError:
        connection.close()
        logger.exception("%s submissions could not be written", len(rows))
        return [BusyError() for _ in rows]


def _write_together(rows: list[Row]) -> list[Stored]:
    with transaction.atomic(), connection.cursor() as cursor:
        written = _insert(cursor, rows)
        if written == len(rows):
            return [Stored(row.id, True) for row in rows]
        known = _known(cursor, {row.key for row in rows})
    return [Stored(known[row.key], known[row.key] == row.id) for row in rows]


def _insert(cursor: Any, rows: list[Row]) -> int:
    """One statement; returns how many rows were new."""
    table = connection.ops.quote_name(Submission._meta.db_table)
    places = ", ".join(["(" + ", ".join(["%s"] * len(_COLUMNS)) + ")"] * len(rows))
    values = [value for row in rows for value in _values(row)]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(_COLUMNS)}) VALUES {places} ON CONFLICT (key) DO NOTHING",  # noqa: S608  # names of ours
        values,
    )
    written: int = cursor.rowcount
    return written


def _values(row: Row) -> tuple[Any, ...]:
    received_at = connection.ops.adapt_datetimefield_value(row.received_at)
    return (row.id.hex, row.version_id, row.key, received_at, *row[4:], 0, "")


def _known(cursor: Any, keys: set[str]) -> dict[str, UUID]:
    table = connection.ops.quote_name(Submission._meta.db_table)
    places = ", ".join(["%s"] * len(keys))
    cursor.execute(f"SELECT key, id FROM {table} WHERE key IN ({places})", [*keys])  # noqa: S608  # names of ours
    return {key: UUID(str(found)) for key, found in cursor.fetchall()}
