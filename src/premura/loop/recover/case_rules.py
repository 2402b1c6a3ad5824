"""When an answer opens a case, and by when a case must be answered and put right: set by people or the sector pack."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from premura.core.company.company import unused_code
from premura.core.company.pack import Pack
from premura.core.history.history import record
from premura.core.journeys.journeys import touchpoint_by_code
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.recover.models import CaseRule, Deadline, Remedy
from premura.loop.recover.rules import Rule


def active_rules() -> list[Rule]:
    """The rules that hold now, as plain values. One query."""
    return [
        Rule(
            code=row.code,
            kind=row.kind,
            at_most=row.at_most,
            touchpoint=row.touchpoint.code if row.touchpoint else "",
            severity=row.severity,
        )
        for row in CaseRule.objects.filter(is_active=True).select_related("touchpoint")
    ]


def add_rule(
    *, by: Person | None, kind: str, at_most: int, touchpoint: Touchpoint | None = None, severity: str = "normal"
) -> CaseRule:
    """A new rule; holds for answers that come in from now on."""
    taken = set(CaseRule.objects.values_list("code", flat=True))
    stem = f"{kind} {at_most} {touchpoint.code if touchpoint else ''}"
    with transaction.atomic():
        rule = CaseRule.objects.create(
            code=unused_code(stem, taken), kind=kind, at_most=at_most, touchpoint=touchpoint, severity=severity
        )
        record("case_rule.added", by=by, about=rule, data={"kind": kind, "at_most": at_most, "severity": severity})
    return rule


def change_rule(rule: CaseRule, *, by: Person | None, **fields: Any) -> CaseRule:
    """Change a rule from now on; cases keep the reason for which they were opened."""
    changed = [name for name, value in fields.items() if getattr(rule, name) != value]
    if not changed:
        return rule
    with transaction.atomic():
        for name in changed:
            setattr(rule, name, fields[name])
        rule.save(update_fields=changed)
        record("case_rule.changed", by=by, about=rule, data={"fields": changed})
    return rule


def set_deadline(severity: str, *, first_answer_hours: Decimal, solution_hours: Decimal, by: Person | None) -> Deadline:
    """How many working hours cases of ``severity`` that are opened from now on may wait."""
    hours = {"first_answer_hours": first_answer_hours, "solution_hours": solution_hours}
    with transaction.atomic():
        deadline, _ = Deadline.objects.update_or_create(severity=severity, defaults=hours)
        data = {"severity": severity, **{name: str(value) for name, value in hours.items()}}
        record("deadline.set", by=by, about=deadline, data=data)
    return deadline


def install_pack(pack: Pack, *, by: Person) -> None:
    """The pack's rules, deadlines and remedies; what exists already stays as it is."""
    for rule in pack.case_rules:
        CaseRule.objects.get_or_create(
            code=rule.code,
            defaults={
                "kind": rule.kind,
                "at_most": rule.at_most,
                "touchpoint": touchpoint_by_code(rule.touchpoint),
                "severity": rule.severity,
            },
        )
    for deadline in pack.deadlines:
        Deadline.objects.get_or_create(
            severity=deadline.severity,
            defaults={"first_answer_hours": deadline.first_answer_hours, "solution_hours": deadline.solution_hours},
        )
    for position, remedy in enumerate(pack.remedies):
        Remedy.objects.get_or_create(
            code=remedy.code,
            defaults={
                "kind": remedy.kind,
                "name": remedy.name,
                "cost_rule": remedy.cost_rule,
                "cost": remedy.cost,
                "position": position,
            },
        )
