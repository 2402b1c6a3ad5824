"""The company's own questions: read, renamed, removed; the editor keeps and uses them."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.languages import language_name
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.kinds import kind_names
from premura.loop.listen.definition import Question
from premura.loop.listen.library import kept_question, kept_questions, question_of, remove_kept, rename_kept
from premura.loop.listen.models import KeptQuestion


@dataclass(frozen=True)
class _Row:
    kept: KeptQuestion
    question: Question
    kind: str
    languages: str
    # A name that was refused stays in its field
    typed: str = ""
    error: str = ""


@signed_in(Ability.EDIT_LISTENING)
def kept_questions_page(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(request: StaffRequest, refused: int = 0, typed: str = "", error: str = "") -> HttpResponse:
    kinds = kind_names()
    rows = []
    words = request.GET.get("q", "").strip()[:100]
    for kept in kept_questions(words):
        question = question_of(kept)
        languages = ", ".join(language_name(code) for code, words in question.text.items() if words)
        told = (typed, error) if kept.pk == refused else ("", "")
        rows.append(_Row(kept, question, kinds.get(question.kind, question.kind), languages, *told))
    return render(request, "listening/library.html", {"rows": rows, "words": words}, status=422 if refused else 200)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def kept_question_name(request: StaffRequest, pk: int) -> HttpResponse:
    kept = kept_question(pk)
    typed = request.POST.get("name", "")
    try:
        rename_kept(kept, typed, request.user)
    except PremuraError as error:
        return _page(request, pk, typed, str(error))
    messages.success(request, _("Renamed. Surveys that ask it stay as they are."))
    return redirect("kept-questions")


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def kept_question_removal(request: StaffRequest, pk: int) -> HttpResponse:
    kept = kept_question(pk)
    remove_kept(kept, request.user)
    messages.success(request, _("«%(name)s» is no longer in the library; surveys keep it.") % {"name": kept.name})
    return redirect("kept-questions")
