"""One survey: what it asks and why, how it is shared, which versions exist; publish and withdraw."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.i18n import in_language
from premura.core.ids import id_in
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.customers.forms import places_of
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.codes import qr_file, qr_inline
from premura.entrypoints.web.listening.starting import SideForm, SurveyForm
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.definition import draft_from
from premura.loop.listen.links import public_link, reaches_only_this_machine
from premura.loop.listen.models import Programme, Survey, SurveyVersion
from premura.loop.listen.piping import unfilled
from premura.loop.listen.publishing import Obstacle, obstacles
from premura.loop.listen.reads import programme_for, survey_for, survey_rows, version_rows
from premura.loop.listen.surveys import (
    NotPublishableError,
    add_survey,
    place_survey,
    publish_survey,
    turn_survey,
    withdraw_version,
)

VERSIONS = 50


@signed_in(Ability.ASK)
def survey(request: StaffRequest, pk: int) -> HttpResponse:
    found = survey_for(request.user, pk)
    row = survey_rows(request.user, [found])[0]
    share = None if row.current is None or found.is_imported else _share(request, found)
    reasons = [] if found.is_imported else with_places(found, obstacles(found, row.current))
    definition = draft_from(row.current.definition if row.current else found.draft)
    context = {
        "survey": found,
        "row": row,
        "asked": [(unfilled(in_language(one.text)), one.required) for one in definition.questions],
        "reasons": reasons,
        # One button of the page is the next step: publishing, or where it is out, bringing it to people
        "edit_is_next": bool(reasons) and (row.current is None or row.has_changes),
        "share": share,
        "versions": Paginator(version_rows(request.user, found), VERSIONS).get_page(request.GET.get("page")),
        "touchpoints": Touchpoint.objects.filter(is_imported=False).select_related("stage"),
        "may_edit": request.user.may(Ability.EDIT_LISTENING) and not found.is_imported,
        "lacks_texts": any(reason.language for reason, _place in reasons),
        "side": None if row.was_published else SideForm.of(found),
        "now": timezone.now(),
    }
    return render(request, "listening/survey.html", context)


def with_places(survey: Survey, reasons: list[Obstacle]) -> list[tuple[Obstacle, str]]:
    """Each reason with the address where it can be mended."""
    programme = reverse("programme-edit", args=[survey.programme_id])
    editor = reverse("survey-edit", args=[survey.pk])
    return [
        (
            reason,
            f"{programme}#id_{reason.where}" if reason.area == "programme" else f"{editor}#{_anchor(survey, reason)}",
        )
        for reason in reasons
    ]


def _anchor(survey: Survey, reason: Obstacle) -> str:
    """The editor's field of a question's text, else its card, else the field of the whole survey."""
    codes = [question.code for question in draft_from(survey.draft).questions]
    if reason.where in codes:
        return f"card-{codes.index(reason.where)}"
    if reason.where in {"title", "intro", "thanks"}:
        return f"{reason.where}-{reason.language}" if reason.language else "survey-words"
    return "languages" if "language" in reason.code else "cards"


def _share(request: StaffRequest, survey: Survey) -> dict[str, Any]:
    places = list(places_of(request.user))
    options = [("", _("for no place in particular"))]
    options += [(place.code, _("for %(place)s") % {"place": place.name}) for place in places]
    default = places[0].code if len(places) == 1 else ""
    text = _("Link and QR code %(at)s")
    sentence = Sentence.from_query(text, request.GET, Choice("at", _("Place"), options, default))
    code = sentence["at"]
    return {
        "sentence": sentence,
        "at": code,
        "has_places": bool(places),
        "link": public_link(survey, location=code),
        "code": qr_inline(public_link(survey, location=code, channel="qr")),
        "only_here": reaches_only_this_machine(),
    }


@signed_in(Ability.ASK)
def survey_code(request: StaffRequest, pk: int) -> HttpResponse:
    """The QR code of one place as a file to print."""
    found = survey_for(request.user, pk)
    code, kind = request.GET.get("at", ""), request.GET.get("as", "svg")
    if kind not in {"svg", "png"} or (code and not _is_place(request.user, code)):
        raise NotFound
    types = {"svg": "image/svg+xml", "png": "image/png"}
    content = qr_file(public_link(found, location=code, channel="qr"), kind)
    name = "-".join(filter(None, ["qr", found.slug, code]))
    return HttpResponse(
        content, content_type=types[kind], headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    )


def _is_place(person: Person, code: str) -> bool:
    places: Any = places_of(person)
    return bool(places.filter(code=code).exists())


@signed_in(Ability.EDIT_LISTENING)
def survey_new(request: StaffRequest) -> HttpResponse:
    if not Programme.objects.exists():
        messages.info(request, _("A survey belongs to a programme: say first why you listen."))
        return redirect("programme-new")
    # What the programme's page, the choice of an instrument or another survey bring along
    brought = ("programme", "start", "perspective", "subject", "moment")
    initial = {name: request.GET[name] for name in brought if request.GET.get(name)}
    number = id_in(request.GET.get("like", ""))
    like = survey_for(request.user, number) if number is not None else None
    form = SurveyForm(request.POST or None, request.FILES or None, initial=initial or None, like=like)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        begun = form.beginning()
        programme = programme_for(request.user, given["programme"].pk)
        created = add_survey(
            programme,
            begun.definition,
            request.user,
            perspective=begun.perspective,
            moment=begun.moment,
            touchpoint=given["touchpoint"],
            subject=given["subject"],
        )
        return redirect("survey-edit", pk=created.pk)
    return render(request, "listening/survey_form.html", {"form": form}, status=422 if form.is_bound else 200)


def own_survey(person: Person, pk: int) -> Survey:
    """A survey of ours: imported ones were asked elsewhere and cannot be changed or published."""
    found = survey_for(person, pk)
    if found.is_imported:
        raise NotFound
    return found


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def survey_place(request: StaffRequest, pk: int) -> HttpResponse:
    found = own_survey(request.user, pk)
    chosen = request.POST.get("touchpoint", "")
    touchpoint = Touchpoint.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    if chosen and touchpoint is None:
        raise NotFound
    place_survey(found, touchpoint, request.user)
    messages.success(request, _("Saved. Answers that came before stay where they were counted."))
    return redirect("survey", pk=pk)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def survey_side(request: StaffRequest, pk: int) -> HttpResponse:
    """Who answers, about whom and when; once it was published the refusal says what to do instead."""
    found = own_survey(request.user, pk)
    form = SideForm(request.POST, prefix="side")
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: choose from the lists."))
        return redirect("survey", pk=pk)
    given = form.cleaned_data
    try:
        turn_survey(found, given["perspective"], given["moment"], given["subject"], request.user)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("survey", pk=pk)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def survey_publication(request: StaffRequest, pk: int) -> HttpResponse:
    found = own_survey(request.user, pk)
    try:
        version = publish_survey(found, request.user)
    except NotPublishableError:
        # The page lists every reason beside the button
        messages.error(request, _("Not published yet: see what is missing."))
    else:
        messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("survey", pk=pk)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def survey_withdrawal(request: StaffRequest, pk: int) -> HttpResponse:
    """Withdraw the version ``pk``."""
    version = SurveyVersion.objects.filter(pk=pk, survey__is_imported=False).select_related("survey").first()
    if version is None:
        raise NotFound
    try:
        withdraw_version(version, request.user, request.POST.get("reason", ""))
    except PremuraError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Version %(number)s is withdrawn. Its answers stay.") % {"number": version.number})
    return redirect("survey", pk=version.survey_id)
