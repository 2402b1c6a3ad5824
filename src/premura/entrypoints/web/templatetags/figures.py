"""Figures on pages: never a value without its interval and its *n*. Builtin in every template: no ``{% load %}``.

    {% estimate figure %}                     value, interval, n; grey with words below the minimum
    {% estimate figure size="small" %}        the same in a table cell
    {% estimate figure comparison=c %}        with the change under it
    {% delta comparison %}                    «+6, ma può essere il caso»
    {% trend points %}  {% trend points unit="percent" %}     small line with its interval band
    {% interval_bar figure %}  {% interval_bar figure low=-100 high=100 %}    dot with its interval, for tables
    {% chart spec title description %}        a Vega-Lite specification (see entrypoints.web.charts), with its table

figure:      .metric (.name .unit .definition; .counted may be left out), .estimate (stats.Estimate), .minimum_n;
             may have .href (the rows behind), .making_href (how was this number made), .scale (5, (1, 5) or .high)
             metric.unit: points percent mean hours days (a percent's value is a share 0…1)
             metric.counted: answers cases promises customers
comparison:  .difference (stats.Estimate), .p (or None), .unit; may have .higher_is_better (default True)
point:       .value .low .high (or a dict with these keys); value None leaves a hole
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from premura.entrypoints.web import wording

register = template.Library()

BOUNDS = {"points": (-100.0, 100.0), "percent": (0.0, 1.0)}


@register.inclusion_tag("components/estimate.html")
def estimate(figure: wording.Figure, size: str = "", comparison: Any = None) -> dict[str, Any]:
    known, unit = figure.estimate, figure.metric.unit
    return {
        "figure": figure,
        "size": size,
        "value": None if known.value is None else wording.number(known.value, unit),
        "unit_words": wording.unit_words(figure),
        "interval": wording.interval_words(known, unit),
        "count": wording.count_words(figure),
        "few": wording.few_words(figure),
        "comparison": comparison,
    }


@register.simple_tag
def delta(comparison: Any) -> SafeString:
    """Teal or orange only when the change is news; always with its sign and its words."""
    difference, p = comparison.difference, getattr(comparison, "p", None)
    text = wording.change_words(difference, comparison.unit, p)
    return format_html('<span class="delta {}">{}</span>', _direction(comparison), text)


def _direction(comparison: Any) -> str:
    difference = comparison.difference
    if not difference.value or not wording.is_news(difference, getattr(comparison, "p", None)):
        return "quiet"
    is_better = (difference.value > 0) == getattr(comparison, "higher_is_better", True)
    return "good" if is_better else "bad"


# --- small drawings made on the server: no script, no wait

WIDTH, HEIGHT, EDGE = 120.0, 32.0, 4.0


def _read(point: Any, name: str) -> float | None:
    return point.get(name) if isinstance(point, Mapping) else getattr(point, name, None)


@register.simple_tag
def trend(points: Iterable[Any], unit: str = "points") -> SafeString:
    rows = list(points)
    values = [_read(row, "value") for row in rows]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return format_html('<span class="quiet small">{}</span>', _("no trend yet"))
    lows = [_or(_read(row, "low"), value) for row, value in zip(rows, values, strict=True)]
    highs = [_or(_read(row, "high"), value) for row, value in zip(rows, values, strict=True)]
    place = _Place(len(rows), [v for v in (*lows, *highs, *known) if v is not None])
    words = _("from %(first)s to %(last)s over %(count)s periods") % {
        "first": wording.number(known[0], unit),
        "last": wording.number(known[-1], unit),
        "count": len(rows),
    }
    return format_html(
        '<svg class="trend" viewBox="0 0 120 32" role="img" aria-label="{}">{}{}{}</svg>',
        words,
        _band(place, lows, highs),
        _line(place, values),
        _last_dot(place, values),
    )


def _or(value: float | None, other: float | None) -> float | None:
    return other if value is None else value


class _Place:
    """Where a period and a value stand in the drawing."""

    def __init__(self, count: int, values: Sequence[float]) -> None:
        self.count, self.low = count, min(values)
        self.span = (max(values) - self.low) or 1.0

    def __call__(self, index: int, value: float) -> str:
        x = EDGE + (WIDTH - 2 * EDGE) * index / max(1, self.count - 1)
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - self.low) / self.span
        return f"{x:.1f},{y:.1f}"


def _band(place: _Place, lows: Sequence[float | None], highs: Sequence[float | None]) -> SafeString:
    known = [
        (n, low, high)
        for n, (low, high) in enumerate(zip(lows, highs, strict=True))
        if low is not None and high is not None
    ]
    corners = [place(n, high) for n, _low, high in known] + [place(n, low) for n, low, _high in reversed(known)]
    return format_html('<polygon class="trend-band" points="{}"></polygon>', " ".join(corners))


def _line(place: _Place, values: Sequence[float | None]) -> SafeString:
    """A hole stays a hole: the line is broken where a period has no value."""
    runs: list[list[str]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place(n, value))
    return format_html_join(
        "", '<polyline class="trend-line" points="{}"></polyline>', ((" ".join(run),) for run in runs if run)
    )


def _last_dot(place: _Place, values: Sequence[float | None]) -> SafeString:
    n, value = next((n, value) for n, value in reversed(list(enumerate(values))) if value is not None)
    x, y = place(n, value).split(",")
    return format_html('<circle class="trend-dot" cx="{}" cy="{}" r="3"></circle>', x, y)


@register.simple_tag
def interval_bar(figure: wording.Figure, low: float | None = None, high: float | None = None) -> SafeString:
    known = figure.estimate
    few = wording.few_words(figure)
    if known.value is None:
        return format_html('<span class="quiet small">{}</span>', few)
    bounds = _bounds(figure, low, high)
    span = bounds[1] - bounds[0]
    ends = [_or(end, known.value) or 0.0 for end in (known.low, known.value, known.high)]
    at = [f"{100 * (end - bounds[0]) / span:.1f}%" for end in ends]
    zero = f"{-100 * bounds[0] / span:.1f}%" if bounds[0] < 0 < bounds[1] else ""
    return format_html(
        '<svg class="interval-bar{}" role="img" aria-label="{}" height="20">'
        '<line class="track" x1="0" x2="100%" y1="10" y2="10"></line>{}'
        '<line class="span" x1="{}" x2="{}" y1="10" y2="10"></line><circle cx="{}" cy="10" r="5"></circle></svg>',
        " few" if few else "",
        wording.reading(figure),
        format_html('<line class="zero" x1="{}" x2="{}" y1="3" y2="17"></line>', zero, zero) if zero else "",
        at[0],
        at[2],
        at[1],
    )


def _bounds(figure: wording.Figure, low: float | None, high: float | None) -> tuple[float, float]:
    scale = getattr(figure, "scale", None)
    default = BOUNDS.get(figure.metric.unit, (1.0, float(scale)) if isinstance(scale, int | float) else (1.0, 5.0))
    if isinstance(scale, tuple | list):
        default = (float(scale[0]), float(scale[-1]))
    return (default[0] if low is None else float(low)), (default[1] if high is None else float(high))


# --- charts


@register.inclusion_tag("components/chart.html")
def chart(spec: Mapping[str, Any], title: str, description: str = "") -> dict[str, Any]:
    columns, rows = chart_table(spec)
    # As json_script does: nothing in the data can end the script element
    text = json.dumps(spec, ensure_ascii=False, default=str).translate(
        {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
    )
    return {
        "json": mark_safe(text),  # noqa: S308 - escaped on the line above
        "title": title,
        "description": description,
        "height": chart_height(spec),
        "columns": columns,
        "rows": rows,
        "sources": [static(f"vendor/vega/{name}") for name in ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")],
    }


def chart_height(spec: Mapping[str, Any]) -> int:
    """Pixels to keep free until the chart is drawn, so that nothing jumps.

    A chart that has more rows of data than lines says in ``usermeta.lines`` how many lines it has.
    """
    height = spec.get("height", 200)
    if isinstance(height, Mapping):
        lines = spec.get("usermeta", {}).get("lines") or len(spec.get("data", {}).get("values", []))
        return int(height.get("step", 20)) * int(lines) + 36
    return int(height) + 36


def chart_table(spec: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The chart's data as a table: columns and words from ``usermeta.columns`` (key → heading), else as they are."""
    values = spec.get("data", {}).get("values", [])
    named: Mapping[str, Any] = spec.get("usermeta", {}).get("columns") or {
        key: key for key in (values[0] if values else {})
    }
    units: Mapping[str, str] = spec.get("usermeta", {}).get("units", {})
    rows = [[_cell(row.get(key), units.get(key, "")) for key in named] for row in values]
    return [str(heading) for heading in named.values()], rows


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return "–"
    return wording.number(value, unit) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
