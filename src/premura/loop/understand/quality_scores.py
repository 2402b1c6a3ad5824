"""The scores that SERVQUAL lays against one another, as columns: read from the facts, where that is enough, or from the
answers, and gathered into one row a person.

A pair stands in one response, so that the facts, which know no customers, can tell who gave both halves; they hold
everybody's. What was asked in one survey before and in another after is matched by customer, from the answers.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.core.staff.models import Person
from premura.engine.store import key_of
from premura.loop.listen.models import Moment, Perspective
from premura.loop.listen.subjects import us
from premura.loop.understand.draws import RESPONSE, is_drawn, people_drawn, responses_drawn, share_of
from premura.loop.understand.engine_counts import parts_of_facts, seen_in_facts
from premura.loop.understand.gaps import Side, is_scale, scored
from premura.loop.understand.tallies import tally
from premura.loop.understand.windows import Window

Numbers = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
#: About so many answers are read for one page, of people drawn at random where there are more: nothing would change but
#: the wait. The facts give all but the largest companies' in the same time.
MOST, MOST_IN_FACTS = 60_000, 1_000_000
_PARTS = ("", "expectation", "perception")


@dataclass(frozen=True)
class Wanted:
    """What was asked: ``questions`` are the (survey, code) that have a dimension. ``n`` answers can be read, on these
    ``scales``; ``has_two``: some were asked in one survey before and another after.
    """

    questions: frozenset[tuple[int, str]]
    codes: tuple[str, ...]
    scales: tuple[str, ...]
    n: int
    has_two: bool


@dataclass(frozen=True)
class People:
    """One row a person, in the order of ``keys``: what each gave item by item, NaN where nothing, and on which day."""

    keys: Numbers
    table: Floats
    day: Days

    def __len__(self) -> int:
        return len(self.keys)

    def where(self, which: NDArray[np.bool_]) -> "People":
        return People(self.keys[which], self.table[which], self.day[which])


@dataclass(frozen=True)
class Scores:
    """Scores as columns of one length, each person's oldest first. ``response`` is a number of our own, from 0, which
    tells responses apart; ``customer`` is −1 without one; ``question`` and
    ``scale`` are places in ``wanted``; ``instrument`` is the survey of a pair, 0 for surveys that ask before and after.
    """

    wanted: Wanted
    response: Numbers
    customer: Numbers
    survey: Numbers
    question: Numbers
    scale: Numbers
    score: Numbers
    instrument: Numbers
    day: Days
    hoped: NDArray[np.bool_] = field(repr=False)

    def __len__(self) -> int:
        return len(self.score)

    def where(self, which: NDArray[np.bool_]) -> "Scores":
        if which.all():
            return self
        # Places are told from truths once, not for every column
        places = np.flatnonzero(which)
        return Scores(self.wanted, *(getattr(self, name).take(places) for name in _COLUMNS))

    def sides(self) -> tuple["Scores", "Scores"]:
        """What was expected, and what was found."""
        return self.where(self.hoped), self.where(~self.hoped)

    def instruments(self) -> tuple[Counter[int], Counter[int]]:
        """How often each was answered, on both sides."""
        return _counted(self.instrument[self.hoped]), _counted(self.instrument[~self.hoped])

    def asked(self) -> set[tuple[int, str]]:
        """(survey, code) of what was answered."""
        many = len(self.wanted.codes)
        both = _counted(self.survey * many + self.question)
        return {(number // many, self.wanted.codes[number % many]) for number in both}

    def usual_scale(self) -> str:
        counted = {self.wanted.scales[place]: n for place, n in _counted(self.scale).items()}
        return min(counted, key=lambda scale: (-counted[scale], scale)) if counted else ""

    def on_scale(self, scale: str) -> "Scores":
        return self.where(self.scale == self.wanted.scales.index(scale)) if scale else self

    def by_response(self, asked: Sequence[str]) -> People:
        return self._people(self.response, asked)

    def by_customer(self, asked: Sequence[str]) -> People:
        """What each customer gave last."""
        named = self.where(self.customer >= 0)
        return named._people(named.customer, asked)

    def _people(self, keys: Numbers, asked: Sequence[str]) -> People:
        column = np.array([asked.index(code) if code in asked else -1 for code in self.wanted.codes], dtype=np.int64)
        columns = column[self.question]
        used = self if (known := columns >= 0).all() else self.where(known)
        keys, columns = keys[known], columns[known]
        # Keys are small numbers: marked and counted they are told apart without putting them in order
        is_there = np.zeros(int(keys.max(initial=-1)) + 1, dtype=bool)
        is_there[keys] = True
        row = (np.cumsum(is_there) - 1)[keys]
        who = np.flatnonzero(is_there)
        table = np.full((len(who), len(asked)), math.nan)
        day = np.zeros(len(who), dtype="datetime64[D]")
        # Of several for one place the last stays
        table[row, columns], day[row] = used.score, used.day
        return People(who, table, day)


_COLUMNS = ("response", "customer", "survey", "question", "scale", "score", "instrument", "day", "hoped")


def matched(expecting: People, finding: People) -> tuple[People, People]:
    """Those who gave both, in the same order: what they expected, and what they found."""
    if not len(expecting) or not len(finding):
        nobody = np.zeros(len(expecting), dtype=bool), np.zeros(len(finding), dtype=bool)
        return expecting.where(nobody[0]), finding.where(nobody[1])
    place = np.minimum(np.searchsorted(expecting.keys, finding.keys), len(expecting) - 1)
    both = expecting.keys[place] == finding.keys
    at = place[both]
    return People(expecting.keys[at], expecting.table[at], expecting.day[at]), finding.where(both)


def wanted(person: Person, window: Window, location: int | None, questions: Iterable[tuple[int, str]]) -> Wanted:
    """What there is of both sides. At most three queries."""
    keys = frozenset(questions)
    codes = tuple(sorted({code for _survey, code in keys}))
    by = ("survey", "question", "part", "scale", "kind", "moment")
    found = tally(
        person, window, by, location=location, question=codes, perspective=Perspective.CUSTOMER.value, subject=us()
    )
    pairs = others = 0
    has_two = False
    scales = set()
    for survey, question, part, scale, kind, moment, count, _latest in found:
        is_hoped = moment == Moment.EXPECTATION
        if part not in (_PARTS[:2] if is_hoped else _PARTS) or not is_scale(scale):
            continue
        scales.add(scale)
        if kind != "pair":
            others += count
            has_two = has_two or is_hoped
        elif (survey, question) in keys:
            pairs += count
    return Wanted(keys, codes, tuple(sorted(scales)), pairs + others * has_two, has_two)


def pairs_in_facts(
    person: Person, window: Window, wanted: Wanted, *, location: int | None
) -> tuple[Scores, int] | None:
    """The pairs, and how many were read; ``None`` where the engine is not filled, or where they are not enough, because
    nobody gave both halves at once. Three queries at most.
    """
    if wanted.has_two or not wanted.n:
        return None
    found = parts_of_facts(
        _compact,
        f"""SELECT response, answered_on, survey, score,
        (list_position($codes, question) - 1)::SMALLINT AS question,
        (list_position($scales, scale) - 1)::SMALLINT AS scale,
        part = 'expectation' OR (part = '' AND moment = $expectation) AS hoped
        FROM facts AS answers
        WHERE kind = 'pair' AND answered_on BETWEEN $first AND $last AND perspective = $perspective AND subject = $us
        AND score IS NOT NULL AND list_contains($codes, question) AND list_contains($scales, scale)
        AND (part = 'expectation' OR (part = '' AND moment = $expectation)
             OR (part IN ('', 'perception') AND moment = $moment))
        AND {seen_in_facts(person, location)} AND {is_drawn(share_of(wanted.n, MOST_IN_FACTS))}""",  # noqa: S608 -- parts of our own
        {
            "codes": list(wanted.codes),
            "scales": list(wanted.scales),
            "first": window.first_day,
            "last": window.last_day,
            "expectation": Moment.EXPECTATION.value,
        },
        window.first_day,
        window.last_day,
    )
    if not found:
        return None
    # Each file counts its responses from 0
    before = np.cumsum([0, *(n for _columns, n in found)])
    for (columns, _n), start in zip(found, before.tolist(), strict=False):
        columns["response"] += start
    # What is put together is given back at once
    told = {name: np.concatenate([columns.pop(name) for columns, _n in found]) for name in list(found[0][0])}
    nobody = np.full(len(told["score"]), -1, dtype=np.int8)
    scores = _with_dimension(Scores(wanted, customer=nobody, instrument=told["survey"], **told))
    gave_both = [np.zeros(before[-1], dtype=bool) for _half in range(2)]
    for half, given in zip(gave_both, (scores.hoped, ~scores.hoped), strict=True):
        half[scores.response[given]] = True
    return (scores, len(scores)) if (gave_both[0] & gave_both[1]).any() else None


def _compact(found: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The columns in as little room as they need, responses counted from 0, and how many there are."""
    response, n = _numbered(found["response"])
    small = {name: found[name].astype(np.int16) for name in ("question", "scale", "score")}
    day, hoped = found["answered_on"].astype("datetime64[D]"), found["hoped"].astype(bool)
    return {"response": response, "survey": found["survey"].astype(np.int32), "day": day, "hoped": hoped, **small}, n


