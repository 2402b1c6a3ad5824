"""Causes with their cases and their money, and actions, for a person: a fixed number of queries each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from premura.core.company.company import company_timezone
from premura.core.errors import NotFound
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.improve.models import CaseCause, CorrectiveAction, RootCause
from premura.loop.recover.models import Case, Gesture
from premura.loop.understand.windows import Window

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class CauseLine:
    """One cause in its tree: cases and money of its own, and with those of the causes under it; open actions too."""

    cause: RootCause
    depth: int
    cases: int
    money: Decimal
    all_cases: int
    all_money: Decimal
    open_actions: int


@dataclass(frozen=True)
class Causes:
    """All causes, the most expensive first among those with the same parent; and what nobody has explained yet."""

    lines: tuple[CauseLine, ...]
    unexplained_cases: int
    unexplained_money: Decimal

    @property
    def money(self) -> Decimal:
        """All that was given in the period for cases, explained or not."""
        return sum((line.money for line in self.lines), self.unexplained_money)


def causes(person: Person, window: Window) -> Causes:
    """Every cause with the cases opened and the money given in ``window``, of what ``person`` may see. Six queries."""
    start, end = window.instants(company_timezone())
    cases: Any = Case.objects.visible_to(person).filter(opened_at__gte=start, opened_at__lt=end)
    money: Any = Gesture.objects.visible_to(person).filter(granted_at__gte=start, granted_at__lt=end)
    counted = _by_cause(cases, "causes", Count("pk"))
    given = _by_cause(money, "case__causes", Sum("amount"))
    actions: Any = CorrectiveAction.objects.visible_to(person).filter(completion__isnull=True, abandonment__isnull=True)
    waiting = dict(actions.order_by().values_list("cause").annotate(n=Count("pk")))
    lines = _tree(list(RootCause.objects.select_related("touchpoint")), counted, given, waiting)
    all_cases = cases.count()
    all_money = money.aggregate(total=Sum("amount"))["total"] or NOTHING
    return Causes(lines, all_cases - sum(counted.values()), all_money - sum(given.values(), NOTHING))


def _by_cause(rows: Any, path: str, value: Any) -> dict[int, Any]:
    """``value`` of the rows by the cause that explains their case now: a case has one, so no row counts twice."""
    explained = rows.filter(**{f"{path}__is_current": True}).order_by()
    return dict(explained.values_list(f"{path}__cause").annotate(value=value))


def _tree(
    rows: list[RootCause], cases: dict[int, int], money: dict[int, Decimal], actions: dict[int, int]
) -> tuple[CauseLine, ...]:
    children: dict[int | None, list[RootCause]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)

    def branch(cause: RootCause, depth: int) -> list[CauseLine]:
        below = branches(cause.pk, depth + 1)
        own_cases, own_money = cases.get(cause.pk, 0), money.get(cause.pk, NOTHING)
        direct = [line for line in below if line.depth == depth + 1]
        line = CauseLine(
            cause,
            depth,
            own_cases,
            own_money,
            own_cases + sum(part.all_cases for part in direct),
            own_money + sum((part.all_money for part in direct), NOTHING),
            actions.get(cause.pk, 0) + sum(part.open_actions for part in direct),
        )
        return [line, *below]

    def branches(parent: int | None, depth: int) -> list[CauseLine]:
        found = [branch(cause, depth) for cause in children[parent]]
        found.sort(key=lambda lines: (-lines[0].all_money, -lines[0].all_cases, str(lines[0].cause)))
        return [line for lines in found for line in lines]

    return tuple(branches(None, 0))


def cause_for(pk: int) -> RootCause:
    """The cause, or :class:`NotFound`; causes belong to the whole company."""
    cause = RootCause.objects.select_related("parent", "touchpoint").filter(pk=pk).first()
    if cause is None:
        raise NotFound
    return cause


def with_those_under(cause: RootCause) -> list[int]:
    """The ids of ``cause`` and of every cause under it. One query."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in RootCause.objects.values_list("pk", "parent"):
        children[parent].append(pk)
    found = [cause.pk]
    for pk in found:
        found += children[pk]
    return found


def explained_cases(person: Person, ids: Iterable[int]) -> QuerySet[CaseCause]:
    """Why cases happened, the latest case first, of what ``person`` may see."""
    rows = CaseCause.objects.visible_to(person).filter(is_current=True, cause__in=list(ids))
    return rows.select_related("case__customer", "case__location", "cause", "found_by").order_by(
        "-case__opened_at", "pk"
    )


def cause_of_cases(person: Person) -> dict[int, int]:
    """The cause of each case that ``person`` may see and that has one. One query."""
    rows: Any = CaseCause.objects.visible_to(person).filter(is_current=True)
    return dict(rows.order_by().values_list("case_id", "cause_id"))


def money_by_month(person: Person, ids: Iterable[int], window: Window) -> dict[date, Decimal]:
    """What was given for the cases of these causes, by the month's first day. One query and one for the time zone."""
    zone = company_timezone()
    start, end = window.instants(zone)
    rows: Any = Gesture.objects.visible_to(person).filter(
        granted_at__gte=start, granted_at__lt=end, case__causes__is_current=True, case__causes__cause__in=list(ids)
    )
    months = rows.order_by().annotate(month=TruncMonth("granted_at", tzinfo=zone))
    return {month.date(): total for month, total in months.values_list("month").annotate(total=Sum("amount"))}


def action_for(person: Person, pk: int) -> CorrectiveAction:
    """The action that ``person`` may see, or :class:`NotFound`."""
    related = ("cause", "owner", "location", "touchpoint", "commitment", "completion", "abandonment", "opened_by")
    rows: Any = CorrectiveAction.objects.select_related(*related)
    action: CorrectiveAction = seen_by(person, rows, pk=pk)
    return action


def actions(person: Person, *, state: str = "", causes: Iterable[int] | None = None, today: date | None = None) -> Any:
    """Actions that ``person`` may see; ``state``: open, late, completed, abandoned or empty for all.

    Open ones by the day they are due, the others the latest first.
    """
    rows: Any = CorrectiveAction.objects.visible_to(person)
    is_open = Q(completion__isnull=True, abandonment__isnull=True)
    if state in ("open", "late"):
        rows = rows.filter(is_open).order_by("due_on", "pk")
        if state == "late" and today is not None:
            rows = rows.filter(due_on__lt=today)
    elif state == "completed":
        rows = rows.filter(completion__isnull=False)
    elif state == "abandoned":
        rows = rows.filter(abandonment__isnull=False)
    if causes is not None:
        rows = rows.filter(cause__in=list(causes))
    return rows.select_related("cause", "owner", "location", "touchpoint", "completion", "abandonment")


def current_cause(case: Case) -> CaseCause | None:
    """Why ``case`` happened, as far as anybody knows. One query."""
    return CaseCause.objects.select_related("cause", "found_by").filter(case=case, is_current=True).first()
