"""Findings in words and as a picture: what was expected, what was found, how sure that is."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.entrypoints.web.charts import Spec, interval_chart
from premura.entrypoints.web.wording import count_words, interval_words, number
from premura.loop.improve.models import CorrectiveAction
from premura.loop.understand.metrics import METRICS, Figure, Metric
from premura.loop.verify.models import Verdict
from premura.loop.verify.reads import Finding


def in_points(value: float, metric: Metric, *, signed: bool = True) -> str:
    """A change as people say it: «+10 punti», «+0,4»."""
    if metric.unit == "mean":
        return number(value, "mean", signed=signed)
    points = round(value * metric.factor)
    change = number(points, "points", signed=signed)
    return ngettext("%(change)s point", "%(change)s points", abs(points)) % {"change": change}


def expected_words(action: CorrectiveAction) -> str:
    """«CSAT +10 punti, Consegna, Vicenza»."""
    metric = METRICS[action.metric]
    parts = [f"{metric.name} {in_points(action.expected_change, metric)}"]
    parts += [str(place) for place in (action.touchpoint, action.location) if place]
    return ", ".join(parts)


def _with_interval(figure: Figure) -> str:
    unit = figure.metric.unit
    if figure.estimate.value is None:
        return _("no answers")
    inside = interval_words(figure.estimate, unit)
    value = number(figure.estimate.value, unit)
    return f"{value} ({', '.join(filter(None, (inside, count_words(figure))))})"


def verdict_words(finding: Finding) -> str:
    """The verdict as one sentence with both figures."""
    result = finding.result
    if result.verdict == Verdict.NOT_ENOUGH_DATA:
        if result.reason == "no_spread":
            return _("Nothing can be said: all answers are the same, so chance cannot be told from change.")
        words = {"before": result.before_n, "after": result.after_n, "least": finding.before.minimum_n}
        return (
            _("Not enough data yet: %(before)s answers before, %(after)s after, %(least)s needed on each side.") % words
        )
    figures = {"before": _with_interval(finding.before), "after": _with_interval(finding.after)}
    sentences = {
        Verdict.IMPROVED: _("It has improved: from %(before)s to %(after)s, and it is not chance."),
        Verdict.WORSE: _("It has become worse: from %(before)s to %(after)s, and it is not chance."),
        Verdict.NO_CHANGE_SHOWN: _("No change shown: from %(before)s to %(after)s, which may be chance."),
    }
    return sentences[Verdict(result.verdict)] % figures


def reached_words(finding: Finding) -> str:
    """Whether the effect is as large as expected."""
    result, metric = finding.result, finding.metric
    if result.effect is None or result.verdict == Verdict.NOT_ENOUGH_DATA:
        return ""
    words = {
        "effect": in_points(result.effect, metric),
        "expected": in_points(finding.check.action.expected_change, metric),
    }
    sentences = {
        "surely": _("Expected %(expected)s, found %(effect)s: the expected size is reached, and surely so."),
        "reached": _(
            "Expected %(expected)s, found %(effect)s: the expected size is reached, though it may truly be less."
        ),
        "not reached": _("Expected %(expected)s, found %(effect)s: less than expected."),
    }
    return sentences.get(finding.reached, "") % words


def effect_words(finding: Finding) -> str:
    """The effect with its interval and its p, for who wants to know exactly."""
    result, metric = finding.result, finding.metric
    if result.effect is None:
        return ""
    text = in_points(result.effect, metric)
    if result.low is not None and result.high is not None:
        low, high = (in_points(value, metric) for value in (result.low, result.high))
        text = _("%(effect)s (from %(low)s to %(high)s)") % {"effect": text, "low": low, "high": high}
    return text


def before_after_spec(finding: Finding) -> Spec:
    """Before and after, each with its interval, in that order."""
    rows: list[dict[str, Any]] = []
    for name, figure in ((_("before"), finding.before), (_("after"), finding.after)):
        known = figure.estimate
        row = {"name": name, "value": known.value, "low": known.low, "high": known.high, "n": known.n}
        rows.append(row | {"few": not figure.is_enough})
    spec = interval_chart(rows, unit=finding.metric.unit, title=str(finding.metric.name))
    # The component puts the best first; here time decides
    spec["data"]["values"].sort(key=lambda row: row["name"] != _("before"))
    return spec


def money_spec(months: dict[str, float], title: str) -> Spec:
    """Money by month as bars."""
    values = [{"month": month, "amount": amount} for month, amount in months.items()]
    x = {"field": "month", "type": "ordinal", "sort": None, "axis": {"title": None, "labelOverlap": "greedy"}}
    y = {"field": "amount", "type": "quantitative", "axis": {"title": None, "tickCount": 4, "format": ",.0f"}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": values},
        "width": "container",
        "height": 160,
        "padding": {"left": 0, "right": 8, "top": 8, "bottom": 4},
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {"x": x, "y": y},
        "usermeta": {"columns": {"month": _("month"), "amount": title}},
    }
