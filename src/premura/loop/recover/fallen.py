"""A customer whose marks fall gets a case, where no rule about a single mark has opened one (row S49)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.utils.translation import gettext as _

from premura.core.company.company import company_language
from premura.core.history.models import Event
from premura.loop.listen.models import Answer, Response
from premura.loop.recover import answers
from premura.loop.recover.case_rules import active_rules
from premura.loop.recover.cases import open_case
from premura.loop.recover.falling import falling_reasons
from premura.loop.recover.models import Case
from premura.loop.recover.rules import Reason


def handle_response(event: Event) -> None:
    """What the answer says by itself first, then what it says beside those before it; one case a response."""
    answers.handle_response(event)
    rules = active_rules("falling")
    rows = Response.objects.select_related("customer", "location", "survey__touchpoint")
    response = rows.filter(pk=event.subject_id).first() if rules else None
    if response is None or Case.objects.filter(response=response).exists():
        return
    for reason in falling_reasons(response, rules):
        _open(response, reason, event)


def unmoved(events: Sequence[Event]) -> set[int]:
    """The events about which :func:`handle_response` would do nothing: no mark and no word meets a rule, no rule
    watches who answered, and no colleague keyed in what somebody was asked. Three queries, however many there are.
    """
    rules, ids = active_rules(), [UUID(event.subject_id) for event in events]
    keyed_in = {event.subject_id for event in events if event.person_id}
    given: dict[object, list[Answer]] = defaultdict(list)
    columns = ("response_id", "question", "kind", "score", "text", "touchpoint__code")
    for answer in Answer.objects.filter(response__in=ids).select_related("touchpoint").only(*columns):
        given[answer.response_id].append(answer)
    are_watched = any(rule.kind == "falling" for rule in rules)
    moved = {
        str(pk)
        for pk, customer, invitation in Response.objects.filter(pk__in=ids).values_list(
            "pk", "customer_id", "invitation_id"
        )
        if (invitation and str(pk) in keyed_in) or (customer and are_watched) or answers.reasons_of(given[pk], rules)
    }
    return {event.pk for event in events if event.subject_id not in moved}


def _open(response: Response, reason: Reason, event: Event) -> None:
    with company_language():
        title = _("The marks fall: %(marks)s") % {"marks": reason.word}
    asked = Answer.objects.filter(response=response, question=reason.question, touchpoint__code=reason.touchpoint)
    answer = asked.select_related("touchpoint").first()
    open_case(
        title,
        by=None,
        why=[asdict(reason)],
        channel=response.channel,
        customer=response.customer,
        location=response.location,
        touchpoint=answer.touchpoint if answer else response.survey.touchpoint,
        severity=reason.severity,
        response=response,
        at=event.happened_at,
    )
