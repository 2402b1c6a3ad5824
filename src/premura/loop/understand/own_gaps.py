"""What one customer expected and what they found, question by question and by dimension (row S7).

Of every question of service quality the customer's last mark of what they found, beside what they had expected: in the
same response where both were asked as a pair, else the last they had said before. One person's own marks are all there
is, no sample of something larger: so there is no interval, and a dimension says from how many questions it is the mean.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Moment
from premura.loop.understand.gaps import Side, is_scale, upright
from premura.loop.understand.questions import DIMENSIONS, Item, QuestionBook, question_book

#: The most that one page reads of one customer
MOST = 500


@dataclass(frozen=True)
class OwnGap:
    """One question: the scores as they would be had it been worded the usual way round."""

    item: Item
    dimension: str
    expected: int
    found: int
    answered_at: datetime
    response: Any

    @property
    def gap(self) -> int:
        """Found minus expected: negative where they found less than they had expected."""
        return self.found - self.expected


@dataclass(frozen=True)
class OwnDimension:
    """One dimension on one scale; ``gap`` is the mean of its questions' gaps."""

    code: str
    scale: str
    items: tuple[OwnGap, ...]

    @property
    def gap(self) -> float:
        return fmean(one.gap for one in self.items)


@dataclass(frozen=True)
class _Mark:
    response: Any
    survey: int
    item: Item
    score: int
    answered_at: datetime


def own_gaps(person: Person, customer: Customer) -> tuple[list[OwnDimension], QuestionBook]:
    """Dimensions in their usual order, the widest gap of each first; scales never meet. Four queries, one for who was
    never asked what they expect (most customers), plus one the first time the person's places are asked.
    """
    expected = _marks(person, customer, Moment.EXPECTATION)
    if not expected:
        return [], QuestionBook()
    book = question_book()
    asked = {code for survey, code in book.entries if book.dimension(survey, code)}
    expected = [mark for mark in expected if mark.item.question in asked]
    found = _marks(person, customer, Moment.PERCEPTION, asked)
    groups: dict[tuple[str, str], list[OwnGap]] = defaultdict(list)
    seen: set[tuple[int, Item]] = set()
    for mark in found:
        key = _key(mark)
        before = _expectation_of(mark, expected)
        if key in seen or before is None:
            continue
        dimension = book.dimension(mark.survey, mark.item.question) or book.dimension(before.survey, mark.item.question)
        if dimension:
            seen.add(key)
            expectation, finding = _upright(before, book), _upright(mark, book)
            own = OwnGap(mark.item, dimension, expectation, finding, mark.answered_at, mark.response)
            groups[dimension, mark.item.scale].append(own)
    order = sorted(groups, key=lambda key: (DIMENSIONS.index(key[0]), key[1]))
    return [OwnDimension(*key, tuple(sorted(groups[key], key=lambda one: (one.gap, one.item)))) for key in order], book


def _marks(person: Person, customer: Customer, moment: str, asked: Iterable[str] | None = None) -> list[_Mark]:
    """What the customer said about us of one moment, to these questions or all, the latest first. One query."""
    rows = Answer.objects.visible_to(person).filter(
        Side(moment=moment).seen(), response__customer=customer, score__isnull=False,
        part__in=("", "expectation", "perception"),
    )  # fmt: skip
    if asked is not None:
        rows = rows.filter(question__in=asked)
    columns = ("response", "response__survey", "question", "scale", "kind", "score", "response__answered_at")
    found = rows.order_by("-response__answered_at", "-pk").values_list(*columns)[:MOST]
    return [
        _Mark(response, survey, Item(question, "", scale, kind, survey=survey), score, answered_at)
        for response, survey, question, scale, kind, score, answered_at in found
        if is_scale(scale)
    ]


def _key(mark: _Mark) -> tuple[int, Item]:
    """A pair is its own survey's; a question asked before and after is the same in both surveys."""
    item = mark.item
    return (mark.survey if item.kind == "pair" else 0), Item(item.question, "", item.scale, item.kind)


def _expectation_of(found: _Mark, expected: list[_Mark]) -> _Mark | None:
    """What was expected of it: in the same response, else the last that was said before."""
    same = [mark for mark in expected if _key(mark) == _key(found) and mark.answered_at <= found.answered_at]
    return next((mark for mark in same if mark.response == found.response), same[0] if same else None)


def _upright(mark: _Mark, book: QuestionBook) -> int:
    return upright(mark.score, mark.item.scale, book.is_reversed(mark.survey, mark.item.question))
