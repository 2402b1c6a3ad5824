"""Who was asked, who answered, who is silent: counted again by hand, and seen only by whom it concerns."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from premura.core.customers.models import Customer, Interaction
from premura.loop.listen.models import Invitation
from premura.loop.understand import reads
from premura.loop.understand.windows import Window

MARCH = Window(date(2026, 3, 1), date(2026, 3, 31))
NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)


@pytest.fixture
def meet(points, surveys, respond):
    """``meet(when, asked=True, answered=True, …)``: a customer who met us, perhaps asked, perhaps answering."""

    def make(when=NOON, *, asked=False, answered=False, touchpoint="delivery", location=None, **details):
        details = {"name": "Cliente", "email": "c@example.it", **details}
        customer = Customer.objects.create(created_at=when, location=location, **details)
        met = Interaction.objects.create(
            customer=customer, touchpoint=points[touchpoint], location=location, channel="site", happened_at=when
        )
        invitation = asked and Invitation.objects.create(
            survey=surveys[0], customer=customer, interaction=met, location=location, channel="email", asked_at=when
        )
        if answered:
            respond(
                when.date(),
                csat=4,
                customer=customer,
                interaction=met,
                invitation=invitation or None,
                location=location,
                touchpoint=points[touchpoint],
            )
        return customer

    return make


@pytest.mark.django_db
def test_coverage_is_what_one_counts_by_hand(meet, owner):
    random = Random(4)
    expected = {}
    for _ in range(60):
        point = random.choice(["delivery", "counter"])
        asked = random.random() < 0.6
        answered = asked and random.random() < 0.5
        meet(asked=asked, answered=answered, touchpoint=point)
        row = expected.setdefault(point, [0, 0, 0])
        for place, happened in enumerate((True, asked, answered)):
            row[place] += happened
    found = reads.coverage(owner, MARCH)
    got = {row.touchpoint.code: [row.met, row.asked, row.answered] for row in found.touchpoints if row.met}
    assert got == expected
    assert found.totals["met"] == 60
    assert found.asked_share.value == sum(row[1] for row in expected.values()) / 60


@pytest.mark.django_db
def test_who_was_not_asked_has_a_reason_or_none(meet, owner):
    meet(asked=True)
    meet(opted_out_at=NOON)
    meet(email="", phone="")
    meet()
    row = next(row for row in reads.coverage(owner, MARCH).touchpoints if row.met)
    assert (row.met, row.asked, row.unasked) == (4, 1, 3)
    assert (row.opted_out, row.no_address, row.unexplained) == (1, 1, 1)


@pytest.mark.django_db
def test_elements_never_measured(meet, owner, respond, points):
    meet(asked=True, answered=True)
    respond(date(2025, 5, 1), csat=3, touchpoint=points["counter"])
    elements = {row.element: row for row in reads.coverage(owner, MARCH).elements}
    assert len(elements) == 7
    assert (elements["services"].scores, elements["services"].is_never_measured) == (1, False)
    assert (elements["people"].scores, elements["people"].last_measured) == (0, date(2025, 5, 1))
    assert elements["value"].is_never_measured


@pytest.mark.django_db
def test_the_window_is_of_local_days(meet, owner):
    meet(datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # half past midnight of 1 March in Vicenza
    meet(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # 1 April there
    assert reads.coverage(owner, MARCH).totals["met"] == 1


@pytest.mark.django_db
def test_response_rate_counts_invitations_only(meet, owner, respond, surveys):
    for number in range(10):
        meet(asked=True, answered=number < 4)
    respond(date(2026, 3, 4), nps=9)
    rate = reads.response_rate(owner, MARCH)
    assert (rate.asked, rate.answered, rate.open_answers) == (10, 4, 1)
    assert rate.estimate.value == pytest.approx(0.4)
    assert reads.response_rate(owner, MARCH, survey=surveys[1].pk).asked == 0
    assert reads.response_rate(owner, MARCH, survey=surveys[1].pk).estimate.value is None


@pytest.mark.django_db
def test_response_rate_at_a_touchpoint(meet, owner, points):
    meet(asked=True, touchpoint="delivery")
    meet(asked=True, answered=True, touchpoint="counter")
    assert reads.response_rate(owner, MARCH, touchpoint=points["counter"]).asked == 1
    assert reads.response_rate(owner, MARCH, touchpoint=points["counter"].pk).estimate.value == 1


@pytest.mark.django_db
def test_silent_is_who_met_us_and_said_nothing(meet, owner, now, respond):
    silent = meet(now - timedelta(days=20))
    talking = meet(now - timedelta(days=20), asked=True, answered=True)
    long_gone = meet(now - timedelta(days=400))
    fell_silent = meet(now - timedelta(days=20))
    respond((now - timedelta(days=91)).date(), nps=10, customer=fell_silent)
    forgotten = meet(now - timedelta(days=5), forgotten_at=now)
    found = list(reads.silent_customers(owner, now))
    assert {row.pk for row in found} == {silent.pk, fell_silent.pk}
    assert {talking.pk, long_gone.pk, forgotten.pk}.isdisjoint({row.pk for row in found})
    assert next(row for row in found if row == fell_silent).last_answered_at is not None


@pytest.mark.django_db
def test_another_place_is_not_seen(meet, elsewhere, colleague, vicenza, now):
    meet(now - timedelta(days=3), asked=True, location=vicenza)
    assert reads.coverage(elsewhere, MARCH).totals["met"] == 0
    assert reads.coverage(colleague, MARCH).totals["met"] == 1
    assert reads.response_rate(elsewhere, MARCH).asked == 0
    assert not reads.silent_customers(elsewhere, now).exists()
    assert reads.silent_customers(colleague, now).count() == 1


@pytest.mark.django_db
def test_the_number_of_queries_of_coverage_does_not_grow(meet, owner, now, django_assert_num_queries):
    owner.location_ids()
    for n in (3, 30):
        for number in range(n):
            meet(asked=number % 2 == 0, answered=number % 4 == 0)
        with django_assert_num_queries(4):
            reads.coverage(owner, MARCH)
        with django_assert_num_queries(3):
            reads.response_rate(owner, MARCH)
        with django_assert_num_queries(2):
            [(row.name, row.last_met_at) for row in reads.silent_customers(owner, now)[:50]]
