"""What the pages show of commitments: *Today*, lists, due times of cases, how often promises are kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.promise import rules
from premura.loop.promise.models import Commitment, CommitmentKind, CommitmentOutcome, CommitmentQuerySet
from premura.loop.recover.models import Case
from premura.loop.understand.windows import Window

_SHOWN = ("owner", "customer", "location", "case", "outcome", "request__remedy", "escalation__told")
#: More than this of one urgency is not read on a phone before lunch; the list of promises shows all
MOST_SHOWN = 40


@dataclass
class Duties:
    """Open commitments of one urgency: those shown, and how many there are."""

    urgency: rules.Urgency
    shown: list[Commitment] = field(default_factory=list)
    count: int = 0

    @property
    def hidden(self) -> int:
        return self.count - len(self.shown)


def today(person: Person, now: datetime | None = None, *, everybody: bool = False) -> list[Duties]:
    """Open commitments by urgency, soonest first; of ``person``, or of everybody they may see. Three queries.

    Decisions on gestures are not among them: *Today* shows these with buttons (``recover.reads.waiting_requests``).
    """
    now = now or timezone.now()
    rows: Any = Commitment.objects.running().visible_to(person).exclude(kind=CommitmentKind.APPROVAL)
    if not everybody:
        rows = rows.filter(owner=person)
    zone = company_timezone()
    groups = {name: Duties(name) for name in ("overdue", "today", "this_week", "later")}
    for commitment in rows.select_related(*_SHOWN).order_by("due_at", "pk"):
        group = groups[rules.urgency(commitment.due_at, now, zone)]
        group.count += 1
        if len(group.shown) < MOST_SHOWN:
            group.shown.append(commitment)
    return list(groups.values())


def commitment_for(person: Person, pk: int) -> Commitment:
    """The commitment, or :class:`NotFound`. One query, plus one for the person's places."""
    rows = Commitment.objects.select_related(*_SHOWN, "made_by", "outcome__ended_by", "request__routed_to")
    return seen_by(person, rows, pk=pk)


@dataclass(frozen=True, kw_only=True)
class CommitmentFilter:
    """Which commitments: each field that is set narrows the list."""

    state: str = "waiting"  # waiting, overdue, ended, kept, late, broken, called_off, all
    owner: int | None = None
    customer: int | None = None
    kinds: tuple[str, ...] = ()
    window: Window | None = None
    search: str = ""


def commitments(person: Person, chosen: CommitmentFilter, now: datetime | None = None) -> CommitmentQuerySet:
    """The commitments that ``person`` may see and that fit: open ones soonest first, ended ones latest first."""
    rows: Any = Commitment.objects.visible_to(person).filter(_state(chosen.state, now or timezone.now()))
    if chosen.owner:
        rows = rows.filter(owner_id=chosen.owner)
    if chosen.customer:
        rows = rows.filter(customer_id=chosen.customer)
    if chosen.kinds:
        rows = rows.filter(kind__in=chosen.kinds)
    if chosen.window:
        start, end = chosen.window.instants(company_timezone())
        rows = rows.filter(due_at__gte=start, due_at__lt=end)
    if chosen.search:
        rows = rows.filter(Q(what__icontains=chosen.search) | Q(customer__name__icontains=chosen.search))
    order = ("due_at", "pk") if chosen.state in ("waiting", "overdue") else ("-due_at", "-pk")
    return rows.select_related(*_SHOWN).order_by(*order)  # type: ignore[no-any-return]


def _state(state: str, now: datetime) -> Q:
    if state in ("waiting", "overdue"):
        return Q(ended_at__isnull=True) & (Q(due_at__lt=now, paused_at__isnull=True) if state == "overdue" else Q())
    if state == "ended":
        return Q(ended_at__isnull=False)
    return Q() if state == "all" else Q(outcome__outcome=state)


def kept_rate(person: Person, window: Window, **filters: Any) -> rules.Kept:
    """How often what ended in ``window`` was kept in time, of what ``person`` may see. One query, and the timezone's.

    ``filters`` are lookups of the commitment, e.g. ``owner_id=3`` or ``kind="promise"``.
    """
    start, end = window.instants(company_timezone())
    seen = Commitment.objects.visible_to(person).filter(ended_at__gte=start, ended_at__lt=end, **filters)
    outcomes = CommitmentOutcome.objects.filter(commitment__in=seen).values_list("outcome", flat=True)
    return rules.kept_rate(outcomes)


def by_urgency(rows: Any) -> Any:
    """Cases by the first deadline that runs, soonest first; those without one last, the oldest first. One index."""
    return rows.order_by("next_due_at", "opened_at", "pk")


def next_duties(cases: Iterable[Case]) -> dict[int, Commitment]:
    """What comes next in each of ``cases`` that has something, with what a list shows of it. One query."""
    rows = Commitment.objects.filter(case__in=[case.pk for case in cases], ended_at=None)
    rows = rows.exclude(kind=CommitmentKind.APPROVAL).order_by("-due_at", "-pk")
    # The soonest is written last
    return {row.case_id: row for row in rows if row.case_id is not None}


def duties_of(cases: Iterable[Case]) -> dict[int, list[Commitment]]:
    """The commitments of ``cases`` by case, soonest first. One query."""
    found: dict[int, list[Commitment]] = {case.pk: [] for case in cases}
    for commitment in Commitment.objects.filter(case__in=found).select_related(*_SHOWN).order_by("due_at", "pk"):
        if commitment.case_id is not None:
            found[commitment.case_id].append(commitment)
    return found
