"""Peak and end (row S63): how an episode is remembered, beside how it was on average and how it was rated as a whole.

An episode is what belongs together and is over: the meetings of one customer that share a reference (one rental, one
order), else one meeting, else one response. Its moments are the satisfaction scores of touchpoints in time order. Until
people are asked for emotions, a score from 1 to 5 stands for −2 to +2. Arithmetic: ``premura.stats.peak_end``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from premura.core.journeys.models import Journey, Touchpoint
from premura.core.staff.models import Person
from premura.engine.store import key_of
from premura.loop.understand.draws import Drawn, people_drawn
from premura.loop.understand.gaps import Side, scored
from premura.loop.understand.windows import Window
from premura.stats import PeakEnd, mean, nps, peak_end
from premura.stats.estimate import Estimate

MIDDLE = 3
#: Kind and scale of what an episode is made of: how a touchpoint felt, and the rating of the whole
FELT, RATED = ("csat", "1-5"), ("nps", "0-10")
#: One moment has no peak to tell from its end.
LEAST_MOMENTS = 2
ENDS = (-2, 2)


@dataclass(frozen=True)
class Moment:
    """One touchpoint of an episode: how it felt (−2…+2), and the response that says so."""

    touchpoint: int
    felt: int
    response: Any


@dataclass(frozen=True)
class Episode:
    """One episode of one journey. ``overall`` is the recommendation (0…10) given within it, if any, the last one."""

    journey: int
    ended_on: date
    customer: int | None
    customer_name: str
    moments: tuple[Moment, ...]
    remembered: PeakEnd
    overall: int | None

    @property
    def peak(self) -> Moment:
        return self.moments[self.remembered.peak_index or 0]

    @property
    def worst(self) -> Moment:
        return self.moments[self.remembered.worst_index or 0]

    @property
    def end(self) -> Moment:
        return self.moments[-1]


@dataclass(frozen=True)
class Place:
    """How often one touchpoint was the high peak, the low peak, the worst moment, the end, of how many episodes."""

    touchpoint: int
    high_peaks: int
    low_peaks: int
    worst: int
    ends: int
    episodes: int


@dataclass(frozen=True)
class JourneyMemory:
    """All ``n`` episodes of one journey: the remembered score and the plain mean from −2 to +2, the rating as NPS;
    ``episodes`` are those remembered worst, or all.
    """

    journey: int
    score: Estimate
    peak: Estimate
    worst: Estimate
    end: Estimate
    plain: Estimate
    overall: Estimate
    places: tuple[Place, ...]
    n: int
    episodes: tuple[Episode, ...]


@dataclass(frozen=True)
class Memories:
    """``single`` episodes have one moment only and are not counted. ``drawn`` says how many scores were read."""

    journeys: tuple[JourneyMemory, ...]
    single: int
    drawn: Drawn


@dataclass(frozen=True)
class _Score:
    order: tuple[Any, ...]
    touchpoint: int | None
    journey: int | None
    kind: str
    score: int
    response: Any
    day: date
    customer: int | None
    name: str


def of_answers(
    person: Person, window: Window, share: float, *, location: int | None, survey: int | None
) -> tuple[list[JourneyMemory], int, int]:
    """The same from the answers themselves: the journeys, episodes of one moment, scores read. Two queries."""
    seen = scored(person, window, location=location, survey=survey)
    scores: dict[Any, list[_Score]] = defaultdict(list)
    for part in people_drawn(seen, share):
        for key, group in together(part).items():
            # A meeting may have answers with a name and without
            scores[key] = sorted([*scores[key], *group], key=_order)
    read = sum(map(len, scores.values()))
    by_journey: dict[int, list[Episode]] = defaultdict(list)
    single = 0
    for rows in scores.values():
        # A touchpoint that was only recommended has no feeling of its own
        for journey in {row.journey for row in rows if row.kind == FELT[0] and row.journey is not None}:
            remembered = episode(journey, rows)
            if len(remembered.moments) >= LEAST_MOMENTS:
                by_journey[journey].append(remembered)
            else:
                single += 1
    return [_memory(journey, episodes) for journey, episodes in by_journey.items()], single, read


COLUMNS = (
    "touchpoint", "touchpoint__stage__journey", "touchpoint__stage__position", "touchpoint__position", "kind", "score",
    "response", "response__answered_at", "response__answered_on", "response__interaction",
    "response__interaction__happened_at", "response__interaction__reference", "response__customer",
    "response__customer__name", "pk",
)  # fmt: skip


def together(rows: QuerySet[Any]) -> dict[Any, list[_Score]]:
    """What belongs together among these answers → its scores in time order. One query."""
    rows = rows.filter(Side().seen())
    felt = Q(kind=FELT[0], scale=FELT[1], touchpoint__isnull=False)
    rows = rows.filter(felt | Q(kind=RATED[0], scale=RATED[1])).order_by("-response__answered_at")
    found: dict[Any, list[_Score]] = defaultdict(list)
    for row in rows.values_list(*COLUMNS):
        point, journey, stage, place, kind, score, response, answered, day, met, met_at, reference, who, name, pk = row
        key: Any = ("response", response)
        if reference and who is not None:
            key = ("reference", who, reference)
        elif met is not None:
            key = ("meeting", met)
        # Within one response the journey tells the order; meetings are in the order in which they happened
        order = (met_at or answered, answered, stage or 0, place or 0, key_of(response.hex), pk)
        found[key].append(_Score(order, point, journey, kind, score, response, day, who, name or ""))
    return {key: sorted(scores, key=_order) for key, scores in found.items()}


def _order(score: _Score) -> tuple[Any, ...]:
    return score.order


def episode(journey: int, rows: list[_Score]) -> Episode:
    felt = [row for row in rows if row.kind == "csat" and row.journey == journey]
    moments = tuple(Moment(row.touchpoint or 0, row.score - MIDDLE, row.response) for row in felt)
    overall = [row.score for row in rows if row.kind == "nps"]
    remembered = peak_end([moment.felt for moment in moments])
    last = felt[-1]
    return Episode(journey, last.day, last.customer, last.name, moments, remembered, overall[-1] if overall else None)


def _memory(journey: int, episodes: list[Episode]) -> JourneyMemory:
    values = zip(*(_values(episode.remembered) for episode in episodes), strict=True)
    rated = Counter(episode.overall for episode in episodes if episode.overall is not None)
    worst_first = sorted(episodes, key=_worst_and_latest)
    return told(journey, [Counter(column) for column in values], rated, _places(episodes), tuple(worst_first))


def _values(remembered: PeakEnd) -> tuple[float, ...]:
    found = (remembered.score, remembered.peak, remembered.worst, remembered.end, remembered.mean)
    return tuple(value or 0.0 for value in found)


def _worst_and_latest(episode: Episode) -> tuple[float, int, int]:
    return episode.remembered.score or 0.0, -episode.ended_on.toordinal(), key_of(episode.end.response.hex)


def told(
    journey: int,
    counted: Sequence[Mapping[float, int]],
    rated: Mapping[int, int],
    places: Iterable[Place],
    episodes: tuple[Episode, ...],
) -> JourneyMemory:
    """One journey's figures from how many episodes have each value: ``counted`` are score, peak, worst moment, end and
    plain mean, ``rated`` the recommendations.
    """
    score, peak, worst, end, plain = (mean(dict(values), scale=ENDS) for values in counted)
    classes = [sum(n for x, n in rated.items() if low <= x <= high) for low, high in ((9, 10), (7, 8), (0, 6))]
    ordered = sorted(places, key=lambda place: (-place.low_peaks, -place.worst, place.touchpoint))
    n = sum(counted[0].values())
    return JourneyMemory(journey, score, peak, worst, end, plain, nps(*classes), tuple(ordered), n, episodes)


def _places(episodes: list[Episode]) -> list[Place]:
    seen: Counter[int] = Counter(point for e in episodes for point in {moment.touchpoint for moment in e.moments})
    high = Counter(e.peak.touchpoint for e in episodes if e.peak.felt > 0)
    low = Counter(e.peak.touchpoint for e in episodes if e.peak.felt < 0)
    worst = Counter(e.worst.touchpoint for e in episodes)
    ends = Counter(e.end.touchpoint for e in episodes)
    return [Place(point, high[point], low[point], worst[point], ends[point], n) for point, n in seen.items()]


def names_of(found: Memories) -> tuple[dict[int, str], dict[int, str]]:
    """Names of the journeys and of the touchpoints. Two queries."""
    points = {place.touchpoint for journey in found.journeys for place in journey.places}
    journeys = {journey.journey for journey in found.journeys}
    return (
        {row.pk: str(row) for row in Journey.objects.filter(pk__in=journeys)},
        {row.pk: str(row) for row in Touchpoint.objects.filter(pk__in=points)},
    )
