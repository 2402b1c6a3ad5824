"""Append-only log: who did what, when, about whom. Holds ids and codes, never personal data, so it need not be
rewritten.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models


class Event(models.Model):
    """One thing that happened. The database itself refuses to change or delete a row (see the migration)."""

    name = models.CharField(max_length=60)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    person = models.ForeignKey(
        "staff.Person", null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    location = models.ForeignKey(
        "company.Location", null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"]),
            models.Index(fields=["customer", "-happened_at"]),
            models.Index(fields=["name", "-happened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.name} {self.subject_type}:{self.subject_id}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("history is append-only")
