"""Typeform: ``#`` first, the three columns of its own last. Several answers are joined by `` / ``.

Questions may hold recall marks (``{{answer_42471732}}``), which are taken out of the text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import Brought, Shape
from premura.importers.table.roles import Role, fold

NAME = "Typeform"
_RECALL = re.compile(r"\{\{[^{}]*\}\}")
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
    return Brought("responses", None, head.source, replace(header, labels=labels), Shape(roles, joined=" / "))
