"""The scores that SERVQUAL lays against one another: which are asked for, and what each person gave, as columns.

A pair stands in one response, so that the facts, which know no customers, can tell who gave both halves; they hold
everybody's. What was asked in one survey before and in another after is matched by customer, from the answers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.core.staff.models import Person
from premura.engine.store import key_of
from premura.loop.listen.models import Moment, Perspective
from premura.loop.listen.subjects import us
from premura.loop.understand.courses import Step, first_of
from premura.loop.understand.draws import RESPONSE, is_drawn, people_drawn, responses_drawn, share_of
from premura.loop.understand.engine_counts import columns_of_facts, seen_in_facts
from premura.loop.understand.gaps import Side, is_scale, scored
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import DIMENSIONS
from premura.loop.understand.tallies import tally
from premura.loop.understand.windows import Window

Numbers = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
#: About so many answers are read for one page, of people drawn at random where there are more: nothing would change but
#: the wait. The facts give all but the largest companies' in the same time.
MOST, MOST_IN_FACTS = 60_000, 1_000_000
_PARTS = ("", "expectation", "perception")
#: Bits of a whole number that may be filled, its sign left alone
_BITS = 62
# A response is one row: its scores stand side by side in whole numbers, each in bits of its own, 0 where none was
# given. No two answers of a response are alike in question and part.
_PAIRS_SQL = """SELECT any_value(answered_on) AS day, {numbers}
FROM facts AS answers JOIN (SELECT unnest($codes) AS question, unnest($parts) AS part, unnest($moments) AS moment,
  unnest($numbers) AS number, unnest($shifts) AS shift) AS asked USING (question, part, moment)
WHERE kind = 'pair' AND survey = $survey AND scale = $scale AND answered_on BETWEEN $first AND $last
AND perspective = $perspective AND subject = $us AND score BETWEEN $low AND $high AND {seen} AND {drawn}
GROUP BY response"""
_NUMBER_SQL = """coalesce(bit_or((score - $low + 1)::BIGINT << asked.shift) FILTER (WHERE asked.number = {0}), 0)
  AS number_{0}"""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the ``questions`` that have a dimension and both sides, as (survey, code) in the order of the
    dimensions, in one ``instrument`` (the survey of pairs; 0 where one survey asked before and another after) and on
    one ``scale``. ``given``: (code, part, moment) of what was answered; ``n`` answers of both sides, and
    ``other_scales`` that were given on others.
    """

    instrument: int
    scale: str
    questions: tuple[tuple[int, str], ...]
    given: tuple[tuple[str, str, str], ...]
    n: int
    other_scales: int

    @property
    def codes(self) -> list[str]:
        return [code for _survey, code in self.questions]


@dataclass(frozen=True)
class People:
    """One row a person, in the order of ``keys``: what each gave item by item, NaN where nothing, and on which day."""

    keys: Numbers
    table: Floats
    day: Days

    def __len__(self) -> int:
        return len(self.keys)

    def where(self, which: NDArray[np.bool_]) -> "People":
        return self if which.all() else People(self.keys[which], self.table[which], self.day[which])


@dataclass(frozen=True)
class Scores:
    """Scores as columns of one length, each person's oldest first, of ``width`` questions. ``customer`` is −1 without
    one; ``question`` is a place among those of ``Wanted``.
    """

    day: Days
    width: int
    response: Numbers
    customer: Numbers
    question: Numbers
    score: Numbers

    def where(self, which: NDArray[np.bool_]) -> "Scores":
        numbers = (column[which] for column in (self.response, self.customer, self.question, self.score))
        return Scores(self.day[which], self.width, *numbers)

    def by_response(self) -> People:
        return self._people(self.response)

    def by_customer(self) -> People:
        """What each customer gave last."""
        named = self.where(self.customer >= 0)
        return named._people(named.customer)

    def _people(self, keys: Numbers) -> People:
        who, row = np.unique(keys, return_inverse=True)
        table, day = np.full((len(who), self.width), np.nan), np.zeros(len(who), dtype="datetime64[D]")
        # Of several for one place the last stays
        table[row, self.question], day[row] = self.score, self.day
        return People(who, table, day)


