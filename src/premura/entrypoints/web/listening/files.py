"""A draft as a file, JSON, workbook or CSV, and a file back into the draft."""

from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, NotFound
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.bringing import BroughtSurvey, UnreadableError, brought_survey
from premura.entrypoints.web.listening.surveys import own_survey
from premura.entrypoints.web.listening.workbooks import FILE_LIMIT, XLSX, workbook_of
from premura.loop.listen.csv_sheets import sheets_to_csv
from premura.loop.listen.definition import draft_from
from premura.loop.listen.models import Survey
from premura.loop.listen.reads import survey_for
from premura.loop.listen.sheets import sheets_of
from premura.loop.listen.surveys import save_draft
from premura.loop.listen.transfer import NotASurveyError, SurveyFile, survey_to_file

_TYPES = {"json": "application/json", "xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@signed_in(Ability.EDIT_LISTENING)
def survey_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft as one file, to be brought into another Premura, changed in a spreadsheet or kept."""
    found = survey_for(request.user, pk)
    kind = request.GET.get("as", "json")
    if kind not in _TYPES:
        raise NotFound
    definition, state = draft_from(found.draft), f"{found.slug}/{found.revision}"
    kept = SurveyFile(definition, perspective=found.perspective, moment=found.moment)  # type: ignore[arg-type]
    try:
        if kind == "json":
            content = survey_to_file(definition, found.perspective, found.moment)
        else:
            content = workbook_of(kept, state) if kind == "xlsx" else sheets_to_csv(sheets_of(kept, state))
    except NotASurveyError:
        messages.error(request, _("A text is longer than a cell of a spreadsheet can be: save it as JSON."))
        return redirect("survey", pk=pk)
    headers = {"Content-Disposition": f'attachment; filename="{found.slug}.{kind}"'}
    return HttpResponse(content, content_type=_TYPES[kind], headers=headers)


@signed_in(Ability.EDIT_LISTENING)
def survey_bringing(request: StaffRequest, pk: int) -> HttpResponse:
    """A file takes the place of the draft: whole, or not at all."""
    found = own_survey(request.user, pk)
    context: dict[str, Any] = {"survey": found, "revision": found.revision}
    if request.method == "POST":
        file: Any = request.FILES.get("file")
        try:
            if file is None:
                raise UnreadableError([_("Choose a file first.")])
            _replace(request, found, brought_survey(file.read(FILE_LIMIT + 1)))
        except UnreadableError as error:
            context["sentences"] = error.sentences
        except Conflict:
            context["is_conflict"] = True
        else:
            return redirect("survey-edit", pk=pk)
    failed = {"sentences", "is_conflict"} & context.keys()
    return render(request, "listening/bringing.html", context, status=422 if failed else 200)


def _replace(request: StaffRequest, survey: Survey, brought: BroughtSurvey) -> None:
    """Against the state that the file was saved of, else the one that was on the page; «all the same» is a decision."""
    slug, _slash, saved = brought.state.rpartition("/")
    known = saved if slug == survey.slug else request.POST.get("revision", "")
    revision = int(known) if known.isascii() and known.isdecimal() else 0
    if request.POST.get("all_the_same"):
        revision = survey.revision
    before = {question.code for question in draft_from(survey.draft).questions}
    # A file without a language would leave nothing to write in
    languages = brought.kept.definition.languages or draft_from(survey.draft).languages
    definition = msgspec.structs.replace(brought.kept.definition, languages=languages)
    save_draft(survey, definition, revision, request.user)
    after = {question.code for question in definition.questions}
    text = _("The draft is as the file says: %(all)s questions, %(new)s of them new; %(gone)s are gone.")
    counts = {"all": len(after), "new": len(after - before), "gone": len(before - after)}
    messages.success(request, text % counts)
