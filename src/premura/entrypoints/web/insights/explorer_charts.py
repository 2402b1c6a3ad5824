"""The drawing of the explorer: a trend with its limits, things compared with their intervals, or a map of two
breakdowns. A point or a cell leads to the answers behind it.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.entrypoints.web.charts import FORMATS, SCHEMA, Spec
from premura.entrypoints.web.insights.drawings import period_label, trend_spec
from premura.entrypoints.web.insights.exploration import Explored, Row
from premura.entrypoints.web.insights.wording import signal_words
from premura.entrypoints.web.wording import number
from premura.loop.understand.counting import Key
from premura.loop.understand.dimensions import PERIODIC
from premura.loop.understand.exploring import Exploration, biggest, series
from premura.loop.understand.reads import Trend

#: More lines, or columns, could not be read.
MOST_LINES, MOST_COLUMNS = 25, 24
MOST_SIGNALS = 12
LINE_HEIGHT = 15
LABELS = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 220, "labelLineHeight": LINE_HEIGHT}
#: Names of two lines are moved up by half a line, so that both stand beside their row.
BESIDE = {
    **LABELS,
    "labelOffset": {"condition": {"test": "indexof(datum.label, '\\n') >= 0", "value": -LINE_HEIGHT / 2}, "value": 0},
}
PADDING = {"left": 0, "right": 8, "top": 8, "bottom": 6}


@dataclass(frozen=True)
class Drawing:
    """A specification; what it shows in words; signals of the trends in it; how many columns need room."""

    spec: Spec
    words: str
    signals: tuple[str, ...] = ()
    has_limits: bool = False
    columns: int = 0

    @property
    def least_width(self) -> int:
        """Pixels below which the names of a map would run into each other."""
        return 190 + 92 * self.columns if self.columns > 1 else 0


def drawing_of(explored: Explored, least: int) -> Drawing | None:
    """The chart of what was found; ``None`` where there is nothing to draw."""
    if not explored.found.n:
        return None
    trends = series(_drawn_of(explored), least)
    if None in trends:
        trend = trends[None]
        words = _("The band is how sure each value is.") + " " + _limits_words(trend.chart is not None)
        return Drawing(
            _linked(trend_spec(trend), trend, explored),
            words,
            tuple(signal_words(trend)[:MOST_SIGNALS]),
            trend.chart is not None,
        )
    if not explored.is_double:
        return _compared(explored)
    place = 0 if explored.found.by[1] in PERIODIC else 1
    signals = [
        f"{explored.name_of(place, key)}, {words}" for key, trend in trends.items() for words in signal_words(trend)
    ]
    has_limits = any(trend.chart for trend in trends.values())
    return _map(explored, tuple(signals[:MOST_SIGNALS]), has_limits)


def _drawn_of(explored: Explored) -> Exploration:
    """What was found; of a map by a time only the lines that are drawn, whose signals are named below."""
    found = explored.found
    if not explored.is_double:
        return found
    place = 0 if found.by[1] in PERIODIC else 1
    shown = set(_shown(explored, place, MOST_LINES))
    return replace(found, lines=tuple(line for line in found.lines if line.keys[place] in shown))


def _linked(spec: Spec, trend: Trend, explored: Explored) -> Spec:
    """A point of the trend leads to the answers of its period."""
    addresses = {row.keys[0]: row.figure.href for row in explored.rows}
    for row, point in zip(spec["data"]["values"], trend.points, strict=True):
        row["href"] = addresses.get(point.day, "")
    for layer in spec["layer"]:
        mark = layer["mark"]
        if mark["type"] in ("circle", "point") and "data" not in layer:
            mark["cursor"] = "pointer"
            layer["encoding"] = {**layer["encoding"], "href": {"field": "href", "type": "nominal"}}
    return spec


def _limits_words(has_chart: bool) -> str:
    if has_chart:
        return _("Between the dashed lines is everyday variation; what is marked is not.")
    return _("Limits of the everyday variation appear with eight periods with answers.")


# --- one breakdown: things compared


def _compared(explored: Explored) -> Drawing:
    """Each thing with its interval, in the order of the table; the other time as a hollow mark."""
    shown = {(key,) for key in biggest(explored.found.lines, 0, MOST_LINES)}
    rows = [row for row in explored.rows if row.keys in shown and row.line.figure.is_measured]
    unit = explored.asked.metric.unit
    axis = {"title": None, "format": FORMATS.get(unit, ""), "tickCount": 5, "grid": True}
    x = {"type": "quantitative", "axis": axis, "scale": {"zero": False, "nice": True}}
    # Names stand above their line: beside it they would leave a telephone no room for the drawing
    y = {"field": "name", "type": "nominal", "sort": None, "axis": None}
    link = {"field": "href", "type": "nominal"}
    layers: list[Spec] = []
    for style, test, dot in (("ours", "!datum.few", "circle"), ("quiet", "datum.few", "point")):
        some = [{"filter": test}]
        bar = {"type": "rule", "style": style, "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"}
        span = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "href": link}
        layers.append({"transform": some, "mark": bar, "encoding": span})
        at = {"y": y, "x": {**x, "field": "value"}, "href": link, "tooltip": _tooltip(explored, ("name",))}
        mark = {"type": dot, "style": style, "size": 110, "cursor": "pointer"}
        layers.append({"transform": some, "mark": mark, "encoding": at})
    if explored.asked.versus:
        mark = {"type": "point", "style": "quiet", "shape": "diamond", "size": 90, "filled": False}
        layers.append(
            {
                "transform": [{"filter": "isValid(datum.before)"}],
                "mark": mark,
                "encoding": {"y": y, "x": {**x, "field": "before"}},
            }
        )
    mark = {"type": "text", "align": "left", "dy": -17, "limit": {"expr": "width"}}
    said = {"y": y, "x": {"value": 0}, "text": {"field": "with_n", "type": "nominal"}}
    for style, test in (("label", "!datum.few"), ("quiet", "datum.few")):
        layers.append({"transform": [{"filter": test}], "mark": {**mark, "style": style}, "encoding": said})
    values = [{"name": row.name, **_values(row)} for row in rows]
    spec = _spec(values, layers, explored, {"name": explored.titles[0].capitalize()}, {"step": 54})
    words = [_("The line is how sure each value is, in brackets the answers; grey and hollow means too few of them.")]
    if explored.asked.versus:
        words.append(_("The diamond is the other time."))
    if len(explored.rows) > len(shown):
        words.append(_("The %(most)s with the most answers are drawn; the table has all.") % {"most": MOST_LINES})
    return Drawing(spec, " ".join(words))


# --- two breakdowns: a map


def _map(explored: Explored, signals: tuple[str, ...], has_limits: bool) -> Drawing:
    """Cells from orange (below the whole) to teal (above), each with its number; too few answers: only grey words."""
    across = 1 if explored.found.by[0] not in PERIODIC else 0
    down = 1 - across
    columns, lines = _shown(explored, across, MOST_COLUMNS), _shown(explored, down, MOST_LINES)
    rows = [
        row
        for row in explored.rows
        if row.line.figure.is_measured and row.keys[across] in columns and row.keys[down] in lines
    ]
    names = {key: _short(explored, across, key) for key in columns}
    values = [{"down": _wrapped(row.names[down]), "across": names[row.keys[across]], **_values(row)} for row in rows]
    x = {
        "field": "across",
        "type": "nominal",
        "sort": [names[key] for key in columns],
        "axis": {"title": None, "orient": "top", "labelAngle": 0, "labelOverlap": False, **_above(names)},
        "scale": {"paddingInner": 0.04},
    }
    y = {
        "field": "down",
        "type": "nominal",
        "sort": [_wrapped(explored.name_of(down, key)) for key in lines],
        "axis": {"title": None, "minExtent": 60, **BESIDE},
        "scale": {"paddingInner": 0.06},
    }
    at = {"x": x, "y": y, "href": {"field": "href", "type": "nominal"}}
    tooltip = _tooltip(explored, ("down", "across"))
    colour = {"field": "value", "type": "quantitative", "legend": None, "scale": _colours(explored)}
    shape = {"type": "rect", "cornerRadius": 4, "cursor": "pointer"}
    layers: list[Spec] = [
        {
            "transform": [{"filter": "!datum.few"}],
            "mark": {**shape, "opacity": 0.5},
            "encoding": {**at, "color": colour, "tooltip": tooltip},
        },
        {
            "transform": [{"filter": "datum.few"}],
            "mark": {**shape, "style": "quiet", "opacity": 0.08},
            "encoding": {**at, "tooltip": tooltip},
        },
    ]
    for style, test, field, size, down_by in (
        ("label", "!datum.few", "said", 14, -7),
        ("label", "!datum.few", "doubt", 11, 10),
        ("quiet", "datum.few", "said", 13, -7),
        ("quiet", "datum.few", "doubt", 11, 10),
    ):
        mark = {"type": "text", "style": style, "fontSize": size, "dy": down_by}
        text = {**at, "text": {"field": field, "type": "nominal"}, "tooltip": tooltip}
        layers.append({"transform": [{"filter": test}], "mark": mark, "encoding": text})
    titles = {"down": explored.titles[down].capitalize(), "across": explored.titles[across].capitalize()}
    spec = _spec(values, layers, explored, titles, {"step": 46})
    return Drawing(spec, _map_words(explored, columns, lines), signals, has_limits, len(columns))


def _map_words(explored: Explored, columns: Sequence[Key], lines: Sequence[Key]) -> str:
    words = [_("Teal is above the whole, orange below; grey means too few answers to say.")]
    words.append(_("Under each value its interval, and in brackets the answers."))
    places = [{row.keys[place] for row in explored.rows} for place in (0, 1)]
    if sum(map(len, places)) > len(columns) + len(lines):
        words.append(_("Those with the most answers, and the latest periods, are drawn; the table has all."))
    return " ".join(words)


def _shown(explored: Explored, place: int, most: int) -> list[Key]:
    """Periods in their order, the latest; others those with the most answers, by name."""
    lines = explored.found.lines
    if explored.found.by[place] in PERIODIC:
        return sorted({line.keys[place] for line in lines if line.counts.n})[-most:]
    return sorted(biggest(lines, place, most), key=lambda key: explored.name_of(place, key).casefold())


def _short(explored: Explored, place: int, key: Key) -> str:
    by = explored.found.by[place]
    return period_label(key, by, with_year=True) if by in PERIODIC else _wrapped(explored.name_of(place, key), 16)


def _above(names: Mapping[Key, str]) -> Spec:
    """Room for names of two lines above the columns."""
    is_high = any("\n" in name for name in names.values())
    return {**LABELS, "labelPadding": 8 + LINE_HEIGHT * is_high}


def _wrapped(name: str, letters: int = 26) -> str:
    """At most two lines, so that names which differ at their end can be told apart."""
    lines = textwrap.wrap(name, letters) or [name]
    return "\n".join(
        lines if len(lines) < 3 else [lines[0], textwrap.shorten(" ".join(lines[1:]), 40, placeholder="…")]
    )


def _colours(explored: Explored) -> Spec:
    """From the lowest to the highest readable value, the whole in the middle."""
    figures = [row.line.figure for row in explored.rows]
    read = [each.estimate.value for each in figures if each.is_enough and each.is_measured]
    known = [value for value in read if value is not None] or [0.0]
    whole = explored.found.whole
    middle = whole.figure.estimate.value if whole and whole.figure.estimate.value is not None else None
    if middle is None:
        middle = sum(known) / len(known)
    reach = max(abs(value - middle) for value in known) or 1.0
    is_reversed = explored.asked.metric.direction < 0
    domain = [middle - reach, middle, middle + reach]
    return {"domain": domain, "range": "diverging", "type": "linear", "reverse": is_reversed}


# --- what both share


def _values(row: Row) -> dict[str, Any]:
    estimate, unit = row.figure.estimate, row.figure.metric.unit
    value = estimate.value
    return {
        "value": value,
        "low": value if estimate.low is None else estimate.low,
        "high": value if estimate.high is None else estimate.high,
        "n": estimate.n,
        "said": "" if value is None else number(value, unit),
        "with_n": "" if value is None else f"{number(value, unit)} ({number(estimate.n)})  {row.name}",
        "doubt": _doubt(row),
        "few": not row.figure.is_enough,
        "before": row.before.estimate.value if row.before else None,
        "href": row.figure.href,
    }


def _doubt(row: Row) -> str:
    """«34–64 (39)»: the interval and the answers, as they stand under a value."""
    estimate, unit = row.figure.estimate, row.figure.metric.unit
    if estimate.low is None or estimate.high is None or not row.figure.is_enough:
        return f"({number(estimate.n)})"
    low, high = (number(value, unit).rstrip("%") for value in (estimate.low, estimate.high))
    between = " … " if "−" in low + high else "–"
    return f"{low}{between}{high} ({number(estimate.n)})"


def _tooltip(explored: Explored, names: Sequence[str]) -> list[Spec]:
    unit = explored.asked.metric.unit
    fields = {
        "value": str(explored.asked.metric.name),
        "low": pgettext("interval", "from"),
        "high": pgettext("interval", "to"),
    }
    if explored.asked.versus:
        fields["before"] = _("before")
    numbers = [
        {"field": field, "type": "quantitative", "format": FORMATS.get(unit, ""), "title": title}
        for field, title in fields.items()
    ]
    words = [{"field": name, "type": "nominal", "title": " "} for name in names]
    return [*words, *numbers, {"field": "n", "type": "quantitative", "title": pgettext("counted", "answers")}]


def _spec(
    values: list[dict[str, Any]], layers: list[Spec], explored: Explored, titles: dict[str, str], height: Spec
) -> Spec:
    unit, rows = explored.asked.metric.unit, "down" if "down" in titles else "name"
    columns = {
        **titles,
        "value": str(explored.asked.metric.name),
        "low": pgettext("interval", "from"),
        "high": pgettext("interval", "to"),
        "n": pgettext("counted", "answers"),
    }
    units = {"value": unit, "low": unit, "high": unit, "n": "points"}
    if explored.asked.versus:
        columns["before"], units["before"] = _("before"), unit
    return {
        "$schema": SCHEMA,
        "data": {"values": values},
        "width": "container",
        "height": height,
        "padding": PADDING,
        "layer": layers,
        "usermeta": {"columns": columns, "units": units, "lines": len({value[rows] for value in values})},
    }
