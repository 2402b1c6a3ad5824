"""Ideas of customers: proposed, looked at, voted for, decided on, put together (row S15)."""

import hashlib
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.words import on_one_line, without_control
from premura.loop.listen.idea_models import (
    NEEDS_REASON,
    OPEN,
    Idea,
    IdeaComment,
    IdeaDecision,
    IdeaStatus,
    IdeaVote,
)

TITLE_LIMIT, TEXT_LIMIT = 120, 2_000
_MINE = signing.Signer(sep=".", salt="premura.idea")


def propose_idea(
    title: str,
    text: str,
    *,
    key: str,
    language: str,
    touchpoint: Touchpoint | None = None,
    at: datetime | None = None,
) -> Idea:
    """Keep an idea until somebody has looked at it; the same ``key`` again gives the first one back."""
    title = on_one_line(title)
    if not title:
        raise PremuraError("text-needed", _("Write something first."))
    at = at or timezone.now()
    with transaction.atomic():
        idea, is_new = Idea.objects.get_or_create(
            key=key,
            defaults={
                "title": title[:TITLE_LIMIT],
                "text": without_control(text)[:TEXT_LIMIT],
                "language": language[:5],
                "proposed_at": at,
                "touchpoint": touchpoint,
            },
        )
        if is_new:
            record("idea.proposed", by=None, about=idea, at=at)
    return idea


def own_token(idea: Idea) -> str:
    """What leads whoever proposed it to what became of it; signed, so that nobody reads ideas that are not shown."""
    return _MINE.sign(str(idea.pk))


def idea_of_token(token: str) -> Idea:
    try:
        pk = int(_MINE.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    idea = Idea.objects.select_related("merged_into").filter(pk=pk).first()
    if idea is None:
        raise NotFound
    return idea


def vote_for(idea: Idea, token: str, *, is_for: bool = True, at: datetime | None = None) -> bool:
    """The browser with this ``token`` is for ``idea``, or no more. False when that was so already."""
    at = at or timezone.now()
    voter = digest_of(token)
    with transaction.atomic():
        row = Idea.objects.select_for_update().get(pk=idea.pk)
        if row.status not in OPEN:
            raise Conflict("not-open", _("This idea takes no more votes: it has been decided on."))
        if is_for:
            _vote, is_changed = IdeaVote.objects.get_or_create(idea=row, voter=voter, defaults={"voted_at": at})
        else:
            is_changed = bool(IdeaVote.objects.filter(idea=row, voter=voter).delete()[0])
        if is_changed:
            Idea.objects.filter(pk=row.pk).update(votes=F("votes") + (1 if is_for else -1))
            record("idea.voted", by=None, about=row, at=at, data={"is_for": is_for})
    return is_changed


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def decide_idea(idea: Idea, status: str, reason: str, *, by: Person, at: datetime | None = None) -> IdeaDecision:
    """Say what becomes of the idea. Whoever proposed it and whoever is for it read the reason."""
    at, reason = at or timezone.now(), on_one_line(reason)
    if status not in set(IdeaStatus) - {IdeaStatus.WAITING, IdeaStatus.MERGED}:
        raise PremuraError("no-such-status", _("Choose what becomes of the idea."))
    if status in NEEDS_REASON and not reason:
        raise PremuraError("reason-needed", _("Say why: whoever proposed it reads it."))
    with transaction.atomic():
        row = Idea.objects.select_for_update().get(pk=idea.pk)
        if row.status == IdeaStatus.MERGED:
            raise Conflict("merged", _("This idea is put together with another one: decide on that one."))
        decision = IdeaDecision.objects.create(
            idea=row, status=status, reason=reason[:500], decided_at=at, decided_by=by
        )
        Idea.objects.filter(pk=row.pk).update(status=status)
        record("idea.decided", by=by, about=row, at=at, data={"status": status})
    return decision


def place_idea(idea: Idea, touchpoint: Touchpoint | None, *, by: Person, at: datetime | None = None) -> bool:
    """Say where in the journey the idea would be felt; ``None``: everywhere. False when that was so already."""
    at = at or timezone.now()
    with transaction.atomic():
        row = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
        if row.touchpoint_id == (touchpoint.pk if touchpoint else None):
            return False
        Idea.objects.filter(pk=row.pk).update(touchpoint=touchpoint)
        record("idea.placed", by=by, about=row, at=at, data={"touchpoint": touchpoint.pk if touchpoint else None})
    return True


def merge_idea(idea: Idea, into: Idea, *, by: Person, at: datetime | None = None) -> IdeaDecision:
    """Put a duplicate together with ``into``: who was for either is for that one, once; comments go along."""
    at = at or timezone.now()
    if idea.pk == into.pk:
        raise Conflict("same-idea", _("This is the same idea: choose another one."))
    with transaction.atomic():
        # In the order of their numbers, so that two who merge at once wait for each other rather than for ever
        rows = {
            row.pk: row for row in Idea.objects.select_for_update().filter(pk__in=[idea.pk, into.pk]).order_by("pk")
        }
        if any(row.status == IdeaStatus.MERGED for row in rows.values()):
            raise Conflict("merged", _("This idea is put together with another one: decide on that one."))
        here = IdeaVote.objects.filter(idea=into).values("voter")
        IdeaVote.objects.filter(idea=idea).exclude(voter__in=here).update(idea=into)
        IdeaVote.objects.filter(idea=idea).delete()
        IdeaComment.objects.filter(idea=idea).update(idea=into)
        # What was put together with the duplicate before follows it
        Idea.objects.filter(merged_into=idea).update(merged_into=into)
        Idea.objects.filter(pk=idea.pk).update(status=IdeaStatus.MERGED, merged_into=into, votes=0)
        # Where it would be felt is known of the one that is left, if it was known of either
        Idea.objects.filter(pk=into.pk, touchpoint=None).update(touchpoint=rows[idea.pk].touchpoint_id)
        Idea.objects.filter(pk=into.pk).update(votes=IdeaVote.objects.filter(idea=into).count())
        decision = IdeaDecision.objects.create(
            idea=idea, status=IdeaStatus.MERGED, into=into, decided_at=at, decided_by=by
        )
        record("idea.merged", by=by, about=rows[idea.pk], at=at, data={"into": into.pk})
    return decision
