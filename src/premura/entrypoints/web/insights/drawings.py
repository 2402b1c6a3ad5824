"""What the charts of these pages are given: periods by name, signals in words, limits where they stand."""

from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _

from premura.entrypoints.web.charts import Spec, distribution_chart, trend_chart
from premura.entrypoints.web.insights.wording import Trended, short_signal, signal_runs
from premura.entrypoints.web.wording import locale
from premura.loop.understand.metrics import Counts, Metric, ends_of

LIMITS = ("lower", "upper")


def period_label(day: date, step: str, *, with_year: bool) -> str:
    """Short enough for an axis, and different for every period of the chart."""
    patterns = {"month": "LLL yy", "quarter": "QQQ yy"}
    pattern = patterns.get(step, "d MMM yy" if with_year else "d MMM")
    return format_date(day, pattern, locale=locale())


def trend_spec(trend: Trended) -> Spec:
    """Value with its interval band, limits and mean of the everyday variation, signals marked and named."""
    spans_years = trend.points[0].day.year != trend.points[-1].day.year
    labels = signal_labels(trend)
    points: list[dict[str, Any]] = []
    for index, point in enumerate(trend.points):
        estimate = point.figure.estimate
        point_in_words = {"period": period_label(point.day, trend.step, with_year=spans_years), "n": estimate.n}
        values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        points.append({**point_in_words, **values, "signal": labels.get(index, "")})
    limits = {"center": trend.chart.centre} if trend.chart else None
    spec = trend_chart(points, unit=trend.metric.unit, title=str(trend.metric.name), limits=limits)
    return _with_limits(spec, trend) if trend.chart else spec


def signal_labels(trend: Trended) -> dict[int, str]:
    """Where the words of a signal find room: not over one another, and not over the value of the last point."""
    room = max(1, len(trend.points) // 6)
    result: dict[int, str] = {}
    for run in sorted(signal_runs(trend), key=lambda run: run.last):
        index = trend.charted[run.last]
        is_free = all(index - other >= room for other in result) and len(trend.points) - index > room
        if is_free and index >= room // 2:
            result[index] = short_signal(run.rule)
    return result


def _with_limits(spec: Spec, trend: Trended) -> Spec:
    """Limits follow the number of answers of each period, so they are steps, not two straight lines."""
    assert trend.chart is not None
    marked = {trend.charted[signal.index] for signal in trend.chart.signals}
    for number, index in enumerate(trend.charted):
        row = spec["data"]["values"][index]
        row["lower"], row["upper"] = trend.chart.lower[number], trend.chart.upper[number]
        row["marked"] = index in marked
    drawn = next(layer["encoding"] for layer in spec["layer"] if layer["mark"]["type"] == "line")
    line = {
        "type": "line",
        "style": "quiet",
        "fill": None,
        "strokeWidth": 1,
        "strokeDash": [4, 4],
        "interpolate": "step",
    }
    limits = [{"mark": line, "encoding": {"x": drawn["x"], "y": {**drawn["y"], "field": name}}} for name in LIMITS]
    diamonds = {
        "transform": [{"filter": {"field": "marked", "equal": True}}],
        "mark": {"type": "point", "style": "signal", "shape": "diamond", "size": 110, "filled": True},
        "encoding": drawn,
    }
    spec["layer"] = [*limits, *spec["layer"], diamonds]
    names = {"lower": _("lower limit"), "upper": _("upper limit")}
    spec["usermeta"]["columns"] |= names
    spec["usermeta"]["units"] |= dict.fromkeys(names, trend.metric.unit)
    return spec


def distribution_spec(metric: Metric, counts: Counts) -> Spec:
    """How many gave each score, the best on top."""
    if metric.choices:
        ordered = {str(group.name): counts.between(group.low, group.high) for group in reversed(metric.groups)}
    else:
        low, high = ends_of(metric.scale)
        ordered = {str(score): counts.get(score, 0) for score in range(high, low - 1, -1)}
    return distribution_chart(ordered, title=_("score"))
