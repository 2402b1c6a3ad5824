"""Rows to be done."""

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """One thing to do: claimed by a conditional update, retried with growing pauses, put aside when it keeps
    failing.
    """

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    # A job with a key exists once while it waits: asking twice is asking once
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    # Which worker's round has it, and until when
    claim = models.UUIDField(null=True, blank=True, db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=models.Q(set_aside_at__isnull=True), name="job_due")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.payload}"


class Heartbeat(models.Model):
    """When a part of the process tree last showed that it lives."""

    part = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.part} {self.beat_at:%Y-%m-%d %H:%M:%S}"
