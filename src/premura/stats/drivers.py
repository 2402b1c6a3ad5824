"""Drivers: how much each rated detail has to do with the overall rating.

In: a table rows × drivers and the overall rating of each row, or sums of products that add up over parts of the data.
Out: shares that add up to R². A share is a share of *explanation*, not a proof of cause. Standard: general dominance
analysis (Budescu 1993), which is LMG (Lindeman, Merenda and Gold 1980; Grömping 2006) and the Shapley value of R².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy import special

from premura.stats import shapley
from premura.stats.estimate import Estimate, StatsError, around, bare
from premura.stats.inputs import Floats, array, count, number, share_level, vector
from premura.stats.intervals import t_p, t_quantile

Method: TypeAlias = Literal["lmg", "relative-weights"]
Quadrant: TypeAlias = Literal["concentrate here", "keep up", "low priority", "possible overkill"]

#: Up to so many drivers LMG is exact; above, it is the mean over sampled orders with a stated error.
EXACT_DRIVERS = 12
#: A driver of which the others explain all but this share of the variance is refused as collinear (VIF above 10 000).
LEAST_TOLERANCE = 1e-4
#: `driver_analysis` asks for so many complete rows per driver.
ROWS_PER_DRIVER = 10
DRAWS = 500
SEED = 19_800_704


@dataclass(frozen=True, slots=True)
class DriverShares:
    """Shares of R², one per column of X, adding up to `r2`.

    `signs` are those of the regression coefficients (+1, 0, -1). `method` is `lmg`, `lmg-sampled` or
    `relative-weights`; `errors` are the standard errors from sampling orders (`None` when exact). `n` is the number of
    rows.
    """

    shares: tuple[float, ...]
    r2: float
    signs: tuple[int, ...]
    method: str
    errors: tuple[float, ...] | None
    n: int

    @property
    def percents(self) -> tuple[float, ...] | None:
        """Shares scaled to add up to 100; `None` when nothing is explained."""
        return tuple(100 * s / self.r2 for s in self.shares) if self.r2 > 0 else None


def lmg(X: Any, y: Any) -> DriverShares:
    """LMG shares: the increase of R² that a driver brings, averaged over all orders in which drivers could enter.

    `X` is rows × drivers, `y` one number per row, both without missing values, any units (only correlations matter).
    Formula: share_j = Σ_S |S|!(k-|S|-1)!/k! · (R²(S ∪ j) - R²(S)) over all sets S of other drivers; the shares add up
    to R². Exact up to 12 drivers; above, the mean over 8 000 seeded orders (each with its reverse), standard errors in
    `errors`.

    Source: Lindeman, Merenda and Gold 1980; Grömping, Journal of Statistical Software 17 (2006) 1.
    Errors: `StatsError` with `constant` or `collinear` (`details["columns"]`: positions), `constant_outcome`,
    `too_few_rows` (fewer than drivers + 2), `missing_values`, `no_drivers`, `wrong_shape`, `not_finite`.

    >>> s = lmg([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 2, 3])
    >>> [round(x, 6) for x in s.shares], round(s.r2, 6), s.signs
    ([0.8, 0.2], 1.0, (1, 1))
    """
    C, n = _correlations(X, y)
    return lmg_of_correlations(C, n)


def relative_weights(X: Any, y: Any) -> DriverShares:
    """Johnson's relative weights: an approximation of LMG whose cost hardly grows with the number of drivers.

    Formula: R_xx = V D Vᵀ, Λ = V √D Vᵀ, β = Λ⁻¹ r_xy, share = (Λ∘Λ) β²; the shares add up to R².
    Source: Johnson, Multivariate Behavioral Research 35 (2000) 1-19. Limit: ranks can differ from LMG's; Thomas et al.,
    Multivariate Behavioral Research 49 (2014) 329-338, advise against it where LMG is affordable.
    Shapes and errors: as `lmg`.

    >>> [round(x, 6) for x in relative_weights([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 2, 3]).shares]
    [0.8, 0.2]
    """
    C, n = _correlations(X, y)
    _refuse_collinear(C)
    return _result(_relative_weights(C[None])[0], C, "relative-weights", None, n)


def lmg_of_correlations(correlations: Any, n: int) -> DriverShares:
    """LMG from a matrix of correlations whose last row and column is the outcome; see `lmg`.

    With `correlations_of_sums` this needs no rows at all, only sums that any database can add up. Errors: as `lmg`.

    >>> s = lmg_of_correlations([[1, 0.5, 0.6], [0.5, 1, 0.4], [0.6, 0.4, 1]], 100)
    >>> [round(x, 4) for x in s.shares], round(s.r2, 4)
    ([0.2867, 0.0867], 0.3733)
    """
    C, rows = array(correlations, "correlations", dimensions=2), count(n, "number of rows")
    if C.shape[0] != C.shape[1] or np.isnan(C).any() or len(C) < 2:
        raise StatsError("wrong_shape", "Correlations must be a square matrix without gaps: drivers, then the outcome.")
    _refuse_collinear(C)
    k = len(C) - 1
    if k <= EXACT_DRIVERS:
        return _result(shapley.exact(C[None])[0], C, "lmg", None, rows)
    shares, errors = shapley.sampled(C, SEED)
    return _result(shares, C, "lmg-sampled", tuple(map(float, errors)), rows)


def correlations_of_sums(n: int, sums: Any, products: Any) -> Floats:
    """Correlations from sums over complete rows: `sums` (k+1) of every column, `products` (k+1) × (k+1) of every two.

    The outcome is the last column. The sums of parts of the data may be added before. Formula: covariance
    products/n - sums sumsᵀ/n², scaled to unit variance. Errors: as `lmg`.

    >>> correlations_of_sums(4, [2, 6], [[2, 5], [5, 14]]).round(4).tolist()
    [[1.0, 0.8944], [0.8944, 1.0]]
    """
    total, s = count(n, "number of rows"), vector(sums, "sums")
    P = array(products, "products", dimensions=2)
    if P.shape != (len(s), len(s)) or np.isnan(P).any():
        raise StatsError("wrong_shape", "There must be one sum per column and one product per two columns.")
    _refuse_few(total, len(s) - 1)
    means = s / total
    covariances = P / total - np.outer(means, means)
    squares = np.maximum(np.diag(P) / total, np.finfo(float).tiny)
    # Sums of products lose digits where the mean is large against the spread; what is left below this is only rounding.
    _refuse_constant(np.diag(covariances) <= 1e-12 * squares)
    deviations = np.sqrt(np.diag(covariances))
    result: Floats = covariances / np.outer(deviations, deviations)
    return result


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver: `share` of R² with its interval, `percent` of what is explained (`None` when nothing is).

    `sign` and `coefficient` (outcome points per driver point, the others held still) come from the regression;
    `p` belongs to the coefficient, `p_alone` to the driver's own correlation with the outcome. `significant` is false
    when neither alone nor beside the others it differs from chance: such a driver is better not ranked.
    """

    name: str
    share: Estimate
    percent: float | None
    sign: int
    coefficient: float
    p: float
    p_alone: float
    significant: bool


