"""Letters that came in, one row each: where it went, or why nowhere."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.staff.scope import ScopedQuerySet


class IncomingMailQuerySet(ScopedQuerySet["IncomingMail"]):
    location_path = "case__location"


class IncomingMail(models.Model):
    """A letter that came in: into which thread it went, or why into none. The same letter is taken once."""

    class Outcome(models.TextChoices):
        THREAD = "thread", _("put into its case")
        OPENED = "opened", _("opened a case")
        AUTOMATIC = "automatic", _("written by a machine: nobody waits for an answer")
        OURS = "ours", _("our own letter, come back")
        REPORT = "report", _("a delivery report")
        HELD = "held", _("held back: too many from this address within an hour")

    message_id = models.CharField(max_length=120, unique=True)
    address = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    # Only of what is held back; else the words stand in the thread
    text = models.TextField(blank=True)
    # Only of what is held back: those kept (name, kind, size, stored_as) and the names of those that are not
    files = models.JSONField(default=list)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    case = models.ForeignKey("recover.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="letters")
    received_at = models.DateTimeField()

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["address", "received_at"]), models.Index(fields=["received_at"])]

    def __str__(self) -> str:
        return self.subject or self.message_id
