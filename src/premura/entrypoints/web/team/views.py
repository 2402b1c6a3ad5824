"""Team: does everybody know, may everybody act?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound
from premura.core.staff.models import AuthorityLimit, Person
from premura.core.staff.roles import Ability, Role
from premura.core.staff.staff import (
    acknowledge_limit,
    acknowledgements,
    change_person,
    deactivate_person,
    invite_person,
    set_limit,
    set_rota,
)
from premura.entrypoints.web.door import StaffRequest, back, signed_in
from premura.entrypoints.web.team.entry import entry_link
from premura.entrypoints.web.team.forms import LimitForm, PersonForm, RotaForm, limit_rows


@signed_in(Ability.SEE)
def team(request: StaffRequest) -> HttpResponse:
    people = Person.objects.filter(is_active=True).prefetch_related("locations").select_related("own_limit")
    limits = {limit.role: limit for limit in AuthorityLimit.objects.filter(person__isnull=True)}
    known = acknowledgements()
    rows = []
    for person in people:
        limit = getattr(person, "own_limit", None) or limits.get(person.role)
        told = known.get(person.pk)
        rows.append((person, limit, told.acknowledged_at if told and told.covers(limit) else None))
    gone = Person.objects.filter(is_active=False) if request.user.may(Ability.MANAGE_TEAM) else []
    return render(request, "team/list.html", {"rows": rows, "gone": gone})


@signed_in(Ability.WORK_CASES)
@require_POST
def limit_acknowledgement(request: StaffRequest) -> HttpResponse:
    """I have read what I may spend, and whom I ask above it."""
    acknowledge_limit(request.user)
    messages.success(request, _("Noted: you know your limit. If it changes, you will be asked again."))
    return back(request, reverse("today"))


@signed_in(Ability.MANAGE_TEAM)
def person_new(request: StaffRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        person = invite_person(by=request.user, locations=data.pop("locations"), **data)
        messages.success(
            request,
            _("%(name)s is on the team. Give them the link below: with it they choose their password.")
            % {"name": person.name},
        )
        return redirect("person", pk=person.pk)
    return render(request, "team/form.html", {"form": form})


@signed_in(Ability.MANAGE_TEAM)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person, pk=pk)
    form = PersonForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if _is_last_owner(Person.objects.get(pk=pk)) and data["role"] != Role.OWNER:
            form.add_error("role", _("The company needs an owner. Make somebody else owner first."))
        else:
            change_person(Person.objects.get(pk=pk), by=request.user, locations=data.pop("locations"), **data)
            messages.success(request, _("Saved."))
            return redirect("person", pk=pk)
    return _person_page(request, found, form=form)


def _person_page(request: StaffRequest, found: Person, *, status: int = 200, **sent: Any) -> HttpResponse:
    limit = AuthorityLimit.objects.filter(person=found).first()
    context = {
        "form": PersonForm(instance=found),
        "rota_form": RotaForm(somebody=found),
        "somebody": found,
        "limit_form": LimitForm(initial={"per_case": limit.per_case, "per_month": limit.per_month} if limit else None),
        "own_limit": limit,
        "entry": entry_link(request, found) if not found.has_usable_password() else "",
    }
    return render(request, "team/form.html", context | sent, status=status)


def _is_last_owner(found: Person) -> bool:
    owners = Person.objects.filter(role=Role.OWNER, is_active=True)
    return found.role == Role.OWNER and not owners.exclude(pk=found.pk).exists()


@signed_in(Ability.MANAGE_TEAM)
@require_POST
def person_leaving(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person, pk=pk, is_active=True)
    if _is_last_owner(found):
        messages.error(request, _("The company needs an owner. Make somebody else owner first."))
        return redirect("person", pk=pk)
    deactivate_person(found, by=request.user)
    messages.success(
        request, _("%(name)s can no longer sign in. What they did stays in the history.") % {"name": found.name}
    )
    return redirect("team")


@signed_in(Ability.MANAGE_TEAM)
@require_POST
def person_rota(request: StaffRequest, pk: int) -> HttpResponse:
    """When they are on duty and what they know well: a new case looks for who is there and knows it."""
    found = get_object_or_404(Person, pk=pk)
    form = RotaForm(request.POST, somebody=found)
    if not form.is_valid():
        return _person_page(request, found, status=422, rota_form=form)
    set_rota(found, by=request.user, shifts=form.shifts, touchpoints=form.cleaned_data["touchpoints"])
    messages.success(request, _("Saved."))
    return redirect("person", pk=pk)


@signed_in(Ability.MANAGE_TEAM)
@require_POST
def person_limit(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person, pk=pk)
    form = LimitForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect("person", pk=pk)
    set_limit(
        person=found, by=request.user, per_case=form.cleaned_data["per_case"], per_month=form.cleaned_data["per_month"]
    )
    messages.success(request, _("The limit holds from now on."))
    return redirect("person", pk=pk)


@signed_in(Ability.MANAGE_TEAM)
def limits(request: StaffRequest) -> HttpResponse:
    """One form a role, each saved on its own."""
    role = request.POST.get("role", "")
    forms = []
    for code, label, limit in limit_rows():
        initial = {"per_case": limit.per_case, "per_month": limit.per_month} if limit else None
        form = LimitForm(request.POST if code == role else None, initial=initial, prefix=None, auto_id=f"id_{code}_%s")
        forms.append((code, label, limit, form))
    if request.method == "POST":
        chosen = next((form for code, _label, _limit, form in forms if code == role), None)
        if chosen is None:
            raise NotFound
        if chosen.is_valid():
            set_limit(
                role=role,
                by=request.user,
                per_case=chosen.cleaned_data["per_case"],
                per_month=chosen.cleaned_data["per_month"],
            )
            messages.success(request, _("The limit holds from now on."))
            return redirect("limits")
    return render(request, "team/limits.html", {"forms": forms})
