"""What a trigger could ask about: one query a kind, however many customers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet

from premura.core.customers.models import Customer, Interaction
from premura.core.history.models import Event
from premura.core.mail.gateway import gateways
from premura.core.mail.models import BadAddress
from premura.core.mail.reach import way_to
from premura.loop.listen.frequency import Occasion
from premura.loop.listen.models import Invitation, NotAsked, Response, Trigger

Kind = Trigger.Kind
#: Whoever met us within this is a customer for a question that comes again and again
MET_WITHIN = timedelta(days=365)
_CUSTOMER = ("email", "phone", "preferred_channel", "opted_out_at")
_CUSTOMERS = tuple(f"customer__{name}" for name in _CUSTOMER)


def occasions(trigger: Trigger, since: datetime, until: datetime, *, ask_at: datetime | None = None) -> list[Occasion]:
    """Occasions of ``trigger`` that fell due in [since, until] and that nothing was decided about yet. Two queries.

    ``ask_at`` is when they are asked; without it each on the moment it fell due, and decisions are looked at anew.
    """
    bad = set(BadAddress.objects.values_list("address", flat=True))
    texts = frozenset(gateways())
    is_real = ask_at is not None
    rows = _FINDERS[trigger.kind](trigger, since, until, is_real)
    return [
        Occasion(customer, key, ask_at or due_at, location, interaction, against(reach, bad, texts))
        for customer, key, due_at, location, interaction, reach in rows
    ]


#: E-mail, phone, preferred channel, since when they want no more questions
_Reach = tuple[str, str, str, datetime | None]


def against(reach: _Reach, bad: set[str], texts: frozenset[str]) -> str:
    """What stands in the way of asking, whatever the limits say; or empty. ``bad``: addresses that do not exist."""
    email, phone, preferred, opted_out_at = reach
    if opted_out_at is not None:
        return "opted_out"
    way, address = way_to(email=email, phone=phone, preferred=preferred, texts=texts)
    if not way:
        return "no_address"
    return "bounced" if address.lower() in bad else ""


_Row = tuple[int, str, datetime, int | None, int | None, _Reach]


def _meetings(trigger: Trigger, since: datetime, until: datetime, is_real: bool) -> Iterator[_Row]:
    met = _met(trigger, since, until)
    if is_real:
        met = met.filter(~Exists(Invitation.objects.filter(interaction=OuterRef("pk"))))
        met = met.filter(~Exists(NotAsked.objects.filter(trigger=trigger, interaction=OuterRef("pk"))))
    return _from_meetings(trigger, met, "meeting")


def _silence(trigger: Trigger, since: datetime, until: datetime, is_real: bool) -> Iterator[_Row]:
    """The last meeting of whoever neither met us nor told us anything since."""
    later = Interaction.objects.filter(customer=OuterRef("customer"), happened_at__gt=OuterRef("happened_at"))
    told = Response.objects.filter(customer=OuterRef("customer"), answered_at__gte=OuterRef("happened_at"))
    met = _met(trigger, since, until).filter(~Exists(later), ~Exists(told))
    if is_real:
        for decided in (Invitation, NotAsked):
            met = met.filter(~Exists(decided.objects.filter(trigger=trigger, interaction=OuterRef("pk"))))
    return _from_meetings(trigger, met, "silence")


def _met(trigger: Trigger, since: datetime, until: datetime) -> QuerySet[Interaction]:
    pause = timedelta(days=trigger.days)
    met = Interaction.objects.filter(happened_at__gte=since - pause, happened_at__lte=until - pause)
    met = met.filter(customer__forgotten_at__isnull=True).order_by()
    return met.filter(touchpoint=trigger.touchpoint_id) if trigger.touchpoint_id else met


def _from_meetings(trigger: Trigger, met: QuerySet[Interaction], name: str) -> Iterator[_Row]:
    pause = timedelta(days=trigger.days)
    columns = ("pk", "customer_id", "happened_at", "location_id", *_CUSTOMERS)
    for pk, customer, happened_at, location, *reach in met.values_list(*columns).iterator(chunk_size=5000):
        yield customer, f"{name}:{pk}", happened_at + pause, location, pk, cast(_Reach, tuple(reach))


def _cases(trigger: Trigger, since: datetime, until: datetime, is_real: bool) -> Iterator[_Row]:
    """Cases put right, as history tells: this stage comes before the one that has cases. One that was opened again is
    asked about once, after it was put right for the last time.
    """
    pause = timedelta(days=trigger.days)
    events = Event.objects.filter(
        name="case.resolved",
        happened_at__gte=since - pause,
        happened_at__lte=until - pause,
        customer__isnull=False,
        customer__forgotten_at__isnull=True,
    )
    later = Q(happened_at__gt=OuterRef("happened_at")) | Q(happened_at=OuterRef("happened_at"), pk__gt=OuterRef("pk"))
    again = Event.objects.filter(
        later,
        name__in=["case.resolved", "case.reopened"],
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        happened_at__lte=until,
    )
    decided = _decided(trigger, since - pause) if is_real else set()
    columns = ("subject_id", "customer_id", "happened_at", "location_id", *_CUSTOMERS)
    for case, customer, happened_at, location, *reach in events.filter(~Exists(again)).order_by().values_list(*columns):
        key = f"case:{case}"
        if (customer, key) not in decided:
            yield customer, key, happened_at + pause, location, None, cast(_Reach, tuple(reach))


def _decided(trigger: Trigger, since: datetime) -> set[tuple[int, str]]:
    asked = trigger.invitations.filter(asked_at__gte=since).values_list("customer_id", "occasion")
    skipped = trigger.not_asked.filter(decided_at__gte=since).values_list("customer_id", "occasion")
    return {*asked, *skipped}


def _schedule(trigger: Trigger, since: datetime, until: datetime, is_real: bool) -> Iterator[_Row]:
    """Everybody who met us within a year, once a wave; a wave begins every ``days`` days."""
    pace = timedelta(days=max(trigger.days, 1))
    number = (until - trigger.active_from) // pace if is_real else 0
    begins = trigger.active_from + number * pace if is_real else until
    return _everybody(trigger, f"wave:{number}", begins, MET_WITHIN, is_real)


def _by_hand(trigger: Trigger, since: datetime, until: datetime, is_real: bool) -> Iterator[_Row]:
    """Everybody who met us in the last ``days`` days, when somebody pressed the button."""
    pressed = trigger.asked_for_at if is_real else until
    if pressed is None or not since <= pressed <= until:
        return iter(())
    return _everybody(trigger, f"hand:{pressed:%Y-%m-%d}", pressed, timedelta(days=trigger.days), is_real)


def _everybody(trigger: Trigger, key: str, due_at: datetime, within: timedelta, is_real: bool) -> Iterator[_Row]:
    met = Interaction.objects.filter(customer=OuterRef("pk"), happened_at__gte=due_at - within)
    if trigger.touchpoint_id:
        met = met.filter(touchpoint=trigger.touchpoint_id)
    rows = Customer.objects.filter(Exists(met), forgotten_at__isnull=True).order_by()
    if is_real:
        for decided in (Invitation, NotAsked):
            mine = Q(trigger=trigger, occasion=key, customer=OuterRef("pk"))
            rows = rows.filter(~Exists(decided.objects.filter(mine)))
    for pk, location, *reach in rows.values_list("pk", "location_id", *_CUSTOMER).iterator(chunk_size=5000):
        yield pk, key, due_at, location, None, cast(_Reach, tuple(reach))


_FINDERS: dict[str, Any] = {
    Kind.MEETING: _meetings,
    Kind.CASE: _cases,
    Kind.SILENCE: _silence,
    Kind.SCHEDULE: _schedule,
    Kind.HAND: _by_hand,
}
