"""Customers: who is this, and how are we doing with them?"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.customers.customers import Meeting, add_customer, add_interaction, change_customer, opt_out
from premura.core.customers.models import Customer
from premura.core.errors import NotFound
from premura.core.staff.roles import Ability
from premura.core.staff.scope import seen_by
from premura.entrypoints.web.customers.forms import CustomerForm, InteractionForm, NeedForm, places_of
from premura.entrypoints.web.customers.listed import Listed, customers_found
from premura.entrypoints.web.customers.page import page_of, silent_since
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.paging import long_page
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop import wiring

PAGE = 50


def _sentence(request: StaffRequest) -> Sentence:
    states = [("", _("All customers")), ("silent", _("Silent customers")), ("case", _("Customers with an open case"))]
    places = [("", _("every place")), *((str(place.pk), place.name) for place in places_of(request.user))]
    orders = [
        ("name", _("by name")),
        ("recent", _("those we met last first")),
        ("cases", _("those with most open cases first")),
    ]
    return Sentence.from_query(
        _("%(state)s of %(location)s, %(sort)s"),
        request.GET,
        Choice("state", _("Which customers"), states),
        Choice("location", _("Place"), places),
        Choice("sort", _("Order"), orders),
        keep=("q",),
    )


@signed_in(Ability.SEE)
def customers(request: StaffRequest) -> HttpResponse:
    text, sentence = request.GET.get("q", "").strip()[:100], _sentence(request)
    since = silent_since(request.company)
    found = customers_found(request.user, text, sentence["location"], sentence["state"], silent_since=since)
    context = {
        "page": long_page(Listed(found, sentence["sort"]), PAGE, request.GET.get("page")),
        "sentence": sentence,
        "text": text,
        "silent_since": since,
        "is_filtered": bool(text or sentence["location"] or sentence["state"]),
    }
    return render(request, "customers/list.html", context)


@signed_in(Ability.SEE)
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    return show_customer(request, pk)


def show_customer(request: StaffRequest, pk: int, *, status: int = 200, **shown: Any) -> HttpResponse:
    """The page, with what was typed and refused in ``shown``."""
    found = seen_by(
        request.user, Customer.objects.select_related("location", "account", "keeper", "panel_member"), pk=pk
    )
    since, is_whole = silent_since(request.company), request.GET.get("story") == "all"
    context = page_of(request.user, found, timezone.now(), silent_before=since, is_whole=is_whole)
    # Asked for with a tap: most who look at the page write no contact down, and the form's choices cost a fifth of it
    meeting = InteractionForm(person=request.user) if "contact" in request.GET else None
    context |= {"meeting_form": meeting, "need": NeedForm()} | shown
    return render(request, "customers/detail.html", context, status=status)


@signed_in(Ability.EDIT_CUSTOMERS)
def customer_new(request: StaffRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, person=request.user, initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        created = add_customer(by=request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s is written down.") % {"name": created.name})
        return redirect("customer", pk=created.pk)
    return render(request, "customers/form.html", {"form": form})


@signed_in(Ability.EDIT_CUSTOMERS)
def customer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = remembered(request, pk)
    form = CustomerForm(request.POST or None, instance=found, person=request.user)
    if request.method == "POST" and form.is_valid():
        # The form has written into its instance already: compare with the row as it stands
        change_customer(Customer.objects.get(pk=pk), by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("customer", pk=pk)
    return render(request, "customers/form.html", {"form": form, "customer": found})


def remembered(request: StaffRequest, pk: int) -> Customer:
    found = seen_by(request.user, Customer.objects.all(), pk=pk)
    if found.forgotten_at:
        raise NotFound
    return found


@signed_in(Ability.EDIT_CUSTOMERS)
@require_POST
def customer_meeting(request: StaffRequest, pk: int) -> HttpResponse:
    found = remembered(request, pk)
    form = InteractionForm(request.POST, person=request.user)
    if not form.is_valid():
        return show_customer(request, pk, status=422, meeting_form=form)
    add_interaction(found, Meeting(**form.cleaned_data), by=request.user)
    messages.success(request, _("Written down."))
    return redirect("customer", pk=pk)


@signed_in(Ability.EDIT_CUSTOMERS)
@require_POST
def customer_opt_out(request: StaffRequest, pk: int) -> HttpResponse:
    found = remembered(request, pk)
    opt_out(found, by=request.user)
    messages.success(request, _("%(name)s will not be asked again.") % {"name": found.name})
    return redirect("customer", pk=pk)


@signed_in(Ability.MANAGE_COMPANY)
def customer_forgetting(request: StaffRequest, pk: int) -> HttpResponse:
    """Cannot be undone, so it asks first and names what will be lost."""
    found = remembered(request, pk)
    if request.method == "POST":
        wiring.forget_customer(found, by=request.user)
        messages.success(request, _("The customer is forgotten. The counts stay, without a name."))
        return redirect("customers")
    return render(request, "customers/forget.html", {"customer": found})
