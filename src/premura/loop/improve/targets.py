"""Targets: what a metric should be between two days, whether it is, and what comes next (row S61).

«The bar is raised again and again»: when a target runs out somebody owes a look at it, and the next one is proposed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.company.models import Location
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.improve.models import Target
from premura.loop.improve.rules import Attainment, attainment, next_target
from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.models import CommitmentKind
from premura.loop.understand.metrics import METRICS, Metric, ends_of
from premura.loop.understand.reads import counts_between
from premura.stats.estimate import Estimate, nothing

#: Days after its last one in which somebody looks at a target
REVIEW_WITHIN = timedelta(days=7)


def limits_of(metric: Metric) -> tuple[float, float]:
    """Between which values a target of ``metric`` may lie, in the unit of its estimate."""
    if metric.unit == "mean":
        return ends_of(metric.scale)
    return (-100, 100) if metric.unit == "points" else (0, 1)


def set_target(
    metric: str,
    value: float,
    *,
    by: Person,
    why: str,
    valid_from: date,
    valid_to: date,
    touchpoint: Touchpoint | None = None,
    location: Location | None = None,
    at: datetime | None = None,
) -> Target:
    """Set what ``metric`` should be; the review of the one before it is done by that.

    Errors: ``metric-unknown``, ``value-outside``, ``days-reversed``, ``text-needed``.
    """
    at = at or timezone.now()
    _check(metric, value, why, valid_from, valid_to)
    with transaction.atomic():
        target = Target.objects.create(
            metric=metric,
            value=value,
            why=" ".join(why.split())[:300],
            valid_from=valid_from,
            valid_to=valid_to,
            touchpoint=touchpoint,
            location=location,
            set_at=at,
            set_by=by,
        )
        target.commitment = make_commitment(
            _("Look at the target: %(metric)s") % {"metric": METRICS[metric].name},
            owner=by,
            due=max(valid_to, local_date(at)) + REVIEW_WITHIN,
            by=by,
            kind=CommitmentKind.TASK,
            location=location,
            about=f"target:{target.pk}",
            at=at,
        )
        target.save(update_fields=["commitment"])
        _end_reviews_before(target, by=by, at=at)
        data = {"metric": metric, "value": value, "valid_from": str(valid_from), "valid_to": str(valid_to)}
        record("target.set", by=by, about=target, location=location, at=at, data=data)
    return target


def _check(metric: str, value: float, why: str, valid_from: date, valid_to: date) -> None:
    if metric not in METRICS:
        raise PremuraError("metric-unknown", _("Choose the figure that the target is for."))
    low, high = limits_of(METRICS[metric])
    if not low <= value <= high:
        raise PremuraError("value-outside", _("This figure never reaches that value: look at its scale."))
    if valid_to <= valid_from:
        raise PremuraError("days-reversed", _("The target ends before it begins. Swap the two days."))
    if not why.strip():
        raise PremuraError("text-needed", _("Say why this value: whoever reviews it will ask."))


def _end_reviews_before(target: Target, *, by: Person, at: datetime) -> None:
    """Whoever sets the next target has looked at those that ran out."""
    same = {name: getattr(target, name) for name in ("metric", "touchpoint", "location")}
    earlier = Target.objects.filter(**same, commitment__ended_at__isnull=True, valid_to__lt=target.valid_to)
    for row in earlier.exclude(pk=target.pk).select_related("commitment__customer", "commitment__location"):
        if row.commitment is not None:
            keep_commitment(row.commitment, by=by, at=at)


@dataclass(frozen=True)
class Standing:
    """A target with what was measured in its days until today, and the one proposed after it."""

    target: Target
    metric: Metric
    estimate: Estimate
    attainment: Attainment
    proposed: float
    has_begun: bool
    has_ended: bool


def standing_of(target: Target, today: date, *, minimum_n: int) -> Standing:
    """How ``target`` stands. One query, none before its first day."""
    metric = METRICS[target.metric]
    last = min(target.valid_to, today)
    estimate = nothing("wilson")
    if last >= target.valid_from:
        counts = counts_between(
            metric.code, target.valid_from, last, touchpoint=target.touchpoint, location=target.location
        )
        estimate = metric.estimate(counts)
    known = {"direction": metric.direction, "minimum_n": minimum_n}
    return Standing(
        target,
        metric,
        estimate,
        attainment(estimate, target.value, **known),
        next_target(estimate, target.value, unit=metric.unit, limits=limits_of(metric), **known),
        target.valid_from <= today,
        target.valid_to < today,
    )


def targets(person: Person) -> list[Target]:
    """The targets that ``person`` may see, those that end last before the others. One query."""
    rows: Any = Target.objects.visible_to(person)
    return list(rows.select_related("touchpoint", "location", "set_by", "commitment"))


def in_force(rows: list[Target], today: date) -> list[Target]:
    """One of several for the same thing: set last of those whose days hold ``today``, else of those that ran out."""
    latest: dict[tuple[str, int | None, int | None], Target] = {}
    for row in sorted(rows, key=lambda row: (row.valid_to >= today, row.set_at, row.pk)):
        if row.valid_from <= today:
            latest[row.metric, row.touchpoint_id, row.location_id] = row
    return sorted(latest.values(), key=lambda row: (row.valid_to, row.pk))


def target_for(person: Person, pk: int) -> Target:
    """The target, or :class:`NotFound`. One query, plus one for the person's places."""
    rows = Target.objects.select_related("touchpoint", "location", "set_by", "commitment")
    return seen_by(person, rows, pk=pk)
