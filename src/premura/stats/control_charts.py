"""Control charts: tells a signal from the everyday up and down of a process.

In: one value per equal period. Out: the centre, the limits of every point and the signals, each with the rule that
fired. Standards: NIST/SEMATECH e-Handbook of Statistical Methods 6.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from premura.stats.estimate import StatsError
from premura.stats.inputs import Floats, count, entries, hits_of, number, vector

Rule: TypeAlias = Literal["beyond_limit", "eight_on_one_side", "three_of_four_near_limit", "moving_range_beyond_limit"]

#: d₂ for two points: the mean moving range of a normal process is 1.128 standard deviations.
D2 = 1.128
#: D₄ for two points: upper limit of the moving range.
D4 = 3.267
RUN = 8
#: A point counts as beyond a limit only by more than rounding.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Signal:
    """A point that the everyday variation does not explain.

    `index` is the position of the point at which the rule is fulfilled, `side` +1 above and -1 below the centre, and
    `points` are all the positions that fulfil it.
    """

    index: int
    rule: Rule
    side: Literal[-1, 1]
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A control chart; all tuples have one entry per point.

    `values` are what is plotted (`None`: a period without answers), `lower` and `upper` the limits, `sigma` the
    standard deviation of a point around the centre. `moving_ranges` (one fewer than the values), `moving_range_centre`
    and `moving_range_upper` are filled for `xmr` only.
    """

    values: tuple[float | None, ...]
    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    sigma: tuple[float, ...]
    signals: tuple[Signal, ...]
    moving_ranges: tuple[float, ...] = ()
    moving_range_centre: float | None = None
    moving_range_upper: float | None = None


def xmr(values: Iterable[float], *, baseline: int | None = None) -> ControlChart:
    """Individuals and moving range chart for any single number per period.

    Formula: x̄ ± 3 MR̄ / 1.128 with MR̄ the mean distance of neighbours; moving range limit 3.267 MR̄. With `baseline`
    = b the centre and the limits come from the first b points only, so that later points are judged by an earlier
    process. Rules: `beyond_limit`; `eight_on_one_side` (eight in a row on one side of the centre);
    `three_of_four_near_limit` (three of four in a row beyond half the way to the same limit);
    `moving_range_beyond_limit`.

    Source: NIST 6.3.2.2 (limits); D. J. Wheeler, *Understanding Variation* (rules).
    Errors: `StatsError` with `too_few_points` below two points, `not_finite`, `not_a_number`.

    >>> c = xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    >>> round(c.centre, 2), round(c.lower[0], 4), round(c.upper[0], 4), c.signals
    (50.81, 45.8159, 55.8041, ())
    """
    x = vector(values, "values")
    used = len(x) if baseline is None else count(baseline, "baseline")
    if len(x) < 2 or not 2 <= used <= len(x):
        raise StatsError("too_few_points", "A control chart needs at least two points, and two in its baseline.")
    ranges = np.abs(np.diff(x))
    centre, spread = float(x[:used].mean()), float(ranges[: used - 1].mean())
    sigma = np.full(len(x), spread / D2)
    chart = _chart(x, centre, centre - 3 * sigma, centre + 3 * sigma, sigma)
    top = D4 * spread
    jumps = tuple(
        Signal(i + 1, "moving_range_beyond_limit", 1 if x[i + 1] > x[i] else -1, (i, i + 1))
        for i in range(len(ranges))
        if ranges[i] > top + SLACK * max(1.0, abs(centre))
    )
    return ControlChart(
        chart.values, centre, chart.lower, chart.upper, chart.sigma, chart.signals + jumps,
        tuple(map(float, ranges)), spread, top,
    )  # fmt: skip


def p_chart(hits: Iterable[int], ns: Iterable[int]) -> ControlChart:
    """Chart of a share per period: `hits` of `ns` answers, the limits following each period's number of answers.

    Formula: p̄ = Σ hits / Σ ns; p̄ ± 3 √(p̄(1-p̄)/nᵢ), cut at 0 and 1. A period without answers has value `None`,
    limits 0…1 and takes no part in runs. Rules: those of `xmr` except the moving range.

    Source: NIST 6.3.3.2. Limits: with very many answers per period the binomial limits become too narrow for what
    changes from week to week; then prefer `xmr` of the shares.
    Errors: `StatsError` with `wrong_shape` (lengths differ), `no_answers`, and those of counts.

    >>> c = p_chart([40, 44, 22, 34, 24, 32, 28, 32, 34, 30], [200] * 10)
    >>> round(c.centre, 2), round(c.lower[0], 4), round(c.upper[0], 4)
    (0.16, 0.0822, 0.2378)
    """
    x, n = entries(hits, "hits"), entries(ns, "numbers of answers")
    if len(x) != len(n):
        raise StatsError("wrong_shape", f"There are {len(x)} counts of hits but {len(n)} numbers of answers.")
    pairs = [hits_of(a, b) for a, b in zip(x, n, strict=True)]
    total = sum(b for _, b in pairs)
    if total == 0:
        raise StatsError("no_answers", "No period has any answers.")
    centre = sum(a for a, _ in pairs) / total
    shares = np.array([a / b if b else math.nan for a, b in pairs])
    sigma = np.array([math.sqrt(centre * (1 - centre) / b) if b else math.inf for _, b in pairs])
    return _chart(shares, centre, np.maximum(0.0, centre - 3 * sigma), np.minimum(1.0, centre + 3 * sigma), sigma)


