"""Judgement of the stage, pure: how a commitment stands, how urgent it is, and how often promises are kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from premura.stats.estimate import Estimate, nothing
from premura.stats.intervals import wilson

Status = Literal["waiting", "due_today", "overdue", "kept", "late", "broken", "called_off"]
Urgency = Literal["overdue", "today", "this_week", "later"]

#: Ended by what people do elsewhere (answer, resolve, decide, complete), so not by a tap on *done*
KEPT_ELSEWHERE = frozenset(
    {"first_answer", "solution", "approval", "action", "check", "defect", "manager_call", "card"}
)
#: Ways to end that say something about keeping one's word; what is called off or still open does not
JUDGED = frozenset({"kept", "late", "broken"})


def is_kept_by_hand(kind: str) -> bool:
    """Whether somebody says *done* themselves."""
    return kind not in KEPT_ELSEWHERE


def forewarned_at(kind: str, made_at: datetime, due_at: datetime, days: int) -> datetime | None:
    """When a rule speaks of a promise: ``days`` after it was due (``late``), or ``days`` before (``near``).

    Nearly due is nothing that was promised for as soon as that: ``None`` when half of its time was not gone by then.

    >>> monday, friday = datetime(2026, 3, 16, 9), datetime(2026, 3, 20, 9)
    >>> forewarned_at("near", monday, friday, 1), forewarned_at("near", monday, friday, 3)
    (datetime.datetime(2026, 3, 19, 9, 0), None)
    >>> forewarned_at("late", monday, friday, 0)
    datetime.datetime(2026, 3, 20, 9, 0)
    """
    span = timedelta(days=days)
    if kind == "late":
        return due_at + span
    return due_at - span if due_at - made_at >= 2 * span else None


def outcome_of_keeping(due_at: datetime, kept_at: datetime) -> Literal["kept", "late"]:
    """Kept up to and including the instant it was due; late after it."""
    return "kept" if kept_at <= due_at else "late"


def status(due_at: datetime, outcome: str | None, now: datetime, zone: tzinfo) -> Status:
    """How a commitment stands at ``now``; days are those of ``zone``.

    >>> from datetime import UTC
    >>> due = datetime(2026, 3, 19, 17, tzinfo=UTC)
    >>> status(due, None, due.replace(hour=9), UTC), status(due, None, due.replace(hour=18), UTC)
    ('due_today', 'overdue')
    """
    if outcome is not None:
        return outcome  # type: ignore[return-value]  # the outcomes are statuses
    if now > due_at:
        return "overdue"
    return "due_today" if due_at.astimezone(zone).date() == now.astimezone(zone).date() else "waiting"


def urgency(due_at: datetime, now: datetime, zone: tzinfo) -> Urgency:
    """Where an open commitment stands on *Today*: the week ends with Sunday."""
    if now > due_at:
        return "overdue"
    today, day = now.astimezone(zone).date(), due_at.astimezone(zone).date()
    if day == today:
        return "today"
    return "this_week" if day <= today + timedelta(days=6 - today.weekday()) else "later"


def hours_running(
    between: Callable[[datetime, datetime], timedelta],
    start: datetime,
    end: datetime,
    pauses: Iterable[tuple[datetime, datetime]],
) -> float:
    """Working hours from ``start`` to ``end`` without the time of ``pauses``, each counted once where they overlap.

    ``between`` says how much working time lies between two instants.

    >>> noon = datetime(2026, 3, 19, 12)
    >>> two, three = noon.replace(hour=14), noon.replace(hour=15)
    >>> hours_running(lambda first, last: last - first, noon, noon.replace(hour=18), [(two, three), (two, three)])
    5.0
    """
    passed, reached = between(start, end), start
    for paused_at, ended_at in sorted(pauses):
        first, last = max(paused_at, reached), min(ended_at, end)
        if last > first:
            passed -= between(first, last)
            reached = last
    return max(passed, timedelta(0)).total_seconds() / 3600


#: When this share of the working time is gone, whoever leads is told while something can still be done
NEARLY = 0.75


def is_nearly_due(passed: float, whole: float) -> bool:
    """Whether three quarters of the ``whole`` time are gone; both in seconds of working time.

    >>> is_nearly_due(3 * 3600, 4 * 3600), is_nearly_due(2 * 3600, 4 * 3600)
    (True, False)
    """
    return whole <= 0 or passed >= NEARLY * whole


def person_to_tell(leaders: Sequence[tuple[int, bool]], *, owner_id: int | None) -> int | None:
    """Whom to tell that a duty of ``owner_id`` is nearly late; ``leaders`` are ids, nearest first, and who owns.

    Somebody else who leads before the owner of the company; nobody where only the one who owes it leads.

    >>> person_to_tell([(7, False), (1, True)], owner_id=7), person_to_tell([(1, True)], owner_id=1)
    (1, None)
    """
    others = [(owns, place, person) for place, (person, owns) in enumerate(leaders) if person != owner_id]
    return min(others)[2] if others else None


@dataclass(frozen=True)
class Kept:
    """How commitments ended: the share kept in time with its interval, and the counts behind it."""

    estimate: Estimate
    kept: int
    late: int
    broken: int


def kept_rate(outcomes: Iterable[str]) -> Kept:
    """The share of ended commitments that were kept in time, with Wilson's interval; *called off* does not count.

    >>> kept_rate(["kept", "kept", "kept", "late", "called_off"]).estimate.value
    0.75
    """
    counts = dict.fromkeys(sorted(JUDGED), 0)
    for outcome in outcomes:
        if outcome in JUDGED:
            counts[outcome] += 1
    n = sum(counts.values())
    estimate = Estimate(counts["kept"] / n, *wilson(counts["kept"], n), n, "wilson") if n else nothing("wilson")
    return Kept(estimate, counts["kept"], counts["late"], counts["broken"])
