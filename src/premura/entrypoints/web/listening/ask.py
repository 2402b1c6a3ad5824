"""Ask a customer, on a phone with one hand: show a code, hand over the device, or write down what they say."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.customers.customers import Meeting, add_interaction
from premura.core.customers.models import Customer, Interaction
from premura.core.errors import NotFound
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.scope import seen_by
from premura.entrypoints.web.customers.forms import places_of
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.codes import qr_inline
from premura.entrypoints.web.listening.previews import shown_question
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.asking import PREFIX, Asked, named_in
from premura.loop.listen.conditions import when_in_words
from premura.loop.listen.definition import Context, Definition, Problem, definition_from
from premura.loop.listen.invitations import invite_customer, open_invitation
from premura.loop.listen.links import public_link, public_path, reaches_only_this_machine
from premura.loop.listen.logic import course_of, steps, with_all_options
from premura.loop.listen.models import Invitation, Perspective, Survey, SurveyVersion
from premura.loop.listen.pictures import FILE_LIMIT
from premura.loop.listen.piping import filled
from premura.loop.listen.reads import answerable_surveys, customers_to_ask, own_count
from premura.loop.listen.sentences import answer_sentence
from premura.loop.listen.submissions import InvalidAnswersError, receive_submission, unfold_submission
from premura.loop.listen.surveys import current_version
from premura.loop.listen.uploads import with_files_kept

MEMORY = "ask"
# A meeting that is written down already and that nobody was asked about is asked about rather than written down again
RECENT = timedelta(days=7)
# Way → the channel of the invitation
# How an answer came that somebody of ours writes down
KEYED = {Channel.PHONE, Channel.COUNTER, Channel.DOCUMENT}
WAYS = {"code": Channel.QR, "device": Channel.COUNTER, "counter": Channel.COUNTER, "phone": Channel.PHONE}


@dataclass(frozen=True)
class Setting:
    """Which survey, where, after which meeting: remembered from one customer to the next."""

    survey: Survey
    location: Location | None
    touchpoint: Touchpoint | None

    @property
    def query(self) -> str:
        known = {"survey": self.survey.pk, "at": self.code, "point": self.touchpoint.pk if self.touchpoint else ""}
        return urlencode(known)

    @property
    def is_noted(self) -> bool:
        """Whether somebody of ours writes down what they saw or heard: a visit, an interview, a group."""
        return self.survey.perspective == Perspective.OBSERVER

    @property
    def code(self) -> str:
        return self.location.code if self.location else ""


@signed_in(Ability.ASK)
def ask(request: StaffRequest) -> HttpResponse:
    surveys = answerable_surveys()
    now = timezone.now()
    context: dict[str, Any] = {"tabs": area_tabs("ask"), "own": own_count(request.user, now), "now": now}
    if not surveys:
        return render(request, "listening/ask_nothing.html", context)
    sentence = _sentence(request, surveys)
    setting = _setting(request.user, {name: sentence[name] for name in ("survey", "at", "point")})
    request.session[MEMORY] = {name: sentence[name] for name in ("survey", "at", "point")}
    text = request.GET.get("q", "").strip()[:100]
    found = customers_to_ask(request.user, text)
    context |= {"sentence": sentence, "setting": setting, "text": text, "customers": found}
    return render(request, "listening/ask.html", context)


def _sentence(request: StaffRequest, surveys: list[Survey]) -> Sentence:
    memory = request.session.get(MEMORY, {})
    query = QueryDict(mutable=True)
    query.update({**memory, **{name: request.GET[name] for name in ("survey", "at", "point") if name in request.GET}})
    if request.GET.get("q"):
        query["q"] = request.GET["q"]
    places = [(place.code, _("at %(place)s") % {"place": place.name}) for place in places_of(request.user)]
    where = places if request.user.location_ids() is not None else [("", _("at no place in particular")), *places]
    met = Touchpoint.objects.filter(is_imported=False).select_related("stage")
    points = [(str(point.pk), _("after «%(point)s»") % {"point": point}) for point in met]
    default = places[0][0] if len(places) == 1 else ""
    return Sentence.from_query(
        _("Ask with %(survey)s %(at)s, %(point)s"),
        query,
        Choice("survey", _("Survey"), [(str(survey.pk), f"«{survey}»") for survey in surveys]),
        Choice("at", _("Place"), where, default),
        Choice("point", _("Where you met"), [("", _("after no meeting in particular")), *points]),
        keep=["q"],
    )


def _setting(person: Person, said: Any) -> Setting:
    """The survey, place and touchpoint that an address names; what this person may not use is not found."""
    survey = next((row for row in answerable_surveys() if str(row.pk) == said.get("survey", "")), None)
    if survey is None:
        raise NotFound("survey-gone", _("This survey is not published any more: choose another one."))
    code, point = said.get("at", ""), said.get("point", "")
    places: Any = places_of(person)
    location = places.filter(code=code).first() if code else None
    touchpoint = Touchpoint.objects.filter(pk=int(point)).first() if point.isdecimal() else None
    if (code and location is None) or (point and touchpoint is None):
        raise NotFound
    return Setting(survey, location, touchpoint)


def _customer(person: Person, said: Any) -> Customer | None:
    pk = said.get("customer", "")
    if not pk:
        return None
    if not pk.isdecimal():
        raise NotFound
    return seen_by(person, Customer.objects.filter(forgotten_at__isnull=True), pk=int(pk))


@signed_in(Ability.ASK)
def ask_way(request: StaffRequest) -> HttpResponse:
    """How: a code, the device, or by word of mouth. Choosing is what counts as having asked."""
    said = request.POST if request.method == "POST" else request.GET
    setting, customer = _setting(request.user, said), _customer(request.user, said)
    way = request.POST.get("way", "")
    if way in WAYS:
        invitation = _invitation(request.user, setting, customer, way) if customer else None
        return redirect(_next(setting, way, invitation))
    last = customer.invitations.order_by("-asked_at").first() if customer else None
    context = {"setting": setting, "customer": customer, "last": last, "now": timezone.now()}
    return render(request, "listening/ask_way.html", context)


def _invitation(person: Person, setting: Setting, customer: Customer, way: str) -> Invitation:
    """The invitation of this meeting: a second tap finds the first one's."""
    now = timezone.now()
    found = open_invitation(setting.survey, customer, person, now)
    if found is not None:
        return found
    meeting = _meeting(person, setting, customer, way) if setting.touchpoint else None
    return invite_customer(
        setting.survey, customer, WAYS[way], person, interaction=meeting, location=setting.location, at=now
    )


