"""What a rule would have opened in the last month: a number, and here they are.

Counted over the whole company, as the rule will hold; shown are those that the reader may see. Rules look at what came
in as they will once they hold: the same pure judgements, the same windows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from premura.core.customers.models import Customer, Interaction
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Moment, Perspective, Response
from premura.loop.recover.effort import SAME_PROBLEM
from premura.loop.recover.falling import falls_between
from premura.loop.recover.models import Case
from premura.loop.recover.rules import Rule, contacts_too_many, word_said
from premura.loop.recover.silence import Silent, silent_after

#: How far back a rule is tried out
LOOKED_AT = timedelta(days=30)
#: So many of what it would have opened are shown
SHOWN = 20
#: More texts than these are not read for a preview: a month of a very large company
_MOST = 100_000


@dataclass(frozen=True)
class Example:
    """One case that the rule would have opened: when, whose, and what would have been its first words."""

    happened_at: datetime
    customer: Any
    text: str = ""
    response: Any = None
    case: Any = None


@dataclass
class Preview:
    """``count`` cases in the days before, of which ``known`` were opened anyhow; ``keys`` are what would open them."""

    count: int
    known: int = 0
    keys: list[Any] = field(default_factory=list)

    @property
    def a_day(self) -> float:
        return self.count / LOOKED_AT.days


def would_open(rule: Rule, now: datetime) -> Preview:
    """How many cases ``rule`` would have opened in the last thirty days. At most three queries."""
    looks = {"words": _of_words, "contacts": _of_contacts, "silence": _of_silence, "falling": _of_falls}
    return looks.get(rule.kind, _of_marks)(rule, now)


def examples(rule: Rule, found: Preview, person: Person) -> list[Example]:
    """The latest of what ``found`` counts, of what ``person`` may see. Three queries."""
    if rule.kind == "contacts":
        return _contact_examples(found.keys, person)
    if rule.kind == "silence":
        return _silent_examples(found.keys, person)
    seen: Any = Response.objects.visible_to(person)
    rows = seen.filter(pk__in=found.keys[: 10 * SHOWN]).select_related("customer", "case").order_by("-answered_at")
    shown = list(rows.prefetch_related("answers")[:SHOWN])
    return [
        Example(
            row.answered_at,
            row.customer,
            next((answer.text for answer in row.answers.all() if answer.text), ""),
            response=row,
            case=getattr(row, "case", None),
        )
        for row in shown
    ]


def _heard(since: datetime, touchpoint: str) -> Any:
    """Answers of customers about us after they met us, not brought by a file: what rules look at."""
    rows = Answer.objects.filter(
        response__answered_at__gte=since,
        response__perspective=Perspective.CUSTOMER,
        response__moment=Moment.PERCEPTION,
        response__subject__is_us=True,
        response__source="",
    )
    return rows.filter(touchpoint__code=touchpoint) if touchpoint else rows


def _of_marks(rule: Rule, now: datetime) -> Preview:
    rows = _heard(now - LOOKED_AT, rule.touchpoint).filter(kind=rule.kind, score__lte=rule.at_most)
    return _of_responses(rows.order_by("-response__answered_at").values_list("response_id", flat=True))


def _of_responses(keys: Iterable[Any]) -> Preview:
    found = list(dict.fromkeys(keys))
    known = sum(Case.objects.filter(response__in=found[at : at + 500]).count() for at in range(0, len(found), 500))
    return Preview(len(found), known, found)


def _of_falls(rule: Rule, now: datetime) -> Preview:
    return _of_responses(falls_between(rule, now - LOOKED_AT, now))


def _of_words(rule: Rule, now: datetime) -> Preview:
    rows = _heard(now - LOOKED_AT, rule.touchpoint).exclude(text="").order_by("-response__answered_at")
    texts = rows.values_list("response_id", "text")[:_MOST]
    return _of_responses(key for key, text in texts.iterator() if word_said(text, rule.words))


def _of_contacts(rule: Rule, now: datetime) -> Preview:
    since = now - LOOKED_AT
    rows = Interaction.objects.filter(happened_at__gte=since - SAME_PROBLEM, happened_at__lte=now)
    by_customer: dict[int, list[datetime]] = {}
    columns = ("customer_id", "happened_at")
    for customer, moment in rows.filter(touchpoint__code=rule.touchpoint).order_by("happened_at").values_list(*columns):
        by_customer.setdefault(customer, []).append(moment)
    found = [
        (moment, customer)
        for customer, moments in by_customer.items()
        for moment in contacts_too_many(moments, rule.at_least, SAME_PROBLEM)
        if moment >= since
    ]
    return Preview(len(found), keys=sorted(found, reverse=True))


def _contact_examples(keys: list[tuple[datetime, int]], person: Person) -> list[Example]:
    seen: Any = Customer.objects.visible_to(person)
    known = seen.in_bulk([customer for _moment, customer in keys[: 10 * SHOWN]])
    return [Example(moment, known[customer]) for moment, customer in keys if customer in known][:SHOWN]


def _of_silence(rule: Rule, now: datetime) -> Preview:
    found = silent_after(rule, now - LOOKED_AT, now)
    return Preview(len(found), keys=sorted(found, key=lambda silent: silent.since, reverse=True))


def _silent_examples(keys: list[Silent], person: Person) -> list[Example]:
    seen: Any = Case.objects.visible_to(person).select_related("customer")
    known = seen.in_bulk([silent.case_id for silent in keys[: 10 * SHOWN]])
    return [
        Example(silent.since, known[silent.case_id].customer, str(known[silent.case_id]), case=known[silent.case_id])
        for silent in keys
        if silent.case_id in known
    ][:SHOWN]
