"""Triggers: a programme asks by itself. Whom, under which limits, and who was not asked and why."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.history.history import Happened, record, record_each
from premura.core.mail.mail import ANSWERED, call_off, queue_letters, waiting_keys
from premura.core.mail.models import BadAddress, OutgoingMail
from premura.core.staff.models import Person
from premura.loop.listen.frequency import Decision, Limits, Occasion, decide
from premura.loop.listen.invitations import REMINDER, letter_key, letter_key_in_sql, reminder_key
from premura.loop.listen.letters import Letters
from premura.loop.listen.models import (
    ContactLimits,
    Invitation,
    NotAsked,
    Reminder,
    Response,
    Submission,
    Trigger,
)
from premura.loop.listen.occasions import occasions
from premura.loop.listen.panel_models import PanelAsking
from premura.loop.listen.surveys import current_version

#: What fell due longer ago is not asked about any more: nobody remembers
LOOK_BACK = timedelta(days=30)
PREVIEW = timedelta(days=30)
_CHUNK = 1000
logger = logging.getLogger("premura.worker")


def contact_limits() -> ContactLimits:
    return ContactLimits.objects.filter(pk=1).first() or ContactLimits(pk=1)


def _limits() -> Limits:
    kept = contact_limits()
    return Limits(kept.most, kept.window_days, kept.days_between)


def held_back(customer: Customer, at: datetime) -> str:
    """Why this customer is not asked at ``at``, as a reason of ``NotAsked``; empty where nothing is against it."""
    against = "opted_out" if customer.opted_out_at is not None else ""
    return decide_together([Occasion(customer.pk, "", at, against=against)], at)[0].reason


def note_not_asked(customer: Customer, occasion: str, reason: str, at: datetime, location: int | None = None) -> None:
    """Write down that no trigger wanted to ask, and why it was not done; the latest reason for an occasion holds."""
    NotAsked.objects.update_or_create(
        trigger=None,
        customer=customer,
        occasion=occasion,
        defaults={"reason": reason, "decided_at": at, "location_id": location},
    )


def change_contact_limits(by: Person, **fields: int) -> ContactLimits:
    """How often a customer may be asked, over all programmes, from now on."""
    with transaction.atomic():
        limits = contact_limits()
        for name, value in fields.items():
            setattr(limits, name, value)
        limits.save()
        record("contact_limits.changed", by=by, about=limits, data=dict(fields))
    return limits


def save_trigger(trigger: Trigger, by: Person, at: datetime | None = None) -> Trigger:
    """Keep ``trigger``, new or changed. One that is switched on asks about nothing that fell due before now."""
    at = at or timezone.now()
    with transaction.atomic():
        before = Trigger.objects.filter(pk=trigger.pk).first() if trigger.pk else None
        if before is None or (trigger.is_on and not before.is_on) or trigger.kind != before.kind:
            trigger.active_from = at
        trigger.save()
        name = "trigger.changed" if before else "trigger.added"
        record(name, by=by, about=trigger, at=at, data={"programme": trigger.programme_id, "kind": trigger.kind})
    return trigger


def ask_by_hand(trigger: Trigger, by: Person, at: datetime | None = None) -> None:
    """Somebody wants a trigger by hand to ask; the worker does it. Twice on one day asks nobody twice."""
    at = at or timezone.now()
    if trigger.kind != Trigger.Kind.HAND or not trigger.is_on or current_version(trigger.survey) is None:
        raise PremuraError(
            "not-by-hand", _("This cannot ask now: it is switched off, or its survey is not published. Look at both.")
        )
    with transaction.atomic():
        Trigger.objects.filter(pk=trigger.pk).update(asked_for_at=at)
        record("trigger.pressed", by=by, about=trigger, at=at, data={"programme": trigger.programme_id})


def preview(trigger: Trigger, now: datetime) -> list[Decision]:
    """What ``trigger``, saved or not, would have decided in the last thirty days. Four queries, nothing written."""
    if trigger.kind == Trigger.Kind.SCHEDULE:
        trigger.active_from = now
    found = occasions(trigger, now - PREVIEW, now)
    return _decided(trigger, found, now - PREVIEW, without_own=True)


def due_decisions(trigger: Trigger, now: datetime) -> list[Decision]:
    """Whom ``trigger`` asks now, and whom not and why. Four queries, nothing written."""
    since = max(trigger.active_from, now - LOOK_BACK)
    return _decided(trigger, occasions(trigger, since, now, ask_at=now), now)


def _decided(trigger: Trigger, found: list[Occasion], since: datetime, *, without_own: bool = False) -> list[Decision]:
    return decide_together(found, since, without=trigger if without_own and trigger.pk else None)


def decide_together(found: list[Occasion], since: datetime, *, without: Trigger | None = None) -> list[Decision]:
    """Under the company's limits, whom to ask of ``found``, all of which lie after ``since``: what any programme asked
    before counts, and being asked to the panel too. Two queries, nothing written.
    """
    limits = _limits()
    before = since - timedelta(days=max(limits.window_days, limits.days_between))
    invitations = Invitation.objects.filter(asked_at__gte=before)
    askings = PanelAsking.objects.filter(asked_at__gte=before, reason="")
    if without is not None:
        invitations = invitations.exclude(trigger=without)
    if len(found) <= 500:
        customers = {row.customer for row in found}
        invitations, askings = invitations.filter(customer__in=customers), askings.filter(customer__in=customers)
    columns = ("customer_id", "asked_at")
    rows = invitations.order_by().values_list(*columns).union(askings.order_by().values_list(*columns), all=True)
    asked: dict[int, list[datetime]] = {}
    for customer, asked_at in rows.order_by("asked_at"):
        asked.setdefault(customer, []).append(asked_at)
    return decide(found, asked, limits)


@dataclass(frozen=True, slots=True)
class Outcome:
    asked: int = 0
    not_asked: int = 0


def ask_all(now: datetime) -> Outcome:
    """Let every trigger that is on and whose survey is published ask what is due. Never inside a transaction.

    What is written goes in chunks, each a transaction of its own: customers' answers are not kept waiting meanwhile.
    """
    return _ask(Trigger.objects.all(), now)


def ask_pressed(now: datetime) -> Outcome:
    """The same for what somebody pressed a moment ago. One query when nobody did."""
    pressed = Trigger.objects.filter(kind=Trigger.Kind.HAND, asked_for_at__gte=now - timedelta(minutes=10))
    return _ask(pressed, now)


def _ask(triggers: QuerySet[Trigger], now: datetime) -> Outcome:
    outcome = Outcome()
    for trigger in triggers.filter(is_on=True).select_related("survey__programme__owner"):
        if current_version(trigger.survey) is None:
            continue
        try:
            done = run_trigger(trigger, now)
        except Exception:  # one that cannot ask must not keep the others from asking
            logger.exception("the trigger %s could not ask; trying again", trigger.pk)
        else:
            outcome = Outcome(outcome.asked + done.asked, outcome.not_asked + done.not_asked)
    return outcome


def run_trigger(trigger: Trigger, now: datetime) -> Outcome:
    decisions = due_decisions(trigger, now)
    letters = Letters(trigger.survey)
    for chunk in _chunks(decisions):
        _write(trigger, chunk, letters, now)
    asked = sum(decision.is_asked for decision in decisions)
    return Outcome(asked, len(decisions) - asked)


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _write(trigger: Trigger, decisions: list[Decision], letters: Letters, now: datetime) -> None:
    """Invitations with their letters, and who was not asked with the reason: all or nothing of these."""
    invitations = [_invitation(trigger, row, now) for row in decisions if row.is_asked]
    customers = Customer.objects.in_bulk([row.customer_id for row in invitations])
    for row in invitations:
        row.channel = letters.channel_to(customers[row.customer_id])
    written = [letters.invitation(row, customers[row.customer_id], key=letter_key(row)) for row in invitations]
    with transaction.atomic():
        Invitation.objects.bulk_create(invitations)
        NotAsked.objects.bulk_create([_not_asked(trigger, row, now) for row in decisions if not row.is_asked])
        for channel in (Channel.EMAIL, Channel.LINK):
            data = {"survey": trigger.survey_id, "channel": channel.value}
            some = [
                Happened(about=row, at=now, customer_id=row.customer_id, location_id=row.location_id, data=data)
                for row in invitations
                if row.channel == channel
            ]
            record_each("customer.invited", some)
        queue_letters(written, now)


def _invitation(trigger: Trigger, decision: Decision, now: datetime) -> Invitation:
    occasion = decision.occasion
    return Invitation(
        survey=trigger.survey,
        customer_id=occasion.customer,
        interaction_id=occasion.interaction,
        location_id=occasion.location,
        channel=Channel.EMAIL,
        asked_at=now,
        trigger=trigger,
        occasion=occasion.key,
    )


def _not_asked(trigger: Trigger, decision: Decision, now: datetime) -> NotAsked:
    occasion = decision.occasion
    return NotAsked(
        trigger=trigger,
        customer_id=occasion.customer,
        interaction_id=occasion.interaction,
        location_id=occasion.location,
        occasion=occasion.key,
        reason=decision.reason,
        decided_at=now,
    )


def remind_all(now: datetime) -> int:
    """Remind, once, whoever got what we asked by mail and has not answered; returns how many. No limit holds for
    reminders.
    """
    count = 0
    for trigger in Trigger.objects.filter(is_on=True, remind_after_days__gt=0).select_related(
        "survey__programme__owner"
    ):
        if current_version(trigger.survey) is not None:
            count += _remind(trigger, now)
    return count


def _remind(trigger: Trigger, now: datetime) -> int:
    due = now - timedelta(days=trigger.remind_after_days)
    waiting = set(Submission.objects.filter(unfolded_at__isnull=True).exclude(token="").values_list("token", flat=True))
    bad = set(BadAddress.objects.values_list("address", flat=True))
    # The days count from when the letter left: one that still waits for the server is no letter yet
    arrived = OutgoingMail.objects.filter(key=OuterRef("letter_key"), sent_at__lte=due, bounced_at__isnull=True)
    rows = trigger.invitations.annotate(letter_key=letter_key_in_sql()).filter(
        ~_has_answered(),
        Exists(arrived),
        asked_at__lte=due,
        asked_at__gt=due - LOOK_BACK,
        reminder__isnull=True,
        customer__opted_out_at__isnull=True,
        customer__forgotten_at__isnull=True,
    )
    letters = Letters(trigger.survey)
    silent = [
        row
        for row in rows.select_related("customer")
        if row.token not in waiting and (address := letters.way_to(row.customer)[1]) and address.lower() not in bad
    ]
    for chunk in _chunks(silent):
        written = [letters.reminder(row, row.customer, key=reminder_key(row)) for row in chunk]
        with transaction.atomic():
            Reminder.objects.bulk_create([Reminder(invitation=row, reminded_at=now) for row in chunk])
            queue_letters(written, now)
    return len(silent)


def _has_answered() -> Q:
    """By the link, or in any other way to the same survey since: at the counter, on the phone."""
    since = Response.objects.filter(
        survey=OuterRef("survey"), customer=OuterRef("customer"), answered_at__gte=OuterRef("asked_at")
    )
    return Q(response__isnull=False) | Q(Exists(since))


def call_off_reminders(now: datetime) -> int:
    """Reminders that still wait are not sent to who has answered in the meantime; how many. One query where none
    waits.
    """
    keys = waiting_keys(REMINDER)
    count = 0
    for chunk in _chunks(keys):
        asked = Invitation.objects.filter(pk__in=[int(key.removeprefix(REMINDER)) for key in chunk])
        count += call_off([reminder_key(row) for row in asked.filter(_has_answered())], ANSWERED, now)
    return count
