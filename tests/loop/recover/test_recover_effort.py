"""What a problem costs the customer: told and told again, handed on; the third time somebody who leads calls (S48)."""

from datetime import timedelta

import pytest

from premura.core.history.models import Event
from premura.loop.promise.models import Commitment
from premura.loop.recover.cases import assign_case, open_case, reopen_case, resolve_case, write_message
from premura.loop.recover.effort import effort_of, first_contact_resolution
from premura.loop.understand.windows import Window


@pytest.fixture
def customer(vicenza, now):
    from premura.core.customers.customers import add_customer

    return add_customer(by=None, name="Rossi Costruzioni", location=vicenza, at=now)


@pytest.fixture
def touchpoint(db):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(name={"it": "Noleggio"})
    stage = Stage.objects.create(journey=journey, code="uso", name={"it": "Uso"}, position=1)
    return Touchpoint.objects.create(stage=stage, code="guasto", name={"it": "Guasto"}, element="services", position=1)


@pytest.fixture
def problem(customer, touchpoint, vicenza, colleague, now):
    """A case of the customer at that touchpoint, so many days from now."""

    def make(days=0, **fields):
        fields = {"customer": customer, "touchpoint": touchpoint, "location": vicenza, **fields}
        why = [{"code": "by-hand"}]
        return open_case("Gru ferma", by=None, why=why, channel="phone", at=now + timedelta(days=days), **fields)

    return make


def tell(case, at, text="È ancora ferma"):
    write_message(case, "in", text, by=None, channel="phone", at=at)


def alerts() -> int:
    return Event.objects.filter(name="case.told_again").count()


def test_the_third_time_is_said_once(problem, now):
    case = problem()
    tell(case, now)
    assert effort_of(case).contacts == 1  # what opened the case is its first message
    tell(case, now + timedelta(hours=1))
    assert (effort_of(case).contacts, alerts()) == (2, 0)
    tell(case, now + timedelta(hours=2))
    tell(case, now + timedelta(hours=3))
    assert (effort_of(case).contacts, alerts()) == (4, 1)
    assert case.repeat_alert.contacts == 3


def test_what_we_write_is_no_effort_of_the_customer(problem, colleague, now):
    case = problem()
    for _ in range(4):
        write_message(case, "out", "Arriviamo", by=colleague, channel="phone", at=now)
        write_message(case, "note", "Manca il pezzo", by=colleague, at=now)
    assert (effort_of(case).contacts, alerts()) == (1, 0)


def test_cases_of_one_problem_add_up(problem, padova, now):
    first, second = problem(-50), problem(-20)
    assert effort_of(second).contacts == 2
    third = problem()
    assert (effort_of(third).contacts, set(effort_of(third).earlier), alerts()) == (3, {first.pk, second.pk}, 1)


def test_another_customer_another_place_of_the_journey_or_long_ago_is_another_problem(problem, vicenza, now):
    from premura.core.customers.customers import add_customer

    problem(-61)
    problem(-5, touchpoint=None)
    problem(-5, customer=add_customer(by=None, name="Bianchi", location=vicenza, at=now))
    problem(-5, customer=None)
    assert effort_of(problem()).contacts == 1


def test_handovers_are_counted(problem, colleague, owner, new_person, vicenza):
    case = problem()
    assert effort_of(case).handovers == 0
    other = new_person("front_line", vicenza)
    assign_case(case, other, by=owner)
    assign_case(case, colleague, by=owner)
    assert effort_of(case).handovers == 2


def test_who_leads_calls_whoever_owns_the_case(problem, work, colleague, new_person, vicenza, now):
    manager = new_person("manager", vicenza, name="Marta")
    case = problem()
    assign_case(case, colleague, by=manager, at=now)
    for hour in range(3):
        tell(case, now + timedelta(hours=hour))
    work()
    (call,) = Commitment.objects.filter(kind="call")
    assert call.owner == manager
    assert "ripetere" in str(call) or "tell us again" in str(call)
    assign_case(case, new_person("front_line", vicenza), by=manager)
    work()
    call.refresh_from_db()
    assert (call.owner, call.ended_at) == (manager, None)


def test_first_contact_resolution_counts_who_told_us_once(problem, owner, elsewhere, colleague, now):
    month = Window((now - timedelta(days=3)).date(), (now + timedelta(days=3)).date())
    once, twice, again, still = problem(), problem(-1, customer=None), problem(-1, customer=None), problem(-2)
    tell(once, now)
    tell(twice, now)
    tell(twice, now + timedelta(hours=1))
    for case in (once, twice, again):
        resolve_case(case, by=colleague, text="Sostituita", apologised=True, at=now + timedelta(hours=2))
    reopen_case(again, by=colleague, reason="Perde", at=now + timedelta(hours=3))
    resolve_case(again, by=colleague, text="Cambiata", apologised=True, at=now + timedelta(hours=4))
    found = first_contact_resolution(owner, month)
    assert (round(found.value * 3), found.n) == (1, 3)
    assert first_contact_resolution(elsewhere, month).n == 0
    assert first_contact_resolution(owner, month, severity="high").n == 0
    assert still.is_open
