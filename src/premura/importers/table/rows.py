"""The raw rows of a file, one at a time, each with the line it stands on. Memory does not grow with the file."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from premura.importers.table.notes import TableError
from premura.importers.table.sniff import FileFormat

LONGEST_LINE = 16 << 20
LONGEST_CELL = 4 << 20
MOST_COLUMNS = 5000
MOST_UNPACKED = 1 << 30
# So many characters of a text are cut into cells together, and so many rows of anything else
BLOCK = 1 << 19
_ROWS = 5_000


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


@dataclass(slots=True)
class Batch:
    """Records that stand together: their cells, the line of each, and the ones that could not be cut into cells."""

    lines: Sequence[int]
    cells: list[list[str]]
    odd: list[RawRow] = field(default_factory=list)

    def without(self, places: set[int]) -> Batch:
        """The batch without the records at these places; the odd ones stay out of it."""
        if not places:
            return Batch(self.lines, self.cells)
        kept = [i for i in range(len(self.cells)) if i not in places]
        return Batch([self.lines[i] for i in kept], [self.cells[i] for i in kept])

    def filled(self) -> Batch:
        """Without the records that hold nothing."""
        kept = [i for i, c in enumerate(self.cells) if (c and c[0].strip()) or any(map(str.strip, c))]
        if len(kept) == len(self.cells):
            return self
        return Batch([self.lines[i] for i in kept], [self.cells[i] for i in kept], self.odd)

    def after(self, count: int) -> tuple[Batch, int]:
        """Without its first ``count`` records, and how many more must still be passed over."""
        lines, cells, odd = list(self.lines), list(self.cells), list(self.odd)
        while count and (cells or odd):
            if odd and (not cells or odd[0].line < lines[0]):
                del odd[0]
            else:
                del lines[0], cells[0]
            count -= 1
        return Batch(lines, cells, odd), count


def batches(source: Iterable[RawRow]) -> Iterator[Batch]:
    """The records of any source, many at a time; a text file's are cut without making an object of each."""
    if type(source) is RowSource and source.format.kind != "spreadsheet":
        yield from source.text_batches()
        return
    rows = iter(source)
    while chunk := list(islice(rows, _ROWS)):
        yield _batch(chunk)


def _batch(rows: Sequence[RawRow]) -> Batch:
    whole = [row for row in rows if not row.broken]
    return Batch([row.line for row in whole], [row.cells for row in whole], [row for row in rows if row.broken])


