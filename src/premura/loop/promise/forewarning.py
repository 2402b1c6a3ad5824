"""Before they complain (row S49): a promise that is late, or nearly due and not kept, opens a case by rule.

The case is the contact with the customer: it has an owner, an hour, and says why. Once a promise and kind of rule; not
for a promise that was made in a case which is open, for there somebody speaks with the customer anyhow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import company_language
from premura.core.staff.models import Person
from premura.loop.promise.models import Commitment, CommitmentKind, Forewarning
from premura.loop.promise.rules import forewarned_at
from premura.loop.recover import previews
from premura.loop.recover.case_rules import active_rules
from premura.loop.recover.cases import open_case
from premura.loop.recover.previews import LOOKED_AT, SHOWN, Example, Preview
from premura.loop.recover.rules import Reason, Rule
from premura.loop.recover.watching import is_held

FOREWARN = "promise.forewarn"
KINDS = ("late", "near")
#: A rule looks back this far: what was late before it was written is not dug up
_BACK = timedelta(days=7)
#: What is promised to a customer, by a person or by a click
_TO_CUSTOMERS = Q(kind=CommitmentKind.PROMISE) | Q(kind=CommitmentKind.CALL, made_by__isnull=False)


def do_forewarnings(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`open_forewarned`."""
    open_forewarned(at=timezone.now())


def open_forewarned(*, at: datetime) -> int:
    """Open a case for each promise that a rule speaks of. Returns how many; a rule that finds too many asks first."""
    opened = 0
    for rule in active_rules(*KINDS):
        found = [promise for promise in forewarned(rule, at - _BACK, at) if promise.ended_at is None]
        known = set(_known(rule, found).values_list("commitment_id", flat=True))
        new = [promise for promise in found if promise.pk not in known]
        if not is_held(rule, len(new), at):
            opened += sum(_open(rule, promise, at) for promise in new)
    return opened


def _known(rule: Rule, found: list[Commitment]) -> Any:
    return Forewarning.objects.filter(kind=rule.kind, commitment__in=[one.pk for one in found])


def forewarned(rule: Rule, since: datetime, now: datetime) -> list[Commitment]:
    """Promises of which ``rule`` speaks between ``since`` and ``now``, the latest first. One query."""
    days = timedelta(days=rule.at_least)
    if rule.kind == "near":
        near = {"due_at__gt": since, "due_at__lte": now + days}
    else:
        near = {"due_at__gt": since - days, "due_at__lte": now - days}
    rows = Commitment.objects.filter(_TO_CUSTOMERS, customer__forgotten_at__isnull=True, customer__isnull=False, **near)
    rows = rows.exclude(case__is_open=True).filter(Q(ended_at=None) | Q(ended_at__gt=since))
    found = []
    for row in rows.select_related("customer", "location", "owner").order_by("-due_at", "-pk"):
        instant = forewarned_at(rule.kind, row.made_at, row.due_at, rule.at_least)
        if instant is not None and since < instant <= now and (row.ended_at is None or row.ended_at > instant):
            found.append(row)
    return found


def _open(rule: Rule, promise: Commitment, at: datetime) -> int:
    reason = Reason(
        code=rule.code, kind=rule.kind, touchpoint="", severity=rule.severity, word=promise.what, count=rule.at_least
    )
    with company_language():
        title = _("Promised and late: %(what)s") if rule.kind == "late" else _("Promised and nearly due: %(what)s")
    try:
        with transaction.atomic():
            case = open_case(
                title % {"what": promise.what},
                by=None,
                why=[asdict(reason) | {"due_at": promise.due_at.isoformat(), "promise": promise.pk}],
                channel=Channel.PHONE,
                customer=promise.customer,
                location=promise.location or (promise.customer.location if promise.customer else None),
                severity=rule.severity,
                at=at,
            )
            Forewarning.objects.create(commitment=promise, kind=rule.kind, case=case)
    except IntegrityError:  # another worker opened it a moment ago
        return 0
    return 1


def would_open(rule: Rule, now: datetime) -> Preview:
    """:func:`premura.loop.recover.previews.would_open`, for rules about promises too."""
    if rule.kind not in KINDS:
        return previews.would_open(rule, now)
    found = forewarned(rule, now - LOOKED_AT, now)
    return Preview(len(found), _known(rule, found).count(), found)


def examples(rule: Rule, found: Preview, person: Person) -> list[Example]:
    """:func:`premura.loop.recover.previews.examples`, for rules about promises too. Two queries."""
    if rule.kind not in KINDS:
        return previews.examples(rule, found, person)
    seen: Any = Commitment.objects.visible_to(person)
    keys: Iterable[int] = [one.pk for one in found.keys[: 10 * SHOWN]]
    rows = seen.filter(pk__in=keys).select_related("customer").order_by("-due_at")[:SHOWN]
    return [Example(row.due_at, row.customer, row.what) for row in rows]
