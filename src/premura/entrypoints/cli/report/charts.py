"""Charts as pictures inside the page: Vega-Lite specifications drawn to SVG here, so that the page needs no script.

Each chart is drawn twice, for a wide page and for a telephone, because scaled-down letters cannot be read. Colours are
written as the page's own variables, so that the charts follow light, dark and print.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import vl_convert

from premura.entrypoints.cli.report.findings import Distribution
from premura.entrypoints.cli.report.scores import unit_of
from premura.entrypoints.cli.report.trend import Point, Trend
from premura.entrypoints.cli.report.words import Words
from premura.importers.table import Role
from premura.stats import Estimate

# Each colour is a stand-in for a variable of the page; the drawing library knows only colours.
INK, MUTED, LINE, CARD = "#22302b", "#66716b", "#e2d9c8", "#fffdf8"
GREEN, TEAL, ORANGE, AMBER = "#17604d", "#1f7a72", "#b9591f", "#a86f0b"
PALE_TEAL, PALE_ORANGE, SAND = "#8dbfb8", "#e3b18f", "#cfc6b3"
_VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    LINE: "line",
    CARD: "card",
    GREEN: "green",
    TEAL: "teal",
    ORANGE: "orange",
    AMBER: "amber",
    PALE_TEAL: "pale-teal",
    PALE_ORANGE: "pale-orange",
    SAND: "sand",
}
_LOCALES: dict[str, Literal["it-IT", "en-GB"]] = {"it": "it-IT", "en": "en-GB"}
WIDE, NARROW = 760, 340
Spec = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of a ranking: a name, its figure, and whether it has enough answers."""

    name: str
    estimate: Estimate
    enough: bool


def _svg(spec: Spec, lang: str, label: str) -> str:
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "padding": 2,
        "config": {
            "font": "Liberation Sans",
            "view": {"stroke": None},
            "axis": {
                "labelColor": MUTED,
                "labelFontSize": 13,
                "titleColor": MUTED,
                "titleFontSize": 13,
                "titleFontWeight": "normal",
                "gridColor": LINE,
                "domain": False,
                "ticks": False,
                "labelPadding": 8,
            },
            "text": {"fontSize": 13, "color": INK},
        },
        **spec,
    }
    drawn: str = vl_convert.vegalite_to_svg(
        whole, format_locale=_LOCALES[lang], time_format_locale=_LOCALES[lang], allowed_base_urls=[]
    )
    return _for_the_page(drawn, label)


def _for_the_page(drawn: str, label: str) -> str:
    """The picture in the page's colours and letters, hidden from screen readers: the table beside it is for them."""
    for colour, name in _VARIABLES.items():
        drawn = drawn.replace(f'"{colour}"', f'"var(--{name})"')
    # The letters it was measured with, and their twins of the same width on other systems.
    drawn = re.sub(r' font-family="[^"]*"', "", drawn)
    # Several pictures stand in one page, so their inner names must differ.
    mark = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    drawn = re.sub(r'(id="|url\(#)', rf"\1c{mark}-", drawn)
    drawn = re.sub(r' (?:role|aria-[a-z]+|xmlns:xlink|xmlns)="[^"]*"', "", drawn)
    return re.sub(r"<svg ", f'<svg aria-hidden="true" focusable="false" data-chart="{label}" ', drawn, count=1)


def both(draw: Any, *parts: Any) -> str:
    """A chart for the wide page and one for the telephone; the page shows the one that fits."""
    wide, narrow = draw(WIDE, *parts), draw(NARROW, *parts)
    return f'<div class="chart wide">{wide}</div><div class="chart narrow">{narrow}</div>'


def _axis(unit: str, words: Words) -> Spec:
    """How an axis writes a unit; Italian leaves a space before the sign of per cent."""
    written: Spec = {"title": None, "format": {"points": ",.0f", "share": ".0%", "score": ".1f"}[unit]}
    if unit == "share" and words.lang == "it":
        written["labelExpr"] = "replace(datum.label, '%', '\u00a0%')"
    return written


