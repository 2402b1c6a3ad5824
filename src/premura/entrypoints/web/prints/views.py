"""What can be printed of a survey: choose which, for which place, in which language; the sheet as PDF."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import the_company
from premura.core.company.models import Location
from premura.core.errors import NotFound
from premura.core.i18n import in_language
from premura.core.languages import language as spoken
from premura.core.staff.roles import Ability
from premura.entrypoints.web.customers.forms import places_of
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.prints.paper import PaperForm, render_paper_form
from premura.entrypoints.web.prints.posters import PRINTS, Invite, takes
from premura.entrypoints.web.prints.sheet import cannot_print, unprintable
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.asking import seconds_of
from premura.loop.listen.definition import Definition, definition_from
from premura.loop.listen.links import kiosk_link, public_link, reaches_only_this_machine, snippet
from premura.loop.listen.models import Survey, SurveyVersion
from premura.loop.listen.reads import survey_for
from premura.loop.listen.surveys import current_version
from premura.loop.listen.translations import texts_of


@signed_in(Ability.ASK)
def survey_print(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheets that there are, each with what it is good for."""
    survey, version = _published(request, pk)
    definition = definition_from(version.definition)
    sentence = _sentence(request, definition.languages)
    language = sentence["lang"]
    context = {
        "survey": survey,
        "sentence": sentence,
        "kiosk": kiosk_link(survey, location=sentence["at"], language=language),
        "snippet": snippet(survey, location=sentence["at"]),
        "query": f"at={sentence['at']}&lang={language}",
        "only_here": reaches_only_this_machine(),
        "lacks": _lacking(definition, language),
    }
    return render(request, "listening/print.html", context)


@signed_in(Ability.ASK)
def survey_sheet(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """One sheet as PDF, shown by the browser, from where it is printed or kept."""
    survey, version = _published(request, pk)
    definition = definition_from(version.definition)
    sentence = _sentence(request, definition.languages)
    language, at = sentence["lang"], sentence["at"]
    place = places_of(request.user).filter(code=at).first() if at else None
    if kind == "form":
        content = render_paper_form(_paper_form(survey, version, language, place), timezone.now())
    elif kind in PRINTS:
        content = PRINTS[kind](_invite(survey, version, language, place), timezone.now())
    else:
        raise NotFound
    name = "-".join(filter(None, [kind, survey.slug, at, language]))
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _published(request: StaffRequest, pk: int) -> tuple[Survey, SurveyVersion]:
    survey = survey_for(request.user, pk)
    version = None if survey.is_imported else current_version(survey)
    if version is None:
        raise NotFound("not-published", _("This survey is not published: there is nothing to print yet."))
    return survey, version


def _sentence(request: StaffRequest, languages: tuple[str, ...]) -> Sentence:
    places = [(place.code, _("for %(place)s") % {"place": place.name}) for place in places_of(request.user)]
    options = [("", _("for no place in particular")), *places]
    named = [(code, str(spoken(code).within)) for code in languages]
    default = request.user.language if request.user.language in languages else languages[0]
    return Sentence.from_query(
        _("To print %(at)s, in %(lang)s"),
        request.GET,
        Choice("at", _("Place"), options, places[0][0] if len(places) == 1 else ""),
        Choice("lang", _("Language"), named, default),
    )


def _lacking(definition: Definition, language: str) -> str:
    """Which text of the survey or name of ours cannot be printed, and what to do instead; empty when all can."""
    texts = (in_language(text, language) for text in texts_of(definition).values())
    lacks = unprintable([_company(), *texts])
    return cannot_print(lacks) if lacks else ""


def _invite(survey: Survey, version: SurveyVersion, language: str, place: Location | None) -> Invite:
    definition = definition_from(version.definition)
    bare = urlsplit(public_link(survey))
    with translation.override(language):
        return Invite(
            company=_company(),
            title=in_language(definition.title, language),
            intro=in_language(definition.intro, language),
            promise=takes(sum(seconds_of(question) for question in definition.questions)),
            place=place.name if place else "",
            link=public_link(survey, location=place.code if place else "", channel=Channel.QR),
            address=f"{bare.netloc}{bare.path}",
            language=language,
        )


def _paper_form(survey: Survey, version: SurveyVersion, language: str, place: Location | None) -> PaperForm:
    return PaperForm(
        definition=definition_from(version.definition),
        language=language,
        company=_company(),
        place=place.name if place else "",
        version=version.number,
        link=public_link(survey, location=place.code if place else "", channel=Channel.QR),
    )


def _company() -> str:
    company = the_company()
    return company.name if company else ""
