"""The Shapley value of R²: the engine under `premura.stats.drivers`, on many correlation matrices at once.

In: correlation matrices (draws, k+1, k+1) whose last column is the outcome. Out: shares (draws, k) that add up to R².
"""

from __future__ import annotations

import math

import numpy as np

from premura.stats.inputs import Floats

#: Pairs of orders (an order and its reverse) when there are too many drivers for all sets.
PAIRS = 4_000
PAIRS_PER_DRAW = 100
#: More rows than this are first summed into so many random groups, which are then resampled.
GROUPS = 1_000
_FLOATS_AT_ONCE = 8_000_000
#: So many sets of drivers (of all matrices together) stay near the processor.
_SETS_AT_ONCE = 1 << 17


def exact(C: Floats) -> Floats:
    """Shares from all 2^k sets of drivers.

    R² of every set comes from sweeping the matrix driver by driver: for each driver the stack of half-swept matrices is
    doubled, once without the driver (its row is dropped) and once with it (its row is swept out); what is left of the
    outcome's variance at the end is 1 - R². Each step is one array operation over all sets and all matrices.

    >>> exact(np.array([[[1, 0.0, 0.6], [0.0, 1, 0.3], [0.6, 0.3, 1]]])).round(4).tolist()
    [[0.36, 0.09]]
    """
    draws, k = len(C), C.shape[1] - 1
    step = max(1, _SETS_AT_ONCE >> k)
    return np.concatenate([_shares_of_sets(_r2_of_sets(C[i : i + step]), k) for i in range(0, draws, step)])


def _r2_of_sets(C: Floats) -> Floats:
    """(2^k, draws): R² of every set; bit j of the position says whether driver j belongs to the set."""
    # The draws come last, so that each step goes through long rows of memory
    swept = np.ascontiguousarray(C.transpose(1, 2, 0), dtype=float)[None]
    for _ in range(C.shape[1] - 1):
        row, rest = swept[:, 0, 1:], swept[:, 1:, 1:]
        pivot = swept[:, :1, :1]
        swept = np.concatenate([rest, rest - row[:, :, None] * row[:, None, :] / pivot])
    r2: Floats = 1 - swept[:, 0, 0]
    return r2


def _shares_of_sets(r2: Floats, k: int) -> Floats:
    sizes = np.array([s.bit_count() for s in range(1 << k)])
    weights = np.array([math.factorial(s) * math.factorial(k - s - 1) / math.factorial(k) for s in range(k)])
    shares = np.empty((r2.shape[1], k))
    for j in range(k):
        split = r2.reshape(-1, 2, 1 << j, r2.shape[1])
        gains = (split[:, 1] - split[:, 0]).reshape(-1, r2.shape[1])
        without = sizes.reshape(-1, 2, 1 << j)[:, 0].ravel()
        shares[:, j] = weights[without] @ gains
    return shares


def sampled(C: Floats, seed: int) -> tuple[Floats, Floats]:
    """(shares, their standard errors) of one matrix (k+1, k+1) from random orders, each taken with its reverse.

    >>> s, e = sampled(np.array([[1, 0.0, 0.6], [0.0, 1, 0.3], [0.6, 0.3, 1]]), 1)
    >>> s.round(4).tolist(), bool(e.max() < 1e-12)
    ([0.36, 0.09], True)
    """
    pairs = _pair_means(C, _orders(len(C) - 1, PAIRS, seed))
    errors: Floats = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return pairs.mean(axis=0), errors


def sampled_each(C: Floats, seed: int) -> Floats:
    """(draws, k) sampled shares of many matrices, all over the same fewer orders.

    >>> sampled_each(np.array([[[1, 0.0, 0.6], [0.0, 1, 0.3], [0.6, 0.3, 1]]]), 1).round(4).tolist()
    [[0.36, 0.09]]
    """
    orders = _orders(C.shape[1] - 1, PAIRS_PER_DRAW, seed)
    return np.stack([_pair_means(matrix, orders).mean(axis=0) for matrix in C])


