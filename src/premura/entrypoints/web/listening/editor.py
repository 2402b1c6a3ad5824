"""The editor of a survey: saves by itself, loses nobody's words when two write at once; and what customers will see."""

from dataclasses import replace
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.ids import id_in
from premura.core.journeys.models import Touchpoint
from premura.core.languages import CODES, language_name
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.card_cache import cards_as_html
from premura.entrypoints.web.listening.drafts import (
    Deleted,
    Step,
    cards_of,
    definition_of,
    endings_as_fields,
    hidden_words,
    pressed,
    readers_first,
    with_lines,
    words_of,
)
from premura.entrypoints.web.listening.kinds import kind_groups
from premura.entrypoints.web.listening.logic_form import Offers
from premura.entrypoints.web.listening.previews import preview_context
from premura.entrypoints.web.listening.surveys import own_survey, with_places
from premura.loop.listen.definition import Definition, Question, draft_from
from premura.loop.listen.drafting import with_kept
from premura.loop.listen.library import keep_question, kept_question, kept_questions, question_of
from premura.loop.listen.models import Perspective, Survey, SurveyVersion
from premura.loop.listen.publishing import Obstacle, obstacles
from premura.loop.listen.reads import last_edit, survey_for
from premura.loop.listen.surveys import current_version, save_draft

#: What is said of two people in one draft: when both wrote in one place, and when they did not
_MEETING = ("conflict", "merged")


@signed_in(Ability.EDIT_LISTENING)
def survey_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = own_survey(request.user, pk)
    if request.method == "POST":
        return _save(request, found)
    definition = draft_from(found.draft)
    return render(request, "listening/editor.html", _context(found, definition, _deleted(request, found, definition)))


def _save(request: StaffRequest, survey: Survey) -> HttpResponse:
    what = request.POST.get("do", "save")
    of_staff = survey.perspective == Perspective.STAFF
    typed = definition_of(request.POST, CODES, of_staff=of_staff)
    is_fetched = request.headers.get("X-Requested-With") == "fetch"
    if what != "save" or not is_fetched:
        # Not while somebody is still writing them
        typed = with_lines(typed, request.POST)
    step = _pressed(request, typed, _deleted(request, survey, typed), of_staff=of_staff)
    revision = request.POST.get("revision", "")
    try:
        saved = save_draft(survey, step.definition, int(revision) if revision.isdecimal() else 0, request.user)
    except Conflict:
        return _conflict(request, survey, typed)
    if what != "save":
        _remember(request, survey, step.deleted)
    if what.startswith("keep:") and step.card is not None:
        step = replace(step, kept=_kept(request, step.definition.questions[step.card]))
    if is_fetched:
        return _answer(request, saved, step, reshaped=what != "save")
    if step.kept:
        messages.info(request, step.kept)
    anchor = f"#card-{step.card}" if step.card is not None else ""
    return redirect(reverse("survey-edit", args=[survey.pk]) + anchor)


def _pressed(request: StaffRequest, typed: Definition, deleted: Deleted | None, *, of_staff: bool) -> Step:
    """What the button does; ``use:<kept question>`` looks into the company's own library; ``lines:<card>`` goes back to
    the card whose lines were just taken.
    """
    what = request.POST.get("do", "save")
    verb, _colon, rest = what.partition(":")
    number = id_in(rest)
    if verb == "use" and number is not None:
        grown = with_kept(typed, question_of(kept_question(number)))
        return Step(grown, len(grown.questions) - 1)
    if verb == "lines" and number is not None and number < len(typed.questions):
        return Step(typed, number)
    return pressed(typed, what, deleted, of_staff=of_staff)


def _kept(request: StaffRequest, question: Question) -> str:
    """Keep the question in the library; a sentence that says under which name, or why not."""
    try:
        kept = keep_question(question, request.user)
    except PremuraError as error:
        return str(error)
    return gettext("In your library as «%(name)s».") % {"name": kept.name}


def _answer(request: StaffRequest, saved: Survey, step: Step, *, reshaped: bool) -> JsonResponse:
    """What the page needs after a save: the revision, what is still missing, the cards when they changed shape."""
    reasons = obstacles(saved, current_version(saved))
    status = render_to_string("listening/_editor_status.html", {"reasons": with_places(saved, reasons)}, request)
    said: dict[str, Any] = {"revision": saved.revision, "status": status}
    if reshaped:
        kept = (step.card, step.kept) if step.kept else (None, "")
        context = _context(saved, draft_from(saved.draft), step.deleted, reasons, kept)
        said["body"] = render_to_string("listening/_editor_body.html", context, request)
        said["card"] = step.card
    return JsonResponse(said)


