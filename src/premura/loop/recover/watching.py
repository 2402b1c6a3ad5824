"""Cases that no answer opens: a contact too many about one problem, and silence after a failure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import company_language
from premura.core.customers.models import Interaction
from premura.core.history.models import Event
from premura.loop.recover.case_rules import active_rules, hold_if_too_much
from premura.loop.recover.cases import open_case
from premura.loop.recover.effort import SAME_PROBLEM
from premura.loop.recover.models import Case, CaseLink, CaseRule
from premura.loop.recover.rules import Reason, Rule
from premura.loop.recover.silence import Silent, silent_after

WATCH_SILENCE = "recover.silence"
#: A rule looks back this far: what fell silent before it was written is not dug up
_BACK = timedelta(days=7)


def handle_interaction(event: Event) -> None:
    """The customer met us once too often at one touchpoint; one case a problem, however often they come back."""
    rows = Interaction.objects.select_related("customer", "touchpoint", "location")
    met = rows.filter(pk=int(event.subject_id), customer__forgotten_at__isnull=True).first()
    rules = active_rules("contacts") if met else []
    rule = next((rule for rule in rules if met and rule.touchpoint == met.touchpoint.code), None)
    if met is None or rule is None:
        return
    since = met.happened_at - SAME_PROBLEM
    near = {"customer": met.customer_id, "touchpoint": met.touchpoint_id}
    contacts = Interaction.objects.filter(**near, happened_at__gt=since, happened_at__lte=met.happened_at).count()
    if contacts < rule.at_least or Case.objects.filter(**near, opened_at__gt=since).exists():
        return
    with company_language():
        title = _("%(n)s contacts about one problem: %(touchpoint)s") % {"n": contacts, "touchpoint": met.touchpoint}
    reason = Reason(code=rule.code, kind="contacts", touchpoint=rule.touchpoint, severity=rule.severity, count=contacts)
    open_case(
        title,
        by=None,
        why=[asdict(reason)],
        channel=met.channel,
        customer=met.customer,
        location=met.location,
        touchpoint=met.touchpoint,
        severity=rule.severity,
        at=event.happened_at,
    )


def do_silence(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`open_silent`."""
    open_silent(at=timezone.now())


def open_silent(*, at: datetime) -> int:
    """Open a case for each customer who has been silent long enough after a failure. Returns how many.

    A rule under which too many fell silent at once opens none: it is held back and asks.
    """
    opened = 0
    for rule in active_rules("silence"):
        found = silent_after(rule, at - _BACK, at)
        if not is_held(rule, len(found), at):
            opened += sum(_open_silent(rule, silent, at) for silent in found)
    return opened


def is_held(rule: Rule, count: int, at: datetime) -> bool:
    """Whether the rule finds so much that it is switched off, and asks."""
    row = CaseRule.objects.get(code=rule.code)
    # Somebody has looked at such a number and wants the cases
    if row.holds.filter(is_released=True, would_open__gte=count).exists():
        return False
    return hold_if_too_much(row, count, at) is not None


def _open_silent(rule: Rule, silent: Silent, at: datetime) -> int:
    before = Case.objects.select_related("customer", "location", "touchpoint").get(pk=silent.case_id)
    reason = Reason(
        code=rule.code, kind="silence", touchpoint=rule.touchpoint, severity=rule.severity, count=rule.at_least
    )
    with company_language():
        title = _("Nothing heard for %(days)s days since: %(case)s") % {"days": rule.at_least, "case": before}
    with transaction.atomic():
        case = open_case(
            title,
            by=None,
            why=[asdict(reason) | {"case": before.pk}],
            channel=Channel.PHONE,
            customer=before.customer,
            location=before.location,
            touchpoint=before.touchpoint,
            severity=rule.severity,
            at=at,
        )
        CaseLink.objects.create(case=case, other=before, kind=CaseLink.Kind.FOLLOWS, linked_at=at)
    return 1
