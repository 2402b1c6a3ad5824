"""Peak-end: how an episode is remembered, which is not how it was on average.

In: the felt intensity at each moment, in order, for an episode with a definite beginning and end. Out: peak, worst
moment, end and the remembered score. Standard: Kahneman, Fredrickson, Schreiber and Redelmeier, Psychological Science 4
(1993) 401-405.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from premura.stats.estimate import StatsError
from premura.stats.inputs import vector

#: Times the number of moments it still is a number of 63 bits.
_LARGE = 1e9


@dataclass(frozen=True, slots=True)
class PeakEnd:
    """One episode, in the unit of the intensities (for emotions -2…+2); all `None` when it has no moments.

    `peak` is the most intense moment, `worst` the lowest, `end` the last, `score` = (peak + end) / 2. `mean` is the
    plain mean, to compare with; `peak_index` and `worst_index` are positions from 0. `n` is the number of moments.
    """

    peak: float | None
    worst: float | None
    end: float | None
    score: float | None
    mean: float | None
    peak_index: int | None
    worst_index: int | None
    n: int


def peak_end(intensities: Iterable[float]) -> PeakEnd:
    """The remembered score of one episode: (peak + end) / 2, with duration neglected.

    Peak = the moment with the largest |x|; of equal ones the *first*. Because +2 and -2 are then equally intense,
    `worst` is given too. Only for episodes with a definite beginning and end: the last moment must be the end, not the
    latest so far. Errors: `StatsError` with `not_a_number`, `not_finite`, `wrong_shape`.

    >>> p = peak_end([1, 2, -2, 1, -1])
    >>> p.peak, p.worst, p.end, p.score
    (2.0, -2.0, -1.0, 0.5)
    """
    x = vector(intensities, "intensities").tolist()
    if not x:
        return PeakEnd(None, None, None, None, None, None, None, 0)
    # An episode has few moments: plain Python is ready before an array would be
    worst, (top, peak) = min(x), max(enumerate(x), key=lambda moment: abs(moment[1]))
    return PeakEnd(peak, worst, x[-1], (peak + x[-1]) / 2, fsum(x) / len(x), top, x.index(worst), len(x))


@dataclass(frozen=True, slots=True)
class PeakEnds:
    """Many episodes at once, one position each: `n` moments, their plain `mean`, the remembered `score`; `peak`,
    `worst` and `end` are positions among all moments.
    """

    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    score: NDArray[np.float64]
    peak: NDArray[np.int64]
    worst: NDArray[np.int64]
    end: NDArray[np.int64]


def peak_ends(intensities: ArrayLike, starts: ArrayLike) -> PeakEnds:
    """The same as `peak_end` of each of many episodes whose whole intensities lie one after the other in time order;
    `starts` are the positions at which an episode begins, the first of them 0.

    Errors: `StatsError` with those of `peak_end`, `not_a_whole_number`, and `wrong_shape` for starts that do not ascend
    from 0 or lie outside.

    >>> p = peak_ends(np.array([1, 2, -2, 1, -1, 0, 1]), np.array([0, 5]))
    >>> p.score.tolist(), p.peak.tolist(), p.worst.tolist(), p.end.tolist(), p.n.tolist()
    ([0.5, 1.0], [1, 6], [2, 5], [4, 6], [5, 2])
    """
    felt, begun = vector(intensities, "intensities"), vector(starts, "starts")
    for name, column in (("intensities", felt), ("starts", begun)):
        if not (np.abs(column) < _LARGE).all() or (column != np.rint(column)).any():
            raise StatsError("not_a_whole_number", f"The {name} must be whole numbers.", name=name)
    ends = np.append(begun, len(felt))
    if ends[0] or (np.diff(ends) <= 0).any():
        raise StatsError("wrong_shape", "The starts must ascend from 0 and lie within.", name="starts")
    return _peak_ends(felt.astype(np.int64), begun.astype(np.int64))


def _peak_ends(intensities: NDArray[np.int64], starts: NDArray[np.int64]) -> PeakEnds:
    if not len(starts):
        none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
        return PeakEnds(nowhere, none, none, nowhere, nowhere, nowhere)
    places = np.arange(len(intensities))
    n = np.diff(starts, append=len(intensities))
    # Position breaks ties: of equally strong moments the first counts
    width = len(intensities)
    peak = np.minimum.reduceat(-np.abs(intensities) * width + places, starts) % width
    worst = np.minimum.reduceat(intensities * width + places, starts) % width
    end = starts + n - 1
    score = (intensities[peak] + intensities[end]) / 2
    return PeakEnds(n, np.add.reduceat(intensities, starts) / n, score, peak, worst, end)
