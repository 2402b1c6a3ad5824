"""What a number is worth: the value, how sure we are of it, from how many answers, by which method.

Every metric of the product leaves this package as an `Estimate`, so that a page cannot show a figure and forget its
interval and its *n*. Errors are of one kind, `StatsError`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: The stable method codes that this package writes into `Estimate.method`, each with its plain sentence.
METHODS: Mapping[str, str] = MappingProxyType(
    {
        "adjusted-wald": "NPS with three added answers (3/4 promoter, 3/2 passive, 3/4 detractor), normal interval",
        "adjusted-wald-effective-n": "adjusted-Wald on weighted shares; n is Kish's effective number of answers",
        "wald": "normal interval from the observed variance; has no width when everybody agrees",
        "wald-effective-n": "normal interval on weighted shares; n is Kish's effective number of answers",
        "trinomial-t": "t interval of the answers read as -1, 0, +1; has no width when everybody agrees",
        "trinomial-t-one-answer": "one answer: a t interval does not exist",
        "bootstrap": "percentiles of seeded resamples; has no width when everybody agrees",
        "shares-no-interval": "published shares without the number of answers: a value, and no interval",
        "wilson": "Wilson score interval of a share",
        "wilson-effective-n": "Wilson score interval on a weighted share; n is Kish's effective number of answers",
        "clopper-pearson": "exact binomial interval of a share (never too narrow, often too wide)",
        "t": "t interval of a mean",
        "t-effective-n": "t interval of a weighted mean; n is Kish's effective number of answers",
        "t-one-answer": "one answer (or weights that leave hardly more): the spread is unknown, no interval",
        "t-no-spread": "all answers are the same: the spread is unknown, so there is no interval",
        "scale-bound": "all answers are the same: the interval is the most that unseen answers could move the mean",
        "difference-wald": "difference of two scores, normal interval",
        "difference-adjusted-wald": "difference of two scores of which one has no spread; three answers added to each",
        "difference-newcombe": "difference of two shares, Newcombe's interval from two Wilson intervals",
        "difference-welch": "difference of two means, Welch's t interval",
        "difference-no-spread": "difference of two means without a known spread: no interval",
        "feldt": "Cronbach's alpha with Feldt's interval",
        "feldt-undefined": "Cronbach's alpha does not exist: the totals do not vary",
        "feldt-no-error": "Cronbach's alpha of items that agree perfectly: Feldt's interval would have no width",
        "kaplan-meier": "Kaplan-Meier median, log-log interval",
        "kaplan-meier-open": "Kaplan-Meier median whose interval is open above: too many are still running",
        "kaplan-meier-not-reached": "fewer than half have ended: the median is not known yet",
        "order-statistics": "quantile with the interval between two ranked answers (binomial)",
        "order-statistics-too-few": "quantile of too few answers for an interval",
        "krippendorff-bootstrap": "Krippendorff's alpha, percentiles of seeded resamples of units",
        "krippendorff-undefined": "Krippendorff's alpha does not exist: only one value was used",
        "krippendorff-no-disagreement": "complete agreement: redrawing units would give an interval without width",
        "krippendorff-one-unit": "Krippendorff's alpha of one unit: no interval",
        "cohen-normal": "Cohen's kappa, normal interval (Fleiss, Cohen and Everitt 1969)",
        "cohen-no-spread": "complete agreement: the large-sample interval of Cohen's kappa has no width",
        "cohen-undefined": "Cohen's kappa does not exist: both coders used one category only",
        "mover-difference": "difference of two independent estimates, from their two intervals (MOVER)",
        "mover-ratio": "ratio of two independent estimates, from their two intervals (MOVER)",
        "mover-no-interval": "two independent estimates of which one has no usable interval: no interval",
        "gap-t": "mean of the gaps, t interval over respondents",
        "gap-no-interval": "gap with too few respondents, or without spread, for an interval",
        "segmented-reml": "interrupted time series whose neighbouring points are correlated (restricted likelihood)",
        "segmented-no-interval": "interrupted time series too short, or without scatter, for an interval",
        "driver-no-interval": "share of R² without an interval: too many resamples were degenerate, or none asked for",
        "noncentral-f": "explained variance (R²), interval from the noncentral F distribution",
        "lmg-bootstrap": "share of R² averaged over all orders, percentiles of seeded resamples",
        "relative-weights-bootstrap": "Johnson's relative weight, percentiles of seeded resamples",
    }
)


class StatsError(ValueError):
    """A request that has no honest answer.

    `code` is stable and made for programs and translations; `str(error)` is one plain English sentence; `details`
    holds the values that the sentence speaks of.

    >>> try:
    ...     raise StatsError("negative_count", "The count of promoters is negative.", name="promoters")
    ... except StatsError as error:
    ...     print(error.code, "|", error, "|", error.details["name"])
    negative_count | The count of promoters is negative. | promoters
    """

    def __init__(self, code: str, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.details: Mapping[str, object] = MappingProxyType(dict(details))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, the number of answers behind it and the name of the method.

    * `value` is `None` when there is nothing to say: always when `n` is 0, and where a figure is not defined although
      there are answers (a median not yet reached; agreement where only one category was ever used).
    * `low` and `high` are both known or both `None`. Both are `None` when `value` is, and also where a value exists
      but no honest interval does (the mean of a single answer). When known, `low <= value <= high`.
    * `n` is a whole number of answers; for weighted estimates it is Kish's effective number, a float, and the `method`
      of their intervals ends in `-effective-n`.
    * `method` is one of the codes in `METHODS`.

    The unit of `value`, `low` and `high` is that of the metric: NPS points (-100…100), a share (0…1), scale points.

    Errors: `StatsError` with code `estimate_inconsistent`.

    >>> Estimate(0.7, 0.57, 0.80, 60, "wilson").width
    0.23
    """

    value: float | None
    low: float | None
    high: float | None
    n: int | float
    method: str

    def __post_init__(self) -> None:
        if not self._is_consistent():
            raise StatsError("estimate_inconsistent", f"This is not a possible estimate: {self!r}.")

    def _is_consistent(self) -> bool:
        if not math.isfinite(self.n) or self.n < 0 or (self.n == 0 and self.value is not None):
            return False
        if self.low is None or self.high is None:
            return self.low is None and self.high is None and (self.value is None or math.isfinite(self.value))
        if self.value is None:
            return False
        return all(map(math.isfinite, (self.low, self.high))) and self.low <= self.value <= self.high

    @property
    def width(self) -> float | None:
        """`high - low`, rounded to 12 places; `None` where there is no interval."""
        return None if self.low is None or self.high is None else round(self.high - self.low, 12)

    @property
    def has_interval(self) -> bool:
        """Whether `low` and `high` are known."""
        return self.low is not None


def nothing(method: str, n: int | float = 0) -> Estimate:
    """An estimate without a value.

    >>> nothing("wilson")
    Estimate(value=None, low=None, high=None, n=0, method='wilson')
    """
    return Estimate(None, None, None, n, method)


def bare(value: float, n: int | float, method: str) -> Estimate:
    """A value without an interval.

    >>> bare(4.0, 1, "t-one-answer").has_interval
    False
    """
    return Estimate(float(value), None, None, n, method)


def around(value: float, low: float, high: float, n: int | float, method: str) -> Estimate:
    """An estimate whose interval is widened, if need be, until it holds the value.

    Shrinking methods (adjusted-Wald) and percentiles of resamples can leave the observed value just outside their own
    interval. Widening can only make the interval truer.

    >>> around(100.0, -48.5, 98.5, 1, "adjusted-wald").high
    100.0
    """
    return Estimate(float(value), float(min(low, value)), float(max(high, value)), n, method)