def trend(width: int, found: Trend, words: Words) -> str:
    """Values through time with their band, the limits of everyday variation and the signals marked."""
    unit = unit_of(found.metric)
    rows = [_trend_row(point, unit, words) for point in found.points if point.estimate.value is not None]
    solid = [row for row in rows if row["enough"]]
    shown = solid or rows
    low = min(min(row["low"] for row in shown), *(row["value"] for row in rows))
    high = max(max(row["high"] for row in shown), *(row["value"] for row in rows))
    if found.chart:
        low, high = min(low, *(r["lower"] for r in solid)), max(high, *(r["upper"] for r in solid))
    pad = (high - low) * 0.06 or 0.1
    ends = {"points": (-100.0, 100.0), "share": (0.0, 1.0)}.get(
        unit, (float(found.asked.scale.low), float(found.asked.scale.high))
    )
    domain = [max(ends[0], low - pad), min(ends[1], high + pad)]
    _name_points(shown, domain)
    x = {"field": "start", "type": "temporal", "axis": {"title": None, "grid": False, **_ticks(found, width)}}
    axis = {**_axis(unit, words), "tickCount": 5}
    y = {"field": "value", "type": "quantitative", "scale": {"domain": domain, "nice": False}, "axis": axis}
    # Where no period has enough answers there is no band, so each point shows its own doubt.
    layers = (
        (_band(x, y) if solid else _whiskers(x, y))
        + (_limits(x, y, solid, words, found.chart) if found.chart else [])
        + _line(x, y, width)
    )
    height = 260 if width > 500 else 220
    right = 96 if found.chart else 44
    spec = {"width": width - 60 - right, "height": height, "data": {"values": rows}, "layer": layers}
    spec["padding"] = {"left": 2, "top": 10, "bottom": 2, "right": 2}
    return _svg(spec, words.lang, "trend")


def _ticks(found: Trend, width: int) -> Spec:
    """Names of years where there are many quarters; else names of some of the months on which periods begin."""
    starts = [point.start for point in found.points]
    if found.grain == "quarter" and len(starts) > 10:
        return {"format": "%Y", "tickCount": {"interval": "year", "step": 1 if width > 500 else 2}}
    every = -(-len(starts) // (7 if width > 500 else 4))
    values = [{"year": day.year, "month": day.month, "date": 1} for day in starts[::every]]
    return {"format": "%b %Y" if width > 500 else "%b %y", "values": values}


def _name_points(shown: list[Spec], domain: list[float]) -> None:
    """Name the latest, the highest and the lowest figure that count, away from the line; the rest are in the table."""
    latest, before = shown[-1], shown[-2] if len(shown) > 1 else shown[-1]
    lowest = min(shown, key=_value)
    room_below = lowest["value"] - domain[0] > 0.1 * (domain[1] - domain[0])
    max(shown, key=_value)["named"] = "above"
    lowest["named"] = "below" if room_below else "above"
    if latest["named"] is None:
        latest["named"] = "below" if latest["value"] < before["value"] and room_below else "above"
    latest["last"] = True


def _trend_row(point: Point, unit: str, words: Words) -> Spec:
    made = point.estimate
    value = made.value or 0.0
    return {
        "start": f"{point.start.isoformat()}T00:00:00",
        "value": value,
        "low": value if made.low is None else made.low,
        "high": value if made.high is None else made.high,
        "enough": point.enough,
        "centre": point.centre,
        "lower": point.lower,
        "upper": point.upper,
        "signal": bool(point.rules),
        "label": words.value(value, unit),
        "named": None,
        "last": False,
    }


def _value(row: Spec) -> float:
    return float(row["value"])


_ENOUGH = [{"filter": "datum.enough"}]


def _band(x: Spec, y: Spec) -> list[Spec]:
    area = {"type": "area", "color": TEAL, "opacity": 0.18}
    encoding = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    return [{"transform": _ENOUGH, "mark": area, "encoding": encoding}]


def _whiskers(x: Spec, y: Spec) -> list[Spec]:
    rule = {"type": "rule", "color": MUTED, "opacity": 0.45}
    return [{"mark": rule, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}}]


