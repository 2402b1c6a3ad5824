"""What customers say after a case: resolved × felt heard and respected, apology or not, same problem, different remedy.

Rows S40, S41 and S46. Counts of answers to the survey after a case; what somebody keyed in who worked on the case is
left out. Silence is not counted as satisfaction: who did not answer is counted apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer
from premura.loop.recover.asking import ABOUT_A_CASE
from premura.loop.recover.models import Case, CaseSurvey, Gesture, RemedyKind
from premura.loop.understand.windows import Window
from premura.stats.compare import Comparison, compare_shares
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

SOLVED = ("yes", "partly", "no")
#: Questions that say whether one was met with empathy; felt is 4 or 5 of 5 on each that was answered
EMPATHY = ("heard", "respected", "on_my_side", "fair_treatment")
AGREES = 4
_MOST = 20_000


@dataclass(frozen=True)
class Said:
    """One answer after a case: ``solved`` as the question says it, ``felt`` heard and respected, ``apologised``."""

    case_id: int
    solved: str
    felt: bool | None
    apologised: bool
    marks: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Apology:
    """Of the customers who answered: the share who felt heard and respected, with an apology or thanks and without."""

    with_it: Estimate
    without: Estimate
    comparison: Comparison


@dataclass(frozen=True)
class After:
    """``asked`` and ``answered`` are counts; ``own`` answers were keyed in by who worked on the case and count nowhere.

    ``cells`` (solved, felt) → how many; ``items`` question code → share who agree.
    """

    asked: int
    answered: int
    own: int
    cells: dict[tuple[str, bool], int]
    felt: dict[str, Estimate]
    items: dict[str, Estimate]
    apology: Apology


def after_cases(person: Person, window: Window, **filters: Any) -> After:
    """What was said about the cases whose customers were asked in ``window``. Three queries."""
    start, end = window.instants(company_timezone())
    seen: Any = Case.objects.visible_to(person).filter(**filters).order_by()
    rows = CaseSurvey.objects.filter(asked_at__gte=start, asked_at__lt=end, case__in=seen.values("pk"))
    columns = ("invitation__response__id", "case_id", "resolution__apologised", "is_own")
    asked = list(rows.values_list(*columns)[:_MOST])
    counted = {response: (case, apology) for response, case, apology, own in asked if response and not own}
    said = _said(counted, rows)
    return After(
        asked=len(asked),
        answered=sum(response is not None for response, *_rest in asked),
        own=sum(own for *_rest, own in asked),
        cells=cells(said),
        felt={solved: _felt(one for one in said if one.solved == solved) for solved in SOLVED},
        items=_items(said),
        apology=_apology(said),
    )


def _said(counted: dict[Any, tuple[int, bool]], rows: Any) -> list[Said]:
    answers = Answer.objects.filter(response__invitation__case_survey__in=rows.order_by().values("pk"))
    columns = ("response_id", "question", "kind", "scale", "score", "choices")
    solved: dict[Any, str] = {}
    marks: dict[Any, dict[str, int]] = {}
    for response, question, kind, scale, score, choices in answers.values_list(*columns):
        if kind == ABOUT_A_CASE and choices:
            solved[response] = choices[0]
        elif scale == "1-5" and score is not None and kind == "likert":
            marks.setdefault(response, {})[question] = score
    return [
        Said(case, solved.get(response, ""), felt_of(marks.get(response, {})), apology, marks.get(response, {}))
        for response, (case, apology) in counted.items()
    ]


def felt_of(marks: dict[str, int]) -> bool | None:
    """Whether somebody felt met as a person: each mark on empathy is 4 or 5; ``None`` where they gave none.

    >>> felt_of({"heard": 5, "respected": 3}), felt_of({"heard": 4, "price": 1}), felt_of({})
    (False, True, None)
    """
    given = [mark for code, mark in marks.items() if code in EMPATHY]
    return all(mark >= AGREES for mark in given) if given else None


def cells(said: Iterable[Said]) -> dict[tuple[str, bool], int]:
    """How many stand in each cell of resolved × felt; who left one of the two blank stands in none.

    >>> cells([Said(1, "no", True, True), Said(2, "no", None, True)])[("no", True)]
    1
    """
    counts = {(solved, felt): 0 for solved in SOLVED for felt in (True, False)}
    for one in said:
        if one.solved in SOLVED and one.felt is not None:
            counts[one.solved, one.felt] += 1
    return counts


def _felt(said: Iterable[Said]) -> Estimate:
    known = [one.felt for one in said if one.felt is not None]
    return top_box(sum(known), len(known))


def _items(said: list[Said]) -> dict[str, Estimate]:
    codes = dict.fromkeys(code for one in said for code in one.marks)
    given = {code: [one.marks[code] for one in said if code in one.marks] for code in codes}
    return {code: top_box(sum(mark >= AGREES for mark in marks), len(marks)) for code, marks in given.items()}


def _apology(said: list[Said]) -> Apology:
    groups = [[one.felt for one in said if one.felt is not None and one.apologised is given] for given in (True, False)]
    (x1, n1), (x2, n2) = ((sum(group), len(group)) for group in groups)
    return Apology(top_box(x1, n1), top_box(x2, n2), compare_shares(x1, n1, x2, n2))


@dataclass
class Problem:
    """The cases of one touchpoint and what was given in each: same problem, different remedy?"""

    touchpoint: str
    touchpoint_id: int
    # By case: kinds of remedies, and their total cost
    kinds: list[frozenset[str]] = field(default_factory=list)
    amounts: list[Decimal] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return len(self.kinds)

    @property
    def with_nothing(self) -> int:
        return sum(not kinds for kinds in self.kinds)

    @property
    def least(self) -> Decimal:
        return min(self.amounts)

    @property
    def middle(self) -> Decimal:
        return median(self.amounts)

    @property
    def most(self) -> Decimal:
        return max(self.amounts)

    @property
    def remedies(self) -> list[tuple[str, int]]:
        """Kinds of remedies by how many cases had them, the commonest first."""
        found = {kind: sum(kind in kinds for kinds in self.kinds) for kind in RemedyKind.values}
        named = [(str(RemedyKind(kind).label), count) for kind, count in found.items() if count]
        return sorted(named, key=lambda pair: (-pair[1], pair[0]))


def same_problem(person: Person, window: Window, **filters: Any) -> list[Problem]:
    """Touchpoints with at least two cases resolved in ``window``, the most cases first. Three queries."""
    start, end = window.instants(company_timezone())
    seen: Any = Case.objects.visible_to(person).filter(resolved_at__gte=start, resolved_at__lt=end, **filters)
    cases = seen.filter(touchpoint__isnull=False).select_related("touchpoint").order_by("-resolved_at")
    given = _given(cases)
    problems: dict[int, Problem] = {}
    for case in cases[:_MOST]:
        problem = problems.setdefault(case.touchpoint_id, Problem(str(case.touchpoint), case.touchpoint_id))
        kinds, amount = given.get(case.pk, (set(), Decimal(0)))
        problem.kinds.append(frozenset(kinds))
        problem.amounts.append(amount)
    found = [problem for problem in problems.values() if problem.cases > 1]
    return sorted(found, key=lambda problem: (-problem.cases, problem.touchpoint))


def _given(cases: Any) -> dict[int, tuple[set[str], Decimal]]:
    """Kinds and total of what stands in the ledger of each case; what was taken back is not given. One query."""
    rows = Gesture.objects.filter(case__in=cases.order_by().values("pk"), reverses=None, reversal=None)
    result: dict[int, tuple[set[str], Decimal]] = {}
    for case, kind, amount in rows.values_list("case_id", "remedy__kind", "amount"):
        kinds, total = result.get(case, (set(), Decimal(0)))
        result[case] = (kinds | {kind}, total + amount)
    return result
