"""Bulletins: what everybody must know, and who has read it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, back, signed_in
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.team.forms import BulletinForm
from premura.loop.equip import bulletins as stage

PAGE = 30


@signed_in(Ability.SEE)
def bulletins(request: StaffRequest) -> HttpResponse:
    page = Paginator(stage.bulletins(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "team/bulletins.html", {"page": page})


@signed_in(Ability.SEE)
def bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    found = stage.bulletin_for(request.user, pk)
    context = {
        "bulletin": found,
        "reading": found.readings.filter(person=request.user).first(),
        "may_withdraw": found.withdrawn_at is None and stage.may_speak(request.user, found.location),
        "receipts": stage.receipts(found) if request.user.may(Ability.EDIT_KNOWLEDGE) else None,
    }
    return render(request, "team/bulletin.html", context)


@signed_in(Ability.EDIT_KNOWLEDGE)
def bulletin_new(request: StaffRequest) -> HttpResponse:
    places = places_of(request.user)
    form = BulletinForm(request.POST or None, places=places, is_everywhere=request.user.location_ids() is None)
    if request.method == "POST" and form.is_valid():
        try:
            made = stage.publish_bulletin(by=request.user, **form.cleaned_data)
        except PremuraError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Published. Everybody finds it on Today until they have read it."))
            return redirect("bulletin", pk=made.pk)
    return render(request, "team/bulletin_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(Ability.SEE)
@require_POST
def bulletin_reading(request: StaffRequest, pk: int) -> HttpResponse:
    stage.read_bulletin(stage.bulletin_for(request.user, pk), by=request.user)
    messages.success(request, _("Noted: you have read it."))
    return back(request, reverse("bulletin", args=[pk]))


@signed_in(Ability.EDIT_KNOWLEDGE)
@require_POST
def bulletin_withdrawal(request: StaffRequest, pk: int) -> HttpResponse:
    if stage.withdraw_bulletin(stage.bulletin_for(request.user, pk), by=request.user):
        messages.success(request, _("Withdrawn: nobody is asked to read it any more."))
    return redirect("bulletin", pk=pk)
