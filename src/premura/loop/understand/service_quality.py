"""SERVQUAL (row S7): what customers expected, what they found, and the gap, by item, dimension and overall.

Both are asked of the same people where possible: as a pair in one questionnaire, or in one before and one after that
the same customer answered. Then each person's own gaps are averaged. Where too few answered both, the means of the two
groups are compared instead, with a wider interval, and the page says which it is. Arithmetic: ``premura.stats``.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
from premura.loop.understand.gaps import Side, scored
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import DIMENSIONS, Item, QuestionBook, question_book
from premura.loop.understand.windows import Window
from premura.stats import Estimate, Servqual, StatsError, cronbach_alpha, difference_of, servperf, servqual

WEIGHTED = "servqual.weighted"
#: More answers than these, the latest, are not read for one page: nothing would change but the wait.
MOST = 200_000
Table = list[list[float]]
People = dict[Any, dict[int, float]]


@dataclass(frozen=True)
class QualityItem:
    """One question: what was expected, what was found, and the gap."""

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
    left out because they were given on another scale than ``scale``.
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


def service_quality(
    person: Person,
    window: Window,
    *,
    least: int,
    weights: Mapping[str, float],
    location: int | None = None,
    survey: int | None = None,
) -> ServiceQuality | None:
    """The whole reading; ``None`` without answers on both sides to questions that have a dimension. Three queries."""
    book = question_book([survey] if survey else None)
    codes = book.with_dimension()
    rows = scored(person, window, location=location, survey=survey).filter(question__in=codes)
    sides = [_given(rows, Side(moment=moment)) for moment in (Moment.EXPECTATION, Moment.PERCEPTION)]
    scale = _usual_scale(sides)
    used = [[row for row in side if row[2].scale == scale] for side in sides]
    asked = [code for code in codes if all(any(row[2].question == code for row in side) for side in used)]
    if not asked:
        return None
    left_out = sum(map(len, sides)) - sum(map(len, used))
    return _reading(book, asked, [_people(side, asked) for side in used], scale, left_out, least, weights)


Given = tuple[Any, Any, Item, int]


def _given(rows: QuerySet[Any], side: Side) -> list[Given]:
    """(response, customer, item, score) of one side, the oldest first."""
    found = rows.filter(side.seen()).order_by("-response__answered_at", "-pk")
    columns = ("response", "response__customer", "question", "part", "scale", "score")
    rows_read = found.values_list(*columns)[:MOST]
    return [(r, c, Item.of(q, part, scale), score) for r, c, q, part, scale, score in rows_read][::-1]


def _usual_scale(sides: Iterable[list[Given]]) -> str:
    counted = Counter(item.scale for side in sides for _r, _c, item, _s in side if not item.row)
    return min(counted, key=lambda scale: (-counted[scale], scale)) if counted else ""


def _people(given: list[Given], asked: list[str]) -> tuple[People, People]:
    """What each response gave, and what each customer gave last, item by item."""
    position = {code: index for index, code in enumerate(asked)}
    responses: People = defaultdict(dict)
    customers: People = defaultdict(dict)
    for response, customer, item, score in given:
        if not item.row and item.question in position:
            responses[response][position[item.question]] = score
            if customer is not None:
                customers[customer][position[item.question]] = score
    return responses, customers


def _matched(expecting: tuple[People, People], finding: tuple[People, People]) -> list[tuple[Any, Any]]:
    """(expected, found) of every person who gave both: first within a response, else by customer."""
    both = [(expecting[0][key], finding[0][key]) for key in finding[0] if key in expecting[0]]
    return both or [(expecting[1][key], finding[1][key]) for key in finding[1] if key in expecting[1]]


def _table(people: Iterable[Mapping[int, float]], k: int) -> Table:
    return [[given.get(column, math.nan) for column in range(k)] for given in people]


def _reading(
    book: QuestionBook,
    asked: list[str],
    sides: list[tuple[People, People]],
    scale: str,
    left_out: int,
    least: int,
    weights: Mapping[str, float],
) -> ServiceQuality:
    k, pairs = len(asked), _matched(*sides)
    dimensions = {name: [i for i, code in enumerate(asked) if book.dimension(code) == name] for name in DIMENSIONS}
    dimensions = {name: places for name, places in dimensions.items() if places}
    points = {name: weights.get(name, 0.0) for name in dimensions}
    turned = [i for i, code in enumerate(asked) if book.is_reversed(code)]
    options: dict[str, Any] = {
        "dimensions": dimensions,
        "weights": points if sum(points.values()) > 0 else None,
        "reversed_items": turned,
        "scale": ends_of(scale),
    }
    is_matched = len(pairs) >= min(least, *(len(side[0]) for side in sides))
    before, after = [_table(side[0].values(), k) for side in sides]
    if is_matched:
        before, after = (_table((pair[i] for pair in pairs), k) for i in (0, 1))
    expected, found = servperf(before, **options), servperf(after, **options)
    gaps = servqual(before, after, **options) if is_matched else _between_groups(expected, found)
    alphas = {name: _alpha(after, places, turned, ends_of(scale)) for name, places in dimensions.items()}
    items = (
        QualityItem(code, book.dimension(code), i in turned, expected.items[i], found.items[i], gaps.items[i])
        for i, code in enumerate(asked)
    )
    rows = (
        QualityDimension(
            name, expected.dimensions[name], found.dimensions[name], gaps.dimensions[name], alphas[name],
            points[name] if options["weights"] else None,
        )
        for name in dimensions
    )  # fmt: skip
    return ServiceQuality(
        "people" if is_matched else "groups", scale, tuple(items), tuple(rows), gaps.overall, gaps.weighted,
        len(pairs), len(sides[0][0]), len(sides[1][0]), left_out, points if options["weights"] else {},
    )  # fmt: skip


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