def scores_of_answers(person: Person, window: Window, wanted: Wanted, *, location: int | None) -> tuple[Scores, int]:
    """The same from the answers, with those who gave them, and how many were read. Two to four queries."""
    rows = scored(person, window, location=location).filter(question__in=wanted.codes, part__in=_PARTS)
    share = share_of(wanted.n, MOST)
    if not wanted.has_two:
        rows = rows.filter(kind="pair")
    # A pair stands in one response, which is found faster than a person
    parts = list(people_drawn(rows, share) if wanted.has_two else [responses_drawn(rows, share)])
    columns = ("response__customer", "response__survey", "question", "scale", "score", "kind", "response__answered_on")
    code, scale = ({name: place for place, name in enumerate(names)} for names in (wanted.codes, wanted.scales))
    given = [
        (key_of(key), -1 if who is None else who, survey, code[question], scale[ends], score, kind == "pair", day, side)
        for part in parts
        for side in (True, False)
        for key, who, survey, question, ends, score, kind, day in part.filter(_side(hoped=side))
        .order_by("response__answered_at", "pk")
        .values_list(RESPONSE, *columns)
        if ends in scale
    ]
    *numbers, is_pair, day, hoped = zip(*given, strict=True) if given else [()] * 9
    response, customer, survey, question, scales, score = (np.array(column, dtype=np.int64) for column in numbers)
    response = _numbered(response)[0]
    instrument = np.where(np.array(is_pair, dtype=bool), survey, 0)
    days, sides = np.array(day, dtype="datetime64[D]"), np.array(hoped, dtype=bool)
    scores = Scores(wanted, response, customer, survey, question, scales, score, instrument, days, sides)
    scores = _with_dimension(scores)
    return scores, len(scores)


