"""One metric by one or two breakdowns, now and in another time: what the explorer shows as chart, table and file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from premura.core.staff.models import Person
from premura.loop.understand.counting import OPENED, Key, Slice, histograms, names_of
from premura.loop.understand.dimensions import PERIODIC
from premura.loop.understand.metrics import Counts, Figure, Metric, total
from premura.loop.understand.reads import Trend, figure_of, period_starts, trend_of
from premura.loop.understand.windows import Window
from premura.stats.compare import holm
from premura.stats.effects import BeforeAfter

Keys = tuple[Key, ...]


@dataclass(frozen=True)
class Line:
    """One group: its figure, and beside it the same group in the other time.

    ``p`` is corrected for all comparisons of the table; ``None`` where there is too little to compare.
    """

    keys: Keys
    counts: Counts
    figure: Figure
    before: Figure | None = None
    change: BeforeAfter | None = None
    p: float | None = None

    @property
    def is_comparable(self) -> bool:
        return self.change is not None and self.change.verdict != "not enough data"


@dataclass(frozen=True)
class Exploration:
    """``whole`` is all lines together, ``None`` where they must not be added up (we and others, expected and found).

    ``compared`` is how many comparisons the p values were corrected for.
    """

    metric: Metric
    by: tuple[str, ...]
    window: Window
    lines: tuple[Line, ...]
    whole: Line | None
    compared: int

    @property
    def n(self) -> int:
        return sum(line.counts.n for line in self.lines)


def explore(
    person: Person,
    metric: Metric,
    window: Window,
    by: Sequence[str],
    *,
    least: int,
    against: Window | None = None,
    **filters: Any,
) -> Exploration:
    """Every group that has answers in ``window``, or had some in ``against``. One query, two with ``against``."""
    names, where = names_of(by), Slice.of(filters)
    now = _by_keys(histograms(person, [metric], window, names, where))
    before = _by_keys(histograms(person, [metric], against, names, where)) if against else None
    beside = _aligned(before, names, window, against) if before is not None and against else None
    lines = [_line(metric, keys, now, beside, least, where.scale) for keys in {**now, **(beside or {})}]
    comparable = [line for line in lines if line.is_comparable]
    corrected = dict(zip((line.keys for line in comparable), holm(map(_p, comparable)), strict=True))
    lines = [replace(line, p=corrected.get(line.keys)) for line in lines]
    whole = None
    if not set(names) & set(OPENED):
        sums = {(): total(now.values())}
        whole = _line(metric, (), sums, None if before is None else {(): total(before.values())}, least, where.scale)
        whole = replace(whole, p=whole.change.p if whole.change and whole.is_comparable else None)
    return Exploration(metric, names, window, tuple(lines), whole, len(comparable))


def _by_keys(found: Mapping[tuple[Key, ...], Counts]) -> dict[Keys, Counts]:
    return {tuple(keys): counts for (_code, *keys), counts in found.items() if counts.n}


def _aligned(
    before: Mapping[Keys, Counts], names: Sequence[str], window: Window, against: Window
) -> Mapping[Keys, Counts]:
    """The other time under the names of this one: its first month stands beside our first, and so on.

    Periods without a counterpart are left out here; they stay in the whole.
    """
    counterparts = {
        place: dict(zip(period_starts(against, name), period_starts(window, name), strict=False))
        for place, name in enumerate(names)
        if name in PERIODIC
    }
    result: dict[Keys, Counts] = {}
    for keys, counts in before.items():
        moved = tuple(counterparts[place].get(key) if place in counterparts else key for place, key in enumerate(keys))
        if all(moved[place] is not None for place in counterparts):
            result[moved] = counts
    return result


def _line(
    metric: Metric,
    keys: Keys,
    now: Mapping[Keys, Counts],
    before: Mapping[Keys, Counts] | None,
    least: int,
    scale: str,
) -> Line:
    counts = now.get(keys, Counts())
    line = Line(keys, counts, figure_of(metric, counts, least, scale))
    if before is None:
        return line
    old = before.get(keys, Counts())
    change = metric.compare(old, counts, least)
    return replace(line, before=figure_of(metric, old, least, scale), change=change)


def _p(line: Line) -> float:
    return 1.0 if line.change is None or line.change.p is None else line.change.p


def series(found: Exploration, least: int, scale: str = "") -> dict[Key, Trend]:
    """A trend with its control chart for every group of a breakdown by week or month; ``{None: …}`` without groups.

    No query: the counts are those of ``found``. Empty where no breakdown is a time. Beside one another, many groups
    make many signals: there a period with too few answers to read is not charted at all.
    """
    step = next((name for name in found.by if name in PERIODIC), None)
    others = [name for name in found.by if name != step]
    if step is None or any(name in PERIODIC for name in others):
        return {}
    place = found.by.index(step)
    counted: dict[Key, dict[date, Counts]] = {}
    for line in found.lines:
        if others and line.counts.n < least:
            continue
        group = line.keys[1 - place] if others else None
        counted.setdefault(group, {})[line.keys[place]] = line.counts
    return {group: trend_of(found.metric, step, days, found.window, least, scale) for group, days in counted.items()}


def biggest(found: Iterable[Line], place: int, most: int) -> list[Key]:
    """The ``most`` keys at ``place`` with the most answers, in that order."""
    sizes: dict[Key, int] = {}
    for line in found:
        sizes[line.keys[place]] = sizes.get(line.keys[place], 0) + line.counts.n
    return sorted(sizes, key=lambda key: -sizes[key])[:most]
