"""How one customer remembers us and how they feel: their last journey with its peak and end, their words over time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from premura.core.customers.models import Customer
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, AnswerQuerySet
from premura.loop.understand.episodes import episode, together
from premura.loop.understand.models import CommentReading

#: Comments shown of one customer, the latest
MOST_FEELINGS = 12


@dataclass(frozen=True)
class Stop:
    """One touchpoint of the journey: how it felt, from −2 to +2."""

    name: str
    felt: int
    is_peak: bool
    is_end: bool


@dataclass(frozen=True)
class LastJourney:
    """The last journey of which the customer marked something; ``score`` is (peak + end) / 2, from −2 to +2.

    ``score`` has no value with one stop: it has no peak to tell from its end.
    """

    ended_on: date
    stops: tuple[Stop, ...]
    score: float | None


def last_journey(person: Person, customer: Customer) -> LastJourney | None:
    """What ``person`` may see of it. Two queries, one when there is nothing."""
    rows = _seen(person, customer).filter(score__isnull=False).exclude(kind="emotion")
    felt = [group for group in together(rows).values() if any(row.kind == "csat" and row.journey for row in group)]
    if not felt:
        return None
    last = max(felt, key=lambda group: group[-1].order)
    journey = next(row.journey for row in reversed(last) if row.kind == "csat" and row.journey)
    found = episode(journey, last)
    names = {row.pk: str(row) for row in Touchpoint.objects.filter(pk__in={m.touchpoint for m in found.moments})}
    is_told_apart = len(found.moments) > 1
    stops = tuple(
        Stop(
            names.get(moment.touchpoint, ""),
            moment.felt,
            is_told_apart and place == found.remembered.peak_index,
            is_told_apart and place == len(found.moments) - 1,
        )
        for place, moment in enumerate(found.moments)
    )
    return LastJourney(found.ended_on, stops, found.remembered.score if is_told_apart else None)


def _seen(person: Person, customer: Customer) -> Any:
    return cast(AnswerQuerySet, Answer.objects).visible_to(person).filter(response__customer=customer)


@dataclass(frozen=True)
class Feeling:
    """What one comment sounds like, read by the models of this machine."""

    response: Any
    felt_at: datetime
    sentiment: str
    score: float
    is_uncertain: bool


def feelings(person: Person, customer: Customer) -> list[Feeling]:
    """The customer's latest comments as read, the oldest first. One query."""
    rows = CommentReading.objects.filter(answer__in=_seen(person, customer), is_forgotten=False)
    columns = ("answer__response", "answer__response__answered_at", "sentiment", "score", "is_uncertain")
    latest = rows.order_by("-answer__response__answered_at", "-pk").values_list(*columns)[:MOST_FEELINGS]
    return [Feeling(*row) for row in reversed(latest)]
