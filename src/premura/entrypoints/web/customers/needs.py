"""Needs: what a customer needs, what we propose, whether it was met; and what is not met, across customers."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound, PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.customers.forms import NeedForm, places_of
from premura.entrypoints.web.customers.views import PAGE, remembered, show_customer
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.promise.models import Need
from premura.loop.promise.need_reads import need_for
from premura.loop.promise.need_reads import needs as needs_seen
from premura.loop.promise.needs import add_need, propose_solution, settle_need


def _sentence(request: StaffRequest) -> Sentence:
    states = [
        ("", _("Needs that are not met")),
        ("open", _("Needs with nothing proposed")),
        ("proposed", _("Needs with a proposal, not known whether it fits")),
        ("not_met", _("Needs that our proposal did not meet")),
        ("met", _("Needs that are met")),
    ]
    places = [("", _("every place")), *((str(place.pk), place.name) for place in places_of(request.user))]
    return Sentence.from_query(
        _("%(state)s of customers of %(location)s"),
        request.GET,
        Choice("state", _("Which needs"), states),
        Choice("location", _("Place"), places),
        keep=("q",),
    )


@signed_in(Ability.SEE)
def needs(request: StaffRequest) -> HttpResponse:
    """What customers need and did not get: the list from which an offer grows."""
    text, sentence = request.GET.get("q", "").strip()[:100], _sentence(request)
    place = int(sentence["location"]) if sentence["location"].isdigit() else None
    rows = needs_seen(request.user, state=sentence["state"], location=place, search=text)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "sentence": sentence,
        "text": text,
        "is_filtered": bool(text or sentence["location"] or sentence["state"]),
        "now": timezone.now(),
    }
    return render(request, "customers/needs.html", context)


@signed_in(Ability.EDIT_CUSTOMERS)
@require_POST
def need_new(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = remembered(request, pk), NeedForm(request.POST)
    if not form.is_valid():
        return show_customer(request, pk, status=422, need=form)
    add_need(found, form.cleaned_data["what"], by=request.user)
    messages.success(request, _("Written down. Propose something as soon as you know what fits."))
    return redirect(reverse("customer", args=[pk]) + "#needs")


@signed_in(Ability.EDIT_CUSTOMERS)
@require_POST
def proposal(request: StaffRequest, pk: int) -> HttpResponse:
    need = _of_somebody(request, pk)
    typed = request.POST.get("what", "")
    return _done(request, need, typed, lambda: propose_solution(need, typed, by=request.user))


@signed_in(Ability.EDIT_CUSTOMERS)
@require_POST
def outcome(request: StaffRequest, pk: int) -> HttpResponse:
    """The need is met (``met=1``) or not; then the note says what is missing."""
    need = _of_somebody(request, pk)
    typed, is_met = request.POST.get("note", ""), request.POST.get("met") == "1"
    return _done(request, need, typed, lambda: settle_need(need, is_met=is_met, note=typed, by=request.user))


def _of_somebody(request: StaffRequest, pk: int) -> Need:
    need = need_for(request.user, pk)
    if need.customer_id is None:
        raise NotFound
    return need


def _done(request: StaffRequest, need: Need, typed: str, act: Callable[[], object]) -> HttpResponse:
    """Back to the customer; a refusal stands beside the need, with what was typed."""
    customer = need.customer_id or 0
    try:
        act()
    except PremuraError as error:
        refused = {"pk": need.pk, "reason": str(error), "typed": typed}
        return show_customer(request, customer, status=error.status, refused=refused)
    messages.success(request, _("Written down."))
    return redirect(reverse("customer", args=[customer]) + "#needs")
