"""One customer's last experience beside what they had reason to expect (row S27).

What a customer expects is what they said they expect, where they were asked; else the mean of their earlier marks of
the same kind, scale and touchpoint. Marks of different scales never meet.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from premura.core.customers.models import Customer
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


def running(scores: list[int]) -> list[Estimate]:
    """For each mark the mean of all marks before it, with its interval; no value for the first.

    >>> [e.value for e in running([4, 2, 5])]
    [None, 4.0, 3.0]
    """
    return [mean(Counter(scores[:place])) for place in range(len(scores))]


def experiences(person: Person, customer: Customer) -> list[list[Step]]:
    """The customer's marks that ``person`` may see, one list a kind, scale and touchpoint, oldest first.

    One query, plus one the first time the person's places are asked.
    """
    rows = (
        Answer.objects.visible_to(person)
        .filter(
            response__customer=customer,
            response__perspective=Perspective.CUSTOMER,
            response__subject__is_us=True,
            kind__in=_KINDS,
            part="",
            score__isnull=False,
        )
        .select_related("response", "touchpoint")
        .only("kind", "scale", "score", "response__moment", "response__answered_at", "touchpoint__name")
        .order_by("-response__answered_at", "-pk")[:_MOST]
    )
    groups: dict[tuple[str, str, int | None], list[Answer]] = {}
    for row in reversed(list(rows)):
        groups.setdefault((row.kind, row.scale, row.touchpoint_id), []).append(row)
    return [steps for answers in groups.values() if (steps := _steps(answers))]


def _steps(answers: list[Answer]) -> list[Step]:
    """An expectation that was stated holds for the next experience, and for that one only."""
    lived = [row for row in answers if row.response.moment == Moment.PERCEPTION]
    usual = iter(running([cast(int, row.score) for row in lived]))
    steps, stated = [], None
    for row in answers:
        score = cast(int, row.score)
        if row.response.moment == Moment.EXPECTATION:
            stated = score
            continue
        expected = next(usual)
        if stated is not None:
            expected = mean({stated: 1})
        name = str(row.touchpoint) if row.touchpoint else ""
        steps.append(Step(row.kind, row.scale, name, score, row.response.answered_at, expected, stated is not None))
        stated = None
    return steps
