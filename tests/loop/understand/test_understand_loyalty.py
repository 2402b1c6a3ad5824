"""Who comes back, what they are worth, by what they had said before (rows S31, S32)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from premura.core.customers.customers import add_customer, forget_details
from premura.core.customers.models import Customer, Purchase
from premura.loop.listen.models import Answer, Response
from premura.loop.understand import buying, engine_counts, purchase_export
from premura.loop.understand import returning as returning_module
from premura.loop.understand.export import Exporter
from premura.loop.understand.loyalty import loyalty
from premura.loop.understand.returning import returning
from premura.loop.understand.windows import Window

NOW = Window(date(2026, 1, 1), date(2026, 3, 31))
BEFORE, EARLIER = date(2025, 11, 15), date(2025, 12, 1)
FIRST, SECOND = date(2026, 1, 4), date(2026, 2, 10)


@pytest.fixture
def buy(owner, vicenza):
    """``buy("Anna", (day, euros), …)``: a customer and what they bought; returns the customer."""

    def make(name, *bought, currency="EUR"):
        customer = add_customer(name=name, location=vicenza, by=owner)
        for number, (day, euros) in enumerate(bought):
            Purchase.objects.create(
                customer=customer, bought_on=day, cents=100 * euros, currency=currency, source="x",
                external_id=f"{name} {number}",
            )  # fmt: skip
        return customer

    return make


def test_coming_back_twice_and_worth_counted_by_hand(buy, owner):
    buy("Torna", (BEFORE, 50), (FIRST, 100), (SECOND, 60))
    buy("Persa", (BEFORE, 70))
    buy("Nuova", (FIRST, 30), (FIRST, 10))
    buy("Resa", (BEFORE, 20), (SECOND, -20))
    buy("Antica", (date(2024, 1, 1), 900))
    buy("Estera", (FIRST, 500), currency="CHF")
    found = loyalty(owner, NOW)
    whole = found.whole
    # Of Torna, Persa and Resa only Torna bought again; two purchases on one day are one time
    assert (whole.retention.value, whole.retention.n) == (pytest.approx(1 / 3), 3)
    assert (whole.repurchase.value, whole.repurchase.n) == (0.5, 2)
    assert (whole.value.value, whole.value.n) == (100.0, 2)
    assert (found.currency, found.other) == ("EUR", 1)


def test_only_what_was_said_before_counts_and_silence_is_its_own_group(buy, respond, owner):
    glad = buy("Lieta", (BEFORE, 10), (FIRST, 90))
    cross = buy("Delusa", (BEFORE, 10))
    late = buy("Tardi", (BEFORE, 10), (FIRST, 40))
    respond(EARLIER - timedelta(days=9), nps=2, csat=2, customer=glad)
    respond(EARLIER, nps=9, csat=5, customer=glad)
    respond(EARLIER, nps=3, csat=1, customer=cross)
    respond(FIRST, nps=10, customer=late)
    found = loyalty(owner, NOW, failed={cross.pk})
    members = {(g.by, g.code): [one.customer for one in g.buyers] for g in found.groups}
    assert members["nps", "promoter"] == [glad.pk]
    assert members["nps", "detractor"] == [cross.pk]
    assert members["nps", "silent"] == [late.pk]
    assert members["csat", "satisfied"] == [glad.pk]
    assert members["failure", "failure"] == [cross.pk]
    assert found.group("failure", "failure").retention.value == 0.0
    assert found.group("failure", "none").retention.value == 1.0


def test_a_fixed_number_of_queries_and_nothing_of_another_place(
    buy, owner, elsewhere, vicenza, django_assert_num_queries
):
    for number in range(8):
        buy(f"C{number}", (BEFORE, 10), (FIRST, 10))
    owner.location_ids()
    with django_assert_num_queries(3):
        loyalty(owner, NOW)
    assert not loyalty(elsewhere, NOW).whole.buyers
    assert len(loyalty(owner, NOW, location=vicenza.pk).whole.buyers) == 8


def test_forgetting_keeps_the_amount_and_loses_the_number_of_the_invoice(buy, owner):
    customer = buy("Anna Rossi", (BEFORE, 10), (EARLIER, 20))
    forget_details(customer, by=owner)
    assert sorted(Purchase.objects.values_list("cents", flat=True)) == [1000, 2000]
    assert not Purchase.objects.filter(external_id__contains="Anna").exists()


@pytest.fixture
def shop(buy, crowd, owner, padova):
    """Sixty customers of two places, who buy, give back and say something, many of them twice on one day."""
    crowd(seed=3, n=80)
    people = []
    for number in range(60):
        days = [BEFORE + timedelta(days=number * (7 + place) % 140) for place in range(number % 5)]
        given = [(day, (-30, 20, 40, 55)[(number + place) % 4]) for place, day in enumerate(days)]
        given += [(given[0][0], -given[0][1])] if given and number % 6 == 4 else []
        people.append(buy(f"C{number}", *given, currency="CHF" if number % 10 == 3 else "EUR"))
    Customer.objects.filter(pk__in=[one.pk for one in people[::3]]).update(location=padova)
    Customer.objects.filter(pk__in=[one.pk for one in people[1::7]]).update(location=None)
    for number, response in enumerate(Response.objects.order_by("answered_on", "pk")):
        earlier = timedelta(weeks=9)
        Response.objects.filter(pk=response.pk).update(
            customer=people[number % 20], answered_on=response.answered_on - earlier,
            answered_at=response.answered_at - earlier, week_on=response.week_on - earlier,
        )  # fmt: skip
        # Whose last marks were given at one instant: in several answers of one response, or of several responses
        if number % 2:
            Response.objects.filter(pk=response.pk).update(
                answered_on=EARLIER, answered_at=datetime(2025, 12, 1, 9, tzinfo=UTC), week_on=EARLIER
            )
        for place in range(number % 3):
            score = (number * 5 + place * 4) % 11
            Answer.objects.create(response=response, question=f"n{place}", kind="nps", scale="0-10", score=score)
    return people


def told(owner, elsewhere, vicenza):
    asked = [(owner, None), (owner, vicenza.pk), (owner, 0), (elsewhere, None)]
    found = [loyalty(person, NOW, failed={7, 8, 9, 10}, location=place) for person, place in asked]
    return [
        (one.currency, one.other, one.steps, [(g.by, g.code, list(g.buyers), g.value) for g in one.groups])
        for one in found
    ], [returning(person, Window(BEFORE, NOW.last_day), "EUR", location=place) for person, place in asked]


def _cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def _spoil(path):
    """As long as before, with one bit turned: it can be read, and may say something else."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 4] ^= 1
    path.write_bytes(bytes(raw))


