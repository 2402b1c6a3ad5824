"""Formbricks: the CSV or XLSX of a survey's responses, the «Unify» CSV with one answer a row, and its interface's JSON.

A survey's columns follow the first response's meta data; a later one may lack values.
"""

from __future__ import annotations

import re
from dataclasses import replace

from premura.importers.formbricks import api, unify
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
        kind = api.kind_of(head.text)
        return Sight(0.9, kind) if kind else None
    if head.names >= unify.NEEDED:
        return Sight(1.0, "responses")
    is_own = {"response id", "survey id"} <= head.names and "formbricks id (internal)" in head.names
    return Sight(1.0, "responses") if is_own else None


def read(head: Head) -> Brought:
    if head.names >= unify.NEEDED:
        return unify.read(head)
    if head.header is None:
        return api.read_survey(head) if api.kind_of(head.text) == "survey" else api.read_responses(head)
    names = head.header.names
    labels = tuple(_ASKED.sub("", label or name) if _ASKED.match(label or name) else label
                   for name, label in zip(names, head.header.labels, strict=True))  # fmt: skip
    roles: dict[str, Role] = {}
    for name in names:
        low = name.casefold()
        if low in _ROLES and (_ROLES[low] is not Role.EMAIL or Role.EMAIL not in roles.values()):
            roles[name] = _ROLES[low]
        elif _META.match(name) or name.endswith(" - Option ID") or not _ASKED.match(name):
            # Meta data, variables and hidden fields are no answers
            roles[name] = Role.IGNORE
    header = replace(head.header, labels=labels)
    return Brought("responses", None, head.source, header, Shape(roles, joined="; ", split=_split))


def _split(name: str) -> tuple[str, str]:
    """A matrix has one column a row: «1. Headline - Row»."""
    question, _, row = name.rpartition(" - ")
    return (_ASKED.sub("", question), row) if question and _ASKED.match(question) else (name, "")