@dataclass(frozen=True)
class Sides:
    """What was expected and what was found, a row a response, from ``read`` answers. ``scores`` are the same one by
    one, where those who gave both may have to be told by customer.
    """

    expecting: People
    finding: People
    read: int
    scores: tuple[Scores, Scores] | None = None

    def both(self) -> tuple[People, People]:
        """Those who gave both, in the same order: at once, or else what each customer gave last."""
        at_once = matched(self.expecting, self.finding)
        if len(at_once[0]) or self.scores is None:
            return at_once
        return matched(*(side.by_customer() for side in self.scores))

    def both_by(self, step: Step) -> dict[date, tuple[People, People]]:
        """The same, by the period in which they said what they found."""
        before, after = matched(self.expecting, self.finding)
        if len(after) or self.scores is None:
            return {day: (before.where(its), after.where(its)) for day, its in periods(after.day, step).items()}
        expecting, found = self.scores[0].by_customer(), self.scores[1]
        both = {
            day: matched(expecting, found.where(its).by_customer()) for day, its in periods(found.day, step).items()
        }
        return {day: pairs for day, pairs in both.items() if len(pairs[1])}


def matched(expecting: People, finding: People) -> tuple[People, People]:
    """Those who gave both, in the same order: what they expected, and what they found."""
    if np.array_equal(expecting.keys, finding.keys):
        return expecting, finding
    both, before, after = np.intersect1d(expecting.keys, finding.keys, assume_unique=True, return_indices=True)
    return People(both, expecting.table[before], expecting.day[before]), People(
        both, finding.table[after], finding.day[after]
    )


def periods(days: Days, step: Step) -> dict[date, NDArray[np.bool_]]:
    """Which of ``days`` lie in each period."""
    known, which = np.unique(days, return_inverse=True)
    place = {first: number for number, first in enumerate(sorted({first_of(day, step) for day in known.tolist()}))}
    number = np.array([place[first_of(day, step)] for day in known.tolist()], dtype=np.int64)[which]
    return {first: number == own for first, own in place.items()}


@dataclass(frozen=True)
class _Told:
    instrument: int
    survey: int
    code: str
    part: str
    moment: str
    scale: str
    n: int

    @property
    def is_hoped(self) -> bool:
        return _is_hoped(self.part, self.moment)


def _is_hoped(part: str, moment: str) -> bool:
    return part == "expectation" or (not part and moment == Moment.EXPECTATION)


def wanted(
    person: Person,
    window: Window,
    dimensions: Mapping[tuple[int, str], str],
    *,
    location: int | None = None,
    survey: int | None = None,
) -> Wanted | None:
    """What there is to be read: the questionnaire most answered on both sides, of ``survey`` where one is asked for,
    and its usual scale; ``None`` without any. ``dimensions``: (survey, code) → dimension. At most three queries.
    """
    told = _told(person, window, dimensions, location)
    instrument = _instrument(told, survey)
    of_it = [one for one in told if one.instrument == instrument]
    scales = Counter[str]()
    for one in of_it:
        scales[one.scale] += one.n
    scale = min(scales, key=lambda one: (-scales[one], one), default="")
    on_it = [one for one in of_it if one.scale == scale]
    hoped, found = ({one.code for one in on_it if one.is_hoped is side} for side in (True, False))
    # One code is one question: of two surveys that say its dimension the later counts
    place = {key: (DIMENSIONS.index(name), number) for number, (key, name) in enumerate(dimensions.items())}
    known = {code: (own, code) for own, code in sorted({(one.survey, one.code) for one in on_it} & dimensions.keys())}
    questions = tuple(sorted((known[code] for code in hoped & found & known.keys()), key=place.__getitem__))
    if instrument is None or not questions:
        return None
    codes = {code for _survey, code in questions}
    read = [one for one in on_it if one.code in codes]
    given = tuple(sorted({(one.code, one.part, one.moment) for one in read}))
    others = sum(one.n for one in of_it) - sum(one.n for one in on_it)
    return Wanted(instrument, scale, questions, given, sum(one.n for one in read), others)


def _told(
    person: Person, window: Window, dimensions: Mapping[tuple[int, str], str], location: int | None
) -> list[_Told]:
    """How many answers there are of both sides; without those pairs that have no dimension."""
    codes = sorted({code for _survey, code in dimensions})
    by = ("kind", "survey", "question", "part", "moment", "scale")
    about: dict[str, Any] = {"question": codes, "perspective": Perspective.CUSTOMER.value, "subject": us()}
    told = []
    for kind, survey, code, part, moment, scale, n, _latest in tally(person, window, by, location=location, **about):
        parts = _PARTS[:2] if moment == Moment.EXPECTATION else _PARTS
        if part in parts and is_scale(scale) and (kind != "pair" or (survey, code) in dimensions):
            told.append(_Told(survey if kind == "pair" else 0, survey, code, part, moment, scale, n))
    return told


