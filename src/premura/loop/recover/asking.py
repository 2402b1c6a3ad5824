"""After a case is put right its customer is asked how it went: resolved, heard, respected, each on its own (row S41).

Asked by itself, once a resolution and not again within two weeks, through an invitation like any other: who opted out
is not asked, nor who was asked often enough, unless the company spares cases from its limits. Why not is written down.
Staff never rate their own case: an answer that somebody keyed in who worked on it counts nowhere.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.mail.mail import queue_letters
from premura.core.staff.models import Person
from premura.loop.listen.definition import definition_from
from premura.loop.listen.invitations import invite_customer
from premura.loop.listen.letters import Letters
from premura.loop.listen.models import NotAsked, Survey
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.surveys import add_survey, current_version, publish_survey
from premura.loop.listen.transfer import templates
from premura.loop.listen.triggers import contact_limits, held_back, note_not_asked
from premura.loop.recover.cases import shortened
from premura.loop.recover.models import AfterCase, Case, CaseSurvey, Direction, Resolution

TEMPLATE = "after_case"
#: The kind of question by which a survey shows that it is about a case: was the problem solved?
ABOUT_A_CASE = "solution"
STILL_FRESH = timedelta(days=3)
NOT_AGAIN_WITHIN = timedelta(days=14)


def survey_after_cases() -> Survey | None:
    """The survey that is asked after a case now. One query."""
    latest = AfterCase.objects.select_related("survey").first()
    return latest.survey if latest else None


def surveys_about_cases() -> list[Survey]:
    """The published surveys that ask whether the problem was solved."""
    found = []
    for survey in Survey.objects.filter(is_imported=False, perspective="customer"):
        version = current_version(survey)
        if version and any(q.kind == ABOUT_A_CASE for q in definition_from(version.definition).questions):
            found.append(survey)
    return found


def ask_after_cases(survey: Survey | None, *, by: Person, at: datetime | None = None) -> AfterCase:
    """From now on customers are asked ``survey`` after a case; ``None``: nobody is asked."""
    at = at or timezone.now()
    with transaction.atomic():
        row = AfterCase.objects.create(survey=survey, set_by=by, set_at=at)
        record("case_survey.chosen", by=by, about=row, at=at, data={"survey": survey.pk if survey else None})
    return row


def start_asking(*, by: Person, at: datetime | None = None) -> AfterCase:
    """Publish the built-in survey in a programme of its own, and ask it after each case from now on."""
    at = at or timezone.now()
    template = templates()[TEMPLATE]
    with transaction.atomic():
        programme = add_programme(
            by=by,
            name=_("After a case"),
            objective=_("Whether a problem was solved, and whether the customer felt heard and respected."),
            decision=_("How we put things right: what we say, what we give, who decides."),
            owner=by,
            at=at,
        )
        survey = add_survey(programme, template.definition, by=by, at=at)
        publish_survey(survey, by=by, at=at)
        return ask_after_cases(survey, by=by, at=at)


def handle_case_resolved(event: Event) -> None:
    """Invite the customer to say how it went; delivered twice, they are invited once."""
    case = Case.objects.select_related("customer", "location").filter(pk=int(event.subject_id)).first()
    resolution = case.resolutions.last() if case else None
    survey = survey_after_cases()
    if case is None or case.is_open or resolution is None or survey is None or case.customer is None:
        return
    if CaseSurvey.objects.filter(resolution=resolution).exists() or case.customer.forgotten_at is not None:
        return
    if reason := _against(case.customer, event.happened_at):
        note_not_asked(case.customer, f"case:{case.pk}", reason, event.happened_at, case.location_id)
    else:
        ask_about(case, resolution, survey, at=event.happened_at)


def _against(customer: Customer, at: datetime) -> str:
    """Why the customer is not asked. Where cases are spared, only their own wish and a case of these days count."""
    lately = CaseSurvey.objects.filter(case__customer=customer, asked_at__gt=at - NOT_AGAIN_WITHIN)
    if customer.opted_out_at is None and lately.exists():
        return NotAsked.Reason.TOO_SOON
    reason = held_back(customer, at)
    is_limit = reason in {NotAsked.Reason.TOO_SOON, NotAsked.Reason.TOO_MANY}
    return "" if is_limit and contact_limits().spares_cases else reason


def ask_about(case: Case, resolution: Resolution, survey: Survey, *, at: datetime) -> CaseSurvey | None:
    """The invitation, its letter and its link to the case; ``None`` for who asked not to be asked, or a withdrawn
    survey.

    Who has neither an e-mail address nor a number for text messages gets no letter: a colleague may still ask. What was
    resolved days ago (an import, a worker that stood still) is not written about: they would wonder.
    """
    customer: Any = case.customer
    try:
        with transaction.atomic():
            letters = Letters(survey)
            way, _address = letters.way_to(customer)
            channel = letters.channel_to(customer) if way else Channel.LINK
            invitation = invite_customer(survey, customer, channel, None, location=case.location, at=at)
            if way and timezone.now() - at < STILL_FRESH:
                with translation.override(letters.language_of(customer)):
                    opening = _opening(case)
                key = f"after-case:{resolution.pk}"
                queue_letters([letters.invitation(invitation, customer, key=key, opening=opening)], at)
            return CaseSurvey.objects.create(case=case, resolution=resolution, invitation=invitation, asked_at=at)
    except PremuraError:
        return None


def _opening(case: Case) -> str:
    """Why we ask: in their own words where they left some."""
    told = case.messages.filter(direction=Direction.IN).order_by("written_at").values_list("text", flat=True).first()
    if not told:
        return _("we think that what went wrong is put right, but you know better. A person reads what you tell us.")
    words = _(
        "you told us: “%(words)s”. We think that it is put right, but you know better. A person reads what you tell us."
    )
    return words % {"words": shortened(told, 120).rstrip(".!?… ")}


def mark_own(event: Event, response: Any) -> None:
    """Say of an answer about a case that somebody keyed it in who worked on the case."""
    person = event.person_id
    asked = CaseSurvey.objects.filter(invitation=response.invitation_id).select_related("case").first()
    if asked is None or person is None:
        return
    case = asked.case
    worked = (
        case.assignments.filter(person=person).exists()
        or case.resolutions.filter(resolved_by=person).exists()
        or case.messages.filter(person=person).exists()
    )
    if worked:
        CaseSurvey.objects.filter(pk=asked.pk).update(is_own=True)
