"""Electronic invoices become purchases, each once, of the customer whose VAT number they bear."""

import zipfile
from datetime import date

import pytest

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Account, Customer, Purchase
from premura.importers.bringing import Wish, bring, look_at
from premura.importers.preview import outcome_of
from premura.importers.responses.keeping import hash_of
from premura.importers.table import TableError

INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2" versione="FPR12">
<FatturaElettronicaHeader><DatiTrasmissione><PECDestinatario>{pec}</PECDestinatario></DatiTrasmissione>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>09999999999</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>Noi</Denominazione></Anagrafica></DatiAnagrafici></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici>{buyer}</DatiAnagrafici></CessionarioCommittente></FatturaElettronicaHeader>
<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>{kind}</TipoDocumento><Divisa>EUR</Divisa>
<Data>{day}</Data><Numero>{number}</Numero>{total}</DatiGeneraliDocumento></DatiGenerali><DatiBeniServizi>
<DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>100.00</ImponibileImporto><Imposta>22.00</Imposta>
</DatiRiepilogo><DatiRiepilogo><ImponibileImporto>10.50</ImponibileImporto><Imposta>0.00</Imposta></DatiRiepilogo>
</DatiBeniServizi></FatturaElettronicaBody></p:FatturaElettronica>"""
COMPANY = (
    "<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice></IdFiscaleIVA>"
    "<Anagrafica><Denominazione>ROSSI SRL</Denominazione></Anagrafica>"
)
PERSON = (
    "<CodiceFiscale>RSSNNA80A41L840X</CodiceFiscale><Anagrafica><Nome>Anna</Nome><Cognome>Blu</Cognome></Anagrafica>"
)


def invoice(kind="TD01", number="12/A", day="2026-03-05", total="", buyer=COMPANY, pec=""):
    total = total and f"<ImportoTotaleDocumento>{total}</ImportoTotaleDocumento>"
    return INVOICE.format(kind=kind, number=number, day=day, total=total, buyer=buyer, pec=pec)


@pytest.fixture
def rossi(company, owner):
    made = add_customer(name="Mario Rossi", email="mario@example.it", by=owner)
    Customer.objects.filter(pk=made.pk).update(
        account=Account.objects.create(name="Rossi Srl", vat_number="IT01234567890")
    )
    return made


def bought(customer):
    return list(
        Purchase.objects.filter(customer=customer).order_by("pk").values_list("bought_on", "cents", "external_id")
    )


def test_an_invoice_is_a_purchase_of_the_company_with_that_vat_number(rossi, tmp_path):
    path = tmp_path / "IT09999999999_00001.xml"
    path.write_text(invoice(), encoding="utf-8")
    seen = look_at(path, Wish())
    outcome = outcome_of(seen, Wish(), hash_of(path))
    assert (seen.kind, seen.found.code, outcome.accepted, outcome.rejected) == ("purchases", "fatturapa", 1, 0)
    first = bring(path, Wish(), by=None, lang="it")
    again = bring(path, Wish(), by=None, lang="it")
    assert (first.accepted, again.accepted) == (1, 0)
    # Taxed and tax added up, for the total is not given
    assert bought(rossi) == [(date(2026, 3, 5), 13250, "12/A 2026-03-05")]
    assert Purchase.objects.get().source == "fatturapa"


def test_an_archive_of_invoices_credit_notes_and_others(rossi, owner, tmp_path):
    anna = add_customer(name="Anna Blu", by=owner)
    with zipfile.ZipFile(tmp_path / "fatture.zip", "w") as archive:
        archive.writestr("a.xml", invoice(total="999.90"))
        archive.writestr("b.xml", invoice(kind="TD04", number="1", day="2026-03-09", total="50.00"))
        archive.writestr("c.xml", invoice(number="13", buyer=PERSON, total="20.00"))
        archive.writestr("d.xml", invoice(kind="TD17", number="14"))
        archive.writestr("e.xml.p7m", b"\x30\x82\x10\x00 FatturaElettronica")
        archive.writestr("f_metaDato.xml", "<FileMetadati/>")
        archive.writestr(
            "g.xml", invoice(number="15", buyer="<Anagrafica><Denominazione>Ignoti</Denominazione></Anagrafica>")
        )
    path = tmp_path / "fatture.zip"
    seen = look_at(path, Wish())
    assert {one.code for one in seen.left_out} == {"left-own-invoice", "left-signed-invoice", "left-no-invoice"}
    assert all(one.sentence("it") and one.sentence("en") for one in seen.left_out)
    done = bring(path, Wish(), by=None, lang="it")
    assert (done.accepted, done.rejected) == (3, 1)
    assert [cents for _day, cents, _id in bought(rossi)] == [99990, -5000]
    assert [cents for _day, cents, _id in bought(anna)] == [2000]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xml.p7m", b"\x30\x82\x10\x00 FatturaElettronica", "signed-invoice"),
        ("a.xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><FatturaElettronica>&e;</FatturaElettronica>',
         "xml-entities"),
        ("a.xml", b"<FatturaElettronica><FatturaElettronicaHeader>", "broken-xml"),
        ("a.xml", b"<FatturaElettronica/>", "no-invoices"),
        ("a.xml", b"<FatturaElettronicaSemplificata/>", "wrong-shape"),
    ],
)  # fmt: skip
def test_what_is_no_invoice_says_so_and_what_to_do(company, tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError) as caught:
        look_at(path, Wish())
    assert caught.value.code == code
    assert all(len(caught.value.sentence(lang)) > 20 for lang in ("it", "en"))


@pytest.mark.parametrize("text", [invoice(total="1e400"), invoice(total="NaN"), invoice(day="mai", total="-5.00")])
def test_odd_amounts_and_days_are_refused_or_read_from_the_parts(rossi, tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    done = bring(path, Wish(), by=None, lang="it")
    assert done.accepted + done.rejected == 1
    assert [cents for _day, cents, _id in bought(rossi)] in ([], [13250])
