"""Of the cases put right: whose customer was asked how it went, who answered, who was skipped and why, whom nobody
asked (rows S1, S2).
"""

from collections import Counter
from typing import Any

from django.db.models import Q

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.loop.listen.models import Invitation, NotAsked, Trigger
from premura.loop.recover.fairness import case_of
from premura.loop.recover.models import Case, CaseSurvey
from premura.loop.understand.occasions_covered import Covered
from premura.loop.understand.windows import Window


def cases_covered(person: Person, window: Window, *, location: int | None = None) -> Covered:
    """Cases resolved in ``window`` whose customer is known; one is asked by the survey after cases or by a programme.

    Four queries.
    """
    start, end = window.instants(company_timezone())
    cases: Any = Case.objects.visible_to(person).filter(resolved_at__gte=start, resolved_at__lt=end)
    cases = cases.filter(customer__isnull=False, customer__forgotten_at__isnull=True).order_by()
    if location is not None:
        cases = cases.filter(location=location or None)
    columns = ("pk", "customer__opted_out_at", "customer__email", "customer__phone")
    found = {pk: (out is not None, not (email or phone)) for pk, out, email, phone in cases.values_list(*columns)}
    asked = _asked(cases, start)
    skipped = {case: reason for case, reason in _skipped(start) if case in found and case not in asked}
    left = [found[case] for case in found.keys() - asked.keys() - skipped.keys()]
    opted_out = sum(out for out, _nowhere in left)
    no_address = sum(nowhere and not out for out, nowhere in left)
    own = {case: is_answered for case, is_answered in asked.items() if case in found}
    reasons = Counter(skipped.values())
    return Covered(
        Trigger.Kind.CASE,
        len(own),
        sum(own.values()),
        reasons,
        opted_out,
        no_address,
        len(left) - opted_out - no_address,
    )


def _asked(cases: Any, since: Any) -> dict[int, bool]:
    """Case → whether its customer answered."""
    surveys = CaseSurvey.objects.filter(case__in=cases.values("pk")).order_by()
    found: dict[int, bool] = {}
    for case, response in surveys.values_list("case_id", "invitation__response"):
        found[case] = found.get(case, False) or response is not None
    rows = Invitation.objects.filter(trigger__kind=Trigger.Kind.CASE, asked_at__gte=since).order_by()
    for occasion, response in rows.values_list("occasion", "response"):
        if (number := case_of(occasion)) is not None:
            found[number] = found.get(number, False) or response is not None
    return found


def _skipped(since: Any) -> list[tuple[int, str]]:
    by_case = Q(trigger__kind=Trigger.Kind.CASE) | Q(trigger=None)
    rows = NotAsked.objects.filter(by_case, decided_at__gte=since).order_by("decided_at")
    named = ((case_of(occasion), reason) for occasion, reason in rows.values_list("occasion", "reason"))
    return [(case, reason) for case, reason in named if case is not None]
