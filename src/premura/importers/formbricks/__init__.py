"""Formbricks: the CSV or XLSX of a survey's responses, and the «Unify» CSV with one answer a row.

A survey's columns follow the first response's meta data; a later one may lack values.
"""

from __future__ import annotations

import re

from premura.importers.formbricks import unify
from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.values import Brought, Shape
from premura.importers.table.roles import Role

NAME = "Formbricks"
_ROLES = {
    "no.": Role.IGNORE,
    "response id": Role.ID,
    "timestamp": Role.DATE,
    "finished": Role.IGNORE,
    "quotas": Role.IGNORE,
    "survey id": Role.IGNORE,
    "formbricks id (internal)": Role.IGNORE,
    "user id": Role.CUSTOMER,
    "tags": Role.IGNORE,
    "verified email": Role.EMAIL,
    "person.email": Role.EMAIL,
    "language": Role.LANGUAGE,
    "person.language": Role.LANGUAGE,
}
_ASKED = re.compile(r"^(\d+)\. ")
_META = re.compile(r"^(?:userAgent - |person\.|url$|source$|country$|action$|ipAddress$)")


def recognise(head: Head) -> Sight | None:
    if head.header is None:
        return None
    if head.names >= unify.NEEDED:
        return Sight(1.0, "responses")
    is_own = {"response id", "survey id"} <= head.names and "formbricks id (internal)" in head.names
    return Sight(1.0, "responses") if is_own else None


def read(head: Head) -> Brought:
    if head.names >= unify.NEEDED:
        return unify.read(head)
    assert head.header is not None
    names = head.header.names
    roles: dict[str, Role] = {}
    for name in names:
        low = name.casefold()
        if low in _ROLES and (_ROLES[low] is not Role.EMAIL or Role.EMAIL not in roles.values()):
            roles[name] = _ROLES[low]
        elif _META.match(name) or name.endswith(" - Option ID") or not _ASKED.match(name):
            # Meta data, variables and hidden fields are no answers
            roles[name] = Role.IGNORE
    return Brought("responses", None, head.source, head.header, Shape(roles, joined="; ", split=_split))


def _split(name: str) -> tuple[str, str]:
    """A matrix has one column a row: «1. Headline - Row»."""
    question, _, row = name.rpartition(" - ")
    return (question, row) if question and _ASKED.match(question) else (name, "")
