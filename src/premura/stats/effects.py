"""Did it work? Judgements of a change: before and after, and a series that was interrupted.

In: counts of two equal windows, or the points of a series. Out: the effect with its interval, and a verdict that is
allowed to be *not enough data*. The effect is always after minus before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import numpy as np

from premura.stats.compare import (
    Baseline,
    Comparison,
    Kind,
    compare_means,
    compare_nps,
    compare_shares,
)
from premura.stats.estimate import Estimate, StatsError, around, nothing
from premura.stats.inputs import Floats, Histogram, count, histogram, nps_triple, share_level, share_pair, vector
from premura.stats.intervals import t_p, t_quantile

Verdict: TypeAlias = Literal["improved", "worse", "no change shown", "not enough data"]

#: Fewer answers than this on a side give no verdict, unless the caller asks for another minimum.
MINIMUM_N = 30
#: The correlations of neighbouring points that `interrupted_series` chooses from.
AUTOCORRELATIONS = tuple(i / 100 for i in range(96))
#: Fewer points than this on a side give no verdict on an interrupted series.
MINIMUM_POINTS = 8


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What a change did.

    `effect` is after minus before in the score's unit; `p` is two-sided, `None` where no test is possible. `reason` is
    a stable code: `beyond_chance` (with *improved* and *worse*), `within_chance` (with *no change shown*), and with
    *not enough data* one of `no_answers_before`, `no_answers_after`, `no_answers`, `too_few_before`, `too_few_after`,
    `too_few`, `no_spread`.
    """

    effect: Estimate
    p: float | None
    verdict: Verdict
    reason: str
    n_before: int
    n_after: int


def before_after(
    before: Baseline,
    after: Baseline,
    *,
    kind: Kind,
    higher_is_better: bool = True,
    minimum_n: int = MINIMUM_N,
    confidence: float = 0.95,
) -> BeforeAfter:
    """Compare two windows of equal length, before and after a change.

    `kind` says what the two sides are: "nps" triples (promoters, passives, detractors), "share" pairs (hits, n), "mean"
    histograms {score: count}. *improved* and *worse* need both p below 1 - confidence and an interval that leaves out
    zero; anything else with enough answers is *no change shown*, which is not the same as *no change*. The effect is
    given in every case where there are answers on both sides, so that a page can show it with its interval.

    Formula and source: `premura.stats.compare`.
    Errors: `StatsError` for broken counts, `unknown_kind`, `level_out_of_range`.

    >>> b = before_after((42, 400), (22, 410), kind="share", higher_is_better=False)
    >>> round(b.effect.value, 4), b.verdict, b.reason, b.n_before, b.n_after
    (-0.0513, 'improved', 'beyond_chance', 400, 410)
    >>> before_after((3, 1, 1), (5, 0, 0), kind="nps").verdict
    'not enough data'
    """
    level = share_level(confidence)
    least = count(minimum_n, "minimum number of answers")
    comparison, n_before, n_after = _compared(before, after, kind, level)
    reason = _shortage(n_before, n_after, max(1, least), "answers")
    if reason is None and comparison.p is None:
        reason = "no_spread"
    effect, p = comparison.difference, comparison.p
    if reason is not None:
        return BeforeAfter(effect, p, "not enough data", reason, n_before, n_after)
    verdict = _verdict(effect, p, level, higher_is_better)
    return BeforeAfter(effect, p, verdict, _reason(verdict), n_before, n_after)


@dataclass(frozen=True, slots=True)
class InterruptedSeries:
    """What happened to a series at a known moment.

    `effect` is the mean distance, over the points after, between the fitted line and the continued line from before;
    `level` is the jump at the first point after, `trend` the change of slope per step; each with an interval, and
    `p`, `level_p`, `trend_p`. `slope_before` is the slope per step before, `autocorrelation` ρ of
    neighbouring errors. `verdict` and `reason` are about `effect`; the codes are those of `BeforeAfter`, with
    `no_points…` in place of `no_answers…`.
    """

    effect: Estimate
    p: float | None
    level: Estimate
    level_p: float | None
    trend: Estimate
    trend_p: float | None
    slope_before: float | None
    autocorrelation: float | None
    verdict: Verdict
    reason: str
    n_before: int
    n_after: int


