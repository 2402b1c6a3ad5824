"""Working hours, deadlines, a case: what owes something."""

from datetime import time

import pytest


@pytest.fixture
def hours(company):
    """Monday to Friday, 8:30–12:30 and 14:00–18:00; the patron saint of Vicenza is on 8 September."""
    from premura.core.company.models import OpeningHours

    company.patron_month, company.patron_day = 9, 8
    company.save()
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(8, 30), closes=time(12, 30))
        OpeningHours.objects.create(weekday=weekday, opens=time(14), closes=time(18))


@pytest.fixture
def deadlines(company):
    from premura.loop.recover.models import Deadline

    Deadline.objects.create(severity="normal", first_answer_hours="4", solution_hours="24")
    Deadline.objects.create(severity="high", first_answer_hours="4.5", solution_hours="5")


@pytest.fixture
def customer(vicenza, now):
    from premura.core.customers.customers import add_customer

    return add_customer(by=None, name="Rossi Costruzioni", location=vicenza, at=now)


@pytest.fixture
def new_case(hours, deadlines, vicenza, customer, colleague, now):
    from premura.loop.recover.cases import open_case

    def make(title="Betoniera sporca", *, at=now, **fields):
        fields.setdefault("location", vicenza)
        fields.setdefault("customer", customer)
        return open_case(title, by=None, why=[{"code": "by-hand"}], channel="phone", at=at, **fields)

    return make
