"""Was it fair, and was the company on my side: what customers say after a case, by what they were given (S42, S46).

Read are the built-in questions about outcome, procedure, treatment and *on my side*, each on its own scale, answered
after a case: in the survey that follows a resolution, or where a programme asks after cases by itself. What somebody
keyed in who worked on the case is left out.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Perspective, Trigger
from premura.loop.recover.models import Case, Gesture
from premura.loop.understand.counting import visible
from premura.loop.understand.gaps import favourable_from, is_scale
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

FAIRNESS = ("fair_outcome", "fair_procedure", "fair_treatment", "on_my_side")
#: Not a kind of remedy: cases in which nothing was given
NOTHING = ""
_MOST = 20_000
_WORDS_SHOWN = 20


@dataclass(frozen=True, order=True)
class Item:
    """One question on one scale; the same question on another scale is another item."""

    place: int
    scale: str

    @property
    def question(self) -> str:
        return FAIRNESS[self.place]


@dataclass(frozen=True)
class Mark:
    """One score after one case."""

    case: int
    item: Item
    score: int


@dataclass(frozen=True)
class Fairness:
    """``whole``: the share of favourable marks of each item; ``by_kind``: the same where a kind of remedy was given,
    the kinds of most cases first, ``NOTHING`` last. ``cases`` counts those that were spoken of.
    """

    items: tuple[Item, ...]
    whole: tuple[Estimate, ...]
    by_kind: tuple[tuple[str, int, tuple[Estimate, ...]], ...]
    cases: int
    words: tuple[Answer, ...]


def fairness(person: Person, window: Window, *, location: int | None = None) -> Fairness:
    """What was said in ``window``. At most five queries."""
    answers: Any = visible(person).filter(
        response__answered_on__gte=window.first_day,
        response__answered_on__lte=window.last_day,
        response__perspective=Perspective.CUSTOMER,
    )
    if location is not None:
        answers = answers.filter(response__location=location or None)
    asked = Q(response__invitation__case_survey__is_own=False)
    asked |= Q(response__invitation__trigger__kind=Trigger.Kind.CASE)
    answers = answers.filter(asked)
    said = _marks(person, answers.filter(question__in=FAIRNESS, score__isnull=False).order_by("-response__answered_at"))
    items = tuple(sorted({mark.item for mark in said}))
    kinds = _kinds({mark.case for mark in said})
    about = answers.filter(kind="text", response__answers__question__in=FAIRNESS).exclude(text="").distinct()
    words = about.select_related("response").order_by("-response__answered_at", "pk")[:_WORDS_SHOWN]
    return Fairness(
        items,
        _shares(said, items),
        by_kind(said, items, kinds),
        len({mark.case for mark in said}),
        tuple(words) if said else (),
    )


def _marks(person: Person, answers: Any) -> list[Mark]:
    columns = (
        "response__invitation__case_survey__case",
        "response__invitation__occasion",
        "question",
        "scale",
        "score",
    )
    found = []
    for case, occasion, question, scale, score in answers.values_list(*columns)[:_MOST]:
        number = case or case_of(occasion)
        if number is not None and is_scale(scale):
            found.append(Mark(number, Item(FAIRNESS.index(question), scale), score))
    seen = Case.objects.visible_to(person).filter(pk__in={mark.case for mark in found}).order_by()
    known = set(seen.values_list("pk", flat=True))
    return [mark for mark in found if mark.case in known]


def case_of(occasion: str) -> int | None:
    """The case of «case:7», as the programme that asked wrote it down.

    >>> case_of("case:7"), case_of("meeting:7"), case_of("case:x")
    (7, None, None)
    """
    name, _colon, number = (occasion or "").partition(":")
    return int(number) if name == "case" and number.isascii() and number.isdecimal() else None


def _kinds(cases: set[int]) -> dict[int, set[str]]:
    """Kinds of remedies that stand in the ledger of each case; what was taken back was not given."""
    rows = Gesture.objects.filter(case__in=cases, reverses=None, reversal=None).order_by()
    found: dict[int, set[str]] = defaultdict(set)
    for case, kind in rows.values_list("case_id", "remedy__kind"):
        found[case].add(kind)
    return found


def by_kind(
    said: list[Mark], items: tuple[Item, ...], kinds: dict[int, set[str]]
) -> tuple[tuple[str, int, tuple[Estimate, ...]], ...]:
    """Kind, cases, shares. A case with two kinds of remedy stands under both.

    >>> item = Item(0, "1-5")
    >>> rows = by_kind([Mark(1, item, 5), Mark(2, item, 2)], (item,), {1: {"refund"}})
    >>> [(kind, cases, shares[0].value) for kind, cases, shares in rows]
    [('refund', 1, 1.0), ('', 1, 0.0)]
    """
    groups: dict[str, list[Mark]] = defaultdict(list)
    for mark in said:
        for kind in kinds.get(mark.case) or {NOTHING}:
            groups[kind].append(mark)
    rows = [(kind, len({mark.case for mark in marks}), _shares(marks, items)) for kind, marks in groups.items()]
    return tuple(sorted(rows, key=lambda row: (row[0] == NOTHING, -row[1], row[0])))


def _shares(marks: list[Mark], items: tuple[Item, ...]) -> tuple[Estimate, ...]:
    given = {item: [mark.score for mark in marks if mark.item == item] for item in items}
    return tuple(
        top_box(sum(score >= favourable_from(item.scale) for score in scores), len(scores))
        for item, scores in given.items()
    )
