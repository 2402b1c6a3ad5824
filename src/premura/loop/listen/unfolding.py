"""How submissions become responses with answers, many at once: what they share is looked up once for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from premura.core.channels import Channel
from premura.core.company.company import company_timezone, local_date
from premura.core.company.models import Location
from premura.core.customers.models import Customer, Interaction
from premura.core.history.history import Happened, record_each
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.definition import Definition, Given, Question, definition_from, read_stored
from premura.loop.listen.models import (
    Answer,
    Attachment,
    Invitation,
    Response,
    Subject,
    Submission,
    Survey,
    SurveyVersion,
)
from premura.loop.listen.surveys import us

# Before the names of what a link brought along, beside the answers: no question's code has a full stop
FIELD = "f."


def make_response(submissions: Sequence[Submission]) -> list[Response]:
    """The response of one submission; without its link where another worker has used the same invitation just now."""
    try:
        with transaction.atomic():
            return make_responses(submissions)
    except IntegrityError:
        if not any(submission.token for submission in submissions):
            raise
        return make_responses(submissions, are_linked=False)


def make_responses(submissions: Sequence[Submission], *, are_linked: bool = True) -> list[Response]:
    """Responses with answers and their events, in the caller's transaction. Eight queries for any number of
    submissions, and one each where tokens, places, touchpoints, colleagues or files are named.

    Of several that came by one personal link the first is linked. :class:`IntegrityError` where another worker has
    linked its invitation in the meantime.
    """
    if not submissions:
        return []
    shared = _Shared.of(submissions, are_linked=are_linked)
    rows = [(submission, Response(**shared.fields_of(submission))) for submission in submissions]
    Response.objects.bulk_create([response for _submission, response in rows])
    read = [(response, given) for submission, response in rows for given in shared.read(submission)]
    _insert_answers([shared.answer(response, given) for response, given in read], [given for _response, given in read])
    record_each("response.received", [shared.happened(*row) for row in rows])
    return [response for _submission, response in rows]


def _insert_answers(rows: list[Answer], answers: list[Given]) -> None:
    """With one more row for each answer that has a file; most responses have none, and cost no query."""
    Answer.objects.bulk_create(rows)
    attachments = [
        Attachment(answer=row, reference=given.file, name=given.name)
        for row, given in zip(rows, answers, strict=True)
        if given.file
    ]
    if attachments:
        Attachment.objects.bulk_create(attachments)


@dataclass(frozen=True)
class _Version:
    """A published survey, read once: its questions and where each belongs."""

    row: SurveyVersion
    definition: Definition
    questions: Mapping[str, Question]

    @classmethod
    def of(cls, row: SurveyVersion) -> "_Version":
        definition = definition_from(row.definition)
        return cls(row, definition, {question.code: question for question in definition.questions})


@dataclass(frozen=True)
class _Shared:
    """What a batch of submissions names, looked up once."""

    us: Subject
    zone: ZoneInfo
    versions: Mapping[int, _Version]
    touchpoints: Mapping[str, int]
    places: Mapping[str, Location]
    people: Mapping[int, Person]
    invitations: Mapping[UUID, Invitation]

    @classmethod
    def of(cls, submissions: Sequence[Submission], *, are_linked: bool) -> "_Shared":
        found = SurveyVersion.objects.select_related("survey__subject").defer("survey__draft")
        rows = found.in_bulk({submission.version_id for submission in submissions})
        versions = {pk: _Version.of(row) for pk, row in rows.items()}
        codes = {q.touchpoint for version in versions.values() for q in version.questions.values() if q.touchpoint}
        places = {submission.location_code for submission in submissions if submission.location_code}
        people = {submission.person_id for submission in submissions if submission.person_id}
        return cls(
            us(),
            company_timezone(),
            versions,
            dict(Touchpoint.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {},
            {place.code: place for place in Location.objects.filter(code__in=places)} if places else {},
            Person.objects.in_bulk(people) if people else {},
            _invitations(submissions, rows) if are_linked else {},
        )

    def survey(self, submission: Submission) -> Survey:
        return self.versions[submission.version_id].row.survey

    def fields_of(self, submission: Submission) -> dict[str, Any]:
        survey, invitation = self.survey(submission), self.invitations.get(submission.pk)
        day = local_date(submission.received_at, self.zone)
        interaction = invitation.interaction if invitation else None
        return {
            "id": submission.pk,
            "survey": survey,
            "version": self.versions[submission.version_id].row,
            "perspective": survey.perspective,
            "moment": survey.moment,
            "subject": survey.subject or self.us,
            "customer": _customer_of(invitation),
            "invitation": invitation,
            "interaction": interaction,
            "location": _location_of(self.places.get(submission.location_code), invitation, interaction),
            "channel": submission.channel if submission.channel in Channel.values else Channel.LINK,
            "language": submission.language,
            "answered_at": submission.received_at,
            "fields": {
                name.removeprefix(FIELD): value for name, value in submission.answers.items() if name.startswith(FIELD)
            },
            "answered_on": day,
            "week_on": day - timedelta(days=day.weekday()),
            "seconds": submission.seconds,
        }

    def read(self, submission: Submission) -> tuple[Given, ...]:
        return read_stored(self.versions[submission.version_id].definition, submission.answers).answers

    def answer(self, response: Response, given: Given) -> Answer:
        question = self.versions[response.version_id].questions[given.code]
        is_signed = given.name and question.kind == "signature"
        return Answer(
            response=response,
            question=given.code,
            part=given.part,
            kind=question.kind,
            touchpoint_id=self.touchpoints.get(question.touchpoint, response.survey.touchpoint_id),
            scale=question.scale,
            score=given.score,
            choices=list(given.choices),
            text=given.text,
            number=None if given.number is None else Decimal(str(given.number)),
            given_on=date.fromisoformat(given.day) if given.day else None,
            contact={"name": given.name} if is_signed else given.contact,
        )

    def happened(self, submission: Submission, response: Response) -> Happened:
        return Happened(
            about=response,
            by=self.people.get(submission.person_id) if submission.person_id else None,
            customer_id=response.customer_id,
            location_id=response.location_id,
            at=submission.received_at,
            data={"survey": response.survey_id, "version": submission.version_id},
        )


def _invitations(submissions: Sequence[Submission], versions: Mapping[int, SurveyVersion]) -> dict[UUID, Invitation]:
    """Submission → the invitation that its personal link names: of its survey, and not answered before."""
    tokens = {submission.token for submission in submissions if submission.token}
    if not tokens:
        return {}
    found = Invitation.objects.select_related("customer", "location", "interaction__location")
    free = {row.token: row for row in found.filter(token__in=tokens, response__isnull=True)}
    linked = {}
    for submission in submissions:
        invitation = free.get(submission.token)
        if invitation is not None and invitation.survey_id == versions[submission.version_id].survey_id:
            linked[submission.pk] = free.pop(submission.token)
    return linked


def _customer_of(invitation: Invitation | None) -> Customer | None:
    """Whom we asked, unless they wanted to be forgotten in the meantime."""
    return invitation.customer if invitation and invitation.customer.forgotten_at is None else None


def _location_of(
    named: Location | None, invitation: Invitation | None, interaction: Interaction | None
) -> Location | None:
    """Where: what the link or the form says, else where we asked, else where we met."""
    asked = invitation.location if invitation is not None else None
    met = interaction.location if interaction is not None else None
    return named or asked or met
