"""Checked inputs: what comes in is a finite number of the right shape, or a `StatsError` says in words why not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from premura.stats.estimate import StatsError

Floats: TypeAlias = NDArray[np.float64]
#: score -> number of people who gave it
Histogram: TypeAlias = Mapping[int, int] | Mapping[float, int]

#: Beyond this, squares of squares would leave the range of a float.
LARGEST = 1e50


def number(value: Any, name: str) -> float:
    """`value` as a finite float. Errors: `not_a_number`, `not_finite`, `too_large`.

    >>> number(3, "score")
    3.0
    """
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        raise StatsError("not_a_number", f"The {name} is not a number: {value!r}.", name=name) from None
    if not math.isfinite(result):
        raise StatsError("not_finite", f"The {name} is not a finite number: {value!r}.", name=name)
    if abs(result) > LARGEST:
        raise StatsError("too_large", f"The {name} is too large to reckon with: {value!r}.", name=name)
    return result


def count(value: Any, name: str) -> int:
    """`value` as a whole number that is not negative.

    Errors: `not_a_number`, `not_finite`, `negative_count`, `not_a_whole_number`.

    >>> count(3.0, "n")
    3
    """
    checked = number(value, name)
    if checked < 0:
        raise StatsError("negative_count", f"The {name} is negative: {value!r}.", name=name)
    if checked != int(checked):
        raise StatsError("not_a_whole_number", f"The {name} is not a whole number: {value!r}.", name=name)
    # Not through the float, which would lose digits of very large counts.
    return int(value) if isinstance(value, Integral) else int(checked)


def weight(value: Any, name: str) -> float:
    """`value` as a finite float that is not negative. Errors: `not_a_number`, `not_finite`, `negative_weight`.

    >>> weight(0.5, "weight")
    0.5
    """
    checked = number(value, name)
    if checked < 0:
        raise StatsError("negative_weight", f"The {name} is negative: {value!r}.", name=name)
    return checked


def hits_of(hits: Any, n: Any) -> tuple[int, int]:
    """A pair (hits, n) with hits <= n. Errors: those of `count`, and `more_hits_than_answers`.

    >>> hits_of(42, 60)
    (42, 60)
    """
    x, total = count(hits, "number of hits"), count(n, "number of answers")
    if x > total:
        raise StatsError(
            "more_hits_than_answers", f"There are more hits ({x}) than answers ({total}).", hits=x, n=total
        )
    return x, total


def share_pair(group: object) -> tuple[int, int]:
    """A group given as a pair (hits, n). Errors: `wrong_shape`, and those of `hits_of`.

    >>> share_pair([42, 60])
    (42, 60)
    """
    if not isinstance(group, Iterable) or len(values := tuple(group)) != 2:
        raise StatsError("wrong_shape", "A share is a pair: hits, number of answers.")
    return hits_of(*values)


def nps_triple(group: object) -> tuple[int, int, int]:
    """A group given as a triple (promoters, passives, detractors). Errors: `wrong_shape`, and those of `count`.

    >>> nps_triple((55, 30, 15))
    (55, 30, 15)
    """
    if not isinstance(group, Iterable) or len(values := tuple(group)) != 3:
        raise StatsError("wrong_shape", "An NPS group is a triple: promoters, passives, detractors.")
    return count(values[0], "promoters"), count(values[1], "passives"), count(values[2], "detractors")


def share_level(value: Any, name: str = "confidence") -> float:
    """A level strictly between 0 and 1, such as a confidence of 0.95. Error: `level_out_of_range`.

    >>> share_level(0.95)
    0.95
    """
    checked = number(value, name)
    if not 0 < checked < 1:
        raise StatsError("level_out_of_range", f"The {name} must lie between 0 and 1, not at {value!r}.", name=name)
    return checked


class Counted(Mapping[float, int]):
    """A histogram {score: count} of very many values, kept as two arrays, scores ascending.

    >>> dict(Counted([2.5, 1.0, 2.5]))
    {1.0: 1, 2.5: 2}
    >>> dict(Counted([2.5, 1.0], [3, 0]))
    {2.5: 3}
    """

    def __init__(self, values: ArrayLike, counts: ArrayLike | None = None) -> None:
        """`values` as often as they occur, or each with how often it does. Errors: those of `vector`, and
        `negative_count`.
        """
        times = np.ones(np.shape(values)) if counts is None else vector(counts, "counts")
        if (times < 0).any():
            raise StatsError("negative_count", "A count cannot be negative.", name="counts")
        scores, places = np.unique(vector(values, "values"), return_inverse=True)
        sums = np.bincount(places, weights=times, minlength=len(scores)).astype(float)
        self.scores, self.counts = scores[sums > 0], sums[sums > 0]

    def __len__(self) -> int:
        return len(self.scores)

    def __iter__(self) -> Iterator[float]:
        return iter(self.scores.tolist())

    def __getitem__(self, score: float) -> int:
        found = np.flatnonzero(self.scores == score)
        if not len(found):
            raise KeyError(score)
        return int(self.counts[found[0]])

    @property
    def n(self) -> int:
        """How many values there are."""
        return int(self.counts.sum())


def histogram(counts: object, name: str = "histogram") -> tuple[Floats, Floats]:
    """Scores and their counts as two arrays, scores ascending, empty scores left out.

    Errors: `wrong_shape` when this is no mapping, and those of `number` and `count`.

    >>> histogram({5: 2, 1: 1, 3: 0})
    (array([1., 5.]), array([1., 2.]))
    """
    if isinstance(counts, Counted):
        return counts.scores, counts.counts
    if not isinstance(counts, Mapping):
        raise StatsError("wrong_shape", f"The {name} must map each score to its count.", name=name)
    pairs = sorted((number(s, "score"), count(c, f"count of score {s!r}")) for s, c in counts.items())
    kept = [(s, c) for s, c in pairs if c > 0]
    return np.array([s for s, _ in kept], dtype=float), np.array([c for _, c in kept], dtype=float)


def entries(values: Any, name: str) -> list[Any]:
    """What can be gone through, as a list. Error: `wrong_shape`.

    >>> entries("ab", "labels")
    ['a', 'b']
    """
    if not isinstance(values, Iterable):
        raise StatsError("wrong_shape", f"The {name} must be a list, not {values!r}.", name=name)
    return list(values)


def vector(values: ArrayLike | Iterable[float], name: str) -> Floats:
    """A flat array of finite floats. Errors: `not_a_number`, `wrong_shape`, `not_finite`.

    >>> vector([1, 2], "values")
    array([1., 2.])
    """
    result = array(values, name, dimensions=1)
    if not np.isfinite(result).all():
        raise StatsError("not_finite", f"The {name} must all be finite numbers.", name=name)
    return result


def array(values: Any, name: str, *, dimensions: int) -> Floats:
    """An array of floats with so many dimensions; NaN is allowed and infinity is not.

    Errors: `not_a_number`, `wrong_shape`, `not_finite`, `too_large`.

    >>> array([[1, None]], "answers", dimensions=2)
    array([[ 1., nan]])
    """
    if not isinstance(values, np.ndarray | Sequence):
        values = entries(values, name)
    try:
        result = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise StatsError("not_a_number", f"The {name} must be numbers in rows of equal length.", name=name) from None
    if result.ndim != dimensions:
        if result.size == 0 and dimensions == 1:
            return np.empty(0)
        raise StatsError(
            "wrong_shape", f"The {name} must have {dimensions} dimension(s), not {result.ndim}.", name=name
        )
    largest = np.fmax.reduce(np.abs(result), axis=None, initial=0.0)
    if np.isinf(largest):
        raise StatsError("not_finite", f"The {name} hold an infinite number.", name=name)
    if largest > LARGEST:
        raise StatsError("too_large", f"The {name} hold a number that is too large to reckon with.", name=name)
    return result
