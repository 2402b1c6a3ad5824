"""Bring your data: the list with the place to drop files, and one page for each file, whatever state it is in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from premura.core.errors import Conflict
from premura.core.jobs.jobs import worker_is_alive
from premura.core.staff.roles import Ability
from premura.core.words import without_control
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.importing.wording import (
    KINDS,
    READ_AS,
    ROLES,
    format_facts,
    outcome_facts,
    refused_in_words,
    what_it_is,
    without_options,
)
from premura.importers.bringing import wish_from
from premura.importers.exports.structure import limesurvey_file
from premura.importers.models import ImportedFile, State
from premura.importers.neutral.values import say_left
from premura.importers.preview import GONE_THROUGH, language_of, outcome_of, read_as
from premura.importers.responses.keeping import rejected_file
from premura.importers.table import TableError
from premura.importers.undoing import ask_for_undo, built_on
from premura.importers.uploading import (
    MOST_BYTES,
    SUFFIXES,
    discard_file,
    queue_import,
    receive_file,
    remembered,
    see,
    settings_from,
)
from premura.loop.listen.definition import draft_from
from premura.loop.listen.reads import survey_for

SHOWN = 50
UNDER_WAY = (State.WAITING, State.RUNNING, State.UNDOING)
AT_ONCE = 20
# A table of five thousand columns would be a page of a hundred thousand choices, which no browser sends back
OPEN_COLUMNS, MOST_COLUMNS = 40, 400


@signed_in(Ability.EDIT_LISTENING)
def importing(request: StaffRequest) -> HttpResponse:
    """The files that were brought; a post drops more of them."""
    refusals: list[str] = []
    if request.method == "POST":
        received, refusals = _receive(request)
        if len(received) == 1 and not refusals:
            return redirect("import", pk=received[0].pk)
        if received and not refusals:
            return redirect("importing")
    rows = ImportedFile.objects.select_related("imported_by").order_by("-imported_at", "-pk")[:SHOWN]
    context = {"files": [(row, what_it_is(row)) for row in rows], "refusals": refusals}
    context |= {"suffixes": ",".join(SUFFIXES), "most": MOST_BYTES >> 20}
    return render(request, "importing/importing.html", context, status=422 if refusals else 200)


def _receive(request: StaffRequest) -> tuple[list[ImportedFile], list[str]]:
    files = request.FILES.getlist("files")[:AT_ONCE]
    received, refusals = [], [] if files else [_("No file was chosen.")]
    for file in files:
        try:
            received.append(receive_file(file.name or "", file.chunks(), by=request.user))
        except TableError as error:
            refusals.append(error.sentence(request.LANGUAGE_CODE[:2]))
    return received, refusals


def _found(pk: int) -> ImportedFile:
    return get_object_or_404(ImportedFile.objects.select_related("imported_by", "undone_by"), pk=pk)


@signed_in(Ability.EDIT_LISTENING)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: to be looked at and brought in, under way, done, failed or taken back."""
    imported = _found(pk)
    if imported.state not in (State.LOOKED, State.FAILED, State.UNDONE):
        return _quoting(request, "importing/file.html", _state(request, imported))
    try:
        seen = see(imported)
        if request.method == "POST":
            settings = settings_from(request.POST.dict(), seen, imported.settings)
            if request.POST.get("do") == "bring":
                queue_import(imported, settings, by=request.user)
                return redirect("import", pk=pk)
            ImportedFile.objects.filter(pk=pk).update(settings=settings)
            return redirect("import", pk=pk)
        context = _look(request, imported, seen)
    except TableError as error:
        context = {"refusal": without_options(error.sentence(request.LANGUAGE_CODE[:2]))}
    return _quoting(request, "importing/file.html", {**_state(request, imported), **context})


def _quoting(request: StaffRequest, template: str, context: dict[str, Any], content_type: str = "") -> HttpResponse:
    """What quotes a file of others at every turn: nothing in it turns round the words beside it, wherever it stands."""
    text = render_to_string(template, context, request)
    return HttpResponse(without_control(text), content_type=content_type or None)


