"""On which scale a column was answered, and when a column holds two scales one after the other.

A 4 of 5 and a 4 of 10 say opposite things; their mean says nothing. So a scale is inferred only where the values leave
one possibility, and a change of scale is looked for before anything is averaged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

_PART = re.compile(r"^(-?\d{1,3})\s*(?:-|–|\.\.|to|a)\s*(\d{1,3})(?:@(\d{4}-\d{2}-\d{2}))?$")
# Below this chance, so many answers before the first big one are no accident.
_NO_ACCIDENT = 1e-3
_FEW_BIG = 0.2


@dataclass(frozen=True, order=True)
class Scale:
    """Lowest and highest mark, both included."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def top_from(self) -> int:
        """The lowest of the two highest marks: the top-2-box."""
        return self.high - 1


FIVE, ZERO_FIVE, SEVEN, TEN, ZERO_TEN = Scale(1, 5), Scale(0, 5), Scale(1, 7), Scale(1, 10), Scale(0, 10)


@dataclass(frozen=True)
class ScaleRule:
    """The scale of a column through time: ``parts`` are (scale, first day), the first with no day, in order of days.

    ``mixed`` is set where a change was found in the values and nobody has settled it: then after ``parts[1]``'s day
    small values belong to neither scale for sure.
    """

    parts: tuple[tuple[Scale, date | None], ...]
    mixed: bool = False
    zero_is_blank: bool = False
    declared: bool = False

    def __str__(self) -> str:
        return ",".join(f"{scale}@{since.isoformat()}" if since else str(scale) for scale, since in self.parts)

    @property
    def scales(self) -> tuple[Scale, ...]:
        return tuple(dict.fromkeys(scale for scale, _ in self.parts))

    def place(self, value: float, day: date | None) -> Placed:
        """Where one value belongs: on a scale, set aside (with a code) or out of scale."""
        if self.zero_is_blank and value == 0:
            return Placed(None, "zero-set-aside")
        if self.mixed:
            return self._place_mixed(value, day)
        if len(self.parts) == 1:
            scale = self.parts[0][0]
            return Placed(scale) if scale.holds(value) else Placed(None, None, scale)
        if day is None:
            return Placed(None, "scale-needs-date")
        scale = max((part for part in self.parts if part[1] is None or part[1] <= day), key=_start)[0]
        return Placed(scale) if scale.holds(value) else Placed(None, None, scale)

    def _place_mixed(self, value: float, day: date | None) -> Placed:
        (small, _), (big, since) = self.parts
        if not big.holds(value):
            return Placed(None, None, big)
        if value > small.high:
            return Placed(big)
        if since is not None and day is not None and day < since:
            return Placed(small) if small.holds(value) else Placed(None, None, small)
        return Placed(None, "scale-unknown")


@dataclass(frozen=True)
class Placed:
    """``scale`` where the value counts; else the code it is set aside under, or the scale it is out of."""

    scale: Scale | None
    aside: str | None = None
    outside: Scale | None = None


def _start(part: tuple[Scale, date | None]) -> date:
    return part[1] or date.min


def parse_scale_rule(text: str) -> ScaleRule | None:
    """``1-5``, or ``1-5,1-10@2015-06-09`` for a change on that day; None where it is neither.

    >>> str(parse_scale_rule("1-5,1-10@2015-06-09")), parse_scale_rule("5"), parse_scale_rule("1-5,1-10")
    ('1-5,1-10@2015-06-09', None, None)
    """
    parts: list[tuple[Scale, date | None]] = []
    for piece in text.split(","):
        found = _PART.match(piece.strip())
        if not found or int(found[1]) >= int(found[2]):
            return None
        try:
            since = date.fromisoformat(found[3]) if found[3] else None
        except ValueError:
            return None
        parts.append((Scale(int(found[1]), int(found[2])), since))
    parts.sort(key=_start)
    days = [since for _, since in parts]
    if days[0] is not None or len(set(days)) != len(days):
        return None
    return ScaleRule(tuple(parts), declared=True)


@dataclass(frozen=True)
class Inference:
    """What the values alone say: a rule, or None with ``code`` for why not; ``sure`` is False for a guess."""

    rule: ScaleRule | None
    code: str | None = None
    sure: bool = True


