"""Submissions: what came in, as it came in, and how the worker unfolds each into a response with its answers."""

import logging
import traceback
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.channels import Channel
from premura.core.company.company import local_date
from premura.core.company.models import Location
from premura.core.customers.models import Customer, Interaction
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.definition import (
    Context,
    Definition,
    Given,
    Problem,
    definition_from,
    read_answers,
    read_stored,
    stored_answers,
)
from premura.loop.listen.models import Answer, Attachment, Invitation, Response, Submission, Survey, SurveyVersion
from premura.loop.listen.surveys import us

logger = logging.getLogger("premura.listen")

KEY_LIMIT = 64
# Before the names of what a link brought along, beside the answers: no question's code has a full stop
FIELD = "f."
# How long a submission that could not be unfolded waits before the next try; the last repeats for ever, nothing is lost
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 600, 3600, 86400))


class InvalidAnswersError(PremuraError):
    """The answers do not fit the survey; ``problems`` says which and why."""

    status = 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        message = _("Some answers need another look: nothing was saved yet.")
        super().__init__("invalid-answers", message, problems=problems)
        self.problems = problems


def stored_key(survey_id: int, key: str) -> str:
    """The key as the table knows it: one survey's keys can never stand in the way of another's."""
    return f"{survey_id}:{key[:KEY_LIMIT]}"


def receive_submission(
    version: SurveyVersion,
    raw_answers: Mapping[str, object],
    *,
    key: str,
    language: str,
    channel: str,
    location_code: str = "",
    token: str = "",
    person: Person | None = None,
    at: datetime | None = None,
    customer: Customer | None = None,
) -> Submission:
    """Keep one filled-in survey that came another way than the public page: keyed in by staff, or seeded.

    The same ``key`` twice gives the first submission back. :class:`InvalidAnswersError` when an answer does not fit.
    What was answered to a question that the logic does not ask is dropped. ``customer`` is whom ``token`` names.
    Its history event is written when it is unfolded.
    """
    context = Context(language, channel, customer=attributes_of(customer))
    reading = read_answers(definition_from(version.definition), raw_answers, context)
    if reading.problems:
        raise InvalidAnswersError(reading.problems)
    submission, _created = Submission.objects.get_or_create(
        key=stored_key(version.survey_id, key),
        defaults={
            "version": version,
            "received_at": at or timezone.now(),
            "language": language,
            "channel": channel,
            "location_code": location_code,
            "token": token,
            "person_id": person.pk if person else None,
            "answers": stored_answers(reading.answers),
        },
    )
    return submission


def attributes_of(customer: Customer | None) -> dict[str, str]:
    """What conditions and texts may know about the customer of a personal link."""
    if customer is None or customer.forgotten_at is not None:
        return {}
    return {
        "known": "yes",
        "name": customer.name,
        "language": customer.language,
        "channel": customer.preferred_channel,
        "account": customer.account.name if customer.account else "",
    }


