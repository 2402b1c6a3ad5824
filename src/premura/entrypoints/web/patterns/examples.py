"""What the pattern page shows: invented data of a rental firm that look like a real month."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from premura.entrypoints.web.charts import distribution_chart, interval_chart, trend_chart
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.stats.estimate import Estimate, nothing


@dataclass(frozen=True)
class ExampleMetric:
    name: str
    unit: str
    definition: str = ""
    counted: str = "answers"


@dataclass(frozen=True)
class ExampleFigure:
    metric: ExampleMetric
    estimate: Estimate
    minimum_n: int = 30
    href: str = "#"
    making_href: str = "#"
    scale: int | None = None


@dataclass(frozen=True)
class ExampleChange:
    difference: Estimate
    p: float | None
    unit: str
    higher_is_better: bool = True


NPS_BY_MONTH = [31, 33, 28, 34, 36, 30, 35, 38, 12, 33, 37, 40]


class ExampleForm(forms.Form):
    """One field of every kind; bound with two mistakes on the pattern page."""

    name = forms.CharField(label="", max_length=80)
    email = forms.EmailField(label="", required=False)
    place = forms.ChoiceField(label="", choices=[("vicenza", "Vicenza"), ("padova", "Padova")])
    story = forms.CharField(label="", widget=forms.Textarea(attrs={"rows": 3}))
    channel = forms.ChoiceField(label="", widget=forms.RadioSelect)
    again = forms.BooleanField(label="", required=False)

    def __init__(self, typed: dict[str, Any], *, key: str) -> None:
        super().__init__(typed, auto_id=f"id_{key}_%s")
        labels = {
            "name": _("Customer"),
            "email": _("E-mail"),
            "place": _("Where did it happen?"),
            "story": _("What happened?"),
            "channel": _("How may we reach the customer?"),
            "again": _("The customer has told us about this before"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["story"].help_text = _("In the customer's words, as far as you remember them.")
        channels = [("phone", _("By phone")), ("mail", _("By e-mail")), ("visit", _("At the counter"))]
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]


def examples(request: HttpRequest, now: datetime, key: str = "page") -> dict[str, Any]:
    typed = {"name": "Giulia Ferrari", "email": "giulia.ferrari@", "story": "", "place": "vicenza", "channel": "phone"}
    return {
        "key": key,
        **_figures(),
        **_charts(),
        **_words(now),
        "form": ExampleForm(typed, key=key),
        "sentence": _sentence(request),
        "icon_names": icon_names(),
        "page": Paginator(range(412), 50).page(2),
    }


@cache
def icon_names() -> list[str]:
    """The drawings of the sprite."""
    sprite = Path(__file__).parents[1] / "static" / "vendor" / "icons" / "icons.svg"
    return re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8"))


def _figures() -> dict[str, Any]:
    nps = ExampleMetric("NPS", "points", _("Share of promoters (9–10) less share of detractors (0–6)."))
    happy = ExampleMetric(_("Satisfied customers"), "percent", _("Share of the answers 4 and 5 out of 5."))
    effort = ExampleMetric(_("Ease"), "mean", _("Mean of the answers from 1 to 7."))
    days = ExampleMetric(_("Time to the solution"), "days", _("Median from opening to solution."), "cases")
    band = [{"value": value, "low": value - 9, "high": value + 9} for value in NPS_BY_MONTH]
    return {
        "nps": ExampleFigure(nps, Estimate(40.0, 24.6, 53.07, 100, "adjusted-wald")),
        "satisfied": ExampleFigure(happy, Estimate(0.82, 0.74, 0.88, 128, "wilson")),
        "ease": ExampleFigure(effort, Estimate(5.6, 5.3, 5.9, 88.4, "t-effective-n"), scale=7),
        "solution": ExampleFigure(days, Estimate(2.5, 1.8, 3.4, 42, "kaplan-meier")),
        "few": ExampleFigure(nps, Estimate(14.0, -39.0, 59.0, 7, "adjusted-wald")),
        "none": ExampleFigure(nps, nothing("adjusted-wald")),
        "chance": ExampleChange(Estimate(6.0, -4.0, 16.0, 220, "difference-wald"), 0.24, "points"),
        "better": ExampleChange(Estimate(9.0, 3.0, 15.0, 480, "difference-wald"), 0.003, "points"),
        "worse": ExampleChange(Estimate(-0.06, -0.1, -0.02, 510, "difference-newcombe"), 0.004, "percent"),
        "band": band,
    }


def _charts() -> dict[str, Any]:
    months = _("Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar").split()
    points: list[dict[str, Any]] = [
        {"period": month, "value": value, "low": value - 11, "high": value + 10, "n": 78 + 3 * value % 19}
        for month, value in zip(months, NPS_BY_MONTH, strict=True)
    ]
    points[8]["signal"] = _("below the limit")
    places = [("Vicenza", 46, 31, 58, 88, False), ("Padova", 38, 22, 52, 74, False), ("Thiene", 12, -14, 35, 41, False)]
    rows = [
        {"name": name, "value": value, "low": low, "high": high, "n": n, "few": few}
        for name, value, low, high, n, few in [*places, ("Schio", 57, 8, 90, 7, True)]
    ]
    limits = {"center": 32.0, "low": 14.0, "high": 50.0}
    return {
        "trend_spec": trend_chart(points, unit="points", title="NPS", limits=limits),
        "answers_spec": distribution_chart(
            {_("very easy"): 52, _("easy"): 31, _("neither"): 9, _("hard"): 5, _("very hard"): 3}
        ),
        "places_spec": interval_chart(rows, title="NPS"),
    }


def _words(now: datetime) -> dict[str, Any]:
    evening = now.replace(hour=23, minute=30, second=0, microsecond=0)
    return {
        "commitments": [
            SimpleNamespace(due_at=now - timedelta(hours=2, minutes=10), what=_("Call Giulia Ferrari back")),
            SimpleNamespace(due_at=evening, what=_("First answer to the case of the wrong trailer")),
            SimpleNamespace(due_at=now + timedelta(days=3, hours=2), what=_("Tell Marco Riva that the pump is back")),
            SimpleNamespace(due_at=evening + timedelta(days=6), is_date_only=True, what=_("Send the new manual")),
        ],
        "ago": now - timedelta(hours=2),
        "last_week": now - timedelta(days=8),
        "last_year": now - timedelta(days=400),
        "length": timedelta(hours=26),
        "reasons": [
            _("The customer gave 3 out of 10 on Tuesday."),
            (_("Rule: a score under 5 opens a case within one working hour."), "#"),
        ],
        "steps": [_("Who"), _("What to ask"), _("Look"), _("Publish")],
        "tabs": [(_("Open"), "#", True, 12), (_("Waiting"), "#", False, 4), (_("Closed"), "#", False, 308)],
        "facts": [
            (_("Customer since"), "2019"),
            (_("Phone"), "0444 123 456"),
            (_("Language"), "Italiano"),
            (_("Notes"), ""),
        ],
        "chips": [
            ("high", _("high")),
            ("open", _("open")),
            ("waiting", _("waiting for the customer")),
            ("resolved", _("resolved")),
            ("kept", _("kept")),
            ("broken", _("broken")),
            ("uncertain", _("uncertain")),
            ("improved", _("improved")),
            ("worse", _("worse")),
            ("draft", _("draft")),
            ("active", _("active")),
            ("today", _("waits for you today")),
        ],
    }


def _sentence(request: HttpRequest) -> Sentence:
    return Sentence.from_query(
        _("%(state)s cases in %(place)s, %(order)s first"),
        request.GET,
        Choice("state", _("State"), [("open", _("Open")), ("closed", _("Closed"))]),
        Choice("place", _("Place"), [("", _("every place")), ("vicenza", "Vicenza"), ("padova", "Padova")]),
        Choice("order", _("Order"), [("urgent", _("the most urgent")), ("new", _("the newest"))]),
    )
