"""The panel as the staff see it: who is invited, who has joined or left; inviting; for whom the board is open."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.ideas.inviting import InviteForm
from premura.entrypoints.web.insights.tables import as_csv
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.panel import (
    Invited,
    change_board,
    invite_to_panel,
    leave_panel,
    look_ahead,
    renew_link,
    the_board,
    withdraw_invitation,
)
from premura.loop.listen.panel_models import PanelMember
from premura.loop.listen.panel_reads import (
    count_by_state,
    invitable,
    lately_not_asked,
    member_for,
    members_for,
    reason_in_words,
)

PAGE = 50
_LATELY = timedelta(days=90)
# How many names stand beside a reason
_NAMES = 12


def state_names() -> dict[str, str]:
    return {
        "invited": _("invited"),
        "joined": _("joined"),
        "active": _("takes part"),
        "left": _("left"),
        "declined": _("said no"),
        "withdrawn": _("withdrawn"),
    }


def _sentence(request: StaffRequest, counts: dict[str, int]) -> Sentence:
    states = [(state, f"{name} ({counts[state]})") for state, name in state_names().items()]
    orders = [
        ("invited", _("the latest invited first")),
        ("joined", _("who joined last first")),
        ("name", _("by name")),
    ]
    return Sentence.from_query(
        _("Panel: %(state)s, %(order)s"),
        request.GET,
        Choice("state", _("Which"), [("", _("everybody")), *states]),
        Choice("order", _("Order"), orders),
        keep=("q",),
    )


def _found(request: StaffRequest, sentence: Sentence) -> QuerySet[PanelMember]:
    search = request.GET.get("q", "").strip()[:100]
    return members_for(request.user, sentence["state"], search, sentence["order"])


@signed_in(Ability.ASK)
@require_safe
def panel(request: StaffRequest) -> HttpResponse:
    counts = count_by_state(request.user)
    sentence = _sentence(request, counts)
    page = Paginator(_found(request, sentence), PAGE).get_page(request.GET.get("page"))
    names = state_names()
    context = {
        "sentence": sentence,
        "search": request.GET.get("q", "").strip()[:100],
        "page": page,
        "lines": [(row, names[row.state]) for row in page],
        "has_any": any(counts.values()),
        "on": counts["joined"] + counts["active"],
        "not_asked": lately_not_asked(request.user, timezone.now() - _LATELY),
        "is_panel_only": the_board().is_panel_only,
        "tabs": area_tabs("idea-desk"),
    }
    return render(request, "ideas/panel.html", context)


@signed_in(Ability.ASK)
@require_safe
def panel_file(request: StaffRequest) -> HttpResponse:
    """Who the list shows, as CSV."""
    names = state_names()
    heading = [
        _("Customer"), _("E-mail"), _("Name on the board"), _("Place"), _("State"), _("Invited"), _("Joined"),
        _("Left"), _("Ideas"), _("Votes"), _("Comments"),
    ]  # fmt: skip
    members = _found(request, _sentence(request, count_by_state(request.user))).iterator(500)
    return as_csv([heading, *(_cells(row, names[row.state]) for row in members)], "panel", delimiter=";")


def _cells(row: Any, state: str) -> list[str]:
    days = [value.date() if value else "" for value in (row.invited_at, row.joined_at, row.left_at)]
    who = [row.customer.name, row.customer.email, row.shown_name, row.customer.location or "", state]
    return [str(cell) for cell in (*who, *days, row.n_ideas, row.n_votes, row.n_comments)]


@signed_in(Ability.EDIT_LISTENING)
def panel_invite(request: StaffRequest) -> HttpResponse:
    """First who could be asked and who not and why; then, with a second press, the letters."""
    chosen = request.POST if request.method == "POST" else request.GET or None
    form = InviteForm(chosen, person=request.user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        customers = list(invitable(request.user, **form.wanted))
        try:
            if request.POST.get("do") == "ask":
                return _asked(request, invite_to_panel(customers, by=request.user))
            context |= _ahead(customers, look_ahead(customers), form)
        except PremuraError as error:
            form.add_error(None, str(error))
    return render(request, "ideas/panel_invite.html", context, status=422 if form.errors else 200)


def _asked(request: StaffRequest, outcome: Invited) -> HttpResponse:
    n = len(outcome.asked)
    said = ngettext("%(n)s customer is invited.", "%(n)s customers are invited.", n) % {"n": n}
    if outcome.skipped:
        said += " " + _("Not asked: %(n)s, with the reason below.") % {"n": len(outcome.skipped)}
    messages.success(request, said)
    return redirect("panel")


def _ahead(customers: list[Customer], outcome: Invited, form: InviteForm) -> dict[str, Any]:
    """Whom a press would ask; of the others, how many for which reason and who."""
    name_of = {customer.pk: customer.name for customer in customers}
    reasons: dict[str, list[str]] = {}
    for pk, reason in outcome.skipped.items():
        reasons.setdefault(reason, []).append(name_of[pk])
    known = {customer.email.lower() for customer in customers}
    return {
        "is_looked": True,
        "wanted": len(customers),
        "n": len(outcome.asked),
        "names": _few(name_of[pk] for pk in outcome.asked),
        "reasons": [(reason_in_words(reason), len(names), _few(names)) for reason, names in reasons.items()],
        "unknown": [address for address in form.wanted["addresses"] if address.lower() not in known],
    }


def _few(names: Iterable[str]) -> str:
    known = sorted(names)
    return ", ".join(known[:_NAMES]) + (" …" if len(known) > _NAMES else "")


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def panel_member(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an invitation back; or for who has joined: send a new link, or take them off because they asked."""
    member, do = member_for(request.user, pk), request.POST.get("do")
    try:
        if do == "withdraw":
            withdraw_invitation(member, by=request.user)
            messages.success(request, _("Withdrawn: the link of the letter opens nothing any more."))
        elif do == "link":
            renew_link(member, by=request.user)
            messages.success(request, _("A new link is on its way. The earlier ones open nothing any more."))
        elif do == "leave":
            leave_panel(member, by=request.user)
            messages.success(request, _("Off the panel. What they said stays on the board."))
    except PremuraError as error:
        messages.error(request, str(error))
    return redirect("panel")


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def board_opening(request: StaffRequest) -> HttpResponse:
    """For everybody, or for the panel alone."""
    is_panel_only = request.POST.get("for") == "panel"
    change_board(is_panel_only=is_panel_only, by=request.user)
    said = _("The board is open to the panel only.") if is_panel_only else _("The board is open to everybody.")
    messages.success(request, said)
    return redirect("panel")
