"""The one company of this installation, its locations, working hours and days off."""

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """One row: this installation's company."""

    name = models.CharField(_("name"), max_length=120)
    sector = models.CharField(_("sector"), max_length=40)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="it")
    timezone = models.CharField(max_length=64, default="Europe/Rome")
    currency = models.CharField(max_length=3, default="EUR")
    patron_day = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    patron_month = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    # Restaurants and hotels work when others celebrate
    works_on_holidays = models.BooleanField(default=False)
    # Below this many answers a figure is grey; silent after this many days without an answer (docs/methods)
    minimum_n = models.PositiveSmallIntegerField(default=30)
    silent_after_days = models.PositiveSmallIntegerField(default=90)
    # Where anybody may say in public what they think of us; a place may have its own
    review_url = models.URLField(max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="only_one_company")]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of ours (or, for imported answers, a place where customers met somebody)."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    code = models.SlugField(max_length=60, unique=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    review_url = models.URLField(max_length=300, blank=True)
    # Places that only an import named: kept apart so that they do not fill the menus of daily work
    is_imported = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One stretch of working hours; a split day has two rows. Without a location: the whole company's."""

    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering: ClassVar = ["weekday", "opens"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(opens__lt=models.F("closes")), name="opens_before_it_closes")
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class ClosedDay(models.Model):
    """A day off besides the national holidays and the patron saint's: summer closing, stock-taking."""

    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.CASCADE, related_name="closed_days")
    closed_on = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["closed_on"]

    def __str__(self) -> str:
        return f"{self.closed_on} {self.reason}"

    @cached_property
    def whole_company(self) -> bool:
        return self.location_id is None
