"""The beginning of a file, looked at once for all sources."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from premura.importers.table.headers import Header, read_header
from premura.importers.table.notes import TableError
from premura.importers.table.rows import RowSource
from premura.importers.table.sniff import sniff

SEEN = 1 << 16


@dataclass(frozen=True)
class Head:
    """What the beginning of ``path`` shows: its bytes, the members of an archive, the first rows of a table.

    ``refusal`` is why it is no table, where it is none.
    """

    path: Path
    start: bytes
    members: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    header: Header | None = None
    source: RowSource | None = None
    refusal: TableError | None = None
    names: frozenset[str] = field(default_factory=frozenset)

    @property
    def text(self) -> str:
        return self.start.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")


@dataclass(frozen=True)
class Sight:
    """How sure a source is that a file is its own (0 to 1), and what the file then holds."""

    sure: float
    kind: str


def look(path: Path, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None) -> Head:
    """The head of ``path``. Raises ``TableError`` where there is no file or nothing in it."""
    try:
        with path.open("rb") as file:
            start = file.read(SEEN)
    except (OSError, ValueError):
        start = b""  # the table reader says what is wrong with it
    members = _members(path) if start.startswith(b"PK") else ()
    try:
        source = RowSource(path, sniff(path, encoding=encoding, delimiter=delimiter), sheet)
        rows = tuple(tuple(row.cells) for row in islice((r for r in source if any(map(str.strip, r.cells))), 3))
        header = read_header(rows) if rows else None
    except TableError as refusal:
        return Head(path, start, members, refusal=refusal)
    names = frozenset(" ".join(name.split()).casefold() for name in (header.names if header else ()))
    return Head(path, start, members, rows, header, source, None, names)


def _members(path: Path) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist()[:500])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ()
