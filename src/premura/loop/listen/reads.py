"""What the pages of listening show, each read with its number of queries; the only door to its objects."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import get_language

from premura.core.company.company import company_timezone, local_date
from premura.core.customers.models import Customer
from premura.core.errors import NotFound
from premura.core.history.models import Event
from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.listen.answers import Given
from premura.loop.listen.definition import Question, definition_from, draft_from, is_same
from premura.loop.listen.logic import Context, course_of
from premura.loop.listen.models import (
    Answer,
    Attachment,
    Invitation,
    Perspective,
    Programme,
    Response,
    Submission,
    Survey,
    SurveyVersion,
)
from premura.loop.listen.piping import filled
from premura.loop.listen.rules import LOYALTY, is_silent, silent_days


@dataclass(frozen=True)
class SurveyRow:
    """A survey in a list: what is published, how many answers this person may see, when the last one came."""

    survey: Survey
    current: SurveyVersion | None
    was_published: bool
    has_changes: bool
    answers: int
    last_answer_at: datetime | None

    @property
    def state(self) -> str:
        """``draft``, ``published`` or ``withdrawn``."""
        if self.current is not None:
            return "published"
        return "withdrawn" if self.was_published else "draft"


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme with its surveys. ``silent_days``: days without an answer, ``None`` when it has not begun to ask."""

    programme: Programme
    surveys: list[SurveyRow]
    silent_days: int | None

    @property
    def is_silent(self) -> bool:
        return is_silent(self.silent_days, self.programme.cadence_days)

    @property
    def answers(self) -> int:
        return sum(row.answers for row in self.surveys)

    @property
    def last_answer_at(self) -> datetime | None:
        return max((row.last_answer_at for row in self.surveys if row.last_answer_at), default=None)


def programme_rows(person: Person, now: datetime) -> list[ProgrammeRow]:
    """Every programme with its surveys, the silent ones first. Six queries whatever their number."""
    surveys: dict[int, list[SurveyRow]] = defaultdict(list)
    for row in survey_rows(person, Survey.objects.select_related("programme__owner", "touchpoint", "subject")):
        surveys[row.survey.programme_id].append(row)
    since = _listening_since()
    today = local_date(now)
    programmes = Programme.objects.select_related("owner")
    rows = [
        _programme_row(programme, surveys[programme.pk], since.get(programme.pk), today) for programme in programmes
    ]
    return sorted(rows, key=lambda row: (not row.is_silent, row.programme.name.casefold()))


def _programme_row(programme: Programme, surveys: list[SurveyRow], since: datetime | None, today: date) -> ProgrammeRow:
    last = max(
        (row.last_answer_at for row in surveys if row.last_answer_at and not row.survey.is_imported), default=None
    )
    asks = any(row.current for row in surveys if not row.survey.is_imported)
    return ProgrammeRow(programme, surveys, _days_silent(since, last, today) if asks else None)


def _days_silent(since: datetime | None, last: datetime | None, today: date) -> int | None:
    """Days without an answer, by the calendar of the company."""
    zone = company_timezone() if since or last else None
    return silent_days(local_date(since, zone) if since else None, local_date(last, zone) if last else None, today)


def _listening_since() -> dict[int, datetime]:
    """Programme → when its first survey was published."""
    versions = SurveyVersion.objects.filter(survey__is_imported=False).order_by()
    return dict(versions.values_list("survey__programme").annotate(first=Min("published_at")))


