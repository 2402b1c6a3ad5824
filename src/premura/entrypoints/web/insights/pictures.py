"""A chart of the page as a file: the same specification drawn here, with its title, its question and its day."""

import copy
from typing import Any, Literal

from django.http import HttpResponse

from premura.entrypoints.web.charts import Spec
from premura.entrypoints.web.wording import locale

#: The light colours of ``tokens.css``: a file is printed or sent, so it is always on paper.
TOKENS = {
    "ink": "#29241d",
    "ink-quiet": "#665d50",
    "line": "#e6ddcf",
    "line-strong": "#8f8574",
    "green": "#1d5c44",
    "good": "#0b6a66",
    "bad": "#9a4a06",
    "surface": "#fffdf9",
}
FACE = "Liberation Sans, Arial, sans-serif"
WIDTH, SCALE = 900, 2.0
KINDS = {"svg": "image/svg+xml", "png": "image/png"}
_LOCALES: dict[str, Literal["it-IT", "en-GB"]] = {"it": "it-IT", "en": "en-GB"}


def as_picture(spec: Spec, kind: str, name: str, *, title: str, lines: list[str]) -> HttpResponse:
    """``spec`` as ``svg`` or ``png``; ``lines`` stand under the title. Links are left out: a file goes to others."""
    # Drawing brings an engine of a hundred megabytes: only a process that is asked for pictures pays
    import vl_convert

    whole = _printed(spec, title, lines)
    language = _LOCALES.get(locale().language, "it-IT")
    options: Any = {"format_locale": language, "time_format_locale": language, "allowed_base_urls": []}
    if kind == "svg":
        content: str | bytes = vl_convert.vegalite_to_svg(whole, **options)
    else:
        content = vl_convert.vegalite_to_png(whole, scale=SCALE, **options)
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _printed(spec: Spec, title: str, lines: list[str]) -> Spec:
    whole = copy.deepcopy(spec)
    whole.pop("usermeta", None)
    for row in whole["data"]["values"]:
        row.pop("href", None)
    for layer in whole["layer"]:
        layer.get("encoding", {}).pop("href", None)
    heading = {"text": title, "subtitle": lines, "anchor": "start", "frame": "bounds", "offset": 18}
    return {
        **whole,
        "width": WIDTH,
        "background": TOKENS["surface"],
        "padding": 20,
        "title": heading,
        "config": _config(),
    }


def _config() -> Spec:
    """What ``charts.js`` takes from the tokens on a page."""
    quiet, ink, green = TOKENS["ink-quiet"], TOKENS["ink"], TOKENS["green"]
    return {
        "font": FACE,
        "view": {"stroke": None},
        "axis": {
            "labelColor": quiet,
            "titleColor": quiet,
            "gridColor": TOKENS["line"],
            "domain": False,
            "ticks": False,
            "labelFontSize": 13,
            "labelPadding": 8,
        },
        "axisX": {"grid": False, "labelAngle": 0},
        "title": {
            "color": ink,
            "fontSize": 18,
            "subtitleColor": quiet,
            "subtitleFontSize": 13,
            "subtitleLineHeight": 18,
            "subtitlePadding": 6,
        },
        "text": {"color": ink, "fontSize": 13},
        "line": {"color": green, "strokeWidth": 2},
        "area": {"color": green},
        "point": {"color": green, "strokeWidth": 2},
        "circle": {"color": green, "opacity": 1},
        "bar": {"color": green},
        "rule": {"color": quiet},
        "range": {"diverging": [TOKENS["bad"], TOKENS["line"], TOKENS["good"]]},
        "style": {
            "band": {"color": green, "fillOpacity": 0.14},
            "signal": {"color": TOKENS["bad"]},
            "ours": {"color": green},
            "quiet": {"color": quiet},
            "limit": {"color": TOKENS["line-strong"]},
            "bad": {"color": TOKENS["bad"]},
            "good": {"color": TOKENS["good"]},
            "label": {"color": ink},
            "halo": {"color": TOKENS["surface"], "stroke": TOKENS["surface"]},
        },
    }