def infer_scale(numbers: Mapping[float, int], *, starts_at_one: bool = False) -> Inference:
    """The scale of a column from its values and their counts, without regard to time.

    ``starts_at_one`` says that the other marks of the file start at 1, so that a rare 0 is «not rated». Values above
    ten or below zero belong to no scale unless they are the most: they are left for the reader to reject.
    """
    total = sum(numbers.values())
    counts = Counter({value: count for value, count in numbers.items() if 0 <= value <= 10})
    inside = sum(counts.values())
    if not inside or inside < 0.5 * total:
        return Inference(None, "unclear-scale")
    zeros, big = counts[0.0], {value: count for value, count in counts.items() if value > 5}
    big_count = sum(big.values())
    if big_count and big_count <= min(3, max(1, 0.02 * inside)) and inside >= 20:
        big, big_count = {}, 0  # a slip of the pen on a five-point scale; the reader rejects it with its reason
    if not big_count:
        return _up_to_five(counts, zeros, inside, starts_at_one)
    top = max(big)
    if top > 7:
        return Inference(_rule(ZERO_TEN if zeros else TEN), sure=inside >= 30)
    if top <= 6 or zeros:
        return Inference(None, "unclear-scale")
    return Inference(_rule(SEVEN), sure=inside >= 30)


def _up_to_five(counts: Counter[float], zeros: int, inside: int, starts_at_one: bool) -> Inference:
    sure = max(value for value in counts if value <= 5) == 5 or inside >= 30
    if not zeros:
        return Inference(_rule(FIVE), sure=sure)
    if starts_at_one and zeros < counts[1.0]:
        return Inference(ScaleRule(((FIVE, None),), zero_is_blank=True), "zero-set-aside")
    return Inference(_rule(ZERO_FIVE), "zero-in-scale")


def _rule(scale: Scale) -> ScaleRule:
    return ScaleRule(((scale, None),))


@dataclass
class ScaleWatch:
    """Small (up to 5) and big values of one column by day: mergeable, and no larger than the number of days."""

    small: Counter[date] = field(default_factory=Counter)
    big: Counter[date] = field(default_factory=Counter)
    undated_small: int = 0
    undated_big: int = 0

    def see(self, value: float, day: date | None) -> None:
        if not 0 <= value <= 10:
            return
        if day is None:
            self.undated_small += value <= 5
            self.undated_big += value > 5
        elif value > 5:
            self.big[day] += 1
        else:
            self.small[day] += 1


@dataclass(frozen=True)
class Mixture:
    """Two scales in one column: how many values are certain, since when, and how many cannot be told apart."""

    since: date | None
    before: int
    big: int
    unclear: int


def find_mixture(watch: ScaleWatch, numbers: Mapping[float, int]) -> Mixture | None:
    """Whether big values begin only at some day although there were enough answers before to expect some.

    With p the share of big values since their first day, n answers before it would all be small with chance (1 − p)ⁿ;
    below one in a thousand, the scale has changed. Without usable dates, few big values above a gap speak instead.
    """
    big = sum(watch.big.values()) + watch.undated_big
    if not watch.big:
        return _mixture_without_dates(big, numbers)
    since = min(watch.big)
    before = sum(count for day, count in watch.small.items() if day < since)
    after = sum(count for day, count in watch.small.items() if day >= since)
    share = sum(watch.big.values()) / (sum(watch.big.values()) + after)
    if before >= 5 and (1 - share) ** before < _NO_ACCIDENT:
        return Mixture(since, before, big, after + watch.undated_small)
    return _mixture_without_dates(big, numbers)


def _mixture_without_dates(big: int, numbers: Mapping[float, int]) -> Mixture | None:
    small = sum(count for value, count in numbers.items() if 0 <= value <= 5)
    near, above = numbers.get(5.0, 0) + numbers.get(4.0, 0), numbers.get(6.0, 0) + numbers.get(7.0, 0)
    if big and big < _FEW_BIG * (big + small) and near > 5 * max(1, above):
        return Mixture(None, 0, big, small)
    return None


def mixed_rule(mixture: Mixture, big: Scale) -> ScaleRule:
    """The safe reading of a mixture: 1–5 before, values above 5 on ``big``, small values since then set aside."""
    return ScaleRule(((FIVE, None), (big, mixture.since)), mixed=True)
