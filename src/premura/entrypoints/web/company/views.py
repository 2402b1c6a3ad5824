"""The company's settings: facts, places, hours, days off."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.company.calendar import italian_holidays
from premura.core.company.changes import (
    add_closed_day,
    add_location,
    change_company,
    change_location,
    close_location,
    remove_closed_day,
    set_hours,
)
from premura.core.company.company import the_company
from premura.core.company.models import ClosedDay, Company, Location
from premura.core.staff.roles import Ability
from premura.entrypoints.web.company.forms import ClosedDayForm, CompanyForm, HoursForm, LocationForm
from premura.entrypoints.web.door import StaffRequest, signed_in


def _company() -> Company:
    return cast(Company, the_company())  # the first-run middleware lets nobody in before there is one


def _context(request: StaffRequest, **forms: Any) -> dict[str, Any]:
    company = _company()
    patron = (company.patron_month, company.patron_day) if company.patron_month and company.patron_day else None
    holidays = italian_holidays(timezone.localdate().year, patron=patron, language=request.LANGUAGE_CODE)
    return {
        "form": CompanyForm(instance=company),
        "hours_form": HoursForm(),
        "location_form": LocationForm(prefix="place"),
        "closed_form": ClosedDayForm(),
        "places": Location.objects.filter(is_imported=False, closed_on__isnull=True),
        "closed_days": ClosedDay.objects.filter(location__isnull=True, closed_on__gte=timezone.localdate()),
        "holidays": sorted(holidays.items()),
        **forms,
    }


@signed_in(Ability.MANAGE_COMPANY)
def company(request: StaffRequest) -> HttpResponse:
    form = CompanyForm(request.POST or None, instance=_company())
    if request.method == "POST" and form.is_valid():
        change_company(_company(), by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("company")
    return render(request, "company/company.html", _context(request, form=form), status=422 if form.errors else 200)


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def hours(request: StaffRequest) -> HttpResponse:
    form = HoursForm(request.POST)
    if not form.is_valid():
        return render(request, "company/company.html", _context(request, hours_form=form), status=422)
    set_hours(form.rows, by=request.user, company=_company())
    messages.success(request, _("The hours hold for every deadline from now on."))
    return redirect("company")


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def location_new(request: StaffRequest) -> HttpResponse:
    form = LocationForm(request.POST, prefix="place")
    if not form.is_valid():
        return render(request, "company/company.html", _context(request, location_form=form), status=422)
    add_location(by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("company")


@signed_in(Ability.MANAGE_COMPANY)
def location(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Location, pk=pk)
    form = LocationForm(request.POST or None, instance=found)
    hours_form = HoursForm(location=found)
    if request.method == "POST" and form.is_valid():
        change_location(Location.objects.get(pk=pk), by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("location", pk=pk)
    return render(request, "company/location.html", {"place": found, "form": form, "hours_form": hours_form})


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def location_hours(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Location, pk=pk)
    form = HoursForm(request.POST, location=found)
    if not form.is_valid():
        context = {"place": found, "form": LocationForm(instance=found), "hours_form": form}
        return render(request, "company/location.html", context, status=422)
    set_hours(form.rows, by=request.user, company=_company(), location=found)
    messages.success(request, _("The hours hold for every deadline from now on."))
    return redirect("location", pk=pk)


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def location_closing(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Location, pk=pk)
    if Location.objects.filter(is_imported=False, closed_on__isnull=True).exclude(pk=pk).exists():
        close_location(found, by=request.user)
        messages.success(request, _("%(place)s is closed. Its answers and cases stay.") % {"place": found.name})
    else:
        messages.error(request, _("This is the only place of the company: it cannot be closed."))
    return redirect("company")


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def closed_day_new(request: StaffRequest) -> HttpResponse:
    form = ClosedDayForm(request.POST)
    if not form.is_valid():
        return render(request, "company/company.html", _context(request, closed_form=form), status=422)
    add_closed_day(form.cleaned_data["closed_on"], form.cleaned_data["reason"], by=request.user, company=_company())
    return redirect("company")


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def closed_day_removal(request: StaffRequest, pk: int) -> HttpResponse:
    remove_closed_day(get_object_or_404(ClosedDay, pk=pk, location__isnull=True), by=request.user, company=_company())
    return redirect("company")
