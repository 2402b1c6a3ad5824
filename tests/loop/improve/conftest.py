"""Cases with money given for them, and causes to explain them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest


@pytest.fixture
def manager(new_person, vicenza):
    return new_person("manager", vicenza, name="Marta Manager")


@pytest.fixture
def case_of(now, vicenza, owner):
    """``case_of(25, 10)``: a case in Vicenza, opened yesterday, for which 25 and 10 euro were given."""
    from premura.loop.recover.models import Case, Gesture, Remedy

    remedy, _ = Remedy.objects.get_or_create(
        code="refund", defaults={"kind": "refund", "name": {"it": "Rimborso"}, "cost_rule": "amount"}
    )

    def make(*amounts, location=vicenza, opened_at=None, customer=None, given_at=None, title="In ritardo"):
        opened_at = opened_at or now - timedelta(days=1)
        case = Case.objects.create(
            title=title, channel="phone", opened_at=opened_at, location=location, customer=customer, owner=owner
        )
        for amount in amounts:
            Gesture.objects.create(
                case=case,
                remedy=remedy,
                amount=Decimal(amount),
                granted_by=owner,
                granted_at=given_at or opened_at,
                key=uuid4().hex,
            )
        return case

    return make


@pytest.fixture
def cause(owner):
    from premura.loop.improve.causes import add_cause

    return add_cause(by=owner, name={"it": "Giro preparato all'ultimo", "en": "Round planned late"})


@pytest.fixture
def action_of(cause, owner, manager, now):
    """``action_of(due_on=…)``: an open action on the cause, opened a week ago."""
    from premura.loop.improve.actions import open_action

    def make(**given):
        fields = {
            "title": "Giro pronto la sera prima",
            "customer_effect": "Chi aspetta sa l'ora la sera prima",
            "owner": manager,
            "due_on": now.date(),
            "metric": "csat",
            "expected_change": 0.1,
            "at": now - timedelta(days=7),
        }
        return open_action(given.pop("cause", cause), by=owner, **{**fields, **given})

    return make
