"""A case has one cause at a time, money leaks through exactly one cause, and whose place it is not sees nothing."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.improve import reads
from premura.loop.improve.causes import add_cause, set_cause
from premura.loop.improve.models import CaseCause, RootCause
from premura.loop.understand.windows import Window

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.django_db
def test_a_cause_needs_a_name(owner):
    with pytest.raises(PremuraError) as refusal:
        add_cause(by=owner, name={"it": "  ", "en": ""})
    assert refusal.value.code == "text-needed"
    assert not RootCause.objects.exists()


@pytest.mark.django_db
def test_two_causes_of_the_same_name_have_different_codes(owner):
    codes = {add_cause(by=owner, name={"it": "Fattura"}).code for _ in range(3)}
    assert len(codes) == 3


@pytest.mark.django_db
def test_the_latest_cause_holds_and_the_earlier_stays(case_of, cause, owner, now):
    case = case_of()
    other = add_cause(by=owner, name={"it": "Altro"})
    first = set_cause(case, cause, by=owner, whys=["partito tardi", " ", "nessuno lo prepara"], at=now)
    assert first.whys == ["partito tardi", "nessuno lo prepara"]
    set_cause(case, other, by=owner, at=now)
    rows = CaseCause.objects.filter(case=case)
    assert [(row.cause_id, row.is_current) for row in rows] == [(cause.pk, False), (other.pk, True)]
    assert reads.current_cause(case).cause == other
    assert [event.data["cause"] for event in Event.objects.filter(name="case.explained")] == [cause.pk, other.pk]


@pytest.mark.django_db
def test_saying_the_same_twice_changes_nothing(case_of, cause, owner):
    case = case_of()
    set_cause(case, cause, by=owner, whys=["a"])
    set_cause(case, cause, by=owner, whys=["a"])
    assert CaseCause.objects.count() == 1
    assert Event.objects.filter(name="case.explained").count() == 1


@pytest.mark.django_db
def test_at_most_five_whys_are_kept(case_of, cause, owner):
    row = set_cause(case_of(), cause, by=owner, whys=[str(number) for number in range(9)])
    assert row.whys == ["0", "1", "2", "3", "4"]


@pytest.mark.django_db
def test_money_and_cases_are_those_counted_by_hand(case_of, owner):
    random = Random(11)
    top = add_cause(by=owner, name={"it": "Consegne"})
    below = add_cause(by=owner, name={"it": "Giro"}, parent=top)
    deeper = add_cause(by=owner, name={"it": "Foglio"}, parent=below)
    aside = add_cause(by=owner, name={"it": "Fatture"})
    money = dict.fromkeys([None, top, below, deeper, aside], Decimal(0))
    count = dict.fromkeys(money, 0)
    for _ in range(60):
        amounts = [random.randrange(1, 9000) / 100 for _ in range(random.randrange(3))]
        amounts = [Decimal(str(amount)) for amount in amounts]
        chosen = random.choice(list(money))
        case = case_of(*amounts)
        if chosen:
            set_cause(case, random.choice([top, aside]), by=owner)
            set_cause(case, chosen, by=owner)
        money[chosen] += sum(amounts)
        count[chosen] += 1
    found = reads.causes(owner, YEAR)
    lines = {line.cause: line for line in found.lines}
    for chosen in (top, below, deeper, aside):
        assert (lines[chosen].cases, lines[chosen].money) == (count[chosen], money[chosen])
    assert lines[below].all_money == money[below] + money[deeper]
    assert lines[top].all_money == money[top] + money[below] + money[deeper]
    assert lines[top].all_cases == count[top] + count[below] + count[deeper]
    assert (found.unexplained_cases, found.unexplained_money) == (count[None], money[None])
    assert found.money == sum(money.values())
    assert [line.depth for line in found.lines if line.cause in (top, below, deeper)] == [0, 1, 2]


@pytest.mark.django_db
def test_a_gesture_taken_back_leaks_nothing(case_of, cause, owner, now):
    from premura.loop.recover.models import Gesture

    case = case_of(40)
    set_cause(case, cause, by=owner)
    given = case.gestures.get()
    Gesture.objects.create(
        case=case,
        remedy=given.remedy,
        amount=-given.amount,
        granted_by=owner,
        granted_at=now,
        reverses=given,
        key="back",
    )
    assert reads.causes(owner, YEAR).lines[0].money == 0


@pytest.mark.django_db
def test_only_the_period_is_counted(case_of, cause, owner, now):
    case = case_of(10, 20, opened_at=now - timedelta(days=400))
    set_cause(case, cause, by=owner)
    line = reads.causes(owner, YEAR).lines[0]
    assert (line.cases, line.money) == (0, 0)
    other = case_of(5, opened_at=now - timedelta(days=400), given_at=now)
    set_cause(other, cause, by=owner)
    line = reads.causes(owner, YEAR).lines[0]
    assert (line.cases, line.money) == (0, 5)


@pytest.mark.django_db
def test_another_place_is_not_counted(case_of, cause, elsewhere, colleague, vicenza):
    set_cause(case_of(30, location=vicenza), cause, by=None)
    assert reads.causes(elsewhere, YEAR).lines[0].money == 0
    assert reads.causes(elsewhere, YEAR).unexplained_cases == 0
    assert reads.causes(colleague, YEAR).lines[0].money == 30
    assert not reads.explained_cases(elsewhere, [cause.pk])
    assert reads.money_by_month(elsewhere, [cause.pk], YEAR) == {}
    assert reads.money_by_month(colleague, [cause.pk], YEAR) == {date(2026, 3, 1): Decimal(30)}


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(case_of, owner, django_assert_num_queries):
    owner.location_ids()
    parent = None
    for _ in range(2):
        for number in range(6):
            parent = add_cause(by=owner, name={"it": f"Causa {number}"}, parent=parent)
            set_cause(case_of(5), parent, by=owner)
        with django_assert_num_queries(7):
            reads.causes(owner, YEAR)


@pytest.mark.django_db
def test_a_forgotten_customer_leaves_no_words(case_of, cause, owner, now):
    customer = Customer.objects.create(name="Impresa Zanon", created_at=now)
    case = case_of(12, customer=customer)
    other = case_of(3)
    set_cause(case, cause, by=owner, whys=["Zanon ha aspettato due ore"])
    set_cause(other, cause, by=owner, whys=["nessuno lo prepara"])
    wiring.forget_customer(customer, by=owner)
    assert CaseCause.objects.get(case=case).whys == []
    assert CaseCause.objects.get(case=other).whys == ["nessuno lo prepara"]
    assert reads.causes(owner, YEAR).lines[0].money == 15


@pytest.mark.django_db
def test_the_pack_brings_its_causes_once(owner):
    from premura.core.company.pack import load_pack
    from premura.loop.improve.causes import install_pack

    pack = load_pack("rental")
    install_pack(pack, by=owner)
    install_pack(pack, by=owner)
    assert set(RootCause.objects.values_list("code", flat=True)) == {cause.code for cause in pack.causes}
