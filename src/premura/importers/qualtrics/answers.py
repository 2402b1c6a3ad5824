"""Answers that Qualtrics exported. Its own columns are known by their ImportId, in whatever language."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from premura.importers.neutral.head import Head
from premura.importers.neutral.values import Brought, Group, LeftOut, Rows, Shape
from premura.importers.table.headers import Header
from premura.importers.table.roles import Role
from premura.importers.table.rows import RawRow

_ROLES = {
    "_recordid": Role.ID,
    "recordeddate": Role.DATE,
    "recipientemail": Role.EMAIL,
    "userlanguage": Role.LANGUAGE,
    **dict.fromkeys(
        [
            "startdate",
            "enddate",
            "status",
            "ipaddress",
            "progress",
            "duration",
            "finished",
            "recipientlastname",
            "recipientfirstname",
            "externaldatareference",
            "locationlatitude",
            "locationlongitude",
            "distributionchannel",
        ],
        Role.IGNORE,
    ),
}
# The legacy export names its columns only in its second row
_LEGACY = {
    "responseid": Role.ID,
    "enddate": Role.DATE,
    "emailaddress": Role.EMAIL,
    **dict.fromkeys(
        [
            "responseset",
            "name",
            "externaldatareference",
            "ipaddress",
            "status",
            "startdate",
            "finished",
            "locationlatitude",
            "locationlongitude",
            "locationaccuracy",
        ],
        Role.IGNORE,
    ),
}
# The columns that every export has, as the first row names them in whatever language
OWN = frozenset({"StartDate", "EndDate", "RecordedDate", "ResponseId", "Finished"})
_ALIKE = {"responseid": "_recordId", "externalreference": "externalDataReference", "duration (in seconds)": "duration"}
_PREVIEWS = {"1", "survey preview", "2", "survey test", "anteprima sondaggio", "test sondaggio"}
# The whole of a text question; a number before the end is a field of a form, or the words beside a choice
_WRITTEN = re.compile(r"^QID\d+_TEXT$")
_PART = re.compile(r"^(.+?)_(\d+)(?:_TEXT)?$")


def read(head: Head) -> Brought:
    header, source = head.header, head.source
    assert header is not None
    assert source is not None
    if header.kind == "qualtrics-legacy":
        roles = {name: _LEGACY[name.lower()] for name in header.names if name.lower() in _LEGACY}
        return Brought("responses", None, source, header, Shape(roles, split=_split))
    is_bare = header.kind != "qualtrics"
    ids = _by_name(header.names) if is_bare else [_import_id(cell) for cell in head.rows[header.rows - 1]]
    ids += [{}] * (len(header.names) - len(ids))
    roles = {n: _ROLES[str(i.get("ImportId", "")).lower()] for n, i in zip(header.names, ids, strict=False)
             if str(i.get("ImportId", "")).lower() in _ROLES}  # fmt: skip
    for name, own in zip(header.names, ids, strict=False):
        # The order in which it was shown, and the group of an NPS, are no answers
        if str(own.get("ImportId")).endswith(("_DO", "_NPS_GROUP")):
            roles[name] = Role.IGNORE
        elif _WRITTEN.match(str(own.get("ImportId"))):
            roles[name] = Role.COMMENT
    shape = Shape(roles, _groups(header, ids), joined=",", split=_split)
    status = next((k for k, i in enumerate(ids) if str(i.get("ImportId", "")).lower() == "status"), -1)
    rows, previews = _without_previews(source, header, status)
    left = (LeftOut("left-preview", "", {"count": previews}),) if previews else ()
    return Brought("responses", None, rows, header, shape, left_out=left)


def _by_name(names: Sequence[str]) -> list[dict[str, Any]]:
    """As the row that somebody took away would have it: the own columns by their names, the others by themselves."""
    return [{"ImportId": _ALIKE.get(name.lower(), name)} for name in names]


def _import_id(cell: str) -> dict[str, Any]:
    try:
        found = json.loads(cell)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _groups(header: Header, ids: list[dict[str, Any]]) -> tuple[Group, ...]:
    """Columns of one question with a column for each choice; the choice's words are the end of its label."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, label, own in zip(header.names, header.labels, ids, strict=False):
        if "choiceId" in own:
            found[str(own["ImportId"])].append((name, label.rpartition(" - ")[2].strip() or str(own["choiceId"])))
    return tuple(Group(_split(columns[0][0])[0], tuple(columns)) for columns in found.values())


def _split(name: str) -> tuple[str, str]:
    """``Q4_2`` → (Q4, 2): the second row of a grid or the second choice."""
    found = _PART.match(name)
    return (found[1], found[2]) if found else (name, "")


def _without_previews(source: Any, header: Header, status: int) -> tuple[Rows, int]:
    """The rows without trials by the survey's author, and how many of those there were."""

    def is_preview(row: RawRow) -> bool:
        return 0 <= status < len(row.cells) and row.cells[status].strip().lower() in _PREVIEWS

    def make() -> Iterator[RawRow]:
        for number, row in enumerate(source):
            if number < header.rows or not is_preview(row):
                yield row

    count = sum(1 for number, row in enumerate(source) if number >= header.rows and is_preview(row))
    return Rows(source.path, source.format, source.wanted_sheet, source.sheet, source.sheets, make=make), count
