"""Metrics made of tallies. All arithmetic is ``premura.stats``; here it is only chosen which to make of what.

Names of metrics: ``nps``, ``overall`` (mean), ``csat`` (share of the two highest marks of five), ``csat_mean``,
``ces`` (share 5–7 of seven), ``ces_mean``, ``recommended`` (share of yes), ``rating`` (mean of a touchpoint).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from premura import stats
from premura.entrypoints.cli.report.tally import Asked, Marks
from premura.importers.table import Role, Scale
from premura.stats import Estimate

FIVE, SEVEN = Scale(1, 5), Scale(1, 7)


@dataclass(frozen=True)
class Metric:
    """One figure of the report: what was asked, what was made of it, and how sure it is.

    ``unit`` is ``points`` (NPS), ``share`` (0–1) or ``score`` (marks of the scale); ``answers`` is the plain number of
    answers also where ``estimate.n`` is an effective one; ``partial`` marks a mean of only a part of the marks.
    """

    name: str
    asked: Asked
    estimate: Estimate
    answers: int
    unit: str
    weighted: bool = False
    partial: bool = False

    @property
    def enough_for(self) -> float:
        """The number of answers to hold against the minimum: weights make many answers worth fewer."""
        return min(float(self.estimate.n), float(self.answers))


def hits(counts: Mapping[float, float], lowest: float) -> float:
    """How many answers (or how much weight) lie at or above ``lowest``."""
    return sum(count for value, count in counts.items() if value >= lowest)


def nps_classes(counts: Mapping[float, float]) -> tuple[float, float, float]:
    """Promoters (9–10), passives (7–8) and detractors (0–6)."""
    promoters, rest = hits(counts, 9), hits(counts, 7)
    return promoters, rest - promoters, sum(counts.values()) - rest


def top_from(metric: str, scale: Scale) -> float:
    """The lowest mark that counts as a hit: yes; for effort the three above the middle; else the top two."""
    if metric == "recommended":
        return 1
    return 5 if metric == "ces" and scale == SEVEN else scale.top_from


def estimate(metric: str, scale: Scale, counts: Counter[float]) -> Estimate:
    """The unweighted figure of a metric from counts by mark."""
    if metric == "nps":
        return stats.nps(*(int(part) for part in nps_classes(counts)))
    if is_share(metric):
        return stats.top_box(int(hits(counts, top_from(metric, scale))), sum(counts.values()))
    return stats.mean(counts, scale=(scale.low, scale.high))


def weighted_estimate(metric: str, scale: Scale, marks: Marks) -> Estimate:
    """The same from sums of weights; its ``n`` is the effective number of answers."""
    if metric == "nps":
        return stats.nps_weighted(*nps_classes(marks.weights), marks.squares)
    if is_share(metric):
        total = sum(marks.weights.values())
        return stats.top_box_weighted(min(hits(marks.weights, top_from(metric, scale)), total), total, marks.squares)
    return stats.mean_weighted(marks.weights, marks.squares, scale=(scale.low, scale.high))


def is_share(metric: str) -> bool:
    return metric in ("csat", "ces", "recommended")


def unit_of(metric: str) -> str:
    return "points" if metric == "nps" else "share" if is_share(metric) else "score"


def metrics_of(asked: Asked) -> tuple[str, ...]:
    """What is made of a question, the main figure first."""
    if asked.role is Role.NPS:
        return ("nps",)
    if asked.role is Role.RECOMMENDED:
        return ("recommended",)
    if asked.role is Role.OVERALL:
        return ("overall", "csat") if asked.scale == FIVE else ("overall",)
    if asked.role is Role.CSAT:
        return ("csat", "csat_mean")
    if asked.role is Role.CES:
        # On five points the direction of the question is not known, so only the mean is shown.
        return ("ces", "ces_mean") if asked.scale == SEVEN else ("ces_mean",)
    return ("rating",)


def make_metrics(
    tallied: Mapping[Asked, Marks], is_partial: Callable[[Asked], bool], *, weighted: bool
) -> list[Metric]:
    """Every figure of every question that is not a touchpoint rating, each followed by its weighted twin."""
    made = []
    for asked in ordered(tallied):
        marks, partial = tallied[asked], is_partial(asked)
        for name in metrics_of(asked) if asked.role is not Role.RATING else ():
            if partial and is_share(name):
                continue  # a share of only the high marks would say nothing
            unit = unit_of(name)
            made.append(Metric(name, asked, estimate(name, asked.scale, marks.counts), marks.n, unit, partial=partial))
            if weighted and marks.squares > 0:
                twin = weighted_estimate(name, asked.scale, marks)
                made.append(Metric(name, asked, twin, marks.weighted, unit, weighted=True, partial=partial))
    return sorted(made, key=lambda metric: metric.partial)


_ORDER = (Role.NPS, Role.OVERALL, Role.CSAT, Role.CES, Role.RECOMMENDED, Role.RATING)


def ordered(asked: Iterable[Asked]) -> list[Asked]:
    """Questions in the order of the report: by role, then as they came, shorter scale first."""
    return sorted(asked, key=lambda a: (_ORDER.index(a.role), a.scale.high))
