"""Who was won back: the answer before a case and the customer's next one after its solution (row S47).

A customer is *recovered* when the later answer to the same kind of question lies in a higher class: a detractor who is
passive or a promoter now. Who said nothing since is counted apart: silence is no recovery.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, AnswerQuerySet, Moment, Perspective
from premura.loop.recover.models import Case
from premura.loop.recover.rules import is_recovered
from premura.loop.understand.metrics import METRICS, Metric
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: Asked for in this order: of a response with both, recommending says more than one satisfaction
_METRICS = (METRICS["nps"], METRICS["csat"])
_MOST = 5_000


@dataclass(frozen=True)
class Pair:
    """One resolved case with the mark before and the next mark after; ``after`` is ``None`` while we have not heard."""

    case: Case
    metric: Metric
    before: int
    after: int | None
    heard_at: datetime | None

    @property
    def is_recovered(self) -> bool:
        return self.after is not None and is_recovered(self.before, self.after, _borders(self.metric))

    @property
    def change(self) -> int:
        return 0 if self.after is None else self.after - self.before


@dataclass(frozen=True)
class Recovery:
    """``rate`` is recovered of heard again, Wilson; ``not_recovered`` and ``unheard`` are listed, the latest first."""

    rate: Estimate
    recovered: tuple[Pair, ...]
    not_recovered: tuple[Pair, ...]
    unheard: tuple[Pair, ...]


def recovery(person: Person, window: Window, **filters: Any) -> Recovery:
    """Of the cases resolved in ``window`` that an unhappy answer of a known customer opened. Four queries.

    ``filters`` are lookups of the case. A mark that was already in the best class cannot rise and is left out.
    """
    start, end = window.instants(company_timezone())
    seen: Any = Case.objects.visible_to(person)
    cases = seen.filter(resolved_at__gte=start, resolved_at__lt=end, response__isnull=False, customer__isnull=False)
    cases = cases.filter(**filters).order_by("-resolved_at", "pk")
    found = list(cases.select_related("customer", "location", "owner")[:_MOST])
    before = _marks(_answers().filter(response__in=cases.order_by().values("response")), "response_id")
    later = _answers().filter(response__customer__in=cases.order_by().values("customer"))
    after = _marks(later.filter(response__answered_at__gte=start), "response__customer_id")
    pairs = [pair for case in found if (pair := _pair(case, before, after)) is not None]
    heard = [pair for pair in pairs if pair.after is not None]
    return Recovery(
        top_box(sum(pair.is_recovered for pair in heard), len(heard)),
        tuple(pair for pair in heard if pair.is_recovered),
        tuple(pair for pair in heard if not pair.is_recovered),
        tuple(pair for pair in pairs if pair.after is None),
    )


@dataclass(frozen=True)
class _Mark:
    metric: str
    touchpoint: int | None
    score: int
    answered_at: datetime


def _answers() -> AnswerQuerySet:
    """Marks of customers about us, after they met us, on the metrics' own scales."""
    rows = Answer.objects.filter(
        response__perspective=Perspective.CUSTOMER,
        response__moment=Moment.PERCEPTION,
        response__subject__is_us=True,
        score__isnull=False,
        kind__in=[metric.kinds[0] for metric in _METRICS],
        scale__in=[metric.scale for metric in _METRICS],
    )
    return rows


def _marks(rows: AnswerQuerySet, key: str) -> dict[Any, list[_Mark]]:
    """The marks by ``key``, oldest first. One query."""
    result: dict[Any, list[_Mark]] = {}
    columns = (key, "kind", "touchpoint_id", "score", "response__answered_at")
    for group, kind, touchpoint, score, answered_at in rows.order_by("response__answered_at", "pk").values_list(
        *columns
    ):
        result.setdefault(group, []).append(_Mark(kind, touchpoint, cast(int, score), answered_at))
    return result


def _pair(case: Case, before: Mapping[Any, list[_Mark]], after: Mapping[Any, list[_Mark]]) -> Pair | None:
    """The worst mark that opened the case, of the first metric in which it was not at its best; the next like it."""
    marks = before.get(case.response_id, [])
    for metric in _METRICS:
        own = [mark for mark in marks if mark.metric == metric.kinds[0] and mark.score < metric.groups[-1].low]
        if own:
            worst = min(own, key=lambda mark: mark.score)
            following = _next(worst, case, after.get(case.customer_id, []))
            score, heard_at = (following.score, following.answered_at) if following else (None, None)
            return Pair(case, metric, worst.score, score, heard_at)
    return None


def _next(before: _Mark, case: Case, marks: Iterable[_Mark]) -> _Mark | None:
    """The first mark of the same kind, about the same touchpoint, after the case was put right."""
    resolved_at = cast(datetime, case.resolved_at)
    alike = (mark for mark in marks if (mark.metric, mark.touchpoint) == (before.metric, before.touchpoint))
    return next((mark for mark in alike if mark.answered_at > resolved_at), None)


def _borders(metric: Metric) -> tuple[int, ...]:
    return tuple(group.low for group in metric.groups)
