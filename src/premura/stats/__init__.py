"""Pure arithmetic of the product: counts and plain arrays come in, an `Estimate` with its interval, its n and the name
of its method goes out, or a `StatsError` that says why there is no honest answer. Nothing here knows the database, the
web, the clock or unseeded chance, so the same counts give the same number everywhere. Each module names its standards
(NIST handbook, Parasuraman's SERVQUAL, Kano, Krippendorff and others) and each algorithm has a page in `docs/methods/`.
"""

from premura.stats.agreement import agreement_table, cohen_kappa, krippendorff_alpha
from premura.stats.combining import difference_of, p_of_difference, ratio_of
from premura.stats.compare import (
    Comparison,
    benjamini_hochberg,
    compare_means,
    compare_nps,
    compare_shares,
    fisher_exact,
    holm,
    smallest_detectable_change,
)
from premura.stats.control_charts import ControlChart, Signal, ewma, p_chart, xmr
from premura.stats.drivers import (
    Driver,
    DriverAnalysis,
    DriverShares,
    ImportancePerformance,
    Placement,
    correlations_of_sums,
    driver_analysis,
    explained_variance,
    importance_performance,
    lmg,
    lmg_of_correlations,
    relative_weights,
)
from premura.stats.durations import Survival, Waits, quantile, survival, waits
from premura.stats.effects import BeforeAfter, InterruptedSeries, before_after, interrupted_series
from premura.stats.estimate import METHODS, Estimate, StatsError
from premura.stats.inputs import Counted
from premura.stats.intervals import clopper_pearson, wilson
from premura.stats.kano import KanoSummary, kano, kano_summary
from premura.stats.peak_end import PeakEnd, PeakEnds, peak_end, peak_ends
from premura.stats.scales import (
    CES1_5,
    CES2_7,
    CSAT_5,
    EMOTION_5,
    NPS_11,
    SERVQUAL_7,
    Scale,
    Segments,
    cronbach_alpha,
    segments,
)
from premura.stats.scores import mean, mean_weighted, nps, nps_weighted, top_box, top_box_weighted
from premura.stats.servqual import FIVE_DIMENSIONS, REVERSED_1988, Servqual, servperf, servqual
from premura.stats.weights import design_effect, effective_n, weight_sums

__all__ = [
    "CES1_5",
    "CES2_7",
    "CSAT_5",
    "EMOTION_5",
    "FIVE_DIMENSIONS",
    "METHODS",
    "NPS_11",
    "REVERSED_1988",
    "SERVQUAL_7",
    "BeforeAfter",
    "Comparison",
    "ControlChart",
    "Counted",
    "Driver",
    "DriverAnalysis",
    "DriverShares",
    "Estimate",
    "ImportancePerformance",
    "InterruptedSeries",
    "KanoSummary",
    "PeakEnd",
    "PeakEnds",
    "Placement",
    "Scale",
    "Segments",
    "Servqual",
    "Signal",
    "StatsError",
    "Survival",
    "Waits",
    "agreement_table",
    "before_after",
    "benjamini_hochberg",
    "clopper_pearson",
    "cohen_kappa",
    "compare_means",
    "compare_nps",
    "compare_shares",
    "correlations_of_sums",
    "cronbach_alpha",
    "design_effect",
    "difference_of",
    "driver_analysis",
    "effective_n",
    "ewma",
    "explained_variance",
    "fisher_exact",
    "holm",
    "importance_performance",
    "interrupted_series",
    "kano",
    "kano_summary",
    "krippendorff_alpha",
    "lmg",
    "lmg_of_correlations",
    "mean",
    "mean_weighted",
    "nps",
    "nps_weighted",
    "p_chart",
    "p_of_difference",
    "peak_end",
    "peak_ends",
    "quantile",
    "ratio_of",
    "relative_weights",
    "segments",
    "servperf",
    "servqual",
    "smallest_detectable_change",
    "survival",
    "top_box",
    "top_box_weighted",
    "waits",
    "weight_sums",
    "wilson",
    "xmr",
]
