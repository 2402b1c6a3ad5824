"""What who leads found in one reply or call of a colleague, and what the two of them make of it (row S70 a, c)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.staff.models import Person


class Criterion(models.TextChoices):
    """What a reply or call is looked at for: the same five things that the margin and the playbook ask for."""

    ACKNOWLEDGED = "acknowledged", _("The customer's problem is named first")
    SORRY = "sorry", _("There is an apology or thanks")
    DAY = "day", _("There is an exact day")
    CLEAR = "clear", _("The words are plain, and every question is answered")
    AUTHORITY = "authority", _("What one may decide oneself was decided at once")


class Found(models.TextChoices):
    YES = "yes", _("yes")
    PARTLY = "partly", _("partly")
    NO = "no", _("no")
    NOT_NEEDED = "not_needed", _("it was not needed")


class ReplyReview(models.Model):
    """One reply or call, looked at once by one person; seen by the two of them, and counted nowhere.

    ``next_time`` and ``again_on`` are the plan after a low result: what is tried, and when both look again.
    """

    message = models.ForeignKey("recover.Message", on_delete=models.CASCADE, related_name="reviews")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    # Criterion → Found
    marks = models.JSONField(default=dict)
    good = models.TextField(_("what was good"))
    next_time = models.TextField(_("what to try next time"), blank=True)
    again_on = models.DateField(_("when you look at it again together"), null=True, blank=True)
    # What the person says of it
    answered_at = models.DateTimeField(null=True, blank=True)
    is_agreed = models.BooleanField(null=True)
    answer = models.TextField(blank=True)
    # What came of the plan
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-reviewed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "reviewed_by"], name="one_review_a_message_and_reviewer"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("reviewed_by")), name="nobody_reviews_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"
