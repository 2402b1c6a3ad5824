"""Agreement of coders: do two people (or a person and a program) sort the same comments the same way?

In: labels, or counts of pairs of labels. Out: chance-corrected agreement as an `Estimate`: 1 complete, 0 what chance
would do.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.inputs import Floats, array, entries, number, share_level
from premura.stats.intervals import normal_quantile

Level: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]

DRAWS = 2_000
#: More units than this are first summed into so many random groups.
GROUPS = 1_000
SEED = 20_110_125


def krippendorff_alpha(
    ratings: Sequence[Sequence[Any]] | Any, *, level: Level = "nominal", confidence: float = 0.95
) -> Estimate:
    """Krippendorff's alpha of any number of coders, with missing ratings, for four levels of measurement.

    `ratings` is coders × units; `None` and NaN are missing; labels may be words when `level` is "nominal". Units with
    fewer than two ratings say nothing about agreement and are left out; `n` is the number of units used.

    Formula: α = 1 - D_o / D_e, observed over expected disagreement from the coincidences of values within units;
    squared distance of values: 0/1 (nominal), ranks (ordinal), (c-k)² (interval), ((c-k)/(c+k))² (ratio). Interval:
    percentiles of 2 000 seeded resamples of units (of 1 000 random groups of units when there are more), with the
    distances of the whole sample. No value when only one category was ever used (no disagreement was possible); no
    interval where there is one unit, or no disagreement from which one could be made.

    Source: Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011).
    Errors: `StatsError` with `wrong_shape`, `unknown_method` (level), `not_a_number`, `not_finite`.

    >>> a = krippendorff_alpha([["praise", "wait", "price", "wait"], ["praise", "wait", "wait", "wait"]])
    >>> round(a.value, 3), a.n
    (0.588, 4)
    """
    share = share_level(confidence)
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise StatsError("unknown_method", f"There is no level of measurement called {level!r}.", level=level)
    values, N = _value_counts(ratings, level)
    m = N.sum(axis=1)
    N, m = N[m >= 2], m[m >= 2]
    units = len(N)
    if units == 0:
        return nothing("krippendorff-bootstrap")
    distance = _distances(values, N.sum(axis=0), level)
    within = ((N @ distance) * N).sum(axis=1) / (m - 1)  # disagreement inside each unit
    value = float(_alpha(within[None, :], N, m, distance, np.ones((1, units)))[0])
    if math.isnan(value):
        return nothing("krippendorff-undefined", units)
    if units == 1:
        return bare(value, 1, "krippendorff-one-unit")
    if not within.any():
        return bare(value, units, "krippendorff-no-disagreement")
    rng = np.random.default_rng(SEED)
    within, N, m = _grouped(within, N, m, rng)
    draws = rng.multinomial(len(m), np.full(len(m), 1 / len(m)), size=DRAWS).astype(float)
    alphas = _alpha(within[None, :], N, m, distance, draws)
    alphas = alphas[~np.isnan(alphas)]
    low, high = np.quantile(alphas, [(1 - share) / 2, (1 + share) / 2])
    return around(value, float(low), float(high), units, "krippendorff-bootstrap")


def agreement_table(
    first: Iterable[Hashable], second: Iterable[Hashable]
) -> tuple[tuple[Any, ...], tuple[tuple[int, ...], ...]]:
    """Labels of two coders for the same units → (categories in order of their text, square table of counts).

    Rows: first coder, columns: second. Tables over the same categories can be added. A unit that one of the two gave no
    label (`None` or NaN) is left out. Errors: `wrong_shape`, `not_a_label`.

    >>> agreement_table("aab", "abb")
    (('a', 'b'), ((1, 1), (0, 1)))
    """
    a, b = entries(first, "labels"), entries(second, "labels")
    if len(a) != len(b):
        raise StatsError("wrong_shape", f"One coder has {len(a)} labels, the other {len(b)}.")
    if not all(isinstance(label, Hashable) for label in (*a, *b)):
        raise StatsError("not_a_label", "Labels are words or numbers, not lists.")
    # NaN is not itself
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None and x == x and y == y]
    categories = tuple(sorted({label for pair in pairs for label in pair}, key=str))
    place = {category: i for i, category in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for x, y in pairs:
        table[place[x]][place[y]] += 1
    return categories, tuple(tuple(row) for row in table)


def cohen_kappa(table: Any, *, confidence: float = 0.95) -> Estimate:
    """Cohen's kappa of two coders from a square table of counts (`agreement_table` makes one).

    Formula: κ = (p_o - p_e) / (1 - p_e), p_o the share on the diagonal, p_e that expected from the margins. Interval:
    normal, with the large-sample variance of Fleiss, Cohen and Everitt, cut at ±1. Both coders used one category only:
    no value. Complete agreement: no interval, since the formula would give one without width.

    Source: Cohen, Educational and Psychological Measurement 20 (1960) 37-46; Fleiss, Cohen and Everitt, Psychological
    Bulletin 72 (1969) 323-327. Errors: `StatsError` with `wrong_shape`, `negative_count`, `not_a_whole_number`.

    >>> k = cohen_kappa([[20, 5], [10, 15]])
    >>> round(k.value, 3), round(k.low, 3), round(k.high, 3), k.n
    (0.4, 0.151, 0.649, 50)
    """
    z = normal_quantile(confidence)
    T = array(table, "table", dimensions=2)
    if T.shape[0] != T.shape[1] or np.isnan(T).any():
        raise StatsError("wrong_shape", "Cohen's kappa needs a square table of counts.")
    if (T < 0).any():
        raise StatsError("negative_count", "A count of the table is negative.")
    if (np.round(T) != T).any():
        raise StatsError("not_a_whole_number", "A count of the table is not a whole number.")
    n = int(T.sum())
    if n == 0:
        return nothing("cohen-normal")
    P = T / n
    rows, columns = P.sum(axis=1), P.sum(axis=0)
    agreed, expected = float(np.trace(P)), float(rows @ columns)
    if 1 - expected < 1e-12:
        return nothing("cohen-undefined", n)
    kappa = (agreed - expected) / (1 - expected)
    error = math.sqrt(_kappa_variance(P, kappa, expected) / n)
    if error < 1e-9:
        return bare(kappa, n, "cohen-no-spread")
    return around(kappa, max(-1.0, kappa - z * error), min(1.0, kappa + z * error), n, "cohen-normal")


def _kappa_variance(P: Floats, kappa: float, expected: float) -> float:
    rows, columns = P.sum(axis=1), P.sum(axis=0)
    own = np.diag(P)
    on = float(own @ (1 - (rows + columns) * (1 - kappa)) ** 2)
    sums = (columns[:, None] + rows[None, :]) ** 2  # [i, j]: (p_+i + p_j+)²
    off = float((P * sums).sum() - own @ np.diag(sums))
    return max(0.0, on + (1 - kappa) ** 2 * off - (kappa - expected * (1 - kappa)) ** 2) / (1 - expected) ** 2


def _value_counts(ratings: Any, level: Level) -> tuple[list[Any], Floats]:
    """(values in order, units × values counts)."""
    rows = [entries(row, "ratings of a coder") for row in entries(ratings, "ratings")]
    if len({len(row) for row in rows}) > 1:
        raise StatsError("wrong_shape", "Every coder needs one entry (or None) per unit.")
    given = [(u, x) for row in rows for u, x in enumerate(row) if x is not None and x == x]  # NaN is not itself
    if level == "nominal":
        values: list[Any] = sorted({x for _, x in given}, key=str)
    else:
        given = [(u, number(x, "rating")) for u, x in given]
        values = sorted({x for _, x in given})
    place = {value: i for i, value in enumerate(values)}
    N = np.zeros((len(rows[0]) if rows else 0, len(values)))
    for u, x in given:
        N[u, place[x]] += 1
    return values, N


def _distances(values: list[Any], totals: Floats, level: Level) -> Floats:
    """Squared distance of every two values; for ordinal data from how often each value was used."""
    k = len(values)
    if level == "nominal":
        return 1 - np.eye(k)
    if level == "ordinal":
        # Σ n_g from c to k minus half of both ends = the distance of the mid ranks.
        middle = np.cumsum(totals) - totals / 2
        squared: Floats = np.subtract.outer(middle, middle) ** 2
        return squared
    v = np.array(values, dtype=float)
    difference: Floats = np.subtract.outer(v, v)
    if level == "interval":
        return difference**2
    total = np.add.outer(v, v)
    result: Floats = np.where(total != 0, difference / np.where(total != 0, total, 1.0), 0.0) ** 2
    return result


def _grouped(within: Floats, N: Floats, m: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Sums over random groups of units when there are many: resampling groups costs less and varies the same."""
    if len(m) <= GROUPS:
        return within, N, m
    order = rng.permutation(len(m))
    starts = np.arange(GROUPS) * len(m) // GROUPS
    sums = (np.add.reduceat(part[order], starts, axis=0) for part in (within, N, m))
    disagreement, counts, sizes = sums
    return disagreement, counts, sizes


def _alpha(within: Floats, N: Floats, m: Floats, distance: Floats, draws: Floats) -> Floats:
    """Alpha of each row of `draws` (how often each unit is counted); NaN where no disagreement was possible."""
    observed = (draws * within).sum(axis=1)
    totals, n = draws @ N, draws @ m
    expected = ((totals @ distance) * totals).sum(axis=1)
    possible = expected > 0
    result: Floats = np.where(possible, 1 - (n - 1) * observed / np.where(possible, expected, 1.0), np.nan)
    return result
