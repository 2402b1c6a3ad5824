"""What customers and staff read of the board; each with its number of queries, however many ideas there are."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from premura.core.errors import NotFound
from premura.core.journeys.models import Touchpoint
from premura.loop.listen.idea_models import (
    OPEN,
    SHOWN,
    CommentStatus,
    Idea,
    IdeaComment,
    IdeaDecision,
    IdeaStatus,
    IdeaVote,
)
from premura.loop.listen.ideas import voter_of
from premura.loop.listen.panel_models import PanelMember

ORDERS = {"votes": ("-votes", "-id"), "new": ("-id",), "status": ("place", "-votes", "-id")}
#: What is under way first, what is over last
_STATUSES = (IdeaStatus.WAITING, IdeaStatus.PLANNED, IdeaStatus.CONSIDERED, IdeaStatus.RECEIVED, IdeaStatus.DONE)
_PLACES = Case(*(When(status=one, then=n) for n, one in enumerate(_STATUSES)), default=len(_STATUSES))
_WORD = re.compile(r"\w{4,}")


def board(*, order: str = "votes", status: str = "", search: str = "", is_staff: bool = False) -> QuerySet[Idea]:
    """Ideas in order. Customers see none that nobody has looked at, nor what is not shown. One query a page."""
    rows = Idea.objects.all() if is_staff else Idea.objects.filter(status__in=SHOWN)
    if status in IdeaStatus.values:
        rows = rows.filter(status=status)
    for word in search.split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    if order == "status":
        rows = rows.annotate(place=_PLACES)
    return rows.order_by(*ORDERS.get(order, ORDERS["votes"]))


def shown_idea(pk: int) -> Idea:
    """The idea, if customers may read it. One query."""
    idea = Idea.objects.select_related("member").filter(pk=pk, status__in=SHOWN).first()
    if idea is None:
        raise NotFound
    return idea


def any_idea(pk: int) -> Idea:
    """The idea for whoever decides on it. One query."""
    idea = Idea.objects.select_related("merged_into", "member").filter(pk=pk).first()
    if idea is None:
        raise NotFound
    return idea


def voted_for(token: str, ideas: Iterable[Idea], member: PanelMember | None = None) -> set[int]:
    """Which of ``ideas`` this browser, or ``member``, is for. One query, none for nobody."""
    if not token and member is None:
        return set()
    rows = IdeaVote.objects.filter(voter=voter_of(token, member), idea__in=[idea.pk for idea in ideas])
    return set(rows.values_list("idea_id", flat=True))


def became_of(token: str, *, since: datetime, member: PanelMember | None = None) -> list[IdeaDecision]:
    """What was decided since then about the ideas that this browser, or ``member``, is for, after it voted; the
    latest of each idea, five at most. One query, none for nobody.
    """
    if not token and member is None:
        return []
    mine = IdeaVote.objects.filter(
        voter=voter_of(token, member), idea=OuterRef("idea"), voted_at__lt=OuterRef("decided_at")
    )
    rows = IdeaDecision.objects.filter(Exists(mine), decided_at__gte=since, idea__status__in=SHOWN)
    rows = rows.exclude(status=IdeaStatus.RECEIVED).filter(status=F("idea__status"))
    latest: dict[int, IdeaDecision] = {}
    for row in rows.select_related("idea").order_by("-decided_at", "-id")[:20]:
        latest.setdefault(row.idea_id, row)
    return list(latest.values())[:5]


def comments_of(idea: Idea) -> QuerySet[IdeaComment]:
    """What everybody reads under an idea, the oldest first. One query a page."""
    return idea.comments.filter(status=CommentStatus.SHOWN).select_related("member")


def waiting_comments() -> QuerySet[IdeaComment]:
    """Comments that nobody has looked at, the oldest first. One query."""
    rows = IdeaComment.objects.filter(status=CommentStatus.WAITING)
    return rows.select_related("idea", "member").order_by("written_at", "id")


def in_the_journey() -> dict[int, list[Idea]]:
    """What customers propose at each touchpoint and is not decided yet, those most people are for first. One query."""
    found: dict[int, list[Idea]] = {}
    for idea in Idea.objects.filter(touchpoint__isnull=False, status__in=OPEN).order_by("-votes", "-id"):
        found.setdefault(idea.touchpoint_id or 0, []).append(idea)
    return found


def ideas_at(touchpoint: Touchpoint) -> QuerySet[Idea]:
    """All that customers read of it on the board, the decided ones too. One query."""
    return Idea.objects.filter(touchpoint=touchpoint, status__in=SHOWN).order_by("-votes", "-id")


def count_by_status() -> dict[str, int]:
    """One query."""
    return dict(Idea.objects.order_by().values_list("status").annotate(Count("pk")))


def likeness(left: str, right: str) -> float:
    """How much two sentences share, 0 to 1: the stems of their longer words that stand in both, of all of them.

    >>> likeness("Aprire prima il sabato", "Aprite di sabato"), likeness("Aprire prima", "Più posti")
    (0.67, 0.0)
    """
    a, b = _stems(left), _stems(right)
    return round(len(a & b) / len(a | b), 2) if a and b else 0.0


def _stems(text: str) -> set[str]:
    return {word[:4] for word in _WORD.findall(text.casefold())}


def similar_to(idea: Idea, most: int = 5) -> list[Idea]:
    """Ideas that say much the same, likest first: candidates to be put together with it. Two queries."""
    others = Idea.objects.exclude(pk=idea.pk).exclude(status__in=(IdeaStatus.HIDDEN, IdeaStatus.MERGED))
    titles = others.order_by("-votes", "-id").values_list("pk", "title")
    scored = sorted(((likeness(idea.title, title), -pk) for pk, title in titles), reverse=True)
    chosen = [-pk for score, pk in scored[:most] if score >= 0.3]
    found = Idea.objects.in_bulk(chosen)
    return [found[pk] for pk in chosen]
