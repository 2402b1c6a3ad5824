"""The door: a person sees the rows of their places; a stranger's id does not exist; abilities decide."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Customer
from premura.core.errors import NotAllowed, NotFound
from premura.core.history.models import Event
from premura.core.staff.models import AuthorityLimit
from premura.core.staff.roles import ABILITIES, Ability, Role, may
from premura.core.staff.scope import require, seen_by
from premura.core.staff.staff import (
    acknowledge_limit,
    acknowledged_at,
    change_person,
    deactivate_person,
    invite_person,
    people_who_may,
    set_limit,
)


def test_a_person_sees_the_rows_of_their_places_and_those_of_none(owner, colleague, elsewhere, vicenza, padova):
    here = add_customer(name="Qui", location=vicenza, by=owner)
    there = add_customer(name="Là", location=padova, by=owner)
    nowhere = add_customer(name="Ovunque", by=owner)
    assert set(Customer.objects.all().visible_to(owner)) == {here, there, nowhere}
    assert set(Customer.objects.all().visible_to(colleague)) == {here, nowhere}
    assert set(Customer.objects.all().visible_to(elsewhere)) == {there, nowhere}


def test_a_stranger_s_id_looks_like_one_that_does_not_exist(owner, elsewhere, vicenza):
    here = add_customer(name="Qui", location=vicenza, by=owner)
    assert seen_by(owner, Customer.objects.all(), pk=here.pk) == here
    with pytest.raises(NotFound) as hidden:
        seen_by(elsewhere, Customer.objects.all(), pk=here.pk)
    with pytest.raises(NotFound) as absent:
        seen_by(elsewhere, Customer.objects.all(), pk=10**9)
    assert str(hidden.value) == str(absent.value)


def test_roles_grow_from_viewer_to_owner():
    assert ABILITIES[Role.VIEWER] < ABILITIES[Role.FRONT_LINE] < ABILITIES[Role.MANAGER] < ABILITIES[Role.OWNER]
    assert ABILITIES[Role.OWNER] == set(Ability)
    assert not may("nobody", Ability.SEE)


def test_who_left_may_nothing(owner, colleague):
    require(colleague, Ability.WORK_CASES)
    deactivate_person(colleague, by=owner)
    colleague.refresh_from_db()
    with pytest.raises(NotAllowed):
        require(colleague, Ability.WORK_CASES)


def test_people_of_the_place_come_before_people_of_all_places(owner, colleague, elsewhere, viewer, vicenza):
    assert people_who_may(Ability.WORK_CASES, vicenza) == [colleague, owner]
    assert set(people_who_may(Ability.WORK_CASES)) == {owner, colleague, elsewhere}


def test_a_person_s_own_limit_goes_before_their_role_s(owner, colleague):
    set_limit(role="front_line", per_case=Decimal(50), per_month=Decimal(200), by=owner)
    assert AuthorityLimit.of(colleague).per_case == Decimal(50)
    set_limit(person=colleague, per_case=Decimal(80), per_month=None, by=owner)
    assert AuthorityLimit.of(colleague).per_case == Decimal(80)
    assert AuthorityLimit.of(owner) is None


def test_setting_a_limit_again_replaces_it(owner):
    set_limit(role="manager", per_case=Decimal(1), per_month=None, by=owner)
    set_limit(role="manager", per_case=Decimal(2), per_month=None, by=owner)
    assert AuthorityLimit.objects.get().per_case == Decimal(2)


def test_a_limit_is_of_a_role_or_of_a_person_never_of_both(owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityLimit.objects.create(role="owner", person=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityLimit.objects.create()


def test_team_changes_leave_events_without_personal_values(owner, vicenza):
    person = invite_person(by=owner, email="Nuova@Example.IT", name="Nuova Persona", role="viewer", locations=[vicenza])
    assert person.email == "nuova@example.it"
    assert not person.has_usable_password()
    change_person(person, by=owner, locations=[], phone="0444 123", role="manager")
    names = list(Event.objects.values_list("name", flat=True))
    assert names == ["person.invited", "person.changed"]
    assert Event.objects.last().data == {"fields": ["phone", "role"]}


def test_a_limit_is_acknowledged_once_and_a_change_asks_again(colleague, owner, now):
    """Row S38: dated; only another limit makes it old, whether of the role or of the person."""
    assert acknowledged_at(colleague) is None
    set_limit(role="front_line", per_case=Decimal(100), per_month=Decimal(500), by=owner)
    first = acknowledge_limit(colleague, at=now)
    assert acknowledge_limit(colleague) == first
    assert acknowledged_at(colleague) == now
    set_limit(role="front_line", per_case=Decimal(100), per_month=Decimal(500), by=owner)
    assert acknowledged_at(colleague) == now
    set_limit(person=colleague, per_case=Decimal("99.99"), per_month=Decimal(500), by=owner)
    assert acknowledged_at(colleague) is None
    acknowledge_limit(colleague, at=now + timedelta(days=1))
    assert acknowledged_at(colleague) == now + timedelta(days=1)
    assert Event.objects.filter(name="limit.acknowledged", person=colleague).count() == 2


def test_who_may_spend_nothing_acknowledges_that(colleague, owner, now):
    acknowledge_limit(colleague, at=now)
    assert acknowledged_at(colleague) == now
    set_limit(role="front_line", per_case=None, per_month=None, by=owner)
    assert acknowledged_at(colleague) is None
