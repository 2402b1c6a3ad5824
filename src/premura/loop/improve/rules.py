"""What an action must say before it may be opened, targets, and whether two reports speak of one thing. Pure."""

from dataclasses import dataclass
from typing import Literal

from premura.loop.recover.margin import stems
from premura.stats.estimate import Estimate

Problem = Literal[
    "text-needed", "effect-needed", "metric-unknown", "change-zero", "change-wrong-way", "window-too-short"
]
SHORTEST_WINDOW = 7
State = Literal["open", "late", "checking", "concluded", "abandoned"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An action as somebody proposes it. ``direction`` is 1 where more of the metric is better, 0 if it is not
    known.
    """

    title: str
    customer_effect: str
    direction: int
    expected_change: float
    window_days: int


def problems_of(plan: Plan) -> list[Problem]:
    """Everything that keeps the action from being opened.

    >>> problems_of(Plan(title="Sms", customer_effect="", direction=1, expected_change=-5, window_days=90))
    ['effect-needed', 'change-wrong-way']
    """
    problems: list[Problem] = []
    if not plan.title.strip():
        problems.append("text-needed")
    if not plan.customer_effect.strip():
        problems.append("effect-needed")
    if plan.direction == 0:
        problems.append("metric-unknown")
    if plan.expected_change == 0:
        problems.append("change-zero")
    elif plan.expected_change * plan.direction < 0:
        problems.append("change-wrong-way")
    if plan.window_days < SHORTEST_WINDOW:
        problems.append("window-too-short")
    return problems


Attainment = Literal["reached", "missed", "open", "few"]
_LEAST_STEP = {"points": 1.0, "percent": 0.01, "mean": 0.1}


def attainment(estimate: Estimate, target: float, *, direction: int, minimum_n: int) -> Attainment:
    """Whether a target is reached: by the interval, not by the point. *Open* where the interval holds the target.

    >>> attainment(Estimate(0.80, 0.75, 0.84, 400, "wilson"), 0.74, direction=1, minimum_n=30)
    'reached'
    >>> attainment(Estimate(0.80, 0.75, 0.84, 400, "wilson"), 0.78, direction=1, minimum_n=30)
    'open'
    """
    if estimate.n < minimum_n or estimate.low is None or estimate.high is None:
        return "few"
    worst, best = (estimate.low, estimate.high) if direction > 0 else (-estimate.high, -estimate.low)
    goal = target * (1 if direction > 0 else -1)
    if worst >= goal:
        return "reached"
    return "missed" if best < goal else "open"


def next_target(
    estimate: Estimate, target: float, *, direction: int, minimum_n: int, unit: str, limits: tuple[float, float]
) -> float:
    """The target to propose next: what has been achieved, when that is reached beyond chance; else the same again.

    The bar is raised to the value that customers gave us, at least by one step of the unit, and never beyond the end
    of the scale; one that was not reached is not lowered by itself.

    >>> e = Estimate(0.80, 0.75, 0.84, 400, "wilson")
    >>> next_target(e, 0.74, direction=1, minimum_n=30, unit="percent", limits=(0, 1))
    0.8
    """
    if attainment(estimate, target, direction=direction, minimum_n=minimum_n) != "reached" or estimate.value is None:
        return target
    step = _LEAST_STEP[unit]
    achieved = round(round(estimate.value / step) * step, 6)
    raised = max(achieved, target + step) if direction > 0 else min(achieved, target - step)
    return round(min(max(raised, limits[0]), limits[1]), 6)


def likeness(one: str, other: str) -> float:
    """How much of the shorter text's words the two share, from 0 to 1; 0 where fewer than two words are shared.

    >>> likeness("Dopo le cinque nessuno risponde al telefono.", "Al telefono non risponde mai nessuno")
    1.0
    >>> likeness("La stampante è rotta", "Al telefono non risponde nessuno")
    0.0
    """
    first, second = stems(one), stems(other)
    shared = first & second
    return len(shared) / min(len(first), len(second)) if len(shared) > 1 else 0.0
