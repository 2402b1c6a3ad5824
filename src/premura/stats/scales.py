"""Answer scales: their ends, their direction, what counts as a hit, and whether several items measure one thing.

In: histograms {score: count} or a table of answers. Out: class counts for `premura.stats.scores`, or Cronbach's alpha.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.inputs import Floats, Histogram, array, histogram, share_level


@dataclass(frozen=True, slots=True)
class Scale:
    """An answer scale: lowest and highest answer, the first answer that counts as a hit, the last that counts against.

    `higher_is_better` is false where a high answer is bad (CES 1: effort). Answers of different scales must never be
    averaged together; that is why `code` names the version too.
    """

    code: str
    low: int
    high: int
    hit_from: int
    miss_to: int
    higher_is_better: bool = True

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest answer, as `premura.stats.mean` takes them."""
        return float(self.low), float(self.high)

    def reversed(self, score: float) -> float:
        """The answer on the turned scale: low + high - score. Errors: `outside_scale`.

        >>> SERVQUAL_7.reversed(1)
        7
        """
        if not self.low <= score <= self.high:
            raise StatsError("outside_scale", f"{score!r} lies outside the scale from {self.low} to {self.high}.")
        return self.low + self.high - score


#: 0-10: detractors 0-6, passives 7-8, promoters 9-10.
NPS_11 = Scale("nps-11", 0, 10, hit_from=9, miss_to=6)
#: 1-5: satisfied 4-5, neutral 3, dissatisfied 1-2.
CSAT_5 = Scale("csat-5", 1, 5, hit_from=4, miss_to=2)
#: CES 2.0, 1-7 agreement that it was made easy: positive 5-7, undecided 4, negative 1-3.
CES2_7 = Scale("ces2-7", 1, 7, hit_from=5, miss_to=3)
#: Old CES, 1-5 "how much effort": low is good, so the *hits* (4-5) are the customers who had to work hard.
CES1_5 = Scale("ces1-5", 1, 5, hit_from=4, miss_to=2, higher_is_better=False)
#: -2…+2: bad to good.
EMOTION_5 = Scale("emotion-5", -2, 2, hit_from=1, miss_to=-1)
#: 1-7 of SERVQUAL items.
SERVQUAL_7 = Scale("servqual-7", 1, 7, hit_from=5, miss_to=3)


@dataclass(frozen=True, slots=True)
class Segments:
    """Numbers of answers in the three parts of a scale; they add up to `n`."""

    hits: int
    between: int
    misses: int

    @property
    def n(self) -> int:
        """All answers."""
        return self.hits + self.between + self.misses


def segments(counts_by_score: Histogram, scale: Scale) -> Segments:
    """Counts of hits, answers in between and misses on this scale (NPS: promoters, passives, detractors).

    Errors: `StatsError` with `outside_scale`, `not_a_whole_number`, and those of counts.

    >>> segments({10: 3, 9: 1, 8: 2, 3: 1}, NPS_11)
    Segments(hits=4, between=2, misses=1)
    """
    scores, counts = histogram(counts_by_score)
    if len(scores) and (scores.min() < scale.low or scores.max() > scale.high):
        raise StatsError("outside_scale", f"A score lies outside the scale {scale.code}, {scale.low} to {scale.high}.")
    if (scores != np.round(scores)).any():
        raise StatsError("not_a_whole_number", f"A score of the scale {scale.code} is not a whole number.")
    hits, misses = int(counts[scores >= scale.hit_from].sum()), int(counts[scores <= scale.miss_to].sum())
    return Segments(hits, int(counts.sum()) - hits - misses, misses)


def cronbach_alpha(
    items: Any, *, missing: Literal["pairwise", "listwise"] = "pairwise", confidence: float = 0.95
) -> Estimate:
    """Cronbach's alpha: do these items measure one thing? At most 1, can be negative; with Feldt's interval.

    `items` is respondents × items, NaN = missing. Formula: α = k/(k-1) · (1 - Σσᵢ²/σ²_total), from the covariances of
    pairs of items that a respondent answered both (`missing="pairwise"`) or of complete respondents only ("listwise").
    Interval: 1 - (1-α) F, F the 1-α/2 and α/2 quantiles with n-1 and (n-1)(k-1) degrees of freedom; other projects
    print other intervals for the same alpha. `n` counts the respondents with any answer (listwise: with all). No value
    when the totals do not vary or a pair was never answered together; no interval when the items agree perfectly.

    Source: Cronbach, Psychometrika 16 (1951) 297-334; Feldt, Woodruff and Salih, Applied Psychological Measurement 11
    (1987) 93-103. Errors: `StatsError` with `too_few_items` (below two), `unknown_method`, `wrong_shape`, `not_finite`.

    >>> a = cronbach_alpha([[4, 5, 4], [3, 3, 4], [5, 5, 5], [2, 3, 2], [4, 4, 5], [1, 2, 2]])
    >>> round(a.value, 6), round(a.low, 6), round(a.high, 6), a.n
    (0.953642, 0.803625, 0.992996, 6)
    """
    level = share_level(confidence)
    if missing not in ("pairwise", "listwise"):
        raise StatsError("unknown_method", f"Missing answers are left out pairwise or listwise, not {missing!r}.")
    X = array(items, "answers", dimensions=2)
    k = X.shape[1]
    if k < 2:
        raise StatsError("too_few_items", f"Cronbach's alpha needs at least two items, not {k}.")
    answered = ~np.isnan(X)
    X = X[answered.any(axis=1) if missing == "pairwise" else answered.all(axis=1)]
    n = len(X)
    C = _pairwise_covariances(X) if n > 1 else np.full((k, k), np.nan)
    total, own = float(C.sum()), float(np.trace(C))
    # A total variance that is only rounding is none; NaN (a pair never seen together) ends here as well.
    if not total > 1e-12 * own or total <= 0:
        return nothing("feldt-undefined", n)
    alpha = min(1.0, k / (k - 1) * (1 - own / total))
    if 1 - alpha < 1e-12:
        return bare(alpha, n, "feldt-no-error")
    tail, df1, df2 = (1 - level) / 2, n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - alpha) * float(special.fdtri(df1, df2, 1 - tail))
    high = 1 - (1 - alpha) * float(special.fdtri(df1, df2, tail))
    return around(alpha, low, high, n, "feldt")


def _pairwise_covariances(X: Floats) -> Floats:
    """Covariance of every two columns over the rows that have both; NaN where fewer than two rows have."""
    seen = (~np.isnan(X)).astype(float)
    totals = np.maximum(seen.sum(axis=0), 1)
    centred = np.where(seen > 0, X - np.where(seen > 0, X, 0.0).sum(axis=0) / totals, 0.0)
    n = seen.T @ seen
    sums = centred.T @ seen  # [i, j]: sum of column i over the rows that have i and j
    products = centred.T @ centred - sums * sums.T / np.maximum(n, 1)
    result: Floats = np.where(n > 1, products / np.maximum(n - 1, 1), np.nan)
    return result
