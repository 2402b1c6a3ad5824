"""Intervals of a share and the quantiles they stand on; pure functions of counts.

The quantile functions come from `scipy.special`, which loads in a fraction of the time of `scipy.stats`.
"""

from __future__ import annotations

import math

from scipy import special

from premura.stats.inputs import hits_of, share_level


def normal_quantile(confidence: float) -> float:
    """The z for which a standard normal lies within ±z with this confidence.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    return float(special.ndtri(0.5 + share_level(confidence) / 2))


def t_quantile(confidence: float, freedom: float) -> float:
    """The same for Student's t with `freedom` > 0 degrees of freedom (not necessarily whole).

    >>> round(t_quantile(0.95, 9), 4)
    2.2622
    """
    return float(special.stdtrit(freedom, 0.5 + share_level(confidence) / 2))


def normal_p(z: float) -> float:
    """Two-sided p of a standard normal statistic.

    >>> round(normal_p(1.959964), 4)
    0.05
    """
    return float(special.erfc(abs(z) / math.sqrt(2)))


def t_p(t: float, freedom: float) -> float:
    """Two-sided p of a t statistic.

    >>> round(t_p(2.262157, 9), 4)
    0.05
    """
    return float(2 * special.stdtr(freedom, -abs(t)))


def wilson(hits: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share: (low, high) within 0…1; with no answers (0, 1), since nothing is known.

    Formula: centre (p + z²/2n) / (1 + z²/n), half width z √(p(1-p)/n + z²/4n²) / (1 + z²/n).
    Source: E. B. Wilson, JASA 22 (1927) 209-212; Newcombe, Statistics in Medicine 17 (1998) 857-872, method 3.
    Errors: `StatsError` for counts that are negative, not whole or contradict each other.

    >>> [round(100 * x, 2) for x in wilson(42, 60)]
    [57.49, 80.1]
    """
    x, total = hits_of(hits, n)
    return wilson_of_share(x / total, total, confidence) if total else (0.0, 1.0)


def wilson_of_share(share: float, n: float, confidence: float) -> tuple[float, float]:
    """Wilson's interval of an already computed share; `n` > 0 may be an effective number of answers.

    >>> [round(x, 4) for x in wilson_of_share(0.7, 60, 0.95)]
    [0.5749, 0.801]
    """
    z2 = normal_quantile(confidence) ** 2
    scale = 1 + z2 / n
    centre = (share + z2 / (2 * n)) / scale
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / scale
    # Exact at the ends of the scale, where rounding could put 0 or 1 outside their own interval.
    low = 0.0 if share <= 0 else max(0.0, centre - half)
    high = 1.0 if share >= 1 else min(1.0, centre + half)
    return min(low, share), max(high, share)


def clopper_pearson(hits: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval of a share: (low, high); with no answers (0, 1).

    Formula: low = B(α/2; x, n-x+1), high = B(1-α/2; x+1, n-x), B the quantile of the beta distribution.
    Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
    Errors: as `wilson`.

    >>> [round(x, 4) for x in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    x, total = hits_of(hits, n)
    tail = (1 - share_level(confidence)) / 2
    low = 0.0 if x == 0 else float(special.betaincinv(x, total - x + 1, tail))
    high = 1.0 if x == total else float(special.betaincinv(x + 1, total - x, 1 - tail))
    return low, high
