"""Logistic regression in numpy, for what is learnt on the company's own machine from a handful of texts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fit_logistic(
    X: Floats,
    y: Floats,
    *,
    share: Floats | None = None,
    offset: Floats | None = None,
    penalty: float,
    base_penalty: float,
) -> tuple[Floats, float]:
    """Weights and base of log-odds = offset + X·weights + base, with a ridge on both.

    Args: `X` texts × numbers; `y` 0 or 1; `share` how much each text counts (1); `offset` what is known before (0).
    Formula: Newton's method on the penalised likelihood (Hastie, Tibshirani, Friedman, *The Elements of Statistical
    Learning*, 4.4.1), each step halved until it does not make things worse. Errors: none; data that say nothing give zeros.

    >>> weights, base = fit_logistic(np.array([[1.0], [-1.0]]), np.array([1.0, 0.0]), penalty=0.1, base_penalty=0.1)
    >>> bool(weights[0] > 1), abs(round(base, 6))
    (True, 0.0)
    """
    share = np.ones(len(y)) if share is None else share
    offset = np.zeros(len(y)) if offset is None else offset
    X = np.column_stack([X, np.ones(len(X))])
    ridge = np.full(X.shape[1], penalty)
    ridge[-1] = base_penalty

    def loss(weights: Floats) -> float:
        z = offset + X @ weights
        return float(share @ (np.logaddexp(0, z) - y * z) + 0.5 * ridge @ weights**2)

    weights, now = np.zeros(X.shape[1]), loss(np.zeros(X.shape[1]))
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(offset + X @ weights, -40, 40)))
        gradient = X.T @ (share * (p - y)) + ridge * weights
        step = np.linalg.solve((X * (share * p * (1 - p))[:, None]).T @ X + np.diag(ridge), gradient)
        size = 1.0
        while (then := loss(weights - size * step)) > now and size > 1e-4:
            size /= 2
        weights, now = weights - size * step, then
        if float(np.abs(size * step).max()) < 1e-4:
            break
    return weights[:-1], float(weights[-1])


def fit_shifts(
    X: Floats, Y: Floats, offset: Floats, *, is_group: bool, penalty: float, base_penalty: float, rounds: int = 150
) -> tuple[Floats, Floats]:
    """Weights (numbers × outputs) and bases (outputs) of shifts of log-odds that are known already, with a ridge on both.

    Args: `Y` and `offset` texts × outputs, NaN in `Y` where an output does not apply; `is_group`: the outputs shut one
    another out, and `offset` are logarithms of their probabilities. Formula: the bound of Böhning (*Annals of the
    Institute of Statistical Mathematics* 44, 1992) in place of the Hessian, so that one matrix serves every round and
    output. Errors: none; data that agree with the offset give zeros.

    >>> X, Y = np.array([[1.0], [-1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> weights, base = fit_shifts(X, Y, np.zeros((2, 2)), is_group=True, penalty=0.1, base_penalty=0.1)
    >>> bool(weights[0, 0] > 0.5), bool(abs(weights.sum()) < 1e-9), bool(np.all(abs(base) < 1e-9))
    (True, True, True)
    """
    Q, R = np.linalg.qr(X.T) if len(X) < X.shape[1] else (np.eye(X.shape[1]), X.T)  # a ridge does not mind rotation
    rows = np.column_stack([R.T, np.ones(len(X))])
    ridge = np.full(rows.shape[1], penalty)
    ridge[-1] = base_penalty
    inverse = np.linalg.inv((0.5 if is_group else 0.25) * rows.T @ rows + np.diag(ridge))
    weights = np.zeros((rows.shape[1], Y.shape[1]))
    for _ in range(rounds):
        z = np.clip(offset + rows @ weights, -40, 40)
        p = np.exp(z - z.max(axis=1, keepdims=True)) if is_group else 1 / (1 + np.exp(-z))
        if is_group:
            p /= p.sum(axis=1, keepdims=True)
        step = inverse @ (rows.T @ np.nan_to_num(p - Y) + ridge[:, None] * weights)
        weights -= step
        if float(np.abs(step).max()) < 1e-5:
            break
    return Q @ weights[:-1], weights[-1]
