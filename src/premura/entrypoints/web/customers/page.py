"""Everything on the page of one customer, with the next best thing to do in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Company
from premura.core.customers.models import Customer
from premura.core.mail.reads import bad_address_of
from premura.core.staff.models import Person
from premura.entrypoints.web import wording
from premura.entrypoints.web.customers.expectation import Lived, gaps_of, lived_of
from premura.entrypoints.web.customers.story import Heard, Story, marks_in_words, story_of
from premura.entrypoints.web.ideas.panel import state_names
from premura.entrypoints.web.insights.judging import LOOKS
from premura.entrypoints.web.insights.said import SENTIMENTS
from premura.loop.listen.solutions import solutions_said
from premura.loop.promise.models import Need, NeedState
from premura.loop.promise.need_reads import needs_of
from premura.loop.promise.next_step import Facts, NextStep, next_step
from premura.loop.understand.one_customer import Feeling, feelings, last_journey

#: Shown beside the story; the story holds them all
FEW = 5


def silent_since(company: Company) -> datetime:
    """Who was served and not heard since then is silent."""
    return timezone.now() - timedelta(days=company.silent_after_days)


@dataclass(frozen=True)
class Advice:
    """What to do next, why, and where it is done."""

    sentence: str
    reason: str
    url: str
    button: str


def page_of(
    person: Person, customer: Customer, now: datetime, *, silent_before: datetime, is_whole: bool
) -> dict[str, Any]:
    """What the page shows besides its forms; as many queries for a long story as for a short one."""
    story = story_of(customer, person, silent_before=silent_before, is_whole=is_whole)
    needs, lived = needs_of(person, customer), lived_of(person, customer)
    member = getattr(customer, "panel_member", None)
    step = next_step(_facts(customer, story, needs, lived, now), now)
    return {
        "customer": customer,
        "story": story,
        "needs": needs,
        "solutions": solutions_said(person, customer),
        "lived": lived,
        "gaps": gaps_of(person, customer),
        "journey": last_journey(person, customer),
        "feelings": [_felt(row) for row in feelings(person, customer)],
        "answers": [(row, marks_in_words(row)) for row in story.responses[:FEW]],
        "advice": None if customer.forgotten_at else _advice(step, customer, story, needs),
        "given": story.gestures[:FEW],
        "given_total": sum((row.amount for row in story.gestures), Decimal(0)),
        "on_panel": member,
        "panel_state": state_names()[member.state] if member else "",
        "bad_address": bad_address_of(customer.email),
        "letters": [row for row in story.letters if row.subject][:FEW],
        "now": now,
    }


def _felt(row: Feeling) -> tuple[Feeling, str, str]:
    """With the look of its chip and its words; what the models are not sure of says so."""
    words = str(SENTIMENTS.get(row.sentiment, row.sentiment))
    if row.is_uncertain:
        return row, "chip-amber", f"{words}, {_('uncertain')}"
    return row, LOOKS.get(row.sentiment, ""), words


def _facts(customer: Customer, story: Story, needs: list[Need], lived: list[Lived], now: datetime) -> Facts:
    running = [row for row in story.waiting if row.paused_at is None]
    waits = [case.waiting_since for case in story.open_cases if case.waiting_since]
    since = {state: [n.state_since for n in needs if n.state == state] for state in NeedState}
    unmet = [*since[NeedState.OPEN], *since[NeedState.NOT_MET]]
    last = [each.last[0] for each in lived if each.last[0].is_firm]
    latest = max((each.answered_at for each in last), default=None)
    met = [row.granted_at for row in story.gestures] + ([story.met_at] if story.met_at else [])
    return Facts(
        late_since=min((row.due_at for row in running if row.due_at < now), default=None),
        due_at=min((row.due_at for row in running if row.due_at >= now), default=None),
        waits_since=min(waits, default=None),
        case_open_since=min((case.opened_at for case in story.open_cases), default=None),
        unmet_since=min(unmet, default=None),
        proposed_since=min(since[NeedState.PROPOSED], default=None),
        fell_below=any(each.answered_at == latest and each.verdict == "below" for each in last),
        is_silent=story.is_silent,
        may_be_asked=customer.opted_out_at is None,
        praised_at=_praised_at(story.last_response),
        met_at=max(met, default=None),
    )


def _praised_at(response: Heard | None) -> datetime | None:
    """When the last answer recommends us (9 or 10 of 10)."""
    if response is None:
        return None
    praises = any(row.kind == "nps" and row.score is not None and row.score >= 9 for row in response.said)
    return response.answered_at if praises else None


#: What each step is called, its reason, its button, and where it is done
WORDS: dict[str, tuple[Any, Any, Any, str]] = {
    "keep": (_("Keep what is late: %(promise)s"), _("It was due on %(day)s."), _("Open it"), "promise"),
    "answer": (_("Answer: %(case)s"), _("They wrote on %(day)s and wait for a word of ours."), _("Answer"), "case"),
    "solve": (_("Put the case right: %(case)s"), _("It has been open since %(day)s."), _("Open the case"), "case"),
    "due": (_("Prepare what you promised: %(promise)s"), _("It is due on %(day)s."), _("Open it"), "promise"),
    "propose": (_("Propose a solution: %(unmet)s"), _("The need has been open since %(day)s."), _("Propose"), "needs"),
    "ask_fit": (
        _("Ask whether it fits: %(proposed)s"),
        _("It was proposed on %(day)s, and nobody has written down since whether it fits."),
        _("Write down what they say"),
        "needs",
    ),
    "recover": (
        _("Call them before they leave"),
        _("Their last mark is below what they had reason to expect, and no case is open."),
        _("Open a case"),
        "case",
    ),
    "thank": (
        _("Thank them"),
        _("On %(day)s they said that they would recommend us, and we have not met since."),
        _("Write down the contact"),
        "contact",
    ),
    "ask": (_("Ask them how it went"), _("We have served them and not heard how it went."), _("Ask"), "ask"),
    "nothing": (
        _("Nothing is owed"),
        _("No late promise, no open case, no unmet need, no silence after we served them."),
        "",
        "",
    ),
}


def _advice(step: NextStep, customer: Customer, story: Story, needs: list[Need]) -> Advice:
    """The rule's code in words, with the page where it is done."""
    sentence, reason, button, where = WORDS[step.code]
    case = next((row for row in story.open_cases if row.waiting_since), next(iter(story.open_cases), None))
    promise = next((row for row in story.waiting if row.paused_at is None), None)
    values = {
        "day": wording.day(timezone.localdate(step.since), timezone.localdate()) if step.since else "",
        "case": case,
        "promise": promise,
        "unmet": _need(needs, NeedState.OPEN, NeedState.NOT_MET),
        "proposed": _need(needs, NeedState.PROPOSED),
    }
    urls = {
        "promise": reverse("promise", args=[promise.pk]) if promise else "",
        "case": reverse("case", args=[case.pk]) if case else f"{reverse('case-new')}?customer={customer.pk}",
        "ask": f"{reverse('ask')}?customer={customer.pk}",
        "needs": "#needs",
        "contact": "?contact=1#contact",
    }
    return Advice(sentence % values, reason % values, urls.get(where, ""), str(button))


def _need(needs: list[Need], *states: str) -> Need | None:
    """The one that has waited longest."""
    return min((need for need in needs if need.state in states), key=lambda need: need.state_since, default=None)
