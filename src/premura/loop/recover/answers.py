"""What customers answer becomes a case when a rule says so."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from premura.core.company.company import the_company
from premura.core.history.models import Event
from premura.core.journeys.models import Touchpoint
from premura.loop.listen.models import Answer, Moment, Perspective, Response
from premura.loop.recover.asking import mark_own
from premura.loop.recover.case_rules import active_rules
from premura.loop.recover.cases import open_case, shortened, write_message
from premura.loop.recover.models import Case, Direction
from premura.loop.recover.rules import Mark, Reason, Rule, Said, reasons_in_words, reasons_to_open, worst


def handle_response(event: Event) -> None:
    """Open at most one case for a response in which a mark meets a rule; delivered twice it opens none the second time.

    Only what customers say about us after they met us: not what staff, observers or competitors' customers say.
    """
    response = (
        Response.objects.select_related("customer", "location", "subject", "survey__touchpoint")
        .filter(pk=event.subject_id, perspective=Perspective.CUSTOMER, moment=Moment.PERCEPTION, subject__is_us=True)
        .first()
    )
    if response is not None and response.invitation_id:
        mark_own(event, response)
    if response is None or Case.objects.filter(response=response).exists():
        return
    answers, reasons = answers_and_reasons(response)
    if reasons:
        open_for(response, answers, reasons, event.happened_at)


def answers_and_reasons(response: Response) -> tuple[list[Answer], list[Reason]]:
    """What was answered, and which rules it meets. Two queries."""
    answers = list(response.answers.select_related("touchpoint"))
    return answers, reasons_of(answers, active_rules())


def reasons_of(answers: list[Answer], rules: list[Rule]) -> list[Reason]:
    """Which of the rules these answers meet."""
    return [*reasons_to_open(_marks(answers), rules), *reasons_in_words(_said(answers), rules)]


def _marks(answers: list[Answer]) -> list[Mark]:
    return [
        Mark(
            question=answer.question,
            kind=answer.kind,
            score=answer.score,
            touchpoint=answer.touchpoint.code if answer.touchpoint else "",
        )
        for answer in answers
        if answer.score is not None
    ]


def _said(answers: list[Answer]) -> list[Said]:
    return [
        Said(question=answer.question, text=answer.text, touchpoint=answer.touchpoint.code if answer.touchpoint else "")
        for answer in answers
        if answer.text
    ]


def open_for(
    response: Response,
    answers: list[Answer],
    reasons: list[Reason],
    at: datetime,
    *,
    why: Sequence[dict[str, Any]] = (),
) -> Case:
    """The one case of a response; ``why`` are reasons besides the rules'."""
    comment = "\n\n".join(answer.text for answer in answers if answer.text)
    touchpoint = _touchpoint(answers, reasons) or response.survey.touchpoint
    severity = worst(reason.severity for reason in reasons)
    with transaction.atomic():
        case = open_case(
            shortened(comment) or low_mark_title(touchpoint),
            by=None,
            why=[*why, *(asdict(reason) for reason in reasons)],
            channel=response.channel,
            customer=response.customer,
            location=response.location,
            touchpoint=touchpoint,
            severity=severity,
            response=response,
            at=at,
        )
        if comment:
            write_message(case, Direction.IN, comment, by=None, channel=response.channel, at=at)
    return case


def _touchpoint(answers: list[Answer], reasons: list[Reason]) -> Touchpoint | None:
    """Where it went wrong: the touchpoint of the most serious reason that names one, the lowest mark between equals."""
    by_code = {answer.touchpoint.code: answer.touchpoint for answer in answers if answer.touchpoint}
    gravest = worst(reason.severity for reason in reasons)
    named = sorted((reason for reason in reasons if reason.touchpoint), key=lambda r: (r.severity != gravest, r.score))
    return by_code[named[0].touchpoint] if named else None


def low_mark_title(touchpoint: Touchpoint | None) -> str:
    """A title for who left no words, in the company's language: it is stored."""
    company = the_company()
    with translation.override(company.language if company else "it"):
        return (
            _("Low mark: %(touchpoint)s") % {"touchpoint": touchpoint}
            if touchpoint
            else _("Low mark without a comment")
        )
