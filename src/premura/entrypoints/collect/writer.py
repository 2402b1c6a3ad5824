"""The one writer: everything that waits goes into one transaction, and only after its commit are all answered.

One thread with one connection. On SQLite one commit is one fsync, however many share it; on PostgreSQL one statement
writes all.
"""

import asyncio
import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from functools import cache
from queue import SimpleQueue
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from premura.loop.listen.models import Submission

logger = logging.getLogger("premura.collect")
BATCH = 400
# A commit costs the same for one as for many: where the last batch was this large, the next one gathers a little longer
_CROWD, _GATHER_SECONDS = 8, 0.002
# Column → its type on PostgreSQL; the first ones are those of :class:`Row`, in its order
_COLUMNS = {
    "id": "uuid",
    "version_id": "bigint",
    "key": "text",
    "language": "text",
    "channel": "text",
    "location_code": "text",
    "token": "text",
    "answers": "jsonb",
    "seconds": "integer",
    "received_at": "timestamptz",
    "failures": "smallint",
    "error": "text",
}
_TABLE = Submission._meta.db_table


def new_id() -> str:
    """Random, beginning with the time (UUID version 7, RFC 9562), in hex: new rows lie together in the index."""
    milliseconds = time.time_ns() // 1_000_000
    random = next(_random)
    bits = milliseconds << 80 | 7 << 76 | (random >> 64 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return f"{bits:032x}"


def _random_numbers() -> Iterator[int]:
    """Numbers of 80 bits. The system is asked for many at a time: asking costs more than all the rest of an id."""
    while True:
        block = os.urandom(256 * 10)
        yield from (int.from_bytes(block[start : start + 10], "big") for start in range(0, len(block), 10))


_random = _random_numbers()


class Row(NamedTuple):
    """One submission on its way to the table."""

    id: str
    version_id: int
    key: str
    language: str
    channel: str
    location_code: str
    token: str
    answers: dict[str, object]
    seconds: int | None = None

    def further(self) -> "Row":
        """The same under a key that follows from its key and its answers: where its own key was used for other answers,
        it is kept beside them, and once, however often it comes.
        """
        survey, _, key = self.key.partition(":")
        said = hashlib.sha256(key.encode() + b" " + msgspec.json.encode(self.answers, order="deterministic"))
        return self._replace(id=new_id(), key=f"{survey}:o~{said.hexdigest()[:40]}")


class Stored(NamedTuple):
    """Where a submission is now: its own id (32 hex digits), or the id of the one that had the same key before, and
    whether that one holds other answers: then these are kept nowhere.
    """

    id: str
    is_new: bool
    is_other: bool = False


class BusyError(Exception):
    """More waits than can be written soon, or the database is away: nothing was kept, try again."""


class _Waiting(NamedTuple):
    row: Row
    future: asyncio.Future[Stored]


class Writer:
    """Started and used on one event loop; ``most`` submissions may wait, the next ones are refused at once.

    The loop gathers, the thread writes: while one batch is being written the next one gathers, so batches grow with
    the load.
    """

    def __init__(self, most: int = 2_000) -> None:
        self.most = most
        self._gathered: list[_Waiting] = []
        self._under_way = 0
        self._last_batch = 0
        self._is_writing = False
        self._is_idle = asyncio.Event()
        self._batches: SimpleQueue[list[_Waiting] | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_idle.set()
        self._thread = threading.Thread(target=self._run, name="submission-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Take nothing more, write what waits, then end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await self._is_idle.wait()
            self._batches.put(None)
            await asyncio.to_thread(thread.join)

    def submit(self, row: Row) -> asyncio.Future[Stored]:
        """A future that is done when ``row`` is on disk; :class:`BusyError` when it will not be."""
        if self._thread is None or self._loop is None or self._under_way >= self.most:
            raise BusyError
        future: asyncio.Future[Stored] = self._loop.create_future()
        self._under_way += 1
        self._gathered.append(_Waiting(row, future))
        if not self._is_writing:
            self._is_writing = True
            self._is_idle.clear()
            self._hand_over_soon(self._loop)
        return future

    def _hand_over_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """At the end of this turn of the loop; when many answer at once a moment later, so that more share a commit."""
        if self._last_batch >= _CROWD:
            loop.call_later(_GATHER_SECONDS, self._hand_over)
        else:
            loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        batch, self._gathered = self._gathered[:BATCH], self._gathered[BATCH:]
        self._last_batch = len(batch)
        self._batches.put(batch)

    def _run(self) -> None:
        try:
            while (batch := self._batches.get()) is not None:
                self._tell(batch, _write([waiting.row for waiting in batch]))
        finally:
            connection.close()

    def _tell(self, batch: list[_Waiting], outcomes: list[Stored | Exception]) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._answer, batch, outcomes)
        except RuntimeError:  # the loop is closed: nobody waits any more, and what was written is written
            logger.warning("%s submissions were written after the server had stopped answering", len(batch))

    def _answer(self, batch: list[_Waiting], outcomes: list[Stored | Exception]) -> None:
        assert self._loop is not None
        self._under_way -= len(batch)
        if self._gathered:
            self._hand_over_soon(self._loop)
        else:
            self._is_writing = False
            self._is_idle.set()
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
    """One statement is one transaction: nothing around it, so that the thread needs Python as seldom as can be."""
    with connection.cursor() as cursor:
        written = _insert(cursor, rows)
        if written == len(rows):
            return [Stored(row.id, True) for row in rows]
        known = _known(cursor, {row.key for row in rows})
    return [_stored(row, *known[row.key]) for row in rows]


def _stored(row: Row, known_id: str, answers: object) -> Stored:
    if known_id == row.id:
        return Stored(known_id, True)
    return Stored(known_id, False, answers != msgspec.json.decode(msgspec.json.encode(row.answers)))


def _insert(cursor: Any, rows: list[Row]) -> int:
    """One statement with one value, whatever the number of rows; returns how many rows were new.

    The rows travel as one JSON array: the database's own code unpacks them while Python serves the next requests.
    """
    received_at = connection.ops.adapt_datetimefield_value(timezone.now())
    values = msgspec.json.encode([(*row, received_at, 0, "") for row in rows]).decode()
    cursor.execute(_statement(connection.vendor), [values])
    written: int = cursor.rowcount
    return written


@cache
def _statement(vendor: str) -> str:
    if vendor == "sqlite":
        values = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(_COLUMNS)))
        source = "json_each(%s) WHERE true"
    else:
        values = ", ".join(f"(value->>{place})::{kind}" for place, kind in enumerate(_COLUMNS.values()))
        source = "jsonb_array_elements(%s::jsonb) AS rows (value)"
    names = ", ".join(_COLUMNS)
    return f"INSERT INTO {_TABLE} ({names}) SELECT {values} FROM {source} ON CONFLICT (key) DO NOTHING"  # noqa: S608  # names of ours


def _known(cursor: Any, keys: set[str]) -> dict[str, tuple[str, object]]:
    """Key → id and answers of the submissions that are there."""
    places = ", ".join(["%s"] * len(keys))
    cursor.execute(f"SELECT key, id, answers FROM {_TABLE} WHERE key IN ({places})", [*keys])  # noqa: S608  # ours
    return {key: (UUID(str(found)).hex, msgspec.json.decode(answers)) for key, found, answers in cursor.fetchall()}
