"""SurveyMonkey: two header rows, the question over its first column, options (or «Response») in the second row.

The «condensed» export leaves the second row empty. Line ends are sometimes CR alone.
"""

from __future__ import annotations

from collections import defaultdict

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
    "collector id": Role.IGNORE,
    "collectorid": Role.IGNORE,
    "id collettore": Role.IGNORE,
    "start date": Role.IGNORE,
    "startdate": Role.IGNORE,
    "enddate": Role.DATE,
    "data di inizio": Role.IGNORE,
    "ip address": Role.IGNORE,
    "first name": Role.IGNORE,
    "last name": Role.IGNORE,
    "custom data 1": Role.IGNORE,
}
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
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in head.header.names:
        question, _, option = name.rpartition(_SEPARATOR)
        if question and name not in roles:
            found[question].append((name, option))
    groups = tuple(Group(question, tuple(columns)) for question, columns in found.items() if len(columns) > 1)
    return Brought("responses", None, head.source, head.header, Shape(roles, groups, split=_split))


def _split(name: str) -> tuple[str, str]:
    question, _, option = name.rpartition(_SEPARATOR)
    return (question, option) if question else (name, "")