@dataclass(frozen=True, slots=True)
class DriverAnalysis:
    """All drivers in the order of the columns; `shares` add up to `r2`.

    `explained` is `r2` with its interval. `method` is `lmg`, `lmg-sampled` or `relative-weights`. `n` counts the
    complete rows used, `dropped` those with a gap.
    """

    drivers: tuple[Driver, ...]
    explained: Estimate
    method: str
    n: int
    dropped: int

    @property
    def r2(self) -> float:
        """The part of the outcome's variance that all drivers together explain."""
        return float(self.explained.value or 0.0)

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of R² in the order of the drivers."""
        return tuple(float(d.share.value or 0.0) for d in self.drivers)

    @property
    def signs(self) -> tuple[int, ...]:
        """Signs of the regression coefficients (+1, 0, -1) in the order of the drivers."""
        return tuple(d.sign for d in self.drivers)


def driver_analysis(
    X: Any,
    y: Any,
    *,
    names: Sequence[str] | None = None,
    method: Method | None = None,
    confidence: float = 0.95,
    draws: int = DRAWS,
    rows_per_driver: int = ROWS_PER_DRIVER,
) -> DriverAnalysis:
    """Driver analysis of survey rows, with gaps (NaN) allowed: rows with a gap are left out and counted.

    `method`: LMG up to 12 drivers and relative weights above, unless one is asked for. Intervals: percentiles of
    `draws` seeded resamples of rows (of 1 000 random groups of rows when there are more); resamples in which a driver
    is constant or collinear are left out, and with more than one in ten of those there is no interval.

    Formula and source: `lmg`, `relative_weights`; interval of R²: `explained_variance`; p values: t tests of the
    coefficient and of the correlation.
    Errors: as `lmg`; `too_few_rows` below `rows_per_driver` (10) complete rows per driver; `unknown_method`.

    >>> rng = np.random.default_rng(1)
    >>> X = rng.integers(1, 6, (200, 2)).astype(float)
    >>> a = driver_analysis(X, 2 * X[:, 0] + rng.normal(size=200), names=["speed", "parking"])
    >>> [(d.name, d.sign, d.significant) for d in a.drivers]
    [('speed', 1, True), ('parking', -1, False)]
    """
    level = share_level(confidence)
    table, outcome, dropped = _complete(X, y)
    n, k = table.shape
    _refuse_few(n, k, max(k + 2, count(rows_per_driver, "rows per driver") * k))
    chosen: Method = method or ("lmg" if k <= EXACT_DRIVERS else "relative-weights")
    if chosen not in ("lmg", "relative-weights"):
        raise StatsError("unknown_method", f"There is no driver method called {method!r}.", method=method)
    labels = _names(names, k)
    C = _correlation_matrix(table, outcome)
    found = lmg_of_correlations(C, n) if chosen == "lmg" else relative_weights(table, outcome)
    spans = _bootstrap(table, outcome, chosen, count(draws, "draws"), level)
    return DriverAnalysis(
        _drivers(labels, found, spans, C, _standard_deviations(table, outcome), 1 - level),
        explained_variance(found.r2, n, k, confidence=level), found.method, n, dropped,
    )  # fmt: skip


def explained_variance(r2: float, n: int, k: int, *, confidence: float = 0.95) -> Estimate:
    """R² of `n` rows and `k` drivers with its interval, from the noncentral F distribution.

    Formula: F = (R²/k) / ((1 - R²)/(n - k - 1)); the ends are λ/(λ + n) for the noncentralities λ with which such an F
    or a larger (a smaller) one would come up in half of 1 - `confidence` of all samples. R² itself is a little too high
    when rows are few, so that it may lie at the upper end of its interval. Drivers count as given: with drivers that
    vary from sample to sample the interval is somewhat too narrow.

    Source: Smithson, *Confidence Intervals*, 2003, chapter 4; Steiger, Psychological Methods 9 (2004) 164-182.
    Errors: `StatsError` with `too_few_rows` below k + 2 rows, `no_drivers`, `share_out_of_range` for an R² outside 0…1,
    or for numbers that are none.

    >>> round(explained_variance(0.5, 100, 3).high, 3)
    0.594
    """
    level, r2 = share_level(confidence), number(r2, "R²")
    n, k = count(n, "number of rows"), count(k, "number of drivers")
    if not -1e-9 <= r2 <= 1 + 1e-9:  # rounding may leave a little
        raise StatsError("share_out_of_range", f"R² lies between 0 and 1, not at {r2!r}.")
    _refuse_few(n, k)
    freedom, tail = n - k - 1, (1 - level) / 2
    if r2 > 1 - 1e-12:  # all of it but what rounding leaves
        return Estimate(r2, min(r2, 1.0), r2, n, "noncentral-f")
    f = max(0.0, r2) / k / ((1 - r2) / freedom)
    low, high = (_noncentrality(f, k, freedom, p) for p in (1 - tail, tail))
    return around(r2, low / (low + n), high / (high + n), n, "noncentral-f")


def _noncentrality(f: float, k: int, freedom: int, p: float) -> float:
    """The noncentrality with which values up to `f` have the probability `p`; 0 where none is small enough."""
    if special.ncfdtr(k, freedom, 0.0, f) <= p:
        return 0.0
    below, above = 0.0, max(1.0, 2 * k * f)
    while special.ncfdtr(k, freedom, above, f) > p:
        above *= 2
    # Halved until it is known to ten digits: a library that finds roots takes 24 MB
    while above - below > 1e-10 * above:
        middle = (below + above) / 2
        below, above = (middle, above) if special.ncfdtr(k, freedom, middle, f) > p else (below, middle)
    return (below + above) / 2


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an item lies: its importance, its performance, and the quadrant."""

    name: str
    importance: float
    performance: float
    quadrant: Quadrant


