"""Cases: what went wrong, who puts it right?"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.core.company.company import company_timezone, local_date
from premura.core.customers.customers import add_customer
from premura.core.customers.models import Customer
from premura.core.ids import id_in
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.scope import require, seen_by
from premura.core.staff.staff import people_who_may
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.recovery.forms import CaseForm, places_of, today_iso
from premura.entrypoints.web.recovery.page import case_page
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.improve.models import RootCause
from premura.loop.improve.reads import explained_cases
from premura.loop.promise.reads import by_urgency, next_duties
from premura.loop.recover.cases import BY_HAND, open_case, shortened, write_message
from premura.loop.recover.models import Case, Direction, Severity
from premura.loop.recover.reads import CaseFilter, Listed, case_for, cases, mentions_of, see_mentions
from premura.loop.understand.windows import Window

PAGE = 50
#: Days back; the waiting times speak of the same
PERIODS = {
    "30": gettext_lazy("opened in the last 30 days"),
    "90": gettext_lazy("opened in the last 90 days"),
    "365": gettext_lazy("opened in the last 12 months"),
}


@signed_in(Ability.SEE)
def recovery(request: StaffRequest) -> HttpResponse:
    sentence = _sentence(request)
    search = request.GET.get("q", "").strip()[:100]
    chosen = _chosen(request, sentence, search)
    rows: Any = cases(request.user, chosen)
    cause = _cause(request)
    if cause is not None:
        rows = rows.filter(pk__in=explained_cases(request.user, [cause.pk]).order_by().values("case"))
    orders = {
        "urgent": by_urgency(rows),
        "new": rows.order_by("-opened_at", "-pk"),
        "old": rows.order_by("opened_at", "pk"),
        "waiting": rows.order_by(F("waiting_since").asc(nulls_last=True), "pk"),
    }
    listed: Any = Listed(orders[sentence["order"]], is_search=bool(search))
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    duties = next_duties(page.object_list)
    for case in page.object_list:
        case.next_duty = duties.get(case.pk)
    narrowed = any(sentence[name] for name in ("place", "owner", "severity", "point", "period"))
    only = [f"{_('Team')}: {chosen.team}"] if chosen.team else []
    only += [f"{_('Cause')}: {cause}"] if cause else []
    is_filtered = bool(search) or narrowed or bool(only) or sentence["state"] != "open"
    context = {"page": page, "sentence": sentence, "search": search, "is_filtered": is_filtered, "only": only}
    context["mentions"] = mentions_of(request.user)
    return render(request, "recovery/list.html", context)


def _chosen(request: StaffRequest, sentence: Sentence, search: str) -> CaseFilter:
    return CaseFilter(
        state=sentence["state"],
        location=id_in(sentence["place"]),
        owner=request.user.pk if sentence["owner"] == "me" else id_in(sentence["owner"]),
        team=request.GET.get("team", "")[:100],
        severity=sentence["severity"],
        touchpoint=id_in(sentence["point"]),
        opened_since=window_of(sentence["period"]).instants(company_timezone())[0] if sentence["period"] else None,
        search=search,
    )


def _cause(request: StaffRequest) -> RootCause | None:
    chosen = id_in(request.GET.get("cause", ""))
    return RootCause.objects.filter(pk=chosen).first() if chosen else None


def window_of(period: str) -> Window:
    """The days of one of ``PERIODS``, up to today."""
    return Window.ending(local_date(timezone.now()), int(period))


def points_of() -> list[tuple[str, str]]:
    """The touchpoints as a choice of a sentence."""
    return [(str(point.pk), _("at “%(point)s”") % {"point": point}) for point in Touchpoint.objects.all()]


def _sentence(request: StaffRequest) -> Sentence:
    person = request.user
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(person)]
    owners = [
        (str(p.pk), _("of %(name)s") % {"name": p}) for p in people_who_may(Ability.WORK_CASES) if p.pk != person.pk
    ]
    severities = [(value, _("of %(severity)s severity") % {"severity": label}) for value, label in Severity.choices]
    return Sentence.from_query(
        _("%(state)s %(place)s, %(point)s, %(owner)s, %(severity)s, %(period)s, %(order)s first"),
        request.GET,
        Choice(
            "state",
            _("State"),
            [
                ("open", _("Open cases")),
                ("unanswered", _("Cases without a first answer")),
                ("waiting", _("Cases in which the customer waits for an answer")),
                ("resolved", _("Resolved cases")),
                ("all", _("All cases")),
            ],
        ),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
        Choice("point", _("Touchpoint"), [("", _("at every touchpoint")), *points_of()]),
        Choice("period", _("Period"), [("", _("opened at any time")), *PERIODS.items()]),
        Choice("owner", _("Whose"), [("", _("of everybody")), ("me", _("of mine")), *owners]),
        Choice("severity", _("Severity"), [("", _("of any severity")), *severities]),
        Choice(
            "order",
            _("Order"),
            [
                ("urgent", _("the most urgent")),
                ("new", _("the newest")),
                ("old", _("the oldest")),
                ("waiting", _("who has waited longest")),
            ],
        ),
        keep=("q", "team", "cause"),
    )


@signed_in(Ability.SEE)
def case(request: StaffRequest, pk: int) -> HttpResponse:
    return show_case(request, case_for(request.user, pk))


def show_case(request: StaffRequest, found: Case, sent: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a case; with ``sent`` the form that was wrong, still filled in."""
    page = case_page(found, request.user, sent=sent, whole="all" in request.GET)
    see_mentions(found, request.user)
    progress = request.build_absolute_uri(reverse("progress", args=[found.token]))
    context = {"case": found, "page": page, "first_day": today_iso(), "progress_url": progress}
    return render(request, "recovery/case.html", context, status=422 if sent else 200)


@signed_in(Ability.WORK_CASES)
def case_new(request: StaffRequest) -> HttpResponse:
    known = _customer_named(request)
    form = CaseForm(request.POST or None, person=request.user, known=known)
    if request.method == "POST" and form.is_valid():
        opened = _open(form.cleaned_data, request.user)
        whose = opened.owner if opened.owner else _("nobody")
        messages.success(request, _("The case is open and with %(name)s.") % {"name": whose})
        return redirect("case", pk=opened.pk)
    return render(
        request, "recovery/case_new.html", {"form": form, "customer": known}, status=422 if form.errors else 200
    )


def _customer_named(request: StaffRequest) -> Customer | None:
    pk = id_in(request.GET.get("customer", ""))
    return seen_by(request.user, Customer.objects.remembered(), pk=pk) if pk else None


def _open(given: dict[str, Any], by: Person) -> Case:
    """The case, its customer when they are new, and what they said as the first message."""
    with transaction.atomic():
        customer = given["customer"] or None
        if isinstance(customer, str):
            require(by, Ability.EDIT_CUSTOMERS)
            customer = add_customer(by=by, name=customer, location=given["location"])
        opened = open_case(
            shortened(given["title"]),
            by=by,
            why=[{"code": BY_HAND}],
            channel=given["channel"],
            customer=customer,
            location=given["location"],
            touchpoint=given["touchpoint"],
            severity=given["severity"],
        )
        write_message(opened, Direction.IN, given["title"], by=by, channel=given["channel"])
    return opened
