"""Gestures: within the limit at once, above it to the first who may; one ledger that adds up, not to be rewritten."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from premura.core.errors import Conflict, NotAllowed, PremuraError
from premura.core.history.models import Event
from premura.core.staff.models import AuthorityLimit, Person
from premura.loop.recover.authority import authority_on, month_of
from premura.loop.recover.gestures import approve_gesture, give_gesture, refuse_gesture, reverse_gesture
from premura.loop.recover.ledger import GROUPS, LedgerFilter, ledger, total, totals
from premura.loop.recover.models import Case, Gesture, GestureRequest
from premura.loop.recover.reads import authority_of, waiting_requests
from premura.loop.recover.remedies import cost_of

pytestmark = pytest.mark.usefixtures("limits")


@pytest.fixture
def give(case, remedies, colleague, now):
    """``give("40", key="a")``: the colleague refunds that much on the case."""

    def refund(amount, key=None, *, by=colleague, on=case, at=now, rule="amount", **more):
        key = key or f"{amount}-{at}-{by.pk}-{on.pk}"
        amount = None if amount is None else Decimal(amount)
        return give_gesture(on, remedies[rule], by=by, amount=amount, key=key, at=at, **more)

    return refund


def test_at_the_limit_it_is_done_at_once_a_cent_above_it_is_asked(give, manager):
    assert isinstance(give("100.00", "a"), Gesture)
    request = give("0.01", "b")
    assert isinstance(request, GestureRequest)
    assert request.routed_to == manager


def test_what_was_given_on_the_case_counts(give, manager):
    give("60", "a")
    assert isinstance(give("40", "b"), Gesture)
    assert isinstance(give("0.01", "c"), GestureRequest)


def test_the_month_s_limit_holds_over_several_cases(give, new_case, manager):
    for number in range(4):
        assert isinstance(give("100", f"m{number}", on=new_case()), Gesture)
    assert isinstance(give("99.99", "last", on=new_case()), Gesture)
    assert isinstance(give("0.02", "above", on=new_case()), GestureRequest)
    assert isinstance(give("0.01", "at", on=new_case()), Gesture)


def test_a_new_month_begins_at_midnight_where_the_company_is(give, new_case, manager):
    # 31 March 2026, 23:59:59 and 1 April, 00:00 in Rome (summer time)
    end = datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)
    for number in range(5):
        give("100", f"m{number}", on=new_case(), at=end)
    assert isinstance(give("1", "same", on=new_case(), at=end), GestureRequest)
    assert isinstance(give("1", "next", on=new_case(), at=end + timedelta(seconds=1)), Gesture)


def test_months_are_the_company_s():
    from zoneinfo import ZoneInfo

    start, end = month_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Rome"))
    assert (start.isoformat(), end.isoformat()) == ("2027-01-01T00:00:00+01:00", "2027-02-01T00:00:00+01:00")


def test_reversing_gives_room_again_where_it_was_taken(give, colleague, manager, case, now):
    last_month = give("100", "a", at=now - timedelta(days=30))
    reversal = reverse_gesture(last_month, by=manager, key="r", at=now)
    assert reversal.amount == Decimal("-100")
    assert reverse_gesture(last_month, by=manager, key="other", at=now) == reversal
    mine = authority_on(case, colleague, now)
    # Room on the case is back; this month was never charged, so it does not become larger
    assert (mine.spent_on_case, mine.spent_in_month) == (0, 0)
    assert authority_on(case, manager, now).spent_in_month == 0
    with pytest.raises(PremuraError):
        reverse_gesture(reversal, by=manager, key="again")


def test_only_who_gave_it_or_a_manager_takes_it_back(give, new_person, vicenza, case):
    gesture = give("10", "a")
    other = new_person("front_line", vicenza)
    with pytest.raises(NotAllowed):
        reverse_gesture(gesture, by=other, key="r")
    assert Gesture.objects.count() == 1


def test_the_request_goes_to_the_first_whose_limit_covers_it(give, new_person, vicenza, manager, owner):
    richer = new_person("manager", vicenza, name="Rita Ricca")
    AuthorityLimit.objects.create(person=richer, per_case=Decimal(800), per_month=Decimal(800))
    assert give("250", "a").routed_to == manager
    assert give("300.01", "b").routed_to == richer
    assert give("801", "c").routed_to == owner


def test_who_has_no_limit_set_asks_even_for_a_cent(give, colleague, manager):
    AuthorityLimit.objects.filter(role="front_line").delete()
    assert give("0.01", "a").routed_to == manager
    assert isinstance(give(None, "b", rule="none"), Gesture)


def test_one_s_own_limit_stands_instead_of_the_role_s(give, colleague, manager):
    AuthorityLimit.objects.create(person=colleague, per_case=Decimal(5), per_month=Decimal(5))
    assert isinstance(give("5.01", "a"), GestureRequest)
    assert isinstance(give("5.00", "b"), Gesture)


def test_nobody_s_limit_covers_it_is_said_in_words(give, manager, owner):
    AuthorityLimit.objects.filter(role="owner").delete()
    with pytest.raises(PremuraError) as refused:
        give("300.01", "a")
    assert refused.value.code == "nobody-may-spend"
    assert str(refused.value)
    assert not GestureRequest.objects.exists()


def test_a_colleague_with_the_same_limit_does_not_stretch_it(give, new_person, vicenza, manager, colleague, case, now):
    peer = new_person("front_line", vicenza, name="Piero Pari")
    give("60", "a")
    request = give("55", "b")  # Piero still has 100 on this case, and no more than that
    assert request.routed_to == manager
    with pytest.raises(NotAllowed):
        approve_gesture(request, by=peer, at=now)
    assert [step.person for step in authority_of(colleague, case, now).steps] == [manager]


def test_somebody_who_cannot_see_the_case_is_not_asked(give, new_person, padova, owner):
    new_person("manager", padova)
    assert give("250", "a").routed_to == owner


def test_a_viewer_gives_nothing(give, viewer):
    with pytest.raises(NotAllowed):
        give("1", "a", by=viewer)


def test_the_same_form_sent_twice_counts_once(give, manager, owner):
    assert give("40", "same") == give("40", "same")
    assert give("400", "asked") == give("400", "asked")
    assert (Gesture.objects.count(), GestureRequest.objects.count()) == (1, 1)
    assert Event.objects.filter(name__startswith="gesture.").count() == 2


@pytest.mark.parametrize("amount", ["-5", "0", "0.001", "1000000000", "NaN", "Infinity"])
def test_impossible_amounts_are_refused(give, amount):
    with pytest.raises(PremuraError) as refused:
        give(amount, "a")
    assert refused.value.code == "amount-not-possible"
    assert not Gesture.objects.exists()


def test_what_remedies_cost(remedies):
    assert cost_of(remedies["none"]) == 0
    assert cost_of(remedies["fixed"], Decimal(999)) == Decimal("12.50")
    assert cost_of(remedies["percent"], Decimal("33.30")) == Decimal("5.00")
    with pytest.raises(PremuraError) as refused:
        cost_of(remedies["amount"])
    assert refused.value.code == "amount-needed"


def test_approving_grants_once_out_of_the_approver_s_limit(give, manager, case, now):
    request = give("250", "a")
    assert waiting_requests(manager) == [request]
    gesture = approve_gesture(request, by=manager, at=now)
    assert (gesture.amount, gesture.granted_by, gesture.request) == (Decimal(250), manager, request)
    assert approve_gesture(GestureRequest.objects.get(), by=manager, at=now) == gesture
    assert Gesture.objects.count() == 1
    assert authority_on(case, manager, now).spent_on_case == Decimal(250)
    assert waiting_requests(manager) == []
    with pytest.raises(Conflict):
        refuse_gesture(request, by=manager, reason="troppo")


def test_who_cannot_cover_it_cannot_approve(give, manager, colleague, now):
    request = give("250", "a")
    with pytest.raises(NotAllowed):
        approve_gesture(request, by=colleague, at=now)
    give("200", "b", by=manager)  # the manager's room on this case shrinks to 100
    with pytest.raises(NotAllowed):
        approve_gesture(request, by=manager, at=now)
    assert GestureRequest.objects.get().decided_at is None


def test_refusing_says_why(give, manager, new_person, vicenza, now):
    request = give("250", "a")
    with pytest.raises(PremuraError):
        refuse_gesture(request, by=manager, reason=" ")
    with pytest.raises(NotAllowed):
        refuse_gesture(request, by=new_person("front_line", vicenza), reason="no")
    refuse_gesture(request, by=manager, reason="Basta uno sconto", at=now)
    assert GestureRequest.objects.get().reason == "Basta uno sconto"
    with pytest.raises(Conflict):
        approve_gesture(GestureRequest.objects.get(), by=manager, at=now)
    assert not Gesture.objects.exists()


def test_one_sees_one_s_limit_and_the_route_above_it(give, colleague, manager, owner, case, now):
    give("60", "a")
    standing = authority_of(colleague, case, now)
    assert (standing.room, standing.authority.spent_in_month) == (Decimal(40), Decimal(60))
    assert [(step.person, step.up_to) for step in standing.steps] == [(manager, Decimal(300)), (owner, None)]
    assert standing.asks(Decimal(40)) is None
    assert standing.asks(Decimal("40.01")) == manager
    assert standing.asks(Decimal(301)) == owner
    assert standing.is_possible(Decimal(301))


def test_the_ledger_cannot_be_rewritten(give):
    gesture = give("10", "a")
    with pytest.raises(DatabaseError), transaction.atomic():
        Gesture.objects.filter(pk=gesture.pk).update(amount=1)


def test_the_database_refuses_a_negative_gesture(case, remedies, colleague, now):
    with pytest.raises(DatabaseError), transaction.atomic():
        Gesture.objects.create(
            case=case, remedy=remedies["amount"], amount=-1, granted_by=colleague, granted_at=now, key="x"
        )


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["none", "fixed", "amount", "percent"]),
        st.decimals("0.01", "90", places=2),
        st.integers(0, 2),  # which case
        st.integers(0, 1),  # who
        st.integers(0, 100),  # days later
        st.booleans(),  # taken back
    ),
    max_size=8,
)


@given(moves=MOVES)
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_ledger_adds_up_however_it_is_grouped(moves, new_case, padova, remedies, manager, colleague, owner, now):
    AuthorityLimit.objects.update(per_case=None, per_month=None)
    with transaction.atomic():
        cases = [new_case(), new_case(location=padova), new_case(location=None)]
        expected, by_person = Decimal(0), {}
        for number, (rule, amount, which, who, days, is_reversed) in enumerate(moves):
            at, by = now + timedelta(days=days), (colleague, manager)[who]
            gesture = give_gesture(cases[which], remedies[rule], by=by, amount=amount, key=f"h{number}", at=at)
            if is_reversed:
                reverse_gesture(gesture, by=manager, key=f"r{number}", at=at + timedelta(days=40))
                continue
            cost = {
                "none": Decimal(0),
                "fixed": Decimal("12.50"),
                "amount": amount,
                # round half up, by whole numbers: 15 % of the cents
                "percent": Decimal((int(amount * 100) * 15 + 50) // 100) / 100,
            }[rule]
            expected += cost
            by_person[by.pk] = by_person.get(by.pk, Decimal(0)) + cost
        rows = ledger(owner, LedgerFilter())
        assert total(rows) == expected
        for group in GROUPS:
            assert sum((row.amount for row in totals(rows, group)), Decimal(0)) == expected
        assert {row.key: row.amount for row in totals(rows, "person") if row.amount} == {
            pk: amount for pk, amount in by_person.items() if amount
        }
        assert sum(row.rows for row in totals(rows, "case")) == rows.count()
        transaction.set_rollback(True)


def test_the_ledger_by_day_place_and_door(give, new_case, padova, colleague, elsewhere, owner, manager, now):
    give("10", "a")
    give("20", "b", by=manager, on=new_case(location=padova), at=now + timedelta(days=1))
    assert total(ledger(colleague, LedgerFilter())) == 10
    assert total(ledger(elsewhere, LedgerFilter())) == 20
    day = now.date()
    assert total(ledger(owner, LedgerFilter(first_day=day, last_day=day))) == 10
    assert total(ledger(owner, LedgerFilter(first_day=day + timedelta(days=1)))) == 20
    assert total(ledger(owner, LedgerFilter(location=padova.pk))) == 20
    assert total(ledger(owner, LedgerFilter(person=manager.pk))) == 20


def _at_once(*verbs):
    """Run all of them in threads that start together; returns what each returned or raised."""
    barrier, results = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(number, verb):
        barrier.wait()
        try:
            results[number] = verb()
        except PremuraError as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_gestures_at_the_same_moment_do_not_exceed_the_limit(case, remedies, colleague, manager, now):
    def refund(number):
        own = Person.objects.get(pk=colleague.pk)
        return give_gesture(
            Case.objects.get(), remedies["amount"], by=own, amount=Decimal(40), key=f"k{number}", at=now
        )

    results = _at_once(*[lambda number=number: refund(number) for number in range(5)])
    assert sorted(type(result).__name__ for result in results) == ["Gesture"] * 2 + ["GestureRequest"] * 3
    assert total(Gesture.objects.all()) == Decimal(80)


@pytest.mark.django_db(transaction=True)
def test_approvals_at_the_same_moment_grant_once(case, remedies, colleague, manager, owner, now):
    request = give_gesture(case, remedies["amount"], by=colleague, amount=Decimal(250), key="k", at=now)

    def approve(person):
        return approve_gesture(GestureRequest.objects.get(pk=request.pk), by=Person.objects.get(pk=person.pk), at=now)

    results = _at_once(
        lambda: approve(manager), lambda: approve(owner), lambda: approve(manager), lambda: approve(owner)
    )
    gesture = Gesture.objects.get()
    winners = [result for result in results if result == gesture]
    assert len(winners) == 2  # the same person's second tap sees the same gesture
    assert all(isinstance(result, Conflict) for result in results if result != gesture)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_the_same_moment_counts_once(case, remedies, colleague, now):
    def refund():
        own = Person.objects.get(pk=colleague.pk)
        return give_gesture(Case.objects.get(), remedies["amount"], by=own, amount=Decimal(40), key="k", at=now)

    results = _at_once(refund, refund, refund)
    assert Gesture.objects.count() == 1
    assert all(result == Gesture.objects.get() for result in results)