@dataclass(frozen=True, slots=True)
class ImportancePerformance:
    """Items in four quadrants; the cross-hairs stand at the two means."""

    items: tuple[Placement, ...]
    importance_line: float | None
    performance_line: float | None


def importance_performance(
    importance: Sequence[float], performance: Sequence[float], *, names: Sequence[str] | None = None
) -> ImportancePerformance:
    """Importance-performance analysis: where to concentrate, what to keep up, what not to overdo.

    One importance (stated, or a driver's share) and one performance (mean rating) per item. High means at or above the
    mean of the items: high importance and low performance *concentrate here*, both high *keep up*, both low *low
    priority*, low importance and high performance *possible overkill*. No items: no lines.

    Source: Martilla and James, Journal of Marketing 41 (1977) 77-79. Limit: the lines are relative; something always
    lies below a mean. Errors: `StatsError` with `wrong_shape`, `not_finite`.

    >>> r = importance_performance([5, 1, 4, 2], [2, 2, 5, 5], names=["wait", "parking", "staff", "music"])
    >>> [(i.name, i.quadrant) for i in r.items][:2]
    [('wait', 'concentrate here'), ('parking', 'low priority')]
    """
    a, b = vector(importance, "importance"), vector(performance, "performance")
    if len(a) != len(b):
        raise StatsError("wrong_shape", f"There are {len(a)} importances but {len(b)} performances.")
    if len(a) == 0:
        return ImportancePerformance((), None, None)
    x, y = float(a.mean()), float(b.mean())
    items = (
        Placement(name, float(i), float(p), _quadrant(_at_least(i, x), _at_least(p, y)))
        for name, i, p in zip(_names(names, len(a)), a, b, strict=True)
    )
    return ImportancePerformance(tuple(items), x, y)


