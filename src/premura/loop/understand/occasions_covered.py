"""What became of occasions that are no meeting: silence, a question that comes again, one asked by hand (rows S1, S2).

An occasion was asked about, or skipped with a reason that was written down when it was decided; of the rest nobody
decided anything, and what the customer's own row says today may explain it. Cases are told by the stage that has them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from premura.core.company.company import company_timezone
from premura.core.customers.models import Customer, Interaction
from premura.core.staff.models import Person
from premura.loop.listen.models import Invitation, NotAsked, Trigger
from premura.loop.understand.coverage import MET_WITHIN, silent_customers
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

Kind = Trigger.Kind


@dataclass(frozen=True)
class Covered:
    """Occasions of one kind. ``skipped``: reason → how often; ``opted_out`` and ``no_address`` are of those that nobody
    decided about, and so is ``never``, which nothing explains.
    """

    kind: str
    asked: int = 0
    answered: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    opted_out: int = 0
    no_address: int = 0
    never: int = 0

    @property
    def total(self) -> int:
        return self.asked + sum(self.skipped.values()) + self.opted_out + self.no_address + self.never

    @property
    def asked_share(self) -> Estimate:
        return top_box(self.asked, self.total)

    @property
    def answered_share(self) -> Estimate:
        return top_box(self.answered, self.asked)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why not, in words, the commonest first."""
        found = dict(self.skipped)
        for reason, n in ((NotAsked.Reason.OPTED_OUT, self.opted_out), (NotAsked.Reason.NO_ADDRESS, self.no_address)):
            found[reason] = found.get(reason, 0) + n
        named = [(str(NotAsked.Reason(reason).label), n) for reason, n in found.items() if n]
        return sorted(named, key=lambda pair: (-pair[1], pair[0]))


def occasions_covered(person: Person, window: Window, now: datetime, *, location: int | None = None) -> list[Covered]:
    """Silence, again and again, by hand; those kinds that nobody uses are left out. At most six queries."""
    start, end = window.instants(company_timezone())
    asked, skipped = _decided(person, start, end, location)
    used = set(Trigger.objects.filter(is_on=True).values_list("kind", flat=True))
    undecided = {
        Kind.SILENCE: _silent(person, now, start, end, location),
        Kind.SCHEDULE: _due(person, start, end, location) if Kind.SCHEDULE in used else None,
        Kind.HAND: None,
    }
    rows = [
        Covered(kind, *asked.get(kind, (0, 0)), skipped.get(kind, {}), *(unexplained(rest) if rest is not None else ()))
        for kind, rest in undecided.items()
    ]
    return [row for row in rows if row.total]


def _decided(
    person: Person, start: datetime, end: datetime, location: int | None
) -> tuple[dict[str, tuple[int, int]], dict[str, dict[str, int]]]:
    """Kind → asked and answered; kind → reason → how often."""
    invited: Any = Invitation.objects.visible_to(person).filter(trigger__isnull=False, asked_at__gte=start)
    invited = invited.filter(asked_at__lt=end)
    refused: Any = NotAsked.objects.visible_to(person).filter(decided_at__gte=start, decided_at__lt=end)
    if location is not None:
        invited, refused = invited.filter(location=location or None), refused.filter(location=location or None)
    counted = invited.order_by().values_list("trigger__kind").annotate(n=Count("pk"), answered=Count("response"))
    asked = {kind: (n, answered) for kind, n, answered in counted}
    skipped: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, reason, n in refused.order_by().values_list("trigger__kind", "reason").annotate(n=Count("pk")):
        skipped[kind][reason] = n
    return asked, dict(skipped)


def _undecided(rows: QuerySet[Customer], start: datetime, end: datetime, location: int | None) -> QuerySet[Customer]:
    """Of these customers those whom nobody asked, and about whom nobody decided anything, in these days."""
    asked = Invitation.objects.filter(customer=OuterRef("pk"), asked_at__gte=start, asked_at__lt=end)
    refused = NotAsked.objects.filter(customer=OuterRef("pk"), decided_at__gte=start, decided_at__lt=end)
    if location is not None:
        rows = rows.filter(location=location or None)
    return rows.filter(~Exists(asked), ~Exists(refused))


def _silent(person: Person, now: datetime, start: datetime, end: datetime, location: int | None) -> QuerySet[Customer]:
    return _undecided(silent_customers(person, now), start, end, location)


def _due(person: Person, start: datetime, end: datetime, location: int | None) -> QuerySet[Customer]:
    """Who met us within the year before the end of these days: what comes again and again is for them."""
    met = Interaction.objects.filter(customer=OuterRef("pk"), happened_at__gte=end - MET_WITHIN, happened_at__lt=end)
    rows = Customer.objects.visible_to(person).filter(Exists(met), forgotten_at__isnull=True)
    return _undecided(rows, start, end, location)


def unexplained(rows: QuerySet[Customer]) -> tuple[int, int, int]:
    """Of these customers: who wishes not to be asked, who has no address, and the rest. One query."""
    out, nowhere = Q(opted_out_at__isnull=False), Q(email="", phone="")
    counted = rows.order_by().aggregate(
        out=Count("pk", filter=out),
        nowhere=Count("pk", filter=~out & nowhere),
        rest=Count("pk", filter=~out & ~nowhere),
    )
    return counted["out"], counted["nowhere"], counted["rest"]