def _conflict(request: StaffRequest, survey: Survey, typed: Definition) -> HttpResponse:
    """Somebody else saved in between: theirs stays saved, what was typed stays on the page.

    The page puts together what the two wrote in different places; where both wrote, and without a script, one more
    press decides.
    """
    theirs = Survey.objects.select_related("programme").get(pk=survey.pk)
    context = {"theirs": last_edit(theirs), "survey": theirs, "now": timezone.now()}
    if request.headers.get("X-Requested-With") == "fetch":
        said = {name: render_to_string(f"listening/_editor_{name}.html", context, request) for name in _MEETING}
        page = _context(theirs, draft_from(theirs.draft), None)
        said["body"] = render_to_string("listening/_editor_body.html", page, request)
        return JsonResponse({**said, "revision": theirs.revision}, status=409)
    return render(
        request, "listening/editor.html", {**_context(theirs, typed, None), **context, "is_conflict": True}, status=409
    )


def _context(
    survey: Survey,
    definition: Definition,
    deleted: Deleted | None,
    reasons: list[Obstacle] | None = None,
    kept: tuple[int | None, str] = (None, ""),
) -> dict[str, Any]:
    current = current_version(survey)
    languages = readers_first(definition.languages)
    reasons = obstacles(survey, current) if reasons is None else reasons
    offers = Offers(definition)
    context = {
        "survey": survey,
        "definition": definition,
        "current": current,
        "title": words_of(definition.title, "title", languages, needed=True),
        "intro": words_of(definition.intro, "intro", languages, needed=False),
        "thanks": words_of(definition.thanks, "thanks", languages, needed=False),
        "deleted": deleted,
        "hidden": hidden_words(definition, CODES),
        "all_languages": [(code, language_name(code), code in languages) for code in CODES],
        "kinds": kind_groups(),
        "library": kept_questions(),
        "endings": endings_as_fields(offers),
        "fields": ", ".join(definition.fields),
        "problems": _problems(reasons),
        "touchpoints": Touchpoint.objects.filter(is_imported=False).select_related("stage"),
        "reasons": with_places(survey, reasons),
        "kept_card": kept[0],
        "kept": kept[1],
    }
    return context | {"cards": cards_as_html(cards_of(offers, deleted), context)}


def _problems(reasons: list[Obstacle]) -> dict[str, list[str]]:
    """Question's code → what is wrong with it, to be said beside it; missing texts show as empty fields."""
    found: dict[str, list[str]] = {}
    for reason in reasons:
        if reason.area == "survey" and reason.where and not reason.language:
            found.setdefault(reason.where, []).append(reason.message)
    return found


# What was deleted a moment ago waits in the session, so that it can come back with and without JavaScript


def _session_key(survey: Survey) -> str:
    return f"deleted-question-{survey.pk}"


def _remember(request: StaffRequest, survey: Survey, deleted: Deleted | None) -> None:
    if deleted is None:
        request.session.pop(_session_key(survey), None)
    else:
        kept = {"question": msgspec.to_builtins(deleted.question), "position": deleted.position}
        request.session[_session_key(survey)] = kept


def _deleted(request: StaffRequest, survey: Survey, definition: Definition) -> Deleted | None:
    kept = request.session.get(_session_key(survey))
    if kept is None:
        return None
    deleted = Deleted(msgspec.convert(kept["question"], Question), kept["position"])
    return None if definition.question(deleted.question.code) else deleted


@signed_in(Ability.ASK)
def survey_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft, or a version, as customers see it; with ``frame`` the bare page for the frame."""
    found = survey_for(request.user, pk)
    version = _version(found, request.GET.get("version", ""))
    definition = draft_from(version.definition if version else found.draft)
    wanted = request.GET.get("lang", "")
    languages = definition.languages or CODES[:1]
    reader = translation.get_language()[:2]
    language = wanted if wanted in languages else reader if reader in languages else languages[0]
    if "frame" in request.GET:
        with translation.override(language):
            return render(request, "listening/preview_frame.html", preview_context(found, definition, language))
    context = {
        "survey": found,
        "version": version,
        "language": language,
        "languages": [(code, language_name(code)) for code in languages],
        "is_wide": request.GET.get("width") == "wide",
    }
    return render(request, "listening/preview.html", context)


def _version(survey: Survey, pk: str) -> SurveyVersion | None:
    if not pk:
        return None
    version = survey.versions.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if version is None:
        raise NotFound
    return version
