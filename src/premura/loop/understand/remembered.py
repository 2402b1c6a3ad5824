"""What is remembered, journey by journey: the episodes of :mod:`premura.loop.understand.episodes`, many at once.

The facts know of every mark who gave it, which episode it belongs to, and when; so one pass over them gives what is
drawn, as columns. What stands on the page by name, the episodes remembered worst, is looked up afterwards. Without the
facts the answers are read, one by one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Right
from numpy.typing import NDArray

from premura.core.customers.models import Customer
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.engine.store import key_of
from premura.loop.listen.models import Response
from premura.loop.understand.draws import Drawn, people_in_facts, share_of
from premura.loop.understand.engine_counts import USUAL, columns_of_facts, seen_in_facts
from premura.loop.understand.episodes import (
    FELT,
    LEAST_MOMENTS,
    MIDDLE,
    RATED,
    Episode,
    JourneyMemory,
    Memories,
    Moment,
    Place,
    of_answers,
    told,
)
from premura.loop.understand.tallies import ASIDE, about_us, tally
from premura.loop.understand.windows import Window
from premura.stats import PeakEnds, peak_end, peak_ends

Numbers = NDArray[np.int64]
#: About so many scores are read for one page, of people drawn at random where there are more.
MOST = 30_000
_FIRST = date(1970, 1, 1)
_TAIL = Right(Cast("pk", TextField()), 10)
# A reference is one person's, a meeting one meeting's, else a response stands alone: three kinds that never meet
_SQL = f"""SELECT CASE WHEN episode < 0 THEN -1 - (hash(episode, customer) >> 1)::BIGINT
  ELSE coalesce(2 * episode + 1, 2 * response) END AS episode,
  epoch_us(coalesce(met_at, answered_at, TIMESTAMP '1970-01-01')) AS happened,
  epoch_us(coalesce(answered_at, TIMESTAMP '1970-01-01')) AS answered, response, place,
  coalesce(customer, 0) AS customer, answered_on - DATE '1970-01-01' AS day, coalesce(touchpoint, 0) AS touchpoint,
  kind = 'csat' AS is_felt, score::BIGINT AS score
FROM facts AS answers
WHERE answered_on BETWEEN $first AND $last AND {USUAL} AND score IS NOT NULL
AND (kind = 'csat' AND scale = '1-5' AND touchpoint IS NOT NULL OR kind = 'nps' AND scale = '0-10')
AND part NOT IN ({", ".join(f"'{part}'" for part in ASIDE)}) AND %s"""  # noqa: S608 -- parts of our own


def memories(
    person: Person,
    window: Window,
    *,
    location: int | None = None,
    survey: int | None = None,
    listed: int | None = None,
) -> Memories:
    """Every episode with two moments or more, journey by journey; of people drawn at random where there are too many
    scores to be read. Of each journey the ``listed`` episodes remembered worst, or all, one by one; those of a whole
    list bear no names. At most nine queries.
    """
    asked: dict[str, Any] = {"location": location, "survey": survey, "kind": (FELT[0], RATED[0]), **about_us()}
    counted = tally(person, window, ("kind", "scale", "touchpoint"), **asked)
    n = sum(n for kind, scale, point, n, _latest in counted if (kind, scale) == RATED or _is_felt(kind, scale, point))
    share = share_of(n, MOST)
    drew = _from_facts(person, window, share, location=location, survey=survey, listed=listed)
    journeys, single, read = drew or of_answers(person, window, share, location=location, survey=survey)
    # An answer that came in between the two is read and not counted
    ordered = sorted(journeys, key=lambda memory: (-memory.n, memory.journey))
    return Memories(tuple(ordered), single, Drawn(read, max(read, n)))


def _is_felt(kind: str, scale: str, touchpoint: int | None) -> bool:
    return (kind, scale) == FELT and touchpoint is not None


def _from_facts(
    person: Person, window: Window, share: float, *, location: int | None, survey: int | None, listed: int | None
) -> tuple[list[JourneyMemory], int, int] | None:
    """The journeys, the episodes of one moment and the scores read of that share of people; ``None`` when the engine is
    not filled. At most five queries.
    """
    tests = [seen_in_facts(person, location), people_in_facts(share)]
    if survey is not None:
        tests.append(f"survey = {int(survey)}")
    values = {"first": window.first_day, "last": window.last_day}
    found = columns_of_facts(_SQL % " AND ".join(tests), values, window.first_day, window.last_day)
    if found is None:
        return None
    if not found or not len(found["score"]):
        return [], 0, 0
    columns = {name: np.asarray(column).astype(np.int64) for name, column in found.items()}
    journeys, single = _journeys(_in_order(columns), listed)
    return _named(journeys) if listed is not None else journeys, single, len(columns["score"])


def _in_order(columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Episode after episode, each in the order in which it happened; with the journey of each score, 0 for none."""
    points = list(Touchpoint.objects.order_by().values_list("pk", "stage__journey", "stage__position", "position"))
    steps = sorted({(stage or 0, place or 0) for _pk, _journey, stage, place in points} | {(0, 0)})
    rank = {step: number for number, step in enumerate(steps)}
    journeys = {pk: journey or 0 for pk, journey, _stage, _place in points}
    ranks = {pk: rank[stage or 0, place or 0] for pk, _journey, stage, place in points}
    step = _looked_up(columns["touchpoint"], ranks, rank[0, 0])
    keys = (columns["place"], columns["response"], step, columns["answered"], columns["happened"], columns["episode"])
    order = np.lexsort(keys)
    journey = _looked_up(columns["touchpoint"], journeys, 0)
    return {name: column[order] for name, column in (*columns.items(), ("journey", journey))}


