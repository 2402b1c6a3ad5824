"""FatturaPA: Italian electronic invoices as XML, one by one or many in an archive, turned into rows of purchases.

In comes format FPR12 or FPA12 (Agenzia delle Entrate, *Specifiche tecniche*, 1.2 and later); out goes a row for each
document: whose (VAT number or tax code, name, certified e-mail address), day, number, amount with VAT. Credit notes are
negative. Signed files (``.xml.p7m``) are not opened: the same invoice as plain XML is what every program also gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.safe import Node, bytes_of, members_of, xml_of
from premura.importers.neutral.values import Brought, LeftOut, rows_of
from premura.importers.table.headers import Header
from premura.importers.table.rows import RawRow

NAME = "FatturaPA"
ROOT = "FatturaElettronica"
COLUMNS = ("codice cliente", "cliente", "email", "numero", "data", "importo", "valuta")
CREDIT = frozenset({"TD04", "TD08"})
#: Documents that a company writes to itself: integrations and self-invoices, no sales
OWN = frozenset({"TD16", "TD17", "TD18", "TD19", "TD20", "TD21", "TD22", "TD23", "TD27", "TD28", "TD29"})
_ENDINGS = (".xml", ".p7m")
_Row = Mapping[str, str]


def recognise(head: Head) -> Sight | None:
    if head.path.name.lower().endswith(".p7m"):
        return Sight(0.9, "purchases")
    if head.text.startswith("<") and f"{ROOT}" in head.text[:8000]:
        return Sight(1.0, "purchases")
    invoices = [name for name in head.members if name.lower().endswith(_ENDINGS)]
    return Sight(0.8, "purchases") if invoices and len(invoices) == len(head.members) else None


def read(head: Head) -> Brought:
    name, left = head.path.name, list[LeftOut]()
    rows: list[_Row] = []
    if head.members:
        for member, content in sorted(members_of(head.path).items()):
            rows += _rows_of(content, member, left)
    elif _is_signed(name, head.start):
        raise SourceError("signed-invoice", name=name)
    else:
        document = xml_of(bytes_of(head.path), name)
        if document.name != ROOT:
            raise SourceError("wrong-shape", name=name, source=NAME, what=ROOT)
        rows += _documents(document, left)
    if not rows and not left:
        raise SourceError("no-invoices", name=name)
    header = Header(COLUMNS, ("",) * len(COLUMNS), "single", 1)

    def make() -> Iterator[RawRow]:
        yield RawRow(1, list(COLUMNS))
        for line, row in enumerate(rows, start=1):
            yield RawRow(line, [row[column] for column in COLUMNS])

    return Brought("purchases", None, rows_of(head.path, make), header, left_out=tuple(left))


def _is_signed(name: str, start: bytes) -> bool:
    return name.lower().endswith(".p7m") or not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _rows_of(content: bytes, member: str, left: list[LeftOut]) -> list[_Row]:
    """The documents of one file of an archive; what is none is said and left."""
    if _is_signed(member, content[:200]):
        left.append(LeftOut("left-signed-invoice", member[:80]))
        return []
    document = xml_of(content, member)
    if document.name != ROOT:
        left.append(LeftOut("left-no-invoice", member[:80]))
        return []
    return _documents(document, left)


def _documents(invoice: Node, left: list[LeftOut]) -> list[_Row]:
    head = invoice.first("FatturaElettronicaHeader") or Node("")
    rows: list[_Row] = []
    for body in invoice.all("FatturaElettronicaBody"):
        general = _at(body, "DatiGenerali", "DatiGeneraliDocumento")
        kind, number, day = (_text(general, name) for name in ("TipoDocumento", "Numero", "Data"))
        if kind in OWN:
            left.append(LeftOut("left-own-invoice", number[:40], {"document": kind[:8]}))
            continue
        amount = _amount(body, general)
        shown = "" if amount is None else f"{-abs(amount) if kind in CREDIT else amount:.2f}"
        # Numbers begin anew every year
        named = " ".join(filter(None, (number, day))) if number else ""
        money = {"data": day, "importo": shown, "valuta": _text(general, "Divisa"), "numero": named[:80]}
        rows.append(_buyer(head) | money)
    return rows


def _buyer(head: Node) -> dict[str, str]:
    person = _at(head, "CessionarioCommittente", "DatiAnagrafici")
    called = _at(person, "Anagrafica")
    both = " ".join(filter(None, (_text(called, "Nome"), _text(called, "Cognome"))))
    return {
        "codice cliente": _text(_at(person, "IdFiscaleIVA"), "IdCodice") or _text(person, "CodiceFiscale"),
        "cliente": (_text(called, "Denominazione") or both)[:160],
        "email": _text(_at(head, "DatiTrasmissione"), "PECDestinatario")[:160],
    }


def _amount(body: Node, general: Node) -> Decimal | None:
    """The total of the document; where it is not given, what is taxed and the tax, added up."""
    if total := _decimal(_text(general, "ImportoTotaleDocumento")):
        return total
    parts = _at(body, "DatiBeniServizi").all("DatiRiepilogo")
    known = [_decimal(_text(part, name)) for part in parts for name in ("ImponibileImporto", "Imposta")]
    return sum((part for part in known if part is not None), Decimal(0)) if any(known) else None


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**12 else None


def _at(node: Node, *names: str) -> Node:
    """The element at this path; an empty one where there is none."""
    for name in names:
        node = node.first(name) or Node("")
    return node


def _text(node: Node, name: str) -> str:
    found = node.first(name)
    return " ".join(found.text.split()) if found else ""
