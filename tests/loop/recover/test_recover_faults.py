"""Two at once, somebody who left, a limit lowered meanwhile: nothing is lost, nothing is paid twice."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from premura.core.errors import Conflict, NotAllowed, PremuraError
from premura.core.staff.models import AuthorityLimit, Person
from premura.core.staff.staff import change_person, deactivate_person, set_limit
from premura.loop.promise.commitments import make_commitment
from premura.loop.promise.models import Commitment
from premura.loop.recover.cases import resolve_case
from premura.loop.recover.gestures import approve_gesture, give_gesture, refuse_gesture
from premura.loop.recover.models import Case, Gesture, GestureRequest, Resolution
from premura.loop.recover.reads import waiting_requests
from premura.loop.recover.rules import Authority, first_covering, in_order_of_asking, is_above

AMOUNTS = st.decimals(0, 1000, places=2)
LIMITS = st.none() | AMOUNTS
AUTHORITIES = st.builds(
    Authority,
    person_id=st.integers(1, 9),
    may_spend=st.booleans(),
    per_case=LIMITS,
    per_month=LIMITS,
    spent_on_case=AMOUNTS,
    spent_in_month=AMOUNTS,
    rank=st.integers(0, 1),
)
CENT = Decimal("0.01")


@given(AUTHORITIES, AMOUNTS)
def test_to_the_cent_both_limits_hold(one, amount):
    if one.covers(amount) and amount > 0:
        assert one.may_spend
        assert one.per_case is None or one.spent_on_case + amount <= one.per_case
        assert one.per_month is None or one.spent_in_month + amount <= one.per_month
    if one.room is not None:
        assert one.room >= 0
        assert one.covers(one.room)
        assert not one.covers(one.room + CENT)
    assert one.covers(Decimal(0))


@given(st.lists(AUTHORITIES, max_size=6), AMOUNTS.filter(bool))
def test_who_is_asked_first_covers_it_and_nobody_before_them_does(known, amount):
    chosen = first_covering(amount, known)
    order = in_order_of_asking(known)
    if chosen is None:
        assert not any(one.covers(amount) for one in order)
    else:
        assert chosen.covers(amount)
        assert not any(one.covers(amount) for one in order[: order.index(chosen)])


@given(AUTHORITIES, AUTHORITIES, AUTHORITIES)
def test_being_above_is_an_order(one, other, third):
    assert not is_above(one, one) or (one.may_spend and not one.may_spend)
    if one.may_spend or other.may_spend:
        assert not (is_above(one, other) and is_above(other, one))
    if one.may_spend and other.may_spend and third.may_spend and is_above(one, other) and is_above(other, third):
        assert is_above(one, third)


@pytest.fixture
def asked(case, remedies, limits, colleague, manager, owner, work, now):
    made = give_gesture(case, remedies["amount"], by=colleague, amount=Decimal(250), key="k", at=now)
    work()
    assert made.routed_to == manager
    return made


def approval(asked) -> Commitment:
    return Commitment.objects.get(request=asked)


def test_an_approver_who_left_leaves_the_request_to_the_next(asked, manager, owner, work):
    before = approval(asked).due_at
    deactivate_person(manager, by=owner)
    work()
    assert waiting_requests(owner) == [asked]
    assert (approval(asked).owner, approval(asked).due_at) == (owner, before)
    gesture = approve_gesture(GestureRequest.objects.get(), by=owner)
    work()
    assert gesture.amount == 250
    assert approval(asked).outcome.ended_by == owner


def test_a_limit_lowered_while_a_request_waits_sends_it_on(asked, manager, owner, work, now):
    set_limit(role="manager", per_case=Decimal(200), per_month=Decimal(200), by=owner)
    with pytest.raises(NotAllowed) as refusal:
        approve_gesture(asked, by=manager, at=now)
    assert "Olga Proprietaria" in str(refusal.value)
    work()
    assert waiting_requests(manager) == []
    assert waiting_requests(owner) == [asked]
    assert approval(asked).owner == owner
    assert not Gesture.objects.exists()
    refuse_gesture(GestureRequest.objects.get(), by=owner, reason="Troppo")


def test_a_limit_that_still_covers_it_changes_nothing(asked, manager, owner, work):
    set_limit(role="manager", per_case=Decimal(250), per_month=Decimal(250), by=owner)
    change_person(owner, by=owner, locations=[], phone="0444")
    work()
    assert waiting_requests(manager) == [asked]


def test_when_nobody_covers_it_any_more_it_stays_and_can_be_refused(asked, manager, owner, work):
    AuthorityLimit.objects.filter(role="owner").update(per_case=Decimal(10), per_month=Decimal(10))
    set_limit(role="manager", per_case=Decimal(20), per_month=Decimal(20), by=owner)
    work()
    assert waiting_requests(manager) == [asked]
    with pytest.raises(NotAllowed):
        approve_gesture(asked, by=manager)
    refuse_gesture(asked, by=manager, reason="Nessuno arriva a tanto")


def test_an_approval_sent_twice_pays_once(asked, manager, now):
    first = approve_gesture(asked, by=manager, at=now)
    assert approve_gesture(GestureRequest.objects.get(), by=manager, at=now) == first
    assert Gesture.objects.count() == 1


def test_who_leaves_leaves_cases_and_promises_to_colleagues(
    new_case, colleague, manager, owner, vicenza, deadlines, customer, work, now
):
    case = new_case()
    work()
    assert case.owner == colleague
    promise = make_commitment("Richiamare", owner=colleague, due=now, by=None, customer=customer, location=vicenza)
    deactivate_person(colleague, by=owner)
    work()
    case.refresh_from_db()
    assert case.owner == manager
    assert case.assignments.last().reason == "Carlo Collega non lavora più qui"
    assert set(Commitment.objects.filter(case=case).values_list("owner", flat=True)) == {manager.pk}
    promise.refresh_from_db()
    assert promise.owner == manager


@pytest.mark.django_db(transaction=True)
def test_two_people_who_resolve_at_once_resolve_once(case, colleague, owner, now):
    barrier, results = threading.Barrier(2), []

    def resolve(pk):
        barrier.wait()
        try:
            by = Person.objects.get(pk=pk)
            results.append(resolve_case(Case.objects.get(), by=by, text="Sostituita", apologised=True, at=now))
        except PremuraError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=resolve, args=(person.pk,)) for person in (colleague, owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Resolution"]
    assert all(isinstance(one, (Conflict, Resolution)) for one in results)
    assert Resolution.objects.count() == 1
