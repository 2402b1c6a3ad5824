"""Two groups side by side: how far apart they are, and whether chance alone would do.

In: the counts of two groups. Out: a `Comparison` whose difference is an `Estimate` in the unit of the score, always
first minus second. Also corrections for many comparisons at once, and the smallest change that so many answers can
show.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.inputs import (
    Floats,
    Histogram,
    count,
    histogram,
    hits_of,
    nps_triple,
    share_level,
    share_pair,
    vector,
)
from premura.stats.intervals import normal_p, normal_quantile, t_p, t_quantile, wilson_of_share
from premura.stats.scores import nps_variance, spread

#: (promoters, passives, detractors)
Triple: TypeAlias = tuple[int, int, int]
#: (hits, n)
Pair: TypeAlias = tuple[int, int]
Kind: TypeAlias = Literal["nps", "share", "mean"]
Baseline: TypeAlias = Triple | Pair | Histogram

#: Below this expected number in any cell of the 2 × 2 table the z test is replaced by Fisher's exact test.
SMALLEST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Difference of two groups, first minus second.

    `difference` is in the unit of the score, its `n` the answers of both groups together. `statistic` is z or t and
    `p` its two-sided probability; both are `None` when a group is empty or its spread is unknown. `test` is one of
    `z`, `pooled-z`, `fisher-exact`, `welch-t`, `none`.
    """

    difference: Estimate
    statistic: float | None
    p: float | None
    test: str


def compare_nps(first: Triple, second: Triple, *, confidence: float = 0.95) -> Comparison:
    """Difference of two Net Promoter Scores in points, first minus second.

    Formula: z = (NPS₁ - NPS₂) / √(V₁/n₁ + V₂/n₂) with V = p + d - (p-d)² times 100²; the interval uses the same error,
    so interval and p never disagree. Where a group has no spread (V = 0: everybody gave the same class) V/n would be a
    false certainty; then three answers are added to both groups, as adjusted-Wald does, and the method says so. With
    fewer than some ten answers a group p is too small; `before_after` asks for thirty.

    Source: variance of a difference of independent trinomial scores; Lewis and Sauro for the adjustment.
    Errors: `StatsError` for broken counts (`wrong_shape` when a group is not three counts).

    >>> c = compare_nps((55, 30, 15), (62, 40, 18))
    >>> round(c.difference.value, 3), round(c.statistic, 5), round(c.p, 5)
    (3.333, 0.33611, 0.73678)
    """
    z_level = normal_quantile(confidence)
    a, b = nps_triple(first), nps_triple(second)
    n_a, n_b = sum(a), sum(b)
    if not (n_a and n_b):
        return Comparison(nothing("difference-wald"), None, None, "none")
    pad = 0.75 if max(a) == n_a or max(b) == n_b else 0.0
    centre, error = _nps_difference(a, b, pad)
    low, high = max(-200.0, centre - z_level * error), min(200.0, centre + z_level * error)
    statistic = centre / error
    value = 100 * ((a[0] - a[2]) / n_a - (b[0] - b[2]) / n_b)
    method = "difference-adjusted-wald" if pad else "difference-wald"
    return Comparison(around(value, low, high, n_a + n_b, method), statistic, normal_p(statistic), "z")


def compare_shares(x1: int, n1: int, x2: int, n2: int, *, confidence: float = 0.95) -> Comparison:
    """Difference of two shares (0…1), first minus second.

    Formula: z = (p₁ - p₂) / √(p̄(1-p̄)(1/n₁ + 1/n₂)), p̄ the pooled share. Where an expected count of the 2 × 2 table
    is below 5, `p` is that of Fisher's exact test (`test` says `fisher-exact`; `statistic` remains z). Interval:
    Newcombe's hybrid score interval, from the Wilson interval of each share.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10; Fisher's rule sums all tables that are not
    more probable than the observed one.
    Errors: `StatsError` for broken counts.

    >>> c = compare_shares(42, 400, 22, 410)
    >>> round(c.difference.value, 5), round(c.statistic, 5), round(c.p, 6), c.test
    (0.05134, 2.70815, 0.006766, 'pooled-z')
    """
    level = share_level(confidence)
    (x1, n1), (x2, n2) = hits_of(x1, n1), hits_of(x2, n2)
    if not (n1 and n2):
        return Comparison(nothing("difference-newcombe"), None, None, "none")
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson_of_share(p1, n1, level), wilson_of_share(p2, n2, level)
    low = p1 - p2 - math.hypot(p1 - l1, u2 - p2)
    high = p1 - p2 + math.hypot(u1 - p1, p2 - l2)
    difference = around(p1 - p2, max(-1.0, low), min(1.0, high), n1 + n2, "difference-newcombe")
    pooled = (x1 + x2) / (n1 + n2)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    statistic = (p1 - p2) / error if error else 0.0
    if min(n1, n2) * min(pooled, 1 - pooled) < SMALLEST_EXPECTED:
        return Comparison(difference, statistic, fisher_exact(x1, n1, x2, n2), "fisher-exact")
    return Comparison(difference, statistic, normal_p(statistic), "pooled-z")


