"""One customer's last experience beside what they had reason to expect (row S27).

What a customer expects is what they said they expect, where they were asked; else the mean of their earlier marks of
the same kind, scale and touchpoint. Marks of different scales never meet.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from premura.core.customers.models import Customer
from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Moment, Perspective
from premura.stats.estimate import Estimate
from premura.stats.scores import mean

#: A mark nearer to the expectation than half a step of its scale is as expected
NEAR = 0.5
#: So many earlier marks make an expectation; fewer are shown in grey
ENOUGH = 3
_KINDS = ("nps", "csat", "ces")
#: The most that one page reads of one customer
_MOST = 500


@dataclass(frozen=True)
class Step:
    """One mark with what was expected then: ``expected`` has no value for a first mark; ``is_stated`` if asked for."""

    kind: str
    scale: str
    touchpoint: str
    score: int
    answered_at: datetime
    expected: Estimate
    is_stated: bool

    @property
    def delta(self) -> float | None:
        return None if self.expected.value is None else self.score - self.expected.value

    @property
    def is_firm(self) -> bool:
        return self.is_stated or self.expected.n >= ENOUGH

    @property
    def verdict(self) -> Literal["below", "as", "above", ""]:
        """Empty while there is nothing to compare with."""
        if self.delta is None:
            return ""
        if abs(self.delta) < NEAR:
            return "as"
        return "above" if self.delta > 0 else "below"


def running(scores: list[int], last: int = _MOST) -> list[Estimate | None]:
    """For each mark the mean of all marks before it, with its interval; no value for the first.

    ``None`` for those before the ``last`` ones: nobody asks for them.

    >>> [e.value for e in running([4, 2, 5])]
    [None, 4.0, 3.0]
    >>> [e and e.value for e in running([4, 2, 5], last=1)]
    [None, None, 3.0]
    """
    before: Counter[int] = Counter()
    found: list[Estimate | None] = []
    for place, score in enumerate(scores):
        found.append(mean(before) if place >= len(scores) - last else None)
        before[score] += 1
    return found


def experiences(person: Person, customer: Customer, *, last: int = _MOST) -> list[list[Step]]:
    """The customer's marks that ``person`` may see, one list a kind, scale and touchpoint, oldest first.

    Only the ``last`` of each list are worked out; the marks before them count in what was expected.

    One query, plus one the first time the person's places are asked.
    """
    rows: Any = (
        Answer.objects.visible_to(person)
        .filter(
            response__customer=customer,
            response__perspective=Perspective.CUSTOMER,
            response__subject__is_us=True,
            kind__in=_KINDS,
            part="",
            score__isnull=False,
        )
        .order_by("-response__answered_at", "-pk")
        .values_list(
            "touchpoint__name", "kind", "scale", "touchpoint", "score", "response__moment", "response__answered_at"
        )[:_MOST]
    )
    # With the touchpoint's name, and not one more query for it
    marks = [_Mark(in_language(name), *rest) for name, *rest in rows]
    groups: dict[tuple[str, str, int | None], list[_Mark]] = {}
    for mark in reversed(marks):
        groups.setdefault((mark.kind, mark.scale, mark.touchpoint), []).append(mark)
    return [steps for given in groups.values() if (steps := _steps(given, last))]


@dataclass(frozen=True)
class _Mark:
    name: str
    kind: str
    scale: str
    touchpoint: int | None
    score: int
    moment: str
    answered_at: datetime


def _steps(marks: list[_Mark], last: int) -> list[Step]:
    """An expectation that was stated holds for the next experience, and for that one only."""
    usual = iter(running([mark.score for mark in marks if mark.moment == Moment.PERCEPTION], last))
    steps, stated = [], None
    for mark in marks:
        if mark.moment == Moment.EXPECTATION:
            stated = mark.score
            continue
        expected = next(usual)
        if expected is not None:
            if stated is not None:
                expected = mean({stated: 1})
            is_stated = stated is not None
            steps.append(Step(mark.kind, mark.scale, mark.name, mark.score, mark.answered_at, expected, is_stated))
        stated = None
    return steps
