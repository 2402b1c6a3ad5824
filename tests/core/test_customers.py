"""Customers: written down, changed, asked no more, forgotten."""

from premura.core.customers.customers import (
    Meeting,
    add_customer,
    add_interaction,
    change_customer,
    forget_details,
    opt_out,
)
from premura.core.customers.models import Customer, Interaction
from premura.core.history.models import Event
from premura.core.journeys.journeys import touchpoint_named
from premura.loop import wiring


def test_a_change_keeps_which_columns_changed_but_not_their_values(owner):
    customer = add_customer(name="Anna", email="anna@example.it", by=owner)
    change_customer(customer, by=owner, name="Anna Rossi", email="anna@example.it")
    event = Event.objects.get(name="customer.changed")
    assert event.data == {"fields": ["name"]}


def test_a_change_that_changes_nothing_leaves_no_event(owner):
    customer = add_customer(name="Anna", by=owner)
    change_customer(customer, by=owner, name="Anna")
    assert not Event.objects.filter(name="customer.changed").exists()


def test_forgetting_empties_what_names_the_customer_and_keeps_the_rows(owner, vicenza):
    customer = add_customer(
        name="Anna Rossi", email="a@example.it", phone="0444", notes="gentile", location=vicenza, by=owner
    )
    meeting = Meeting(touchpoint=touchpoint_named("Banco"), channel="counter", note="Anna è venuta con il figlio")
    add_interaction(customer, meeting, by=owner)
    wiring.forget_customer(customer, by=owner)
    row = Customer.objects.get()
    assert (row.name, row.email, row.phone, row.notes) == ("", "", "", "")
    assert row.forgotten_at is not None
    assert row.opted_out_at is not None
    assert Interaction.objects.get().note == ""
    assert not any("Anna" in str(event.data) for event in Event.objects.all())


def test_opting_out_is_kept_with_its_first_date(owner):
    customer = add_customer(name="Anna", by=owner)
    opt_out(customer, by=None)
    first = Customer.objects.get().opted_out_at
    opt_out(customer, by=None)
    assert Customer.objects.get().opted_out_at == first


def test_an_imported_touchpoint_is_found_by_its_name_in_any_language_and_made_once(owner):
    first = touchpoint_named("Wifi")
    assert touchpoint_named(" wifi ") == first
    assert first.is_imported


def test_forgetting_empties_the_segment_too(company, owner):
    customer = add_customer(by=owner, name="Impresa Zanon", segment="Imprese")
    forget_details(customer, by=owner)
    customer.refresh_from_db()
    assert (customer.name, customer.segment) == ("", "")
