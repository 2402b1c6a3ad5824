"""Purchases of a table: each once, of customers who are known, and taken back."""

import csv
from datetime import date

import pytest

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Purchase
from premura.importers.bringing import Wish, bring, look_at
from premura.importers.preview import outcome_of
from premura.importers.responses.keeping import hash_of, rejected_file
from premura.importers.table import TableError
from premura.importers.undoing import undo_import

TABLE = """Numero fattura;Data fattura;Cliente;E-mail;Importo
1/26;05/01/2026;Anna Blu;;1.234,50
2/26;16/01/2026;;ANNA@example.it;€ 80
3/26;17/01/2026;Anna Blu;;-30,00
4/26;18/01/2026;Nessuno;;10,00
5/26;19/01/2026;Mario Rossi;;10,00
6/26;boh;Anna Blu;;10,00
7/26;20/01/2026;Anna Blu;;gratis
"""


@pytest.fixture
def file(tmp_path, company, owner):
    add_customer(name="Anna Blu", email="anna@example.it", by=owner)
    for number in range(2):
        add_customer(name="Mario Rossi", phone=str(number), by=owner)

    def make(text=TABLE, name="fatture.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def take(path):
    return bring(path, Wish(kind="purchases"), by=None, lang="it")


def test_each_once_and_what_is_refused_says_why(file):
    path = file()
    seen = look_at(path, Wish(kind="purchases"))
    outcome = outcome_of(seen, Wish(kind="purchases"), hash_of(path))
    assert (outcome.rows, outcome.accepted, outcome.already_there, outcome.rejected) == (7, 3, 0, 4)
    first = take(path)
    assert (first.rows, first.accepted, first.rejected) == (7, 3, 4)
    rows = Purchase.objects.order_by("bought_on").values_list("bought_on", "cents", "currency", "external_id")
    assert list(rows) == [
        (date(2026, 1, 5), 123450, "EUR", "1/26"),
        (date(2026, 1, 16), 8000, "EUR", "2/26"),
        (date(2026, 1, 17), -3000, "EUR", "3/26"),
    ]
    with rejected_file(first).open(encoding="utf-8-sig") as refused:
        codes = {row[3] for row in csv.reader(refused, delimiter=";")}
    assert {"no-such-customer", "several-customers", "no-purchase-day", "no-amount"} <= codes
    again = take(path)
    assert (again.accepted, again.already_there) == (0, 3)
    undo_import(first, by=None)
    assert not Purchase.objects.exists()


def test_without_numbers_two_equal_rows_are_two_and_the_file_again_adds_none(file):
    path = file("data,customer,amount\n2026-01-05,Anna Blu,10\n2026-01-05,Anna Blu,10\n")
    assert take(path).accepted == 2
    assert take(path).already_there == 2
    assert Purchase.objects.count() == 2


@pytest.mark.parametrize("missing", ["Data fattura", "Importo"])
def test_a_table_without_day_or_amount_is_refused_with_what_to_do(file, missing):
    with pytest.raises(TableError) as refused:
        take(file(TABLE.replace(missing, "Altro")))
    assert "Chiama una colonna" in refused.value.sentence("it")


def test_the_customers_of_the_demo_buy_in_time_and_each_invoice_is_one(owner, company):
    from datetime import UTC, datetime, timedelta
    from types import SimpleNamespace

    from premura.core.customers.models import Interaction
    from premura.core.journeys.journeys import touchpoint_named
    from premura.importers.demo.purchases import add_purchases

    customer, point = add_customer(name="Anna", by=owner), touchpoint_named("Banco")
    for number in range(60):
        met_at = datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=number)
        Interaction.objects.create(customer=customer, touchpoint=point, channel="counter", happened_at=met_at)
    add_purchases(SimpleNamespace(last_day=date(2026, 2, 20)))
    assert 20 < Purchase.objects.count() < 60
    assert max(Purchase.objects.values_list("bought_on", flat=True)) <= date(2026, 2, 20)
