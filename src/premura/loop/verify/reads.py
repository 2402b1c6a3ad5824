"""Checks and what they found, beside the figures they compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from premura.core.errors import NotFound
from premura.core.staff.models import Person
from premura.loop.improve.models import CorrectiveAction
from premura.loop.understand.metrics import METRICS, Counts, Figure, Metric
from premura.loop.understand.reads import figure_of
from premura.loop.verify.models import CheckResult, EffectivenessCheck
from premura.loop.verify.rules import Reached, expected_reached


@dataclass(frozen=True)
class Finding:
    """A result with its two figures."""

    check: EffectivenessCheck
    result: CheckResult
    metric: Metric
    before: Figure
    after: Figure
    reached: Reached


def check_for(person: Person, pk: int) -> EffectivenessCheck:
    """The check of an action that ``person`` may see, or :class:`NotFound`."""
    seen: Any = CorrectiveAction.objects.visible_to(person)
    rows = EffectivenessCheck.objects.filter(action__in=seen, pk=pk)
    check = rows.select_related("action__touchpoint", "action__location", "action__owner", "commitment").first()
    if check is None:
        raise NotFound
    return check


def check_of(action: CorrectiveAction) -> EffectivenessCheck | None:
    """The check of ``action``, once it is completed. One query."""
    return EffectivenessCheck.objects.select_related("commitment").filter(action=action).first()


def findings(check: EffectivenessCheck, least: int) -> list[Finding]:
    """Everything the check has found, the latest first. One query."""
    results = check.results.select_related("checked_by").order_by("-checked_at", "-pk")
    return [finding_of(check, result, least) for result in results]


def finding_of(check: EffectivenessCheck, result: CheckResult, least: int) -> Finding:
    """The figures are made again from the counts that were kept: the same counts give the same figure."""
    action = check.action
    metric = METRICS[action.metric]
    before, after = (
        figure_of(metric, Counts.read(data), least) for data in (result.before_counts, result.after_counts)
    )
    reached = expected_reached(action.expected_change, result.effect, result.low, result.high)
    return Finding(check, result, metric, before, after, reached)


def latest_results(actions: Iterable[CorrectiveAction]) -> dict[int, CheckResult]:
    """The result that holds now for each action: the latest final one, else the latest. One query."""
    rows = CheckResult.objects.filter(check_of_effect__action__in=[action.pk for action in actions])
    rows = rows.select_related("check_of_effect").order_by("is_final", "checked_at", "pk")
    return {row.check_of_effect.action_id: row for row in rows}


def days_left(check: EffectivenessCheck, today: date) -> int:
    """Days until the after-window is over; 0 when it is."""
    return max(0, (check.after_to - today).days + 1)
