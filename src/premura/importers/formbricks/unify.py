"""The Unify CSV: one answer a row, turned round to one response a row."""

from __future__ import annotations

from collections.abc import Iterator

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head
from premura.importers.neutral.values import Brought, Shape, rows_of
from premura.importers.table.headers import Header
from premura.importers.table.profile import is_blank
from premura.importers.table.roles import Role
from premura.importers.table.rows import RawRow

NEEDED = frozenset({"submission_id", "collected_at", "field_id", "field_type", "value"})
_MOST = 2_000_000
_KINDS = {
    "nps": Role.NPS,
    "csat": Role.CSAT,
    "ces": Role.CES,
    "rating": Role.RATING,
    "text": Role.COMMENT,
}
_FIXED = ("submission_id", "collected_at", "email", "language")


def read(head: Head) -> Brought:
    assert head.source is not None
    assert head.header is not None
    at = {name.casefold(): number for number, name in enumerate(head.header.names)}
    people: dict[str, tuple[int, dict[str, str]]] = {}
    kinds: dict[str, str] = {}
    labels: dict[str, str] = {}
    count = 0
    for number, row in enumerate(head.source):
        if number < head.header.rows or row.broken:
            continue

        def cell(name: str, cells: list[str] = row.cells) -> str:
            place = at.get(name, -1)
            return cells[place].strip() if 0 <= place < len(cells) else ""

        count += 1
        if count > _MOST:
            raise SourceError("too-large", name=head.path.name, most=_MOST >> 20)
        person, field = cell("submission_id"), cell("field_id")
        if not person or not field or is_blank(cell("value")):
            continue
        kinds.setdefault(field, cell("field_type").lower())
        labels.setdefault(field, cell("field_label"))
        held = people.setdefault(person, (row.line, {name: cell(name) for name in _FIXED}))[1]
        held[f"?{field}"] = "; ".join(filter(None, (held.get(f"?{field}", ""), cell("value"))))
    return _turned(head, people, kinds, labels)


def _turned(
    head: Head, people: dict[str, tuple[int, dict[str, str]]], kinds: dict[str, str], labels: dict[str, str]
) -> Brought:
    fields = tuple(kinds)
    header = Header((*_FIXED, *fields), ("",) * len(_FIXED) + tuple(labels[f] for f in fields), "single", 1)

    def make() -> Iterator[RawRow]:
        yield RawRow(1, list(header.names))
        for line, held in people.values():
            yield RawRow(line, [*(held.get(n, "") for n in _FIXED), *(held.get(f"?{f}", "") for f in fields)])

    roles = {"submission_id": Role.ID, "collected_at": Role.DATE, "email": Role.EMAIL, "language": Role.LANGUAGE}
    roles |= {field: _KINDS[kind] for field, kind in kinds.items() if kind in _KINDS}
    return Brought("responses", None, rows_of(head.path, make), header, Shape(roles, joined="; "))
