"""SERVQUAL (row S7): what customers expected, what they found, and the gap, by item, dimension and overall.

Both are asked of the same people where possible: as a pair in one questionnaire, or in one before and one after that
the same customer answered. Then each person's own gaps are averaged. Where too few answered both, the means of the two
groups are compared instead, with a wider interval, and the page says which it is. Arithmetic: ``premura.stats``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from premura.core.company.company import the_company
from premura.core.company.models import Company
from premura.core.errors import NotFound
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.loop.understand.courses import Step
from premura.loop.understand.draws import Drawn
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.quality_scores import Sides, Wanted, periods, sides_of, wanted
from premura.loop.understand.questions import DIMENSIONS, question_book
from premura.loop.understand.windows import Window
from premura.stats import Estimate, Servqual, StatsError, cronbach_alpha, difference_of, servperf, servqual

WEIGHTED = "servqual.weighted"
#: Periods of the overall gap through time
STEPS: tuple[Step, ...] = ("month", "quarter")
Floats = NDArray[np.float64]


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
    instrument: int
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
    steps: Sequence[Step] = STEPS,
) -> ServiceQuality | None:
    """The whole reading; ``None`` without answers on both sides to questions that have a dimension. At most eleven
    queries.

    Through time it is told by the first of ``steps`` of whose periods at least half have enough answers; without any
    not at all.
    """
    book = question_book()
    dimensions = {key: name for key in book.entries if (name := book.dimension(*key))}
    asked_for = wanted(person, window, dimensions, location=location, survey=survey)
    if asked_for is None:
        return None
    used = sides_of(person, window, asked_for, location=location)
    questions = [_Question(*key, dimensions[key], book.is_reversed(*key)) for key in asked_for.questions]
    whole = _reading(questions, used, asked_for, least, weights)
    for step in steps:
        course = _through_time(whole, questions, used, step)
        whole = replace(whole, step=step, through_time=course)
        if 2 * sum(estimate.n >= least for estimate in course.values()) >= max(2, len(course)):
            break
    return whole


def _through_time(whole: ServiceQuality, questions: list["_Question"], used: Sides, step: Step) -> dict[date, Estimate]:
    """The overall gap period by period, made the way the whole was: each person's own gaps, in the period in which they
    said what they found, or the groups that answered in the same one.
    """
    options = _options(questions, whole.scale, {})
    result = {}
    if whole.way == "people":
        for day, (before, after) in used.both_by(step).items():
            result[day] = servqual(before.table, after.table, **options).overall
        return result
    sides = [(side.table, periods(side.day, step)) for side in (used.expecting, used.finding)]
    for day in sides[0][1].keys() & sides[1][1].keys():
        gaps = _between_groups(*(servperf(table[its[day]], **options) for table, its in sides))
        result[day] = gaps.overall
    return result


@dataclass(frozen=True)
class _Question:
    survey: int
    code: str
    dimension: str
    is_reversed: bool


def _reading(
    asked: list[_Question], used: Sides, asked_for: Wanted, least: int, weights: Mapping[str, float]
) -> ServiceQuality:
    scale, options = asked_for.scale, _options(asked, asked_for.scale, weights)
    everybody, both = (used.expecting, used.finding), used.both()
    dimensions, turned = options["dimensions"], options["reversed_items"]
    points = options["weights"] or {}
    is_matched = len(both[0]) >= min(least, *map(len, everybody))
    before, after = (people.table for people in (both if is_matched else everybody))
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
        len(both[0]), len(everybody[0]), len(everybody[1]), asked_for.other_scales, points, asked_for.instrument,
        "month", {}, Drawn(used.read, max(used.read, asked_for.n)),
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


def _alpha(table: Floats, places: list[int], reversed_items: list[int], ends: tuple[int, int]) -> Estimate | None:
    """Reliability of what was found; ``None`` for a single item."""
    rows = table[:, places]
    turned = [column for column, place in enumerate(places) if place in reversed_items]
    rows[:, turned] = sum(ends) - rows[:, turned]
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
