"""Drivers (row S22): which rated details move the overall rating, and where to act first.

One survey at a time, because only one person's answers to the overall question and to the details can be laid beside
one another: whole responses, never sums of separate questions. Arithmetic: ``premura.stats.driver_analysis``.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.engine.store import key_of
from premura.loop.understand.draws import NOTHING_DRAWN, RESPONSE, Drawn, perceived_in_facts, responses_drawn, share_of
from premura.loop.understand.gaps import Side, favourable_from, is_scale, scored, upright
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import Item, QuestionBook, question_book
from premura.loop.understand.tallies import ITEM, about_us, is_perceived, tally
from premura.loop.understand.windows import Window
from premura.stats import DriverAnalysis, Estimate, ImportancePerformance, StatsError, importance_performance, top_box
from premura.stats import driver_analysis as analyse
from premura.stats.drivers import ROWS_PER_DRIVER

#: About so many responses of the survey are read, drawn at random: intervals hardly shrink beyond.
MOST = 20_000
#: A detail that fewer than this share of the rows have is left out: it would cost the others too many rows.
ANSWERED_BY = 0.5
#: Details that a page can show; the most answered are kept.
MOST_DRIVERS = 20


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
    item: Item
    kind: str
    touchpoint: int | None
    n: int

    @property
    def is_overall(self) -> bool:
        return self.touchpoint is None and not self.item.row and self.kind != "ces"


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
    given = _given(person, window, location, chosen or 0, share_of(outcome.n, MOST))
    return _analysed(given, book, chosen, outcome, details)


def _asked(person: Person, window: Window, location: int | None) -> dict[int, list[_Asked]]:
    """Survey → what it asked for scores, most answered first."""
    found = tally(person, window, ("survey", *ITEM), location=location, **about_us())
    result: dict[int, list[_Asked]] = {}
    for survey, question, part, scale, kind, touchpoint, n, _latest in sorted(found, key=_most_answered):
        if is_scale(scale) and is_perceived(part) and kind != "kano":
            result.setdefault(survey, []).append(_Asked(Item.of(question, part, scale), kind, touchpoint, n))
    return result


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
    person: Person, window: Window, location: int | None, survey: int, share: float
) -> Iterable[tuple[Any, ...]]:
    """(Key of the response, score, question, part, scale): from the facts where the engine is filled, else the same
    from the answers themselves. Three queries at most.
    """
    found = perceived_in_facts(person, window, survey=survey, location=location, share=share)
    if found is not None:
        return found
    rows = scored(person, window, location=location, survey=survey).filter(Side().seen())
    columns = ("score", "question", "part", "scale")
    rows = responses_drawn(rows, share).order_by().values_list(RESPONSE, *columns)
    return ((key_of(response), *row) for response, *row in rows)


def _analysed(
    given: Iterable[tuple[Any, ...]], book: QuestionBook, survey: int | None, outcome: _Asked, details: list[_Asked]
) -> DriverReading:
    turned = {code for _survey, code in book.turned}
    # What is looked up for every score is a number: an item takes longer
    place = {one.item: number for number, one in enumerate([outcome, *details])}
    table = _table(given, place, turned)
    drawn = Drawn(len(table), outcome.n)
    names = _names(book, details)
    needed = ANSWERED_BY * len(table)
    rated = Counter(number for row in table for number in row)
    kept = [one for one in details if rated[place[one.item]] >= needed][:MOST_DRIVERS]
    left_out = tuple(names[one.item] for one in details if one not in kept)
    columns = [place[one.item] for one in kept]
    X = [[row.get(column, math.nan) for column in columns] for row in table]
    y = [row[0] for row in table]
    outcome_name = book.text(outcome.item)
    try:
        if not kept:
            raise StatsError("no_drivers", "There are no drivers.")
        if len(kept) < 2:
            raise StatsError("one_driver", "One driver alone has nothing to be compared with.")
        analysis = analyse(X, y, names=[names[one.item] for one in kept])
    except StatsError as error:
        labels = tuple(names[one.item] for one in kept)
        return _refused(survey, outcome.item, outcome_name, error, len(table), left_out, labels)
    shown = tuple(
        _detail(one, names[one.item], [row[column] for row in table if column in row])
        for one, column in zip(kept, columns, strict=True)
    )
    performances = [float(detail.performance.value or 0.0) for detail in shown]
    grid = importance_performance(analysis.shares, performances, names=[detail.name for detail in shown])
    return DriverReading(survey, outcome.item, outcome_name, shown, left_out, len(table), analysis, grid, None, drawn)


def _table(given: Iterable[tuple[Any, ...]], place: Mapping[Item, int], turn: Collection[str]) -> list[dict[int, int]]:
    """One dictionary per response that gave the overall rating: place of the item → score; 0 is the overall rating."""
    asked: dict[tuple[str, str, str], int | None] = {}
    responses: dict[int, dict[int, int]] = defaultdict(dict)
    for response, score, question, part, scale in given:
        key = question, part, scale
        if key not in asked:
            asked[key] = place.get(Item.of(*key)) if is_scale(scale) else None
        if (number := asked[key]) is not None:
            responses[response][number] = upright(score, scale, True) if question in turn else score
    # In an order of their own, so that the intervals, which draw again by place, are the same in every database
    return [row for _response, row in sorted(responses.items(), key=itemgetter(0)) if 0 in row]


def _detail(asked: _Asked, name: str, scores: list[int]) -> Detail:
    low, high = favourable_from(asked.item.scale), ends_of(asked.item.scale)[1]
    hits = sum(low <= score <= high for score in scores)
    return Detail(asked.item, name, top_box(hits, len(scores)), asked.touchpoint)


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