def _orders(k: int, pairs: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    return np.argsort(np.random.default_rng(seed).random((pairs, k)), axis=1)


def _pair_means(C: Floats, orders: np.ndarray[tuple[int, int], np.dtype[np.intp]]) -> Floats:
    k = len(C) - 1
    step = max(1, _FLOATS_AT_ONCE // (4 * (k + 1) ** 2))
    parts = [
        (_gains(C, orders[i : i + step]) + _gains(C, orders[i : i + step, ::-1])) / 2
        for i in range(0, len(orders), step)
    ]
    return np.concatenate(parts)


def _gains(C: Floats, orders: np.ndarray[tuple[int, int], np.dtype[np.intp]]) -> Floats:
    """(orders, k): what each driver adds to R² when the drivers enter in this order.

    The last row of the Cholesky factor of the reordered matrix holds the roots of those gains, whatever stands in the
    outcome's own corner; 2 instead of 1 keeps the factor alive when R² is 1.
    """
    k = len(C) - 1
    padded = np.column_stack([orders, np.full(len(orders), k)])
    stack = C[padded[:, :, None], padded[:, None, :]]
    stack[:, k, k] = 2.0
    roots = np.linalg.cholesky(stack)[:, k, :k]
    gains = np.empty((len(orders), k))
    np.put_along_axis(gains, orders, roots * roots, axis=1)
    return gains


def resampled_correlations(
    Z: Floats, draws: int, rng: np.random.Generator, least_tolerance: float
) -> tuple[Floats, int]:
    """Correlations of resampled rows of Z (rows × columns, outcome last), and how many of the draws were usable.

    More than `GROUPS` rows are first dealt at random into that many groups whose sums are resampled: the same variance,
    at a cost that no longer grows with the rows. Draws with a constant or collinear column are left out.

    >>> C, usable = resampled_correlations(np.arange(12.0).reshape(6, 2) % 5, 20, np.random.default_rng(1), 1e-4)
    >>> C.shape == (usable, 2, 2)
    True
    """
    sums = _group_sums(Z, rng)
    groups, width = len(sums), Z.shape[1] + 1
    weights = rng.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(float)
    moments = (weights @ sums.reshape(groups, -1)).reshape(draws, width, width)
    moments = moments[moments[:, 0, 0] > 0]
    means = moments[:, 0, 1:] / moments[:, 0, :1]
    covariances = moments[:, 1:, 1:] / moments[:, :1, :1] - means[:, :, None] * means[:, None, :]
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    varying = (variances > 1e-12).all(axis=1)
    deviations = np.sqrt(variances[varying])
    C = covariances[varying] / (deviations[:, :, None] * deviations[:, None, :])
    if len(C):
        values, V = np.linalg.eigh(C[:, :-1, :-1])
        inflation = (V * V / np.maximum(values, 1e-14)[:, None, :]).sum(axis=2)
        C = C[(inflation <= 1 / least_tolerance).all(axis=1)]
    return C, len(C)


def _group_sums(Z: Floats, rng: np.random.Generator) -> Floats:
    """(groups, columns+1, columns+1): sums of products of (1, standardised columns) in each group of rows."""
    scaled = Z - Z.mean(axis=0)
    scaled /= np.abs(scaled).max(axis=0)
    scaled /= scaled.std(axis=0)
    A = np.column_stack([np.ones(len(Z)), scaled])
    if len(A) <= GROUPS:
        single: Floats = A[:, :, None] * A[:, None, :]
        return single
    # The order of rows often means something (time, place): groups must not be made along it.
    A = A[rng.permutation(len(A))]
    depth = math.ceil(len(A) / GROUPS)
    padded = np.zeros((depth * GROUPS, A.shape[1]))
    padded[: len(A)] = A
    blocks = padded.reshape(depth, GROUPS, -1).transpose(1, 0, 2)
    result: Floats = blocks.transpose(0, 2, 1) @ blocks
    return result
