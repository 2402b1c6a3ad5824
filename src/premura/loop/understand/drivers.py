"""Drivers (row S22): which rated details move the overall rating, and where to act first.

One survey at a time, because only one person's answers to the overall question and to the details can be laid beside
one another: whole responses, never sums of separate questions. Arithmetic: ``premura.stats.driver_analysis``.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.engine.store import key_of
from premura.loop.understand.draws import NOTHING_DRAWN, RESPONSE, Drawn, is_drawn, responses_drawn, share_of
from premura.loop.understand.engine_counts import USUAL, columns_of_facts, seen_in_facts
from premura.loop.understand.gaps import Side, favourable_from, is_scale, scored
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import Item, QuestionBook, question_book
from premura.loop.understand.tallies import ITEM, about_us, is_perceived, tally
from premura.loop.understand.windows import Window
from premura.stats import DriverAnalysis, Estimate, ImportancePerformance, StatsError, importance_performance, top_box
from premura.stats import driver_analysis as analyse
from premura.stats.drivers import ROWS_PER_DRIVER

Floats = NDArray[np.float64]
#: Key of the response, place of the item, score: three columns of one length.
Given = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
#: About so many responses of the survey are read, drawn at random: intervals hardly shrink beyond.
MOST = 20_000
#: A detail that fewer than this share of the rows have is left out: it would cost the others too many rows.
ANSWERED_BY = 0.5
#: Details that a page can show; the most answered are kept.
MOST_DRIVERS = 20
_GIVEN_SQL = f"""SELECT response, score, list_position($codes, question) - 1 AS question,
  list_position($parts, part) - 1 AS part, list_position($scales, scale) - 1 AS scale
