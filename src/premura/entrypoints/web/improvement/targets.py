"""Targets: what should a figure be, is it, and what comes next?"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.improvement.forms import TargetForm
from premura.entrypoints.web.wording import number
from premura.loop.improve.models import Target
from premura.loop.improve.targets import Standing, in_force, set_target, standing_of, target_for, targets
from premura.loop.understand.metrics import METRICS, Figure, Metric
from premura.loop.understand.reads import minimum_n

#: code of a refusal → the field of the form beside which it stands
FIELDS = {"value-outside": "value", "days-reversed": "valid_to", "text-needed": "why", "metric-unknown": "metric"}


@dataclass(frozen=True)
class Line:
    """One target as the page says it."""

    standing: Standing
    figure: Figure
    value: str
    verdict: str
    badge: str
    name: str


def in_words(value: float, metric: Metric) -> str:
    """The value of a target as people say it."""
    return number(value, metric.unit)


def _line(standing: Standing, least: int) -> Line:
    target, metric = standing.target, standing.metric
    parts = [str(metric.name), *(str(place) for place in (target.touchpoint, target.location) if place)]
    words = {
        "reached": (_("reached, and it is not chance"), "improved"),
        "missed": (_("not reached") if standing.has_ended else _("below, and it is not chance"), "worse"),
        "open": (_("cannot be told from chance yet"), "no change shown"),
        "few": (_("too few answers to say"), "waiting"),
    }
    verdict, kind = words[standing.attainment]
    if not standing.has_begun:
        verdict, kind = _("not begun yet"), "waiting"
    rows, making = (_address(page, target) for page in ("insights-rows", "insights-making"))
    figure = Figure(metric, standing.estimate, least, href=rows, making_href=making, scale=None)
    return Line(standing, figure, in_words(target.value, metric), verdict, kind, ", ".join(parts))


def _address(page: str, target: Target) -> str:
    """The answers behind the figure, or how it was made."""
    asked = {
        "metric": target.metric,
        "from": target.valid_from,
        "to": target.valid_to,
        "touchpoint": target.touchpoint_id,
        "location": target.location_id,
    }
    return f"{reverse(page)}?{urlencode({name: value for name, value in asked.items() if value})}"


@signed_in(Ability.SEE_INSIGHTS)
def targets_page(request: StaffRequest) -> HttpResponse:
    today, least = local_date(timezone.now()), minimum_n()
    rows = targets(request.user)
    now = in_force(rows, today)
    others = [row for row in rows if row not in now]
    context = {
        "lines": [_line(standing_of(row, today, minimum_n=least), least) for row in now],
        "others": [(row, METRICS[row.metric].name, in_words(row.value, METRICS[row.metric])) for row in others],
    }
    return render(request, "improvement/targets.html", context)


@signed_in(Ability.SEE_INSIGHTS)
def target(request: StaffRequest, pk: int) -> HttpResponse:
    row, today, least = target_for(request.user, pk), local_date(timezone.now()), minimum_n()
    standing = standing_of(row, today, minimum_n=least)
    line = _line(standing, least)
    same = [other for other in targets(request.user) if _same(other, row) and other.pk != row.pk]
    context = {
        "line": line,
        "target": row,
        "is_raised": standing.proposed != row.value,
        "proposed": in_words(standing.proposed, standing.metric),
        "next_url": _next_url(standing, today),
        "same": [(other, in_words(other.value, standing.metric)) for other in same],
    }
    return render(request, "improvement/target.html", context)


def _same(first: Target, second: Target) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in ("metric", "touchpoint_id", "location_id"))


def _next_url(standing: Standing, today: date) -> str:
    """The form for the next target, filled in with what is proposed: as long as this one, from the day after it."""
    row = standing.target
    begins = max(row.valid_to + timedelta(days=1), today)
    asked = {
        "metric": row.metric,
        "value": f"{round(standing.proposed * standing.metric.factor, 2):g}",
        "touchpoint": row.touchpoint_id,
        "location": row.location_id,
        "valid_from": begins,
        "valid_to": begins + (row.valid_to - row.valid_from),
    }
    return f"{reverse('target-new')}?{urlencode({name: value for name, value in asked.items() if value is not None})}"


@signed_in(Ability.IMPROVE)
def target_new(request: StaffRequest) -> HttpResponse:
    today = local_date(timezone.now())
    initial: dict[str, Any] = {"valid_from": today, "valid_to": today + timedelta(days=90), **request.GET.dict()}
    with suppress(InvalidOperation):  # as a number it is written in the way of the reader
        proposed = Decimal(str(initial.get("value", "")))
        initial["value"] = proposed if proposed.is_finite() else None
    form = TargetForm(request.POST or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        metric = METRICS[given.pop("metric")]
        value = float(given.pop("value")) / metric.factor
        try:
            made = set_target(metric.code, value, by=request.user, **given)
        except PremuraError as error:
            form.add_error(FIELDS.get(error.code), str(error))
        else:
            messages.success(request, _("The target is set. When it has run out, you will find it on Today."))
            return redirect("target", pk=made.pk)
    return render(request, "improvement/target_form.html", {"form": form}, status=422 if form.errors else 200)
