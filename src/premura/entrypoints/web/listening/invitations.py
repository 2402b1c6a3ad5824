"""Invitations: what became of each, and the door at which a customer's page says that it was opened."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from premura.core.limits import RateLimit, caller
from premura.core.mail.mail import ANSWERED
from premura.core.mail.models import OutgoingMail, Way
from premura.core.mail.troubles import meaning_of
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, open_to_all, signed_in
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.invitation_reads import Sent, invitations_for, with_letters
from premura.loop.listen.invitations import note_opened
from premura.loop.listen.models import Survey

_LIMIT = RateLimit(burst=60, per_second=1.0)


@dataclass(frozen=True)
class Fate:
    """One thing that became of an invitation: the kind of its chip, in words, when, and why where somebody said so."""

    kind: str
    words: str
    happened_at: datetime | None
    why: str = ""


@signed_in(Ability.ASK)
def invitations(request: StaffRequest) -> HttpResponse:
    sentence = _sentence(request)
    now, days = timezone.now(), sentence["period"]
    rows = invitations_for(
        request.user,
        survey=int(sentence["survey"]) if sentence["survey"] else None,
        since=now - timedelta(days=int(days)) if days.isdecimal() else None,
        fate=sentence["fate"],
    )
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "sentence": sentence,
        "page": page,
        "rows": [(sent.invitation, fates(sent)) for sent in with_letters(page)],
        "is_narrowed": bool(request.GET),
        "tabs": area_tabs("invitations"),
        "now": now,
    }
    return render(request, "listening/invitations.html", context)


def _sentence(request: StaffRequest) -> Sentence:
    surveys = [
        (str(row.pk), f"«{row.with_side}»") for row in Survey.objects.select_related("subject").order_by("-created_at")
    ]
    periods = [("30", _("in the last 30 days")), ("90", _("in the last 90 days")), ("all", _("since the beginning"))]
    became = [
        ("", _("whatever became of them")),
        ("answered", _("that were answered")),
        ("silent", _("without an answer")),
        ("opened", _("whose link was opened, without an answer")),
        ("lost", _("that did not arrive")),
    ]
    return Sentence.from_query(
        _("Invitations to %(survey)s, %(period)s, %(fate)s"),
        request.GET,
        Choice("survey", _("Survey"), [("", _("every survey")), *surveys]),
        Choice("period", _("Period"), periods),
        Choice("fate", _("What became of them"), became),
    )


def fates(sent: Sent) -> list[Fate]:
    """From the asking to the answer, in the order in which it happened; what is still to come stands last."""
    invitation, customer = sent.invitation, sent.invitation.customer
    response, reminder = getattr(invitation, "response", None), getattr(invitation, "reminder", None)
    found = (
        _of_letter(sent.letter)
        if sent.letter
        else [Fate("quiet", pgettext("invitation", "Asked"), invitation.asked_at)]
    )
    if invitation.opened_at:
        found.append(Fate("quiet", _("Link opened"), invitation.opened_at))
    if reminder:
        found += _of_reminder(sent.reminder, reminder.reminded_at)
    if response:
        found.append(Fate("good", pgettext("invitation", "Answered"), response.answered_at))
    if customer.opted_out_at and customer.opted_out_at >= invitation.asked_at:
        found.append(Fate("uncertain", _("Wishes not to be asked again"), customer.opted_out_at))
    return sorted(found, key=lambda fate: (fate.happened_at is None, fate.happened_at))


def _of_reminder(mail: OutgoingMail | None, reminded_at: datetime) -> list[Fate]:
    """Nobody is called reminded by what still waits, or was called off because they had answered."""
    reminded = Fate("quiet", _("Reminded"), mail.sent_at if mail and mail.sent_at else reminded_at)
    if mail is None:
        return [reminded]
    if not (mail.sent_at or mail.given_up_at):
        return [Fate("waiting", _("Reminder waits to be sent"), None, meaning_of(mail.error) or mail.error)]
    lost = [fate for fate in _of_letter(mail) if fate.kind == "bad" and mail.error != ANSWERED]
    return [reminded, *lost] if mail.sent_at else lost


def _of_letter(mail: OutgoingMail) -> list[Fate]:
    """What is known of the letter or text message: each with its time, a failure with its reason."""
    if mail.given_up_at:
        if mail.error == "opted out":
            return [Fate("uncertain", _("Not sent: wishes not to be asked"), mail.given_up_at)]
        return [Fate("bad", _("Could not be sent"), mail.given_up_at, meaning_of(mail.error) or mail.error)]
    found = [Fate("quiet", _("Sent by %(way)s") % {"way": mail.get_channel_display()}, mail.sent_at)]
    if not mail.sent_at:
        why = "" if mail.bounced_at else meaning_of(mail.error) or mail.error
        found = [Fate("waiting", _("Waits to be sent"), None, why)]
    if mail.delivered_at:
        found.append(Fate("quiet", _("Delivered"), mail.delivered_at))
    elif mail.bounced_at:
        words = _("Came back") if mail.channel == Way.EMAIL else _("Not delivered, says the provider")
        why = " · ".join(filter(None, [meaning_of(mail.error), mail.error]))
        found.append(Fate("bad", words, mail.bounced_at, why))
    return found


@open_to_all
@csrf_exempt  # the token is the key; the survey's page has no cookie
@require_POST
def invitation_opened(request: HttpRequest, token: str) -> HttpResponse:
    """204 whether or not there is such a link: nothing can be learnt here."""
    peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    if wait := _LIMIT.wait_seconds(caller(peer, forwarded), "opened", time.monotonic()):
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    note_opened(token[:40], timezone.now())
    return HttpResponse(status=204)