FROM facts AS answers WHERE answered_on BETWEEN $first AND $last AND survey = $survey AND {USUAL} AND score IS NOT NULL
AND kind <> 'emotion' AND list_contains($codes, question) AND list_contains($parts, part)
AND list_contains($scales, scale) AND %s AND %s"""  # noqa: S608 -- a condition of our own


@dataclass(frozen=True)
class Detail:
    """One driver: its name, how many rated it, and how many of them favourably (0…1)."""

    item: Item
    name: str
    performance: Estimate
    #: Id of the touchpoint that it measures, if one
    touchpoint: int | None


@dataclass(frozen=True)
class DriverReading:
    """``refusal`` is set where there is no honest answer; ``analysis`` and ``grid`` otherwise.

    ``details`` are in the order of the analysis; ``left_out`` are details that too few rated. ``n`` responses that gave
    the overall rating ``outcome`` were read, of all that did those that were ``drawn``. In the grid importance is the
    share of R² and performance the favourable share.
    """

    survey: int | None
    outcome: Item | None
    outcome_name: str
    details: tuple[Detail, ...]
    left_out: tuple[str, ...]
    n: int
    analysis: DriverAnalysis | None
    grid: ImportancePerformance | None
    refusal: StatsError | None
    drawn: Drawn = NOTHING_DRAWN


@dataclass(frozen=True)
class _Asked:
    """One question, at whichever ``touchpoints`` it was asked: a survey gives a code to one question alone."""

    item: Item
    kind: str
    touchpoints: frozenset[int | None]
    n: int

    @property
    def touchpoint(self) -> int | None:
        """The only one."""
        return next(iter(self.touchpoints)) if len(self.touchpoints) == 1 else None

    @property
    def is_overall(self) -> bool:
        return self.touchpoints == {None} and not self.item.row and self.kind != "ces"


def driver_reading(
    person: Person, window: Window, *, location: int | None = None, survey: int | None = None
) -> DriverReading:
    """One survey: the one asked for, else the richest one that can be analysed. At most five queries."""
    asked = _asked(person, window, location)
    chosen = survey if survey is not None else _richest(asked)
    questions = asked.get(chosen, []) if chosen is not None else []
    outcome = _outcome(questions)
    if outcome is None:
        code = "no_outcome" if questions else "no_answers"
        return _refused(chosen, None, "", StatsError(code, "There is no overall rating to explain."))
    details = [one for one in questions if one.item != outcome.item and _is_detail(one)]
    book = question_book([chosen] if chosen is not None else [])
    items = [one.item for one in (outcome, *details)]
    given = _given(person, window, location, chosen or 0, items, share_of(outcome.n, MOST))
    return _analysed(_table(given, items), book, chosen, outcome, details)


def _asked(person: Person, window: Window, location: int | None) -> dict[int, list[_Asked]]:
    """Survey → what it asked for scores, most answered first."""
    found = tally(person, window, ("survey", *ITEM), location=location, **about_us())
    asked: dict[int, dict[Item, _Asked]] = defaultdict(dict)
    for survey, question, part, scale, kind, touchpoint, n, _latest in sorted(found, key=_most_answered):
        if is_scale(scale) and is_perceived(part) and kind != "kano":
            item = Item.of(question, part, scale)
            same = asked[survey].get(item, _Asked(item, kind, frozenset(), 0))
            asked[survey][item] = replace(same, touchpoints=same.touchpoints | {touchpoint}, n=same.n + n)
    return {survey: sorted(items.values(), key=lambda one: -one.n) for survey, items in asked.items()}


def _most_answered(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *columns, touchpoint, n, _latest = row
    return -n, *columns, touchpoint or 0


def _is_detail(asked: _Asked) -> bool:
    """What rates one thing: a touchpoint, a row, a pair; how easy it was and the recommendation rate the whole."""
    return asked.kind not in ("nps", "ces") and not (asked.is_overall and asked.kind == "csat")


def _outcome(questions: list[_Asked]) -> _Asked | None:
    """The overall rating: the recommendation if it was asked, else the overall satisfaction most answered."""
    overall = [one for one in questions if one.is_overall and one.kind in ("nps", "csat", "rating")]
    return next((one for one in overall if one.kind == "nps"), next(iter(overall), None))


def _richest(asked: dict[int, list[_Asked]]) -> int | None:
    def worth(survey: int) -> tuple[bool, bool, int, int, int]:
        questions = asked[survey]
        outcome, details = _outcome(questions), sum(map(_is_detail, questions))
        n = outcome.n if outcome else 0
        return n > 0 and details > 1, n >= ROWS_PER_DRIVER * details, details, n, -survey

    return max(asked, key=worth, default=None)


def _given(
    person: Person, window: Window, location: int | None, survey: int, items: Sequence[Item], share: float
) -> Given:
    """What the responses drawn gave to these items: from the facts where the engine is filled, else the same from the
    answers themselves. Three queries at most.
    """
    place = {item: number for number, item in enumerate(items)}
    codes, scales = (sorted({getattr(item, name) for item in items}) for name in ("question", "scale"))
    parts = sorted({part for item in items for part in _parts(item)})
    asked = {"codes": codes, "parts": parts, "scales": scales, "survey": survey}
    days = window.first_day, window.last_day
    sql = _GIVEN_SQL % (seen_in_facts(person, location), is_drawn(share))
    found = columns_of_facts(sql, {**asked, "first": days[0], "last": days[1]}, *days)
    if found is None:
        rows = scored(person, window, location=location, survey=survey).filter(Side().seen(), question__in=codes)
        columns = ("question", "part", "scale", "score")
        told = responses_drawn(rows, share).order_by().values_list(RESPONSE, *columns)
        known = ((key_of(key), place.get(Item.of(*item), -1), score) for key, *item, score in told)
        flat = np.array([row for row in known if row[1] >= 0], dtype=np.int64).reshape(-1, 3)
        return flat[:, 0], flat[:, 1], flat[:, 2]
    if not found:
        return (np.zeros(0, dtype=np.int64),) * 3
    # What is looked up for every score is a number
    known_as = np.full((len(codes), len(parts), len(scales)), -1)
    for item, number in place.items():
        for part in _parts(item):
            known_as[codes.index(item.question), parts.index(part), scales.index(item.scale)] = number
    which = known_as[tuple(found[name].astype(np.int64) for name in ("question", "part", "scale"))]
    is_asked = which >= 0
    return found["response"][is_asked].astype(np.int64), which[is_asked], found["score"][is_asked].astype(np.int64)


def _parts(item: Item) -> tuple[str, ...]:
    """The parts of a question under which an item of what people found stands."""
    return (item.row,) if item.row else ("", "perception")


def _table(given: Given, items: Sequence[Item]) -> Floats:
    """One row for each response that gave the overall rating, one column an item, NaN where nothing was given; the
    first column is the overall rating.
    """
    responses, which, scores = given
    # In an order of their own, so that the intervals, which draw again by place, are the same in every database
    keys, row = np.unique(responses, return_inverse=True)
    table: Floats = np.full((len(keys), len(items)), math.nan)
    # Of several for one place the highest stays
    rising = np.argsort(scores.astype(np.int16), kind="stable")
    table[row[rising], which[rising]] = scores[rising]
    has_rated: NDArray[np.bool_] = ~np.isnan(table[:, 0])
    return table[has_rated]


def _analysed(
    table: Floats, book: QuestionBook, survey: int | None, outcome: _Asked, details: list[_Asked]
) -> DriverReading:
    turned = {code for _survey, code in book.turned}
    for column, one in enumerate((outcome, *details)):
        if one.item.question in turned:
            table[:, column] = sum(ends_of(one.item.scale)) - table[:, column]
    drawn = Drawn(len(table), outcome.n)
    names = _names(book, details)
    rated = (~np.isnan(table)).sum(axis=0)
    places = [place for place in range(len(details)) if rated[1 + place] >= ANSWERED_BY * len(table)][:MOST_DRIVERS]
    kept = [details[place] for place in places]
    left_out = tuple(names[one.item] for one in details if one not in kept)
    X = table[:, [1 + place for place in places]]
    outcome_name = book.text(outcome.item)
    try:
        if not kept:
            raise StatsError("no_drivers", "There are no drivers.")
        if len(kept) < 2:
            raise StatsError("one_driver", "One driver alone has nothing to be compared with.")
        analysis = analyse(X, table[:, 0], names=[names[one.item] for one in kept])
    except StatsError as error:
        labels = tuple(names[one.item] for one in kept)
        return _refused(survey, outcome.item, outcome_name, error, len(table), left_out, labels)
    shown = tuple(_detail(one, names[one.item], column) for one, column in zip(kept, X.T, strict=True))
    performances = [float(detail.performance.value or 0.0) for detail in shown]
    grid = importance_performance(analysis.shares, performances, names=[detail.name for detail in shown])
    return DriverReading(survey, outcome.item, outcome_name, shown, left_out, len(table), analysis, grid, None, drawn)


def _detail(asked: _Asked, name: str, scores: Floats) -> Detail:
    low, high = favourable_from(asked.item.scale), ends_of(asked.item.scale)[1]
    hits = int(((scores >= low) & (scores <= high)).sum())
    return Detail(asked.item, name, top_box(hits, int((~np.isnan(scores)).sum())), asked.touchpoint)


def _names(book: QuestionBook, details: list[_Asked]) -> dict[Item, str]:
    """The touchpoint's name where only one detail has it, else the question. One query."""
    often = Counter(one.touchpoint for one in details)
    alone = [point for point, n in often.items() if point is not None and n == 1]
    points: dict[int | None, str] = {row.pk: str(row) for row in Touchpoint.objects.filter(pk__in=alone)}
    return {one.item: points.get(one.touchpoint) or book.text(one.item) for one in details}


def _refused(
    survey: int | None,
    outcome: Item | None,
    outcome_name: str,
    refusal: StatsError,
    n: int = 0,
    left_out: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> DriverReading:
    columns = refusal.details.get("columns", ())
    guilty = tuple(names[i] for i in columns) if isinstance(columns, tuple) and names else ()
    said = StatsError(refusal.code, str(refusal), **{**refusal.details, "names": guilty})
    return DriverReading(survey, outcome, outcome_name, (), left_out, n, None, None, said)
