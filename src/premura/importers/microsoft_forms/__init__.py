"""Microsoft Forms: a workbook with five columns of its own, in English or Italian; several answers end with ``;``."""

from __future__ import annotations

import re

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import Brought, Shape
from premura.importers.table.roles import Role, fold

NAME = "Microsoft Forms"
_ROLES = {
    "id": Role.ID,
    "start time": Role.IGNORE,
    "ora di inizio": Role.IGNORE,
    "completion time": Role.DATE,
    "ora di completamento": Role.DATE,
    "email": Role.EMAIL,
    "posta elettronica": Role.EMAIL,
    "indirizzo di posta elettronica": Role.EMAIL,
    "name": Role.CUSTOMER,
    "nome": Role.CUSTOMER,
    "language": Role.LANGUAGE,
    "lingua": Role.LANGUAGE,
    "last modified time": Role.IGNORE,
    "ora dell ultima modifica": Role.IGNORE,
}
# Of a quiz: what each answer was worth
_POINTS = re.compile(
    r"^(?:(?:total points|totale punti|quiz feedback|feedback quiz)$|(?:points|punti|feedback) - )", re.I
)
_START, _END = {"start time", "ora di inizio"}, {"completion time", "ora di completamento"}


def recognise(head: Head) -> Sight | None:
    if head.header is None:
        return None
    folded = {fold(name) for name in head.header.names}
    return Sight(0.95, "responses") if "id" in folded and folded & _START and folded & _END else None


def read(head: Head) -> Brought:
    assert head.header is not None
    # Only the first columns are its own: a question may be called «Name» too
    roles = {name: _ROLES[fold(name)] for name in head.header.names[:8] if fold(name) in _ROLES}
    roles |= {name: Role.IGNORE for name in head.header.names if name not in roles and _POINTS.match(name)}
    return Brought("responses", None, head.source, head.header, Shape(roles, joined=";"))