@pytest.mark.parametrize("harm", [_cut, _spoil, lambda path: path.unlink()])
def test_a_damaged_month_of_purchases_is_made_anew_with_a_line_in_the_log(shop, owner, caplog, harm, monkeypatch):
    monkeypatch.setattr(purchase_export, "EVERY", timedelta(0))
    exporter = Exporter()
    while exporter.round():
        pass
    before = exporter.purchases.store.listed()
    harm(exporter.purchases.store.folder / before.files[0].name)
    while (worker := Exporter()).round():  # a worker looks at the contents when it starts
        worker.close()
    after = worker.purchases.store.listed()
    assert before.files[0].name in caplog.text
    assert not worker.purchases.store.spoilt(after)
    assert set(before.files) - set(after.files) == {before.files[0]}
    assert {(file.month, file.purchases) for file in after.files} == {
        (file.month, file.purchases) for file in before.files
    }
    with monkeypatch.context() as files:
        files.setattr(buying, "of_tables", None)
        assert loyalty(owner, NOW).whole.value.n


def test_the_files_say_what_the_tables_say_and_follow_what_changes(shop, owner, elsewhere, vicenza, monkeypatch):
    exporter = Exporter()
    monkeypatch.setattr(purchase_export, "EVERY", timedelta(0))
    monkeypatch.setattr(engine_counts, "AT_ONCE", 1)  # what was said last stands in one month or another
    changes = [
        lambda: None,
        lambda: Purchase.objects.filter(customer=shop[9]).update(cents=12_345),
        lambda: Purchase.objects.filter(customer__in=shop[20:24]).update(bought_on=FIRST),
        lambda: Purchase.objects.filter(customer=shop[12]).update(customer=shop[13]),
        lambda: Purchase.objects.filter(customer__in=shop[30:33]).delete(),
        lambda: Customer.objects.filter(pk=shop[14].pk).update(location=None),
    ]
    seen = []
    for change in changes:
        change()
        while exporter.round():
            pass
        with monkeypatch.context() as files:
            files.setattr(buying, "of_tables", None)
            files.setattr(returning_module, "of_tables", None)
            seen.append(told(owner, elsewhere, vicenza))
        with monkeypatch.context() as tables:
            tables.setattr(buying, "_from_files", lambda *_asked: None)
            tables.setattr(returning_module, "_from_files", lambda *_asked: None)
            assert seen[-1] == told(owner, elsewhere, vicenza)
    exporter.close()
    groups = {(by, code): buyers for by, code, buyers, _value in seen[0][0][0][3]}
    assert len(groups["all", "all"]) > 30
    assert all(groups["nps", code] for code in ("promoter", "detractor", "silent"))
    assert len(seen[0][1][0].spent) > 2
    assert all(before != after for before, after in pairwise(seen))