def unfold_waiting(limit: int = 200) -> int:
    """Unfold what waits, oldest first; returns how many became responses. One that fails steps aside for a while.

    Safe in several workers at once: each row is claimed in the transaction that unfolds it.
    """
    waiting = Submission.objects.filter(_is_waiting(timezone.now())).order_by("received_at")
    return sum(_unfold_claimed(pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


def _is_waiting(now: datetime) -> Q:
    return Q(unfolded_at__isnull=True) & (Q(retry_at__isnull=True) | Q(retry_at__lte=now))


def _unfold_claimed(pk: UUID) -> bool:
    """Claim one row and unfold it; False when another worker has it or when it failed."""
    try:
        with transaction.atomic():
            # PostgreSQL skips a row that another worker has locked; on SQLite the whole transaction waits its turn
            claimed = Submission.objects.select_for_update(skip_locked=True, of=("self",))
            submission = claimed.select_related("version__survey").filter(pk=pk, unfolded_at__isnull=True).first()
            if submission is None:
                return False
            unfold_submission(submission)
    except Exception:  # whatever is wrong with one, the line goes on
        logger.exception("submission %s could not be unfolded", pk)
        _step_aside(pk, traceback.format_exc())
        return False
    return True


def response_now(pk: UUID) -> Response | None:
    """The response of a submission, unfolded now if it waits; ``None`` where there is none or another worker has it."""
    response = Response.objects.filter(pk=pk).first()
    if response is None and _unfold_claimed(pk):
        response = Response.objects.filter(pk=pk).first()
    return response


def _step_aside(pk: UUID, error: str) -> None:
    with transaction.atomic():
        submission = Submission.objects.select_for_update().get(pk=pk)
        pause = PAUSES[min(submission.failures, len(PAUSES) - 1)]
        fields = {"failures": submission.failures + 1, "retry_at": timezone.now() + pause, "error": error[-4000:]}
        Submission.objects.filter(pk=pk, unfolded_at__isnull=True).update(**fields)


def unfold_submission(submission: Submission) -> Response:
    """Turn ``submission`` into its response (the same id) with answers; doing it twice gives the same response back."""
    with transaction.atomic():
        response = Response.objects.filter(pk=submission.pk).first() or _new_response(submission)
        if submission.unfolded_at is None:
            submission.unfolded_at = timezone.now()
            submission.error, submission.retry_at = "", None
            submission.save(update_fields=["unfolded_at", "error", "retry_at"])
    return response


def _new_response(submission: Submission) -> Response:
    survey = submission.version.survey
    definition = definition_from(submission.version.definition)
    response = _insert_response(submission, survey, _invitation_of(submission, survey))
    reading = read_stored(definition, submission.answers)
    rows = Answer.objects.bulk_create(_answers(response, survey, definition, reading.answers))
    _attach(rows, reading.answers)
    record(
        "response.received",
        by=Person.objects.filter(pk=submission.person_id).first() if submission.person_id else None,
        about=response,
        customer=response.customer,
        location=response.location,
        at=submission.received_at,
        data={"survey": survey.pk, "version": submission.version_id},
    )
    return response


def _invitation_of(submission: Submission, survey: Survey) -> Invitation | None:
    """The invitation that the personal link names: of this survey, and not answered before."""
    if not submission.token:
        return None
    invitations = Invitation.objects.select_related("customer", "location", "interaction__location")
    return invitations.filter(token=submission.token, survey=survey, response__isnull=True).first()


def _insert_response(submission: Submission, survey: Survey, invitation: Invitation | None) -> Response:
    try:
        with transaction.atomic():
            return Response.objects.create(**_response_fields(submission, survey, invitation))
    except IntegrityError:
        if invitation is None:
            raise
        # Another worker linked the same invitation a moment ago: this answer stays, without the link
        return Response.objects.create(**_response_fields(submission, survey, None))


def _response_fields(submission: Submission, survey: Survey, invitation: Invitation | None) -> dict[str, object]:
    day = local_date(submission.received_at)
    interaction = invitation.interaction if invitation else None
    return {
        "id": submission.pk,
        "survey": survey,
        "version": submission.version,
        "perspective": survey.perspective,
        "moment": survey.moment,
        "subject": survey.subject or us(),
        "customer": _customer_of(invitation),
        "invitation": invitation,
        "interaction": interaction,
        "location": _location_of(submission.location_code, invitation, interaction),
        "channel": submission.channel if submission.channel in Channel.values else Channel.LINK,
        "language": submission.language,
        "answered_at": submission.received_at,
        "fields": {
            name.removeprefix(FIELD): value for name, value in submission.answers.items() if name.startswith(FIELD)
        },
        "answered_on": day,
        "week_on": day - timedelta(days=day.weekday()),
    }


def _customer_of(invitation: Invitation | None) -> Customer | None:
    """Whom we asked, unless they wanted to be forgotten in the meantime."""
    return invitation.customer if invitation and invitation.customer.forgotten_at is None else None


def _location_of(code: str, invitation: Invitation | None, interaction: Interaction | None) -> Location | None:
    """Where: what the link or the form says, else where we asked, else where we met."""
    named = Location.objects.filter(code=code).first() if code else None
    if named is None and invitation is not None:
        named = invitation.location
    if named is None and interaction is not None:
        named = interaction.location
    return named


def _answers(response: Response, survey: Survey, definition: Definition, answers: tuple[Given, ...]) -> list[Answer]:
    questions = {question.code: question for question in definition.questions}
    codes = {question.touchpoint for question in definition.questions if question.touchpoint}
    touchpoints = dict(Touchpoint.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    return [
        Answer(
            response=response,
            question=given.code,
            part=given.part,
            kind=questions[given.code].kind,
            touchpoint_id=touchpoints.get(questions[given.code].touchpoint, survey.touchpoint_id),
            scale=questions[given.code].scale,
            score=given.score,
            choices=list(given.choices),
            text=given.text,
            number=None if given.number is None else Decimal(str(given.number)),
            given_on=date.fromisoformat(given.day) if given.day else None,
            contact={"name": given.name} if given.name and questions[given.code].kind == "signature" else given.contact,
        )
        for given in answers
    ]


def _attach(rows: list[Answer], answers: tuple[Given, ...]) -> None:
    """One row for each answer that has a file; most responses have none, and cost no query."""
    attachments = [
        Attachment(answer=row, reference=given.file, name=given.name)
        for row, given in zip(rows, answers, strict=True)
        if given.file
    ]
    if attachments:
        Attachment.objects.bulk_create(attachments)
