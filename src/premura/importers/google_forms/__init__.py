"""Google Forms: one header row of question texts; the first column is when. Several answers are joined by commas."""

from __future__ import annotations

import re

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import Brought, Shape
from premura.importers.table.roles import Role, fold

NAME = "Google Forms"
_WHEN = {"timestamp", "informazioni cronologiche", "indicatore data e ora", "data e ora"}
_EMAIL = {
    "email address", "email", "username", "indirizzo email", "indirizzo e mail", "nome utente",
    "indirizzo di posta elettronica",
}  # fmt: skip
_POINTS = {"score", "punteggio"}
_ROW = re.compile(r"^(.+?)\s*\[(.+)\]$", re.DOTALL)


def recognise(head: Head) -> Sight | None:
    if head.header is None or head.header.kind != "single" or len(head.header.names) < 2:
        return None
    first = fold(head.header.names[0])
    if first not in _WHEN:
        return None
    # «Timestamp» begins many a file; the Italian words begin no other
    return Sight(0.9 if first == "informazioni cronologiche" else 0.7, "responses")


def read(head: Head) -> Brought:
    assert head.header is not None
    names = head.header.names
    roles = {names[0]: Role.DATE} | {name: Role.EMAIL for name in names[1:3] if fold(name) in _EMAIL}
    # The points of a quiz
    roles |= {name: Role.IGNORE for name in names[1:3] if fold(name) in _POINTS}
    return Brought("responses", None, head.source, head.header, Shape(roles, joined=", ", split=_split))


def _split(name: str) -> tuple[str, str]:
    """A grid's column: «Domanda [riga]» → (Domanda, riga)."""
    found = _ROW.match(name)
    return (found[1], found[2]) if found else (name, "")
