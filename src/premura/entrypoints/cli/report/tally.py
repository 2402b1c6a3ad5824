"""Counts made while the rows pass by: everything the report says can be made of them, and two tallies can be added.

Memory grows with the number of months, of different marks and of names compared, never with the number of rows.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from premura.importers.table import Role, Scale, TableRow

MOST_NAMES = 2000
MOST_COMMENTS = 20
LONGEST_COMMENT = 4000


@dataclass
class Marks:
    """The answers to one question on one scale: how often each mark, and the sums of their weights."""

    counts: Counter[float] = field(default_factory=Counter)
    weights: dict[float, float] = field(default_factory=dict)
    squares: float = 0.0
    weighted: int = 0

    def see(self, value: float, weight: float | None) -> None:
        self.counts[value] += 1
        if weight is not None:
            self.weights[value] = self.weights.get(value, 0.0) + weight
            self.squares += weight * weight
            self.weighted += 1

    def add(self, other: Marks) -> None:
        self.counts.update(other.counts)
        for value, weight in other.weights.items():
            self.weights[value] = self.weights.get(value, 0.0) + weight
        self.squares += other.squares
        self.weighted += other.weighted

    @property
    def n(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Asked:
    """One question on one scale: marks on different scales are never put together."""

    column: str
    role: Role
    scale: Scale


@dataclass(frozen=True, order=True)
class Voice:
    """A comment with the mark beside it; ``badness`` orders the worst and latest first."""

    badness: tuple[float, int, int]
    text: str = field(compare=False)
    score: float | None = field(compare=False)
    scale: Scale | None = field(compare=False)
    day: date | None = field(compare=False)
    subject: str | None = field(compare=False)
    location: str | None = field(compare=False)
    line: int = field(compare=False)

    @property
    def mood(self) -> float:
        """0 for the lowest mark of the scale, 1 for the highest."""
        return -self.badness[0]


# Up to 3 of 5, 6 of 10: whoever gave more is not among the unhappy.
UNHAPPY = 0.6
YES_NO = Scale(0, 1)
_GROUPS = (Role.SUBJECT, Role.LOCATION, Role.TOUCHPOINT)
# Which mark says how bad the answer was, the surest first.
_MOOD = (Role.OVERALL, Role.NPS, Role.CSAT, Role.CES, Role.RATING)


@dataclass
class _Cell:
    """All counts of one question on one scale; rows reach it by a key of plain values, which is quick to look up."""

    asked: Asked
    marks: Marks = field(default_factory=Marks)
    months: dict[int, Counter[float]] = field(default_factory=lambda: defaultdict(Counter))
    names: dict[tuple[Role, str], Counter[float]] = field(default_factory=lambda: defaultdict(Counter))


class Tally:
    """What a report is made of. ``roles`` gives the role of each column; rows are taken one by one with ``see``."""

    def __init__(self, roles: Mapping[str, Role], groups: Mapping[Role, str]) -> None:
        self.roles = roles
        self.groups = groups
        self.names: dict[Role, set[str]] = {role: set() for role in groups}
        self.unnamed: Counter[Role] = Counter()
        self.first: date | None = None
        self.last: date | None = None
        self.dated = 0
        self._cells: dict[tuple[str, int, int], _Cell] = {}
        self._voices: list[Voice] = []
        general = [name for role in _MOOD[:-1] for name, has in roles.items() if has is role]
        # One touchpoint does not tell how the whole was; its mark stands in only where nothing general was asked.
        self._mood = general or [name for name, has in roles.items() if has is _MOOD[-1]]
        self._yes_no = [name for name, has in roles.items() if has is Role.RECOMMENDED]

    @property
    def marks(self) -> dict[Asked, Marks]:
        """The answers to every question, by question and scale."""
        return {cell.asked: cell.marks for cell in self._cells.values()}

    @property
    def months(self) -> dict[Asked, dict[int, Counter[float]]]:
        """The answers that have a day, by month (year · 12 + month − 1); touchpoints are not followed in time."""
        return {cell.asked: cell.months for cell in self._cells.values() if cell.months}

    def by_name(self, role: Role, asked: Asked) -> dict[str, Counter[float]]:
        """The answers to one question by company, place or touchpoint."""
        cell = next(cell for cell in self._cells.values() if cell.asked == asked)
        return {name: counts for (of, name), counts in cell.names.items() if of is role}

    def see(self, row: TableRow) -> None:
        """Count one accepted row."""
        month = None
        if row.day:
            self.dated += 1
            month = row.day.year * 12 + row.day.month - 1
            self.first = row.day if self.first is None or row.day < self.first else self.first
            self.last = row.day if self.last is None or row.day > self.last else self.last
        names = self._names(row)
        for column, score in row.scores.items():
            self._count(self._cell(column, score.scale), score.value, row.weight, month, names)
        for column, said in row.recommended.items():
            self._count(self._cell(column, YES_NO), float(said), row.weight, month, names)
        if row.comments:
            self._hear(row)

    def _cell(self, column: str, scale: Scale) -> _Cell:
        key = (column, scale.low, scale.high)
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _Cell(Asked(column, self.roles[column], scale))
        return cell

    @staticmethod
    def _count(
        cell: _Cell, value: float, weight: float | None, month: int | None, names: list[tuple[Role, str]]
    ) -> None:
        cell.marks.see(value, weight)
        if cell.asked.role is not Role.RATING:
            if month is not None:
                cell.months[month][value] += 1
            for name in names:
                cell.names[name][value] += 1

    def _names(self, row: TableRow) -> list[tuple[Role, str]]:
        """What the row is about, as far as there is room to compare so many names."""
        found = []
        for role, met in self.names.items():
            name = getattr(row, role.value)
            if name and name not in met:
                if len(met) >= MOST_NAMES:
                    self.unnamed[role] += 1
                    continue
                met.add(name)
            if name:
                found.append((role, name))
        return found

    def _hear(self, row: TableRow) -> None:
        """Keep the comment if it is among the worst so far: lowest mark, then latest."""
        name = next((name for name in self._mood if name in row.scores), None)
        score = row.scores[name] if name else None
        unplaced = next((row.unplaced[name] for name in self._mood if name in row.unplaced), None)
        if score:
            mood = (score.value - score.scale.low) / (score.scale.high - score.scale.low)
        elif unplaced is not None:
            mood = (unplaced - 1) / 4  # on the longer scale it would be worse still
        elif any(column in row.recommended for column in self._yes_no):
            mood = 1.0 if any(row.recommended.values()) else 0.0
        else:
            return
        day = row.day.toordinal() if row.day else 0
        # A heap keeps its smallest on top, so that the least bad of the kept ones is the first to go.
        badness = (-mood, day, row.line)
        if len(self._voices) >= MOST_COMMENTS and badness < self._voices[0].badness:
            return
        text = max(row.comments.values(), key=len)[:LONGEST_COMMENT]
        voice = Voice(
            badness,
            text,
            score.value if score else unplaced,
            score.scale if score else None,
            row.day,
            row.subject,
            row.location,
            row.line,
        )
        if len(self._voices) < MOST_COMMENTS:
            heapq.heappush(self._voices, voice)
        else:
            heapq.heappushpop(self._voices, voice)

    @property
    def worst(self) -> list[Voice]:
        """The kept comments, the worst and latest first."""
        return sorted(self._voices, reverse=True)
