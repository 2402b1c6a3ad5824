"""SERVQUAL and SERVPERF: what customers expected, what they got, and the gap between.

In: tables respondents × items. Out: mean gaps by item, by dimension and overall, each an `Estimate`, in scale points.
Standard: Parasuraman, Zeithaml and Berry, Journal of Retailing 64 (1988) 12-40 and 67 (1991) 420-450.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.inputs import Floats, array, entries, number, share_level, weight
from premura.stats.intervals import t_quantile

#: The 22 items by dimension, as positions from 0: items 1-4, 5-9, 10-13, 14-17, 18-22.
FIVE_DIMENSIONS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "tangibles": tuple(range(4)),
        "reliability": tuple(range(4, 9)),
        "responsiveness": tuple(range(9, 13)),
        "assurance": tuple(range(13, 17)),
        "empathy": tuple(range(17, 22)),
    }
)
#: The negatively worded items of the 1988 edition (10-13 and 18-22), as positions from 0.
REVERSED_1988: tuple[int, ...] = (*range(9, 13), *range(17, 22))


@dataclass(frozen=True, slots=True)
class Servqual:
    """Mean gaps (SERVQUAL) or mean performance (SERVPERF), in scale points.

    `items` has one entry per column, `dimensions` one per dimension; `overall` is the plain mean of the dimensions,
    `weighted` their mean by importance (`None` when no weights were given). `n` of each counts the respondents who
    answered enough for it.
    """

    items: tuple[Estimate, ...]
    dimensions: Mapping[str, Estimate]
    overall: Estimate
    weighted: Estimate | None


def servqual(
    expectations: Any,
    perceptions: Any,
    *,
    dimensions: Mapping[str, Sequence[int]] = FIVE_DIMENSIONS,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    reversed_items: Iterable[int] = (),
    scale: tuple[float, float] = (1, 7),
    confidence: float = 0.95,
) -> Servqual:
    """Gaps perception - expectation; negative where customers got less than they expected.

    `expectations` and `perceptions` are respondents × items of the same shape, NaN = missing; `dimensions` maps each
    name to item positions counted from 0; `reversed_items` are the negatively worded positions, turned (low + high - x)
    in both tables *before* the gap. `weights` are importance points per dimension, by name or in the order of
    `dimensions`.

    Formula: item gap of a respondent → mean over the dimension's answered items → mean over respondents ḡ_d; overall
    Σ ḡ_d / D; weighted Σ w_d ḡ_d / Σ w_d (so that points adding up to 100 need no further division). Interval: t, from
    the covariance of the dimensions over respondents, degrees of freedom from the dimension with the fewest
    respondents. One respondent, or no spread: a value without an interval. A dimension that nobody answered leaves
    overall unknown.

    Errors: `StatsError` with `wrong_shape`, `not_finite`, `outside_scale`, `unknown_item`, `empty_dimension`,
    `weights_inconsistent`, `negative_weight`.

    >>> g = servqual([[7, 6, 5]], [[6, 6, 3]], dimensions={"reliability": [0, 1], "empathy": [2]})
    >>> g.dimensions["reliability"].value, g.dimensions["empathy"].value, g.overall.value
    (-0.5, -2.0, -1.25)
    """
    turned = _turned(reversed_items)
    expected, perceived = (
        _answers(table, name, turned, scale)
        for table, name in ((expectations, "expectations"), (perceptions, "perceptions"))
    )
    if expected.shape != perceived.shape:
        raise StatsError("wrong_shape", "Expectations and perceptions must have the same respondents and items.")
    return _summary(perceived - expected, dimensions, weights, share_level(confidence))


def servperf(
    perceptions: Any,
    *,
    dimensions: Mapping[str, Sequence[int]] = FIVE_DIMENSIONS,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    reversed_items: Iterable[int] = (),
    scale: tuple[float, float] = (1, 7),
    confidence: float = 0.95,
) -> Servqual:
    """SERVPERF: the same means from perceptions alone, for those who do not ask about expectations.

    Source: Cronin and Taylor, Journal of Marketing 56 (1992) 55-68. Shapes, formula and errors: as `servqual`.

    >>> servperf([[6, 6, 3]], dimensions={"reliability": [0, 1], "empathy": [2]}).overall.value
    4.5
    """
    perceived = _answers(perceptions, "perceptions", _turned(reversed_items), scale)
    return _summary(perceived, dimensions, weights, share_level(confidence))


def _answers(table: Any, name: str, turned: frozenset[int], scale: tuple[float, float]) -> Floats:
    low, high = number(scale[0], "lower end of the scale"), number(scale[1], "upper end of the scale")
    # Respondents are many and items few: column by column they lie in the order in which they are gone through
    X = array(table, name, dimensions=2).copy(order="F")
    least, most = np.fmin.reduce(X, axis=None, initial=low), np.fmax.reduce(X, axis=None, initial=high)
    if low >= high or least < low or most > high:
        raise StatsError("outside_scale", f"An answer among the {name} lies outside the scale {low:g} to {high:g}.")
    columns = _positions(turned, X.shape[1])
    X[:, columns] = low + high - X[:, columns]
    return X


def _turned(reversed_items: Any) -> frozenset[Any]:
    return frozenset(entries(reversed_items, "reversed items"))


def _positions(items: Any, k: int) -> list[int]:
    positions = entries(items, "items of a dimension")
    if any(not isinstance(i, int | np.integer) or not 0 <= i < k for i in positions):
        spoken_of = ", ".join(map(repr, positions))
        raise StatsError("unknown_item", f"There are items 0 to {k - 1}, but {spoken_of} are spoken of.")
    return sorted(map(int, positions))


def _summary(X: Floats, dimensions: Mapping[str, Sequence[int]], weights: Any, level: float) -> Servqual:
    if not isinstance(dimensions, Mapping):
        raise StatsError("wrong_shape", "The dimensions must map each name to the positions of its items.")
    if not dimensions:
        raise StatsError("empty_dimension", "There are no dimensions.")
    by_dimension = np.array([_row_means(X, name, items) for name, items in dimensions.items()]).T
    equal = np.ones(len(dimensions))
    return Servqual(
        tuple(_mean_of(column, level) for column in X.T),
        MappingProxyType({name: _mean_of(by_dimension[:, i], level) for i, name in enumerate(dimensions)}),
        _combined(by_dimension, equal, level),
        None if weights is None else _combined(by_dimension, _importance(weights, dimensions), level),
    )


def _row_means(X: Floats, name: str, items: Sequence[int]) -> Floats:
    if not entries(items, "items of a dimension"):
        raise StatsError("empty_dimension", f"The dimension {name!r} has no items.")
    part = X[:, _positions(items, X.shape[1])]
    seen = ~np.isnan(part)
    n = seen.sum(axis=1)
    result: Floats = np.where(n > 0, np.where(seen, part, 0.0).sum(axis=1) / np.maximum(n, 1), np.nan)
    return result


def _importance(weights: Any, dimensions: Mapping[str, Sequence[int]]) -> Floats:
    if isinstance(weights, Mapping):
        if set(weights) != set(dimensions):
            raise StatsError("weights_inconsistent", "The weights must name every dimension, and no others.")
        weights = [weights[name] for name in dimensions]
    w = np.array([weight(value, "weight of a dimension") for value in entries(weights, "weights")])
    if len(w) != len(dimensions) or w.sum() <= 0:
        raise StatsError("weights_inconsistent", "There must be one weight per dimension, not all of them zero.")
    return w


def _combined(columns: Floats, weights: Floats, level: float) -> Estimate:
    """Weighted mean of the column means, with the covariance of those means over respondents (missing: pairwise)."""
    if columns.shape[1] == 1:
        return _mean_of(columns[:, 0], level)
    seen = ~np.isnan(columns)
    per_column = seen.sum(axis=0)
    n = int(seen.any(axis=1).sum())
    if per_column.min() == 0:
        return nothing("gap-t", n)
    w = weights / weights.sum()
    means = np.where(seen, columns, 0.0).sum(axis=0) / per_column
    value = float(weights @ means) / float(weights.sum())
    centred, marks = np.where(seen, columns - means, 0.0), seen.astype(float)
    together = marks.T @ marks
    covariances = centred.T @ centred / np.maximum(together - 1, 1)
    of_means = covariances * together / np.outer(per_column, per_column)
    variance, freedom = float(w @ of_means @ w), float(per_column.min()) - 1
    return _told(value, variance, freedom, n, level)


def _mean_of(column: Floats, level: float) -> Estimate:
    """The mean of one column, which needs no covariances."""
    known = column[~np.isnan(column)]
    n = len(known)
    if not n:
        return nothing("gap-t", n)
    value = float(known.sum()) / n
    known -= value
    return _told(value, float(known @ known) / max(n - 1, 1) / n, n - 1, n, level)


def _told(value: float, variance: float, freedom: float, n: int, level: float) -> Estimate:
    if freedom < 1 or variance <= 1e-18:
        return bare(value, n, "gap-no-interval")
    half = t_quantile(level, freedom) * math.sqrt(variance)
    return around(value, value - half, value + half, n, "gap-t")
