"""Effectiveness checks and their results."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.staff.models import Person
from premura.loop.improve.models import CorrectiveAction
from premura.loop.promise.models import Commitment


class EffectivenessCheck(models.Model):
    """One question about one action: compare so many days before its completion with as many after."""

    action = models.OneToOneField(CorrectiveAction, on_delete=models.CASCADE, related_name="check_of_effect")
    before_from = models.DateField()
    before_to = models.DateField()
    after_from = models.DateField()
    after_to = models.DateField()
    scheduled_at = models.DateTimeField()
    commitment = models.OneToOneField(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="check_of_effect"
    )

    class Meta:
        ordering: ClassVar = ["after_to"]

    def __str__(self) -> str:
        return f"{self.action_id} {self.after_to}"


class Verdict(models.TextChoices):
    IMPROVED = "improved", _("improved")
    WORSE = "worse", _("worse")
    NO_CHANGE_SHOWN = "no change shown", _("no change shown")
    NOT_ENOUGH_DATA = "not enough data", _("not enough data")


class CheckResult(models.Model):
    """What a check found, with everything needed to make the figure again. The latest row holds; earlier ones stay."""

    check_of_effect = models.ForeignKey(EffectivenessCheck, on_delete=models.CASCADE, related_name="results")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    # effect = after - before, in the metric's own unit
    effect = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    p = models.FloatField(null=True, blank=True)
    method = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    before_counts = models.JSONField(default=dict)
    after_counts = models.JSONField(default=dict)
    before_n = models.PositiveIntegerField(default=0)
    after_n = models.PositiveIntegerField(default=0)
    is_final = models.BooleanField(default=False)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["checked_at", "id"]

    def __str__(self) -> str:
        return self.verdict


class Telling(models.Model):
    """*You told us, we did*: who raised the point of an action was told that it changed something (row S35)."""

    action = models.OneToOneField(CorrectiveAction, on_delete=models.CASCADE, related_name="telling")
    # By language
    text = models.JSONField(default=dict)
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    customers = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.action_id}: {self.customers}"
