"""The always-open page: praise, complaint or suggestion, whenever somebody has one, asked by nobody (row S12).

What is told there is an answer to an instrument like any other: it is read, searched, exported and forgotten with
them. It carries no mark, so it stands in no score.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.company.company import the_company
from premura.core.company.models import Location
from premura.core.errors import PremuraError
from premura.loop.listen.definition import Definition, Option, Question, definition_to, is_same
from premura.loop.listen.models import Programme, Response, Survey, SurveyVersion
from premura.loop.listen.submissions import receive_submission, unfold_submission

SLUG = "always-open"
ABOUT, WORDS, CONTACT = "about", "words", "contact"


class Told(models.TextChoices):
    PRAISE = "praise", _("praise")
    COMPLAINT = "complaint", _("a complaint")
    SUGGESTION = "suggestion", _("a suggestion")
    # What keeps somebody from reaching us, or from telling us: counted as such (row S13)
    BARRIER = "barrier", _("a barrier")


_PROGRAMME = {"it": "Pagina sempre aperta", "en": "Always-open page"}
_DEFINITION = Definition(
    title=_PROGRAMME,
    languages=("it", "en"),
    questions=(
        Question(
            ABOUT,
            "single",
            {"it": "Di che cosa si tratta?", "en": "What is it about?"},
            required=True,
            options=(
                Option(Told.PRAISE, {"it": "Un elogio", "en": "Praise"}),
                Option(Told.COMPLAINT, {"it": "Un reclamo", "en": "A complaint"}),
                Option(Told.SUGGESTION, {"it": "Un suggerimento", "en": "A suggestion"}),
                Option(Told.BARRIER, {"it": "Un ostacolo", "en": "A barrier"}),
            ),
        ),
        Question(WORDS, "text", {"it": "Che cosa ci vuole dire?", "en": "What would you like to tell us?"}),
        Question(CONTACT, "contact", {"it": "Dove possiamo rispondere", "en": "Where we can answer"}),
    ),
)


def open_page_version() -> SurveyVersion:
    """The instrument behind the page, made when it is first needed; nobody edits it: it has a new version only where
    the page asks something new.
    """
    company = the_company()
    language = company.language if company else "it"
    with transaction.atomic():
        programme, _is_new = Programme.objects.get_or_create(
            name=_PROGRAMME[language], defaults={"created_at": timezone.now(), "cadence_days": 0}
        )
        definition = definition_to(_DEFINITION)
        survey, _is_new = Survey.objects.get_or_create(
            slug=SLUG,
            defaults={"programme": programme, "draft": definition, "is_imported": True, "created_at": timezone.now()},
        )
        # In turn: two who come first after an update make one version
        survey = Survey.objects.select_for_update().get(pk=survey.pk)
        version = survey.versions.order_by("-number").first()
        if version is None or not is_same(version.definition, _DEFINITION):
            number = version.number + 1 if version else 1
            version = SurveyVersion.objects.create(
                survey=survey, number=number, definition=definition, published_at=timezone.now()
            )
    return version


def take_told(
    told: str,
    words: str,
    *,
    key: str,
    language: str,
    channel: str,
    location: Location | None = None,
    contact: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Response:
    """Keep what somebody told us; the same ``key`` again gives the first one back.

    ``contact`` (name, email, phone) only where they want to be answered there: nobody has to say who they are.
    """
    if not words.strip():
        raise PremuraError("text-needed", _("Write something first."))
    answers: dict[str, object] = {ABOUT: told, WORDS: words}
    if contact:
        answers[CONTACT] = {**contact, "consent": "yes"}
    with transaction.atomic():
        submission = receive_submission(
            open_page_version(),
            answers,
            key=key,
            language=language,
            channel=channel,
            location_code=location.code if location else "",
            at=at,
        )
        return unfold_submission(submission)
