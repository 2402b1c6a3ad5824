"""Pure arithmetic of the product: counts and plain arrays come in, an `Estimate` with its interval, its n and the name of
its method goes out, or a `StatsError` that says why there is no honest answer. Nothing here knows the database, the
web, the clock or unseeded chance, so the same counts give the same number everywhere. Each module names its standards
(NIST handbook, Parasuraman's SERVQUAL, Kano, Krippendorff and others) and each algorithm has a page in `docs/methods/`.
"""

from premura.stats.compare import (
    Comparison,
    benjamini_hochberg,
    compare_means,
    compare_nps,
    compare_shares,
    holm,
    smallest_detectable_change,
)
from premura.stats.control_charts import ControlChart, Signal, ewma, p_chart, xmr
from premura.stats.effects import BeforeAfter, InterruptedSeries, before_after, interrupted_series
from premura.stats.estimate import METHODS, Estimate, StatsError
from premura.stats.intervals import clopper_pearson, wilson
from premura.stats.scores import mean, mean_weighted, nps, nps_weighted, top_box, top_box_weighted
from premura.stats.weights import design_effect, effective_n, weight_sums

__all__ = [
    "METHODS",
    "BeforeAfter",
    "Comparison",
    "ControlChart",
    "Estimate",
    "InterruptedSeries",
    "Signal",
    "StatsError",
    "before_after",
    "benjamini_hochberg",
    "clopper_pearson",
    "compare_means",
    "compare_nps",
    "compare_shares",
    "design_effect",
    "effective_n",
    "ewma",
    "holm",
    "interrupted_series",
    "mean",
    "mean_weighted",
    "nps",
    "nps_weighted",
    "p_chart",
    "smallest_detectable_change",
    "top_box",
    "top_box_weighted",
    "weight_sums",
    "wilson",
    "xmr",
]
