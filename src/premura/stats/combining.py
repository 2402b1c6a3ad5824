"""Differences and ratios of two estimates that were made from different people.

In: two estimates, each with its own interval, from independent groups of answers. Out: their difference or ratio with
an interval, whatever the two methods were. Standard: the method of variance estimates recovery (MOVER) of Zou and
Donner.
"""

from __future__ import annotations

import math

from premura.stats.estimate import Estimate, StatsError, around, bare, nothing
from premura.stats.intervals import normal_p, normal_quantile


def difference_of(first: Estimate, second: Estimate) -> Estimate:
    """`first` minus `second`, in their common unit, from the two intervals alone; the groups must be independent.

    Formula: d = a - b, low = d - √((a - a_low)² + (b_high - b)²), high = d + √((a_high - a)² + (b - b_low)²). `n` is
    the sum. One of the two without a value: no value; one without an interval: a value without an interval.

    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702. For two shares with Wilson intervals this is
    Newcombe's interval (`compare_shares`); two estimates of the *same* people are not independent: use their own gaps.
    Errors: none of its own.

    >>> d = difference_of(Estimate(0.8, 0.7, 0.87, 100, "wilson"), Estimate(0.5, 0.4, 0.6, 100, "wilson"))
    >>> round(d.value, 3), round(d.low, 3), round(d.high, 3), d.n
    (0.3, 0.159, 0.422, 200)
    """
    n = first.n + second.n
    if first.value is None or second.value is None:
        return nothing("mover-difference", n)
    a, b = first.value, second.value
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return bare(a - b, n, "mover-no-interval")
    low = a - b - math.hypot(a - first.low, second.high - b)
    high = a - b + math.hypot(first.high - a, b - second.low)
    return around(a - b, low, high, n, "mover-difference")


def p_of_difference(difference: Estimate, *, confidence: float = 0.95) -> float | None:
    """How often chance alone would make so large a difference, two-sided, from its interval at this confidence.

    Formula: z = z_(1-α/2) · |d| / w, w how far the interval reaches from d towards zero; p = 2 · (1 - Φ(z)). So p is
    below α exactly where the interval leaves zero out. `None` without a value or without an interval.

    Source: Altman and Bland, BMJ 343 (2011) d2304. Errors: `StatsError` with `level_out_of_range`.

    >>> round(p_of_difference(Estimate(0.3, 0.1, 0.5, 90, "mover-difference")), 4)
    0.0033
    """
    reach, d = normal_quantile(confidence), difference.value
    if d is None or difference.low is None or difference.high is None:
        return None
    towards = d - difference.low if d > 0 else difference.high - d
    if not towards:
        return 0.0 if d else 1.0
    return normal_p(reach * abs(d) / towards)


def ratio_of(first: Estimate, second: Estimate) -> Estimate:
    """`first` divided by `second`, from the two intervals alone; both positive, the groups independent.

    Formula, with a in (l, u) and b in (l', u'): low = (ab - √((ab)² - l u'(2a - l)(2b - u'))) / (u'(2b - u')), high =
    (ab + √((ab)² - u l'(2a - u)(2b - l'))) / (l'(2b - l')). `n` is the sum. One of the two without a value: no value.
    Without an interval of its own, or where the interval of `second` reaches 0 or twice its value (the ratio could then
    be anything): a value without an interval.

    Source: Donner and Zou, Statistical Methods in Medical Research 21 (2012) 347-359.
    Errors: `StatsError` with `not_positive`.

    >>> r = ratio_of(Estimate(4.2, 4.0, 4.4, 50, "t"), Estimate(3.5, 3.2, 3.8, 40, "t"))
    >>> round(r.value, 3), round(r.low, 3), round(r.high, 3), r.n
    (1.2, 1.09, 1.327, 90)
    """
    n = first.n + second.n
    if first.value is None or second.value is None:
        return nothing("mover-ratio", n)
    a, b = first.value, second.value
    if a < 0 or b <= 0:
        raise StatsError("not_positive", "A ratio of scores needs scores above zero.", first=a, second=b)
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return bare(a / b, n, "mover-no-interval")
    if second.low <= 0 or second.high >= 2 * b:
        return bare(a / b, n, "mover-no-interval")
    low = _end(a, b, first.low, second.high, -1)
    high = _end(a, b, first.high, second.low, 1)
    return around(a / b, low, high, n, "mover-ratio")


def _end(a: float, b: float, of_first: float, of_second: float, side: int) -> float:
    product = a * b
    inside = product**2 - of_first * of_second * (2 * a - of_first) * (2 * b - of_second)
    return (product + side * math.sqrt(max(0.0, inside))) / (of_second * (2 * b - of_second))
