"""Weights of answers: how many answers a weighted file is really worth.

In: sums of weights and of squared weights, which add up over parts of a file. Out: Kish's effective number.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from premura.stats.estimate import StatsError
from premura.stats.inputs import count, vector, weight


def effective_n(sum_of_weights: float, sum_of_squares: float) -> float:
    """Kish's effective number of answers, n_eff = (Σw)² / Σw²; 0.0 when there are no weights.

    Equal weights give the plain number of answers; the more unequal the weights, the fewer answers they are worth.
    Source: L. Kish, *Survey Sampling*, Wiley 1965, 11.2.
    Errors: `StatsError` with `negative_weight`, `not_finite`, or `weights_inconsistent` when no weights that are not
    negative could have these two sums.

    >>> effective_n(10, 10), round(effective_n(4, 1 + 9), 2)
    (10.0, 1.6)
    """
    total = weight(sum_of_weights, "sum of weights")
    squares = weight(sum_of_squares, "sum of squared weights")
    if total == 0 and squares == 0:
        return 0.0
    # Σw² <= (Σw)² holds for all weights that are not negative; a little room for sums added in another order.
    if total == 0 or squares == 0 or squares > total * total * (1 + 1e-9):
        raise StatsError(
            "weights_inconsistent",
            f"No weights can add up to {total} and their squares to {squares}.",
            sum_of_weights=total,
            sum_of_squares=squares,
        )
    return max(1.0, total / squares * total)


def weight_sums(weights: Iterable[float]) -> tuple[float, float]:
    """(Σw, Σw²) of single weights, the two numbers that `effective_n` and the weighted scores ask for.

    Errors: `StatsError` with `negative_weight`, `not_finite`.

    >>> weight_sums([1.0, 3.0])
    (4.0, 10.0)
    """
    w = vector(weights, "weights")
    if (w < 0).any():
        raise StatsError("negative_weight", "A weight is negative.")
    return float(np.sum(w)), float(np.sum(w * w))


def design_effect(sum_of_weights: float, sum_of_squares: float, answers: int) -> float | None:
    """Kish's design effect of weighting, answers / n_eff: how many times more answers the weights cost.

    `None` when there are no answers. Source and errors: as `effective_n`, and as `count` for the answers.

    >>> design_effect(4, 10, 2)
    1.25
    """
    n, given = effective_n(sum_of_weights, sum_of_squares), count(answers, "number of answers")
    return given / n if n else None