def _meeting(person: Person, setting: Setting, customer: Customer, way: str) -> Interaction:
    recent = customer.interactions.filter(
        touchpoint=setting.touchpoint, happened_at__gte=timezone.now() - RECENT, invitations__isnull=True
    )
    if (found := recent.order_by("-happened_at").first()) is not None:
        return found
    assert setting.touchpoint is not None
    channel = Channel.PHONE if way == "phone" else Channel.COUNTER
    meeting = Meeting(touchpoint=setting.touchpoint, channel=channel, location=setting.location)
    return add_interaction(customer, meeting, by=person)


def _next(setting: Setting, way: str, invitation: Invitation | None) -> str:
    token = invitation.token if invitation else ""
    if way == "device":
        return public_path(setting.survey, location=setting.code, channel=Channel.COUNTER, token=token)
    page = reverse("ask-code" if way == "code" else "ask-answer")
    return f"{page}?{setting.query}&{urlencode({'i': token, 'via': WAYS[way]})}"


@signed_in(Ability.ASK)
def ask_code(request: StaffRequest) -> HttpResponse:
    """The code as large as the screen, to be held towards the customer."""
    setting = _setting(request.user, request.GET)
    invitation = _known_invitation(request.user, setting, request.GET.get("i", ""))
    token = invitation.token if invitation else ""
    link = public_link(setting.survey, location=setting.code, channel=Channel.QR, token=token)
    context = {"setting": setting, "code": qr_inline(link), "link": link, "only_here": reaches_only_this_machine()}
    return render(request, "listening/ask_code.html", context)


def _known_invitation(person: Person, setting: Setting, token: str) -> Invitation | None:
    if not token:
        return None
    return seen_by(person, Invitation.objects.select_related("customer"), token=token, survey=setting.survey)


