"""Today: what must I do, for whom, by when?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.mail.reads import stopped
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights.theme_words import rise_words, theme_url
from premura.entrypoints.web.promises.links import link_of
from premura.loop.equip.bulletins import unread
from premura.loop.listen.reads import silent_programmes
from premura.loop.promise.escalations import told_to
from premura.loop.promise.models import Commitment
from premura.loop.promise.reads import Duties
from premura.loop.promise.reads import today as duties_of
from premura.loop.promise.rules import is_kept_by_hand
from premura.loop.recover.reads import mentions_of, waiting_requests
from premura.loop.recover.reviews import reviews_waiting
from premura.loop.understand.praise import praise_of
from premura.loop.understand.theme_reads import risen_lately

#: Who leads helps where it burns most; the list of promises shows the rest
MOST_TOLD = 20
MOST_BULLETINS = 3


@dataclass(frozen=True)
class Row:
    """One duty: where it is done, and whether a tap is enough."""

    duty: Commitment
    url: str
    by_hand: bool


@dataclass(frozen=True)
class Group:
    title: str
    urgency: str
    rows: list[Row]
    count: int
    hidden: int


def _group(duties: Duties) -> Group:
    titles = {"overdue": _("Late"), "today": _("Today"), "this_week": _("This week"), "later": _("Later")}
    rows = [Row(duty, link_of(duty), is_kept_by_hand(duty.kind)) for duty in duties.shown]
    return Group(titles[duties.urgency], duties.urgency, rows, duties.count, duties.hidden)


def _groups(request: StaffRequest, now: datetime, *, everybody: bool) -> list[Group]:
    return [_group(duties) for duties in duties_of(request.user, now, everybody=everybody) if duties.count]


@signed_in(Ability.WORK_CASES)
def today(request: StaffRequest) -> HttpResponse:
    """One list by urgency; who leads may look at everybody's."""
    now = timezone.now()
    may_switch = request.user.may(Ability.EDIT_RULES)
    whose = request.GET.get("whose", "")
    everybody = may_switch and whose == "everybody"
    requests, mentions = waiting_requests(request.user), mentions_of(request.user)
    bulletins = list(unread(request.user)[: MOST_BULLETINS + 1])
    groups = _groups(request, now, everybody=everybody)
    told = list(told_to(request.user)[:MOST_TOLD]) if may_switch else []
    if may_switch and not whose and not groups and not requests and not told and not mentions:
        # Who leads and owes nothing wants to see what the others owe
        everybody, groups = True, _groups(request, now, everybody=True)
    context: dict[str, Any] = {
        "groups": groups,
        "requests": requests,
        "mentions": mentions,
        "bulletins": bulletins[:MOST_BULLETINS],
        "reviews": reviews_waiting(request.user, timezone.localdate(now)),
        "has_more_bulletins": len(bulletins) > MOST_BULLETINS,
        "told": [(duty, link_of(duty)) for duty in told],
        "silent": silent_programmes(request.user, now),
        "praise": praise_of(request.user, now),
        "rising": [(each.theme, rise_words(each), theme_url(each.theme)) for each in risen_lately(request.user, now)]
        if may_switch
        else [],
        "everybody": everybody,
        "tabs": [(_("Mine"), "?whose=mine", not everybody), (_("Everybody's"), "?whose=everybody", everybody)]
        if may_switch
        else [],
        "stopped": stopped() if request.user.may(Ability.MANAGE_COMPANY) else [],
        "now": now,
    }
    return render(request, "today/today.html", context)
