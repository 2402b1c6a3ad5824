"""SurveyMonkey: two header rows, the question over its first column, options (or «Response») in the second row.

The «condensed» export leaves the second row empty. Line ends are sometimes CR alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import Brought, Group, Shape
from premura.importers.table.roles import Role, fold

NAME = "SurveyMonkey"
_ROLES = {
    "respondent id": Role.ID,
    "respondentid": Role.ID,
    "id rispondente": Role.ID,
    "end date": Role.DATE,
    "data di fine": Role.DATE,
    "email address": Role.EMAIL,
    "indirizzo e mail": Role.EMAIL,
    "indirizzo email": Role.EMAIL,
    "collector id": Role.IGNORE,
    "collectorid": Role.IGNORE,
    "id collettore": Role.IGNORE,
    "start date": Role.IGNORE,
    "startdate": Role.IGNORE,
    "enddate": Role.DATE,
    "data di inizio": Role.IGNORE,
}
_OWN = 12
_PRIVATE = re.compile(
    r"^(?:ip address|indirizzo ip|first name|last name|nome|cognome|(?:custom data|dati personalizzati)(?: \d+)?)$"
)
_OPEN = {"open ended response", "risposta a testo libero", "risposta aperta"}
_SEPARATOR = " – "


def recognise(head: Head) -> Sight | None:
    if head.header is None:
        return None
    folded = {fold(name) for name in head.header.names}
    has_ids = bool(folded & {"respondent id", "respondentid", "id rispondente"})
    if has_ids and folded & {"collector id", "collectorid", "id collettore"}:
        return Sight(1.0, "responses")
    if head.header.kind == "surveymonkey":
        return Sight(0.95 if has_ids else 0.8, "responses")
    return Sight(0.6, "responses") if has_ids else None


def read(head: Head) -> Brought:
    assert head.header is not None
    roles = {name: _ROLES[fold(name)] for name in head.header.names if fold(name) in _ROLES}
    # Only the first columns are the respondent's own: a question may be called «Nome» too
    roles |= {name: Role.IGNORE for name in head.header.names[:_OWN] if _PRIVATE.match(fold(name))}
    roles |= _by_second_row(head, roles)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in head.header.names:
        question, _, option = name.rpartition(_SEPARATOR)
        if question and name not in roles:
            found[question].append((name, option))
    groups = tuple(Group(question, tuple(columns)) for question, columns in found.items() if len(columns) > 1)
    # Only the condensed export joins several answers in one cell
    joined = ", " if head.header.kind == "single" or not any(map(str.strip, head.rows[1])) else ""
    return Brought("responses", None, head.source, head.header, Shape(roles, groups, joined, split=_split))


def _by_second_row(head: Head, known: Mapping[str, Role]) -> dict[str, Role]:
    """What the row of options says of the others: nothing stands under the respondent's own columns."""
    if head.header is None or head.header.kind != "surveymonkey" or len(head.rows) < 2:
        return {}
    second = [fold(cell) for cell in head.rows[1]]
    first = next((place for place, cell in enumerate(second) if cell), 0)
    found: dict[str, Role] = {}
    for place, (name, cell) in enumerate(zip(head.header.names, second, strict=False)):
        if place < first and name not in known:
            found[name] = Role.IGNORE
        elif cell in _OPEN and name not in known:
            found[name] = Role.COMMENT
    return found


def _split(name: str) -> tuple[str, str]:
    question, _, option = name.rpartition(_SEPARATOR)
    return (question, option) if question else (name, "")