def interrupted_series(
    before_points: Iterable[float],
    after_points: Iterable[float],
    *,
    higher_is_better: bool = True,
    confidence: float = 0.95,
) -> InterruptedSeries:
    """Judge a change by a series of equally spaced points (weeks, months) on both sides of it.

    A series that was improving anyway goes on improving; a plain before/after comparison would praise the change for
    it. Formula: y = β₀ + β₁ (t - t₀) + β₂ D + β₃ D (t - t₀), D = 0 before and 1 after, by generalised least squares;
    neighbouring errors are correlated by ρ (0…0.95), chosen by restricted maximum likelihood; t with n - 4. At least 8
    points a side are needed.

    Source: Wagner et al., J. Clin. Pharm. Ther. 27 (2002) 299-309 (segmented regression); Turner et al., BMC Medical
    Research Methodology 21 (2021) 181 (restricted likelihood, best of six methods from 12 points on; Newey-West errors
    are too small in short series). Limits: no seasons, one change, equal weight for all points; with ρ near 0.6 and 8
    points a side about one false alarm in ten instead of one in twenty.
    Errors: `StatsError` with `not_finite`, `not_a_number`, `wrong_shape`, `level_out_of_range`.

    >>> before = [50, 52, 49, 51, 50, 52, 51, 49]
    >>> s = interrupted_series(before, [y + 10 for y in before])
    >>> round(s.effect.value, 1), s.verdict
    (10.4, 'improved')
    """
    level = share_level(confidence)
    before, after = vector(before_points, "points before"), vector(after_points, "points after")
    reason = _shortage(len(before), len(after), MINIMUM_POINTS, "points")
    if reason is not None:
        return _no_series(reason, len(before), len(after))
    fit = _segmented_fit(before, after)
    if fit is None:
        return _no_series("no_spread", len(before), len(after))
    after_mean = (len(after) - 1) / 2
    effect, p = fit.contrast(np.array([0.0, 0.0, 1.0, after_mean]), level)
    jump, jump_p = fit.contrast(np.array([0.0, 0.0, 1.0, 0.0]), level)
    trend, trend_p = fit.contrast(np.array([0.0, 0.0, 0.0, 1.0]), level)
    verdict = _verdict(effect, p, level, higher_is_better)
    return InterruptedSeries(
        effect, p, jump, jump_p, trend, trend_p, float(fit.beta[1]), fit.autocorrelation,
        verdict, _reason(verdict), len(before), len(after),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Fit:
    beta: Floats
    covariance: Floats
    autocorrelation: float
    n: int

    def contrast(self, c: Floats, level: float) -> tuple[Estimate, float]:
        value, freedom = float(c @ self.beta), self.n - len(self.beta)
        error = math.sqrt(float(c @ self.covariance @ c))
        half = t_quantile(level, freedom) * error
        return around(value, value - half, value + half, self.n, "segmented-reml"), t_p(value / error, freedom)


def _segmented_fit(before: Floats, after: Floats) -> _Fit | None:
    y = np.concatenate([before, after])
    n, first = len(y), len(before)
    t = np.arange(n) - float(first)  # counted from the change, which keeps the matrix well behaved
    step = (t >= 0).astype(float)
    X = np.column_stack([np.ones(n), t, step, step * t])
    residuals = y - X @ np.linalg.lstsq(X, y)[0]
    # Residuals that are only rounding leave no scatter to judge by.
    if float(np.abs(residuals).max()) <= 1e-9 * max(1.0, float(np.abs(y).max())):
        return None
    best = max((_autoregressive_fit(X, y, rho) for rho in AUTOCORRELATIONS), key=lambda found: found[0])
    return best[1]


def _autoregressive_fit(X: Floats, y: Floats, rho: float) -> tuple[float, _Fit]:
    """(restricted log likelihood, fit) when neighbouring errors are correlated by `rho`."""
    n, k = X.shape
    A, b = _whitened(X, rho), _whitened(y, rho)
    information = A.T @ A
    beta: Floats = np.asarray(np.linalg.solve(information, A.T @ b), dtype=float)
    e = b - A @ beta
    variance = max(float(e @ e), np.finfo(float).tiny) / (n - k)  # a perfect fit must not end in log 0
    log_determinant = float(np.linalg.slogdet(information)[1])
    likelihood = -((n - k) * math.log(variance) - math.log(1 - rho * rho) + log_determinant) / 2
    covariance: Floats = variance * np.linalg.inv(information)
    return likelihood, _Fit(beta, covariance, rho, n)


def _whitened(A: Floats, rho: float) -> Floats:
    """Rows freed of their correlation with the row before."""
    result: Floats = np.concatenate([math.sqrt(1 - rho * rho) * A[:1], A[1:] - rho * A[:-1]])
    return result


def _no_series(reason: str, n_before: int, n_after: int) -> InterruptedSeries:
    unknown = nothing("segmented-no-interval", n_before + n_after)
    return InterruptedSeries(
        unknown, None, unknown, None, unknown, None, None, None, "not enough data", reason, n_before, n_after
    )


def _compared(before: Baseline, after: Baseline, kind: Kind, level: float) -> tuple[Comparison, int, int]:
    if kind == "nps":
        a, b = nps_triple(after), nps_triple(before)
        return compare_nps(a, b, confidence=level), sum(b), sum(a)
    if kind == "share":
        (x_a, n_a), (x_b, n_b) = share_pair(after), share_pair(before)
        return compare_shares(x_a, n_a, x_b, n_b, confidence=level), n_b, n_a
    if kind == "mean":
        n_b, n_a = (int(histogram(h, name)[1].sum()) for h, name in ((before, "side before"), (after, "side after")))
        return compare_means(cast("Histogram", after), cast("Histogram", before), confidence=level), n_b, n_a
    raise StatsError("unknown_kind", f"There is no kind of score called {kind!r}; there are nps, share, mean.")


def _shortage(n_before: int, n_after: int, least: int, what: str) -> str | None:
    for limit, code in ((1, f"no_{what}"), (least, "too_few")):
        short_before, short_after = n_before < limit, n_after < limit
        if short_before and short_after:
            return code
        if short_before or short_after:
            return f"{code}_before" if short_before else f"{code}_after"
    return None


def _verdict(effect: Estimate, p: float | None, level: float, higher_is_better: bool) -> Verdict:
    if p is None or effect.value is None or effect.low is None or effect.high is None:
        return "not enough data"
    if p >= 1 - level or effect.low <= 0 <= effect.high:
        return "no change shown"
    return "improved" if (effect.value > 0) == higher_is_better else "worse"


def _reason(verdict: Verdict) -> str:
    return "within_chance" if verdict == "no change shown" else "beyond_chance"
