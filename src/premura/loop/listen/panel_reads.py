"""Who is on the panel and who could be; each with its number of queries, however many there are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext as _

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.listen.idea_models import Idea, IdeaComment, IdeaStatus, IdeaVote
from premura.loop.listen.models import NotAsked
from premura.loop.listen.panel_models import PanelAsking, PanelMember

_STATES = {
    "invited": Q(joined_at__isnull=True, left_at__isnull=True, withdrawn_at__isnull=True),
    "joined": Q(joined_at__isnull=False, active_at__isnull=True, left_at__isnull=True),
    "active": Q(active_at__isnull=False, left_at__isnull=True),
    "left": Q(joined_at__isnull=False, left_at__isnull=False),
    "declined": Q(joined_at__isnull=True, left_at__isnull=False),
    "withdrawn": Q(withdrawn_at__isnull=False),
}
STATES = tuple(_STATES)
_SAID: dict[str, type[Idea] | type[IdeaVote] | type[IdeaComment]] = {
    "n_ideas": Idea,
    "n_votes": IdeaVote,
    "n_comments": IdeaComment,
}


ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "invited": ("-invited_at", "-id"),
    "name": ("customer__name", "id"),
    "joined": (F("joined_at").desc(nulls_last=True), "-id"),
}


def members_for(person: Person, state: str = "", search: str = "", order: str = "") -> QuerySet[PanelMember]:
    """Members that ``person`` may see and that are not forgotten, each with ``n_ideas``, ``n_votes`` and
    ``n_comments``. One query a page; never in the order of what they did: nobody is ranked.
    """
    rows: QuerySet[PanelMember] = PanelMember.objects.visible_to(person).filter(customer__isnull=False)
    if state in _STATES:
        rows = rows.filter(_STATES[state])
    for word in search.split()[:6]:
        rows = rows.filter(
            Q(customer__name__icontains=word) | Q(customer__email__icontains=word) | Q(shown_name__icontains=word)
        )
    counted = {name: _count_of(model) for name, model in _SAID.items()}
    rows = rows.select_related("customer__location").annotate(**counted)
    return rows.order_by(*ORDERS.get(order, ORDERS["invited"]))


def _count_of(model: type[Idea] | type[IdeaVote] | type[IdeaComment]) -> Coalesce:
    rows = model._default_manager.filter(member=OuterRef("pk")).order_by().values("member")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def count_by_state(person: Person) -> dict[str, int]:
    """How many members are in each state, without those who are forgotten. One query."""
    rows = PanelMember.objects.visible_to(person).filter(customer__isnull=False)
    counts = {name: Count("pk", filter=of) for name, of in _STATES.items()}
    return dict(rows.order_by().aggregate(**counts))


def member_for(person: Person, pk: int) -> PanelMember:
    rows = PanelMember.objects.filter(customer__isnull=False).select_related("customer__location")
    return seen_by(person, rows, pk=pk)


def joined_ever() -> int:
    """How many have ever been on the panel: of so many are those of the panel that are for an idea. One query."""
    return PanelMember.objects.filter(joined_at__isnull=False).count()


def invitable(
    person: Person, *, segment: str = "", location: int | None = None, addresses: Iterable[str] = (), pk: int = 0
) -> QuerySet[Customer]:
    """Customers whom ``person`` may see and who are not on the panel: of a segment and a place, of a list of addresses,
    or one; by name. One query. Nobody where nothing is chosen.
    """
    on_it = PanelMember.objects.filter(customer=OuterRef("pk"), joined_at__isnull=False, left_at__isnull=True)
    rows: QuerySet[Customer] = Customer.objects.visible_to(person).filter(~Exists(on_it), forgotten_at__isnull=True)
    wanted = [address.lower() for address in addresses]
    if pk:
        rows = rows.filter(pk=pk)
    elif wanted:
        rows = rows.annotate(address=Lower("email")).filter(address__in=wanted)
    elif segment or location:
        rows = rows.filter(segment=segment) if segment else rows
        rows = rows.filter(location=location) if location else rows
    else:
        return rows.none()
    return rows.select_related("location").order_by("name", "pk")


def lately_not_asked(person: Person, since: datetime, most: int = 20) -> list[tuple[PanelAsking, str]]:
    """Whom somebody wanted since then and who was not asked, the latest first, with the reason in words. One query."""
    rows = (
        PanelAsking.objects.visible_to(person)
        .exclude(reason="")
        .filter(asked_at__gte=since, customer__forgotten_at__isnull=True)
    )
    return [(row, reason_in_words(row.reason)) for row in rows.select_related("customer")[:most]]


def reason_in_words(reason: str) -> str:
    return (
        _("has left the panel, or said no")
        if reason == "left"
        else str(dict(NotAsked.Reason.choices).get(reason, reason))
    )


def said_by(member: PanelMember) -> dict[str, list[Any]]:
    """What this member proposed and what they are for, the latest first, the last fifty of each. Two queries."""
    voted = Idea.objects.filter(ballots__member=member).exclude(status=IdeaStatus.HIDDEN).order_by("-ballots__voted_at")
    return {"ideas": list(member.ideas.order_by("-id")[:50]), "voted": list(voted[:50])}
