"""The people and companies we serve, and every time they met us."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.channels import PREFERRED, Channel
from premura.core.company.models import Location
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet


class Account(models.Model):
    """A company that several of our customers work for."""

    name = models.CharField(max_length=160, unique=True)
    vat_number = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(ScopedQuerySet["Customer"]):
    def remembered(self) -> "CustomerQuerySet":
        return self.filter(forgotten_at__isnull=True)


class Customer(models.Model):
    """A person we serve. Forgetting one empties the personal columns and keeps the row, so that counts stay true."""

    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, default="it")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers")
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers", verbose_name=_("location")
    )
    keeper = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="customers",
        verbose_name=_("who looks after them"),
    )
    # The group that the company puts them in: «companies», «private people»
    segment = models.CharField(_("segment"), max_length=60, blank=True, db_index=True)
    external_id = models.CharField(max_length=80, blank=True)
    preferred_channel = models.CharField(max_length=20, choices=PREFERRED, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    # Asking for feedback needs no further consent from customers we serve, until they say no
    opted_out_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [models.Index(fields=["email"]), models.Index(fields=["name"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="one_customer_an_external_id"
            )
        ]

    def __str__(self) -> str:
        return self.name


class InteractionQuerySet(ScopedQuerySet["Interaction"]):
    pass


class Interaction(models.Model):
    """One meeting of a customer with the company at a touchpoint."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="interactions")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="interactions")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="interactions")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    happened_at = models.DateTimeField()
    waited_seconds = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=80, blank=True)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-happened_at"]
        indexes: ClassVar = [models.Index(fields=["customer", "-happened_at"]), models.Index(fields=["happened_at"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.touchpoint_id} {self.happened_at:%Y-%m-%d}"


class Purchase(models.Model):
    """What one customer bought on one day, in cents of its currency; money given back is negative."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="purchases")
    bought_on = models.DateField()
    cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    # Where it comes from and what it is called there: the same one is never written twice
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["-bought_on", "-pk"]
        verbose_name_plural = _("purchases")
        indexes: ClassVar = [models.Index(fields=["customer", "bought_on"]), models.Index(fields=["bought_on"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_purchase_an_external_id")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.bought_on} {self.cents / 100:.2f} {self.currency}"
