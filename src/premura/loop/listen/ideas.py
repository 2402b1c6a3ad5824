"""Ideas of customers: proposed, looked at, voted for, decided on, put together (row S15)."""

import hashlib
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.crypto import salted_hmac
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
from premura.loop.listen.panel_models import PanelMember

TITLE_LIMIT, TEXT_LIMIT = 120, 2_000
_MINE = signing.Signer(sep=".", salt="premura.idea")


def propose_idea(
    title: str,
    text: str,
    *,
    key: str,
    language: str,
    touchpoint: Touchpoint | None = None,
    member: PanelMember | None = None,
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
                "member": member,
            },
        )
        if is_new:
            note_active(member, at)
            record("idea.proposed", by=None, about=idea, at=at, customer=member.customer if member else None)
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


def vote_for(
    idea: Idea, token: str, *, is_for: bool = True, member: PanelMember | None = None, at: datetime | None = None
) -> bool:
    """The browser with this ``token``, or ``member`` in its place, is for ``idea``, or no more. False when that was so
    already. What the browser of a member said before it was known to be one is taken over, not counted besides.
    """
    at, voter = at or timezone.now(), voter_of(token, member)
    with transaction.atomic():
        row = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
        if row.status not in OPEN:
            raise Conflict("not-open", _("This idea takes no more votes: it has been decided on."))
        ballots = IdeaVote.objects.filter(idea=row)
        is_changed = bool(member and token and ballots.filter(voter=digest_of(token)).delete()[0])
        if is_for:
            _vote, is_new = IdeaVote.objects.get_or_create(
                idea=row, voter=voter, defaults={"voted_at": at, "member": member}
            )
            is_changed = is_changed or is_new
        else:
            is_changed = bool(ballots.filter(voter=voter).delete()[0]) or is_changed
        if is_changed:
            count_votes(row.pk)
            note_active(member, at)
            customer = member.customer if member else None
            record("idea.voted", by=None, about=row, customer=customer, at=at, data={"is_for": is_for})
    return is_changed


def voter_of(token: str, member: PanelMember | None) -> str:
    """Under what a vote is kept: a digest of the browser's ``token``, or of the member, which no browser makes up."""
    if member is None:
        return digest_of(token)
    return salted_hmac("premura.panel.vote", str(member.pk), algorithm="sha256").hexdigest()


def count_votes(*ideas: int) -> None:
    """Bring the numbers beside these ideas up to date with the votes."""
    for pk in ideas:
        found = IdeaVote.objects.filter(idea=pk).aggregate(n=Count("pk"), of_panel=Count("member"))
        Idea.objects.filter(pk=pk).update(votes=found["n"], panel_votes=found["of_panel"])


def note_active(member: PanelMember | None, at: datetime) -> None:
    if member is not None:
        PanelMember.objects.filter(pk=member.pk).update(active_at=at)


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
        row = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
        if row.status == IdeaStatus.MERGED:
            raise Conflict("merged", _("This idea is put together with another one: decide on that one."))
        decision = IdeaDecision.objects.create(
            idea=row, status=status, reason=reason[:500], decided_at=at, decided_by=by
        )
        Idea.objects.filter(pk=row.pk).update(status=status)
        data = {"status": status, "before": row.status, "decision": decision.pk}
        record("idea.decided", by=by, about=row, at=at, data=data)
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
        Idea.objects.filter(pk=idea.pk).update(status=IdeaStatus.MERGED, merged_into=into)
        # Where it would be felt is known of the one that is left, if it was known of either
        Idea.objects.filter(pk=into.pk, touchpoint=None).update(touchpoint=rows[idea.pk].touchpoint_id)
        count_votes(idea.pk, into.pk)
        decision = IdeaDecision.objects.create(
            idea=idea, status=IdeaStatus.MERGED, into=into, decided_at=at, decided_by=by
        )
        record("idea.merged", by=by, about=rows[idea.pk], at=at, data={"into": into.pk, "decision": decision.pk})
    return decision