def _instrument(told: Sequence[_Told], survey: int | None) -> int | None:
    """The pairs of one survey, or 0 for the surveys of before and after: the most answered that has both sides."""
    sizes = Counter[tuple[int, bool]]()
    for one in told:
        sizes[one.instrument, one.is_hoped] += one.n
    known = {one for one, side in sizes if side and (one, False) in sizes}
    if survey is not None:
        takes_part = any(one.survey == survey and not one.instrument for one in told)
        known &= {survey, 0} if takes_part else {survey}
    return max(known, key=lambda one: (min(sizes[one, True], sizes[one, False]), -one), default=None)


def sides_of(person: Person, window: Window, wanted: Wanted, *, location: int | None) -> Sides:
    """What was given: from the facts where they are enough, or from the answers. At most six queries."""
    found = of_facts(person, window, wanted, location=location) if wanted.instrument else None
    return found or of_answers(person, window, wanted, location=location)


def of_facts(person: Person, window: Window, wanted: Wanted, *, location: int | None) -> Sides | None:
    """The pairs; ``None`` where the engine is not filled, and where nobody gave both halves at once. Two queries."""
    low, high = ends_of(wanted.scale)
    bits = (high - low + 1).bit_length()
    numbers, shifts = zip(*(divmod(place, _BITS // bits) for place in range(len(wanted.given))), strict=True)
    codes, parts, moments = map(list, zip(*wanted.given, strict=True))
    sql = _PAIRS_SQL.format(
        numbers=", ".join(map(_NUMBER_SQL.format, range(numbers[-1] + 1))),
        seen=seen_in_facts(person, location),
        drawn=is_drawn(share_of(wanted.n, MOST_IN_FACTS)),
    )
    values = {
        "codes": codes, "parts": parts, "moments": moments, "numbers": list(numbers),
        "shifts": [bits * shift for shift in shifts], "survey": wanted.instrument, "scale": wanted.scale,
        "low": low, "high": high, "first": window.first_day, "last": window.last_day,
        "perspective": Perspective.CUSTOMER.value, "us": us(),
    }  # fmt: skip
    found = columns_of_facts(sql, values, window.first_day, window.last_day, is_usual=False)
    if not found:
        return None
    rows = len(found["day"])
    tables = {side: np.full((rows, len(wanted.questions)), np.nan, order="F") for side in (True, False)}
    for code, part, moment, number, shift in zip(codes, parts, moments, numbers, shifts, strict=True):
        score = found[f"number_{number}"] >> bits * shift & (1 << bits) - 1
        column = tables[_is_hoped(part, moment)][:, wanted.codes.index(code)]
        np.copyto(column, score + (low - 1), where=score > 0)
    known = {side: ~np.isnan(table) for side, table in tables.items()}
    gave = {side: cells.any(axis=1) for side, cells in known.items()}
    if not (gave[True] & gave[False]).any():
        return None
    keys, day = np.arange(rows), found["day"].astype("datetime64[D]")
    expecting, finding = (People(keys, tables[side], day).where(gave[side]) for side in (True, False))
    return Sides(expecting, finding, int(sum(cells.sum() for cells in known.values())))


def of_answers(person: Person, window: Window, wanted: Wanted, *, location: int | None) -> Sides:
    """The same from the answers, with those who gave them. Two to four queries."""
    rows = scored(person, window, location=location).filter(
        question__in=wanted.codes, part__in=_PARTS, scale=wanted.scale
    )
    share = share_of(wanted.n, MOST)
    if wanted.instrument:
        # A pair stands in one response, which is found faster than a person
        parts = [responses_drawn(rows.filter(kind="pair", response__survey=wanted.instrument), share)]
    else:
        parts = list(people_drawn(rows.exclude(kind="pair"), share))
    code = {name: place for place, name in enumerate(wanted.codes)}
    columns = ("response__customer", "question", "score", "response__answered_on")
    given = [
        (key_of(key), -1 if who is None else who, code[question], score, day, moment == Moment.EXPECTATION)
        for part in parts
        for moment in (Moment.EXPECTATION, Moment.PERCEPTION)
        for key, who, question, score, day in part.filter(Side(moment=moment).seen())
        .order_by("response__answered_at", "pk")
        .values_list(RESPONSE, *columns)
    ]
    *numbers, day, hoped = zip(*given, strict=True) if given else [()] * 6
    scores = Scores(
        np.array(day, dtype="datetime64[D]"), len(code), *(np.array(column, dtype=np.int64) for column in numbers)
    )
    is_hoped = np.array(hoped, dtype=bool)
    sides = scores.where(is_hoped), scores.where(~is_hoped)
    return Sides(sides[0].by_response(), sides[1].by_response(), len(given), sides)
