"""Peak and end (row S63): how an episode is remembered, beside how it was on average and how it was rated as a whole.

An episode is what belongs together and is over: the meetings of one customer that share a reference (one rental, one
order), else one meeting, else one response. Its moments are the satisfaction scores of touchpoints in time order. Until
people are asked for emotions, a score from 1 to 5 stands for −2 to +2. Arithmetic: ``premura.stats.peak_end``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from premura.core.journeys.models import Journey, Touchpoint
from premura.core.staff.models import Person
from premura.loop.understand.draws import Drawn, people_drawn, share_of
from premura.loop.understand.gaps import Side, scored
from premura.loop.understand.tallies import about_us, tally
from premura.loop.understand.windows import Window
from premura.stats import PeakEnd, mean, nps, peak_end
from premura.stats.estimate import Estimate

#: About so many scores are read for one page, of people drawn at random where there are more.
MOST = 30_000
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
    """All episodes of one journey: the remembered score and the plain mean from −2 to +2, the rating as NPS."""

    journey: int
    score: Estimate
    peak: Estimate
    worst: Estimate
    end: Estimate
    plain: Estimate
    overall: Estimate
    places: tuple[Place, ...]
    episodes: tuple[Episode, ...]

    @property
    def n(self) -> int:
        return len(self.episodes)


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


def memories(person: Person, window: Window, *, location: int | None = None, survey: int | None = None) -> Memories:
    """Every episode with two moments or more, journey by journey; of people drawn at random where there are too many
    scores to be read. At most five queries.
    """
    counted = tally(person, window, ("kind", "scale", "touchpoint"), location=location, survey=survey, **about_us())
    n = sum(n for kind, scale, point, n, _latest in counted if (kind, scale) == RATED or _is_felt(kind, scale, point))
    seen = scored(person, window, location=location, survey=survey)
    parts = [together(part) for part in people_drawn(seen, share_of(n, MOST))]
    scores = {key: group for part in parts for key, group in part.items()}
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
    found = (_memory(journey, episodes) for journey, episodes in by_journey.items())
    ordered = sorted(found, key=lambda memory: (-memory.n, memory.journey))
    # An answer that came in between the two is read and not counted
    return Memories(tuple(ordered), single, Drawn(read, max(read, n)))


def _is_felt(kind: str, scale: str, touchpoint: int | None) -> bool:
    return (kind, scale) == FELT and touchpoint is not None


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
        order = (met_at or answered, answered, stage or 0, place or 0, pk)
        found[key].append(_Score(order, point, journey, kind, score, response, day, who, name or ""))
    return {key: sorted(scores, key=lambda one: one.order) for key, scores in found.items()}


def episode(journey: int, rows: list[_Score]) -> Episode:
    felt = [row for row in rows if row.kind == "csat" and row.journey == journey]
    moments = tuple(Moment(row.touchpoint or 0, row.score - MIDDLE, row.response) for row in felt)
    overall = [row.score for row in rows if row.kind == "nps"]
    remembered = peak_end([moment.felt for moment in moments])
    last = felt[-1]
    return Episode(journey, last.day, last.customer, last.name, moments, remembered, overall[-1] if overall else None)


def _memory(journey: int, episodes: list[Episode]) -> JourneyMemory:
    recent = sorted(episodes, key=lambda episode: (episode.remembered.score or 0.0, -episode.ended_on.toordinal()))
    rated = [episode.overall for episode in episodes if episode.overall is not None]
    classes = (sum(x >= 9 for x in rated), sum(7 <= x <= 8 for x in rated), sum(x <= 6 for x in rated))
    return JourneyMemory(
        journey,
        _mean(episode.remembered.score for episode in episodes),
        _mean(episode.remembered.peak for episode in episodes),
        _mean(episode.remembered.worst for episode in episodes),
        _mean(episode.remembered.end for episode in episodes),
        _mean(episode.remembered.mean for episode in episodes),
        nps(*classes),
        _places(episodes),
        tuple(recent),
    )


def _mean(values: Iterable[float | None]) -> Estimate:
    return mean(dict(Counter(value for value in values if value is not None)), scale=ENDS)


def _places(episodes: list[Episode]) -> tuple[Place, ...]:
    seen: Counter[int] = Counter(point for e in episodes for point in {moment.touchpoint for moment in e.moments})
    high = Counter(e.peak.touchpoint for e in episodes if e.peak.felt > 0)
    low = Counter(e.peak.touchpoint for e in episodes if e.peak.felt < 0)
    worst = Counter(e.worst.touchpoint for e in episodes)
    ends = Counter(e.end.touchpoint for e in episodes)
    places = (Place(point, high[point], low[point], worst[point], ends[point], n) for point, n in seen.items())
    return tuple(sorted(places, key=lambda place: (-place.low_peaks, -place.worst, place.touchpoint)))


def names_of(found: Memories) -> tuple[dict[int, str], dict[int, str]]:
    """Names of the journeys and of the touchpoints. Two queries."""
    points = {place.touchpoint for journey in found.journeys for place in journey.places}
    journeys = {journey.journey for journey in found.journeys}
    return (
        {row.pk: str(row) for row in Journey.objects.filter(pk__in=journeys)},
        {row.pk: str(row) for row in Touchpoint.objects.filter(pk__in=points)},
    )
