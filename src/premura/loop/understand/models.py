from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from premura.core.staff.models import Person


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, person: Person) -> "SavedViewQuerySet":
        """One's own and those that colleagues share, as long as they have not been deleted."""
        return self.filter(Q(owner=person) | Q(is_shared=True), deleted_at__isnull=True)


class SavedView(models.Model):
    """What somebody asked the explorer, under a name: the question is kept, never what was seen."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    # The parameters of the address: whoever opens the view reads them through their own door
    parameters = models.JSONField()
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(deleted_at__isnull=True), name="one_saved_view_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