def silent_programmes(person: Person, now: datetime) -> list[tuple[Programme, int]]:
    """The programmes of ``person`` that have fallen silent, with the days, the longest first (row S16). One query and
    one for the person's places: an index seek a survey, however many answered.
    """
    versions = SurveyVersion.objects.filter(survey=OuterRef("pk")).order_by("published_at")
    answers = Response.objects.visible_to(person).filter(survey=OuterRef("pk")).order_by("-answered_at")
    surveys = (
        Survey.objects.filter(programme__owner=person, is_imported=False)
        .select_related("programme")
        .annotate(
            since=Subquery(versions.values("published_at")[:1]),
            is_open=Exists(versions.filter(withdrawal__isnull=True)),
            last=Subquery(answers.values("answered_at")[:1]),
        )
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for survey in surveys:
        found[survey.programme_id].append(survey)
    return sorted(filter(None, (_silence(own, now) for own in found.values())), key=lambda row: -row[1])


def _silence(surveys: list[Any], now: datetime) -> tuple[Programme, int] | None:
    programme = surveys[0].programme
    since = min((one.since for one in surveys if one.since), default=None)
    last = max((one.last for one in surveys if one.last), default=None)
    days = _days_silent(since, last, local_date(now))
    if days is None or not any(one.is_open for one in surveys) or not is_silent(days, programme.cadence_days):
        return None
    return programme, days


def survey_rows(person: Person, surveys: Iterable[Survey]) -> list[SurveyRow]:
    """``surveys`` with what is published and how many answers came. Three queries, one more for the person's places."""
    surveys = list(surveys)
    ids = [survey.pk for survey in surveys]
    current: dict[int, SurveyVersion] = {}
    published: set[int] = set()
    for version in SurveyVersion.objects.filter(survey__in=ids).select_related("withdrawal").order_by("number"):
        published.add(version.survey_id)
        if not hasattr(version, "withdrawal"):
            current[version.survey_id] = version
    counts = _counts(person, ids)
    return [
        SurveyRow(
            survey=survey,
            current=current.get(survey.pk),
            was_published=survey.pk in published,
            has_changes=survey.pk in current and not is_same(current[survey.pk].definition, draft_from(survey.draft)),
            answers=counts.get(survey.pk, (0, None))[0],
            last_answer_at=counts.get(survey.pk, (0, None))[1],
        )
        for survey in surveys
    ]


def _counts(person: Person, ids: list[int]) -> dict[int, tuple[int, datetime | None]]:
    rows = Response.objects.visible_to(person).filter(survey__in=ids).order_by().values_list("survey")
    return {survey: (count, last) for survey, count, last in rows.annotate(Count("pk"), Max("answered_at"))}


def survey_for(person: Person, pk: int) -> Survey:
    """The survey, for anybody who works here: surveys belong to the whole company. One query."""
    survey = Survey.objects.filter(pk=pk).select_related("programme__owner", "touchpoint", "subject").first()
    if survey is None or not person.is_active:
        raise NotFound
    return survey


def programme_for(person: Person, pk: int) -> Programme:
    """The programme, for anybody who works here. One query."""
    programme = Programme.objects.filter(pk=pk).select_related("owner").first()
    if programme is None or not person.is_active:
        raise NotFound
    return programme


@dataclass(frozen=True)
class VersionRow:
    version: SurveyVersion
    answers: int
    is_current: bool


def version_rows(person: Person, survey: Survey) -> list[VersionRow]:
    """The versions of ``survey``, newest first, with answers that ``person`` may see. Two queries."""
    versions = list(survey.versions.select_related("withdrawal__withdrawn_by", "published_by").order_by("-number"))
    rows = Response.objects.visible_to(person).filter(survey=survey).order_by().values_list("version")
    counts = dict(rows.annotate(Count("pk")))
    newest = next((version for version in versions if not hasattr(version, "withdrawal")), None)
    return [VersionRow(version, counts.get(version.pk, 0), version is newest) for version in versions]


def answerable_surveys() -> list[Survey]:
    """What can be asked face to face now: customers' surveys first, then prospects' and the guides of whoever watches
    or leads a conversation, the newest first. What colleagues say in confidence is keyed in by nobody. One query.
    """
    open_versions = SurveyVersion.objects.filter(survey=OuterRef("pk"), withdrawal__isnull=True)
    surveys = Survey.objects.filter(Exists(open_versions), is_imported=False).exclude(perspective=Perspective.STAFF)
    found = surveys.select_related("programme", "touchpoint").order_by("-created_at", "pk")
    return sorted(found, key=lambda survey: survey.perspective != Perspective.CUSTOMER)


def last_edit(survey: Survey) -> Event | None:
    """Who changed the draft last, and when."""
    events = Event.objects.filter(subject_type="survey", subject_id=str(survey.pk), name="survey.edited")
    return events.select_related("person").order_by("-id").first()


# Responses


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which responses; an empty value wants all. ``location`` 0 wants those of no location; ``only``: these alone."""

    survey: int | None = None
    location: int | None = None
    channel: str = ""
    first_day: date | None = None
    last_day: date | None = None
    loyalty: str = ""
    with_comment: bool = False
    text: str = ""
    only: Sequence[UUID] | None = None


def responses_for(person: Person, wanted: Wanted) -> QuerySet[Response]:
    """The responses that ``person`` may see, newest first, with answers: two queries a page besides the count.

    What colleagues say of work and of us is never shown one by one: they were promised that nobody reads who said what.
    """
    rows: QuerySet[Response] = Response.objects.visible_to(person).filter(_match(wanted))
    rows = rows.exclude(perspective=Perspective.STAFF)
    answers = Answer.objects.filter(response=OuterRef("pk"))
    if wanted.loyalty in LOYALTY:
        low, high = LOYALTY[wanted.loyalty]
        loyal = answers.filter(kind="nps", scale="0-10", score__gte=low, score__lte=high)
        rows = rows.filter(Exists(loyal))
    if wanted.with_comment:
        rows = rows.filter(Exists(answers.exclude(text="")))
    if wanted.text:
        named = Q(customer__name__icontains=wanted.text)
        rows = rows.filter(Exists(answers.filter(text__icontains=wanted.text)) | named)
    # The day first: it has an index of its own, so that a page of the newest never sorts the whole table
    rows = rows.order_by("-answered_on", "-answered_at", "pk")
    return rows.select_related("survey", "customer", "location").prefetch_related("answers")


def _match(wanted: Wanted) -> Q:
    match = Q()
    if wanted.survey is not None:
        match &= Q(survey=wanted.survey)
    if wanted.location is not None:
        match &= Q(location=wanted.location) if wanted.location else Q(location__isnull=True)
    if wanted.channel:
        match &= Q(channel=wanted.channel)
    if wanted.first_day:
        match &= Q(answered_on__gte=wanted.first_day)
    if wanted.last_day:
        match &= Q(answered_on__lte=wanted.last_day)
    if wanted.only is not None:
        match &= Q(pk__in=wanted.only)
    return match


def response_for(person: Person, pk: UUID | str) -> Response:
    """One response; a stranger's is not found, nor a colleague's. One query, and one for the person's places."""
    related = (
        "survey__programme",
        "version",
        "customer",
        "location",
        "subject",
        "interaction__touchpoint",
        "invitation__asked_by",
    )
    try:
        return seen_by(person, Response.objects.exclude(perspective=Perspective.STAFF).select_related(*related), pk=pk)
    except ValidationError as error:  # not a UUID
        raise NotFound from error


def attachment_for(person: Person, pk: UUID | str, question: str) -> Attachment:
    """The file of one answer, through the door of its response. Three queries."""
    found = Attachment.objects.filter(answer__response=response_for(person, pk), answer__question=question).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Exchange:
    """One question as it was asked in that version, and what was answered: nothing when it was left blank.

    A question of several parts has an answer for each part that was answered.
    """

    question: Question
    answers: list[Answer]
    #: The question in the reader's language, with the earlier answers that it repeated
    text: str


def exchanges(response: Response) -> list[Exchange]:
    """Every question of the version in its order with its answer. One query."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for answer in response.answers.select_related("touchpoint"):
        answer.response = response
        answers[answer.question].append(answer)
    definition = definition_from(response.version.definition)
    course, context = course_of(definition), Context(get_language() or "", fields=response.fields)
    given = {code: tuple(map(_given, own)) for code, own in answers.items()}
    return [
        Exchange(one, answers[one.code], filled(in_language(one.text), course, given, context))
        for one in definition.questions
    ]


def _given(answer: Answer) -> Given:
    return Given(
        answer.question,
        score=answer.score,
        choices=tuple(answer.choices),
        text=answer.text,
        number=float(answer.number) if answer.number is not None else None,
        day=answer.given_on.isoformat() if answer.given_on else "",
    )


def keyed_in_by(response: Response) -> Person | None:
    """Who of the staff wrote the answers down for the customer. Two queries at most."""
    number = Submission.objects.filter(pk=response.pk).values_list("person_id", flat=True).first()
    return Person.objects.filter(pk=number).first() if number else None


def events_of(response: Response) -> list[Event]:
    """What happened to this response and to the invitation it answers. One query."""
    about = Q(subject_type="response", subject_id=str(response.pk))
    if response.invitation_id:
        about |= Q(subject_type="invitation", subject_id=str(response.invitation_id))
    return list(Event.objects.filter(about).select_related("person"))


# Asking


@dataclass(frozen=True)
class OwnCount:
    """What one person did themselves; shown to that person only, never compared."""

    asked: int
    answered: int
    keyed_in: int


def own_count(person: Person, now: datetime, days: int = 7) -> OwnCount:
    """Whom ``person`` asked in the last ``days``, how many answered, how many answers they wrote down. Two queries."""
    since = now - timedelta(days=days)
    asked = Invitation.objects.filter(asked_by=person, asked_at__gte=since)
    counts = asked.aggregate(asked=Count("pk"), answered=Count("response"))
    keyed_in = Submission.objects.filter(person_id=person.pk, received_at__gte=since).count()
    return OwnCount(counts["asked"], counts["answered"], keyed_in)


def customers_to_ask(person: Person, text: str, limit: int = 20) -> list[Customer]:
    """Customers with ``text`` in name or address, and ``last_asked_at``; without ``text`` those met last. One query."""
    rows: QuerySet[Any] = (
        Customer.objects.visible_to(person).filter(forgotten_at__isnull=True).select_related("location")
    )
    rows = rows.annotate(last_asked_at=Max("invitations__asked_at"))
    if text:
        match = (
            Q(name__icontains=text)
            | Q(email__icontains=text)
            | Q(phone__icontains=text)
            | Q(account__name__icontains=text)
        )
        return list(rows.filter(match).order_by("name")[:limit])
    return list(
        rows.annotate(last_met_at=Max("interactions__happened_at")).order_by(
            F("last_met_at").desc(nulls_last=True), "-created_at"
        )[:limit]
    )
