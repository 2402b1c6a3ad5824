"""Cases that are about one thing: dealt with in one (merged, and taken apart again), or linked and each on its own."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.recover.cases import deadline_hours, end_pause, rebuild_state
from premura.loop.recover.models import Case, CaseLink, Merge


def _record(name: str, case: Case, by: Person, at: datetime, data: dict[str, object]) -> None:
    record(name, by=by, about=case, customer=case.customer, location=case.location, at=at, data=data)


def merge_case(case: Case, into: Case, *, by: Person, at: datetime | None = None) -> Merge:
    """From now on ``case`` is dealt with in ``into``: one owner, one clock, one thread. Nothing is moved or lost.

    Refused for cases of two customers: one would be told what the other wrote.
    """
    at = at or timezone.now()
    if case.pk == into.pk:
        raise PremuraError("same-case", _("A case cannot be merged into itself."))
    if case.customer_id and case.customer_id != into.customer_id:
        raise PremuraError("two-customers", _("These are cases of two customers: link them, and answer each of them."))
    with transaction.atomic():
        # Both rows in one order, so that two people who merge them crosswise wait for each other
        rows = {
            row.pk: row for row in Case.objects.select_for_update().filter(pk__in=(case.pk, into.pk)).order_by("pk")
        }
        if not (rows[case.pk].is_open and rows[into.pk].is_open):
            raise Conflict("not-open", _("Only open cases are merged. Nothing was changed."))
        end_pause(case, by=by, at=at)
        # What was merged into this one before goes along
        Case.objects.filter(merged_into=case).update(merged_into=into)
        Merge.objects.filter(into=case, undone_at=None).update(into=into)
        merge = Merge.objects.create(case=case, into=into, merged_at=at, merged_by=by)
        waited = min((row.waiting_since for row in rows.values() if row.waiting_since), default=None)
        Case.objects.filter(pk=case.pk).update(is_open=False, merged_into=into, waiting_since=None)
        Case.objects.filter(pk=into.pk).update(waiting_since=waited)
        case.is_open, case.merged_into, case.waiting_since = False, into, None
        into.waiting_since = waited
        _record("case.merged", case, by, at, {"into": into.pk})
    return merge


def split_case(case: Case, *, by: Person, at: datetime | None = None) -> Case:
    """It was about something else after all: ``case`` is on its own again, with its clocks where they were."""
    at = at or timezone.now()
    with transaction.atomic():
        merge = case.merges.filter(undone_at=None).first()
        if merge is None or not case.merges.filter(pk=merge.pk, undone_at=None).update(undone_at=at, undone_by=by):
            raise Conflict("not-merged", _("This case is on its own already. Nothing was changed."))
        rebuild_state(case)
        data = {"from": merge.into_id, "severity": case.severity, **deadline_hours(case.severity)}
        _record("case.split", case, by, at, data)
    return case


def link_cases(case: Case, other: Case, *, by: Person, at: datetime | None = None) -> CaseLink:
    """They belong together, each with its own owner and clock. Linked already, the link there is."""
    at = at or timezone.now()
    if case.pk == other.pk:
        raise PremuraError("same-case", _("A case cannot be linked to itself."))
    with transaction.atomic():
        known = CaseLink.objects.filter(case__in=(case, other), other__in=(case, other)).first()
        if known is not None:
            return known
        link = CaseLink.objects.create(case=case, other=other, linked_at=at, linked_by=by)
        _record("case.linked", case, by, at, {"other": other.pk})
    return link
