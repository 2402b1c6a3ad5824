"""The delivery gap (row S20): what the company thinks of itself beside what its customers think, on the same items.

Staff answer in confidence. Their answers to an item leave the database only when at least the company's minimum have
given one, and one place is shown apart only when that lets nobody work out a smaller group by subtraction. The periods
are whole quarters that do not overlap, for the same reason.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, DateField, Q, QuerySet, Value, When

from premura.core.staff.models import Person
from premura.loop.listen.models import Perspective
from premura.loop.understand.courses import after, first_of
from premura.loop.understand.gaps import (
    Gap,
    Side,
    Turned,
    favourable_from,
    found_by_item,
    gap_of,
    is_scale,
    scored,
    upright,
)
from premura.loop.understand.metrics import Counts, ends_of
from premura.loop.understand.questions import Item
from premura.loop.understand.tallies import ITEM, about_us, is_perceived, tally
from premura.loop.understand.windows import Window

STAFF = Side(perspectives=(Perspective.STAFF,))
Sizes = dict[Item, dict[int | None, int]]
Quarters = dict[Item, dict[date, Gap]]


@dataclass(frozen=True)
class DeliveryGap:
    """``gaps`` as shares of favourable answers: first its customers, second the company, so that the difference is
    positive where the company thinks better of itself than they do. ``hidden`` are the items that
    both were asked and that too few of the staff answered. ``staff_only`` and ``customers_only`` count the others.
    """

    gaps: tuple[Gap, ...]
    hidden: tuple[Item, ...]
    staff_only: int
    customers_only: int

    @property
    def has_staff(self) -> bool:
        return bool(self.gaps or self.hidden or self.staff_only)


def delivery_gap(
    person: Person, window: Window, *, least: int, location: int | None = None, turn: Turned = frozenset()
) -> DeliveryGap:
    """Company and customers item by item; the questions in ``turn`` are worded the other way round. At most five
    queries.
    """
    sizes = _sizes(scored(person, window))
    mine = {item for item, places in sizes.items() if places.get(location or None, 0) or location is None}
    shown = [item for item in mine if is_safe(sizes[item], location, least)]
    here = scored(person, window, location=location)
    customers = found_by_item(person, window, location=location, turn=turn)
    both = dict.fromkeys((item for item in shown if item in customers), Q())
    staff = {item: counts for (item, *_all), counts in _staff_counts(here, both, least, turn).items()}
    gaps = [gap_of(item, customers[item], counts, "share") for item, counts in staff.items()]
    hidden = sorted(item for item in mine if item in customers and item not in staff)
    return DeliveryGap(
        # The widest gap first; those with too few customers to be read come last
        tuple(sorted(gaps, key=lambda gap: (not gap.is_enough(least), -(gap.difference.value or 0.0), gap.item))),
        tuple(hidden),
        len(mine - customers.keys()),
        len(customers.keys() - mine),
    )


def quarters_of(
    person: Person,
    items: Collection[Item],
    window: Window,
    *,
    least: int,
    location: int | None = None,
    turn: Turned = frozenset(),
) -> Quarters:
    """The gap of each of ``items`` in every quarter of ``window`` that is safe to show for itself: a whole quarter at a
    time, as on the page. At most seven queries.
    """
    seen: dict[tuple[Item, date], dict[int | None, int]] = defaultdict(lambda: defaultdict(int))
    about = about_us() | {"question": sorted({item.question for item in items})}
    staff = about | {"perspective": Perspective.STAFF.value}
    # What nobody looks at is not counted apart: places where all are taken together, surveys where nothing is turned
    places, surveys = ("location",) if location is not None else (), set()
    for survey, month, *which, n, _latest in tally(person, window, ("survey", "month", *ITEM, *places), **staff):
        if is_perceived(which[1]) and (item := Item.of(*which[: len(ITEM)])) in items:
            seen[item, first_of(month, "quarter")][which[-1] if places else None] += n
            surveys.add(survey)
    safe: dict[Item, list[date]] = defaultdict(list)
    for (item, quarter), counted in seen.items():
        if is_safe(counted, location, least):
            safe[item].append(quarter)
    if not safe:
        return {}
    # The staff answer surveys of their own, which are found faster than their few responses among all
    rows = scored(person, window, location=location).filter(response__survey__in=surveys)
    # All places together are safe from ``least`` answers on, which the statement asks for by itself
    asked = {item: Q(quarter__in=quarters) if places else Q() for item, quarters in safe.items()}
    counts = _staff_counts(rows.annotate(quarter=_quarter(safe.values())), asked, least, turn, "quarter")
    customers: dict[tuple[Item, date], Counts] = defaultdict(Counts)
    told = ("survey",) if turn else ()
    given = tally(person, window, (*told, "month", "score", *ITEM), location=location, **about)
    for *survey, month, score, q, part, scale, kind, touchpoint, n, _latest in given:
        if is_perceived(part) and (item := Item.of(q, part, scale, kind, touchpoint)) in safe:
            mark = upright(score, item.scale, (*survey, item.question) in turn)
            customers[item, first_of(month, "quarter")] += Counts({mark: n})
    gaps: Quarters = defaultdict(dict)
    for item, quarter in sorted(counts.keys() & customers.keys()):
        gaps[item][quarter] = gap_of(item, customers[item, quarter], counts[item, quarter], "share")
    return dict(gaps)


def _quarter(quarters: Iterable[Iterable[date]]) -> Case:
    """The first day of the quarter of an answer, one of these or none: compared, where SQLite would cut every date in
    Python.
    """
    days = sorted({day for some in quarters for day in some})
    on = "response__answered_on"
    whens = (When(**{f"{on}__gte": day, f"{on}__lt": after(day, "quarter")}, then=Value(day)) for day in days)
    return Case(*whens, output_field=DateField())


def is_safe(places: dict[int | None, int], location: int | None, least: int) -> bool:
    """Whether the answers of one item may be shown, from how many there are at each place.

    All places together: at least ``least``. One place: at least ``least`` there and at every other place that has any,
    or else the small place could be had by subtracting the large ones from the whole.

    >>> is_safe({1: 20, 2: 15}, None, 30), is_safe({1: 40, 2: 15}, 1, 30), is_safe({1: 40, 2: 35}, 1, 30)
    (True, False, True)
    """
    if location is None:
        return sum(places.values()) >= least
    return bool(places.get(location or None)) and min(places.values()) >= least


def _sizes(rows: QuerySet[Any]) -> Sizes:
    """How many of the staff answered each item at each place: numbers of answers, never what they said."""
    found = rows.filter(STAFF.seen()).order_by().values_list(*ITEM, "response__location")
    sizes: Sizes = defaultdict(dict)
    for question, part, scale, kind, touchpoint, place, n in found.annotate(n=Count("response", distinct=True)):
        if is_scale(scale):
            sizes[Item.of(question, part, scale, kind, touchpoint)][place] = n
    return dict(sizes)


def _staff_counts(
    rows: QuerySet[Any], asked: Mapping[Item, Q], least: int, turn: Turned, *by: str
) -> dict[tuple[Any, ...], Counts]:
    """Favourable and other answers of the staff by item and ``by``, for the items of ``asked`` only, each where its
    condition holds, and only from ``least`` answers on: the database itself leaves the others out. Kept as the two
    scores around the threshold, for nothing else is needed.
    """
    chosen = reduce(or_, (_asked(item) & where for item, where in asked.items()), Q(pk=None))
    good = reduce(or_, (_good(scale, turn) for scale in {item.scale for item in asked}), Q(pk=None))
    found = rows.filter(STAFF.seen()).filter(chosen).order_by().values_list(*ITEM, *by)
    found = found.annotate(n=Count("pk"), hits=Count("pk", filter=good)).filter(n__gte=least)
    counts: dict[tuple[Any, ...], Counts] = defaultdict(Counts)
    for question, part, scale, kind, touchpoint, *key, n, hits in found:
        threshold, item = favourable_from(scale), Item.of(question, part, scale, kind, touchpoint)
        counts[item, *key] += Counts({threshold - 1: n - hits, threshold: hits})
    return dict(counts)


def _good(scale: str, turn: Turned) -> Q:
    """Favourable answers on ``scale``, whichever way round the question is worded."""
    least, most = favourable_from(scale), sum(ends_of(scale)) - favourable_from(scale)
    turned = reduce(or_, (Q(response__survey=survey, question=code) for survey, code in turn), Q(pk=None))
    return Q(scale=scale) & (Q(score__gte=least) & ~turned | Q(score__lte=most) & turned)


def _asked(item: Item) -> Q:
    same = Q(question=item.question, scale=item.scale, kind=item.kind, touchpoint=item.touchpoint or None)
    return same & Q(part__in=[item.row] if item.row else ["", "perception"])