def _side(*, hoped: bool) -> Any:
    return Side(moment=Moment.EXPECTATION if hoped else Moment.PERCEPTION).seen()


def _with_dimension(scores: Scores) -> Scores:
    """Without those pairs that have none."""
    many = len(scores.wanted.codes)
    place = {code: number for number, code in enumerate(scores.wanted.codes)}
    known = np.array([survey * many + place[code] for survey, code in scores.wanted.questions], dtype=np.int64)
    both = scores.survey * many + scores.question
    is_known = (scores.instrument == 0) | np.isin(both, known)
    return scores if is_known.all() else scores.where(is_known)


def _numbered(keys: Numbers) -> tuple[Numbers, int]:
    """The place of each key among all, and how many there are. They come in stretches that are in order already, of
    which this way of ordering makes use.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = ordered[1:] != ordered[:-1]
    places = np.cumsum(is_new, dtype=np.int32)
    numbers = np.empty(len(keys), dtype=np.int32)
    numbers[order] = places - 1
    return numbers, int(places[-1]) if len(keys) else 0


def _counted(values: Numbers) -> Counter[int]:
    """How often there is each of these numbers, which are ids or places and not large."""
    often = np.bincount(values)
    return Counter({int(number): int(often[number]) for number in np.flatnonzero(often)})
