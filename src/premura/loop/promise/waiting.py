"""How long customers wait for a first answer and for a solution, in working hours (row S45).

Half wait no longer than the median, nine in ten no longer than the P90; a case that is still open counts for as long as
it has waited until now (Kaplan-Meier). In time is what was kept by its deadline, of what has ended or is overdue: what
is open and not yet due is neither kept nor broken. The solution clock stands still while we wait for the customer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from premura.core.company.company import company_timezone, working_calendars
from premura.core.staff.models import Person
from premura.loop.promise.models import Commitment, CommitmentKind
from premura.loop.promise.rules import hours_running
from premura.loop.recover.models import Case, Pause
from premura.loop.understand.windows import Window
from premura.stats.durations import Survival, survival
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: What waiting times can be broken down by → the column of the case. ``team`` is the department of who owns it.
BREAKDOWNS: Mapping[str, str] = {
    "severity": "severity",
    "location": "location_id",
    "touchpoint": "touchpoint_id",
    "team": "owner__department",
    "owner": "owner_id",
}
_MOST = 20_000
_Pauses = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Clock:
    """One of the two waits of a group of cases. Hours are working hours.

    ``median`` has no value while too few have ended; ``p90`` may not be known yet either. ``in_time`` is the share of
    deadlines that were met, ``running`` how many still wait.
    """

    median: Estimate
    p90: float | None
    in_time: Estimate
    running: int


@dataclass(frozen=True)
class Waiting:
    """The two clocks of one group of cases; ``cases`` is how many were opened."""

    cases: int
    first_answer: Clock
    solution: Clock


@dataclass(frozen=True)
class _Row:
    hours: tuple[float, float]
    has_ended: tuple[bool, bool]
    in_time: tuple[bool | None, bool | None]


def waiting_times(
    person: Person,
    window: Window,
    now: datetime,
    by: str = "",
    *,
    groups_of: Mapping[int, Any] | None = None,
    **filters: Any,
) -> tuple[Waiting, dict[Any, Waiting]]:
    """All cases opened in ``window`` that ``person`` may see, and the same by ``by`` (``BREAKDOWNS``). Seven queries.

    ``groups_of`` gives the group of each case where a later stage knows it (its cause), instead of ``by``. ``filters``
    are lookups of the case. At most the latest 20,000 cases are looked at.
    """
    start, end = window.instants(company_timezone())
    cases: Any = Case.objects.visible_to(person).filter(opened_at__gte=start, opened_at__lt=end, **filters)
    # What is dealt with in another case waits there
    cases = cases.filter(merged_into=None)
    key = BREAKDOWNS.get(by, "pk")
    columns = ("pk", key, "location_id", "opened_at", "first_answered_at", "resolved_at")
    found = list(cases.order_by("-opened_at").values_list(*columns)[:_MOST])
    calendars = working_calendars(row[2] for row in found)
    met, pauses = _met(cases, now), _pauses(cases, now)
    rows: list[_Row] = []
    groups: dict[Any, list[_Row]] = {}
    for pk, group, place, opened_at, *ends in found:
        stood: tuple[_Pauses, _Pauses] = ([], pauses.get(pk, []))
        hours = [
            hours_running(calendars[place].between, opened_at, max(end or now, opened_at), still)
            for end, still in zip(ends, stood, strict=True)
        ]
        kept = (met.get((pk, CommitmentKind.FIRST_ANSWER)), met.get((pk, CommitmentKind.SOLUTION)))
        rows.append(_Row((hours[0], hours[1]), (ends[0] is not None, ends[1] is not None), kept))
        groups.setdefault(group if groups_of is None else groups_of.get(pk), []).append(rows[-1])
    is_parted = bool(by) or groups_of is not None
    return _waiting(rows), {group: _waiting(part) for group, part in groups.items()} if is_parted else {}


def _pauses(cases: Any, now: datetime) -> dict[int, _Pauses]:
    """When the solution clock of each case stood still, in order. One query."""
    rows = Pause.objects.filter(case__in=cases.order_by().values("pk")).order_by("paused_at")
    result: dict[int, _Pauses] = {}
    for case, paused_at, ended_at in rows.values_list("case_id", "paused_at", "ended_at"):
        result.setdefault(case, []).append((paused_at, ended_at or now))
    return result


def _met(cases: Any, now: datetime) -> dict[tuple[int, str], bool | None]:
    """By case and kind whether the deadline was met; not there while nothing can be said. One query.

    Of several duties of one kind (a reopened case has more than one solution) each must have been kept.
    """
    kinds = (CommitmentKind.FIRST_ANSWER, CommitmentKind.SOLUTION)
    rows = Commitment.objects.filter(case__in=cases.order_by().values("pk"), kind__in=kinds).order_by("pk")
    result: dict[tuple[int, str], bool | None] = {}
    for case, kind, due_at, ended_at, paused_at, outcome in rows.values_list(
        "case_id", "kind", "due_at", "ended_at", "paused_at", "outcome__outcome"
    ):
        if outcome == "called_off" or (ended_at is None and (due_at >= now or paused_at is not None)):
            continue
        result[case, kind] = result.get((case, kind), True) and outcome == "kept"
    return result


def _waiting(rows: list[_Row]) -> Waiting:
    return Waiting(len(rows), _clock(rows, 0), _clock(rows, 1))


def _clock(rows: list[_Row], which: int) -> Clock:
    curve: Survival = survival([row.hours[which] for row in rows], [row.has_ended[which] for row in rows])
    judged = [row.in_time[which] for row in rows if row.in_time[which] is not None]
    return Clock(curve.median, curve.quantile(0.9), top_box(sum(map(bool, judged)), len(judged)), curve.n - curve.ended)


#: Reads one clock of a waiting time by its name
CLOCKS: Mapping[str, Callable[[Waiting], Clock]] = {
    "first_answer": lambda waiting: waiting.first_answer,
    "solution": lambda waiting: waiting.solution,
}
