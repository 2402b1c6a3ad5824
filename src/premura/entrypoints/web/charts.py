"""Charts as Vega-Lite specifications: the same on a page, in mail and in print.

Pure: plain values in, a specification out. Colours, face and language of the numbers come from whoever draws
(``static/charts.js`` on pages), through the named styles ``ours``, ``band``, ``signal``, ``quiet``, ``good``, ``bad``
and ``label``. Percent values are shares (0…1).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# A line that stands for no row of the data is drawn once, not once a row
ONCE: Spec = {"values": [{}]}
FORMATS = {"points": ".0f", "percent": ".0%", "mean": ".1f", "hours": ".1f", "days": ".1f"}


def trend_chart(
    points: Sequence[Mapping[str, Any]],
    *,
    unit: str,
    title: str,
    limits: Mapping[str, float] | None = None,
) -> Spec:
    """A measure over periods with its interval band.

    ``points``: dicts with period (text, in order), value, low, high, n, and where there is one ``signal``: its words
    («otto periodi di fila sopra la media»). ``limits``: center, low, high of a control chart.
    """
    values = [_point(point) for point in points]
    layers: list[Spec] = [*_limit_layers(limits, unit), _band_layer(unit), *_line_layers(unit, title)]
    if any(row["signal"] for row in values):
        layers += _signal_layers(unit)
    columns = {
        "period": _("Period"),
        "value": title,
        "low": pgettext("interval", "from"),
        "high": pgettext("interval", "to"),
        "n": pgettext("counted", "answers"),
    }
    if any(row["signal"] for row in values):
        columns["signal"] = _("Signal")
    return _spec(values, layers, columns, {"value": unit, "low": unit, "high": unit, "n": "points"}, height=240)


def _point(point: Mapping[str, Any]) -> dict[str, Any]:
    value = point.get("value")
    return {
        "period": str(point["period"]),
        "value": value,
        "low": point.get("low", value),
        "high": point.get("high", value),
        "n": point.get("n"),
        "signal": str(point.get("signal") or ""),
    }


def _x() -> Spec:
    axis = {"title": None, "labelOverlap": "greedy", "labelSeparation": 12, "labelFlush": True}
    return {
        "field": "period",
        "type": "ordinal",
        "sort": None,
        "axis": axis,
        "scale": {"type": "point", "padding": 0.3},
    }


def _y(field: str, unit: str) -> Spec:
    axis = {"title": None, "format": FORMATS.get(unit, ""), "tickCount": 4}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": {"zero": False, "nice": True}}


def _text(field: str, unit: str) -> Spec:
    return {"field": field, "type": "quantitative", "format": FORMATS.get(unit, "")}


def _band_layer(unit: str) -> Spec:
    encoding = {"x": _x(), "y": _y("low", unit), "y2": {"field": "high"}}
    return {"mark": {"type": "area", "style": "band", "line": False}, "encoding": encoding}


def _line_layers(unit: str, title: str) -> list[Spec]:
    tooltip = [
        {"field": "period", "type": "nominal", "title": _("Period")},
        {"field": "value", "type": "quantitative", "format": FORMATS.get(unit, ""), "title": title},
        {
            "field": "low",
            "type": "quantitative",
            "format": FORMATS.get(unit, ""),
            "title": pgettext("interval", "from"),
        },
        {"field": "high", "type": "quantitative", "format": FORMATS.get(unit, ""), "title": pgettext("interval", "to")},
        {"field": "n", "type": "quantitative", "title": pgettext("counted", "answers")},
    ]
    encoding = {"x": _x(), "y": _y("value", unit)}
    last = {
        "transform": [
            {"window": [{"op": "row_number", "as": "row"}]},
            {"joinaggregate": [{"op": "max", "field": "row", "as": "rows"}]},
            {"filter": "datum.row == datum.rows"},
        ],
        "mark": {"type": "text", "style": "label", "align": "right", "dy": -14, "fontWeight": 600, "fontSize": 15},
        "encoding": {**encoding, "text": _text("value", unit)},
    }
    return [
        {"mark": {"type": "line"}, "encoding": encoding},
        {"mark": {"type": "circle", "style": "ours", "size": 40}, "encoding": {**encoding, "tooltip": tooltip}},
        last,
    ]


def _limit_layers(limits: Mapping[str, float] | None, unit: str) -> list[Spec]:
    """The centre and the limits of a control chart, named where they stand."""
    names = {"center": _("average"), "high": _("upper limit"), "low": _("lower limit")}
    layers: list[Spec] = []
    for key, name in names.items():
        if not limits or limits.get(key) is None:
            continue
        rule: Spec = {"type": "rule", "style": "limit", "strokeWidth": 1}
        if key != "center":
            rule["strokeDash"] = [4, 4]
        y = {"datum": limits[key], "type": "quantitative", "scale": {"zero": False}}
        layers.append({"data": ONCE, "mark": rule, "encoding": {"y": y}})
        text = {
            "type": "text",
            "style": "quiet",
            "align": "left",
            "baseline": "bottom",
            "dy": -3,
            "x": 0,
            "text": name,
        }
        layers.append({"data": ONCE, "mark": text, "encoding": {"y": y}})
    return layers


def _signal_layers(unit: str) -> list[Spec]:
    encoding = {"x": _x(), "y": _y("value", unit)}
    only = [{"filter": "datum.signal != ''"}]
    return [
        {
            "transform": only,
            "mark": {"type": "point", "style": "signal", "shape": "diamond", "size": 150, "filled": True},
            "encoding": {**encoding, "tooltip": [{"field": "signal", "type": "nominal", "title": _("Signal")}]},
        },
        {
            "transform": only,
            "mark": {"type": "text", "style": "signal", "dy": 22, "fontWeight": 600},
            "encoding": {**encoding, "text": {"field": "signal", "type": "nominal"}},
        },
    ]


def distribution_chart(counts: Mapping[Any, int], *, title: str = "") -> Spec:
    """How many gave each answer: bars in the order given, each with its count and share written on it."""
    total = sum(counts.values())
    values = [
        {"answer": str(answer), "count": count, "share": count / total if total else 0}
        for answer, count in counts.items()
    ]
    y = {"field": "answer", "type": "ordinal", "sort": None, "axis": {"title": None, "labelLimit": 220}}
    x = {"field": "count", "type": "quantitative", "axis": None}
    label = {"type": "text", "style": "label", "align": "left", "dx": 6}
    said = "format(datum.count, ',') + '  (' + format(datum.share, '.0%') + ')'"
    layers: list[Spec] = [
        {"mark": {"type": "bar", "cornerRadiusEnd": 3, "height": {"band": 0.66}}, "encoding": {"x": x, "y": y}},
        {
            "transform": [{"calculate": said, "as": "said"}],
            "mark": label,
            "encoding": {"x": x, "y": y, "text": {"field": "said", "type": "nominal"}},
        },
    ]
    columns = {"answer": title or _("Answer"), "count": _("how many"), "share": _("share")}
    return _spec(values, layers, columns, {"count": "points", "share": "percent"}, height={"step": 30})


def interval_chart(rows: Sequence[Mapping[str, Any]], *, unit: str = "points", title: str = "") -> Spec:
    """Things compared, each a dot with its interval, best first.

    ``rows``: dicts with name, value, low, high, n; a row with ``few`` (below the minimum) is drawn hollow and grey.
    Rows without a value are left out of the drawing and stay in the table.
    """
    ordered = sorted(rows, key=lambda row: (row.get("value") is None, -(row.get("value") or 0.0)))
    values = [{**_interval_row(row), "few": bool(row.get("few"))} for row in ordered]
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 220}}
    x = {
        "type": "quantitative",
        "axis": {"title": None, "format": FORMATS.get(unit, ""), "tickCount": 5, "grid": True},
        "scale": {"zero": False},
    }
    known: list[Spec] = [{"filter": "isValid(datum.value)"}]
    tooltip = [{"field": "name", "type": "nominal", "title": " "}, *_interval_tooltip(unit, title)]
    layers: list[Spec] = []
    for style, test, dot in (("ours", "!datum.few", "circle"), ("quiet", "datum.few", "point")):
        some = [*known, {"filter": test}]
        bar = {"type": "rule", "style": style, "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"}
        span = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}
        layers.append({"transform": some, "mark": bar, "encoding": span})
        at = {"y": y, "x": {**x, "field": "value"}, "tooltip": tooltip}
        layers.append({"transform": some, "mark": {"type": dot, "style": style, "size": 110}, "encoding": at})
    said = {"y": y, "x": {**x, "field": "high"}, "text": _text("value", unit)}
    layers.append(
        {"transform": known, "mark": {"type": "text", "style": "label", "align": "left", "dx": 10}, "encoding": said}
    )
    columns = {
        "name": _("Name"),
        "value": title or _("Value"),
        "low": pgettext("interval", "from"),
        "high": pgettext("interval", "to"),
        "n": pgettext("counted", "answers"),
    }
    units = {"value": unit, "low": unit, "high": unit, "n": "points"}
    spec = _spec(values, layers, columns, units, height={"step": 34})
    # The value stands behind the end of its interval, which may be the end of the drawing
    return spec | {"padding": {**spec["padding"], "right": 36}}


def _interval_row(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row.get("value")
    return {
        "name": str(row["name"]),
        "value": value,
        "low": row.get("low", value),
        "high": row.get("high", value),
        "n": row.get("n"),
    }


def _interval_tooltip(unit: str, title: str) -> list[Spec]:
    names = {"value": title or _("Value"), "low": pgettext("interval", "from"), "high": pgettext("interval", "to")}
    fields = [
        {"field": key, "type": "quantitative", "format": FORMATS.get(unit, ""), "title": name}
        for key, name in names.items()
    ]
    return [*fields, {"field": "n", "type": "quantitative", "title": pgettext("counted", "answers")}]


def _spec(
    values: list[dict[str, Any]],
    layers: list[Spec],
    columns: Mapping[str, str],
    units: Mapping[str, str],
    *,
    height: int | Spec,
) -> Spec:
    return {
        "$schema": SCHEMA,
        "data": {"values": values},
        "width": "container",
        "height": height,
        "padding": {"left": 0, "right": 8, "top": 8, "bottom": 6},
        "layer": layers,
        "usermeta": {"columns": dict(columns), "units": dict(units)},
    }
