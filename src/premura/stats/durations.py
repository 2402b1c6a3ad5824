"""Durations: how long things take, with those that are still running counted honestly.

In: durations in any unit (minutes, hours, days), and whether each has ended. Out: medians, P90 and shares within a
target, each an `Estimate` in the same unit. The mean alone is never shown: a few very long waits hide in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real

import numpy as np
from scipy import special

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.inputs import Floats, entries, number, share_level, vector
from premura.stats.intervals import normal_quantile
from premura.stats.scores import top_box

#: Steps of a survival curve are products of fractions; one half must be recognised through their rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Survival:
    """The share still running after each duration (Kaplan-Meier).

    `median` is the duration by which half have ended. Where too many are still running for an upper end, its interval
    is missing and `median_at_least` holds the lower end alone. `times` are the durations at which something ended,
    `running` the share still running just after, `low` and `high` its interval, `at_risk` those watched until then. `n`
    counts all, `ended` those that have ended.
    """

    median: Estimate
    median_at_least: float | None
    times: tuple[float, ...]
    running: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    at_risk: tuple[int, ...]
    n: int
    ended: int

    def quantile(self, share: float) -> float | None:
        """The duration by which this share (0…1) has ended; `None` when that is not reached yet.

        Errors: `StatsError` with `level_out_of_range`.
        """
        return _first(self.times, self.running, 1 - share_level(share, "share"))

    def running_after(self, duration: float) -> float | None:
        """Share still running after this duration (`None` without data)."""
        limit = number(duration, "duration")
        passed = [s for t, s in zip(self.times, self.running, strict=True) if t <= limit]
        return passed[-1] if passed else (1.0 if self.n else None)


def survival(durations: Iterable[float], closed: Iterable[bool], *, confidence: float = 0.95) -> Survival:
    """Kaplan-Meier curve and median of durations of which some are still running.

    `durations` (not negative) and `closed` have equal length; `closed` is true where the duration has ended and false
    where it was still running when we looked. Leaving the open ones out, or counting them as ended, makes us look
    faster.

    Formula: S(t) = Π (1 - dᵢ/nᵢ) over durations tᵢ <= t; Greenwood's variance; interval on the log(-log) scale; median
    = first t with S(t) <= 1/2, its interval = the t whose interval of S holds 1/2 (Brookmeyer and Crowley).
    Source: Kaplan and Meier, JASA 53 (1958) 457-481; Brookmeyer and Crowley, Biometrics 38 (1982) 29-41.
    Limit: what is still running must not differ in kind from what has ended at the same age.
    Errors: `StatsError` with `wrong_shape`, `negative_duration`, `not_finite`.

    >>> s = survival([1, 2, 3, 4, 5, 6], [True, True, True, True, False, False])
    >>> s.median.value, s.ended, s.n
    (3.0, 4, 6)
    """
    z = normal_quantile(confidence)
    t, done = _durations(durations), np.array([_mark(c) for c in entries(closed, "marks")], dtype=bool)
    if len(t) != len(done):
        raise StatsError("wrong_shape", f"There are {len(t)} durations but {len(done)} marks of having ended.")
    times, counts = np.unique(t[done], return_counts=True)
    ends: Floats = counts.astype(float)
    at_risk: Floats = (len(t) - np.searchsorted(np.sort(t), times, side="left")).astype(float)
    running: Floats = np.cumprod(1 - ends / at_risk, dtype=float)
    low, high = _band(running, ends, at_risk, z)
    median, at_least = _median(times, running, low, high, len(t))
    return Survival(
        median, at_least, _plain(times), _plain(running), _plain(low), _plain(high),
        tuple(int(a) for a in at_risk), len(t), int(done.sum()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times: `median`, `p90`, and `within`, the share not longer than a target (`None` without one)."""

    median: Estimate
    p90: Estimate
    within: Estimate | None
    n: int


