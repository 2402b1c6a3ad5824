"""SERVQUAL (row S7): what customers expected, what they found, and the gap, by item, dimension and overall.

Both are asked of the same people where possible: as a pair in one questionnaire, or in one before and one after that
the same customer answered. Then each person's own gaps are averaged. Where too few answered both, the means of the two
groups are compared instead, with a wider interval, and the page says which it is. Arithmetic: ``premura.stats``.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet

from premura.core.company.company import the_company
from premura.core.company.models import Company
from premura.core.errors import NotFound
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.loop.listen.models import Moment
from premura.loop.listen.subjects import us
from premura.loop.understand.courses import Step, first_of
from premura.loop.understand.draws import NOTHING_DRAWN, RESPONSE, Drawn, people_drawn, responses_drawn, share_of
from premura.loop.understand.gaps import Side, is_scale, scored
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import DIMENSIONS, question_book
from premura.loop.understand.tallies import tally
from premura.loop.understand.windows import Window
from premura.stats import Estimate, Servqual, StatsError, cronbach_alpha, difference_of, servperf, servqual

WEIGHTED = "servqual.weighted"
#: About so many answers are read for one page, of people drawn at random where there are more: nothing would change but
#: the wait.
MOST = 60_000
#: The overall gap is told by the first of these of whose periods at least half have enough answers
STEPS: tuple[Step, ...] = ("month", "quarter")
Table = list[list[float]]
People = dict[Any, dict[int, float]]


@dataclass(frozen=True)
class QualityItem:
    """One question: what was expected, what was found, and the gap."""

    survey: int
    question: str
    dimension: str
    is_reversed: bool
    expected: Estimate
    found: Estimate
    gap: Estimate


@dataclass(frozen=True)
class QualityDimension:
    """One dimension; ``alpha`` says whether its items measure one thing, ``weight`` how much it matters."""

    code: str
    expected: Estimate
    found: Estimate
    gap: Estimate
    alpha: Estimate | None
    weight: float | None


@dataclass(frozen=True)
class ServiceQuality:
    """``way``: ``"people"`` when each person's own gaps were averaged, ``"groups"`` when two groups were compared.

    ``matched`` people gave both; ``expecting`` and ``finding`` are all who gave either. ``other_scales`` are answers
    left out because they were given on another scale than ``scale``. ``instrument`` is the survey of the pairs; 0 when
    one survey asked before and another after. ``through_time`` is the
    overall gap of what was found in each month (each quarter, where most months have too few). ``drawn`` says how many
    answers were read, of both sides.
    """

    way: Literal["people", "groups"]
    scale: str
    items: tuple[QualityItem, ...]
    dimensions: tuple[QualityDimension, ...]
    overall: Estimate
    weighted: Estimate | None
    matched: int
    expecting: int
    finding: int
    other_scales: int
    weights: Mapping[str, float]
    instrument: int | None
    step: Step
    through_time: Mapping[date, Estimate]
    drawn: Drawn


def service_quality(
    person: Person,
    window: Window,
    *,
    least: int,
    weights: Mapping[str, float],
    location: int | None = None,
    survey: int | None = None,
) -> ServiceQuality | None:
    """The whole reading; ``None`` without answers on both sides to questions that have a dimension. At most nine
    queries.
    """
    book = question_book()
    dimensions = {key: name for key in book.entries if (name := book.dimension(*key))}
    # A pair stands in one survey; before and after stand in two, which the filter must not part
    codes = sorted({code for _survey, code in dimensions})
    rows = scored(person, window, location=location).filter(question__in=codes)
    n, has_two = _asked(person, window, location, dimensions)
    share = share_of(n, MOST)
    # A pair stands in one response, which is found faster than a person
    parts = list(people_drawn(rows, share) if has_two else [responses_drawn(rows, share)])
    sides = [
        [row for part in parts for row in _given(part, Side(moment=moment), dimensions)]
        for moment in (Moment.EXPECTATION, Moment.PERCEPTION)
    ]
    read = sum(map(len, sides))
    instrument = _instrument(sides, survey)
    of_it = [[row for row in side if row.instrument == instrument] for side in sides]
    scale = _usual_scale(of_it)
    used = [[row for row in side if row.scale == scale] for side in of_it]
    both = {row.question for row in used[0]} & {row.question for row in used[1]}
    known = {(row.survey, row.question) for side in used for row in side} & dimensions.keys()
    keys = {code: (own, code) for own, code in sorted(known) if code in both}
    place = {key: (DIMENSIONS.index(name), number) for number, (key, name) in enumerate(dimensions.items())}
    asked = sorted(keys, key=lambda code: place[keys[code]])
    if not asked:
        return None
    left_out = sum(map(len, of_it)) - sum(map(len, used))
    questions = [_Question(*keys[code], dimensions[keys[code]], book.is_reversed(*keys[code])) for code in asked]
    whole = _reading(questions, [_people(side, asked) for side in used], scale, left_out, least, weights, instrument)
    whole = replace(whole, drawn=Drawn(read, max(read, n)))
    for step in STEPS:
        found = _through_time(whole, questions, used, step)
        whole = replace(whole, step=step, through_time=found)
        if 2 * sum(estimate.n >= least for estimate in found.values()) >= max(2, len(found)):
            break
    return whole


def _asked(
    person: Person, window: Window, location: int | None, dimensions: Mapping[tuple[int, str], str]
) -> tuple[int, bool]:
    """How many answers there are of both sides, and whether some were asked in one survey before and another after."""
    by = ("survey", "question", "part", "scale", "kind", "moment")
    codes = sorted({code for _survey, code in dimensions})
    found = tally(person, window, by, location=location, question=codes, perspective="customer", subject=us())
    n, has_two = 0, False
    for survey, question, part, scale, kind, moment, count, _latest in found:
        is_pair = kind == "pair"
        is_hoped = moment == Moment.EXPECTATION
        if part not in (("", "expectation") if is_hoped else ("", "expectation", "perception")) or not is_scale(scale):
            continue
        if not is_pair or (survey, question) in dimensions:
            n += count
            has_two = has_two or (is_hoped and not is_pair)
    return n, has_two


def _through_time(
    whole: ServiceQuality, questions: list["_Question"], used: list[list["_Given"]], step: Step
) -> dict[date, Estimate]:
    """The overall gap period by period, made the way the whole was: each person's own gaps, in the period in which they
    said what they found, or the groups that answered in the same one.
    """
    asked, k, options = [one.code for one in questions], len(questions), _options(questions, whole.scale, {})
    found = {day: _people(given, asked) for day, given in _periods(used[1], step).items()}
    result = {}
    if whole.way == "people":
        expecting = _people(used[0], asked)
        for day, finding in found.items():
            if pairs := _matched(expecting, finding):
                before, after = (_table((pair[i] for pair in pairs), k) for i in (0, 1))
                result[day] = servqual(before, after, **options).overall
        return result
    hoped = {day: _people(given, asked) for day, given in _periods(used[0], step).items()}
    for day in found.keys() & hoped.keys():
        before, after = (_table(side[day][0].values(), k) for side in (hoped, found))
        gaps = _between_groups(servperf(before, **options), servperf(after, **options))
        result[day] = gaps.overall
    return result


def _periods(given: list["_Given"], step: Step) -> dict[date, list["_Given"]]:
    periods: dict[date, list[_Given]] = defaultdict(list)
    for row in given:
        periods[first_of(row.day, step)].append(row)
    return periods


@dataclass(frozen=True)
class _Question:
    survey: int
    code: str
    dimension: str
    is_reversed: bool


@dataclass(frozen=True)
class _Given:
    """One score. ``instrument`` is the survey of a pair; 0 for surveys that ask before and after."""

    response: Any
    customer: int | None
    survey: int
    question: str
    scale: str
    score: int
    instrument: int
    day: date


def _given(rows: QuerySet[Any], side: Side, dimensions: Mapping[tuple[int, str], str]) -> list[_Given]:
    """The scores of one side, the oldest first; of pairs only those that have a dimension. One query."""
    found = rows.filter(side.seen(), part__in=("", "expectation", "perception")).order_by(
        "-response__answered_at", "-pk"
    )
    columns = (RESPONSE, "response__customer", "response__survey", "question", "scale", "score", "kind")
    given = [
        _Given(response, customer, survey, question, scale, score, survey if kind == "pair" else 0, day)
        for response, customer, survey, question, scale, score, kind, day in found.values_list(
            *columns, "response__answered_on"
        )
        if is_scale(scale) and (kind != "pair" or (survey, question) in dimensions)
    ]
    return given[::-1]


def _instrument(sides: list[list[_Given]], survey: int | None) -> int | None:
    """The pairs of one survey, or 0 for the surveys of before and after: the most answered that has both sides."""
    sizes = [Counter(row.instrument for row in side) for side in sides]
    known = sizes[0].keys() & sizes[1].keys()
    if survey is not None:
        takes_part = any(row.survey == survey and not row.instrument for side in sides for row in side)
        known &= {survey, 0} if takes_part else {survey}
    return max(known, key=lambda one: (min(size[one] for size in sizes), -one), default=None)


def _usual_scale(sides: Iterable[list[_Given]]) -> str:
    counted = Counter(row.scale for side in sides for row in side)
    return min(counted, key=lambda scale: (-counted[scale], scale)) if counted else ""


def _people(given: list[_Given], asked: list[str]) -> tuple[People, People]:
    """What each response gave, and what each customer gave last, item by item."""
    position = {code: index for index, code in enumerate(asked)}
    responses: People = defaultdict(dict)
    customers: People = defaultdict(dict)
    for row in given:
        if row.question in position:
            responses[row.response][position[row.question]] = row.score
            if row.customer is not None:
                customers[row.customer][position[row.question]] = row.score
    return responses, customers


def _matched(expecting: tuple[People, People], finding: tuple[People, People]) -> list[tuple[Any, Any]]:
    """(expected, found) of every person who gave both: first within a response, else by customer."""
    both = [(expecting[0][key], finding[0][key]) for key in finding[0] if key in expecting[0]]
    return both or [(expecting[1][key], finding[1][key]) for key in finding[1] if key in expecting[1]]


def _table(people: Iterable[Mapping[int, float]], k: int) -> Table:
    return [[given.get(column, math.nan) for column in range(k)] for given in people]


def _reading(
    asked: list[_Question],
    sides: list[tuple[People, People]],
    scale: str,
    left_out: int,
    least: int,
    weights: Mapping[str, float],
    instrument: int | None,
) -> ServiceQuality:
    k, pairs, options = len(asked), _matched(*sides), _options(asked, scale, weights)
    dimensions, turned = options["dimensions"], options["reversed_items"]
    points = options["weights"] or {}
    is_matched = len(pairs) >= min(least, *(len(side[0]) for side in sides))
    before, after = [_table(side[0].values(), k) for side in sides]
    if is_matched:
        before, after = (_table((pair[i] for pair in pairs), k) for i in (0, 1))
    expected, found = servperf(before, **options), servperf(after, **options)
    gaps = servqual(before, after, **options) if is_matched else _between_groups(expected, found)
    alphas = {name: _alpha(after, places, turned, ends_of(scale)) for name, places in dimensions.items()}
    items = (
        QualityItem(
            one.survey, one.code, one.dimension, one.is_reversed, expected.items[i], found.items[i], gaps.items[i]
        )
        for i, one in enumerate(asked)
    )
    rows = (
        QualityDimension(
            name, expected.dimensions[name], found.dimensions[name], gaps.dimensions[name], alphas[name],
            points.get(name),
        )
        for name in dimensions
    )  # fmt: skip
    return ServiceQuality(
        "people" if is_matched else "groups", scale, tuple(items), tuple(rows), gaps.overall, gaps.weighted,
        len(pairs), len(sides[0][0]), len(sides[1][0]), left_out, points, instrument, "month", {}, NOTHING_DRAWN,
    )  # fmt: skip


def _options(asked: list[_Question], scale: str, weights: Mapping[str, float]) -> dict[str, Any]:
    """The dimensions that were asked, their points, the questions that are turned, and the scale."""
    dimensions = {name: [i for i, one in enumerate(asked) if one.dimension == name] for name in DIMENSIONS}
    dimensions = {name: places for name, places in dimensions.items() if places}
    points = {name: weights.get(name, 0.0) for name in dimensions}
    return {
        "dimensions": dimensions,
        "weights": points if sum(points.values()) > 0 else None,
        "reversed_items": [i for i, one in enumerate(asked) if one.is_reversed],
        "scale": ends_of(scale),
    }


def _between_groups(expected: Servqual, found: Servqual) -> Servqual:
    """The same gaps from two groups of different people."""
    weighted = None
    if found.weighted is not None and expected.weighted is not None:
        weighted = difference_of(found.weighted, expected.weighted)
    return replace(
        found,
        items=tuple(difference_of(b, a) for a, b in zip(expected.items, found.items, strict=True)),
        dimensions={name: difference_of(found.dimensions[name], a) for name, a in expected.dimensions.items()},
        overall=difference_of(found.overall, expected.overall),
        weighted=weighted,
    )


def _alpha(table: Table, places: list[int], reversed_items: list[int], ends: tuple[int, int]) -> Estimate | None:
    """Reliability of what was found; ``None`` for a single item."""
    rows = [[sum(ends) - row[i] if i in reversed_items else row[i] for i in places] for row in table]
    try:
        return cronbach_alpha(rows)
    except StatsError:
        return None


def weights_decided() -> Event | None:
    """The last decision how much each dimension matters; ``None`` as long as nobody has said. One query.

    The decision lives in history, which cannot be changed: who decided what, and when, is never lost.
    """
    return Event.objects.filter(name=WEIGHTED).order_by("-happened_at", "-pk").select_related("person").first()


def weights_of(decision: Event | None) -> dict[str, float]:
    """The points of that decision by dimension; empty without one."""
    points = decision.data.get("points", {}) if decision else {}
    return {name: float(points[name]) for name in DIMENSIONS if name in points}


def weigh_dimensions(points: Mapping[str, int], *, by: Person) -> Event:
    """Say how much each dimension matters, in points that add up to 100 (``ValueError`` otherwise)."""
    if set(points) != set(DIMENSIONS) or min(points.values()) < 0 or sum(points.values()) != 100:
        raise ValueError(f"not 100 points over the five dimensions: {dict(points)}")
    company: Company | None = the_company()
    if company is None:
        raise NotFound
    with transaction.atomic():
        return record(WEIGHTED, by=by, about=company, data={"points": dict(points)})