def compare_means(hist_a: Histogram, hist_b: Histogram, *, confidence: float = 0.95) -> Comparison:
    """Difference of two means in scale points, first minus second, from histograms {score: count}.

    Formula: t = (x̄₁ - x̄₂) / √(s₁²/n₁ + s₂²/n₂), degrees of freedom after Welch and Satterthwaite. A group of one
    answer has no known spread, and two groups that each agree completely leave none to judge by: then there is a
    difference but no interval, no statistic and no p (method `difference-no-spread`).

    Source: B. L. Welch, Biometrika 34 (1947) 28-35.
    Errors: `StatsError` for broken histograms.

    >>> c = compare_means({4: 10, 5: 10}, {3: 10, 4: 10})
    >>> c.difference.value, round(c.statistic, 3), round(c.p, 9)
    (1.0, 6.164, 3.39e-07)
    """
    level = share_level(confidence)
    groups = [histogram(hist_a, "first histogram"), histogram(hist_b, "second histogram")]
    n_a, n_b = (int(counts.sum()) for _, counts in groups)
    if not (n_a and n_b):
        return Comparison(nothing("difference-welch"), None, None, "none")
    (mean_a, var_a), (mean_b, var_b) = (spread(*g, float(g[1].sum())) for g in groups)
    value, n = mean_a - mean_b, n_a + n_b
    square = var_a / n_a + var_b / n_b
    if min(n_a, n_b) < 2 or square == 0:
        return Comparison(bare(value, n, "difference-no-spread"), None, None, "none")
    freedom = square**2 / ((var_a / n_a) ** 2 / (n_a - 1) + (var_b / n_b) ** 2 / (n_b - 1))
    error = math.sqrt(square)
    half = t_quantile(level, freedom) * error
    difference = around(value, value - half, value + half, n, "difference-welch")
    return Comparison(difference, value / error, t_p(value / error, freedom), "welch-t")


def fisher_exact(x1: int, n1: int, x2: int, n2: int) -> float:
    """Two-sided p of Fisher's exact test for two shares; 1.0 when a group is empty.

    Formula: the sum of hypergeometric probabilities that do not exceed that of the observed table.
    Errors: `StatsError` for broken counts.

    >>> round(fisher_exact(8, 10, 1, 6), 6)
    0.034965
    """
    (x1, n1), (x2, n2) = hits_of(x1, n1), hits_of(x2, n2)
    hits = x1 + x2
    k = np.arange(max(0, hits - n2), min(hits, n1) + 1, dtype=float)
    logs = _log_choose(n1, k) + _log_choose(n2, hits - k)
    logs -= special.logsumexp(logs)
    observed = logs[x1 - int(k[0])]
    # 1e-7: tables as probable as the observed one must count, whatever the rounding of their logarithms.
    return float(min(1.0, np.exp(logs[logs <= observed + 1e-7]).sum()))