def _at_least(value: float, line: float) -> bool:
    return bool(value >= line - 1e-12 * max(1.0, abs(line)))  # equal items must not fall apart by rounding


def _quadrant(important: bool, good: bool) -> Quadrant:
    if important:
        return "keep up" if good else "concentrate here"
    return "possible overkill" if good else "low priority"


def _names(names: Sequence[str] | None, k: int) -> tuple[str, ...]:
    if names is None:
        return tuple(f"x{i + 1}" for i in range(k))
    if len(names) != k:
        raise StatsError("wrong_shape", f"There are {len(names)} names for {k} columns.")
    return tuple(names)


def _drivers(
    names: tuple[str, ...], found: DriverShares, spans: Floats | None, C: Floats, deviations: Floats, alpha: float
) -> tuple[Driver, ...]:
    n, k = found.n, len(names)
    inverse = np.linalg.inv(C[:k, :k])
    beta = inverse @ C[:k, k]
    left = max(1e-15, 1 - found.r2)  # a perfect fit: p becomes next to nothing, not undefined
    freedom = n - k - 1
    t = beta / np.sqrt(np.diag(inverse) * left / freedom)
    r = C[:k, k]
    t_alone = r * np.sqrt((n - 2) / np.maximum(1e-15, 1 - r * r))
    code = "relative-weights-bootstrap" if found.method == "relative-weights" else "lmg-bootstrap"
    drivers = []
    for j, name in enumerate(names):
        share = found.shares[j]
        span = bare(share, n, "driver-no-interval")
        if spans is not None:
            span = around(share, float(spans[0, j]), float(spans[1, j]), n, code)
        percent = 100 * share / found.r2 if found.r2 > 0 else None
        slope = float(beta[j] * deviations[k] / deviations[j])
        p, p_alone = t_p(float(t[j]), freedom), t_p(float(t_alone[j]), n - 2)
        drivers.append(Driver(name, span, percent, found.signs[j], slope, p, p_alone, min(p, p_alone) < alpha))
    return tuple(drivers)


