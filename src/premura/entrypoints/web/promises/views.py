"""Promises: what did we promise, and do we keep it?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.company.company import local_date, the_company
from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.core.staff.scope import seen_by
from premura.core.staff.staff import people_who_may
from premura.entrypoints.web.door import StaffRequest, back, signed_in
from premura.entrypoints.web.promises.forms import CommitmentForm
from premura.entrypoints.web.promises.links import link_of
from premura.entrypoints.web.recovery.cases import PAGE
from premura.entrypoints.web.recovery.forms import today_iso
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.promise.commitments import break_commitment, call_off_commitment, keep_commitment, make_commitment
from premura.loop.promise.reads import CommitmentFilter, commitment_for, commitments, kept_rate
from premura.loop.promise.rules import is_kept_by_hand
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate

KINDS = {
    "customer": ("promise", "call"),
    "case": ("first_answer", "solution"),
    "calls": ("manager_call", "call"),
    "inside": ("task", "action", "check", "approval", "card"),
}


@dataclass(frozen=True)
class KeptMetric:
    """How the rate is called and what it counts."""

    name: Any
    definition: Any
    unit: str = "percent"
    counted: str = "promises"


KEPT = KeptMetric(
    name=gettext_lazy("Promises kept in time"),
    definition=gettext_lazy(
        "Of what ended in the period, the share that was done by the instant it was due. "
        "Done late and broken count against it; what is still open or was called off does not count."
    ),
)


@dataclass(frozen=True)
class KeptFigure:
    """The rate as pages show figures."""

    estimate: Estimate
    minimum_n: int
    metric: KeptMetric = KEPT


def _window(period: str, now: datetime) -> Window:
    return Window.ending(local_date(now), {"month": 30, "quarter": 90}.get(period, 365))


@signed_in(Ability.SEE)
def promises(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    sentence = _sentence(request)
    search = request.GET.get("q", "").strip()[:100]
    owner = request.user.pk if sentence["owner"] == "me" else id_in(sentence["owner"])
    customer = _customer(request)
    kinds = KINDS.get(sentence["kind"], ())
    ended = sentence["state"] not in ("waiting", "overdue")
    window = _window(sentence["period"], now)
    chosen = CommitmentFilter(
        state=sentence["state"],
        owner=owner,
        customer=customer.pk if customer else None,
        kinds=kinds,
        window=window if ended else None,
        search=search,
    )
    page = Paginator(commitments(request.user, chosen, now), PAGE).get_page(request.GET.get("page"))
    narrowed: dict[str, Any] = {"kind__in": kinds} if kinds else {}
    if owner:
        narrowed["owner_id"] = owner
    if customer:
        narrowed["customer"] = customer
    kept = kept_rate(request.user, window, **narrowed)
    company = the_company()
    context = {
        "page": page,
        "sentence": sentence,
        "search": search,
        "customer": customer,
        "kept": kept,
        "figure": KeptFigure(kept.estimate, company.minimum_n if company else 30),
        "is_filtered": bool(search or owner or customer or kinds or sentence["state"] != "waiting"),
        "now": now,
    }
    return render(request, "promises/list.html", context)


def _customer(request: StaffRequest) -> Customer | None:
    pk = id_in(request.GET.get("customer", ""))
    return seen_by(request.user, Customer.objects.remembered(), pk=pk) if pk else None


def _sentence(request: StaffRequest) -> Sentence:
    person = request.user
    people = [
        (str(p.pk), _("of %(name)s") % {"name": p}) for p in people_who_may(Ability.WORK_CASES) if p.pk != person.pk
    ]
    states = [
        ("waiting", _("Open promises")),
        ("overdue", _("Promises that are late now")),
        ("kept", _("Promises kept")),
        ("late", _("Promises kept late")),
        ("broken", _("Broken promises")),
        ("called_off", _("Promises called off")),
        ("all", _("All promises")),
    ]
    kinds = [
        ("", _("of every kind")),
        ("customer", _("to customers")),
        ("case", _("of cases")),
        ("calls", _("to call")),
        ("inside", _("among ourselves")),
    ]
    return Sentence.from_query(
        _("%(state)s %(kind)s, %(owner)s; kept in time %(period)s"),
        request.GET,
        Choice("state", _("State"), states),
        Choice("kind", _("Kind"), kinds),
        Choice("owner", _("Whose"), [("", _("of everybody")), ("me", _("of mine")), *people]),
        Choice(
            "period",
            _("Period"),
            [
                ("year", _("in the last twelve months")),
                ("quarter", _("in the last 90 days")),
                ("month", _("in the last 30 days")),
            ],
        ),
        keep=("q", "customer"),
    )


@signed_in(Ability.SEE)
def promise(request: StaffRequest, pk: int) -> HttpResponse:
    found = commitment_for(request.user, pk)
    link = link_of(found)
    context = {
        "promise": found,
        "outcome": getattr(found, "outcome", None),
        "link": link if link != request.path else "",
        "by_hand": is_kept_by_hand(found.kind) and request.user.may(Ability.WORK_CASES) and found.ended_at is None,
    }
    return render(request, "promises/detail.html", context)


@signed_in(Ability.WORK_CASES)
def promise_new(request: StaffRequest) -> HttpResponse:
    known = _customer(request)
    form = CommitmentForm(request.POST or None, person=request.user, known=known)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        day, clock = given.pop("due_on"), given.pop("due_time")
        try:
            made = make_commitment(
                given.pop("what"), due=datetime.combine(day, clock) if clock else day, by=request.user, **given
            )
        except PremuraError as error:
            form.add_error({"date": "due_on", "time": "due_time"}.get(error.code.partition("-")[0]), str(error))
        else:
            messages.success(request, _("Promised. It stands on the page Today of %(name)s.") % {"name": made.owner})
            return redirect("promise", pk=made.pk)
    context = {"form": form, "customer": known, "first_day": today_iso()}
    return render(request, "promises/new.html", context, status=422 if form.errors else 200)


def _by_hand(request: StaffRequest, pk: int) -> Any:
    found = commitment_for(request.user, pk)
    if not is_kept_by_hand(found.kind):
        raise PremuraError("kept-elsewhere", _("This ends by itself when its case or action does: open that instead."))
    return found


@signed_in(Ability.WORK_CASES)
@require_POST
def keeping(request: StaffRequest, pk: int) -> HttpResponse:
    outcome = keep_commitment(_by_hand(request, pk), by=request.user, note=request.POST.get("note", ""))
    messages.success(request, _("Kept.") if outcome.outcome == "kept" else _("Done, though late."))
    return back(request, reverse("promise", args=[pk]))


@signed_in(Ability.WORK_CASES)
@require_POST
def breaking(request: StaffRequest, pk: int) -> HttpResponse:
    break_commitment(_by_hand(request, pk), by=request.user, note=request.POST.get("note", ""))
    messages.success(
        request, _("Written down as broken. Tell whoever was waiting, and promise a new day if there is one.")
    )
    return back(request, reverse("promise", args=[pk]))


@signed_in(Ability.WORK_CASES)
@require_POST
def calling_off(request: StaffRequest, pk: int) -> HttpResponse:
    call_off_commitment(_by_hand(request, pk), by=request.user, note=request.POST.get("note", ""))
    messages.success(request, _("Called off."))
    return back(request, reverse("promise", args=[pk]))
