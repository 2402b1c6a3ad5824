"""Figures through time, by month or by quarter, with the limits of everyday variation and the signals beyond them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from premura import stats
from premura.entrypoints.cli.report.scores import estimate, hits, is_share, metrics_of, top_from
from premura.entrypoints.cli.report.tally import Asked
from premura.stats import ControlChart, Estimate

MOST_MONTHS = 30
FEWEST_FOR_LIMITS = 8


@dataclass(frozen=True)
class Point:
    """One period. ``centre``, ``lower`` and ``upper`` are None without limits; ``rules`` fired here."""

    period: str
    start: date
    estimate: Estimate
    enough: bool
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trend:
    """One metric through time. ``chart`` is ``p`` or ``xmr``, or None without limits; ``grain`` month or quarter."""

    metric: str
    asked: Asked
    grain: str
    points: tuple[Point, ...]
    chart: str | None


def grain_of(first: date, last: date, months: Mapping[int, Counter[float]], minimum: int) -> str:
    """``month`` up to thirty months, ``quarter`` beyond: a point needs answers, and an eye needs room.

    Beyond a year, ``quarter`` also where less than half of the months have ``minimum`` answers.
    """
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    enough = sum(1 for counts in months.values() if sum(counts.values()) >= minimum)
    if span <= 12 or (span <= MOST_MONTHS and 2 * enough >= len(months)):
        return "month"
    return "quarter"


def make_trend(asked: Asked, months: Mapping[int, Counter[float]], grain: str, minimum: int) -> Trend:
    """The main metric of a question by period. Limits are made of the periods with at least ``minimum`` answers."""
    metric = metrics_of(asked)[0]
    periods: dict[int, Counter[float]] = {}
    for month, counts in sorted(months.items()):
        start = month if grain == "month" else month - month % 3
        periods.setdefault(start, Counter()).update(counts)
    points = [_point(metric, asked, start, counts, grain, minimum) for start, counts in periods.items()]
    solid = [i for i, point in enumerate(points) if point.enough]
    if len(solid) < FEWEST_FOR_LIMITS:
        return Trend(metric, asked, grain, tuple(points), None)
    chart, kind = _chart(metric, asked, [list(periods.values())[i] for i in solid])
    for position, index in enumerate(solid):
        points[index] = _with_limits(points[index], chart, position)
    return Trend(metric, asked, grain, tuple(points), kind)


@dataclass(frozen=True)
class LateStart:
    """A yes/no question whose answers are nearly all «no» until a month: perhaps it was not asked before."""

    since: date
    before: int
    before_yes: int
    after: int
    after_yes: int


def find_late_start(months: Mapping[int, Counter[float]]) -> LateStart | None:
    """The month that best parts few «yes» from many, where before it at most 5 % and after it at least 25 % said yes.

    The parting is the one with the largest sum of squares between the two sides; each needs a hundred answers.
    """
    ordered = sorted(months)
    counts = [(int(months[m][1.0]), sum(months[m].values())) for m in ordered]
    all_yes, all_n = (sum(part) for part in zip(*counts, strict=True))
    best, yes, n = None, 0, 0
    best_gap = 0.0
    for month, (month_yes, month_n) in zip(ordered[1:], counts, strict=False):
        yes, n = yes + month_yes, n + month_n
        gap = n * (all_n - n) * (yes / n - (all_yes - yes) / (all_n - n)) ** 2
        if gap > best_gap:
            best_gap, best = gap, LateStart(_month_start(month), n, yes, all_n - n, all_yes - yes)
    if best and best.before >= 100 <= best.after and best.before_yes <= 0.05 * best.before:
        return best if best.after_yes >= 0.25 * best.after else None
    return None


def _month_start(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _point(metric: str, asked: Asked, start: int, counts: Counter[float], grain: str, minimum: int) -> Point:
    year, month = start // 12, start % 12 + 1
    name = f"{year}-{month:02d}" if grain == "month" else f"{year}-Q{(month - 1) // 3 + 1}"
    made = estimate(metric, asked.scale, counts)
    return Point(name, date(year, month, 1), made, sum(counts.values()) >= minimum)


def _chart(metric: str, asked: Asked, counted: list[Counter[float]]) -> tuple[ControlChart, str]:
    if is_share(metric):
        lowest = top_from(metric, asked.scale)
        return stats.p_chart([int(hits(c, lowest)) for c in counted], [sum(c.values()) for c in counted]), "p"
    values = [estimate(metric, asked.scale, c).value for c in counted]
    return stats.xmr([value for value in values if value is not None]), "xmr"


def _with_limits(point: Point, chart: ControlChart, position: int) -> Point:
    rules = tuple(dict.fromkeys(signal.rule for signal in chart.signals if signal.index == position))
    return Point(
        point.period,
        point.start,
        point.estimate,
        point.enough,
        chart.centre,
        chart.lower[position],
        chart.upper[position],
        rules,
    )