def _look(request: StaffRequest, imported: ImportedFile, seen: Any) -> dict[str, Any]:
    language = request.LANGUAGE_CODE[:2]
    wish = wish_from(imported.settings)
    outcome = outcome_of(seen, wish, imported.sha256, imported.name)
    left = [*seen.left_out, *(outcome.carried.left_out if outcome.carried else ())]
    plan = seen.plan
    asked = [
        (f"ask-{number}", question.sentence(language), [(c.key, c.label(language)) for c in question.choices])
        for number, question in enumerate(seen.questions)
    ]
    read = read_as(seen)
    columns = [
        (column, read.get(column.name, str(column.role)), str(column.rule or ""), " · ".join(column.examples))
        for column in (plan.columns if plan else ())
        if column.filled
    ]
    return {
        "seen": seen,
        "facts": format_facts(seen, language_of(plan) if plan else ""),
        "outcome": outcome,
        "outcome_facts": outcome_facts(outcome, seen.kind),
        "is_part": outcome.looked_at and outcome.looked_at < outcome.rows,
        "gone_through": GONE_THROUGH,
        "asked": asked,
        "columns": columns[:OPEN_COLUMNS],
        "more_columns": columns[OPEN_COLUMNS:MOST_COLUMNS],
        "unshown": max(0, len(columns) - MOST_COLUMNS),
        "roles": [(str(role), label) for role, label in ROLES.items()],
        "read_as": READ_AS.items(),
        "kinds": [(kind, KINDS[kind]) for kind in ("responses", "customers", "reviews", "purchases")]
        if seen.brought.source
        else [],
        "left": [without_options(one.sentence(language)) for one in left],
        "notes": [without_options(note.sentence(language)) for note in seen.notes],
        "settings": imported.settings,
        "missing": ", ".join(imported.settings.get("missing", ())),
        "remembered": remembered(imported) if imported.settings else None,
    }


def _state(request: StaffRequest, imported: ImportedFile) -> dict[str, Any]:
    language = request.LANGUAGE_CODE[:2]
    is_done = imported.state == State.DONE
    reasons = built_on(imported) if is_done else []
    return {
        "imported": imported,
        "kind": KINDS.get(imported.kind, imported.kind),
        "is_under_way": imported.state in UNDER_WAY,
        "kept_answers": imported.report.get("kept_answers", 0),
        "undo_failed": imported.report.get("undo_failed"),
        "worker_is_alive": worker_is_alive(),
        "is_done": is_done,
        "failure": without_options(imported.report.get("error", {}).get(language, "")),
        "kept": [without_options(say_left(one, language)) for one in imported.report.get("left_out", ())]
        if is_done
        else [],
        "said": [without_options(one[language]) for one in imported.report.get("said", ())] if is_done else [],
        "refused": refused_in_words(imported),
        "replies": imported.report.get("replies"),
        "survey_pk": imported.report.get("survey") or imported.settings.get("survey"),
        "has_rejected": bool(imported.rejected) and rejected_file(imported).exists(),
        "reasons": reasons,
    }


@signed_in(Ability.EDIT_LISTENING)
@require_GET
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The bar while an import is under way; when it has ended the whole page moves on."""
    imported = _found(pk)
    if imported.state not in UNDER_WAY:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return render(request, "importing/file.html#progress", _state(request, imported))


@signed_in(Ability.EDIT_LISTENING)
@require_GET
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """What came of it, as a text that can be kept."""
    imported = _found(pk)
    context = {**_state(request, imported), "now": timezone.now()}
    response = _quoting(request, "importing/report.txt", context, "text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{imported.pk}.txt"'
    return response


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def undoing(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        ask_for_undo(_found(pk), by=request.user)
    except Conflict as error:
        messages.error(request, str(error.message))
    return redirect("import", pk=pk)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def removal(request: StaffRequest, pk: int) -> HttpResponse:
    discard_file(_found(pk), by=request.user)
    return redirect("importing")


@signed_in(Ability.ASK)
@require_GET
def survey_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The structure of a survey, as LimeSurvey reads it."""
    survey = survey_for(request.user, pk)
    response = HttpResponse(limesurvey_file(draft_from(survey.draft), survey.pk), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{survey.slug}.lss"'
    return response
