"""The competitor index (rows S30, S33): the same question about us and about a competitor, now and through time.

The answers may be those of customers, of people who are not yet customers, or of an observer (a mystery visit); each
kind of source is compared only with itself. The relative index is 100 times ours divided by theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from premura.core.staff.models import Person
from premura.loop.listen.models import Moment, Perspective, Subject
from premura.loop.understand.courses import first_of
from premura.loop.understand.gaps import Gap, Turned, gap_of, is_scale, upright
from premura.loop.understand.metrics import Counts, total
from premura.loop.understand.questions import Item
from premura.loop.understand.tallies import ITEM, is_perceived, tally
from premura.loop.understand.windows import Window

#: Whose scores are compared; those of the staff about their own company are the delivery gap.
SOURCES = (Perspective.CUSTOMER, Perspective.PROSPECT, Perspective.OBSERVER)


@dataclass(frozen=True)
class Point:
    """One quarter (its first day) of one attribute: ``gap`` has them first, us second."""

    day: date
    gap: Gap


@dataclass(frozen=True)
class Compared:
    """One attribute, one competitor, one kind of source. ``heard_on`` is the day of their latest answer."""

    competitor: int
    source: str
    gap: Gap
    heard_on: date
    points: tuple[Point, ...]

    @property
    def item(self) -> Item:
        return self.gap.item


@dataclass
class _Cell:
    counts: dict[date, Counts]
    latest: date


def competitors() -> list[Subject]:
    """The register. One query."""
    return list(Subject.objects.filter(is_us=False).order_by("name"))


def competitor_index(
    person: Person, window: Window, *, location: int | None = None, turn: Turned = frozenset()
) -> list[Compared]:
    """Every attribute that was asked about us and about a competitor; those in ``turn`` are worded the other way round.
    At most six queries.

    ``location`` narrows our own scores only: a competitor's places are not ours.
    """
    cells = _cells(person, window, location, turn)
    ours = {(source, item): cell for (subject, source, item), cell in cells.items() if subject is None}
    rows = []
    for (subject, source, item), theirs in cells.items():
        us = ours.get((source, item))
        if subject is not None and us is not None:
            gap = gap_of(item, total(theirs.counts.values()), total(us.counts.values()), "mean")
            rows.append(Compared(subject, source, gap, theirs.latest, tuple(_points(item, theirs, us))))
    return sorted(rows, key=lambda row: (row.competitor, row.source, row.gap.difference.value or 0.0, row.item))


def _points(item: Item, theirs: _Cell, us: _Cell) -> Iterable[Point]:
    for day in sorted(theirs.counts.keys() & us.counts.keys()):
        yield Point(day, gap_of(item, theirs.counts[day], us.counts[day], "mean"))


#: Subject, perspective and survey, the item, the score and the month: what answers are counted by
_BY = ("subject", "perspective", "survey", *ITEM, "score", "month")


def _cells(
    person: Person, window: Window, location: int | None, turn: Turned
) -> dict[tuple[int | None, str, Item], _Cell]:
    subjects = dict(Subject.objects.values_list("pk", "is_us"))
    asked: dict[str, Any] = {"perspective": list(SOURCES), "moment": Moment.PERCEPTION.value}
    others = [pk for pk, is_us in subjects.items() if not is_us]
    theirs = tally(person, window, _BY, subject=others, **asked)
    # The question's code is where the facts are searched by: of ours only what was asked about them is read
    codes = sorted({row[_BY.index("question")] for row in theirs})
    we = [pk for pk, is_us in subjects.items() if is_us]
    ours = tally(person, window, _BY, location=location, subject=we, question=codes, **asked)
    cells: dict[tuple[int | None, str, Item], _Cell] = {}
    for subject, source, survey, question, part, scale, kind, touchpoint, score, month, n, latest in (*theirs, *ours):
        if not is_scale(scale) or not is_perceived(part):
            continue
        item = Item.of(question, part, scale, kind, touchpoint)
        cell = cells.setdefault((None if subjects[subject] else subject, source, item), _Cell({}, latest))
        given = upright(score, scale, (survey, question) in turn)
        counts = cell.counts.setdefault(first_of(month, "quarter"), Counts())
        counts[given] = counts.get(given, 0) + n
        cell.latest = max(cell.latest, latest)
    return cells
