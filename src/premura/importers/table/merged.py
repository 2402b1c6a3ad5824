"""Merged cells of a sheet: which they are, and their value in each of the rows that they span.

A spreadsheet keeps the value in the first cell alone. Who merged «Vicenza» over three rows meant all three; over
several columns only the first has it, because a value cannot be the answer to two questions.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

# (first row, first column), (last row, last column), counted from nought
Range = tuple[tuple[int, int], tuple[int, int]]
MOST = 200_000
_PIECE = 1 << 16


def filled(rows: Iterable[list[Any]], ranges: Iterable[Range], left: int = 0) -> Iterator[list[Any]]:
    """The rows with the value of every range in the first cell of each of its rows; they begin at column ``left``.

    >>> list(filled([["Vicenza", 4], ["", 5], ["Padova", 3]], [((0, 0), (1, 0))]))
    [['Vicenza', 4], ['Vicenza', 5], ['Padova', 3]]
    """
    waiting = sorted(down(ranges), reverse=True)
    open_ones: list[tuple[int, int, Any]] = []
    for number, row in enumerate(rows):
        open_ones = [one for one in open_ones if one[0] >= number]
        for _last, column, value in open_ones:
            if column < len(row) and row[column] in ("", None):
                row[column] = value
        while waiting and waiting[-1][0][0] <= number:
            (_first, column), (last, _right) = waiting.pop()
            column -= left
            if 0 <= column < len(row):
                open_ones.append((last, column, row[column]))
        yield row


def down(ranges: Iterable[Range]) -> list[Range]:
    """Those that span several rows."""
    return [one for one in ranges if one[1][0] > one[0][0]]


def across(ranges: Iterable[Range]) -> list[Range]:
    """Those that span several columns."""
    return [one for one in ranges if one[1][1] > one[0][1]]


def name_of(one: Range) -> str:
    """As a spreadsheet calls it.

    >>> name_of(((1, 1), (3, 1))), name_of(((0, 26), (0, 27)))
    ('B2:B4', 'AA1:AB1')
    """
    return ":".join(f"{_letters(column)}{row + 1}" for row, column in one)


def _letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Spans:
    """Collects the spans of one table of an OpenDocument sheet while it is parsed."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.is_in, self.row, self.column, self.again = sheet, False, 0, 0, 1
        self.found: list[Range] = []

    def start(self, tag: str, held: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            self.is_in = held.get("table:name") == self.sheet
        elif name == "table-row":
            self.column, self.again = 0, _number(held, "table:number-rows-repeated")
        elif self.is_in and name in ("table-cell", "covered-table-cell"):
            down, right = (_number(held, f"table:number-{what}-spanned") for what in ("rows", "columns"))
            if (down > 1 or right > 1) and len(self.found) < MOST:
                here = (self.row, self.column)
                self.found.append((here, (self.row + down - 1, self.column + right - 1)))
            self.column += _number(held, "table:number-columns-repeated")

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "table-row":
            self.row += self.again
        elif name == "table":
            self.is_in, self.row = False, 0


def _number(held: dict[str, str], name: str) -> int:
    text = held.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def opendocument_ranges(path: str, sheet: str) -> list[Range]:
    """The merged cells of one sheet of an ODS, which the reader of its values does not tell; none of anything else."""
    spans, parser = _Spans(sheet), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = spans.start, spans.end
    # Its reader has refused document types already; here they are passed over unread
    parser.DefaultHandler = lambda _text: None
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
            while piece := content.read(_PIECE):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except (KeyError, zipfile.BadZipFile, expat.ExpatError, ValueError):
        return []
    return spans.found
