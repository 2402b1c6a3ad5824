"""Search: one field for customers, cases, surveys, promises and cards."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, is_fragment, signed_in
from premura.loop.equip.models import KnowledgeCard
from premura.loop.improve.models import CorrectiveAction
from premura.loop.listen.models import Survey
from premura.loop.promise.models import Commitment
from premura.loop.recover.models import Case

EACH = 8


@dataclass(frozen=True)
class Hit:
    kind: Any
    icon: str
    name: str
    detail: str
    url: str


def _customers(person: Person, text: str) -> Iterator[Hit]:
    match = Q(name__icontains=text) | Q(email__icontains=text) | Q(phone__icontains=text)
    for row in (
        Customer.objects.visible_to(person).filter(match, forgotten_at__isnull=True).select_related("location")[:EACH]
    ):
        yield Hit(_("Customer"), "users", row.name, str(row.location or row.email), reverse("customer", args=[row.pk]))


def _cases(person: Person, text: str) -> Iterator[Hit]:
    match = Q(title__icontains=text) | Q(customer__name__icontains=text)
    for row in Case.objects.visible_to(person).filter(match).select_related("customer")[:EACH]:
        yield Hit(_("Case"), "lifebuoy", row.title, str(row.customer or ""), reverse("case", args=[row.pk]))


def _promises(person: Person, text: str) -> Iterator[Hit]:
    for row in (
        Commitment.objects.visible_to(person)
        .filter(what__icontains=text, ended_at__isnull=True)
        .select_related("owner")[:EACH]
    ):
        yield Hit(_("Promise"), "calendar", row.what, str(row.owner), reverse("promise", args=[row.pk]))


def _surveys(person: Person, text: str) -> Iterator[Hit]:
    for row in Survey.objects.select_related("programme", "subject"):
        titles = (row.draft.get("title") or {}).values()
        if any(text.casefold() in title.casefold() for title in titles):
            yield Hit(_("Survey"), "ear", row.with_side, str(row.programme), reverse("survey", args=[row.pk]))


def _cards(person: Person, text: str) -> Iterator[Hit]:
    for row in KnowledgeCard.objects.filter(retired_at__isnull=True):
        words = " ".join(str(value) for texts in (row.title, row.problem) for value in texts.values())
        if text.casefold() in words.casefold():
            yield Hit(_("Card"), "star", str(row), "", reverse("card", args=[row.pk]))


def _actions(person: Person, text: str) -> Iterator[Hit]:
    for row in CorrectiveAction.objects.visible_to(person).filter(title__icontains=text)[:EACH]:
        yield Hit(_("Action"), "tool", row.title, str(row.cause), reverse("action", args=[row.pk]))


SEARCHES: tuple[tuple[str, Callable[[Person, str], Iterator[Hit]]], ...] = (
    (Ability.SEE, _customers),
    (Ability.SEE, _cases),
    (Ability.SEE, _promises),
    (Ability.ASK, _surveys),
    (Ability.SEE, _cards),
    (Ability.SEE, _actions),
)


def hits_for(person: Person, text: str) -> list[Hit]:
    """Everything ``person`` may see that has ``text`` in its name: one query a kind."""
    return [hit for ability, find in SEARCHES if person.may(ability) for hit in list(find(person, text))[:EACH]]


@signed_in(Ability.SEE)
def search(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    hits = hits_for(request.user, text) if len(text) >= 2 else []
    template = "search/results.html#hits" if is_fragment(request) else "search/results.html"
    return render(request, template, {"text": text, "hits": hits, "is_short": len(text) < 2})
