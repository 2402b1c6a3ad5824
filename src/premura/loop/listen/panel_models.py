"""The tables of the panel: customers who were invited to the board of ideas, and how often each was asked."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet


class Board(models.Model):
    """For whom the board of ideas is open; the one row, or none while nobody has chosen."""

    is_panel_only = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "panel" if self.is_panel_only else "everybody"


class PanelMemberQuerySet(ScopedQuerySet["PanelMember"]):
    location_path = "customer__location"


class PanelMember(models.Model):
    """A customer who was invited to the board. Forgetting the customer takes the names and keeps the row: what it was
    for stays counted.
    """

    customer = models.OneToOneField(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="panel_member"
    )
    # What others read above their comments; empty: "a member of the panel"
    shown_name = models.CharField(max_length=60, blank=True)
    wants_mail = models.BooleanField(default=False)
    # Counts the invitations: a link of an earlier one opens nothing any more
    serial = models.PositiveIntegerField(default=1)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    # When they last proposed, voted or commented
    active_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # When we took the invitation back, before it was answered
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-invited_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-invited_at", "-id"], name="panel_by_invitation")]

    def __str__(self) -> str:
        return self.shown_name or str(_("A member of the panel"))

    @property
    def is_on(self) -> bool:
        """Whether they are on the panel now."""
        return self.joined_at is not None and self.left_at is None

    @property
    def state(self) -> str:
        """``invited``, ``joined``, ``active`` (has said something), ``left``, ``declined`` or ``withdrawn``."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.left_at:
            return "left" if self.joined_at else "declined"
        if self.active_at:
            return "active"
        return "joined" if self.joined_at else "invited"


class PanelAskingQuerySet(ScopedQuerySet["PanelAsking"]):
    location_path = "customer__location"


class PanelAsking(models.Model):
    """Somebody wanted this customer on the panel: asked, or not and why. It counts towards how often we may ask."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="panel_askings")
    # Empty for who was asked; else one of ``NotAsked.Reason``, or ``left``
    reason = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = PanelAskingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="panel_asked_at")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.reason}"