@dataclass
class RowSource:
    """Rows of one file; iterate it as often as needed.

    ``sheet``, ``sheets`` and ``merged`` are filled while a sheet is read.
    """

    path: Path
    format: FileFormat
    wanted_sheet: str | None = None
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    # How many cells are merged over rows («downs») and columns («acrosses»), and the first of them
    merged: dict[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[RawRow]:
        rows = self._spreadsheet_rows() if self.format.kind == "spreadsheet" else self._text_rows()
        for row in rows:
            if len(row.cells) > MOST_COLUMNS:
                raise TableError("too-many-columns", count=len(row.cells), most=MOST_COLUMNS)
            yield row

    def _text_rows(self) -> Iterator[RawRow]:
        with self._open() as stream:
            for _ in range(self.format.hint_lines):
                stream.readline(LONGEST_LINE)
            yield from _csv_rows(_Lines(stream), self.format.delimiter, self.format.hint_lines)

    def text_batches(self) -> Iterator[Batch]:
        """The same records as by iteration. A block of text in which every line is one record is cut at once."""
        with self._open() as stream:
            for _ in range(self.format.hint_lines):
                stream.readline(LONGEST_LINE)
            feed, passed = _Feed(stream), self.format.hint_lines
            while block := feed():
                if (cells := _cut(block, self.format.delimiter)) is not None:
                    batch = Batch(range(passed + 1, passed + 1 + len(cells)), cells)
                    passed += len(cells)
                else:
                    rows: list[RawRow] = []
                    passed = _drain(_csv_rows(_Lines(StringIO(block, newline=""), feed), self.format.delimiter,
                                                 passed), rows)  # fmt: skip
                    batch = _batch(rows)
                if (widest := max(map(len, batch.cells), default=0)) > MOST_COLUMNS:
                    raise TableError("too-many-columns", count=widest, most=MOST_COLUMNS)
                yield batch

    def _open(self) -> IO[str]:
        try:
            return self.path.open(encoding=self.format.encoding, errors=self.format.errors, newline="")
        except OSError as error:
            raise TableError("cannot-open", name=str(self.path), why=error.strerror) from None

    def _spreadsheet_rows(self) -> Iterator[RawRow]:
        _refuse_bomb(self.path)
        # By its file, not its name: the package around it, which the child does not need, takes ten times as long
        command = [sys.executable, "-P", str(Path(__file__).with_name("spreadsheet_child.py")), str(self.path)]
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
                self.sheet, self.sheets, self.merged = message["sheet"], message["sheets"], message["merged"]
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


class _Feed:
    """A text in blocks that end where a line does."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.rest = ""

    def __call__(self) -> str:
        """The next block; empty at the end."""
        while piece := self.stream.read(BLOCK):
            text = self.rest + piece
            # Old exports end their lines with CR alone; one at the very end may be half of a CR LF
            cut = text.rfind("\n") + 1 or text.rfind("\r", 0, len(text) - 1) + 1
            if cut:
                self.rest = text[cut:]
                return text[:cut]
            if len(text) > LONGEST_LINE:
                raise TableError("line-too-long", most=LONGEST_LINE >> 20)
            self.rest = text
        text, self.rest = self.rest, ""
        return text


def _cut(block: str, delimiter: str) -> list[list[str]] | None:
    """The cells of every line of a block; None where a line is not a record, or anything else is out of the way."""
    if len(block) > LONGEST_CELL or "\0" in block:
        return None
    text = block.replace("\r\n", "\n") if "\r" in block else block
    if "\r" in text:
        return None
    lines = text.removesuffix("\n").split("\n")
    if '"' not in text:
        return [line.split(delimiter) for line in lines]
    try:
        # A quote that is still open at the end would take the last line in
        rows = list(csv.reader(chain(lines, ("end",)), delimiter=delimiter))
    except csv.Error:
        return None
    return rows[:-1] if len(rows) == len(lines) + 1 and rows[-1] == ["end"] else None


class _Lines:
    """Lines of a text, never longer than ``LONGEST_LINE``, and the quotation marks since the last record.

    With ``more`` the text is one block of many; the next is asked for only where a record goes on into it.
    """

    def __init__(self, stream: IO[str], more: Callable[[], str] | None = None) -> None:
        self.stream = stream
        self.more = more
        self.quotes = 0

    def __iter__(self) -> Iterator[str]:
        while True:
            while line := self.stream.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                    raise TableError("line-too-long", most=LONGEST_LINE >> 20)
                if '"' in line:
                    self.quotes += line.count('"')
                # A stray NUL is noise of old exports; the rest of the line is good.
                yield line.replace("\0", "") if "\0" in line else line
            block = self.more() if self.more else ""
            if not block:
                return
            self.stream = StringIO(block, newline="")

    @property
    def is_at_end_of_block(self) -> bool:
        if self.more is None:
            return False
        here = self.stream.tell()
        end = self.stream.seek(0, 2)
        self.stream.seek(here)
        return here == end


def _csv_rows(lines: _Lines, delimiter: str, offset: int) -> Generator[RawRow, None, int]:
    """The records of ``lines``, after ``offset`` others; returns the number of the last line."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(iter(lines), delimiter=delimiter)
    while True:
        first, lines.quotes = reader.line_num + 1 + offset, 0
        try:
            cells = next(reader)
        except StopIteration:
            return reader.line_num + offset
        except csv.Error:
            yield RawRow(first, [], "broken-row", reader.line_num + offset)
        else:
            # Several lines and an odd number of quotation marks: a quote was opened and swallowed what follows
            swallowed = lines.quotes % 2 == 1 and reader.line_num + offset > first
            yield RawRow(first, cells, "unclosed-quote" if swallowed else None, reader.line_num + offset)
        if lines.is_at_end_of_block:
            return reader.line_num + offset


def _drain(rows: Generator[RawRow, None, int], into: list[RawRow]) -> int:
    """Put the rows of a generator into a list; what it returned."""
    while True:
        try:
            into.append(next(rows))
        except StopIteration as end:
            return int(end.value)
