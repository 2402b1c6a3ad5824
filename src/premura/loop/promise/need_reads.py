"""What the pages show of needs: those of one customer, and those that are not met, across customers."""

from typing import Any

from django.db.models import Prefetch, Q

from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.promise.models import Need, NeedOutcome, NeedState, Proposal


def need_for(person: Person, pk: int) -> Need:
    """The need, or :class:`NotFound`. One query, plus one for the person's places."""
    return seen_by(person, Need.objects.select_related("customer", "location"), pk=pk)


def needs_of(person: Person, customer: Any) -> list[Need]:
    """The customer's needs with what was proposed and how it ended, those with something to do first. Three queries."""
    rows: Any = Need.objects.visible_to(person).filter(customer=customer)
    proposals = Prefetch("proposals", Proposal.objects.select_related("proposed_by"))
    outcomes = Prefetch("outcomes", NeedOutcome.objects.select_related("settled_by"))
    found = rows.select_related("noted_by").prefetch_related(proposals, outcomes)
    return sorted(found, key=lambda need: need.state == NeedState.MET)


def needs(person: Person, *, state: str = "", location: int | None = None, search: str = "") -> Any:
    """Needs that ``person`` may see, those that wait longest first; ``state`` empty: all that are not met."""
    rows: Any = Need.objects.visible_to(person)
    rows = rows.filter(state=state) if state else rows.unmet()
    if location:
        rows = rows.filter(location_id=location)
    if search:
        rows = rows.filter(Q(what__icontains=search) | Q(proposals__what__icontains=search)).distinct()
    return rows.select_related("customer", "location", "noted_by").prefetch_related("proposals").order_by("state_since")
