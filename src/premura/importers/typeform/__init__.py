"""Typeform: ``#`` first, the three columns of its own last. Several answers are joined by `` / ``.

Questions may hold recall marks (``{{answer_42471732}}``), which are taken out of the text. Whoever did not end has no
submit date: their last page counts, or when they began.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import Brought, Group, Rows, Shape
from premura.importers.table.plan import body
from premura.importers.table.roles import Role, fold
from premura.importers.table.rows import RawRow

NAME = "Typeform"
_RECALL = re.compile(r"\{\{[^{}]*\}\}")
_LOOKED_AT = 20_000
_DAYS = ("submit date (utc)", "stage date (utc)", "start date (utc)")
_ROLES = {
    "#": Role.ID,
    "submit date (utc)": Role.DATE,
    "start date (utc)": Role.IGNORE,
    "stage date (utc)": Role.IGNORE,
    "network id": Role.IGNORE,
    "tags": Role.IGNORE,
    "ending": Role.IGNORE,
    "response type": Role.IGNORE,
    "email": Role.EMAIL,
}


def recognise(head: Head) -> Sight | None:
    if head.header is None:
        return None
    own = head.names & {"submit date (utc)", "network id", "start date (utc)"}
    return Sight(1.0 if len(own) > 1 else 0.8, "responses") if own and len(own) + ("#" in head.names) > 1 else None


def read(head: Head) -> Brought:
    header = head.header
    assert header is not None
    roles = {name: _ROLES[low] for name in header.names if (low := name.strip().casefold()) in _ROLES}
    roles |= {name: Role.EMAIL for name in header.names if fold(name) in ("email", "e mail", "email address")}
    labels = tuple(
        " ".join(_RECALL.sub("…", label or name).split()) if _RECALL.search(label or name) else label
        for name, label in zip(header.names, header.labels, strict=True)
    )
    groups = tuple(_ticked(head, set(roles)))
    return Brought("responses", None, _dated(head), replace(header, labels=labels), Shape(roles, groups, " / "))


def _dated(head: Head) -> Rows:
    """The rows, those without a submit date with the last day that they have."""
    assert head.header is not None
    assert head.source is not None
    source, low = head.source, [name.strip().casefold() for name in head.header.names]
    sent, *others = (low.index(name) if name in low else -1 for name in _DAYS)

    def make() -> Iterator[RawRow]:
        for row in source:
            if 0 <= sent < len(row.cells) and not row.cells[sent].strip():
                row.cells[sent] = next(
                    (row.cells[at] for at in others if 0 <= at < len(row.cells) and row.cells[at]), ""
                )
            yield row

    return Rows(source.path, source.format, source.wanted_sheet, source.sheet, source.sheets, make=make)


def _ticked(head: Head, known: set[str]) -> Iterator[Group]:
    """Old exports have a column for each option, in which its own words stand: side by side they are one question."""
    assert head.header is not None
    assert head.source is not None
    names = head.header.names
    said: list[set[str]] = [set() for _ in names]
    for row in islice(body(head.source, head.header), _LOOKED_AT):
        for words, cell in zip(said, row.cells, strict=False):
            if cell.strip() and len(words) < 2:
                words.add(fold(cell))
    run: list[str] = []
    for name, words in zip((*names, ""), (*said, set()), strict=True):
        if name and name not in known and words == {fold(name)}:
            run.append(name)
            continue
        if len(run) > 1:
            yield Group(" / ".join(run)[:200], tuple((one, one) for one in run))
        run = []
