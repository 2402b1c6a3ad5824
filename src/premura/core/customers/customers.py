"""Customers and their interactions: written down, changed, forgotten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from premura.core.company.models import Location
from premura.core.customers.models import Customer, Interaction, Purchase
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.words import on_one_line, without_control


def add_customer(*, by: Person | None, at: datetime | None = None, **fields: Any) -> Customer:
    """Write down a customer; ``fields`` are the model's."""
    at = at or timezone.now()
    with transaction.atomic():
        customer = Customer.objects.create(created_at=at, **_fit(fields))
        record("customer.added", by=by, about=customer, customer=customer, location=customer.location, at=at)
    return customer


def change_customer(customer: Customer, *, by: Person, **fields: Any) -> Customer:
    """Change the given columns; which ones changed is kept, the values are not (they are personal)."""
    fields = _fit(fields)
    changed = [name for name, value in fields.items() if getattr(customer, name) != value]
    if not changed:
        return customer
    with transaction.atomic():
        for name in changed:
            setattr(customer, name, fields[name])
        customer.save(update_fields=changed)
        record("customer.changed", by=by, about=customer, customer=customer, data={"fields": changed})
    return customer


def _fit(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: without_control(value) if isinstance(value, str) else value for name, value in fields.items()}


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What is known of an interaction besides the customer."""

    touchpoint: Touchpoint
    channel: str
    location: Location | None = None
    waited_seconds: int | None = None
    note: str = ""
    reference: str = ""


def add_interaction(
    customer: Customer, meeting: Meeting, *, by: Person | None, at: datetime | None = None
) -> Interaction:
    """Write down that ``customer`` met us."""
    at = at or timezone.now()
    with transaction.atomic():
        interaction = Interaction.objects.create(
            customer=customer,
            touchpoint=meeting.touchpoint,
            channel=meeting.channel,
            location=meeting.location,
            waited_seconds=meeting.waited_seconds,
            note=without_control(meeting.note),
            reference=on_one_line(meeting.reference),
            person=by,
            happened_at=at,
        )
        record("interaction.added", by=by, about=interaction, customer=customer, location=meeting.location, at=at)
    return interaction


def opt_out(customer: Customer, *, by: Person | None) -> None:
    """The customer wants no more questions; nobody asks them again, in any programme."""
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk, opted_out_at__isnull=True).update(opted_out_at=timezone.now())
        record("customer.opted_out", by=by, about=customer, customer=customer)


def forget_details(customer: Customer, *, by: Person | None) -> None:
    """Empty every personal column; the row stays so that counts stay true."""
    now = timezone.now()
    with transaction.atomic():
        Interaction.objects.filter(customer=customer).update(note="", reference="")
        # The number of an invoice leads to a name; another one keeps the row apart from all others
        nameless = Concat(Value("forgotten-"), Cast(F("pk"), CharField()))
        Purchase.objects.filter(customer=customer).update(external_id=nameless)
        Customer.objects.filter(pk=customer.pk).update(
            name="",
            email="",
            phone="",
            notes="",
            segment="",
            external_id="",
            account=None,
            forgotten_at=now,
            opted_out_at=now,
        )
        record("customer.forgotten", by=by, about=customer, customer=customer)
