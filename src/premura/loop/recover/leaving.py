"""Who leaves, or whose limit changes, leaves nothing lying: requests go to the next who may decide, cases too.

Worked out by the worker from what the history says, whoever it was: a colleague who left, another role, another limit,
or a month in which the approver has spent what they had.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from premura.core.company.company import company_language
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.loop.recover.authority import people_to_ask
from premura.loop.recover.cases import assign_case
from premura.loop.recover.giving import owner_for
from premura.loop.recover.models import Case, GestureRequest
from premura.loop.recover.rules import first_covering


def handle_authority(event: Event) -> None:
    """Requests that the one who was asked can no longer decide go to who can."""
    for request in GestureRequest.objects.waiting().select_related("case__location", "case__customer", "routed_to"):
        route_on(request, at=event.happened_at)


def handle_person_left(event: Event) -> None:
    """Their open cases are given away too; nobody has to ask for them."""
    handle_authority(event)
    left = Person.objects.get(pk=int(event.subject_id))
    if left.may(Ability.WORK_CASES):  # came back in the meantime
        return
    for case in Case.objects.filter(owner=left, is_open=True).select_related("location", "customer", "touchpoint"):
        given = owner_for(case.severity, case.location, case.touchpoint, event.happened_at)
        if given is not None:
            with company_language():
                reason = _("%(name)s works here no more") % {"name": left.name}
            assign_case(case, given.person, by=None, reason=reason, at=event.happened_at)


def route_on(request: GestureRequest, *, at: datetime) -> Person | None:
    """Ask the first person whose limits cover the request now, when who was asked cannot decide it; ``None``: they can,
    or nobody could. Who may decide is not asked again.
    """
    with transaction.atomic():
        people, authorities = people_to_ask(request.case, at, besides=request.asked_by)
        known = {authority.person_id: authority for authority in authorities}
        asked = known.get(request.routed_to_id)
        if asked is not None and request.routed_to_id in people and asked.covers(request.amount):
            return None
        chosen = first_covering(request.amount, (a for a in authorities if a.person_id in people))
        if chosen is None:
            return None
        person = people[chosen.person_id]
        if not GestureRequest.objects.waiting().filter(pk=request.pk).update(routed_to=person):
            return None
        request.routed_to = person
        case = request.case
        data = {"case": case.pk, "routed_to": person.pk}
        record(
            "gesture.rerouted", by=None, about=request, customer=case.customer, location=case.location, at=at, data=data
        )
    return person