def _bootstrap(X: Floats, y: Floats, method: Method, draws: int, level: float) -> Floats | None:
    """(2, k): low and high percentiles of the shares; `None` when resamples too often make no sense."""
    if draws < 2:
        return None
    rng = np.random.default_rng(SEED)
    C, usable = shapley.resampled_correlations(np.column_stack([X, y]), draws, rng, LEAST_TOLERANCE)
    if usable < 0.9 * draws:
        return None
    if method == "relative-weights":
        shares = _relative_weights(C)
    elif X.shape[1] <= EXACT_DRIVERS:
        shares = shapley.exact(C)
    else:
        shares = shapley.sampled_each(C, SEED)
    result: Floats = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return result


def _relative_weights(C: Floats) -> Floats:
    """(draws, k) raw relative weights of correlation matrices (draws, k+1, k+1)."""
    values, V = np.linalg.eigh(C[:, :-1, :-1])
    roots = np.sqrt(np.maximum(values, 0.0))
    L = (V * roots[:, None, :]) @ np.swapaxes(V, 1, 2)
    beta = np.linalg.solve(L, C[:, :-1, -1:])
    result: Floats = ((L * L) @ (beta * beta))[..., 0]
    return result


def _result(shares: Floats, C: Floats, method: str, errors: tuple[float, ...] | None, n: int) -> DriverShares:
    beta = np.linalg.solve(C[:-1, :-1], C[:-1, -1])
    signs = tuple(int(np.sign(b)) if abs(b) > 1e-12 else 0 for b in beta)
    shares = np.where(np.abs(shares) < 1e-15, 0.0, shares)
    return DriverShares(tuple(map(float, shares)), float(shares.sum()), signs, method, errors, n)


def _correlations(X: Any, y: Any) -> tuple[Floats, int]:
    table, outcome, dropped = _complete(X, y)
    if dropped:
        raise StatsError("missing_values", f"{dropped} rows have a gap; leave them out first.", rows=dropped)
    _refuse_few(len(table), table.shape[1])
    return _correlation_matrix(table, outcome), len(table)


def _complete(X: Any, y: Any) -> tuple[Floats, Floats, int]:
    table, outcome = array(X, "drivers", dimensions=2), array(y, "outcome", dimensions=1)
    if len(table) != len(outcome):
        raise StatsError("wrong_shape", f"There are {len(table)} rows of drivers but {len(outcome)} outcomes.")
    if table.shape[1] == 0:
        raise StatsError("no_drivers", "There are no drivers.")
    gaps = np.isnan(table).any(axis=1) | np.isnan(outcome)
    dropped = int(gaps.sum())
    return (table[~gaps], outcome[~gaps], dropped) if dropped else (table, outcome, 0)


def _correlation_matrix(X: Floats, y: Floats) -> Floats:
    Z = np.column_stack([X, y])
    _refuse_constant(np.ptp(Z, axis=0) <= 1e-12 * np.abs(Z).max(axis=0))
    Z = Z - Z.mean(axis=0)
    Z /= np.abs(Z).max(axis=0)  # so that squares of very large or very small units stay within range
    Z /= np.sqrt((Z * Z).sum(axis=0))
    C: Floats = Z.T @ Z
    return C


