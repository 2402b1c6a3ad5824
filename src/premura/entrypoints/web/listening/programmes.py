"""Listening: whom do we ask, what, why; who is silent?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.mail.mail import the_server
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.forms import ProgrammeForm
from premura.loop.listen.models import Programme
from premura.loop.listen.programmes import add_programme, change_programme
from premura.loop.listen.publishing import missing_in_words
from premura.loop.listen.reads import programme_for, programme_rows
from premura.loop.listen.trigger_reads import trigger_rows


def area_tabs(current: str) -> list[tuple[str, str, bool]]:
    """The parts of listening."""
    parts = [
        ("listening", _("Programmes")),
        ("responses", _("Answers")),
        ("invitations", _("Invitations")),
        ("open-page", _("Always open")),
        ("idea-desk", _("Ideas")),
        ("stories", _("Stories")),
        ("quotes", _("Quotes")),
        ("listening-quality", _("Quality")),
        ("ask", _("Ask")),
    ]
    return [(text, reverse(name), name == current) for name, text in parts]


@signed_in(Ability.ASK)
def listening(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    rows = programme_rows(request.user, now)
    context = {
        "rows": rows,
        "silent": [row for row in rows if row.is_silent],
        "now": now,
        "tabs": area_tabs("listening"),
    }
    return render(request, "listening/programmes.html", context)


@signed_in(Ability.ASK)
def programme(request: StaffRequest, pk: int) -> HttpResponse:
    found = programme_for(request.user, pk)
    now = timezone.now()
    row = next(row for row in programme_rows(request.user, now) if row.programme.pk == found.pk)
    new_survey = f"{reverse('survey-new')}?programme={pk}"
    missing = missing_in_words(found)
    context = {
        "row": row,
        "programme": found,
        "missing": missing,
        "new_survey": new_survey,
        "now": now,
        "triggers": trigger_rows(request.user, found, now),
        "mail": the_server(),
    }
    return render(request, "listening/programme.html", context)


@signed_in(Ability.EDIT_LISTENING)
def programme_new(request: StaffRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST or None, initial={"owner": request.user})
    if request.method == "POST" and form.is_valid():
        created = add_programme(request.user, **form.cleaned_data)
        _say_saved(request, created)
        return redirect("programme", pk=created.pk)
    return _form(request, form)


@signed_in(Ability.EDIT_LISTENING)
def programme_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = programme_for(request.user, pk)
    form = ProgrammeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        changed = change_programme(Programme.objects.get(pk=pk), request.user, **form.cleaned_data)
        _say_saved(request, changed)
        return redirect("programme", pk=pk)
    return _form(request, form, programme=found)


def _form(request: StaffRequest, form: ProgrammeForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "listening/programme_form.html", {"form": form, **context}, status=status)


def _say_saved(request: StaffRequest, saved: Programme) -> None:
    if saved.missing:
        messages.success(request, _("Saved. Its surveys can be published once nothing is missing here."))
    else:
        messages.success(request, _("Saved."))
