"""What the pages show of triggers, each read with its number of queries; the only door to them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from premura.core.customers.models import Customer
from premura.core.errors import NotFound
from premura.core.staff.models import Person
from premura.loop.listen.frequency import Decision
from premura.loop.listen.models import Invitation, NotAsked, Programme, Trigger

RECENT = timedelta(days=30)
_SHOWN = 50


@dataclass(frozen=True)
class TriggerRow:
    """A trigger with what it did in the last thirty days, as far as the person may see."""

    trigger: Trigger
    asked: int
    answered: int
    skipped: int


def trigger_rows(person: Person, programme: Programme, now: datetime) -> list[TriggerRow]:
    """Three queries, one more for the person's places."""
    since = now - RECENT
    asked = Invitation.objects.visible_to(person).filter(trigger__programme=programme, asked_at__gte=since).order_by()
    rows = asked.values_list("trigger").annotate(Count("pk"), Count("response"))
    counted = {trigger: (all_of, answered) for trigger, all_of, answered in rows}
    skipped = NotAsked.objects.visible_to(person).filter(trigger__programme=programme, decided_at__gte=since)
    not_asked = dict(skipped.order_by().values_list("trigger").annotate(Count("pk")))
    return [
        TriggerRow(
            row,
            asked=counted.get(row.pk, (0, 0))[0],
            answered=counted.get(row.pk, (0, 0))[1],
            skipped=not_asked.get(row.pk, 0),
        )
        for row in programme.triggers.select_related("survey", "touchpoint")
    ]


def trigger_for(person: Person, pk: int) -> Trigger:
    """The trigger, for anybody who works here: it belongs to the whole company. One query."""
    row = Trigger.objects.filter(pk=pk).select_related("programme", "survey", "touchpoint").first()
    if row is None or not person.is_active:
        raise NotFound
    return row


@dataclass(frozen=True)
class Preview:
    """Who would have been asked; ``names`` of those whom the person may see, the latest first, at most fifty."""

    asked: int
    names: list[tuple[Customer, datetime]]
    reasons: list[tuple[str, int]]


def preview_rows(person: Person, decisions: Iterable[Decision]) -> Preview:
    """One query, one more for the person's places."""
    decided = list(decisions)
    asked = [row.occasion for row in decided if row.is_asked]
    latest = sorted(asked, key=lambda row: row.ask_at, reverse=True)[: 4 * _SHOWN]
    seen = Customer.objects.visible_to(person).in_bulk([row.customer for row in latest])
    names = [(seen[row.customer], row.ask_at) for row in latest if row.customer in seen][:_SHOWN]
    counts = Counter(row.reason for row in decided if row.reason)
    return Preview(len(asked), names, in_words(counts.most_common()))


def in_words(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Reasons as people read them, each with how many."""
    return [(str(NotAsked.Reason(reason).label), count) for reason, count in counts]
