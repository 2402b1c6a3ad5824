"""Charts of these pages: things on two axes, in four named quadrants. Pure: plain values in, a specification out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import pgettext

from premura.entrypoints.web.charts import FORMATS, ONCE, SCHEMA, Spec

#: Room around the outermost points, as a share of their range: names stand beside them.
ROOM = 0.14
#: A share's axis shows at least so much.
LEAST_SPAN = 0.12
HEIGHT = 380
#: So many pixels of it are a line of text.
LABEL_HEIGHT = 15
#: What lies under a name, in the colour of the ground
HALO: Spec = {"style": "halo", "strokeWidth": 6, "strokeJoin": "round"}


@dataclass(frozen=True)
class Axis:
    """What an axis shows, its unit, and where the line between low and high stands; ``ends`` fixes its ends."""

    name: str
    unit: str
    line: float
    ends: tuple[float, float] | None = None

    def domain(self, values: Sequence[float]) -> tuple[float, float]:
        if self.ends:
            return self.ends
        low, high = min([*values, self.line]), max([*values, self.line])
        # Points that hardly differ must not look far apart
        room = max((high - low) * ROOM, (LEAST_SPAN - (high - low)) / 2)
        return low - room, high + room


@dataclass(frozen=True)
class Corners:
    """What the quadrants are called."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str

    def each(self) -> list[tuple[str, int, int]]:
        """(name, side of x, side of y): 0 low, 1 high."""
        return [(self.top_left, 0, 1), (self.top_right, 1, 1), (self.bottom_left, 0, 0), (self.bottom_right, 1, 0)]


def quadrant_chart(
    rows: Sequence[Mapping[str, Any]], x: Axis, y: Axis, corners: Corners, *, columns: Mapping[str, str]
) -> Spec:
    """``rows``: dicts with name, x, y, n, few (too few to be read: hollow and grey) and the further ``columns``."""
    spans = [axis.domain([float(row[key]) for row in rows]) for key, axis in (("x", x), ("y", y))]
    middle = sum(spans[0]) / 2
    heights = _apart([float(row["y"]) for row in rows], (spans[1][1] - spans[1][0]) * LABEL_HEIGHT / HEIGHT)
    values = [
        {**row, "few": bool(row.get("few")), "left": row["x"] > middle, "label": height}
        for row, height in zip(rows, heights, strict=True)
    ]
    scales = {"x": _scale(x, spans[0]), "y": _scale(y, spans[1])}
    shown = {"name": pgettext("thing", "Name"), "x": x.name, "y": y.name, **columns}
    units = {"x": x.unit, "y": y.unit, "n": "points"}
    return {
        "$schema": SCHEMA,
        "data": {"values": values},
        "width": "container",
        "height": HEIGHT,
        "padding": {"left": 0, "right": 8, "top": 8, "bottom": 6},
        "layer": [
            *_lines(x, y, scales),
            # Lines end where a name stands
            *_names(corners, spans, scales, HALO),
            *_labels(scales, HALO),
            *_names(corners, spans, scales, {"style": "quiet"}),
            *_points(scales, x, y),
            *_labels(scales, {"style": "label"}),
        ],
        "usermeta": {"columns": shown, "units": units},
    }


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Where names stand, so that no two cover one another; none further from its point than half as much again.

    >>> _apart([5.0, 1.0, 1.5], 1.0)
    [5.0, 0.75, 1.75]
    """
    order, placed = sorted(range(len(heights)), key=heights.__getitem__), list(heights)
    for _round in range(20):
        for below, above in pairwise(order):
            push = (least - (placed[above] - placed[below])) / 2
            if push > 0:
                placed[below], placed[above] = placed[below] - push, placed[above] + push
    far = 1.5 * least
    return [min(max(there, here - far), here + far) for here, there in zip(heights, placed, strict=True)]


def _scale(axis: Axis, span: tuple[float, float]) -> Spec:
    drawn = {"title": axis.name, "format": FORMATS.get(axis.unit, ""), "tickCount": 4, "grid": False}
    return {"type": "quantitative", "axis": drawn, "scale": {"domain": list(span), "nice": False, "zero": False}}


def _lines(x: Axis, y: Axis, scales: Mapping[str, Spec]) -> list[Spec]:
    rule = {"type": "rule", "style": "limit", "strokeWidth": 1, "strokeDash": [4, 4]}
    return [
        {"data": ONCE, "mark": rule, "encoding": {key: {**scales[key], "datum": axis.line}}}
        for key, axis in (("x", x), ("y", y))
    ]


def _names(corners: Corners, spans: list[tuple[float, float]], scales: Mapping[str, Spec], look: Spec) -> list[Spec]:
    layers = []
    for name, across, up in corners.each():
        mark = {
            "type": "text", "fontStyle": "italic", "text": name, "align": ("left", "right")[across],
            "baseline": ("bottom", "top")[up], "dx": (6, -6)[across], "dy": (-6, 6)[up], **look,
        }  # fmt: skip
        place = {"x": {**scales["x"], "datum": spans[0][across]}, "y": {**scales["y"], "datum": spans[1][up]}}
        layers.append({"data": ONCE, "mark": mark, "encoding": place})
    return layers


def _points(scales: Mapping[str, Spec], x: Axis, y: Axis) -> list[Spec]:
    place = {"x": {**scales["x"], "field": "x"}, "y": {**scales["y"], "field": "y"}}
    tooltip = [
        {"field": "name", "type": "nominal", "title": " "},
        {"field": "x", "type": "quantitative", "format": FORMATS.get(x.unit, ""), "title": x.name},
        {"field": "y", "type": "quantitative", "format": FORMATS.get(y.unit, ""), "title": y.name},
        {"field": "n", "type": "quantitative", "title": pgettext("counted", "answers")},
    ]
    layers: list[Spec] = []
    for style, test, dot in (("ours", "!datum.few", "circle"), ("quiet", "datum.few", "point")):
        mark = {"type": dot, "style": style, "size": 120}
        layers.append({"transform": [{"filter": test}], "mark": mark, "encoding": {**place, "tooltip": tooltip}})
    return layers


def _labels(scales: Mapping[str, Spec], look: Spec) -> list[Spec]:
    layers: list[Spec] = []
    for test, align, shift in (("!datum.left", "left", 10), ("datum.left", "right", -10)):
        # On its side every name has at least half of the drawing
        text = {"type": "text", "align": align, "dx": shift, "limit": {"expr": "min(170, width / 2)"}, **look}
        place = {"x": {**scales["x"], "field": "x"}, "y": {**scales["y"], "field": "label"}}
        encoding = {**place, "text": {"field": "name", "type": "nominal"}}
        layers.append({"transform": [{"filter": test}], "mark": text, "encoding": encoding})
    return layers
