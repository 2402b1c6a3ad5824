"""The raw rows of a file, one at a time, each with the line it stands on. Memory does not grow with the file."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from premura.importers.table.notes import TableError
from premura.importers.table.sniff import FileFormat

LONGEST_LINE = 16 << 20
LONGEST_CELL = 4 << 20
MOST_COLUMNS = 5000
MOST_UNPACKED = 1 << 30


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one record and the number of its first line (or sheet row), counted from 1.

    ``broken`` is a reason code where the record could not be cut into cells; ``cells`` then holds what was found and
    ``last`` the line it reached.
    """

    line: int
    cells: list[str]
    broken: str | None = None
    last: int = 0


@dataclass
class RowSource:
    """Rows of one file; iterate it as often as needed. ``sheet`` and ``sheets`` are filled while a sheet is read."""

    path: Path
    format: FileFormat
    wanted_sheet: str | None = None
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[RawRow]:
        rows = self._spreadsheet_rows() if self.format.kind == "spreadsheet" else self._text_rows()
        for row in rows:
            if len(row.cells) > MOST_COLUMNS:
                raise TableError("too-many-columns", count=len(row.cells), most=MOST_COLUMNS)
            yield row

    def _text_rows(self) -> Iterator[RawRow]:
        with self._open() as stream:
            yield from _csv_rows(stream, self.format)

    def _open(self) -> IO[str]:
        try:
            return self.path.open(encoding=self.format.encoding, errors=self.format.errors, newline="")
        except OSError as error:
            raise TableError("cannot-open", name=str(self.path), why=error.strerror) from None

    def _spreadsheet_rows(self) -> Iterator[RawRow]:
        _refuse_bomb(self.path)
        command = [sys.executable, "-m", "premura.importers.table.spreadsheet_child", str(self.path)]
        command += [self.wanted_sheet] if self.wanted_sheet is not None else []
        paths = os.pathsep.join(entry for entry in sys.path if entry)
        with subprocess.Popen(  # noqa: S603 - our own module, no shell
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": paths}
        ) as child:
            try:
                yield from self._rows_of(child)
            finally:
                child.kill()

    def _rows_of(self, child: subprocess.Popen[bytes]) -> Iterator[RawRow]:
        stream = child.stdout
        if stream is None:
            raise TableError("damaged-spreadsheet", name=self.path.name)
        for number, raw in enumerate(stream):
            message: Any = json.loads(raw) if raw.endswith(b"\n") else {"error": "cut"}
            if isinstance(message, list):
                yield RawRow(number, message)
            elif "sheet" in message:
                self.sheet, self.sheets = message["sheet"], message["sheets"]
            elif message.get("error") == "no-such-sheet":
                raise TableError("no-such-sheet", sheet=self.wanted_sheet, sheets=", ".join(message["sheets"]))
            elif "end" in message:
                return
            else:
                raise TableError("damaged-spreadsheet", name=self.path.name)
        # The child ended in the middle of the sheet: it met its memory ceiling.
        raise TableError("spreadsheet-too-large", name=self.path.name)


def _refuse_bomb(path: Path) -> None:
    """Refuse an archive that says it unpacks beyond all reason; one that lies meets the child's memory ceiling."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
            raise TableError("spreadsheet-too-large", name=path.name)


class _Lines:
    """Lines of a text file, never longer than ``LONGEST_LINE``, and the quotation marks since the last record."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.quotes = 0

    def __iter__(self) -> Iterator[str]:
        readline = self.stream.readline
        while line := readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                raise TableError("line-too-long", most=LONGEST_LINE >> 20)
            if '"' in line:
                self.quotes += line.count('"')
            # A stray NUL is noise of old exports; the rest of the line is good.
            yield line.replace("\0", "") if "\0" in line else line


def _csv_rows(stream: IO[str], form: FileFormat) -> Iterator[RawRow]:
    csv.field_size_limit(LONGEST_CELL)
    lines = _Lines(stream)
    for _ in range(form.hint_lines):
        stream.readline(LONGEST_LINE)
    reader = csv.reader(iter(lines), delimiter=form.delimiter)
    offset = form.hint_lines
    while True:
        first, lines.quotes = reader.line_num + 1 + offset, 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RawRow(first, [], "broken-row", reader.line_num + offset)
            continue
        # Several lines and an odd number of quotation marks: a quote was opened and swallowed the lines that follow.
        swallowed = lines.quotes % 2 == 1 and reader.line_num + offset > first
        yield RawRow(first, cells, "unclosed-quote" if swallowed else None, reader.line_num + offset)
