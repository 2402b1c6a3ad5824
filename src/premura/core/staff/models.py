"""The people who work here, the places they see, and how much they may spend to put something right."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.journeys.models import Touchpoint
from premura.core.staff.roles import Role, may


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody who works here: role, department, locations, language."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.FRONT_LINE)
    department = models.CharField(_("department"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="it")
    # No row here: sees every location
    locations = models.ManyToManyField(Location, blank=True, related_name="people", verbose_name=_("locations"))
    # What they know well: cases of these touchpoints come to them before others
    touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="experts", verbose_name=_("knows well"))
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = PersonManager()

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    def may(self, ability: str) -> bool:
        """Whether this person has ``ability`` (see ``roles.Ability``)."""
        return self.is_active and may(self.role, ability)

    def location_ids(self) -> frozenset[int] | None:
        """The locations this person sees; ``None`` means all. Read once per object: one query."""
        if not hasattr(self, "_location_ids"):
            ids = frozenset(self.locations.values_list("pk", flat=True))
            self._location_ids = ids or None
        return self._location_ids


class Shift(models.Model):
    """One stretch of a week in which a person is on duty; who has none is taken to be there whenever we are open."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering: ClassVar = ["weekday", "begins"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(begins__lt=models.F("ends")), name="shift_begins_before_it_ends")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.weekday} {self.begins:%H:%M}–{self.ends:%H:%M}"

    def holds(self, local: datetime) -> bool:
        """Whether it runs at ``local``, an instant where the company is."""
        return self.weekday == local.weekday() and self.begins <= local.time() < self.ends


class AuthorityLimit(models.Model):
    """How much a role, or one person instead of their role, may spend to put something right without asking.

    ``None`` is no limit. Amounts are in the company's currency.
    """

    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="own_limit")
    per_case = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    per_month = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role"], condition=models.Q(person__isnull=True), name="one_limit_a_role"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(role=""), name="limit_of_a_role_or_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.role}: {self.per_case} / {self.per_month}"

    @classmethod
    def of(cls, person: Person) -> Self | None:
        """The limit that holds for ``person``: their own, else their role's; ``None`` means may not spend."""
        rows = list(cls.objects.filter(models.Q(person=person) | models.Q(role=person.role, person__isnull=True)))
        return next((row for row in rows if row.person_id), next(iter(rows), None))


class LimitAcknowledgement(models.Model):
    """Somebody read what they may spend and said so (row S38); another limit asks again. Amounts as they were then."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="limit_acknowledgements")
    may_spend = models.BooleanField()
    per_case = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    per_month = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    acknowledged_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["acknowledged_at", "id"]
        indexes: ClassVar = [models.Index(fields=["person", "-acknowledged_at"])]

    def __str__(self) -> str:
        return f"{self.person}: {self.per_case} / {self.per_month}"

    def covers(self, limit: AuthorityLimit | None) -> bool:
        """Whether it speaks of this limit; ``None`` is a person who may not spend."""
        told = (self.may_spend, self.per_case, self.per_month)
        return told == ((True, limit.per_case, limit.per_month) if limit else (False, None, None))
