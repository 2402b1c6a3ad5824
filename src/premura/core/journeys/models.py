"""Where customer and company meet: a journey has stages, a stage has touchpoints, some are moments of truth."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.channels import Channel
from premura.core.i18n import in_language


class Element(models.TextChoices):
    """The seven elements of an experience (row S23)."""

    PRODUCTS = "products", _("products")
    SERVICES = "services", _("services")
    PREMISES = "premises", _("premises")
    COMMUNICATION = "communication", _("signs and advertising")
    PEOPLE = "people", _("people")
    VALUE = "value", _("quality and price")
    COMPLAINTS = "complaints", _("warranty and complaints")


class Comparison(models.TextChoices):
    AT_MOST = "at_most", _("at most")
    AT_LEAST = "at_least", _("at least")


class Journey(models.Model):
    code = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(default=dict)

    def __str__(self) -> str:
        return in_language(self.name)


class Stage(models.Model):
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stages")
    code = models.SlugField(max_length=60)
    name = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["journey_id", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["journey", "code"], name="stage_code_in_journey")]

    def __str__(self) -> str:
        return in_language(self.name)


class Touchpoint(models.Model):
    """A place in the journey where an impression is made; a *moment of truth* has a standard that can be observed."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="touchpoints")
    code = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    element = models.CharField(max_length=20, choices=Element.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    department = models.JSONField(default=dict, blank=True)
    is_moment_of_truth = models.BooleanField(default=False)
    standard = models.JSONField(default=dict, blank=True)
    target = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    comparison = models.CharField(max_length=20, choices=Comparison.choices, blank=True)
    is_imported = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["stage__position", "position"]

    def __str__(self) -> str:
        return in_language(self.name)