def ewma(values: Iterable[float], lam: float, start: float, sigma: float) -> ControlChart:
    """Exponentially weighted moving average: sees small lasting shifts earlier than single points do.

    `lam` (0 < λ <= 1) is the weight of the newest value, `start` the centre known from earlier data, `sigma` > 0 the
    standard deviation of one value around it. Formula: zₜ = λ xₜ + (1-λ) zₜ₋₁, z₀ = start; limits
    start ± 3 σ √(λ/(2-λ) · (1 - (1-λ)^(2t))), which widen towards their asymptote. Only the rule `beyond_limit` is
    used: neighbouring averages share data, so runs mean nothing.

    Source: NIST 6.3.2.4; Hunter, Journal of Quality Technology 18 (1986) 203-210.
    Errors: `StatsError` with `level_out_of_range` (λ), `not_positive` (σ), `too_few_points`, `not_finite`.

    >>> c = ewma([52.0, 47.0, 53.0], 0.3, 50.0, 2.0539)
    >>> [round(z, 2) for z in c.values]
    [50.6, 49.52, 50.56]
    """
    x, lam, start, sigma = vector(values, "values"), number(lam, "λ"), number(start, "start"), number(sigma, "σ")
    if not 0 < lam <= 1:
        raise StatsError("level_out_of_range", f"λ must lie above 0 and not above 1, not at {lam}.")
    if sigma <= 0:
        raise StatsError("not_positive", "The standard deviation σ must be above zero.")
    if len(x) == 0:
        raise StatsError("too_few_points", "A control chart needs at least one point.")
    averages = np.empty(len(x))
    z = start
    for t, value in enumerate(x):
        z = averages[t] = lam * value + (1 - lam) * z
    steps = np.arange(1, len(x) + 1)
    deviation = sigma * np.sqrt(lam / (2 - lam) * (1 - (1 - lam) ** (2 * steps)))
    return _chart(averages, start, start - 3 * deviation, start + 3 * deviation, deviation, runs=False)


def _chart(x: Floats, centre: float, lower: Floats, upper: Floats, sigma: Floats, *, runs: bool = True) -> ControlChart:
    slack = SLACK * max(1.0, abs(centre))
    side = np.where(x > centre + slack, 1, np.where(x < centre - slack, -1, 0))
    known = np.flatnonzero(~np.isnan(x))
    beyond = (x > upper + slack) | (x < lower - slack)
    signals = [Signal(int(i), "beyond_limit", _sign(side[i]), (int(i),)) for i in known if beyond[i]]
    if runs:
        signals += _runs(side, known)
        near = np.where(np.abs(x - centre) > 1.5 * sigma + slack, side, 0)
        signals += _near_limit(near, known)
    return ControlChart(
        tuple(None if math.isnan(v) else float(v) for v in x),
        centre,
        tuple(map(float, lower)),
        tuple(map(float, upper)),
        tuple(map(float, sigma)),
        tuple(signals),
    )


def _runs(
    side: np.ndarray[tuple[int], np.dtype[np.int64]], known: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> list[Signal]:
    found, length = [], 0
    for position, i in enumerate(known):
        same = position > 0 and side[i] != 0 and side[i] == side[known[position - 1]]
        length = length + 1 if same else int(side[i] != 0)
        if length >= RUN:
            points = tuple(map(int, known[position - length + 1 : position + 1]))
            found.append(Signal(int(i), "eight_on_one_side", _sign(side[i]), points))
    return found


def _near_limit(
    near: np.ndarray[tuple[int], np.dtype[np.int64]], known: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> list[Signal]:
    found = []
    for position, i in enumerate(known):
        window = known[max(0, position - 3) : position + 1]
        points = [int(j) for j in window if near[j] == near[i]]
        if near[i] != 0 and len(points) >= 3:
            found.append(Signal(int(i), "three_of_four_near_limit", _sign(near[i]), tuple(points)))
    return found


def _sign(side: int) -> Literal[-1, 1]:
    return 1 if side > 0 else -1