def _standard_deviations(X: Floats, y: Floats) -> Floats:
    result: Floats = np.column_stack([X, y]).std(axis=0)
    return result


def _refuse_few(n: int, k: int, least: int | None = None) -> None:
    needed = k + 2 if least is None else least
    if k < 1:
        raise StatsError("no_drivers", "There are no drivers.")
    if n < needed:
        sentence = f"{n} complete rows are too few for {k} drivers; {needed} are needed."
        raise StatsError("too_few_rows", sentence, n=n, needed=needed)


def _refuse_constant(constant: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
    columns = tuple(int(i) for i in np.flatnonzero(constant[:-1]))
    if columns:
        raise StatsError("constant", f"Everybody gave the same answer in columns {columns}.", columns=columns)
    if constant[-1]:
        raise StatsError("constant_outcome", "The outcome is the same in every row: there is nothing to explain.")


def _refuse_collinear(C: Floats) -> None:
    values, V = np.linalg.eigh(C[:-1, :-1])
    inflation = (V * V / np.maximum(values, 1e-14)).sum(axis=1)
    columns = tuple(int(i) for i in np.flatnonzero(inflation > 1 / LEAST_TOLERANCE))
    if columns:
        raise StatsError("collinear", f"Columns {columns} say the same as other columns together.", columns=columns)


@dataclass(frozen=True, slots=True)
class Effect:
    """How much the outcome differs, in its own points, where a driver is one higher and the others are the same."""

    name: str
    effect: Estimate
    p: float


def driver_effects(
    X: Any, y: Any, *, names: Sequence[str] | None = None, confidence: float = 0.95
) -> tuple[Effect, ...]:
    """Effects of drivers beside one another, each with its interval.

    For a driver that is there or not (1 or 0): how much the outcome differs where it is there.

    Formula: least squares with an intercept; errors robust to unequal spread (HC3), t quantiles with n - k - 1 degrees
    of freedom. Shapes: `X` rows × drivers and `y`, rows with a gap left out. Source: MacKinnon and White, Journal of
    Econometrics 29 (1985); Long and Ervin, The American Statistician 54 (2000) 217-224, advise HC3. Limit: a difference
    that goes together with the driver, no proof of cause. Errors: as `lmg`; `too_few_rows` below 10 rows a driver.

    >>> rng = np.random.default_rng(2)
    >>> X = rng.integers(0, 2, (300, 2)).astype(float)
    >>> found = driver_effects(X, 8 - 3 * X[:, 0] + rng.normal(size=300), names=["queue", "music"])
    >>> [(e.name, round(e.effect.value), e.p < 0.01) for e in found]
    [('queue', -3, True), ('music', 0, False)]
    """
    level = share_level(confidence)
    table, outcome, _ = _complete(X, y)
    n, k = table.shape
    _refuse_few(n, k, max(k + 2, ROWS_PER_DRIVER * k))
    _refuse_collinear(_correlation_matrix(table, outcome))
    design = np.column_stack([np.ones(n), table])
    inverse = np.linalg.inv(design.T @ design)
    weights = inverse @ design.T @ outcome
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    residuals = (outcome - design @ weights) / np.maximum(1 - leverage, 1e-9)
    spread = inverse @ ((design * (residuals**2)[:, None]).T @ design) @ inverse
    errors = np.sqrt(np.maximum(np.diag(spread), np.finfo(float).tiny))
    reach = t_quantile(level, n - k - 1) * errors
    return tuple(
        Effect(name, around(float(w), float(w - r), float(w + r), n, "hc3"), float(t_p(float(w / e), n - k - 1)))
        for name, w, r, e in zip(_names(names, k), weights[1:], reach[1:], errors[1:], strict=True)
    )
