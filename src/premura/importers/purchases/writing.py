"""Write the purchases of a table, none of them twice."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from premura.core.customers.models import Customer, Purchase
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.importers.customers.writing import Columns, columns_of
from premura.importers.models import ImportedFile, MadeRow, State
from premura.importers.neutral.errors import SourceError
from premura.importers.responses.keeping import hash_of, keep_file, rejected_file
from premura.importers.table import Plan, Rejection, RejectionFile
from premura.importers.table.dates import parse_moment
from premura.importers.table.numbers import parse_number
from premura.importers.table.plan import body
from premura.importers.table.roles import fold

CHUNK = 500
#: Where purchases of a table come from, unless somebody says it.
SOURCE = "purchases"
_FIELDS: Mapping[str, re.Pattern[str]] = {
    "day": re.compile(
        r"^(?:data|date|giorno|day|data (?:fattura|documento|ordine|acquisto|vendita)|"
        r"(?:invoice|order|purchase|sale|document) date|bought on)$"
    ),
    "amount": re.compile(
        r"^(?:importo|totale|imponibile|valore|spesa|prezzo|importo totale|totale (?:fattura|documento|ordine)|amount|"
        r"total|value|price|total amount|(?:invoice|order) total)$"
    ),
    "currency": re.compile(r"^(?:valuta|divisa|currency)$"),
    "number": re.compile(
        r"^(?:numero|numero (?:fattura|documento|ordine)|n (?:fattura|documento|ordine)|fattura|documento|ordine|"
        r"number|(?:invoice|order|document)(?: (?:number|no|id))?)$"
    ),
}
# An amount has no three decimals: what looks like them are thousands
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(?:[.,]\d{3})+$")
_CURRENCY = re.compile(r"^[A-Z]{3}$")
MOST_CENTS = 10**14


@dataclass(frozen=True)
class Bought:
    """One row as it was read. ``who``: the customer's number, e-mail address and name, as far as they are known."""

    line: int
    who: tuple[str, str, str]
    day: date
    cents: int
    currency: str
    number: str


@dataclass(frozen=True)
class Sheet:
    """Which column holds what."""

    people: Columns
    at: Mapping[str, int]
    day_first: bool

    def cell(self, name: str, cells: Sequence[str]) -> str:
        place = self.at.get(name, -1)
        return " ".join(cells[place].split()) if 0 <= place < len(cells) else ""


def sheet_of(plan: Plan) -> Sheet:
    """Find the columns by their names. Raises ``SourceError`` where day, amount or customer are missing."""
    at, day_first = {}, True
    for name, pattern in _FIELDS.items():
        found = next((c for c in plan.columns if c.filled and pattern.match(fold(c.name))), None)
        if found:
            at[name] = found.index
            day_first = found.day_first if name == "day" else day_first
    for name in ("day", "amount"):
        if name not in at:
            raise SourceError(f"no-{name}-column", name=plan.source.path.name)
    return Sheet(columns_of(plan, ids_suffice=True), at, day_first)


def cents_of(text: str) -> int | None:
    """An amount of money in cents; ``None`` where it is none.

    >>> [cents_of(t) for t in ("1.234", "€ 1.234,56", "12,5", "-30.00 EUR", "gratis")]
    [123400, 123456, 1250, -3000, None]
    """
    plain = re.sub(r"(?i)€|eur(?:o)?\b|\s", "", text).replace("\N{MINUS SIGN}", "-")
    number = parse_number(re.sub(r"[.,]", "", plain) if _THOUSANDS.match(plain) else plain)
    if number is None or abs(number) * 100 > MOST_CENTS:
        return None
    return round(number * 100)


def read_rows(plan: Plan, sheet: Sheet) -> Iterator[Bought | Rejection]:
    """Every row of the table, or why it cannot be one."""
    for raw in body(plan.source, plan.header):
        if raw.broken:
            yield Rejection(raw.line, None, " ".join(raw.cells)[:200], raw.broken, {"last": raw.last})
        else:
            yield _row(raw.line, raw.cells, sheet)


def _row(line: int, cells: Sequence[str], sheet: Sheet) -> Bought | Rejection:
    said = sheet.cell("day", cells)
    moment = parse_moment(said, day_first=sheet.day_first, serial=True)
    if moment is None:
        return Rejection(line, None, said[:200], "no-purchase-day", {})
    amount = sheet.cell("amount", cells)
    cents = cents_of(amount)
    if cents is None:
        return Rejection(line, None, amount[:200], "no-amount", {})
    people = sheet.people
    who = people.cell("external_id", cells), people.cell("email", cells).lower(), people.name_of(cells).casefold()
    if not any(who):
        return Rejection(line, None, "", "no-email-or-name", {})
    currency = sheet.cell("currency", cells).upper()
    known = currency if _CURRENCY.match(currency) else "EUR"
    return Bought(line, who, moment.day, cents, known, sheet.cell("number", cells)[:80])


