"""What ``premura engine`` and ``premura doctor`` say of the files of purchases."""

from argparse import Namespace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Purchase
from premura.entrypoints.cli import doctor, engine
from premura.loop.understand.export import Exporter
from premura.loop.understand.models import PurchaseMark

pytestmark = pytest.mark.django_db


def found_by_the_doctor():
    finding = next(one for one in doctor.examine() if one.id == "purchases")
    return finding.is_well, finding.sentence


def test_how_far_the_purchases_are_brought_in(owner, vicenza, capsys):
    assert found_by_the_doctor() == (True, "Purchases are being brought in; until then they are counted one by one.")
    customer = add_customer(name="Anna", location=vicenza, by=owner)
    for number, month in enumerate((1, 1, 3)):
        day = date(2026, month, 4)
        Purchase.objects.create(customer=customer, bought_on=day, cents=100, source="x", external_id=str(number))
    exporter = Exporter()
    while exporter.round():
        pass
    said = list(engine.status())
    assert any(one.startswith("3 purchases in 2 files") for one in said)
    assert "0 months of purchases have changed, 0 are to be made anew." in said
    assert found_by_the_doctor()[1].startswith("3 purchases are brought in")

    Purchase.objects.filter(external_id="2").update(cents=200)
    assert "1 months of purchases have changed, 0 are to be made anew." in list(engine.status())
    PurchaseMark.objects.update(marked_at=timezone.now() - timedelta(minutes=5))
    is_well, sentence = found_by_the_doctor()
    assert not is_well
    assert sentence.startswith("Loyalty is 300 seconds behind the purchases.")

    assert engine.run(Namespace(what="check")) == 0
    store = exporter.purchases.store
    path = store.folder / store.listed().files[0].name
    path.write_bytes(path.read_bytes()[::-1])
    capsys.readouterr()
    assert engine.run(Namespace(what="check")) == 1
    assert f"purchases/{store.listed().files[0].name} is damaged or gone" in capsys.readouterr().out
