"""The files of the facts and the list that says which of them count.

A file is written once and never changed. ``manifest.json`` lists the files that readers read and is replaced
atomically, so that a reader sees the whole of a change or nothing of it. Files that are no longer listed stay for a
while, because somebody may still be reading them. One process writes at a time; :func:`FactStore.writing` sees to it
on one machine, the owner of the database across machines.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from premura.engine.embedded import Embedded, files_sql, literal
from premura.engine.facts import COLUMNS, DUCKDB_TYPES, LAYOUT, RECOMMENDING, Type

#: A month of more files than this is written together again.
MANY_FILES = 8
#: How long a file that is no longer listed is left lying, for those who are still reading it.
GRACE_SECONDS = 600
#: A month of many more rows lies in files of some days each, of about so many: what one answer changes is one of them.
PART_ROWS = 300_000
_WRITTEN = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768"
#: Types that arrive as text → the SQL that makes them of it. The hash is MD5 because it is the same in every version;
#: of a customer's few references no two share its first 32 bits but by a chance of one in billions.
_MADE: dict[Type, str] = {
    "key": "('0x' || {0})::BIGINT",
    "text": "coalesce({0}, '')",
    "episode": "CASE WHEN starts_with({0}, '#') THEN -1 - ('0x' || left(md5({0}), 8))::BIGINT ELSE {0}::BIGINT END",
}


class Written(Protocol):
    """What a list says of a file: its name, its bytes and its SHA-256."""

    @property
    def name(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def digest(self) -> str: ...


Listed = TypeVar("Listed", bound=Written)


@dataclass(frozen=True)
class FactFile:
    """One file: its month, its answers and bytes, the days of its first and last response, its SHA-256."""

    name: str
    month: str
    rows: int
    bytes: int
    first_day: str
    last_day: str
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What readers read. ``store`` names this set of files; one that was lost and begun anew has another name."""

    store: str
    layout: int = LAYOUT
    version: int = 0
    files: tuple[FactFile, ...] = field(default=())

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def last_day(self) -> date | None:
        """The day of the latest response."""
        return max((date.fromisoformat(file.last_day) for file in self.files), default=None)

    @property
    def months(self) -> set[date]:
        return {date.fromisoformat(file.month) for file in self.files}

    def of_month(self, month: date) -> list[FactFile]:
        return [file for file in self.files if file.month == month.isoformat()]


def month_of(day: date) -> date:
    """The first day of the month.

    >>> month_of(date(2026, 3, 19))
    datetime.date(2026, 3, 1)
    """
    return day.replace(day=1)


def month_end(month: date) -> date:
    """The last day of the month of ``month``.

    >>> month_end(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of the months from that of ``first`` to that of ``last``.

    >>> [str(month) for month in months_between(date(2026, 11, 30), date(2027, 1, 1))]
    ['2026-11-01', '2026-12-01', '2027-01-01']
    """
    month = month_of(first)
    while month <= last:
        yield month
        month = month_end(month) + timedelta(days=1)


