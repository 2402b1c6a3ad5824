"""Write the customers of a table; somebody who is here already is left as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from premura.core.company.company import the_company
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.history.history import record
from premura.core.languages import language_said
from premura.core.staff.models import Person
from premura.core.words import on_one_line
from premura.importers.models import ImportedFile, MadeRow, State
from premura.importers.neutral.errors import SourceError
from premura.importers.responses.keeping import hash_of, keep_file, rejected_file
from premura.importers.table import Plan, Rejection, RejectionFile, Role
from premura.importers.table.plan import body
from premura.importers.table.profile import is_blank
from premura.importers.table.roles import fold

CHUNK = 500
_FIELDS: Mapping[str, re.Pattern[str]] = {
    "external_id": re.compile(r"^(?:id|codice(?: cliente)?|customer id|id cliente|client id|numero cliente|code)$"),
    "email": re.compile(r"^(?:e ?mail|email address|indirizzo e ?mail|posta elettronica|mail)$"),
    "phone": re.compile(r"^(?:telefono|tel|cellulare|phone|phone number|mobile|numero di telefono)$"),
    "language": re.compile(r"^(?:lingua|language)$"),
    "first": re.compile(r"^(?:nome|first ?name|given name)$"),
    "last": re.compile(r"^(?:cognome|last ?name|surname|family name)$"),
    "name": re.compile(
        r"^(?:cliente|customer|nominativo|nome e cognome|full name|name|customer name|ragione sociale|denominazione|"
        r"company|azienda|nome completo)$"
    ),
}
_ROLES = {Role.ID: "external_id", Role.EMAIL: "email", Role.CUSTOMER: "name", Role.LANGUAGE: "language"}


@dataclass(frozen=True)
class Columns:
    """Which column holds what of a customer; ``name`` may be first and last."""

    at: Mapping[str, int]
    location: int | None = None

    def cell(self, name: str, cells: Sequence[str]) -> str:
        place = self.at.get(name, -1)
        text = cells[place].strip() if 0 <= place < len(cells) else ""
        return "" if is_blank(text) else on_one_line(text)

    def name_of(self, cells: Sequence[str]) -> str:
        both = " ".join(filter(None, (self.cell("first", cells), self.cell("last", cells))))
        return (self.cell("name", cells) or both)[:160]


def columns_of(plan: Plan, *, ids_suffice: bool = False) -> Columns:
    """What each column holds, by its name and by what was declared. Raises ``SourceError`` where nobody is named.

    ``ids_suffice``: somebody who is here already may be named by their number alone.
    """
    at: dict[str, int] = {}
    for column in plan.columns:
        if column.why == "declared" and column.role in _ROLES:
            at[_ROLES[column.role]] = column.index
    for field, pattern in _FIELDS.items():
        named = (c for c in plan.columns if c.filled and c.why != "declared" and pattern.match(fold(c.name)))
        if field not in at and (found := next(named, None)):
            at[field] = found.index
    if "email" not in at and (email := next(iter(plan.with_role(Role.EMAIL)), None)):
        at["email"] = email.index
    if not at.keys() & {"name", "first", "last", "email", *(["external_id"] if ids_suffice else [])}:
        raise SourceError("no-customers", name=plan.source.path.name)
    place = next(iter(plan.with_role(Role.LOCATION)), None)
    return Columns(at, place.index if place else None)


def import_customers(
    path: Path,
    plan: Plan,
    *,
    by: Person | None,
    lang: str,
    source: str = "",
    imported: ImportedFile | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportedFile:
    """Write every customer of ``plan`` who is not here yet."""
    columns = columns_of(plan)
    sha256 = hash_of(path)
    keep_file(path, sha256)
    imported = imported or ImportedFile(name=path.name[:200], imported_at=timezone.now(), imported_by=by)
    imported.sha256, imported.kind, imported.state = sha256, "customers", State.RUNNING
    imported.source, imported.total = (source or path.stem)[:80], plan.rows
    imported.save()
    places = {place.name.casefold(): place for place in Location.objects.filter(is_imported=False)}
    rows = body(plan.source, plan.header)
    with RejectionFile(rejected_file(imported), lang) as rejections:
        while chunk := list(islice(rows, CHUNK)):
            with transaction.atomic():
                _write_chunk(imported, columns, chunk, places, rejections)
            imported.rows += len(chunk)
            progress(imported.rows, plan.rows)
    imported.rejected, imported.state, imported.done = rejections.count, State.DONE, imported.rows
    with transaction.atomic():
        imported.save()
        counts = {"accepted": imported.accepted, "already_there": imported.already_there, "rejected": imported.rejected}
        record("customers.imported", by=by, about=imported, data=counts)
    return imported


def _write_chunk(
    imported: ImportedFile,
    columns: Columns,
    chunk: Sequence[object],
    places: Mapping[str, Location],
    rejections: RejectionFile,
) -> None:
    company = the_company()
    wanted = [
        row
        for raw in chunk
        if (row := _customer(raw, columns, places, company.language if company else "it", rejections))
    ]
    ids = {c.external_id for c in wanted if c.external_id}
    emails = {c.email.lower() for c in wanted if c.email}
    by_id = set(Customer.objects.filter(external_id__in=ids).values_list("external_id", flat=True))
    known = Customer.objects.annotate(address=Lower("email")).filter(address__in=emails)
    by_email = set(known.values_list("address", flat=True))
    fresh: list[Customer] = []
    named: set[tuple[str, str]] = set()
    for customer in wanted:
        if customer.external_id in by_id or (customer.email and customer.email.lower() in by_email):
            imported.already_there += 1
            continue
        who = (customer.name.casefold(), customer.phone)
        if not customer.external_id and not customer.email and (who in named or _is_named(customer)):
            imported.already_there += 1
            continue
        fresh.append(customer)
        named.add(who)
        by_id |= {customer.external_id} - {""}
        by_email |= {customer.email.lower()} - {""}
    Customer.objects.bulk_create(fresh)
    made = [MadeRow(file=imported, kind="customer", object_id=customer.pk) for customer in fresh]
    MadeRow.objects.bulk_create(made)
    imported.accepted += len(fresh)


def _is_named(customer: Customer) -> bool:
    """Without number or address only name and telephone together tell who it is."""
    return Customer.objects.filter(name__iexact=customer.name, phone=customer.phone).exists()


def _customer(
    raw: object, columns: Columns, places: Mapping[str, Location], language: str, rejections: RejectionFile
) -> Customer | None:
    cells: Sequence[str] = getattr(raw, "cells", [])
    line: int = getattr(raw, "line", 0)
    if broken := getattr(raw, "broken", None):
        rejections(Rejection(line, None, " ".join(cells)[:200], broken, {"last": getattr(raw, "last", line)}))
        return None
    name, email = columns.name_of(cells), columns.cell("email", cells)
    if email:
        try:
            validate_email(email)
        except ValidationError:
            rejections(Rejection(line, "e-mail", email[:200], "answer-not-taken", {}))
            email = ""
    if not name and not email:
        rejections(Rejection(line, None, "", "no-email-or-name", {}))
        return None
    place = (
        cells[columns.location].strip().casefold()
        if columns.location is not None and columns.location < len(cells)
        else ""
    )
    return Customer(
        name=name or email.partition("@")[0],
        email=email[:254],
        phone=columns.cell("phone", cells)[:40],
        language=language_said(columns.cell("language", cells)) or language,
        location=places.get(place),
        external_id=columns.cell("external_id", cells)[:80],
        created_at=timezone.now(),
    )
