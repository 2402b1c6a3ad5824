"""Surveys: drafted, edited, published as frozen versions, withdrawn."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import the_company, unused_code
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.definition import Definition, cleaned, definition_from, definition_to, is_same
from premura.loop.listen.models import Moment, Perspective, Programme, Subject, Survey, SurveyVersion, Withdrawal
from premura.loop.listen.publishing import Obstacle, obstacles


class NotPublishableError(PremuraError):
    """The survey is not ready; ``obstacles`` says every reason."""

    status = 422

    def __init__(self, reasons: list[Obstacle]) -> None:
        message = " ".join([_("The survey is not published yet."), *(reason.message for reason in reasons)])
        super().__init__("not-publishable", message, obstacles=reasons)
        self.obstacles = reasons


def us() -> Subject:
    """The subject «us», made when it is first asked for."""
    company = the_company()
    name = company.name if company else "Premura"
    subject, _created = Subject.objects.get_or_create(is_us=True, defaults={"name": name})
    return subject


def add_survey(
    programme: Programme,
    definition: Definition,
    by: Person | None,
    slug: str = "",
    perspective: str = "customer",
    moment: str = "perception",
    touchpoint: Touchpoint | None = None,
    subject: Subject | None = None,
    at: datetime | None = None,
) -> Survey:
    """A new survey as a draft. Its address is ``slug``, or is made of its title; a taken one gets a number.

    ``subject``: the competitor whom it is about; without one it is about us.
    """
    at = at or timezone.now()
    definition = cleaned(definition)
    with transaction.atomic():
        taken = set(Survey.objects.values_list("slug", flat=True))
        survey = Survey.objects.create(
            programme=programme,
            slug=unused_code(slug or in_language(definition.title), taken),
            draft=definition_to(definition),
            perspective=perspective,
            moment=moment,
            touchpoint=touchpoint,
            subject=subject,
            created_at=at,
        )
        record("survey.added", by=by, about=survey, at=at, data={"programme": programme.pk})
    return survey


def save_draft(
    survey: Survey, definition: Definition, revision: int, by: Person | None, at: datetime | None = None
) -> Survey:
    """Keep the draft as it is now. The same draft again changes nothing.

    ``revision`` is the one that was edited: if another save came between, :class:`Conflict`,
    and nothing is overwritten.
    """
    at = at or timezone.now()
    definition = cleaned(definition)
    draft = definition_to(definition)
    with transaction.atomic():
        row = Survey.objects.select_for_update().get(pk=survey.pk)
        if is_same(row.draft, definition):
            return row
        if row.revision != revision:
            raise Conflict(
                "edited-meanwhile",
                _("Somebody else has changed this survey since you opened it. Nothing of yours or theirs is lost."),
                revision=row.revision,
            )
        row.draft, row.revision = draft, revision + 1
        row.save(update_fields=["draft", "revision"])
        record("survey.edited", by=by, about=row, at=at, data={"revision": row.revision})
    return row


def place_survey(
    survey: Survey, touchpoint: Touchpoint | None, by: Person | None, at: datetime | None = None
) -> Survey:
    """Say which touchpoint the whole survey is about; a question may name its own. Answers given before stay."""
    with transaction.atomic():
        row = Survey.objects.select_for_update().get(pk=survey.pk)
        if row.touchpoint_id != (touchpoint.pk if touchpoint else None):
            row.touchpoint = touchpoint
            row.save(update_fields=["touchpoint"])
            record("survey.edited", by=by, about=row, at=at, data={"fields": ["touchpoint"]})
    return row


def turn_survey(
    survey: Survey,
    perspective: str,
    moment: str,
    subject: Subject | None,
    by: Person | None,
    at: datetime | None = None,
) -> Survey:
    """Say who answers, when, and about which competitor (without one: about us), while nobody has been asked yet.

    :class:`Conflict` once a version was published: its answers were given from that side and are read as such.
    """
    given = {"perspective": Perspective(perspective), "moment": Moment(moment), "subject": subject}
    with transaction.atomic():
        row = Survey.objects.select_for_update(of=("self",)).select_related("subject").get(pk=survey.pk)
        changed = [name for name, value in given.items() if getattr(row, name) != value]
        if not changed:
            return row
        if row.versions.exists():
            raise Conflict(
                "asked-already",
                _(
                    "Nothing was changed: this survey was published, and its answers were given from the side that "
                    "stands here. Use «Ask the same from another side»: a second survey, whose answers are laid beside "
                    "these."
                ),
            )
        for name in changed:
            setattr(row, name, given[name])
        row.save(update_fields=changed)
        record("survey.edited", by=by, about=row, at=at, data={"fields": changed})
    return row


def current_version(survey: Survey) -> SurveyVersion | None:
    """The version that is answered now: the newest that is not withdrawn."""
    return survey.versions.filter(withdrawal__isnull=True).order_by("-number").first()


def publish_survey(survey: Survey, by: Person | None, at: datetime | None = None) -> SurveyVersion:
    """Freeze the draft as the next version, which customers see from now on.

    :class:`NotPublishableError` with every reason: objective, decision or owner missing in the programme (row S3),
    anything wrong with the questions, or nothing changed since the published version.
    """
    at = at or timezone.now()
    with transaction.atomic():
        row = Survey.objects.select_for_update(of=("self",)).select_related("programme").get(pk=survey.pk)
        if reasons := obstacles(row, current_version(row)):
            raise NotPublishableError(reasons)
        last: int = row.versions.aggregate(last=Max("number"))["last"] or 0
        version = SurveyVersion.objects.create(
            survey=row,
            number=last + 1,
            definition=definition_to(definition_from(row.draft)),
            published_at=at,
            published_by=by,
        )
        record("survey.published", by=by, about=row, at=at, data={"version": version.pk, "number": version.number})
    return version


def withdraw_version(version: SurveyVersion, by: Person | None, reason: str, at: datetime | None = None) -> Withdrawal:
    """Take a version out of use; its answers stay. An earlier version that is not withdrawn is answered again."""
    at = at or timezone.now()
    reason = " ".join(reason.split())
    if not reason:
        raise PremuraError("reason-missing", _("Say in a few words why: whoever reads the answers later will ask."))
    with transaction.atomic():
        # Two people who withdraw at once: the second is told, nothing happens twice
        row = SurveyVersion.objects.select_for_update(of=("self",)).select_related("survey").get(pk=version.pk)
        if Withdrawal.objects.filter(version=row).exists():
            raise Conflict("withdrawn-already", _("This version is withdrawn already."))
        withdrawal = Withdrawal.objects.create(version=row, withdrawn_at=at, withdrawn_by=by, reason=reason[:300])
        record("survey.withdrawn", by=by, about=row.survey, at=at, data={"version": row.pk, "number": row.number})
    return withdrawal
