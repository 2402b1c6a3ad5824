"""Delighted: the responses of its API as JSON, turned into rows. The kind of score is the survey's own word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.safe import bytes_of, json_of
from premura.importers.neutral.values import Brought, LeftOut, Shape, rows_of
from premura.importers.table.headers import Header
from premura.importers.table.roles import Role
from premura.importers.table.rows import RawRow

NAME = "Delighted"
_KINDS = {"nps": Role.NPS, "csat": Role.CSAT, "ces": Role.CES, "stars_five": Role.RATING, "smileys_five": Role.RATING}
_FIXED = ("id", "created_at", "email", "comment")
_LONGEST = 5_000


def recognise(head: Head) -> Sight | None:
    start = head.text[:8000]
    is_json = head.header is None and start.startswith(("[", "{"))
    return Sight(0.95, "responses") if is_json and '"score"' in start and '"survey_type"' in start else None


def read(head: Head) -> Brought:
    name = head.path.name
    document = json_of(bytes_of(head.path), name)
    items = document if isinstance(document, list) else [document]
    rows = [_row(item) for item in items if isinstance(item, Mapping) and item.get("id")]
    if not rows:
        raise SourceError("wrong-shape", name=name, source=NAME, what="id, score")
    asked = list(dict.fromkeys(column for row in rows for column in row if column not in _FIXED))
    header = Header((*_FIXED, *asked), ("",) * (len(_FIXED) + len(asked)), "single", 1)

    def make() -> Iterator[RawRow]:
        yield RawRow(1, list(header.names))
        for line, row in enumerate(rows, start=1):
            yield RawRow(line, [row.get(column, "") for column in header.names])

    roles = {"id": Role.ID, "created_at": Role.DATE, "email": Role.EMAIL, "comment": Role.COMMENT}
    roles |= {column: _KINDS[column] for column in asked if column in _KINDS}
    left = tuple(LeftOut("left-kind", kind, {"foreign": kind}) for kind in asked if kind.startswith("score: "))
    return Brought("responses", None, rows_of(head.path, make), header, Shape(roles, joined="; "), left_out=left)


def _row(item: Mapping[str, Any]) -> dict[str, str]:
    person = item.get("person")
    kind = str(item.get("survey_type") or "").lower()
    row = {
        "id": str(item["id"])[:120],
        "created_at": _day(item.get("created_at")),
        "email": str(person.get("email") or "") if isinstance(person, Mapping) else "",
        "comment": str(item.get("comment") or "")[:_LONGEST],
    }
    score = item.get("score")
    if isinstance(score, int | float) and not isinstance(score, bool):
        row[kind if kind in _KINDS else f"score: {kind or '?'}"] = f"{score:g}"
    for more in item.get("additional_answers") or ():
        if isinstance(more, Mapping) and isinstance(more.get("question"), Mapping):
            row[str(more["question"].get("text") or more["question"].get("id"))[:200]] = _said(more.get("value"))
    return row


def _day(seconds: object) -> str:
    if not isinstance(seconds, int | float) or not 0 < seconds < 4e9:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _said(value: object) -> str:
    held = value if isinstance(value, Mapping) else {}
    for key in ("free_response", "scale"):
        if held.get(key) is not None:
            return str(held[key])[:_LONGEST]
    if isinstance(held.get("select_one"), Mapping):
        return str(held["select_one"].get("text") or "")
    chosen = held.get("select_many")
    return (
        "; ".join(str(c.get("text") or "") for c in chosen if isinstance(c, Mapping))
        if isinstance(chosen, list)
        else ""
    )