def waits(durations: Iterable[float], *, target: float | None = None, confidence: float = 0.95) -> Waits:
    """Median, P90 and share within the target of waits that have all ended.

    Errors: `StatsError` with `negative_duration`, `not_finite`, `level_out_of_range`.

    >>> w = waits([3, 5, 8, 2, 9, 4, 6, 30], target=8)
    >>> w.median.value, round(w.p90.value, 1), w.within.value
    (5.5, 15.3, 0.75)
    """
    t = _durations(durations)
    within = None
    if target is not None:
        limit = number(target, "target")
        within = top_box(int((t <= limit).sum()), len(t), confidence=confidence)
    return Waits(quantile(t, 0.5, confidence=confidence), quantile(t, 0.9, confidence=confidence), within, len(t))


def quantile(values: Iterable[float], share: float, *, confidence: float = 0.95) -> Estimate:
    """The value below which this share (0…1) lies, interpolated as SQL's `percentile_cont` does.

    Interval: between the l-th and u-th ranked value, l and u such that a binomial (n, share) count falls below l, or
    reaches u, with probability at most α/2 each; it holds for any shape of the waits. Too few values for such ranks: a
    value without an interval.

    Source: Conover, *Practical Nonparametric Statistics*, 3.2. Errors: `StatsError` with `level_out_of_range`,
    `not_finite`.

    >>> q = quantile(range(1, 101), 0.5)
    >>> q.value, q.low, q.high
    (50.5, 40.0, 61.0)
    """
    level, q = share_level(confidence), share_level(share, "share")
    x = np.sort(vector(values, "values"))
    n = len(x)
    if n == 0:
        return nothing("order-statistics")
    value = float(np.quantile(x, q))
    tail = (1 - level) / 2
    below = _binomial_rank(n, q, tail)  # the largest l with P(count < l) <= α/2
    above = n + 1 - _binomial_rank(n, 1 - q, tail)
    if below < 1 or above > n:
        return bare(value, n, "order-statistics-too-few")
    return around(value, float(x[below - 1]), float(x[above - 1]), n, "order-statistics")


def _binomial_rank(n: int, q: float, tail: float) -> int:
    low, high = 0, n  # P(count < low) <= tail holds for low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if float(special.bdtr(middle - 1, n, q)) <= tail:
            low = middle
        else:
            high = middle - 1
    return low


def _durations(durations: Iterable[float]) -> Floats:
    t = vector(durations, "durations")
    if (t < 0).any():
        raise StatsError("negative_duration", "A duration is negative.")
    return t


def _mark(value: object) -> bool:
    # Not by truth: "no" and NaN are true
    if isinstance(value, bool | np.bool_ | Real) and value in (0, 1):
        return bool(value)
    raise StatsError("wrong_shape", f"Each duration needs one mark, true or false, not {value!r}.")


def _band(running: Floats, ends: Floats, at_risk: Floats, z: float) -> tuple[Floats, Floats]:
    low, high = running.copy(), running.copy()
    greenwood = 0.0
    for i, s in enumerate(running):
        if s <= 0:  # all have ended: the variance has no value; keep what the step before could say
            low[i], high[i] = 0.0, high[i - 1] if i else 1.0
            continue
        greenwood += ends[i] / (at_risk[i] * (at_risk[i] - ends[i]))
        reach = z * math.sqrt(greenwood) / math.log(s)
        # e^±reach can leave the range of a float when s is next to 1; then the band is the whole of 0…1.
        low[i] = s ** math.exp(min(700.0, -reach))
        high[i] = s ** math.exp(max(-700.0, reach))
    return low, high


def _median(times: Floats, running: Floats, low: Floats, high: Floats, n: int) -> tuple[Estimate, float | None]:
    value, start, stop = (_first(times, line, 0.5) for line in (running, low, high))
    if value is None:
        return nothing("kaplan-meier-not-reached" if n else "kaplan-meier", n), start
    if start is None or stop is None:
        return bare(value, n, "kaplan-meier-open"), start
    return around(value, start, stop, n, "kaplan-meier"), start


def _first(times: Iterable[float], line: Iterable[float], level: float) -> float | None:
    return next((float(t) for t, s in zip(times, line, strict=True) if s <= level + _ROUNDING), None)


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
