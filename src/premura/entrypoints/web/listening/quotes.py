"""Quotes under themes: marked on the page of an answer, read side by side here."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound, PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.loop.listen.models import Survey
from premura.loop.listen.quotes import code_quote, quote_for, remove_quote, themes_for
from premura.loop.listen.reads import response_for


@signed_in(Ability.SEE_INSIGHTS)
def quotes(request: StaffRequest) -> HttpResponse:
    given = request.GET.get("survey", "")
    survey = (
        Survey.objects.select_related("programme").filter(pk=int(given[:18])).first() if given.isdecimal() else None
    )
    context = {
        "themes": themes_for(request.user, survey.pk if survey else None),
        "survey": survey,
        "tabs": area_tabs("quotes") if request.user.may(Ability.ASK) else [],
    }
    return render(request, "listening/quotes.html", context)


@signed_in(Ability.ASK)
@require_POST
def response_quotes(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Mark words of the answer to ``question``."""
    said = request.POST
    answer = response_for(request.user, pk).answers.filter(question=said.get("question", "")).exclude(text="").first()
    if answer is None:
        raise NotFound
    try:
        code_quote(answer, said.get("quote", ""), said.get("theme", ""), request.user, speaker=said.get("speaker", ""))
    except PremuraError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Marked."))
    return redirect("response", pk=pk)


@signed_in(Ability.ASK)
@require_POST
def quote_removal(request: StaffRequest, pk: int) -> HttpResponse:
    quote = quote_for(request.user, pk)
    response = quote.answer.response_id
    remove_quote(quote, request.user)
    messages.success(request, _("The mark is gone; the answer stays as it was."))
    return redirect("response", pk=response)