def _limits(x: Spec, y: Spec, solid: list[Spec], words: Words, kind: str | None) -> list[Spec]:
    """Dashed limits, in steps where they follow the number of answers, named at their right end."""
    layers: list[Spec] = []
    curve = "step" if kind == "p" else "linear"
    for field, name in (("upper", "limit-upper"), ("lower", "limit-lower"), ("centre", "centre")):
        dash = [2, 3] if field == "centre" else [6, 4]
        mark = {"type": "line", "color": MUTED, "strokeDash": dash, "strokeWidth": 1, "interpolate": curve}
        layers.append({"transform": _ENOUGH, "mark": mark, "encoding": {"x": x, "y": {**y, "field": field}}})
        text = {"type": "text", "align": "left", "dx": 8, "color": MUTED, "fontSize": 12}
        layers.append(
            {
                "data": {"values": [solid[-1]]},
                "mark": text,
                "encoding": {"x": x, "y": {**y, "field": field}, "text": {"value": words(name)}},
            }
        )
    return layers


def _line(x: Spec, y: Spec, width: int) -> list[Spec]:
    size = 42 if width > 500 else 30
    line = {"type": "line", "color": TEAL, "strokeWidth": 2.2}
    dot = {"type": "point", "filled": True, "color": TEAL, "size": size, "opacity": 1}
    few = {"type": "point", "filled": False, "color": MUTED, "size": size, "opacity": 0.9, "strokeWidth": 1.2}
    mark = {"type": "point", "filled": True, "color": AMBER, "size": size * 3, "opacity": 1, "shape": "diamond"}
    text = {"type": "text", "color": INK, "fontWeight": "bold"}
    encoding = {"x": x, "y": y}
    # The latest name ends at its point, so that it does not run into the names of the limits.
    ends = {"above": {"dy": -14}, "below": {"dy": 16}}
    names: list[Spec] = [
        {
            "transform": [{"filter": f"datum.named === '{place}' && {'' if last else '!'}datum.last"}],
            "mark": {**text, **ends[place], **({"align": "right", "dx": 6} if last else {})},
            "encoding": {**encoding, "text": {"field": "label"}},
        }
        for place in ends
        for last in (True, False)
    ]
    return [
        {"transform": _ENOUGH, "mark": line, "encoding": encoding},
        {"transform": [{"filter": "!datum.enough"}], "mark": few, "encoding": encoding},
        {"transform": [{"filter": "datum.enough && !datum.signal"}], "mark": dot, "encoding": encoding},
        {"transform": [{"filter": "datum.signal"}], "mark": mark, "encoding": encoding},
        *names,
    ]


def distribution(width: int, found: Distribution, words: Words) -> str:
    """How often each mark was given, in shares, from orange (bad) to teal (good), named above each bar."""
    total = sum(count for _, count in found.counts) or 1
    whole = [(value, count) for value, count in found.counts if value == int(value)]
    pairs = whole if len(whole) == len(found.counts) else _rounded(found)
    rows = [
        {"mark": words.mark(value), "share": count / total, "label": words.percent(count / total), "order": value}
        for value, count in pairs
    ]
    colours = [_mark_colour(found, value) for value, _ in pairs]
    x = {
        "field": "mark",
        "type": "ordinal",
        "sort": [row["mark"] for row in rows],
        "axis": {"title": None, "labelAngle": 0, "labelFontSize": 14, "labelColor": INK},
        "scale": {"paddingInner": 0.22, "paddingOuter": 0.05},
    }
    y = {"field": "share", "type": "quantitative", "axis": None}
    bar = {
        "mark": {"type": "bar", "cornerRadiusTopLeft": 3, "cornerRadiusTopRight": 3},
        "encoding": {
            "x": x,
            "y": y,
            "color": {
                "field": "mark",
                "type": "nominal",
                "scale": {"domain": [row["mark"] for row in rows], "range": colours},
                "legend": None,
            },
        },
    }
    size = 12 if width < 500 and len(rows) > 7 else 13
    text = {
        "mark": {"type": "text", "dy": -9, "fontSize": size},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }
    spec = {"width": width - 10, "height": 190, "data": {"values": rows}, "layer": [bar, text]}
    return _svg({**spec, "padding": {"left": 2, "top": 10, "bottom": 2, "right": 2}}, words.lang, "distribution")


def _rounded(found: Distribution) -> list[tuple[float, int]]:
    """Half marks drawn with the whole mark below them; the table keeps them apart."""
    counts: dict[float, int] = {}
    for value, count in found.counts:
        counts[float(int(value))] = counts.get(float(int(value)), 0) + count
    return sorted(counts.items())


