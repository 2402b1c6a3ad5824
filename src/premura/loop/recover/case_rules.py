"""When an answer opens a case, and by when a case must be answered and put right: set by people or the sector pack."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import unused_code
from premura.core.company.pack import Pack
from premura.core.errors import Conflict
from premura.core.history.history import record
from premura.core.journeys.journeys import touchpoint_by_code
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.recover.models import CaseRule, Deadline, Remedy, RuleHold
from premura.loop.recover.previews import Preview, would_open
from premura.loop.recover.rules import Rule, words_of

#: What a manager can look through in a month besides the rest; a rule that would open more is held back and asks
HOLD_ABOVE = 300
#: Tries a rule out: how many cases it would have opened until an instant
Counter = Callable[[Rule, datetime], Preview]


def plain_rule(row: CaseRule) -> Rule:
    """The rule as plain values."""
    return Rule(
        code=row.code,
        kind=row.kind,
        at_most=row.at_most,
        at_least=row.at_least or 0,
        words=words_of(row.words),
        touchpoint=row.touchpoint.code if row.touchpoint else "",
        severity=row.severity,
    )


def active_rules(*kinds: str) -> list[Rule]:
    """The rules that hold now, all or of these kinds, as plain values. One query."""
    rows = CaseRule.objects.filter(is_active=True).select_related("touchpoint")
    return [plain_rule(row) for row in (rows.filter(kind__in=kinds) if kinds else rows)]


def add_rule(
    *,
    by: Person | None,
    kind: str,
    at_most: int = 0,
    at_least: int | None = None,
    words: str = "",
    touchpoint: Touchpoint | None = None,
    severity: str = "normal",
    at: datetime | None = None,
    count: Counter = would_open,
) -> CaseRule:
    """A new rule; holds from now on, or is held back when it would have opened too many cases (see ``HOLD_ABOVE``).

    ``count`` tries it out: a later stage tries out the kinds of rules that it knows.
    """
    at = at or timezone.now()
    taken = set(CaseRule.objects.values_list("code", flat=True))
    stem = f"{kind} {words or at_least or at_most} {touchpoint.code if touchpoint else ''}"
    rule = CaseRule(
        code=unused_code(stem[:50], taken),
        kind=kind,
        at_most=at_most,
        at_least=at_least,
        words=words,
        touchpoint=touchpoint,
        severity=severity,
    )
    with transaction.atomic():
        rule.save()
        data = {"kind": kind, "at_most": at_most, "at_least": at_least, "words": words, "severity": severity}
        record("case_rule.added", by=by, about=rule, at=at, data=data)
        hold_if_too_much(rule, count(plain_rule(rule), at).count, at)
    return rule


def change_rule(
    rule: CaseRule, *, by: Person | None, at: datetime | None = None, count: Counter = would_open, **fields: Any
) -> CaseRule:
    """Change a rule from now on; cases keep the reason for which they were opened. One that opens more is looked at;
    one that was held back and opens less now holds.
    """
    at = at or timezone.now()
    changed = [name for name, value in fields.items() if getattr(rule, name) != value]
    if not changed:
        return rule
    with transaction.atomic():
        for name in changed:
            setattr(rule, name, fields[name])
        rule.save(update_fields=changed)
        record("case_rule.changed", by=by, about=rule, at=at, data={"fields": changed})
        waiting = rule.holds.filter(decided_at=None).first()
        if rule.is_active or waiting is not None:
            is_held = hold_if_too_much(rule, count(plain_rule(rule), at).count, at) is not None
            if waiting is not None and by is not None and not is_held:
                # Who was asked has made it narrower: that is the answer
                decide_hold(waiting, by=by, release=True, at=at)
                rule.is_active = True
    return rule


def hold_if_too_much(rule: CaseRule, would_open: int, at: datetime) -> RuleHold | None:
    """Switch ``rule`` off and ask, when it would open more cases than people can look at."""
    if would_open <= HOLD_ABOVE:
        return None
    with transaction.atomic():
        CaseRule.objects.filter(pk=rule.pk).update(is_active=False)
        rule.is_active = False
        hold, is_new = RuleHold.objects.update_or_create(
            rule=rule, decided_at=None, defaults={"would_open": would_open, "held_at": at}
        )
        if is_new:
            record("case_rule.held", by=None, about=rule, at=at, data={"would_open": would_open})
    return hold


def decide_hold(hold: RuleHold, *, by: Person, release: bool, at: datetime | None = None) -> RuleHold:
    """Yes, these cases are wanted: the rule is switched on; or no, it stays off."""
    at = at or timezone.now()
    with transaction.atomic():
        waiting = RuleHold.objects.filter(pk=hold.pk, decided_at__isnull=True)
        if not waiting.update(decided_at=at, decided_by=by, is_released=release):
            raise Conflict("already-decided", _("This has been decided already. Nothing was changed."))
        CaseRule.objects.filter(pk=hold.rule_id).update(is_active=release)
        data = {"would_open": hold.would_open, "released": release}
        record("case_rule.hold_decided", by=by, about=hold.rule, at=at, data=data)
    return hold


def set_deadline(severity: str, *, first_answer_hours: Decimal, solution_hours: Decimal, by: Person | None) -> Deadline:
    """How many working hours cases of ``severity`` that are opened from now on may wait."""
    hours = {"first_answer_hours": first_answer_hours, "solution_hours": solution_hours}
    with transaction.atomic():
        deadline, _created = Deadline.objects.update_or_create(severity=severity, defaults=hours)
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