def _looked_up(column: Numbers, known: Mapping[int, int], otherwise: int) -> Numbers:
    values, where = np.unique(column, return_inverse=True)
    return np.array([known.get(int(value), otherwise) for value in values], dtype=np.int64)[where]


def _journeys(rows: Mapping[str, Numbers], listed: int | None) -> tuple[list[JourneyMemory], int]:
    rated = rows["is_felt"] == 0
    # The last recommendation of each episode: a later one takes the place of an earlier one
    overall = dict(zip(rows["episode"][rated].tolist(), rows["score"][rated].tolist(), strict=True))
    memories, single = [], 0
    for journey in np.unique(rows["journey"]).tolist():
        mine = (rows["journey"] == journey) & ~rated
        if not journey or not mine.any():
            continue
        felt = {name: column[mine] for name, column in rows.items()}
        n = _starts(felt["episode"])[1]
        single += int((n < LEAST_MOMENTS).sum())
        whole = np.repeat(n >= LEAST_MOMENTS, n)
        if whole.any():
            memories.append(_memory(journey, {name: column[whole] for name, column in felt.items()}, overall, listed))
    return memories, single


def _starts(episodes: Numbers) -> tuple[Numbers, Numbers]:
    starts = np.flatnonzero(np.diff(episodes, prepend=episodes[0] - 1))
    return starts, np.diff(starts, append=len(episodes))


def _memory(journey: int, rows: Mapping[str, Numbers], overall: Mapping[int, int], listed: int | None) -> JourneyMemory:
    starts = _starts(rows["episode"])[0]
    felt = rows["score"] - MIDDLE
    many = peak_ends(felt, starts)
    values = (many.score, felt[many.peak], felt[many.worst], felt[many.end], many.mean)
    rated = Counter(overall[one] for one in rows["episode"][starts].tolist() if one in overall)
    worst = np.lexsort((rows["response"][many.end], -rows["day"][many.end], many.score))[:listed]
    episodes = tuple(_episode(journey, rows, starts[at], many.end[at] + 1, overall) for at in worst.tolist())
    counted = [dict(zip(*_counts(column), strict=True)) for column in values]
    return told(journey, counted, rated, _places(rows["touchpoint"], felt, starts, many), episodes)


def _counts(column: NDArray[Any]) -> tuple[list[float], list[int]]:
    values, counts = np.unique(column, return_counts=True)
    return values.tolist(), counts.tolist()


def _places(points: Numbers, felt: Numbers, starts: Numbers, many: PeakEnds) -> Iterable[Place]:
    width = int(points.max()) + 1
    numbers = np.repeat(np.arange(len(starts)), many.n)
    seen = Counter((np.unique(numbers * width + points) % width).tolist())
    peak = points[many.peak]
    high, low = Counter(peak[felt[many.peak] > 0].tolist()), Counter(peak[felt[many.peak] < 0].tolist())
    worst, ends = Counter(points[many.worst].tolist()), Counter(points[many.end].tolist())
    return [Place(point, high[point], low[point], worst[point], ends[point], n) for point, n in seen.items()]


def _episode(journey: int, rows: Mapping[str, Numbers], start: int, stop: int, overall: Mapping[int, int]) -> Episode:
    part = {name: column[start:stop].tolist() for name, column in rows.items()}
    moments = tuple(
        Moment(point, score - MIDDLE, key)
        for point, score, key in zip(part["touchpoint"], part["score"], part["response"], strict=True)
    )
    day = _FIRST + timedelta(days=part["day"][-1])
    remembered = peak_end([moment.felt for moment in moments])
    return Episode(
        journey, day, part["customer"][-1] or None, "", moments, remembered, overall.get(part["episode"][-1])
    )


def _named(journeys: list[JourneyMemory]) -> list[JourneyMemory]:
    """The same with the names of customers and the ids of responses, of which the facts have a part. Two queries."""
    listed = [episode for journey in journeys for episode in journey.episodes]
    people = {episode.customer for episode in listed if episode.customer}
    names = dict(Customer.objects.filter(pk__in=people).values_list("pk", "name"))
    ends = {episode.end.response for episode in listed}
    # By the day, which has an index, and by the end of the id, which the database compares without handing it over
    days = Q(answered_on__in={episode.ended_on for episode in listed})
    endings = {f"{key & 0xFFFF_FFFF_FF:010x}" for key in ends}
    tails = Response.objects.filter(days).alias(tail=_TAIL).filter(tail__in=endings).order_by()
    known = {key_of(pk.hex): pk for pk in tails.values_list("pk", flat=True)}

    def named(episode: Episode) -> Episode:
        moments = tuple(replace(moment, response=known.get(moment.response)) for moment in episode.moments)
        return replace(episode, customer_name=names.get(episode.customer or 0, ""), moments=moments)

    return [replace(journey, episodes=tuple(map(named, journey.episodes))) for journey in journeys]
