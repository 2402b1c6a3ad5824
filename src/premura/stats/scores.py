"""Scores of one group of answers: NPS, top-box share (CSAT, CES, compliance), mean; plain and weighted.

In: counts (or sums of weights) that add up over parts of the data. Out: an `Estimate`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.inputs import Floats, Histogram, count, histogram, hits_of, number, share_level, weight
from premura.stats.intervals import clopper_pearson, normal_quantile, t_quantile, wilson_of_share
from premura.stats.weights import effective_n

#: Resamples of the bootstrap methods; the seed is fixed so that the same counts always give the same interval.
DRAWS = 10_000
SEED = 20_030_001

_Interval = tuple[float, float]


def nps(
    promoters: int, passives: int, detractors: int, *, confidence: float = 0.95, method: str = "adjusted-wald"
) -> Estimate:
    """Net Promoter Score of answered responses, -100…100, with its interval (clipped to the same range).

    Formula: NPS = 100 (p - d) with p, d the shares of promoters (9-10) and detractors (0-6) of all answers.
    Methods: `adjusted-wald` (default; adds 3/4 promoter, 3/4 detractor and 3 answers, so that agreement among a few
    people is not taken for certainty), `wald` (variance p + d - (p-d)² over n), `trinomial-t` (answers read as -1, 0,
    +1; t with n-1), `bootstrap` (seeded percentiles). All but the first have no width when everybody agrees; the name
    of the method stands in the result. Where an interval would leave the observed value outside, it is widened to it.

    Source: Lewis and Sauro, *Quantifying the User Experience*; variance as in public R code `nps.ci(np, nd, n)`.
    Errors: `StatsError` for negative or broken counts, an unknown method (`unknown_method`), a bad confidence.

    >>> e = nps(55, 30, 15)
    >>> round(e.value, 1), round(e.low, 2), round(e.high, 2), e.n
    (40.0, 24.6, 53.07, 100)
    """
    level = share_level(confidence)
    interval = _nps_method(method)
    p, s, d = count(promoters, "promoters"), count(passives, "passives"), count(detractors, "detractors")
    n = p + s + d
    if n == 0:
        return nothing(method)
    value = 100 * (p - d) / n
    if method == "trinomial-t" and n == 1:
        return bare(value, n, "trinomial-t-one-answer")
    low, high = interval(p / n, d / n, n, level)
    return _clipped(value, low, high, n, method)


def nps_weighted(
    promoters: float,
    passives: float,
    detractors: float,
    sum_of_squares: float,
    *,
    confidence: float = 0.95,
    method: str = "adjusted-wald",
) -> Estimate:
    """NPS of a weighted survey file: the first three arguments are sums of weights per class.

    `sum_of_squares` is Σw² over all answers of the three classes. Shares are weighted shares; the interval is that of
    `nps` with Kish's effective number n_eff = (Σw)²/Σw² in place of n. `n` of the result is n_eff (a float).
    With all weights equal the result is that of `nps`. Methods: `adjusted-wald`, `wald`.

    Source: Kish, *Survey Sampling* (1965) 11.2; Lewis and Sauro for the interval.
    Errors: `StatsError` with `negative_weight`, `not_finite`, `weights_inconsistent`, `unknown_method`.

    >>> e = nps_weighted(55, 30, 15, 100)
    >>> round(e.low, 2), round(e.high, 2), e.n, e.method
    (24.6, 53.07, 100.0, 'adjusted-wald-effective-n')
    """
    level = share_level(confidence)
    if method not in ("adjusted-wald", "wald"):
        raise StatsError("unknown_method", f"There is no weighted NPS method called {method!r}.", method=method)
    p, s, d = (weight(w, f"weight of the {k}") for w, k in _classes(promoters, passives, detractors))
    total = p + s + d
    n = effective_n(total, sum_of_squares)
    name = f"{method}-effective-n"
    if n == 0:
        return nothing(name, 0.0)
    low, high = _nps_method(method)(p / total, d / total, n, level)
    return _clipped(100 * (p / total - d / total), low, high, n, name)


def top_box(hits: int, n: int, *, confidence: float = 0.95, method: str = "wilson") -> Estimate:
    """Share 0…1 of answers that count as a hit: CSAT (4-5 of 5), CES 2.0 (5-7 of 7), promises kept, delight rate.

    Methods: `wilson` (default), `clopper-pearson`. Formula and source: `premura.stats.intervals`.
    Errors: `StatsError` for broken counts, more hits than answers, `unknown_method`.

    >>> e = top_box(42, 60)
    >>> round(e.value, 3), round(e.low, 4), round(e.high, 4), e.n
    (0.7, 0.5749, 0.801, 60)
    """
    level = share_level(confidence)
    if method not in ("wilson", "clopper-pearson"):
        raise StatsError("unknown_method", f"There is no method for a share called {method!r}.", method=method)
    x, total = hits_of(hits, n)
    if total == 0:
        return nothing(method)
    exact = method == "clopper-pearson"
    low, high = clopper_pearson(x, total, confidence=level) if exact else wilson_of_share(x / total, total, level)
    return around(x / total, low, high, total, method)


def top_box_weighted(hits: float, total: float, sum_of_squares: float, *, confidence: float = 0.95) -> Estimate:
    """Weighted share 0…1: `hits` and `total` are sums of weights, `sum_of_squares` is Σw² over all answers.

    Wilson's interval with Kish's effective number. Errors: as `nps_weighted`, and `more_hits_than_answers`.

    >>> round(top_box_weighted(42, 60, 60).low, 4)
    0.5749
    """
    level = share_level(confidence)
    x, whole = weight(hits, "weight of the hits"), weight(total, "weight of all answers")
    if x > whole * (1 + 1e-12):
        raise StatsError("more_hits_than_answers", f"The hits weigh more ({x}) than all answers ({whole}).")
    n = effective_n(whole, sum_of_squares)
    if n == 0:
        return nothing("wilson-effective-n", 0.0)
    share = min(1.0, x / whole)
    return around(share, *wilson_of_share(share, n, level), n, "wilson-effective-n")


def mean(counts_by_score: Histogram, *, confidence: float = 0.95, scale: tuple[float, float] | None = None) -> Estimate:
    """Mean of the scores in a histogram {score: count}, in scale points, with a t interval.

    Formula: x̄ = Σ f x / n, s² = Σ f (x - x̄)² / (n-1), x̄ ± t(n-1) s / √n.

    One answer, or answers that are all the same, have no spread from which an interval could be made; an interval
    without width would be a false certainty. Then, if the ends of the `scale` are given, the interval says how far the
    mean could be moved by people who have not answered yet: with confidence c at most q = 1 - ((1-c)/2)^(1/n) of all
    would answer otherwise, at worst at one end of the scale (method `scale-bound`). Without `scale` there is a value
    and no interval (`t-one-answer`, `t-no-spread`). An interval is cut at the ends of the scale when they are given.

    Source: Student's t; q is the upper Clopper-Pearson limit of 0 in n.
    Errors: `StatsError` for broken counts or scores, and `outside_scale`.

    >>> e = mean({7: 2, 6: 2, 5: 2, 4: 1, 3: 1, 2: 1, 1: 1})
    >>> round(e.value, 2), e.n, round(e.low, 3), round(e.high, 3)
    (4.6, 10, 3.122, 6.078)
    >>> mean({5: 4})
    Estimate(value=5.0, low=None, high=None, n=4, method='t-no-spread')
    >>> round(mean({5: 4}, scale=(1, 5)).low, 3)
    2.591
    """
    level = share_level(confidence)
    scores, counts = histogram(counts_by_score)
    n = int(counts.sum())
    return _mean_estimate(scores, counts, n, level, scale, "t")


def mean_weighted(
    weights_by_score: Mapping[int, float] | Mapping[float, float],
    sum_of_squares: float,
    *,
    confidence: float = 0.95,
    scale: tuple[float, float] | None = None,
) -> Estimate:
    """Weighted mean from {score: sum of weights}; `sum_of_squares` is Σw² over all answers.

    Formula: x̄ = Σ W x / ΣW; s² = Σ W (x - x̄)² / ΣW · n_eff / (n_eff - 1); x̄ ± t(n_eff - 1) s / √n_eff, with Kish's
    n_eff = (Σw)²/Σw², which is `n` of the result. All weights equal: the result of `mean`. No spread: as `mean`.

    Errors: `StatsError` with `negative_weight`, `not_finite`, `weights_inconsistent`, `outside_scale`.

    >>> e = mean_weighted({1: 1.0, 3: 3.0}, 1 + 9)
    >>> e.value, round(e.n, 2), e.method
    (2.5, 1.6, 't-effective-n')
    """
    level = share_level(confidence)
    if not isinstance(weights_by_score, Mapping):
        raise StatsError("wrong_shape", "The weights must map each score to the sum of its weights.")
    pairs = sorted((number(s, "score"), weight(w, f"weight of score {s!r}")) for s, w in weights_by_score.items())
    scores = np.array([s for s, w in pairs if w > 0], dtype=float)
    sums = np.array([w for _, w in pairs if w > 0], dtype=float)
    n = effective_n(float(sums.sum()), sum_of_squares)
    return _mean_estimate(scores, sums, n, level, scale, "t-effective-n")


def spread(scores: Floats, weights: Floats, n: float) -> tuple[float, float]:
    """(mean, variance of one answer) of a non-empty histogram; the variance is 0.0 when n <= 1.

    >>> spread(np.array([1.0, 3.0]), np.array([1.0, 1.0]), 2)
    (2.0, 2.0)
    """
    total = float(weights.sum())
    centre = float(weights @ scores) / total
    if n <= 1 or len(scores) < 2:
        return centre if len(scores) > 1 else float(scores[0]), 0.0
    squares = float(weights @ (scores - centre) ** 2) / total
    return centre, squares * n / (n - 1)


def _mean_estimate(
    scores: Floats, weights: Floats, n: float, level: float, scale: tuple[float, float] | None, method: str
) -> Estimate:
    ends = _ends(scores, scale)
    if n == 0:
        return nothing(method, n)
    value, variance = spread(scores, weights, n)
    if len(scores) > 1 and n > 1:
        half = t_quantile(level, n - 1) * math.sqrt(variance / n)
        low, high = value - half, value + half
        # Fractional degrees of freedom just above 0 have quantiles beyond any number.
        if math.isfinite(half):
            low, high = (max(low, ends[0]), min(high, ends[1])) if ends else (low, high)
            return around(value, low, high, n, method)
    if ends is None:
        return bare(value, n, "t-no-spread" if n > 1 and len(scores) == 1 else "t-one-answer")
    unseen = 1 - ((1 - level) / 2) ** (1 / n)
    return around(value, value - unseen * (value - ends[0]), value + unseen * (ends[1] - value), n, "scale-bound")


def _ends(scores: Floats, scale: tuple[float, float] | None) -> tuple[float, float] | None:
    if scale is None:
        return None
    low, high = number(scale[0], "lower end of the scale"), number(scale[1], "upper end of the scale")
    if low >= high or (len(scores) and (scores.min() < low or scores.max() > high)):
        raise StatsError("outside_scale", f"A score lies outside the scale from {low:g} to {high:g}.")
    return low, high


def _classes(promoters: Any, passives: Any, detractors: Any) -> tuple[tuple[Any, str], ...]:
    return ((promoters, "promoters"), (passives, "passives"), (detractors, "detractors"))


def _clipped(value: float, low: float, high: float, n: int | float, method: str) -> Estimate:
    value = min(100.0, max(-100.0, value))
    return around(value, max(-100.0, 100 * low), min(100.0, 100 * high), n, method)


def nps_variance(p: float, d: float) -> float:
    """Variance of one answer read as -1, 0, +1: p + d - (p-d)², never below 0.

    >>> nps_variance(0.5, 0.5), nps_variance(1.0, 0.0)
    (1.0, 0.0)
    """
    return max(0.0, p + d - (p - d) ** 2)


def _adjusted_wald(p: float, d: float, n: float, level: float) -> _Interval:
    m = n + 3
    return _wald((p * n + 0.75) / m, (d * n + 0.75) / m, m, level)


def _wald(p: float, d: float, n: float, level: float) -> _Interval:
    half = normal_quantile(level) * math.sqrt(nps_variance(p, d) / n)
    return p - d - half, p - d + half


def _trinomial_t(p: float, d: float, n: float, level: float) -> _Interval:
    half = t_quantile(level, n - 1) * math.sqrt(nps_variance(p, d) / (n - 1))
    return p - d - half, p - d + half


def _bootstrap(p: float, d: float, n: float, level: float) -> _Interval:
    rng = np.random.default_rng(SEED)
    draws = rng.multinomial(int(n), [p, d, max(0.0, 1 - p - d)], size=DRAWS)
    low, high = np.quantile((draws[:, 0] - draws[:, 1]) / n, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


_NPS_METHODS: Mapping[str, Callable[[float, float, float, float], _Interval]] = MappingProxyType(
    {"adjusted-wald": _adjusted_wald, "wald": _wald, "trinomial-t": _trinomial_t, "bootstrap": _bootstrap}
)


def _nps_method(method: str) -> Callable[[float, float, float, float], _Interval]:
    try:
        return _NPS_METHODS[method]
    except (KeyError, TypeError):
        known = ", ".join(_NPS_METHODS)
        raise StatsError("unknown_method", f"There is no NPS method called {method!r}; there are {known}.") from None
