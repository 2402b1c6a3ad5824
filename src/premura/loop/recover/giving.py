"""Whose a new case is, and why this person: by place, shift, what they know, and how much they have."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from premura.core.company.company import company_language, company_timezone
from premura.core.company.models import Location
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import people_who_may
from premura.loop.recover import rules


@dataclass(frozen=True)
class Given:
    """The person, and the reason in the company's language: it is stored with the assignment."""

    person: Person
    why: str


def owner_for(severity: str, location: Location | None, touchpoint: Touchpoint | None, at: datetime) -> Given | None:
    """Whose a new case is, opened at ``at``. Five queries."""
    people = people_who_may(Ability.WORK_CASES, location)
    counted = Person.objects.filter(pk__in=[person.pk for person in people]).annotate(
        load=Count("cases", filter=Q(cases__is_open=True))
    )
    known = {person.pk: person for person in counted.prefetch_related("shifts", "touchpoints")}
    local = at.astimezone(company_timezone())
    candidates = []
    for person in people:
        shifts = list(known[person.pk].shifts.all())
        candidates.append(
            rules.Candidate(
                person_id=person.pk,
                load=known[person.pk].load,
                of_the_place=location is not None and location in person.locations.all(),
                leads=person.may(Ability.EDIT_RULES),
                owns=person.may(Ability.MANAGE_COMPANY),
                on_shift=not shifts or any(shift.holds(local) for shift in shifts),
                knows=touchpoint is not None and touchpoint in known[person.pk].touchpoints.all(),
            )
        )
    chosen = rules.choose_owner(candidates, severity)
    if chosen is None:
        return None
    with company_language():
        why = reason_of(chosen, location, touchpoint)
    return Given(next(person for person in people if person.pk == chosen.person_id), why)


def reason_of(chosen: rules.Chosen, location: Location | None, touchpoint: Touchpoint | None) -> str:
    """Why this person, as a sentence."""
    words = {
        "leads": _("leads, and the case is serious"),
        "place": _("works in %(place)s") % {"place": location},
        "everywhere": _("sees every place"),
        "last": _("nobody else works on cases there"),
        "shift": _("is on duty"),
        "nobody_on_shift": _("nobody is on duty now"),
        "knows": _("knows “%(point)s” well") % {"point": touchpoint},
        "load": _("has no more open cases than the others"),
    }
    told = ", ".join(words[code] for code in chosen.why)
    return f"{told[:1].upper()}{told[1:]}."[:200]