@signed_in(Ability.ASK)
def ask_answer(request: StaffRequest) -> HttpResponse:
    """Write down what the customer says; the same form sent twice counts once."""
    said = request.POST if request.method == "POST" else request.GET
    setting = _setting(request.user, said)
    invitation = _known_invitation(request.user, setting, said.get("i", ""))
    version = _version(setting.survey, said.get("version", ""))
    if request.method != "POST":
        return _answer_page(request, setting, version, invitation, {}, ())
    raw, problems = with_files_kept(definition_from(version.definition), _raw_answers(request.POST, request.FILES))
    if problems:
        return _answer_page(request, setting, version, invitation, raw, problems)
    language = invitation.customer.language if invitation else request.user.language
    try:
        submission = receive_submission(
            version,
            raw,
            key=request.POST.get("key", "") or uuid.uuid4().hex,
            language=language,
            channel=said.get("via", "") if said.get("via") in KEYED else Channel.COUNTER,
            location_code=setting.code,
            token=invitation.token if invitation else "",
            person=request.user,
            customer=invitation.customer if invitation else None,
        )
    except InvalidAnswersError as error:
        return _answer_page(request, setting, version, invitation, raw, error.problems)
    response = unfold_submission(submission)
    if said.get("via") == Channel.DOCUMENT:
        # A pile of forms: the next one is keyed in on the same page
        messages.success(request, _("This form is saved. Here is an empty one for the next."))
        return redirect(f"{reverse('ask-answer')}?{setting.query}&{urlencode({'via': Channel.DOCUMENT})}")
    messages.success(request, _("Written down. Thank you for asking."))
    return redirect("response", pk=response.pk) if request.user.may(Ability.SEE_INSIGHTS) else redirect("ask")


def _version(survey: Survey, pk: str) -> SurveyVersion:
    """The version that the form was made of, while it may be used; else the current one."""
    versions = survey.versions.filter(withdrawal__isnull=True)
    version = (versions.filter(pk=int(pk)).first() if pk.isdecimal() else None) or current_version(survey)
    if version is None:
        raise NotFound
    return version


def _raw_answers(form: QueryDict, files: "MultiValueDict[str, UploadedFile[Any]]") -> dict[str, object]:
    raw = named_in((name, value) for name, values in form.lists() for value in values)
    for field, one in files.items():
        if field.startswith(PREFIX) and isinstance(one, UploadedFile) and one.size:
            # One byte more than the limit is enough to be refused: no more is read
            raw[field.removeprefix(PREFIX)] = {"name": one.name, "data": one.read(FILE_LIMIT + 1)}
    return raw


def _keyed(
    definition: Definition, language: str, raw: dict[str, object], wrong: dict[str, str]
) -> list[tuple[Asked, str]]:
    """Every question with what was typed, and when it is to be asked, in words; the logic decides again on saving."""
    course = course_of(definition)
    context = Context(language)
    answers = {
        step.question.code: () if isinstance(step.read, Problem) else step.read for step in steps(course, raw, context)
    }
    keyed = []
    for question in definition.questions:
        whole = with_all_options(question, course)
        shown = shown_question(whole, language, raw.get(question.code), wrong.get(question.code, ""))
        filled_in = replace(shown, text=filled(shown.text, course, answers, context))
        keyed.append((filled_in, when_in_words(definition, question.show_if)))
    return keyed


def _answer_page(
    request: StaffRequest,
    setting: Setting,
    version: SurveyVersion,
    invitation: Invitation | None,
    raw: dict[str, object],
    problems: tuple[Problem, ...],
) -> HttpResponse:
    definition = definition_from(version.definition)
    # The question is read aloud in the customer's language
    language = invitation.customer.language if invitation else request.user.language
    wrong = {p.where: answer_sentence(definition.question(p.where), p) for p in reversed(problems)}
    context = {
        "setting": setting,
        "version": version,
        "invitation": invitation,
        "via": request.POST.get("via") or request.GET.get("via", ""),
        "key": request.POST.get("key", "") or uuid.uuid4().hex,
        "questions": _keyed(definition, language, raw, wrong),
        "wrong": wrong,
        "nothing": any(problem.code == "nothing-answered" for problem in problems),
        "language": language,
    }
    return render(request, "listening/ask_answer.html", context, status=422 if problems else 200)
