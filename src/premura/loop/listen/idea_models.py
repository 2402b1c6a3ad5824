"""The tables of the customers' board: ideas, who is for them, what was decided, what others say about them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.panel_models import PanelMember


class IdeaStatus(models.TextChoices):
    WAITING = "waiting", _("waits to be looked at")
    RECEIVED = "received", _("received")
    CONSIDERED = "considered", _("being looked at")
    PLANNED = "planned", _("planned")
    DONE = "done", _("carried out")
    DECLINED = "declined", _("not done")
    HIDDEN = "hidden", _("not shown")
    MERGED = "merged", _("put together with another")


#: What everybody reads on the board
SHOWN = (IdeaStatus.RECEIVED, IdeaStatus.CONSIDERED, IdeaStatus.PLANNED, IdeaStatus.DONE, IdeaStatus.DECLINED)
#: What one can still be for
OPEN = (IdeaStatus.RECEIVED, IdeaStatus.CONSIDERED, IdeaStatus.PLANNED)
#: What is only said with a reason
NEEDS_REASON = (IdeaStatus.DECLINED, IdeaStatus.HIDDEN)


class Idea(models.Model):
    """One proposal. Nobody reads it before somebody of the company has looked at it."""

    # The form's own key: sent twice it is one idea
    key = models.CharField(max_length=40, unique=True)
    title = models.CharField(_("in one sentence"), max_length=120)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=5)
    proposed_at = models.DateTimeField()
    # Where in the journey it would be felt; empty: everywhere, or nobody has said
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas", db_index=False
    )
    # Who of the panel proposed it; empty of anybody else, whom nobody knows
    member = models.ForeignKey(
        PanelMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="ideas", db_index=False
    )
    # Caches of the rows below
    status = models.CharField(max_length=12, choices=IdeaStatus.choices, default=IdeaStatus.WAITING)
    votes = models.PositiveIntegerField(default=0)
    panel_votes = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        ordering: ClassVar = ["-votes", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["status", "-votes", "-id"], name="idea_by_votes"),
            models.Index(fields=["status", "-id"], name="idea_by_age"),
            models.Index(fields=["-votes", "-id"], name="idea_all_by_votes"),
            models.Index(
                fields=["touchpoint"], condition=models.Q(touchpoint__isnull=False), name="idea_in_the_journey"
            ),
            models.Index(fields=["member"], condition=models.Q(member__isnull=False), name="ideas_of_member"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def open_votes(self) -> int:
        """Those that browsers gave, without the panel's."""
        return self.votes - self.panel_votes


class IdeaVote(models.Model):
    """A browser or a member of the panel is for an idea, once. Of a browser nobody knows who it is: the token itself is
    not kept, only its digest.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="ballots", db_index=False)
    voter = models.CharField(max_length=64)
    member = models.ForeignKey(
        PanelMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="ballots", db_index=False
    )
    voted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["idea", "voter"], name="one_vote_an_idea_and_browser")]
        indexes: ClassVar = [
            models.Index(fields=["member"], condition=models.Q(member__isnull=False), name="votes_of_member")
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}"


class IdeaDecision(models.Model):
    """What was decided about an idea: by whom, when and, in words that customers read, why."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="decisions")
    status = models.CharField(max_length=12, choices=IdeaStatus.choices)
    reason = models.CharField(max_length=500, blank=True)
    into = models.ForeignKey(Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["decided_at", "id"]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.status}"


class CommentStatus(models.TextChoices):
    WAITING = "waiting", _("waits to be looked at")
    SHOWN = "shown", _("shown")
    HIDDEN = "hidden", _("not shown")


class IdeaComment(models.Model):
    """What somebody says about an idea. A customer's waits until somebody has looked at it; ours is shown at once."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="comments", db_index=False)
    # The form's own key: sent twice it is one comment
    key = models.CharField(max_length=40, unique=True)
    text = models.CharField(max_length=1000)
    written_at = models.DateTimeField()
    # Who of the panel wrote it
    member = models.ForeignKey(
        PanelMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments", db_index=False
    )
    # Who of the company wrote it; both empty of anybody else, whom nobody knows
    written_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=CommentStatus.choices, default=CommentStatus.WAITING)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["written_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["idea", "status", "written_at"], name="comments_of_idea"),
            models.Index(fields=["idea"], condition=models.Q(status="waiting"), name="comments_waiting"),
            models.Index(fields=["member"], condition=models.Q(member__isnull=False), name="comments_of_member"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
