"""What was brought in: the file, its hash, what came of it, and what it made."""

from typing import ClassVar

from django.db import models

from premura.core.staff.models import Person
from premura.loop.listen.models import Response


class State(models.TextChoices):
    LOOKED = "looked", "looked at"
    WAITING = "waiting", "waiting"
    RUNNING = "running", "under way"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    UNDOING = "undoing", "being taken back"
    UNDONE = "undone", "undone"


class ImportedFile(models.Model):
    """One import of one file; the same file again changes nothing."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    # Where the rows come from, so that next month's export is recognised row by row
    source = models.CharField(max_length=80)
    # Which program wrote it, and what it holds: survey, responses, customers, reviews
    system = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, default="responses")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DONE)
    # The hash of its column names: a file of the same shape is read with the same answers
    shape = models.CharField(max_length=64, blank=True)
    settings = models.JSONField(default=dict)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # How far it is, while it is under way, and when it last said so
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    already_there = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-imported_at"]
        indexes: ClassVar = [models.Index(fields=["state"]), models.Index(fields=["shape", "-imported_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def refused_rows(self) -> int:
        """Rows that are not here at all; ``rejected`` counts every refusal, also of a single cell."""
        return max(0, self.rows - self.accepted - self.already_there)

    @property
    def refused_cells(self) -> int:
        return max(0, self.rejected - self.refused_rows)


class MadeRow(models.Model):
    """A row that an import made besides responses, whose ids say themselves which import they are of."""

    file = models.ForeignKey(ImportedFile, on_delete=models.CASCADE, related_name="made")
    # "survey", "version", "customer", "location", "touchpoint", "programme", "subject"
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_import_made_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class PublicReview(models.Model):
    """What a public review has besides an answer: who wrote it, and our reply with its time."""

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="public_review")
    site = models.CharField(max_length=40)
    author = models.CharField(max_length=160, blank=True)
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.site} {self.response_id}"
