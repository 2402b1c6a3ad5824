"""Marks that fall, one after the other, before anybody complains (row S49).

A customer's marks of one kind of question at one touchpoint, in the order in which they were given: when each of the
last ``at_least`` is below the one before, somebody speaks with the customer before they leave.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from premura.loop.listen.models import Answer, Moment, Perspective, Response
from premura.loop.recover.models import Case
from premura.loop.recover.rules import Reason, Rule, falls, gravest_first

#: Kinds of marks that are better the higher they are
KINDS = ("nps", "csat", "ces")
#: Marks of one customer that are read, the latest
_MOST = 200


def marks_of_customers() -> Any:
    """Marks that customers gave us after they met us, not brought by a file."""
    return Answer.objects.filter(
        kind__in=KINDS,
        part="",
        score__isnull=False,
        response__customer__isnull=False,
        response__perspective=Perspective.CUSTOMER,
        response__moment=Moment.PERCEPTION,
        response__subject__is_us=True,
        response__source="",
    )


def falling_reasons(response: Response, rules: Sequence[Rule]) -> list[Reason]:
    """Of the marks in this response, those that end a fall; none while a case of the customer is open. Two queries."""
    known = [rule for rule in gravest_first(rules) if rule.kind == "falling"]
    if not known or response.customer_id is None:
        return []
    if Case.objects.filter(customer=response.customer_id, is_open=True).exists():
        return []
    return list(_reasons(response, known))[:1]


def _reasons(response: Response, rules: Sequence[Rule]) -> Iterator[Reason]:
    rows = marks_of_customers().filter(
        response__customer=response.customer_id, response__answered_at__lte=response.answered_at
    )
    columns = ("kind", "scale", "touchpoint__code", "response_id", "question", "score")
    series: dict[tuple[str, str, str], list[tuple[Any, str, int]]] = {}
    for kind, scale, point, *mark in rows.order_by("-response__answered_at", "-pk").values_list(*columns)[:_MOST]:
        series.setdefault((kind, scale, point or ""), []).append((mark[0], mark[1], mark[2]))
    for rule in rules:
        for (_kind, _scale, point), marks in series.items():
            scores = [score for _response, _question, score in reversed(marks)]
            is_new = marks[0][0] == response.pk
            if is_new and rule.touchpoint in ("", point) and falls(scores, rule.at_least):
                yield Reason(
                    code=rule.code,
                    kind="falling",
                    touchpoint=point,
                    severity=rule.severity,
                    question=marks[0][1],
                    word=", ".join(map(str, scores[-rule.at_least - 1 :])),
                    count=rule.at_least,
                )


def falls_between(rule: Rule, since: datetime, now: datetime) -> list[Any]:
    """The responses between the two that would have ended a fall, the latest first; a customer once. One query."""
    rows = marks_of_customers().filter(response__answered_at__lte=now)
    if rule.touchpoint:
        rows = rows.filter(touchpoint__code=rule.touchpoint)
    answered = rows.filter(response__answered_at__gte=since).order_by().values("response__customer")
    columns = ("response__customer", "kind", "scale", "touchpoint", "response_id", "response__answered_at", "score")
    ordered = rows.filter(response__customer__in=answered).order_by("response__answered_at", "pk")
    scores: dict[tuple[Any, ...], list[int]] = {}
    found: dict[int, tuple[datetime, Any]] = {}
    for customer, kind, scale, point, response, answered_at, score in ordered.values_list(*columns).iterator():
        marks = scores.setdefault((customer, kind, scale, point), [])
        marks.append(score)
        if answered_at >= since and customer not in found and falls(marks, rule.at_least):
            found[customer] = (answered_at, response)
    return [response for _answered_at, response in sorted(found.values(), key=lambda one: one[0], reverse=True)]
