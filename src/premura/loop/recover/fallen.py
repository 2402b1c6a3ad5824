"""A customer whose marks fall gets a case, where no rule about a single mark has opened one (row S49)."""

from dataclasses import asdict

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
