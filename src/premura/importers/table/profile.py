"""What stands in each column, in bounded memory: the values while they are few, counts when they are many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from premura.importers.table.dates import OrderEvidence, is_serial, parse_moment
from premura.importers.table.numbers import parse_rating, parse_yes_no
from premura.importers.table.rows import Batch

BLANKS = frozenset({"", "blank", "na", "n/a", "n.a.", "n.d.", "nd", "-", "–", "—", "null", "none", "#n/a"})
# Longer cells hold something, unless somebody leant on the space bar.
_LONGEST_BLANK = 12
MOST_VALUES = 400
LOOKED_AT = 3000
_FULL_DATE = re.compile(r"^\S*\d.*[-/.\s:].*\d|^\d{8}$")
_DAY_MONTH = re.compile(r"^\d{1,2}[-/.\s]\d{1,2}[-/.\s]\d{2}")


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, ``Blank``, ``NA``, ``N/A``, ``n.d.``, ``-`` and the like.

    >>> is_blank(" n.d. "), is_blank("0")
    (True, False)
    """
    return text.strip().lower() in BLANKS


def _is_blank_cell(cell: str) -> bool:
    return len(cell) <= _LONGEST_BLANK and (not cell or cell.strip().lower() in BLANKS)


@dataclass
class ColumnProfile:
    """One column of the file. ``values`` counts every filled value until there are too many different ones.

    ``looked`` filled cells at the head of the file were looked at closely: how many were numbers, dates, yes or no,
    e-mail addresses, how long they were and how many were different.
    """

    name: str
    label: str = ""
    filled: int = 0
    values: Counter[str] = field(default_factory=Counter)
    overflowed: bool = False
    looked: int = 0
    numeric: int = 0
    dated: int = 0
    serial: int = 0
    yes_no: int = 0
    emails: int = 0
    words: int = 0
    different: int = 0
    examples: list[str] = field(default_factory=list)
    order: OrderEvidence = field(default_factory=OrderEvidence)
    _seen: set[int] = field(default_factory=set)

    def see_many(self, cells: Sequence[str]) -> None:
        """Take the cells of many rows; blank ones only by not being counted as filled."""
        rest = iter(cells)
        while self.looked < LOOKED_AT:
            if (cell := next(rest, None)) is None:
                return
            if not _is_blank_cell(cell):
                self._look(cell)
                self._take(cell, 1)
        while not self.overflowed and (head := list(islice(rest, MOST_VALUES * 4))):
            for cell, count in Counter(head).items():
                if cell in self.values or not _is_blank_cell(cell):
                    self._take(cell, count)
        if self.overflowed:
            self._take_many(list(rest))

    def _take(self, cell: str, count: int) -> None:
        self.filled += count
        if not self.overflowed:
            if cell in self.values or len(self.values) < MOST_VALUES:
                # The commonest case by far: a value met before, so only counts change.
                self.values[cell] += count
                return
            self._overflow()
        if self.dated and _DAY_MONTH.match(cell):
            self.order.see(cell.strip(), count)

    def _take_many(self, cells: Sequence[str]) -> None:
        """Cells of a column with too many different values: only how many are filled, and the order of dates."""
        self.filled += len(cells) - sum(map(_is_blank_cell, cells))
        if not self.dated:
            return
        # What tells the order is the day, and the half of the day: the minutes of a million rows need no look each
        firsts: dict[tuple[str, str], str] = {}
        counts: Counter[tuple[str, str]] = Counter()
        for cell in cells:
            if _DAY_MONTH.match(cell):
                text = cell.strip()
                key = (text[:10], text[-3:] if text[-1:].isalpha() or text[-1:] == "." else "")
                firsts.setdefault(key, text)
                counts[key] += 1
        for key, text in firsts.items():
            self.order.see(text, counts[key])

    def _overflow(self) -> None:
        self.overflowed = True
        if self.dated:
            for text, count in self.values.items():
                if _DAY_MONTH.match(text):
                    self.order.see(text.strip(), min(count, 3))
        self.values = Counter()

    def _look(self, cell: str) -> None:
        text = cell.strip()
        self.looked += 1
        mark = hash(text)
        if mark not in self._seen:
            self._seen.add(mark)
            self.different += 1
            if len(self.examples) < 3:
                self.examples.append(text[:80])
        self.numeric += parse_rating(text) is not None
        self.serial += is_serial(text)
        self.yes_no += parse_yes_no(text) is not None
        self.emails += "@" in text and " " not in text
        self.words += text.count(" ") + 1
        self.dated += bool(_FULL_DATE.match(text)) and _is_date(text)

    def close(self) -> None:
        """All rows were seen: settle what could only be settled at the end."""
        self._seen = set()
        if not self.overflowed and self.dated:
            for text in self.values:
                if _DAY_MONTH.match(text):
                    self.order.see(text.strip())

    def share(self, kind: str) -> float:
        """Share of the looked-at cells: ``numeric``, ``dated``, ``serial``, ``yes_no``, ``emails``, ``different``."""
        return int(getattr(self, kind)) / self.looked if self.looked else 0.0

    @property
    def mean_words(self) -> float:
        return self.words / self.looked if self.looked else 0.0

    def numbers(self, missing: Iterable[str] = ()) -> Counter[float]:
        """The numeric values with their counts, without the declared codes for «no answer»."""
        codes = set(missing)
        counts: Counter[float] = Counter()
        for text, count in self.values.items():
            if not is_missing(text, codes):
                number = parse_rating(text)
                if number is not None:
                    counts[number] += count
        return counts


def _is_date(text: str) -> bool:
    return parse_moment(text) is not None or parse_moment(text, day_first=False) is not None


def is_missing(text: str, codes: set[str]) -> bool:
    """Whether a cell is blank or one of the declared codes; ``6``, ``6.0`` and ``6,0`` are the same code."""
    if is_blank(text):
        return True
    if not codes:
        return False
    text = text.strip()
    return text in codes or text.lower() in codes or _canonical(text) in codes


def canonical_codes(codes: Iterable[str]) -> set[str]:
    """Codes as they are compared: lower case, numbers without needless decimals."""
    return {_canonical(code.strip()) for code in codes} | {code.strip().lower() for code in codes}


def _canonical(text: str) -> str:
    number = parse_rating(text)
    return text.lower() if number is None else f"{number:g}"


def profile_rows(
    batches: Iterable[Batch], names: tuple[str, ...], labels: tuple[str, ...]
) -> tuple[list[ColumnProfile], int]:
    """Profile every column in one pass; also the number of rows that hold anything."""
    columns = [ColumnProfile(name, label) for name, label in zip(names, labels, strict=True)]
    count = 0
    for batch in batches:
        count += len(batch.cells)
        for column, cells in zip(columns, _columns(batch.cells), strict=False):
            column.see_many(cells)
    for column in columns:
        column.close()
    return columns, count


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Rows the other way round; short ones end in blank cells."""
    return zip(*rows, strict=True) if len(set(map(len, rows))) < 2 else zip_longest(*rows, fillvalue="")