def holm(ps: Iterable[float]) -> tuple[float, ...]:
    """p values corrected for their number so that the chance of *any* false alarm stays at the level; input order kept.

    Formula: the i-th smallest of m becomes max over j <= i of min(1, (m - j + 1) p_(j)).
    Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
    Errors: `StatsError` with `p_out_of_range`.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    p = _probabilities(ps)
    order = np.argsort(p, kind="stable")
    stepped = np.clip(p[order] * np.arange(len(p), 0, -1), p[order], 1.0)
    return _unsorted(np.maximum.accumulate(stepped), order)


def benjamini_hochberg(ps: Iterable[float]) -> tuple[float, ...]:
    """p values corrected so that the expected *share* of false alarms among the alarms stays at the level.

    Formula: the i-th smallest of m becomes min over j >= i of min(1, m p_(j) / j). Input order kept.
    Source: Benjamini and Hochberg, JRSS B 57 (1995) 289-300.
    Errors: `StatsError` with `p_out_of_range`.

    >>> [round(p, 3) for p in benjamini_hochberg([0.01, 0.04, 0.03, 0.005])]
    [0.02, 0.04, 0.04, 0.02]
    """
    p = _probabilities(ps)
    order = np.argsort(p, kind="stable")
    stepped = np.clip(p[order] * len(p) / np.arange(1, len(p) + 1), p[order], 1.0)  # p: never below by rounding
    return _unsorted(np.minimum.accumulate(stepped[::-1])[::-1], order)


def smallest_detectable_change(
    baseline: Baseline, n_before: int, n_after: int, *, kind: Kind, confidence: float = 0.95, power: float = 0.8
) -> float | None:
    """The smallest true change that so many answers before and after would show with this power, in the score's unit.

    Formula: (z_(1-α/2) + z_power) · σ · √(1/n_before + 1/n_after), σ the standard deviation of one answer in the
    baseline: for "nps" a triple (result in NPS points), for "share" a pair (hits, n) (0…1), for "mean" a histogram
    (scale points). A baseline of shares without spread counts with its added answers (NPS three, share two hits and two
    misses). `None` when there are no answers on a side or the baseline has no usable spread.

    Source: the usual sample size formula for two independent groups (Bland, *An Introduction to Medical Statistics*).
    Errors: `StatsError` with `unknown_kind`, `level_out_of_range`, or for broken counts.

    >>> round(smallest_detectable_change((55, 30, 15), 100, 100, kind="nps"), 1)
    29.1
    """
    reach = normal_quantile(confidence) + float(special.ndtri(share_level(power, "power")))
    before, after = count(n_before, "number of answers before"), count(n_after, "number of answers after")
    sigma = _deviation(baseline, kind)
    if sigma is None or not (before and after):
        return None
    return reach * sigma * math.sqrt(1 / before + 1 / after)


def _deviation(baseline: Baseline, kind: Kind) -> float | None:
    if kind == "nps":
        a = nps_triple(baseline)
        n = sum(a)
        pad = 0.0 if max(a) < n else 0.75
        m = n + 4 * pad
        return 100 * math.sqrt(nps_variance((a[0] + pad) / m, (a[2] + pad) / m)) if n else None
    if kind == "share":
        x, n = share_pair(baseline)
        pad = 0.0 if 0 < x < n else 2.0
        share = (x + pad) / (n + 2 * pad)
        return math.sqrt(share * (1 - share)) if n else None
    if kind == "mean":
        scores, counts = histogram(baseline, "baseline")
        variance = spread(scores, counts, float(counts.sum()))[1] if len(scores) else 0.0
        return math.sqrt(variance) if variance else None
    raise StatsError("unknown_kind", f"There is no kind of score called {kind!r}; there are nps, share, mean.")


def _nps_difference(a: Triple, b: Triple, pad: float) -> tuple[float, float]:
    """(difference, its standard error) in points; `pad` promoters and detractors, 2 `pad` passives are added."""
    difference, square = 0.0, 0.0
    for group, side in ((a, 1), (b, -1)):
        m = sum(group) + 4 * pad
        p, d = (group[0] + pad) / m, (group[2] + pad) / m
        difference += side * (p - d)
        square += nps_variance(p, d) / m
    return 100 * difference, 100 * math.sqrt(square)


def _probabilities(ps: Iterable[float]) -> Floats:
    p = vector(ps, "p values")
    if ((p < 0) | (p > 1)).any():
        raise StatsError("p_out_of_range", "A p value lies outside 0…1.")
    return p


def _unsorted(stepped: object, order: object) -> tuple[float, ...]:
    ranks = np.argsort(np.asarray(order), kind="stable")
    return tuple(float(p) for p in np.asarray(stepped)[ranks])


def _log_choose(n: int, k: object) -> Floats:
    chosen = np.asarray(k, dtype=float)
    result: Floats = -special.betaln(n - chosen + 1, chosen + 1) - math.log(n + 1)
    return result
