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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from premura.engine.embedded import Embedded, files_sql, literal
from premura.engine.facts import COLUMNS, DUCKDB_TYPES, LAYOUT, RECOMMENDING

#: A month of more files than this is written together again.
MANY_FILES = 8
#: How long a file that is no longer listed is left lying, for those who are still reading it.
GRACE_SECONDS = 600
_WRITTEN = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768"


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

        def size(file: FactFile) -> int:
            try:
                return (self.folder / file.name).stat().st_size
            except OSError:
                return -1

        return [file for file in manifest.files if size(file) != file.bytes]

    def spoilt(self, manifest: Manifest) -> list[FactFile]:
        """Files that are not byte for byte what was written, or that are gone. Reads everything."""
        return [file for file in manifest.files if _digest(self.folder / file.name) != file.digest]

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

    def write_csv(self, source: Path, duck: Embedded) -> list[FactFile]:
        """Files, one a month, from the rows of a CSV file whose columns are those of the facts. Lists none of them."""
        with duck.cursor() as cursor:
            months = cursor.execute(f"SELECT DISTINCT month_on FROM {_read_sql(source)} ORDER BY 1").fetchall()
        return [
            self._write(month, f"SELECT * FROM {_csv_sql(source)} WHERE month_on = DATE '{month}'", duck)
            for (month,) in months
        ]

    def add(self, files: Iterable[FactFile]) -> Manifest:
        """List further files."""
        manifest = self._needed()
        return self._list(manifest, (*manifest.files, *files))

    def replace_month(self, month: date, files: Sequence[FactFile]) -> Manifest:
        """List ``files`` in the place of everything that stood for ``month``."""
        manifest = self._needed()
        rest = tuple(file for file in manifest.files if file.month != month.isoformat())
        return self._list(manifest, (*rest, *files))

    def patched_month(self, month: date, keys: Sequence[int], source: Path | None, duck: Embedded) -> list[FactFile]:
        """A file for ``month`` in which the responses ``keys`` are as in the CSV file, or gone. Lists nothing."""
        old = [self.folder / file.name for file in self._needed().of_month(month)]
        wanted = f"month_on = DATE '{month}'"
        parts = []
        if old:
            listed = ", ".join(str(int(key)) for key in keys) or "-1"
            parts.append(f"SELECT * FROM {files_sql(old)} WHERE response NOT IN ({listed})")
        if source is not None:
            parts.append(f"SELECT * FROM {_csv_sql(source)} WHERE {wanted}")
        file = self._write(month, " UNION ALL ".join(parts), duck) if parts else None
        return [file] if file and file.rows else []

    def crowded_months(self, manifest: Manifest) -> list[date]:
        """Months of many small files."""
        counts: dict[str, int] = {}
        for file in manifest.files:
            counts[file.month] = counts.get(file.month, 0) + 1
        return [date.fromisoformat(month) for month, n in counts.items() if n > MANY_FILES]

    def compact(self, month: date, duck: Embedded) -> Manifest:
        """Write the small files of ``month`` together; a file that already holds most of it is left alone."""
        files = self._needed().of_month(month)
        largest = max(files, key=lambda file: file.rows)
        small = [file for file in files if file is not largest]
        if sum(file.rows for file in small) * 4 >= largest.rows:
            small = files
        together = self._write(month, f"SELECT * FROM {files_sql([self.folder / f.name for f in small])}", duck)
        return self.replace_month(month, [*(file for file in files if file not in small), together])

    def sweep(self) -> int:
        """Remove files that have not been listed for a while; returns how many."""
        manifest = self.manifest()
        listed = {file.name for file in manifest.files} if manifest else set()
        before = time.time() - GRACE_SECONDS
        removed = 0
        for path in self.folder.glob("*/*.parquet"):
            if str(path.relative_to(self.folder)) not in listed and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _needed(self) -> Manifest:
        return self.manifest() or self.begin()

    def _write(self, month: date, select: str, duck: Embedded) -> FactFile:
        name = f"{month:%Y-%m}/{uuid4().hex}.parquet"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with duck.cursor() as cursor:
            # A question is about one kind, often about a few days: what it does not need is passed over in stretches
            ordered = f"SELECT * FROM ({select}) ORDER BY kind, question, answered_on, response"
            cursor.execute(f"COPY ({ordered}) TO {literal(str(path))} ({_WRITTEN})")
            rows, first, last = cursor.execute(
                f"SELECT count(*), min(answered_on), max(answered_on) FROM {files_sql([path])}"
            ).fetchall()[0]
        with path.open("rb") as file:
            os.fsync(file.fileno())
        first, last = first or month, last or month
        days = (first.isoformat(), last.isoformat())
        return FactFile(name, month.isoformat(), rows, path.stat().st_size, *days, _digest(path))

    def _list(self, before: Manifest, files: tuple[FactFile, ...]) -> Manifest:
        ordered = tuple(sorted(files, key=lambda file: (file.month, file.name)))
        manifest = Manifest(before.store, LAYOUT, before.version + 1, ordered)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / "manifest.part"
        with part.open("w", encoding="utf-8") as out:
            json.dump(asdict(manifest), out, separators=(",", ":"))
            out.flush()
            os.fsync(out.fileno())
        part.replace(self.folder / "manifest.json")
        return manifest


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _read(path: Path) -> Manifest:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(raw["store"], raw["layout"], raw["version"], tuple(FactFile(**file) for file in raw["files"]))


def _csv_sql(source: Path) -> str:
    """The rows of a CSV file, each with what its response says of recommending: responses lie whole in the file."""
    kind, scale = (literal(part) for part in RECOMMENDING)
    said = (
        f"SELECT response, min(score) AS lowest FROM arrived WHERE kind = {kind} AND scale = {scale} GROUP BY response"
    )
    return (
        f"(WITH arrived AS MATERIALIZED {_read_sql(source)}, said AS ({said}) "
        "SELECT arrived.* REPLACE (lowest AS recommending) FROM arrived LEFT JOIN said USING (response))"
    )


def _read_sql(source: Path) -> str:
    """The SQL that reads a CSV file of facts: an empty field is null in numbers and dates, and empty in text.

    The key arrives as hexadecimal digits, the last fifteen of the response's UUID.
    """
    types = ", ".join(
        f"{literal(column.name)}: {literal('VARCHAR' if column.type == 'key' else DUCKDB_TYPES[column.type])}"
        for column in COLUMNS
    )
    filled = ", ".join(literal(column.name) for column in COLUMNS if column.type in {"text", "key"})
    columns = ", ".join(
        f"('0x' || {column.name})::BIGINT AS {column.name}" if column.type == "key" else column.name
        for column in COLUMNS
    )
    reading = f"read_csv({literal(str(source))}, header = false, auto_detect = false, delim = ',', quote = '\"', "
    reading += f"escape = '\"', columns = {{{types}}}, force_not_null = [{filled}], strict_mode = false)"
    return f"(SELECT {columns} FROM {reading})"


def key_of(digits: str) -> int:
    """The key of a response from its UUID, with or without dashes.

    >>> key_of("00000000-0000-4000-8000-0000000000ff")
    255
    """
    return int(digits.replace("-", "")[-15:], 16)