def list_whole(path: Path, listed: dict[str, Any]) -> None:
    """Write a list of files, on disk before anybody reads it: the old one or the new, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        json.dump(listed, out, separators=(",", ":"))
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def of_other_size(folder: Path, files: Iterable[Listed]) -> list[Listed]:
    """Files whose size is not what was written, or that are gone."""

    def size(file: Listed) -> int:
        try:
            return (folder / file.name).stat().st_size
        except OSError:
            return -1

    return [file for file in files if size(file) != file.bytes]


def of_other_content(folder: Path, files: Iterable[Listed]) -> list[Listed]:
    """Files that are not byte for byte what was written, or that are gone."""
    return [file for file in files if digest_of(folder / file.name) != file.digest]


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def swept(folder: Path, listed: Collection[str]) -> int:
    """Remove files of months that have not been listed for a while; returns how many."""
    before = time.time() - GRACE_SECONDS
    removed = 0
    for path in folder.glob("*/*.parquet"):
        if str(path.relative_to(folder)) not in listed and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


class FactStore:
    """The facts in one folder. Reading needs nothing else; writing takes an :class:`Embedded` that may use more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[tuple[int, int, int], Manifest] | None = None

    # Reading

    def manifest(self) -> Manifest | None:
        """What is listed now; ``None`` where there is none that can be read."""
        path = self.folder / "manifest.json"
        try:
            stat = path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if self._seen is None or self._seen[0] != stamp:
                self._seen = (stamp, _read(path))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return self._seen[1] if self._seen[1].layout == LAYOUT else None

    def paths(self, manifest: Manifest, first_day: date, last_day: date) -> list[Path]:
        """The files that hold answers of these days."""
        first, last = first_day.isoformat(), last_day.isoformat()
        return [self.folder / file.name for file in manifest.files if file.last_day >= first and file.first_day <= last]

    def damaged(self, manifest: Manifest) -> list[FactFile]:
        """Files whose size is not what was written, or that are gone. Looks at no content."""
        return of_other_size(self.folder, manifest.files)

    def spoilt(self, manifest: Manifest) -> list[FactFile]:
        """Files that are not byte for byte what was written, or that are gone. Reads everything."""
        return of_other_content(self.folder, manifest.files)

    # Writing

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Whether this process is the one that writes now; freed when it ends, however it ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def begin(self) -> Manifest:
        """An empty list, under a new name: whatever lay here before no longer counts."""
        return self._list(Manifest(uuid4().hex), ())

    def write_csv(self, source: Path, duck: Embedded, only: date | None = None) -> list[FactFile]:
        """Files of each month, or ``only`` of one, from the rows of a CSV file whose columns are those of the facts.
        Lists none of them.
        """
        if not source.stat().st_size:
            return []
        months = [only] if only else []
        if not only:
            with duck.cursor() as cursor:
                found = cursor.execute(f"SELECT DISTINCT month_on FROM {_read_sql(source)} ORDER BY 1").fetchall()
            months = [month for (month,) in found]
        rows = f"SELECT * FROM {_csv_sql(source)} WHERE month_on = DATE "
        return [file for month in months for file in self.write(month, f"{rows}'{month}'", duck)]

    def write(self, month: date, select: str, duck: Embedded) -> list[FactFile]:
        """The rows of ``select``, all of ``month``, in files of some days each where there are many. Lists none."""
        whole = self._write(month, select, duck)
        if whole.rows <= PART_ROWS * 3 // 2:
            return [whole] if whole.rows else []
        source = files_sql([self.folder / whole.name])
        with duck.cursor() as cursor:
            days = cursor.execute(f"SELECT answered_on, count(*) FROM {source} GROUP BY 1 ORDER BY 1").fetchall()
        parts = [
            self._write(month, f"SELECT * FROM {source} WHERE answered_on BETWEEN DATE '{a}' AND DATE '{b}'", duck)
            for a, b in _spans(days)
        ]
        (self.folder / whole.name).unlink(missing_ok=True)
        return parts

    def add(self, files: Iterable[FactFile]) -> Manifest:
        """List further files."""
        return self.replace((), files)

    def replace(self, old: Iterable[FactFile], new: Iterable[FactFile]) -> Manifest:
        """List ``new`` in the place of ``old``."""
        manifest, gone = self._needed(), {file.name for file in old}
        return self._list(manifest, (*(file for file in manifest.files if file.name not in gone), *new))

    def replace_month(self, month: date, files: Sequence[FactFile]) -> Manifest:
        """List ``files`` in the place of everything that stood for ``month``."""
        return self.replace(self._needed().of_month(month), files)

    def holding(self, month: date, keys: Sequence[int], duck: Embedded) -> list[FactFile]:
        """The files of ``month`` in which one of the responses ``keys`` lies."""
        paths = {str(self.folder / file.name): file for file in self._needed().of_month(month)}
        if not paths or not keys:
            return []
        listed = ", ".join(literal(path) for path in paths)
        found = duck.rows(
            f"SELECT DISTINCT filename FROM read_parquet([{listed}], filename = true) WHERE {among(keys)}"
        )
        return [paths[path] for (path,) in found]

    def without(self, files: Iterable[FactFile], keys: Sequence[int], duck: Embedded) -> list[FactFile]:
        """New files that hold what ``files`` hold besides the responses ``keys``. Lists none."""
        left = [
            self._write(
                date.fromisoformat(file.month),
                f"SELECT * FROM {files_sql([self.folder / file.name])} WHERE NOT {among(keys)}",
                duck,
                is_ordered=True,
            )
            for file in files
        ]
        return [file for file in left if file.rows]

    def crowded_months(self, manifest: Manifest) -> list[date]:
        """Months of many small files."""
        counts: dict[str, int] = {}
        for file in manifest.files:
            if _is_small(file):
                counts[file.month] = counts.get(file.month, 0) + 1
        return [date.fromisoformat(month) for month, n in counts.items() if n > MANY_FILES]

    def compact(self, month: date, duck: Embedded) -> Manifest:
        """Write small files of ``month`` together: from the smallest up, as long as the next is not much larger than
        those before it, so that no answer is written again more than a few times.
        """
        files = sorted(filter(_is_small, self._needed().of_month(month)), key=_rows)
        together = files[: MANY_FILES // 2]
        for file in files[len(together) :]:
            if file.rows > 2 * sum(map(_rows, together)):
                break
            together.append(file)
        select = f"SELECT * FROM {files_sql([self.folder / file.name for file in together])}"
        return self.replace(together, self.write(month, select, duck))

    def sweep(self) -> int:
        """Remove files that have not been listed for a while; returns how many."""
        manifest = self.manifest()
        return swept(self.folder, {file.name for file in manifest.files} if manifest else set())

    def _needed(self) -> Manifest:
        return self.manifest() or self.begin()

    def _write(self, month: date, select: str, duck: Embedded, *, is_ordered: bool = False) -> FactFile:
        name = f"{month:%Y-%m}/{uuid4().hex}.parquet"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with duck.cursor() as cursor:
            # A question is about one kind, often about a few days: what it does not need is passed over in stretches
            order = "" if is_ordered else " ORDER BY kind, question, answered_on, response"
            cursor.execute(f"COPY (SELECT * FROM ({select}){order}) TO {literal(str(path))} ({_WRITTEN})")
            rows, first, last = cursor.execute(
                f"SELECT count(*), min(answered_on), max(answered_on) FROM {files_sql([path])}"
            ).fetchall()[0]
        with path.open("rb") as file:
            os.fsync(file.fileno())
        first, last = first or month, last or month
        days = (first.isoformat(), last.isoformat())
        return FactFile(name, month.isoformat(), rows, path.stat().st_size, *days, digest_of(path))

    def _list(self, before: Manifest, files: tuple[FactFile, ...]) -> Manifest:
        ordered = tuple(sorted(files, key=lambda file: (file.month, file.name)))
        manifest = Manifest(before.store, LAYOUT, before.version + 1, ordered)
        list_whole(self.folder / "manifest.json", asdict(manifest))
        return manifest


def among(keys: Sequence[int]) -> str:
    """The SQL test for being of one of these responses.

    >>> among([5, 7])
    '(response IN (5, 7))'
    """
    return f"(response IN ({', '.join(str(int(key)) for key in keys) or 'NULL'}))"


def _rows(file: FactFile) -> int:
    return file.rows


def _is_small(file: FactFile) -> bool:
    """Parts of a long month are not: all but its last days have more than half of what a part may have."""
    return file.rows < PART_ROWS // 2


def _spans(days: Sequence[tuple[date, int]]) -> list[tuple[date, date]]:
    """First and last days of parts of about :data:`PART_ROWS` rows, from days and their rows in order; a day is whole.

    >>> _spans([(date(2026, 3, 1), 200_000), (date(2026, 3, 2), 190_000), (date(2026, 3, 3), 10)])
    [(datetime.date(2026, 3, 1), datetime.date(2026, 3, 1)), (datetime.date(2026, 3, 2), datetime.date(2026, 3, 3))]
    """
    spans: list[tuple[date, date]] = []
    filled = 0
    for day, rows in days:
        if spans and filled + rows <= PART_ROWS:
            spans[-1] = (spans[-1][0], day)
            filled += rows
        else:
            spans.append((day, day))
            filled = rows
    return spans


def _read(path: Path) -> Manifest:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(raw["store"], raw["layout"], raw["version"], tuple(FactFile(**file) for file in raw["files"]))


def _csv_sql(source: Path) -> str:
    """The rows of a CSV file, each with what its response says of recommending: responses lie whole in the file.

    As their places marks bring the ids of their answers, of which only the differences within a response are kept.
    """
    kind, scale = (literal(part) for part in RECOMMENDING)
    said = (
        f"SELECT response, min(score) FILTER (WHERE kind = {kind} AND scale = {scale}) AS lowest, min(place) AS first "
        f"FROM arrived WHERE (kind = {kind} AND scale = {scale}) OR place IS NOT NULL GROUP BY response"
    )
    return (
        f"(WITH arrived AS MATERIALIZED {_read_sql(source)}, said AS ({said}) SELECT arrived.* REPLACE "
        "(lowest AS recommending, place - first AS place) FROM arrived LEFT JOIN said USING (response))"
    )


def _read_sql(source: Path) -> str:
    """The SQL that reads a CSV file of facts: an empty field is null in numbers and dates, and empty in text.

    The key arrives as hexadecimal digits (see :func:`key_of`), an episode as an id or as ``#`` and a reference.
    """
    types = ", ".join(
        f"{literal(column.name)}: {literal('VARCHAR' if column.type in _MADE else DUCKDB_TYPES[column.type])}"
        for column in COLUMNS
    )
    columns = ", ".join(
        f"{_MADE[column.type].format(column.name)} AS {column.name}" if column.type in _MADE else column.name
        for column in COLUMNS
    )
    reading = f"read_csv({literal(str(source))}, header = false, auto_detect = false, delim = ',', quote = '\"', "
    # Its own way to keep empty text goes to the wrong columns as soon as one is not read
    reading += f"escape = '\"', columns = {{{types}}}, strict_mode = false)"
    return f"(SELECT {columns} FROM {reading})"


def key_of(digits: str) -> int:
    """The key of a response from its UUID, with or without dashes: five digits of its beginning, ten of its end.

    >>> hex(key_of("000abcde-0000-8000-8000-0000000000ff"))
    '0xabcde00000000ff'
    """
    digits = digits.replace("-", "")
    return int(digits[3:8] + digits[-10:], 16)
