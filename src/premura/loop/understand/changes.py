"""Readings beside another time: how far a figure has moved, with its interval, and whether chance alone would do it.

The two times are taken as different people, as everywhere where one period stands beside another.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from premura.loop.understand.service_quality import ServiceQuality
from premura.stats import difference_of, holm, p_of_difference
from premura.stats.estimate import Estimate

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Moved:
    """``difference`` is now minus ``before``; ``p`` is corrected for all comparisons of the table."""

    before: Estimate
    difference: Estimate
    p: float | None


def moved(now: Mapping[Key, Estimate], before: Mapping[Key, Estimate], *, least: int) -> dict[Key, Moved]:
    """What can be compared: where both times have at least ``least`` answers. p values are corrected by Holm."""
    both = [key for key in now if key in before and min(now[key].n, before[key].n) >= least]
    differences = {key: difference_of(now[key], before[key]) for key in both}
    chances = {key: p for key, one in differences.items() if (p := p_of_difference(one)) is not None}
    corrected = dict(zip(chances, holm(chances.values()), strict=True))
    return {key: Moved(before[key], one, corrected.get(key)) for key, one in differences.items()}


@dataclass(frozen=True)
class QualityMoved:
    """By item (survey, question), by dimension, and of the whole; what was not asked the same way is not compared."""

    items: Mapping[tuple[int, str], Moved]
    dimensions: Mapping[str, Moved]
    overall: Moved | None
    weighted: Moved | None

    @property
    def compared(self) -> int:
        """The comparisons of the two tables."""
        return len(self.items) + len(self.dimensions)


def quality_moved(now: ServiceQuality, before: ServiceQuality | None, *, least: int) -> QualityMoved:
    """A dimension is compared where both times asked the same questions of it, the whole where that holds of all."""
    if before is None or (now.instrument, now.scale) != (before.instrument, before.scale):
        return QualityMoved({}, {}, None, None)
    items = moved(_items(now), _items(before), least=least)
    asked, then = _questions(now), _questions(before)
    alike = {code for code, questions in asked.items() if then.get(code) == questions}
    gaps = ({row.code: row.gap for row in one.dimensions if row.code in alike} for one in (now, before))
    dimensions = moved(*gaps, least=least)
    pairs = ((now.overall, before.overall), (now.weighted, before.weighted)) if asked == then else ()
    whole = [moved({0: one}, {0: two}, least=least).get(0) if one and two else None for one, two in pairs]
    overall, weighted = whole or (None, None)
    return QualityMoved(items, dimensions, overall, weighted)


def _items(found: ServiceQuality) -> dict[tuple[int, str], Estimate]:
    return {(one.survey, one.question): one.gap for one in found.items}


def _questions(found: ServiceQuality) -> dict[str, set[tuple[int, str]]]:
    return {
        row.code: {(one.survey, one.question) for one in found.items if one.dimension == row.code}
        for row in found.dimensions
    }
