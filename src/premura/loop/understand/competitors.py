"""The competitor index (rows S30, S33): the same question about us and about a competitor, now and through time.

The answers may be those of customers, of people who are not yet customers, or of an observer (a mystery visit); each
kind of source is compared only with itself. The relative index is 100 times ours divided by theirs.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncQuarter

from premura.core.staff.models import Person
from premura.loop.listen.models import Perspective, Subject
from premura.loop.understand.gaps import ITEM, Gap, Turned, gap_of, is_scale, perceived, scored, upright
from premura.loop.understand.metrics import Counts, total
from premura.loop.understand.questions import Item
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
    One query.

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


def _cells(
    person: Person, window: Window, location: int | None, turn: Turned
) -> dict[tuple[int | None, str, Item], _Cell]:
    rows = scored(person, window).filter(perceived(), response__perspective__in=SOURCES)
    if location is not None:
        rows = rows.filter(Q(response__subject__is_us=False) | Q(response__location=location or None))
    keys = ("response__subject", "response__subject__is_us", "response__perspective", "response__survey", *ITEM)
    found: Any = rows.order_by().annotate(quarter=TruncQuarter("response__answered_on"))
    found = found.values_list(*keys, "score", "quarter").annotate(n=Count("pk"), latest=Max("response__answered_on"))
    cells: dict[tuple[int | None, str, Item], _Cell] = {}
    for subject, is_us, source, survey, question, part, scale, kind, touchpoint, score, quarter, n, latest in found:
        if not is_scale(scale):
            continue
        key = (None if is_us else subject, source, Item.of(question, part, scale, kind, touchpoint))
        cell = cells.setdefault(key, _Cell(defaultdict(Counts), latest))
        given = upright(score, scale, (survey, question) in turn)
        counts = cell.counts[quarter]
        counts[given] = counts.get(given, 0) + n
        cell.latest = max(cell.latest, latest)
    return cells
