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
from django.utils.translation import get_language

from premura.entrypoints.web.charts import distribution_chart, interval_chart, trend_chart
from premura.entrypoints.web.patterns.words import words
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

    def __init__(self, typed: dict[str, Any], *, key: str, said: SimpleNamespace) -> None:
        super().__init__(typed, auto_id=f"id_{key}_%s")
        labels = [said.customer, said.email, said.where, said.what, said.reach, said.again]
        for field, label in zip(self.fields.values(), labels, strict=True):
            field.label = label
        self.fields["story"].help_text = said.what_help
        channels = zip(("phone", "mail", "visit"), said.channels.split("|"), strict=True)
        self.fields["channel"].choices = list(channels)  # type: ignore[attr-defined]


def examples(request: HttpRequest, now: datetime, key: str = "page") -> dict[str, Any]:
    """The context of ``patterns/components.html`` in the active language; ``key`` keeps the ids of boards apart."""
    said = words(get_language() or "it")
    typed = {"name": "Giulia Ferrari", "email": "giulia.ferrari@", "story": "", "place": "vicenza", "channel": "phone"}
    return {
        "key": key,
        "said": said,
        **_figures(said),
        **_charts(said),
        **_words(said, now),
        "form": ExampleForm(typed, key=key, said=said),
        "sentence": _sentence(request, said),
        "icon_names": icon_names(),
        "page": Paginator(range(412), 50).page(2),
    }


@cache
def icon_names() -> list[str]:
    """The drawings of the sprite."""
    sprite = Path(__file__).parents[1] / "static" / "vendor" / "icons" / "icons.svg"
    return re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8"))


def _figures(said: SimpleNamespace) -> dict[str, Any]:
    nps = ExampleMetric("NPS", "points", said.nps_definition)
    satisfied = ExampleMetric(said.satisfied, "percent", said.satisfied_definition)
    ease = ExampleMetric(said.ease, "mean", said.ease_definition)
    days = ExampleMetric(said.solution, "days", said.solution_definition, "cases")
    band = [{"value": value, "low": value - 9, "high": value + 9} for value in NPS_BY_MONTH]
    return {
        "nps": ExampleFigure(nps, Estimate(40.0, 24.6, 53.07, 100, "adjusted-wald")),
        "satisfied": ExampleFigure(satisfied, Estimate(0.82, 0.74, 0.88, 128, "wilson")),
        "ease": ExampleFigure(ease, Estimate(5.6, 5.3, 5.9, 88.4, "t-effective-n"), scale=7),
        "solution": ExampleFigure(days, Estimate(2.5, 1.8, 3.4, 42, "kaplan-meier")),
        "few": ExampleFigure(nps, Estimate(14.0, -39.0, 59.0, 7, "adjusted-wald")),
        "none": ExampleFigure(nps, nothing("adjusted-wald")),
        "chance": ExampleChange(Estimate(6.0, -4.0, 16.0, 220, "difference-wald"), 0.24, "points"),
        "better": ExampleChange(Estimate(9.0, 3.0, 15.0, 480, "difference-wald"), 0.003, "points"),
        "worse": ExampleChange(Estimate(-0.06, -0.1, -0.02, 510, "difference-newcombe"), 0.004, "percent"),
        "band": band,
    }


def _charts(said: SimpleNamespace) -> dict[str, Any]:
    points: list[dict[str, Any]] = [
        {"period": month, "value": value, "low": value - 11, "high": value + 10, "n": 78 + 3 * value % 19}
        for month, value in zip(said.months.split(), NPS_BY_MONTH, strict=True)
    ]
    points[8]["signal"] = said.below
    places = [
        ("Vicenza", 46, 31, 58, 88),
        ("Padova", 38, 22, 52, 74),
        ("Thiene", 12, -14, 35, 41),
        ("Schio", 57, 8, 90, 7),
    ]
    rows = [
        {"name": name, "value": value, "low": low, "high": high, "n": n, "few": n < 30}
        for name, value, low, high, n in places
    ]
    return {
        "trend_spec": trend_chart(
            points, unit="points", title="NPS", limits={"center": 32.0, "low": 14.0, "high": 50.0}
        ),
        "answers_spec": distribution_chart(dict(zip(said.answers.split("|"), (52, 31, 9, 5, 3), strict=True))),
        "places_spec": interval_chart(rows, title="NPS"),
    }


def _words(said: SimpleNamespace, now: datetime) -> dict[str, Any]:
    evening = now.replace(hour=23, minute=30, second=0, microsecond=0)
    tabs = said.tabs.split("|")
    return {
        "commitments": [
            SimpleNamespace(due_at=now - timedelta(hours=2, minutes=10), what=said.call),
            SimpleNamespace(due_at=evening, what=said.first_answer),
            SimpleNamespace(due_at=now + timedelta(days=3, hours=2), what=said.pump),
            SimpleNamespace(due_at=evening + timedelta(days=6), is_date_only=True, what=said.manual),
        ],
        "ago": now - timedelta(hours=2),
        "last_week": now - timedelta(days=8),
        "last_year": now - timedelta(days=400),
        "length": timedelta(hours=26),
        "reasons": [said.reason_score, (said.reason_rule, "#")],
        "steps": said.steps.split("|"),
        "tabs": [(tabs[0], "#", True, 12), (tabs[1], "#", False, 4), (tabs[2], "#", False, 308)],
        "facts": list(zip(said.facts.split("|"), ("2019", "0444 123 456", "Italiano"), strict=True)),
        "chips": [tuple(chip.split("=")) for chip in said.chips.split("|")],
    }


def _sentence(request: HttpRequest, said: SimpleNamespace) -> Sentence:
    states = list(zip(("open", "closed"), said.states.split("|"), strict=True))
    orders = list(zip(("urgent", "new"), said.orders.split("|"), strict=True))
    return Sentence.from_query(
        said.sentence,
        request.GET,
        Choice("state", said.state, states),
        Choice("place", said.place, [("", said.everywhere), ("vicenza", "Vicenza"), ("padova", "Padova")]),
        Choice("order", said.order, orders),
    )
