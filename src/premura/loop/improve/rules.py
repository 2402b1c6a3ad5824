"""What an action must say before it may be opened. Pure."""

from dataclasses import dataclass
from typing import Literal

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