class Joining:
    """Finds whose each row is and what it is called; one of these goes through one file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._seen: Counter[tuple[Any, ...]] = Counter()

    def purchases(self, rows: Iterable[Bought], reject: Callable[[Rejection], None]) -> Iterator[Purchase]:
        """Purchases not written yet, whether or not they are in the database. Four queries."""
        rows = list(rows)
        known = _known(rows)
        for row in rows:
            mine = next((found for place, key in enumerate(row.who) if key and (found := known[place].get(key))), [])
            if len(mine) != 1:
                code = "several-customers" if mine else "no-such-customer"
                reject(Rejection(row.line, None, " ".join(filter(None, row.who))[:200], code, {}))
                continue
            yield Purchase(
                customer_id=mine[0], bought_on=row.day, cents=row.cents, currency=row.currency, source=self.source,
                external_id=self._name(row, mine[0]),
            )  # fmt: skip

    def _name(self, row: Bought, customer: int) -> str:
        """Its number; without one what it says, and the how-manieth of its kind it is in the file."""
        if row.number:
            return row.number
        key = (customer, row.day, row.cents, row.currency)
        self._seen[key] += 1
        return hashlib.sha256(repr((*key, self._seen[key])).encode()).hexdigest()[:40]


def _known(rows: Sequence[Bought]) -> list[dict[str, list[int]]]:
    """Number, address and name → the customers who have it."""
    maps: list[dict[str, list[int]]] = []
    people = Customer.objects.remembered()
    for place, column in enumerate(("external_id", "email", "name")):
        keys = {row.who[place] for row in rows if row.who[place]}
        found: dict[str, list[int]] = defaultdict(list)
        of = people.annotate(found_by=Lower(column))
        for pk, key in of.filter(found_by__in={key.lower() for key in keys}).values_list("pk", "found_by"):
            found[key].append(pk)
        maps.append({key: found[key.lower()] for key in keys if key.lower() in found})
    # An invoice says who by the VAT number of the company they work for
    numbers = {key: key.upper().removeprefix("IT") for row in rows if (key := row.who[0]) and key not in maps[0]}
    of = people.filter(account__vat_number__in={*numbers.values(), *(f"IT{number}" for number in numbers.values())})
    by_number: dict[str, list[int]] = defaultdict(list)
    for pk, number in of.values_list("pk", "account__vat_number"):
        by_number[number.removeprefix("IT")].append(pk)
    maps[0] |= {key: by_number[number] for key, number in numbers.items() if number in by_number}
    return maps


def not_here(purchases: Iterable[Purchase], source: str) -> tuple[list[Purchase], int]:
    """Those not in the database yet, and how many are. One query."""
    rows = list(purchases)
    known = Purchase.objects.filter(source=source, external_id__in={row.external_id for row in rows})
    here = set(known.values_list("external_id", flat=True))
    fresh: dict[str, Purchase] = {}
    for row in rows:
        if row.external_id not in here:
            fresh.setdefault(row.external_id, row)
    return list(fresh.values()), len(rows) - len(fresh)


def import_purchases(
    path: Path,
    plan: Plan,
    *,
    by: Person | None,
    lang: str,
    source: str = "",
    imported: ImportedFile | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportedFile:
    """Write every purchase of ``plan`` that is not here yet."""
    sheet, sha256 = sheet_of(plan), hash_of(path)
    keep_file(path, sha256)
    imported = imported or ImportedFile(name=path.name[:200], imported_at=timezone.now(), imported_by=by)
    imported.sha256, imported.kind, imported.state = sha256, "purchases", State.RUNNING
    imported.source, imported.total = (source or SOURCE)[:80], plan.rows
    imported.save()
    joining, rows = Joining(imported.source), read_rows(plan, sheet)
    with RejectionFile(rejected_file(imported), lang) as rejections:
        while chunk := list(islice(rows, CHUNK)):
            with transaction.atomic():
                _write_chunk(imported, joining, chunk, rejections)
            imported.rows += len(chunk)
            progress(imported.rows, plan.rows)
    imported.rejected, imported.state, imported.done = rejections.count, State.DONE, imported.rows
    with transaction.atomic():
        imported.save()
        counts = {"accepted": imported.accepted, "already_there": imported.already_there, "rejected": imported.rejected}
        record("purchases.imported", by=by, about=imported, data=counts)
    return imported


def _write_chunk(
    imported: ImportedFile, joining: Joining, chunk: Sequence[Bought | Rejection], rejections: RejectionFile
) -> None:
    for row in chunk:
        if isinstance(row, Rejection):
            rejections(row)
    found = joining.purchases((row for row in chunk if isinstance(row, Bought)), rejections)
    fresh, here = not_here(found, joining.source)
    Purchase.objects.bulk_create(fresh)
    MadeRow.objects.bulk_create(MadeRow(file=imported, kind="purchase", object_id=row.pk) for row in fresh)
    imported.accepted += len(fresh)
    imported.already_there += here
