"""What was brought in: the file, its hash, what came of it."""

from typing import ClassVar

from django.db import models

from premura.core.staff.models import Person


class ImportedFile(models.Model):
    """One import of one file; the same file again changes nothing."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    already_there = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-imported_at"]

    def __str__(self) -> str:
        return self.name
