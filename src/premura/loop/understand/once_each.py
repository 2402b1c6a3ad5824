"""Scores beside words, each response once: whoever answers three questions of a scale is one customer, not three."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet, Sum

from premura.loop.listen.models import Answer
from premura.loop.understand.metrics import Counts, Metric


def overall(total: int, n: int, metric: Metric) -> float:
    """The one score of a response whose ``n`` answers on the metric's scale add up to ``total``: their mean. Where
    scores fall into classes it is rounded to the scale, a half towards the worse.

    >>> from premura.loop.understand.metrics import METRICS
    >>> overall(9, 2, METRICS["csat_mean"]), overall(9, 2, METRICS["csat"]), overall(14, 3, METRICS["csat"])
    (4.5, 4, 5)
    """
    if metric.unit == "mean":
        return total / n if total % n else total // n
    return -((n - 2 * total) // (2 * n))


def score_of_each(scores: QuerySet[Answer], metric: Metric) -> dict[Any, float]:
    """Response → its one score, of these answers. One query."""
    rows = scores.order_by().values_list("response").annotate(total=Sum("score"), n=Count("pk"))
    return {response: overall(total, n, metric) for response, total, n in rows}


def counts_of(scores: Iterable[float]) -> Counts:
    """How many responses have each score."""
    counts: dict[float, int] = defaultdict(int)
    for score in scores:
        counts[score] += 1
    # A mean of several answers lies between the whole scores
    return Counts(sorted(counts.items()))  # type: ignore[arg-type]


def counted_by(said: Iterable[tuple[Any, Any]], given: Mapping[Any, float]) -> dict[Any, Counts]:
    """What is said → how many of the responses that say it gave each score; ``said`` are pairs of both, each once."""
    found: dict[Any, list[float]] = defaultdict(list)
    for what, response in said:
        if response in given:
            found[what].append(given[response])
    return {what: counts_of(scores) for what, scores in found.items()}
