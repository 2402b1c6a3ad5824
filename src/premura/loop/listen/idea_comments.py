"""What customers say about each other's ideas, and what we answer: looked at before others read it (row S15)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.words import without_control
from premura.loop.listen.idea_models import SHOWN, CommentStatus, Idea, IdeaComment
from premura.loop.listen.ideas import note_active
from premura.loop.listen.panel_models import PanelMember

COMMENT_LIMIT = 1_000


def add_comment(
    idea: Idea,
    text: str,
    *,
    key: str,
    by: Person | None = None,
    member: PanelMember | None = None,
    at: datetime | None = None,
) -> IdeaComment:
    """Say something about an idea; the same ``key`` again gives the first comment back.

    A customer's waits until somebody has looked at it; what the company says (``by``) is shown at once.
    """
    text, at = without_control(text)[:COMMENT_LIMIT], at or timezone.now()
    if not text:
        raise PremuraError("text-needed", _("Write something first."))
    if idea.status not in SHOWN:
        raise Conflict("not-shown", _("Only what stands on the board can be commented on."))
    seen = {"status": CommentStatus.SHOWN, "looked_at": at, "looked_by": by} if by else {}
    with transaction.atomic():
        comment, is_new = IdeaComment.objects.get_or_create(
            key=key,
            defaults={"idea": idea, "text": text, "written_at": at, "written_by": by, "member": member, **seen},
        )
        if is_new:
            note_active(member, at)
            customer = member.customer if member else None
            record("idea.commented", by=by, about=idea, customer=customer, at=at, data={"comment": comment.pk})
    return comment


def look_at_comment(comment: IdeaComment, *, is_shown: bool, by: Person, at: datetime | None = None) -> None:
    """Show a comment to everybody, or not; it can be changed later."""
    at = at or timezone.now()
    with transaction.atomic():
        row = IdeaComment.objects.select_for_update(of=("self",)).select_related("idea").get(pk=comment.pk)
        row.status = CommentStatus.SHOWN if is_shown else CommentStatus.HIDDEN
        row.looked_at, row.looked_by = at, by
        row.save(update_fields=["status", "looked_at", "looked_by"])
        record("idea.comment-seen", by=by, about=row.idea, at=at, data={"comment": row.pk, "is_shown": is_shown})