def _mark_colour(found: Distribution, value: float) -> str:
    if found.asked.role is Role.NPS:
        return TEAL if value >= 9 else SAND if value >= 7 else ORANGE
    scale = found.asked.scale
    place = (value - scale.low) / (scale.high - scale.low)
    steps = (ORANGE, PALE_ORANGE, SAND, PALE_TEAL, TEAL)
    return steps[min(4, int(place * 5))]


def ranking(width: int, rows: Sequence[Row], centre: float | None, unit: str, words: Words) -> str:
    """Figures with their intervals, one line each: teal and ▲ where surely above the centre, orange and ▼ below."""
    values = [_ranking_row(row, centre, unit, words, width) for row in rows if row.estimate.value is not None]
    low, high = min(v["low"] for v in values), max(v["high"] for v in values)
    if centre is not None:
        low, high = min(low, centre), max(high, centre)
    pad = (high - low) * 0.06 or 0.1
    domain = [low - pad, high + pad]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": [value["name"] for value in values],
        "axis": {
            "title": None,
            "labelExpr": "split(datum.label, '\\n')",
            "labelColor": INK,
            "labelLimit": 260 if width > 500 else 130,
            "labelLineHeight": 15,
            "grid": False,
        },
    }
    axis = {**_axis(unit, words), "tickCount": 6 if width > 500 else 3, "orient": "top"}
    x = {"field": "value", "type": "quantitative", "scale": {"domain": domain, "nice": False}, "axis": axis}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    bar = {"type": "bar", "height": 9, "cornerRadius": 4.5, "opacity": 0.32}
    right = {"type": "text", "align": "left", "fontWeight": "bold", "dx": 10}
    # The room for names and figures is measured by the longest line, because the library gives it outside the width.
    name = max(len(line) for value in values for line in value["name"].split("\n"))
    narrow = width < 500
    room = 14 + max(len(v["label"]) for v in values) * 7.4
    if not narrow:
        room += 4 + max(len(v["n"]) for v in values) * 7
    layers: list[Spec] = [
        {"mark": bar, "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour}},
        {
            "mark": {"type": "point", "filled": True, "size": 45 if narrow else 80, "opacity": 1},
            "encoding": {"y": y, "x": x, "color": colour},
        },
        {"mark": right, "encoding": {"y": y, "x": {"value": "width"}, "text": {"field": "label"}, "color": colour}},
    ]
    if not narrow:
        count = {"type": "text", "align": "right", "color": MUTED, "fontSize": 12, "dx": room}
        layers.append({"mark": count, "encoding": {"y": y, "x": {"value": "width"}, "text": {"field": "n"}}})
    if centre is not None:
        rule = {"type": "rule", "color": MUTED, "strokeDash": [2, 3]}
        layers.insert(0, {"data": {"values": [{"c": centre}]}, "mark": rule, "encoding": {"x": {**x, "field": "c"}}})
    taken = min(name * 7.2, 260 if width > 500 else 130) + room + 16
    lines = max(value["name"].count("\n") for value in values)
    step = {"step": 31 + 13 * lines if lines < 2 else 60}
    spec = {"width": width - taken, "height": step, "data": {"values": values}, "layer": layers}
    return _svg(spec, words.lang, "ranking")


def _ranking_row(row: Row, centre: float | None, unit: str, words: Words, width: int) -> Spec:
    made = row.estimate
    value = made.value or 0.0
    low = value if made.low is None else made.low
    high = value if made.high is None else made.high
    colour, sign = GREEN if centre is None else MUTED, ""
    if not row.enough:
        colour = SAND
    elif centre is not None and low > centre:
        colour, sign = TEAL, " ▲"
    elif centre is not None and high < centre:
        colour, sign = ORANGE, " ▼"
    letters = 34 if width > 500 else 18
    lines = textwrap.wrap(row.name, letters) or [row.name]
    name = "\n".join(
        [lines[0], textwrap.shorten(" ".join(lines[1:]), letters, placeholder="…")] if lines[1:] else lines
    )
    label = words.value(value, unit) + sign
    count = f"n {words.whole(made.n)}"
    if width < 500:
        name += f"\n{count}"  # on a telephone the number of answers stands under the name
    return {"name": name, "value": value, "low": low, "high": high, "colour": colour, "label": label, "n": count}
