"""What the catalogue of metrics counts, in the engine's terms. Metrics that count the same answers share a measure."""

from functools import lru_cache

from premura.engine.questions import Measure
from premura.loop.understand.metrics import METRICS, Metric


@lru_cache
def catalogue() -> dict[str, Measure]:
    """Metric → measure, for every metric that counts scores of one scale or options with scores."""
    return {code: measure_of(metric) for code, metric in METRICS.items() if metric.choices or metric.scale}


def measure_of(metric: Metric) -> Measure:
    """``nps@0-10``, ``single:expectation`` and the like."""
    kinds = "+".join(metric.kinds)
    code = f"{kinds}:{metric.question}" if metric.choices else f"{kinds}@{metric.scale}"
    choices = tuple(metric.choices.items())
    return Measure(code, tuple(metric.kinds), metric.scale, metric.question if choices else "", choices)
