"""What the charts of these pages are given: periods by name, signals in words, limits where they stand."""

from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _

from premura.entrypoints.web.charts import Spec, distribution_chart, trend_chart
from premura.entrypoints.web.insights.wording import short_signal
from premura.entrypoints.web.wording import locale
from premura.loop.understand.metrics import Counts, Metric, ends_of
from premura.loop.understand.reads import Trend

LIMITS = ("lower", "upper")


def period_label(day: date, step: str, *, with_year: bool) -> str:
    """Short enough for an axis, and different for every period of the chart."""
    pattern = "LLL yy" if step == "month" else ("d MMM yy" if with_year else "d MMM")
    return format_date(day, pattern, locale=locale())


def trend_spec(trend: Trend) -> Spec:
    """Value with its interval band, limits and mean of the everyday variation, signals marked and named."""
    spans_years = trend.points[0].day.year != trend.points[-1].day.year
    signals = {trend.charted[signal.index]: signal for signal in trend.chart.signals} if trend.chart else {}
    points: list[dict[str, Any]] = []
    for index, point in enumerate(trend.points):
        estimate = point.figure.estimate
        point_in_words = {"period": period_label(point.day, trend.step, with_year=spans_years), "n": estimate.n}
        values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        signal = short_signal(signals[index]) if index in signals else ""
        points.append({**point_in_words, **values, "signal": signal})
    limits = {"center": trend.chart.centre} if trend.chart else None
    spec = trend_chart(points, unit=trend.metric.unit, title=str(trend.metric.name), limits=limits)
    return _with_limits(spec, trend) if trend.chart else spec


def _with_limits(spec: Spec, trend: Trend) -> Spec:
    """Limits follow the number of answers of each period, so they are steps, not two straight lines."""
    assert trend.chart is not None
    for number, index in enumerate(trend.charted):
        row = spec["data"]["values"][index]
        row["lower"], row["upper"] = trend.chart.lower[number], trend.chart.upper[number]
    drawn = spec["layer"][-1]["encoding"]
    layers = [
        {
            "mark": {"type": "line", "style": "quiet", "strokeWidth": 1, "strokeDash": [4, 4], "interpolate": "step"},
            "encoding": {"x": drawn["x"], "y": {**drawn["y"], "field": name}},
        }
        for name in LIMITS
    ]
    spec["layer"] = [*layers, *spec["layer"]]
    names = {"lower": _("lower limit"), "upper": _("upper limit")}
    spec["usermeta"]["columns"] |= names
    spec["usermeta"]["units"] |= dict.fromkeys(names, trend.metric.unit)
    return spec


def distribution_spec(metric: Metric, counts: Counts) -> Spec:
    """How many gave each score, the best on top."""
    low, high = (-1, 1) if metric.choices else ends_of(metric.scale)
    names = {group.low: str(group.name) for group in metric.groups} if metric.choices else {}
    ordered = {names.get(score, str(score)): counts.get(score, 0) for score in range(high, low - 1, -1)}
    return distribution_chart(ordered, title=_("score"))
