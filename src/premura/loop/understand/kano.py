"""Kano's categories by quarter (row S29): which attributes delight, which are expected, and which have moved.

What delights today is taken for granted tomorrow. Each quarter keeps its own answers, so that a move from attractive to
one-dimensional to must-be is seen with its dates, and whether chance would do as much.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from premura.core.staff.models import Person
from premura.loop.listen.subjects import us
from premura.loop.understand.courses import first_of
from premura.loop.understand.tallies import tally
from premura.loop.understand.windows import Window
from premura.stats import KanoSummary, compare_shares, kano, kano_summary

KANO_SCALE = "1-5"
#: From what delights to what is taken for granted.
ORDER = "AOM"


@dataclass(frozen=True)
class Quarter:
    """One attribute in one quarter (its first day): the letters and what they come to."""

    day: date
    letters: Mapping[str, int]
    summary: KanoSummary


@dataclass(frozen=True)
class Move:
    """An attribute changed its category between two quarters that both have enough answers.

    ``share_before`` and ``share_after`` are those of the new letter in the first and in the latest quarter with enough
    answers (``since``, ``until``), which the data did not choose; ``p`` says how easily chance would do as much.
    """

    survey: int
    question: str
    from_day: date
    to_day: date
    before: str
    after: str
    since: date
    until: date
    share_before: float
    share_after: float
    p: float | None

    @property
    def is_news(self) -> bool:
        return self.p is not None and self.p < 0.05

    @property
    def is_towards_must(self) -> bool:
        """Whether what delighted is now asked for, or taken for granted."""
        return self.before in ORDER and self.after in ORDER and ORDER.index(self.before) < ORDER.index(self.after)


@dataclass(frozen=True)
class Attribute:
    """One attribute of one survey: all its answers together, and quarter by quarter, the oldest first."""

    survey: int
    question: str
    summary: KanoSummary
    letters: Mapping[str, int]
    quarters: tuple[Quarter, ...]

    @property
    def n(self) -> int:
        return sum(self.letters.values())

    def latest(self, least: int) -> Quarter:
        """The last quarter with enough answers; the last one at all where none has."""
        enough = [quarter for quarter in self.quarters if quarter.summary.n >= least]
        return (enough or list(self.quarters))[-1]


def kano_attributes(
    person: Person, window: Window, *, location: int | None = None, survey: int | None = None
) -> list[Attribute]:
    """Every attribute with both halves answered, the most answered first. At most three queries."""
    asked = {"kind": "kano", "scale": KANO_SCALE, "perspective": "customer", "subject": us()}
    by, halves = ("survey", "question", "month"), ("functional", "dysfunctional")
    found = tally(person, window, by, location=location, survey=survey, halves=halves, **asked)
    counted: dict[tuple[int, str], dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for survey, question, month, there, missing, n in found:
        letters = counted[survey, question][first_of(month, "quarter")]
        letter = kano([there], [missing])[0]
        assert letter is not None
        letters[letter] = letters.get(letter, 0) + n
    attributes = [_attribute(*key, quarters) for key, quarters in counted.items()]
    return sorted(attributes, key=lambda attribute: (-attribute.n, attribute.survey, attribute.question))


def _attribute(survey: int, question: str, quarters: Mapping[date, Mapping[str, int]]) -> Attribute:
    whole: dict[str, int] = defaultdict(int)
    for letters in quarters.values():
        for letter, n in letters.items():
            whole[letter] += n
    rows = tuple(Quarter(day, dict(quarters[day]), kano_summary(quarters[day])) for day in sorted(quarters))
    return Attribute(survey, question, kano_summary(whole), dict(whole), rows)


def moves(attributes: Sequence[Attribute], least: int) -> list[Move]:
    """Every change of category from one quarter with enough answers to the next such quarter; the latest first."""
    found = []
    for attribute in attributes:
        enough = [quarter for quarter in attribute.quarters if quarter.summary.n >= least]
        for before, after in pairwise(enough):
            if before.summary.mode != after.summary.mode:
                found.append(_move(attribute, before, after, (enough[0], enough[-1])))
    return sorted(found, key=lambda move: (move.to_day, move.question), reverse=True)


def _move(attribute: Attribute, before: Quarter, after: Quarter, ends: tuple[Quarter, Quarter]) -> Move:
    old, new = str(before.summary.mode), str(after.summary.mode)
    then, now = (quarter.letters.get(new, 0) for quarter in ends)
    n_then, n_now = (sum(quarter.letters.values()) for quarter in ends)
    p = compare_shares(now, n_now, then, n_then).p
    days = before.day, after.day, old, new, ends[0].day, ends[1].day
    return Move(attribute.survey, attribute.question, *days, then / n_then, now / n_now, p)
